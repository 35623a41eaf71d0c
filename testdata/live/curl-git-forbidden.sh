#!/usr/bin/env bash
# git over HTTP from a server that lets nobody in.
# expect: curl/http-401-403
# needs: git python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "403 Forbidden"
show git ls-remote "http://127.0.0.1:$PORT/team/app.git"
