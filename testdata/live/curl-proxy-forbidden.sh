#!/usr/bin/env bash
# The proxy refuses the CONNECT.
# expect: curl/proxy-refused
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "403 Forbidden"
show curl -sS -x "http://127.0.0.1:$PORT" https://www.corp.example/
