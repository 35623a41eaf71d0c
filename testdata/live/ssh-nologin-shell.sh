#!/usr/bin/env bash
# The account's shell is nologin.
# expect: ssh/account-nologin
# needs: sshd private
. "$(dirname "$0")/lib.sh"
make_user deploy /usr/sbin/nologin
start_sshd
show live_ssh deploy@127.0.0.1 uptime
