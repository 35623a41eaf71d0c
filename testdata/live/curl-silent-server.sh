#!/usr/bin/env bash
# The server takes the connection and never says a word.
# expect: curl/timeout-transfer
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
silent_server
show curl -sSf --max-time 2 "http://127.0.0.1:$PORT/health"
