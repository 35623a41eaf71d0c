#!/usr/bin/env bash
# The same with the ansible command, whose result has several lines.
# expect: ssh/connection-refused
# needs: ansible ssh
. "$(dirname "$0")/lib.sh"
. "$LIVE_DIR/lib-ansible.sh"
free_port; SSH_PORT=$PORT
inventory web-1 "$ME"
show ansible -i inventory.ini web -m ping
show ansible -i inventory.ini web -m ping --one-line
