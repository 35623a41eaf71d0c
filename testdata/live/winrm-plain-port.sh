#!/usr/bin/env bash
# HTTPS to the HTTP port.
# expect: winrm/tls-to-plain-port
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
http_server "$LIVE_TMP"
windows_inventory
win_ping
