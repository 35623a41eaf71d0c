#!/usr/bin/env bash
# A copy there and back, told in detail.
# expect: clean
# needs: sshd scp
. "$(dirname "$0")/lib.sh"
start_sshd
echo data >package.tar
show scp -v -P "$SSH_PORT" "${SSH_OPTIONS[@]}" package.tar "$ME@127.0.0.1:$LIVE_TMP/copy.tar"
show live_ssh "$ME@127.0.0.1" cat "$LIVE_TMP/copy.tar"
