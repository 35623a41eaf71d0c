#!/usr/bin/env bash
# The master cannot take the descriptors of its client, as on a platform that cannot pass them: the session that started it fails.
# expect: ssh/mux-master-died
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
deploy() {
	ulimit -n ${LIVE_NOFILE-7}
	ssh -p "$SSH_PORT" -o ControlMaster=auto -o ControlPersist=10 -o "ControlPath=$LIVE_TMP/cm" "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" 'test -d .git && echo yes'
}
show deploy
