#!/usr/bin/env bash
# The listener has a certificate of an authority that the client does not know.
# expect: winrm/certificate-not-trusted
# needs: ansible-playbook python3 ../lib/python3/dist-packages/winrm
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
. "$LIVE_DIR/lib-winrm.sh"
make_cert web 127.0.0.1
tls_server web.pem web.key
windows_inventory
win_ping
