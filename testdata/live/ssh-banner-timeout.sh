#!/usr/bin/env bash
# The port opens and nobody says a word.
# expect: ssh/banner-timeout
# needs: ssh python3
. "$(dirname "$0")/lib.sh"
silent_server
show ssh -p "$PORT" -o ConnectTimeout=2 "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" uptime
