#!/usr/bin/env bash
# The task becomes root with sudo, and no password is given for it.
# expect: ansible/become-password-missing
# needs: ansible-playbook sshd private sudo
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
start_sshd
inventory web-1 deploy ansible_become=yes
play <<-'TASKS'
	- name: Restart the service
	  command: "true"
TASKS
