#!/usr/bin/env bash
# The deployment is refused, and the list of listening sockets on the host has no port 22.
# expect: codearts/ssh-port-not-listening
# needs: ansible-playbook ssh ss python3 private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
need_private
http_server "$LIVE_TMP"
SSH_PORT=22
inventory web-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '[root@web-1 ~]# ss -ltn'
ss -ltn
