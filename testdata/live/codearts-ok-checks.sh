#!/usr/bin/env bash
# All of the document's checks on a host where everything is right, in the log of a deployment that worked.
# expect: clean
# needs: ansible-playbook sshd private ss df
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
need_private
small_disk /home 1m
make_user deploy /bin/bash /home/deploy
start_sshd
check() { echo "[root@web-1 ~]# $*"; "$@"; }
check ss -ltn
check df -h / /home
check ls -ld /home/deploy
check ls -l /home/deploy/.ssh
check grep deploy /etc/passwd
check grep AllowTcpForwarding "$LIVE_RUN/sshd-$SSH_PORT.conf"
inventory web-1 deploy
play <<-'TASKS'
	- name: Say hello
	  ping:
TASKS
