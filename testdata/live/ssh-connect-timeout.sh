#!/usr/bin/env bash
# Nobody answers the connection attempt, as behind a firewall that drops.
# expect: ssh/connect-timeout
# needs: ssh python3
. "$(dirname "$0")/lib.sh"
deaf_port
show ssh -p "$PORT" -o ConnectTimeout=2 "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" uptime
