#!/usr/bin/env bash
# git over HTTPS to a port where nothing listens.
# expect: curl/could-not-connect
# needs: git
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
free_port
show git clone "https://127.0.0.1:$PORT/team/app.git"
