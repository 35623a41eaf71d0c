#!/usr/bin/env bash
# 404 with -f.
# expect: curl/http-404
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
http_server "$LIVE_TMP"
show curl -sSfO "http://127.0.0.1:$PORT/releases/app-1.2.3.tar.gz"
