#!/usr/bin/env bash
# A build agent that meets the host for the first time.
# expect: ssh/host-key-unknown
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
: >"$LIVE_RUN/known_hosts"
show live_ssh "$ME@127.0.0.1" uptime
