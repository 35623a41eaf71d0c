#!/usr/bin/env bash
# A blank in an unquoted URL.
# expect: curl/url-malformed
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
show curl -sSf "http://127.0.0.1/a file.txt"
