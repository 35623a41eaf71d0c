#!/usr/bin/env bash
# The server hangs up without an answer.
# expect: curl/empty-reply
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server empty
show curl -sS "http://127.0.0.1:$PORT/"
