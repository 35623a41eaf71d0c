#!/usr/bin/env bash
# Docker is not installed: the shell's own words.
# expect: docker/not-installed
# needs: bash
. "$(dirname "$0")/lib.sh"
echo '[root@agent-1 ~]# docker --version'
PATH=/nonexistent show "$BASH" -c 'docker --version'
