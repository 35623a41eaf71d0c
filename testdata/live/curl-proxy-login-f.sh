#!/usr/bin/env bash
# The proxy wants a login, and -f reports its status as if it were the server's.
# expect: curl/proxy-login
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "407 Proxy Authentication Required"
show curl -sSf -x "http://127.0.0.1:$PORT" https://www.corp.example/
