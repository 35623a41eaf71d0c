#!/usr/bin/env bash
# The server comes up while curl retries.
# expect: clean
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
free_port
background bash -c "sleep 1.3; cd \"$LIVE_TMP\" && exec python3 -m http.server --bind 127.0.0.1 $PORT >/dev/null 2>&1"
show curl -f --retry 8 --retry-delay 1 --retry-connrefused -o index.html "http://127.0.0.1:$PORT/"
