#!/usr/bin/env bash
# A second sshd on a port that is taken; its log.
# expect: sshd/port-in-use
# needs: sshd python3
. "$(dirname "$0")/lib.sh"
silent_server
ssh-keygen -q -t ed25519 -N '' -f hostkey
[ "$ME" = root ] && mkdir -p /run/sshd
show "$(command -v sshd)" -D -e -f /dev/null -p "$PORT" -o ListenAddress=127.0.0.1 -h "$LIVE_TMP/hostkey" -o PidFile=none
