#!/usr/bin/env bash
# 401 with -f.
# expect: curl/http-401-403
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server login
show curl -sSf "http://127.0.0.1:$PORT/private"
