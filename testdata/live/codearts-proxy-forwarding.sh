#!/usr/bin/env bash
# The targets stand behind a proxy whose sshd does not forward; the user greps its configuration as the document says.
# expect: codearts/proxy-forwarding-off
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
SSHD_CONFIG=$'AllowTcpForwarding no\n#\tAllowTcpForwarding no' start_sshd
proxy=$SSH_PORT
start_sshd
ANSIBLE_SSH_COMMON+=(-o "\"ProxyCommand=ssh ${SSH_OPTIONS[*]} -p $proxy -W %h:%p $ME@127.0.0.1\"")
inventory app-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '[root@proxy ~]# grep  "AllowTcpForwarding" /etc/ssh/sshd_config'
grep "AllowTcpForwarding" "$LIVE_RUN/sshd-$proxy.conf"
