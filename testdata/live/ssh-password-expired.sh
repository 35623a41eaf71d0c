#!/usr/bin/env bash
# The password must be changed, and a job cannot do that.
# expect: ssh/password-expired
# needs: sshd private
. "$(dirname "$0")/lib.sh"
make_user deploy
sed 's/^deploy:\([^:]*\):20000:0:99999:7:::/deploy:\1:0:0:99999:7:::/' /etc/shadow >shadow; cat shadow >/etc/shadow
own_file /etc/pam.d/sshd
printf 'auth required pam_permit.so\naccount required pam_unix.so\nsession required pam_permit.so\n' >/etc/pam.d/sshd
start_sshd -o UsePAM=yes
show live_ssh deploy@127.0.0.1 uptime
