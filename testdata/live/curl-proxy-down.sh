#!/usr/bin/env bash
# Nothing listens at the proxy.
# expect: curl/could-not-connect
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
free_port
show env https_proxy="http://127.0.0.1:$PORT" curl -sSf https://www.corp.example/
