#!/usr/bin/env bash
# A certificate of a private CA that this machine does not know.
# expect: curl/certificate-unknown-issuer
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
make_cert server localhost
tls_server server.pem server.key
show curl -sSf "https://localhost:$PORT/"
