#!/usr/bin/env bash
# The proxy wants a login.
# expect: curl/proxy-login
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server status "407 Proxy Authentication Required"
show curl -sS -x "http://127.0.0.1:$PORT" https://www.corp.example/
