#!/usr/bin/env bash
# The server redirects in a circle.
# expect: curl/redirect-loop
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server loop
show curl -sSfL --max-redirs 5 "http://127.0.0.1:$PORT/"
