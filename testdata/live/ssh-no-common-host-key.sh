#!/usr/bin/env bash
# An old server with an RSA/SHA-1 host key alone.
# expect: ssh/no-common-algorithm
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o HostKeyAlgorithms=ssh-ed25519
SSH_FIRST=(-o HostKeyAlgorithms=rsa-sha2-512)
show live_ssh "$ME@127.0.0.1" uptime
