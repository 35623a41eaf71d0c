#!/usr/bin/env bash
# A first login that takes the host's key.
# expect: clean
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
: >"$LIVE_RUN/known_hosts"
SSH_FIRST=(-o StrictHostKeyChecking=accept-new)
show live_ssh "$ME@127.0.0.1" echo deployed
