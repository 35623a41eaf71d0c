#!/usr/bin/env bash
# The home directory's file system is full: the directory is made, the module does not fit. The user looks at it with df, as CodeArts
# Deploy's document says; the paths of this test are not those of a home, so Ansible's own words decide.
# expect: ansible/temporary-directory-full
# needs: ansible-playbook sshd private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
make_user deploy
small_disk "$LIVE_TMP/small" 32k
mv home/deploy/.ssh small/; rmdir home/deploy; ln -s "$LIVE_TMP/small" home/deploy; chown -R deploy small; chmod 755 small
start_sshd
cat /dev/zero >small/fill 2>/dev/null
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
show df -h small
umount small
