#!/usr/bin/env bash
# The path of the key is wrong.
# expect: ssh/identity-file-missing
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
SSH_OPTIONS=(-F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -i deploy.pem)
show live_ssh "$ME@127.0.0.1" uptime
