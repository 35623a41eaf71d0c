#!/usr/bin/env bash
# The account may only use sftp.
# expect: ssh/sftp-only
# needs: sshd private
. "$(dirname "$0")/lib.sh"
start_sshd -o ForceCommand=internal-sftp
show live_ssh "$ME@127.0.0.1" uptime
