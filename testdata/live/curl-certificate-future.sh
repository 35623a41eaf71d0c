#!/usr/bin/env bash
# The certificate begins later than today, as on a machine whose clock is behind.
# expect: curl/certificate-not-yet-valid
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
make_cert server localhost 20700101000000Z 20710101000000Z
tls_server server.pem server.key
show curl -sSf --cacert ca.pem "https://localhost:$PORT/"
