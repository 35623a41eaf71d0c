#!/usr/bin/env bash
# The server does not know the key.
# expect: ssh/permission-denied
# needs: sshd
. "$(dirname "$0")/lib.sh"
: >"$LIVE_RUN/authorized_keys"
start_sshd
show live_ssh "$ME@127.0.0.1" uptime
