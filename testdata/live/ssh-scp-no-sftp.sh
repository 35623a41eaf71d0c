#!/usr/bin/env bash
# The server has no sftp subsystem.
# expect: ssh/no-sftp-subsystem
# needs: sshd scp
. "$(dirname "$0")/lib.sh"
SSHD_NO_SFTP=1 start_sshd
echo data >package.tar
show scp -P "$SSH_PORT" "${SSH_OPTIONS[@]}" package.tar "$ME@127.0.0.1:/tmp/"
