#!/usr/bin/env bash
# A self-made certificate, and no -k.
# expect: curl/certificate-self-signed
# needs: curl openssl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout self.key -out self.pem 2>/dev/null
tls_server self.pem self.key
show curl -sSf "https://localhost:$PORT/"
