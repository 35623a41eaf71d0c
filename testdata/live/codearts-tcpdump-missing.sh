#!/usr/bin/env bash
# tcpdump is not installed: said as a warning, for no connection fails of it.
# expect: clean
# needs: bash
. "$(dirname "$0")/lib.sh"
echo '[root@web-1 ~]# tcpdump -n "tcp port 22 and host 101.46.143.79"'
PATH=/nonexistent show "$BASH" -c 'tcpdump -n "tcp port 22 and host 101.46.143.79"'
