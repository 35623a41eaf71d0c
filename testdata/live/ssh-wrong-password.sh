#!/usr/bin/env bash
# The password is wrong.
# expect: ssh/password-rejected
# needs: sshd private openssl
. "$(dirname "$0")/lib.sh"
make_user deploy /bin/bash "$LIVE_TMP/home/deploy" secret
start_sshd -o PasswordAuthentication=yes -o PubkeyAuthentication=no
printf '#!/bin/sh\necho wrong\n' >askpass; chmod 755 askpass
export SSH_ASKPASS=$LIVE_TMP/askpass SSH_ASKPASS_REQUIRE=force
show ssh -p "$SSH_PORT" -F none -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -o NumberOfPasswordPrompts=3 deploy@127.0.0.1 uptime
