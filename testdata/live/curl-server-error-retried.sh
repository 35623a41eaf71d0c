#!/usr/bin/env bash
# 503 until the last retry.
# expect: curl/http-5xx
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "503 Service Unavailable"
show curl -f --retry 2 --retry-delay 1 -o state.json "http://127.0.0.1:$PORT/state"
