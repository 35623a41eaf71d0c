#!/usr/bin/env bash
# The port is open and WinRM does not answer.
# expect: winrm/read-timeout
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
silent_server
windows_inventory ansible_winrm_scheme=http ansible_winrm_read_timeout_sec=3 ansible_winrm_operation_timeout_sec=2
win_ping
