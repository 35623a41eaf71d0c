#!/usr/bin/env bash
# The connection is reset during the TLS handshake.
# expect: curl/tls-handshake
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server tls-reset
show curl -sSf "https://127.0.0.1:$PORT/"
