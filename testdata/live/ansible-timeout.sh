#!/usr/bin/env bash
# The packets to the host are lost: the connection times out.
# expect: ssh/connect-timeout
# needs: ansible-playbook ssh python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
deaf_port; SSH_PORT=$PORT
inventory web-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
