#!/usr/bin/env bash
# The password in the inventory is wrong.
# expect: ansible/password-rejected
# needs: ansible-playbook sshd sshpass private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy /bin/bash "$LIVE_TMP/home/deploy" right
start_sshd -o PasswordAuthentication=yes
inventory web-1 deploy ansible_password=wrong ansible_ssh_private_key_file=/dev/null
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
