#!/usr/bin/env bash
# A step that starts a container, at an address where no daemon listens.
# expect: docker/daemon-down
# needs: docker
. "$(dirname "$0")/lib.sh"
free_port
export DOCKER_HOST=tcp://127.0.0.1:$PORT
show docker run --rm alpine:3 true
