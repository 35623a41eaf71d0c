#!/usr/bin/env bash
# A block fails and its rescue repairs it.
# expect: clean
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
free_port
local_inventory web-1
play <<-TASKS
	- name: Take the new version, or the old one
	  block:
	    - name: Download the new version
	      get_url:
	        url: http://127.0.0.1:$PORT/app.tar.gz
	        dest: $LIVE_TMP/app.tar.gz
	  rescue:
	    - name: Keep the old version
	      debug:
	        msg: keeping 1.4.1
TASKS
