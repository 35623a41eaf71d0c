#!/usr/bin/env bash
# The document's check for a self-hosted pool: Docker is installed, its daemon does not run.
# expect: docker/daemon-down
# needs: docker private
. "$(dirname "$0")/lib.sh"
need_private
echo '[root@agent-1 ~]# docker --version'
show docker --version
echo '[root@agent-1 ~]# docker images'
show docker images
