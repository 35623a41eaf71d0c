#!/usr/bin/env bash
# curl piped into a program that has read enough.
# expect: clean
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server large
command="curl -sS http://127.0.0.1:$PORT/list | head -c 16"
echo "$ $command"
show bash -c "$command"
echo
