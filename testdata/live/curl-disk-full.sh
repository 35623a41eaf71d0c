#!/usr/bin/env bash
# The file system is full.
# expect: curl/write-failed
# needs: curl python3 private
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server large
small_disk cache 1m
show curl -sSf -o cache/app.tar.gz "http://127.0.0.1:$PORT/app.tar.gz"
