#!/usr/bin/env bash
# The log of a server on the Internet: probes and guesses from strangers, and our own login that works.
# expect: clean
# needs: sshd private python3
. "$(dirname "$0")/lib.sh"
start_syslog "$LIVE_OUT/auth.log"
make_user deploy
SSHD_SYSLOG=1 start_sshd
probe() { exec 3<>"/dev/tcp/127.0.0.1/$SSH_PORT"; printf "$1" >&3; [ -n "${2-}" ] && timeout 1 cat <&3 >/dev/null 2>&1; exec 3>&-; }
probe 'GET / HTTP/1.1\r\n\r\n' wait
probe ''
probe 'SSH-2.0-Go\r\n'
ssh-keygen -q -t ed25519 -N '' -f stranger
for user in admin oracle test; do
	ssh -p "$SSH_PORT" -F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -i stranger "$user@127.0.0.1" true >/dev/null 2>&1
done
ssh -p "$SSH_PORT" -F none -o BatchMode=yes -o KexAlgorithms=diffie-hellman-group14-sha1 x@127.0.0.1 >/dev/null 2>&1
show live_ssh deploy@127.0.0.1 echo deployed
