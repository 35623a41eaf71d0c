#!/usr/bin/env bash
# A playbook for a host where nothing listens on the SSH port.
# expect: ssh/connection-refused
# needs: ansible-playbook ssh
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
free_port; SSH_PORT=$PORT
inventory web-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
