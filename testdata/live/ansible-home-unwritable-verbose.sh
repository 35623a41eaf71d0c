#!/usr/bin/env bash
# The home directory cannot be written, and with -vvvv Ansible shows what mkdir said.
# expect: ansible/temporary-directory-unwritable
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
chown root "$LIVE_TMP/home/deploy"
start_sshd
inventory web-1 deploy
play -vvvv <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
