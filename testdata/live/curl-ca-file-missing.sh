#!/usr/bin/env bash
# The CA bundle that a variable names does not exist.
# expect: curl/ca-file-missing
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
http_server "$LIVE_TMP"
show env CURL_CA_BUNDLE=/etc/ssl/corp/ca.pem curl -sSf "https://127.0.0.1:$PORT/"
