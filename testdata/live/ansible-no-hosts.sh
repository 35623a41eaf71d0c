#!/usr/bin/env bash
# The play is for a group that the inventory does not have.
# expect: ansible/no-hosts-matched
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
local_inventory web-1
PLAY_HOSTS=database play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
