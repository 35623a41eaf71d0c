#!/usr/bin/env bash
# The targets stand behind a proxy where no sshd listens.
# expect: codearts/proxy-unreachable
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
free_port
ANSIBLE_SSH_COMMON+=(-o "\"ProxyCommand=ssh ${SSH_OPTIONS[*]} -p $PORT -W %h:%p $ME@127.0.0.1\"")
inventory app-1 "$ME"
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
