#!/usr/bin/env bash
# The same, and the user pastes the line of /etc/passwd.
# expect: codearts/shell-nologin
# needs: ansible-playbook sshd private nologin
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy "$(command -v nologin)"
start_sshd
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '[root@web-1 ~]# grep deploy /etc/passwd'
grep '^deploy:' /etc/passwd
