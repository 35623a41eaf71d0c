#!/usr/bin/env bash
# The local port of a tunnel is taken.
# expect: ssh/local-forward-in-use
# needs: sshd python3
. "$(dirname "$0")/lib.sh"
silent_server
start_sshd
show live_ssh -o ExitOnForwardFailure=yes -N -L "127.0.0.1:$PORT:127.0.0.1:80" "$ME@127.0.0.1"
