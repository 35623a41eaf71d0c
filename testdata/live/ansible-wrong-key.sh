#!/usr/bin/env bash
# The key in the inventory is not the one the host knows.
# expect: ssh/permission-denied
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
ssh-keygen -q -t ed25519 -N '' -f other-key
inventory web-1 "$ME" ansible_ssh_private_key_file=$LIVE_TMP/other-key
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
