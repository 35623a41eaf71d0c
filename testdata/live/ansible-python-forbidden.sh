#!/usr/bin/env bash
# The interpreter on the host is not executable for the deploying user.
# expect: ansible/python-not-executable
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
start_sshd
cp "$(readlink -f /bin/sh)" python3; chmod 700 python3
inventory web-1 deploy ansible_python_interpreter=$LIVE_TMP/python3
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
