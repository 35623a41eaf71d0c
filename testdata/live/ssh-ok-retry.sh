#!/usr/bin/env bash
# The first login comes too early, the second works: a deployment that waits for a host to come up.
# expect: clean
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
deploy() {
	for try in 1 2 3; do
		echo "[deploy] attempt $try"
		if [ $try = 1 ]; then port=1; else port=$SSH_PORT; fi
		ssh -p $port "${SSH_OPTIONS[@]}" "$ME@127.0.0.1" echo deployed && { echo "[deploy] done, exit 0"; return 0; }
		sleep 0.1
	done
}
show deploy
