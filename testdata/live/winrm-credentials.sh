#!/usr/bin/env bash
# The password is wrong: 401.
# expect: winrm/credentials-rejected
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
answering_server 401
windows_inventory ansible_winrm_scheme=http ansible_winrm_transport=basic
win_ping
