#!/usr/bin/env bash
# A task uses a variable that nobody set.
# expect: ansible/undefined-variable
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
local_inventory web-1
play <<-'TASKS'
	- name: Show the version
	  debug:
	    msg: "deploying {{ app_version }}"
TASKS
