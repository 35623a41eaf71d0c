#!/usr/bin/env bash
# git over ssh to a port where nothing listens: its own message is only the consequence.
# expect: ssh/connection-refused
# needs: ssh git
. "$(dirname "$0")/lib.sh"
free_port
export GIT_SSH_COMMAND="ssh -F none -o BatchMode=yes" HOME=$LIVE_TMP
show git clone "ssh://git@127.0.0.1:$PORT/team/app.git"
