#!/usr/bin/env bash
# The directory of the control sockets is missing.
# expect: ssh/control-path-missing
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
SSH_FIRST=(-o ControlMaster=auto -o ControlPersist=10 -o "ControlPath=$LIVE_TMP/cm/%C")
show live_ssh "$ME@127.0.0.1" uptime
