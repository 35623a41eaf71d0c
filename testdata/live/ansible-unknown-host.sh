#!/usr/bin/env bash
# The inventory has a name that no resolver knows.
# expect: ssh/could-not-resolve
# needs: ansible-playbook ssh
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
SSH_PORT=22
inventory web-1.invalid "$ME" ansible_host=web-1.invalid
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
