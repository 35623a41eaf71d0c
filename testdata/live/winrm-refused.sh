#!/usr/bin/env bash
# No WinRM listener on the port.
# expect: winrm/connection-refused
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
free_port
windows_inventory
win_ping
