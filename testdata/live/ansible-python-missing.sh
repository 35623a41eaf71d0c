#!/usr/bin/env bash
# The interpreter that the inventory names is not on the host.
# expect: ansible/python-missing
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
inventory web-1 "$ME" ansible_python_interpreter=/usr/bin/python2.7
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
