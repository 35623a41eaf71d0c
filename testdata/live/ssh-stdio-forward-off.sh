#!/usr/bin/env bash
# ssh -W through a proxy that forbids forwarding, with the proxy's log.
# expect: ssh/forwarding-prohibited
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
SSHD_SYSLOG=1 start_sshd -o AllowTcpForwarding=no
show live_ssh -W 127.0.0.1:22 "$ME@127.0.0.1"
