#!/usr/bin/env bash
# The directory of the control sockets is too deep.
# expect: ssh/control-path-too-long
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
d=$LIVE_TMP/a-workspace-with-a-long-name/another-directory-below-it/and-one-more; mkdir -p "$d"
SSH_FIRST=(-o ControlMaster=auto -o ControlPersist=10 -o "ControlPath=$d/%r@%h:%p")
show live_ssh "$ME@127.0.0.1" uptime
