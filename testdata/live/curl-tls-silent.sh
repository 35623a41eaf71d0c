#!/usr/bin/env bash
# The server takes the connection and never answers the TLS greeting.
# expect: curl/timeout-tls
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
silent_server
show curl -sSf --connect-timeout 2 "https://127.0.0.1:$PORT/"
