#!/usr/bin/env bash
# A healthy run over ssh that shows other people's bad news: a task prints a log with errors in it, and greps for failures.
# expect: clean
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
inventory web-1 "$ME"
play -v <<-TASKS
	- name: Look for failures of the last run
	  shell: "echo 'ssh: connect to host 10.0.0.7 port 22: Connection refused'; df -h /; exit 1"
	  register: last
	  failed_when: false
	- name: Say hello
	  ping:
TASKS
