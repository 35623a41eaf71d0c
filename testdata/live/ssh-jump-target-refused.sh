#!/usr/bin/env bash
# The jump host cannot reach the target.
# expect: ssh/proxy-target-unreachable
# needs: sshd
. "$(dirname "$0")/lib.sh"
free_port; target=$PORT
start_sshd
printf 'Host *\n UserKnownHostsFile %s\n IdentityFile %s\n BatchMode yes\n' "$LIVE_RUN/known_hosts" "$SSH_KEY" >config
show ssh -F config -J "$ME@127.0.0.1:$SSH_PORT" -p "$target" "$ME@127.0.0.1" uptime
