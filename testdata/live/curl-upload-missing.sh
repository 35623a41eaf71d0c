#!/usr/bin/env bash
# The file to upload is not there.
# expect: curl/upload-file-unreadable
# needs: curl
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
show curl -sSf -T app.tar.gz http://127.0.0.1/upload/
