#!/usr/bin/env bash
# Three commands over one master, then its end.
# expect: clean
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
SSH_FIRST=(-o ControlMaster=auto -o ControlPersist=10 -o "ControlPath=$LIVE_TMP/cm")
show live_ssh "$ME@127.0.0.1" echo one
show live_ssh -tt "$ME@127.0.0.1" echo two
show live_ssh -O check "$ME@127.0.0.1"
show live_ssh -v "$ME@127.0.0.1" echo three
show live_ssh -O exit "$ME@127.0.0.1"
