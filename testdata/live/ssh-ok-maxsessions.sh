#!/usr/bin/env bash
# More sessions than the server allows over one connection: the second command makes its own.
# expect: clean
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o MaxSessions=1
SSH_FIRST=(-o ControlMaster=auto -o "ControlPath=$LIVE_TMP/cm")
live_ssh "$ME@127.0.0.1" sleep 5 >/dev/null 2>&1 &
until_true 4 test -S "$LIVE_TMP/cm"; sleep 0.3
show live_ssh "$ME@127.0.0.1" echo deployed
