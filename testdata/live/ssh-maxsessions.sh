#!/usr/bin/env bash
# The server allows no session, and the client that started a master has no other way.
# expect: ssh/max-sessions
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o MaxSessions=0
SSH_FIRST=(-o ControlMaster=auto -o ControlPersist=10 -o "ControlPath=$LIVE_TMP/cm-%C")
show live_ssh "$ME@127.0.0.1" uptime
live_ssh -O exit "$ME@127.0.0.1" 2>/dev/null
