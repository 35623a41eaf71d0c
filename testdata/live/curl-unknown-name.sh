#!/usr/bin/env bash
# A name that does not exist.
# expect: curl/could-not-resolve-host
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
show curl -sSfO http://packages.corp.invalid/app.tar.gz
