#!/usr/bin/env bash
# The directory that a file is copied to does not exist.
# expect: ansible/destination-missing
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
local_inventory web-1
echo hello >app.conf
play <<-TASKS
	- name: Install the configuration
	  copy:
	    src: $LIVE_TMP/app.conf
	    dest: $LIVE_TMP/opt/app/conf/app.conf
TASKS
