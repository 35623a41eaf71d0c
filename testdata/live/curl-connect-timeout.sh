#!/usr/bin/env bash
# A port whose queue is full: no answer to the connection attempt.
# expect: curl/timeout-connect
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
deaf_port
show curl -sSf --connect-timeout 2 -o setup.sh "http://127.0.0.1:$PORT/setup.sh"
