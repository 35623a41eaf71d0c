#!/usr/bin/env bash
# -o into a directory that does not exist.
# expect: curl/output-directory-missing
# needs: curl python3
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-curl.sh"
raw_server large
show curl -f -o releases/1.2.3/app.tar.gz "http://127.0.0.1:$PORT/app.tar.gz"
