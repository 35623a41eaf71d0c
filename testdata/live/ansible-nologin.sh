#!/usr/bin/env bash
# The deploying user's shell is nologin: Ansible takes its refusal for a path.
# expect: ansible/temporary-directory-nologin
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
