#!/usr/bin/env bash
# The server sends less than it announced.
# expect: curl/transfer-incomplete
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server short
show curl -sSfO "http://127.0.0.1:$PORT/app.tar.gz"
