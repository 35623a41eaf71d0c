#!/usr/bin/env bash
# https:// to a port that speaks plain HTTP.
# expect: curl/tls-plain-port
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
http_server "$LIVE_TMP"
show curl -sSf "https://127.0.0.1:$PORT/"
