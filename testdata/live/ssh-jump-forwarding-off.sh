#!/usr/bin/env bash
# The jump host forbids forwarding.
# expect: ssh/forwarding-prohibited
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd; target=$SSH_PORT
start_sshd -o AllowTcpForwarding=no
printf 'Host *\n UserKnownHostsFile %s\n IdentityFile %s\n BatchMode yes\n' "$LIVE_RUN/known_hosts" "$SSH_KEY" >config
show ssh -F config -J "$ME@127.0.0.1:$SSH_PORT" -p "$target" "$ME@127.0.0.1" uptime
