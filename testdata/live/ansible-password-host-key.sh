#!/usr/bin/env bash
# Login by password to a host that is not in known_hosts: sshpass cannot answer the question.
# expect: ansible/password-needs-host-key
# needs: ansible-playbook sshd sshpass
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd -o PasswordAuthentication=yes
: >known; KNOWN_HOSTS=$LIVE_TMP/known
inventory web-1 "$ME" ansible_password=secret
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
