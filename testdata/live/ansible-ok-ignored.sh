#!/usr/bin/env bash
# A task fails and the play says that this does not matter.
# expect: clean
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
free_port
local_inventory web-1
play <<-TASKS
	- name: See whether the old version still answers
	  shell: curl -fsS http://127.0.0.1:$PORT/health || { echo "No space left on device" >&2; exit 7; }
	  ignore_errors: yes
	- name: Say hello
	  ping:
TASKS
