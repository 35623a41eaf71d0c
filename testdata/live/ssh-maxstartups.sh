#!/usr/bin/env bash
# Too many logins at once: sshd drops the connection before its banner; client output and auth.log.
# expect: sshd/max-startups
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
SSHD_SYSLOG=1 start_sshd -o MaxStartups=1:100:1
exec 3<>"/dev/tcp/127.0.0.1/$SSH_PORT"
read -r -u 3 _
show live_ssh "$ME@127.0.0.1" uptime
show live_ssh "$ME@127.0.0.1" uptime
