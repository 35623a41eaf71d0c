#!/usr/bin/env bash
# The server's certificate is past its last day.
# expect: curl/certificate-expired
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
make_cert server localhost 20200101000000Z 20210101000000Z
tls_server server.pem server.key
show curl -sSf --cacert ca.pem "https://localhost:$PORT/"
