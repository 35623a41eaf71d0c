#!/usr/bin/env bash
# The route to the host is gone.
# expect: ssh/no-route
# needs: ssh private ip
. "$(dirname "$0")/lib.sh"
need_private
ip route add unreachable 192.0.2.0/24
show ssh -o ConnectTimeout=5 "${SSH_OPTIONS[@]}" deploy@192.0.2.17 uptime
