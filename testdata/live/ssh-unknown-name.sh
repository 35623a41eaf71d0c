#!/usr/bin/env bash
# A host name that no resolver knows.
# expect: ssh/could-not-resolve
# needs: ssh
. "$(dirname "$0")/lib.sh"
show ssh -o ConnectTimeout=5 "${SSH_OPTIONS[@]}" deploy@node-7.live.invalid uptime
