#!/usr/bin/env bash
# A run over ssh that changes things and warns: sftp does not work, scp does.
# expect: clean
# needs: ansible-playbook sshd scp
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
unset ANSIBLE_CONFIG
inventory web-1 "$ME" ansible_sftp_executable=/bin/false ansible_scp_extra_args=-O
echo hello >app.conf
play <<-TASKS
	- name: Install the configuration
	  copy:
	    src: $LIVE_TMP/app.conf
	    dest: $LIVE_TMP/installed.conf
	- name: Show it
	  command: cat $LIVE_TMP/installed.conf
	- name: A task with a template in its condition
	  debug:
	    msg: "{{ nothing_set | default('none') }}"
	  when: "'{{ inventory_hostname }}' == 'web-1'"
TASKS
