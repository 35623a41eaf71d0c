#!/usr/bin/env bash
# Login by password on an execution host without sshpass.
# expect: ansible/sshpass-missing
# needs: ansible-playbook ssh
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
SSH_PORT=22
mkdir bin; for p in sh ssh python3 env; do ln -s "$(command -v $p)" bin/$p; done
inventory web-1 "$ME" ansible_password=secret
ansible=$(command -v ansible-playbook)
ansible-playbook() { PATH=$LIVE_TMP/bin "$ansible" "$@"; }
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
