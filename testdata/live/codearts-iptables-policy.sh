#!/usr/bin/env bash
# The host's firewall drops what no rule accepts, and no rule accepts SSH.
# expect: codearts/iptables-policy-drop
# needs: ssh iptables private
. "$(dirname "$0")/lib.sh"
need_private
iptables -A INPUT -p tcp --dport 80 -j ACCEPT && iptables -P INPUT DROP || die "no iptables here"
show ssh "${SSH_OPTIONS[@]}" -o ConnectTimeout=2 "$ME@127.0.0.1" uptime
echo '[root@web-1 ~]# iptables -L -n'
iptables -L -n
