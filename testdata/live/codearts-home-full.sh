#!/usr/bin/env bash
# The file system of the home directories is full, as Ansible and then the document's df show it.
# expect: codearts/home-disk-full
# also: ansible/temporary-directory-full
# needs: ansible-playbook sshd private df
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
need_private
small_disk /home 64k
make_user deploy /bin/bash /home/deploy
start_sshd
cat /dev/zero >/home/fill 2>/dev/null
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '[root@web-1 ~]# df -h'
df -h / /home
