#!/usr/bin/env bash
# The user's home is writable by everybody, so sshd does not read authorized_keys; client output and auth.log.
# expect: sshd/bad-ownership-or-modes
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
chmod 777 "$LIVE_TMP/home/deploy"
SSHD_SYSLOG=1 start_sshd -o StrictModes=yes -o AuthorizedKeysFile=.ssh/authorized_keys
show live_ssh deploy@127.0.0.1 uptime
