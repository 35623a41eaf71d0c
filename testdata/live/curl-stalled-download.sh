#!/usr/bin/env bash
# The download stops in the middle.
# expect: curl/timeout-transfer
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server stall
show curl -sSf --max-time 2 -o app.tar.gz "http://127.0.0.1:$PORT/app.tar.gz"
