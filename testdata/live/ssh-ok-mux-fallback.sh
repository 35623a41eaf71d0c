#!/usr/bin/env bash
# A socket that is in the way, and one that nobody listens on: ssh goes without.
# expect: clean
# needs: sshd python3
. "$(dirname "$0")/lib.sh"
start_sshd
python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$LIVE_TMP/cm"
SSH_FIRST=(-o ControlMaster=yes -o "ControlPath=$LIVE_TMP/cm")
show live_ssh "$ME@127.0.0.1" echo deployed one
SSH_FIRST=(-o ControlMaster=no -o "ControlPath=$LIVE_TMP/cm")
show live_ssh "$ME@127.0.0.1" echo deployed two
