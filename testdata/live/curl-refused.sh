#!/usr/bin/env bash
# Nothing listens on the port; the meter stands before the error.
# expect: curl/could-not-connect
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
free_port
show curl -fO "http://127.0.0.1:$PORT/app.tar.gz"
