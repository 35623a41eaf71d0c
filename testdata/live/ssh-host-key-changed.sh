#!/usr/bin/env bash
# The host was installed again and has a new key.
# expect: ssh/host-key-changed
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd
ssh-keygen -q -t ed25519 -N '' -f other
echo "[127.0.0.1]:$SSH_PORT $(cut -d' ' -f1,2 other.pub)" >"$LIVE_RUN/known_hosts"
show live_ssh "$ME@127.0.0.1" uptime
