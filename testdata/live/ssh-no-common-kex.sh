#!/usr/bin/env bash
# Client and server share no key exchange.
# expect: ssh/no-common-algorithm
# needs: sshd
. "$(dirname "$0")/lib.sh"
start_sshd -o KexAlgorithms=diffie-hellman-group14-sha1
show live_ssh "$ME@127.0.0.1" uptime
