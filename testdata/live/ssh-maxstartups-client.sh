#!/usr/bin/env bash
# The same, with the client's side alone.
# expect: ssh/kex-closed
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o MaxStartups=1:100:1
exec 3<>"/dev/tcp/127.0.0.1/$SSH_PORT"
read -r -u 3 _
show live_ssh "$ME@127.0.0.1" uptime
