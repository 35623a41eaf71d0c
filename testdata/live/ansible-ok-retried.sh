#!/usr/bin/env bash
# A check fails twice and then works.
# expect: clean
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
local_inventory web-1
play <<-TASKS
	- name: Wait until the application answers
	  shell: echo x >>$LIVE_TMP/tries; test \$(wc -l <$LIVE_TMP/tries) -ge 3 || { echo "curl (7) Failed to connect" >&2; exit 7; }
	  register: answer
	  until: answer.rc == 0
	  retries: 5
	  delay: 0
TASKS
