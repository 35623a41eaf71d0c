#!/usr/bin/env bash
# A typing error before ://.
# expect: curl/protocol-unsupported
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
show curl -sSf htp://www.corp.example/
