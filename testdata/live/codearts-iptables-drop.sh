#!/usr/bin/env bash
# The host's firewall drops SSH: the connection times out, and iptables shows the rule.
# expect: codearts/iptables-ssh-dropped
# needs: ssh iptables private
. "$(dirname "$0")/lib.sh"
need_private
iptables -A INPUT -p tcp --dport 22 -j DROP || die "no iptables here"
show ssh "${SSH_OPTIONS[@]}" -o ConnectTimeout=2 "$ME@127.0.0.1" uptime
echo '[root@web-1 ~]# iptables -L'
iptables -L
