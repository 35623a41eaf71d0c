#!/usr/bin/env bash
# The server resets the connection.
# expect: curl/recv-failure
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server reset
show curl -sS "http://127.0.0.1:$PORT/"
