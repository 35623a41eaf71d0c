#!/usr/bin/env bash
# The account has a date, and it has passed; client output and auth.log.
# expect: ssh/account-expired
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
sed 's/^deploy:\([^:]*\):20000:0:99999:7:::/deploy:\1:20000:0:99999:7::20001:/' /etc/shadow >shadow; cat shadow >/etc/shadow
own_file /etc/pam.d/sshd
printf 'auth required pam_permit.so\naccount required pam_unix.so\nsession required pam_permit.so\n' >/etc/pam.d/sshd
SSHD_SYSLOG=1 start_sshd -o UsePAM=yes
show live_ssh deploy@127.0.0.1 uptime
