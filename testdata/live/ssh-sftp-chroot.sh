#!/usr/bin/env bash
# The chroot directory of an upload account belongs to the user: sshd ends the session; client output and auth.log.
# expect: sshd/chroot-ownership
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user upload
mkdir -m 777 /run/jail
SSHD_SYSLOG=1 start_sshd -o ChrootDirectory=/run/jail -o ForceCommand=internal-sftp
echo data >package.tar
show scp -P "$SSH_PORT" "${SSH_OPTIONS[@]}" package.tar upload@127.0.0.1:/
