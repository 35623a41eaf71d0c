#!/usr/bin/env bash
# The packets to the WinRM port are lost.
# expect: winrm/connect-timeout
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
deaf_port
windows_inventory ansible_winrm_read_timeout_sec=3 ansible_winrm_operation_timeout_sec=2
win_ping
