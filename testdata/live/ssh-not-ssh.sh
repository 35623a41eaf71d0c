#!/usr/bin/env bash
# A TLS server listens on the port.
# expect: ssh/not-an-ssh-server
# needs: ssh python3
. "$(dirname "$0")/lib.sh"
banner_server '\x15\x03\x01\x00\x02\x02\x46\n'
show ssh -p "$PORT" "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" uptime
