#!/usr/bin/env bash
# The host is not in known_hosts and nobody is there to be asked.
# expect: ssh/host-key-unknown
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
: >known; KNOWN_HOSTS=$LIVE_TMP/known
ANSIBLE_SSH_COMMON+=(-o StrictHostKeyChecking=yes)
inventory web-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
