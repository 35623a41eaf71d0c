#!/usr/bin/env bash
# The host's firewall ends with a rule that rejects everything else: No route to host.
# expect: codearts/iptables-reject-all
# needs: ssh iptables private
. "$(dirname "$0")/lib.sh"
need_private
iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT && iptables -A INPUT -p tcp --dport 80 -j ACCEPT &&
	iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited || die "no iptables here"
show ssh "${SSH_OPTIONS[@]}" -o ConnectTimeout=2 "$ME@127.0.0.1" uptime
echo '[root@web-1 ~]# iptables -nvL'
iptables -nvL
