#!/usr/bin/env bash
# The name has an IPv6 and an IPv4 address, and only the second answers.
# expect: clean
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
echo ready >health
http_server "$LIVE_TMP"
show curl -v --resolve "app.corp.example:$PORT:[::1],127.0.0.1" "http://app.corp.example:$PORT/health"
