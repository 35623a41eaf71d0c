#!/usr/bin/env bash
# A shell task downloads with curl from a port where nobody listens.
# expect: curl/could-not-connect
# needs: ansible-playbook curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
free_port
local_inventory web-1
play <<-TASKS
	- name: Download the package
	  shell: curl -fsSLO http://127.0.0.1:$PORT/app.tar.gz
TASKS
