#!/usr/bin/env bash
# Maintenance: /etc/nologin keeps everybody but root out; client output and auth.log.
# expect: ssh/pam-nologin
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
own_file /etc/pam.d/sshd
cat >/etc/pam.d/sshd <<'PAM'
auth required pam_permit.so
account required pam_nologin.so
account required pam_permit.so
session required pam_permit.so
PAM
echo '"System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8)."' >/run/nologin
SSHD_SYSLOG=1 start_sshd -o UsePAM=yes
show live_ssh deploy@127.0.0.1 uptime
