#!/usr/bin/env bash
# The agent's user is not in the group docker, so the socket is closed to it.
# expect: docker/socket-permission
# needs: docker private setpriv python3
. "$(dirname "$0")/lib.sh"
make_user agent
py_server '
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind("/run/docker.sock"); os.chmod("/run/docker.sock", 0o660); s.listen(8)
open(sys.argv[1] + ".t", "w").write("0"); os.rename(sys.argv[1] + ".t", sys.argv[1])
time.sleep(60)
'
export HOME=$LIVE_TMP/home/agent DOCKER_HOST=unix:///run/docker.sock
show setpriv --reuid=agent --regid=agent --clear-groups docker images
