#!/usr/bin/env bash
# 429 with -f.
# expect: curl/http-429
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "429 Too Many Requests"
show curl -sSf "http://127.0.0.1:$PORT/api"
