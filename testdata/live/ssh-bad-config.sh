#!/usr/bin/env bash
# A misspelt option in the client's configuration.
# expect: ssh/config-error
# needs: ssh
. "$(dirname "$0")/lib.sh"
printf 'Host *\n  StrictHostKeyCheking no\n' >config
show ssh -F config "$ME@127.0.0.1" uptime
