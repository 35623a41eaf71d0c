#!/usr/bin/env bash
# The third try works; the warnings of --retry stand in the log.
# expect: clean
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server flaky 2
show curl -f --retry 3 --retry-delay 1 -o state.txt "http://127.0.0.1:$PORT/state"
