#!/usr/bin/env bash
# The task wants to be root with su and gives a wrong password.
# expect: ansible/become-password-incorrect
# needs: ansible-playbook sshd private su
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
start_sshd
inventory web-1 deploy ansible_become=yes ansible_become_method=su ansible_become_password=wrong
play <<-'TASKS'
	- name: Restart the service
	  command: "true"
TASKS
