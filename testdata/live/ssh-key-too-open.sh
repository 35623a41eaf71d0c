#!/usr/bin/env bash
# Everybody may read the private key.
# expect: ssh/key-too-open
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
cp "$SSH_KEY" deploy.pem; chmod 644 deploy.pem
SSH_OPTIONS=(-F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -i deploy.pem)
show live_ssh "$ME@127.0.0.1" uptime
