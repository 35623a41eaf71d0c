#!/usr/bin/env bash
# An RSA key that an old client signs with SHA-1, at a server that no longer takes it; client output and auth.log.
# expect: sshd/key-algorithm-not-accepted
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
ssh-keygen -q -t rsa -b 2048 -N '' -f rsa
cp rsa.pub "$LIVE_RUN/authorized_keys"
SSHD_SYSLOG=1 start_sshd
show ssh -p "$SSH_PORT" -F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -i rsa -o PubkeyAcceptedAlgorithms=ssh-rsa "$ME@127.0.0.1" uptime
