#!/usr/bin/env bash
# The document's capture on the host shows no packet of the execution host.
# expect: codearts/tcpdump-no-packets
# needs: ssh tcpdump private
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
capture true
