#!/usr/bin/env bash
# 404 without -f is no failure of curl: a script that looks at the status itself.
# expect: clean
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
http_server "$LIVE_TMP"
echo "HTTP status: $(curl -sS -o /dev/null -w "%{http_code}" "http://127.0.0.1:$PORT/releases/none")"
echo "no such release yet, creating it"
