#!/usr/bin/env bash
# The name of the proxy does not exist.
# expect: curl/could-not-resolve-proxy
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
show env http_proxy=http://proxy.corp.invalid:3128 curl -sSf http://www.corp.example/
