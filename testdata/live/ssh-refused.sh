#!/usr/bin/env bash
# Nothing listens on the port.
# expect: ssh/connection-refused
# needs: ssh
. "$(dirname "$0")/lib.sh"
free_port
show ssh -p "$PORT" "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" uptime
