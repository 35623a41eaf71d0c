#!/usr/bin/env bash
# The server's side of the session is killed while a command runs.
# expect: ssh/connection-dropped
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
deploy() { live_ssh "$ME@127.0.0.1" 'echo unpacking; kill -9 $PPID; sleep 5'; }
show deploy
