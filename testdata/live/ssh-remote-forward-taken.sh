#!/usr/bin/env bash
# The port for a reverse tunnel is taken on the server.
# expect: ssh/remote-forward-failed
# needs: sshd python3
. "$(dirname "$0")/lib.sh"
silent_server
start_sshd
show live_ssh -o ExitOnForwardFailure=yes -N -R "127.0.0.1:$PORT:127.0.0.1:80" "$ME@127.0.0.1"
