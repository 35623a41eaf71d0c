#!/usr/bin/env bash
# The agent offers more keys than the server takes.
# expect: ssh/too-many-auth-failures
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o MaxAuthTries=2
SSH_FIRST=()
for i in 1 2 3 4; do ssh-keygen -q -t ed25519 -N '' -f "key$i"; SSH_FIRST+=(-i "key$i"); done
show live_ssh "$ME@127.0.0.1" uptime
