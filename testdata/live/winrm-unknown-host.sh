#!/usr/bin/env bash
# A name that no resolver knows.
# expect: winrm/could-not-resolve
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
PORT=5986
WINDOWS_HOST=win-1.invalid windows_inventory
win_ping
