#!/usr/bin/env bash
# The home directory belongs to root, as Ansible's failure and then the document's ls show it.
# expect: codearts/home-not-writable
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
need_private
small_disk /home 1m
make_user deploy /bin/bash /home/deploy
chown root:root /home/deploy
start_sshd
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '[root@web-1 ~]# ls -ld /home/deploy'
ls -ld /home/deploy
