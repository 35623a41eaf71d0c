#!/usr/bin/env bash
# The private key went through a Windows editor.
# expect: ssh/key-invalid
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
sed 's/$/\r/' "$SSH_KEY" >deploy.pem; chmod 600 deploy.pem
SSH_OPTIONS=(-F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -i deploy.pem)
show live_ssh "$ME@127.0.0.1" uptime
