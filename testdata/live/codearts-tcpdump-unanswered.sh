#!/usr/bin/env bash
# The capture shows the request again and again: the host does not answer.
# expect: codearts/tcpdump-syn-unanswered
# needs: ssh tcpdump iptables private
. "$(dirname "$0")/lib.sh"
need_private
ip addr add 192.168.0.10/32 dev lo; ip addr add 101.46.143.79/32 dev lo
capture() {
	timeout -s INT 4 tcpdump -n -Z root -i lo "tcp port 22 and host 101.46.143.79" >capture 2>&1 &
	local pid=$!
	until_true 3 grep -q "^listening" capture || die "tcpdump does not listen"
	"$@"
	wait $pid
	echo '[root@web-1 ~]# tcpdump -n "tcp port 22 and host 101.46.143.79"'
	cat capture
}
iptables -A INPUT -p tcp --dport 22 -j DROP || die "no iptables here"
capture show ssh "${SSH_OPTIONS[@]}" -o ConnectTimeout=3 -b 101.46.143.79 "$ME@192.168.0.10" uptime
