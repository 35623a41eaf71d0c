#!/usr/bin/env bash
# The home directory belongs to somebody else and cannot be written.
# expect: ansible/temporary-directory-failed
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
chown root "$LIVE_TMP/home/deploy"
start_sshd
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
