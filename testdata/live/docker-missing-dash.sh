#!/usr/bin/env bash
# The same from a step's script, in the words of sh.
# expect: docker/not-installed
# needs: sh
. "$(dirname "$0")/lib.sh"
sh=$(command -v sh)
PATH=/nonexistent show "$sh" -c 'docker images'
