#!/usr/bin/env bash
# The account is not on the server's list; client output and auth.log.
# expect: sshd/user-not-allowed
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
SSHD_SYSLOG=1 start_sshd -o AllowUsers=admin
show live_ssh deploy@127.0.0.1 uptime
