#!/usr/bin/env bash
# The private key can be read by everybody, so ssh does not use it. The user looks at it as CodeArts Deploy's document says.
# expect: codearts/key-file-mode
# also: ssh/key-too-open
# needs: ansible-playbook sshd
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
start_sshd
cp "$SSH_KEY" id_ed25519; chmod 644 id_ed25519
inventory web-1 "$ME" ansible_ssh_private_key_file=$LIVE_TMP/id_ed25519
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
echo '$ ls -l id_ed25519'
ls -l id_ed25519
