#!/usr/bin/env bash
# The home directory's file system has no room for one more directory.
# expect: ansible/temporary-directory-full
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
small_disk "$LIVE_TMP/small" 64k,nr_inodes=4
mv home/deploy/.ssh small/; rmdir home/deploy; ln -s "$LIVE_TMP/small" home/deploy; chown -R deploy small; chmod 755 small
start_sshd
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
umount small
