#!/usr/bin/env bash
# The package that the task downloads is not on the server.
# expect: ansible/download-http-error
# needs: ansible-playbook python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
mkdir www; http_server "$LIVE_TMP/www"
local_inventory web-1
play <<-TASKS
	- name: Download the package
	  get_url:
	    url: http://127.0.0.1:$PORT/packages/app-1.4.2.tar.gz
	    dest: $LIVE_TMP/app.tar.gz
TASKS
