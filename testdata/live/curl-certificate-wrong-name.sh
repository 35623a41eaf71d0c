#!/usr/bin/env bash
# The certificate is for another name.
# expect: curl/certificate-wrong-name
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
make_cert server repo.corp.example
tls_server server.pem server.key
show curl -sSf --cacert ca.pem "https://localhost:$PORT/"
