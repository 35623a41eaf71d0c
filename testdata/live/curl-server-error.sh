#!/usr/bin/env bash
# 500 with -f.
# expect: curl/http-5xx
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "500 Internal Server Error"
show curl -sSf "http://127.0.0.1:$PORT/api/v1/deploy"
