#!/usr/bin/env bash
# A container whose image has no host keys: sshd does not start.
# expect: sshd/no-hostkeys
# needs: sshd
. "$(dirname "$0")/lib.sh"
[ "$ME" = root ] && mkdir -p /run/sshd
show "$(command -v sshd)" -D -e -f /dev/null -p 22022 -o ListenAddress=127.0.0.1 -h "$LIVE_TMP/etc/ssh_host_rsa_key" -h "$LIVE_TMP/etc/ssh_host_ed25519_key" -o PidFile=none
