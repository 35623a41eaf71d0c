#!/usr/bin/env bash
# curl -v of a success over TLS.
# expect: clean
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
make_cert server localhost
echo ready >health
tls_server server.pem server.key "$LIVE_TMP"
show curl -v --cacert ca.pem "https://localhost:$PORT/health"
