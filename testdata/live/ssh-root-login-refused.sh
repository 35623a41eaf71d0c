#!/usr/bin/env bash
# Root may not log in; client output and auth.log.
# expect: sshd/root-login-refused
# needs: sshd root private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
SSHD_SYSLOG=1 start_sshd -o PermitRootLogin=no
show live_ssh root@127.0.0.1 uptime
