#!/usr/bin/env bash
# The server stops answering in the middle: keepalives run out.
# expect: ssh/connection-dropped
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
deploy() { live_ssh -o ServerAliveInterval=1 -o ServerAliveCountMax=1 "$ME@127.0.0.1" 'echo unpacking; kill -STOP $PPID; sleep 8'; }
show deploy
