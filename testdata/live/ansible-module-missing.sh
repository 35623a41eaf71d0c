#!/usr/bin/env bash
# A task uses a module of a collection that is not installed.
# expect: ansible/module-not-found
# needs: ansible-playbook
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
local_inventory web-1
export ANSIBLE_COLLECTIONS_PATH=$LIVE_TMP/collections
play <<-'TASKS'
	- name: Start the container
	  live.nowhere.docker_container:
	    name: app
TASKS
