#!/usr/bin/env bash
# -O with a URL that ends in a slash.
# expect: curl/output-name-missing
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
http_server "$LIVE_TMP"
show curl -fO "http://127.0.0.1:$PORT/"
