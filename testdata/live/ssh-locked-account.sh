#!/usr/bin/env bash
# The account is locked; client output and auth.log.
# expect: sshd/account-locked
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
sed 's/^deploy:\*:/deploy:!:/' /etc/shadow >shadow; cat shadow >/etc/shadow
SSHD_SYSLOG=1 start_sshd
show live_ssh deploy@127.0.0.1 uptime
