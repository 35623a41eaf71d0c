# Functions for the live scripts; see README.md for the convention.
# Sourced first by each script. Bash.

set -u
export LC_ALL=C TZ=UTC PATH="$PATH:/usr/sbin:/sbin"

# Again in namespaces of our own, where that is possible: every daemon dies with
# the script, and nothing of the machine changes.
if [ -z "${LIVE_PRIVATE-}" ]; then
	export LIVE_PRIVATE=no
	if [ "$(id -u)" = 0 ] && unshare -m -n -p --fork true 2>/dev/null; then
		LIVE_PRIVATE=yes exec unshare -m -n -p --fork --kill-child --mount-proc bash "$0" "$@"
	fi
fi

LIVE_DIR=$(cd "$(dirname "$0")" && pwd)
if [ -z "${LIVE_TMP-}" ]; then
	LIVE_TMP=$(mktemp -d /tmp/live.XXXXXX)
	LIVE_OWN_TMP=$LIVE_TMP
fi
LIVE_OUT=${LIVE_OUT-$LIVE_TMP/out}
mkdir -p "$LIVE_OUT"
chmod 755 "$LIVE_TMP"
cd "$LIVE_TMP" || exit 2
# The daemons' own files stay out of the working directory.
LIVE_RUN=$LIVE_TMP/.run
mkdir -p "$LIVE_RUN"
ME=$(id -un)
LIVE_PIDS=

# syslog_settles: a server writes its last lines when the client is gone already.
syslog_settles() {
	local size=-1 try
	for try in 1 2 3 4 5 6 7 8; do
		[ "$(stat -c %s "$LIVE_SYSLOG" 2>/dev/null)" = "$size" ] && return
		size=$(stat -c %s "$LIVE_SYSLOG" 2>/dev/null)
		sleep 0.25
	done
}

live_end() {
	[ -n "${LIVE_SYSLOG-}" ] && syslog_settles
	[ -n "$LIVE_PIDS" ] && kill $LIVE_PIDS 2>/dev/null
	if [ -n "${LIVE_OWN_TMP-}" ]; then
		# Run by hand: show the files that the test would pass on.
		for f in "$LIVE_OUT"/*.log; do
			[ -e "$f" ] && { echo "==> ${f##*/} <=="; cat "$f"; } >&2
		done
		cd / && rm -rf "$LIVE_OWN_TMP"
	fi
}
trap live_end EXIT
trap 'exit 2' INT TERM

if [ "$LIVE_PRIVATE" = yes ]; then
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 live-run /run
	mkdir -p /run/sshd /run/lock
	if command -v ip >/dev/null; then
		ip link set lo up
	else
		python3 - <<-'PY'
			import fcntl, socket, struct
			s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
			fcntl.ioctl(s, 0x8914, struct.pack('16sh14s', b'lo', 0x49, b''))
		PY
	fi
fi

say() { echo "$*" >&2; }
die() { say "live: $*"; exit 2; }

# show CMD...: run it, print both outputs in the order they come; what a terminal or a CI log shows.
show() { "$@" 2>&1 </dev/null || true; }

# background CMD...: a daemon that ends with the script; its pid in $!.
background() {
	"$@" &
	LIVE_PIDS="$LIVE_PIDS $!"
}

# until_true SECONDS CMD...: wait for a condition.
until_true() {
	local n=$(($1 * 20)); shift
	until "$@" >/dev/null 2>&1; do
		n=$((n - 1)); [ $n -gt 0 ] || return 1
		sleep 0.05
	done
}

need_private() { [ "$LIVE_PRIVATE" = yes ] || die "needs root that may make namespaces"; }

# own_file PATH: a private copy of a system file over the machine's own.
own_file() {
	need_private
	local copy=$LIVE_RUN/own${1//\//_}
	[ -e "$copy" ] && return
	if [ -e "$1" ]; then cp -p "$1" "$copy"; else die "no $1 to cover"; fi
	mount --bind "$copy" "$1"
}

# make_user NAME [SHELL [HOME [PASSWORD]]]: an account of this script alone. The password field is * (none) without PASSWORD.
# Its home has .ssh/authorized_keys with the script's key.
make_user() {
	local name=$1 shell=${2-/bin/bash} home=${3-$LIVE_TMP/home/$1} hash='*' id
	own_file /etc/passwd; own_file /etc/shadow; own_file /etc/group
	[ -n "${4-}" ] && hash=$(openssl passwd -6 "$4")
	id=$((3000 + $(wc -l </etc/passwd)))
	echo "$name:x:$id:$id:$name:$home:$shell" >>/etc/passwd
	echo "$name:$hash:20000:0:99999:7:::" >>/etc/shadow
	echo "$name:x:$id:" >>/etc/group
	mkdir -p "$home/.ssh"
	cp "$LIVE_RUN/id.pub" "$home/.ssh/authorized_keys"
	chmod 755 "$home"; chmod 700 "$home/.ssh"; chmod 600 "$home/.ssh/authorized_keys"
	chown -R "$name:$name" "$home"
	chmod 755 "$LIVE_TMP"
}

# user_keys: the client's key, $SSH_KEY, authorised everywhere a script does not say otherwise.
SSH_KEY=$LIVE_RUN/id
user_keys() {
	command -v ssh-keygen >/dev/null || return 0
	[ -e "$SSH_KEY" ] || ssh-keygen -q -t ed25519 -N '' -C live -f "$SSH_KEY"
	[ -e "$LIVE_RUN/authorized_keys" ] || cp "$SSH_KEY.pub" "$LIVE_RUN/authorized_keys"
}

user_keys

# start_sshd [-o Option=value]...: a real sshd on 127.0.0.1, port in $SSH_PORT, its log in $SSHD_LOG, its key in
# $LIVE_RUN/hostkey-PORT.pub, known to the client. Options given here win over the ones below. The script's key logs in as $ME (or, with
# -o AuthorizedKeysFile=.ssh/authorized_keys, as a user of make_user). With SSHD_ADDRESS=127.0.0.N it listens there.
# SSHD_NO_SFTP=1 leaves the sftp subsystem out. With SSHD_SYSLOG=1 (and start_syslog) it logs to syslog as an installed sshd does.
start_sshd() {
	local address=${SSHD_ADDRESS-127.0.0.1} try log pid out
	[ "$(id -u)" = 0 ] && mkdir -p /run/sshd
	for try in 1 2 3 4 5 6; do
		SSH_PORT=$((20000 + (RANDOM * 7 + $$) % 12000))
		log=$LIVE_RUN/sshd-$SSH_PORT.log
		[ -e "$LIVE_RUN/hostkey-$SSH_PORT" ] || ssh-keygen -q -t ed25519 -N '' -C host -f "$LIVE_RUN/hostkey-$SSH_PORT"
		{
			cat <<-CONF
				Port $SSH_PORT
				ListenAddress $address
				HostKey $LIVE_RUN/hostkey-$SSH_PORT
				PidFile $LIVE_RUN/sshd-$SSH_PORT.pid
			CONF
			[ -n "${SSHD_CONFIG-}" ] && echo "$SSHD_CONFIG"
		} >"$LIVE_RUN/sshd-$SSH_PORT.conf"
		[ -n "${SSHD_NO_SFTP-}" ] || echo "Subsystem sftp internal-sftp" >>"$LIVE_RUN/sshd-$SSH_PORT.conf"
		out="-E $log"
		[ -n "${SSHD_SYSLOG-}" ] && out=
		# -o options are read before the file and the first value of an option wins.
		background "$(command -v sshd)" -D $out -f "$LIVE_RUN/sshd-$SSH_PORT.conf" "$@" \
			-o StrictModes=no -o UsePAM=no -o "AuthorizedKeysFile=$LIVE_RUN/authorized_keys" \
			-o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o PrintMotd=no
		pid=$!
		SSHD_PID=$pid
		SSHD_LOG=$log
		if until_true 5 port_open "$address" "$SSH_PORT" "$pid"; then
			echo "[$address]:$SSH_PORT $(cut -d' ' -f1,2 "$LIVE_RUN/hostkey-$SSH_PORT.pub")" >>"$LIVE_RUN/known_hosts"
			return 0
		fi
		kill "$pid" 2>/dev/null
	done
	die "sshd does not start: $(cat "$log" 2>/dev/null)"
}

# listening PORT: without connecting, so that the server's log stays as it is.
listening() {
	local hex
	hex=$(printf ':%04X ' "$1")
	grep -qi "$hex[0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null
}
port_open() {
	[ -r /proc/net/tcp ] && { listening "$2" && kill -0 "$3"; return; }
	grep -q "Server listening" "$LIVE_RUN/sshd-$2.log"
}

# free_port: a port where nothing listens, in $PORT.
free_port() {
	PORT=$((33000 + (RANDOM * 5 + $$) % 20000))
	while listening "$PORT"; do PORT=$((PORT + 1)); done
}

# SSH_OPTIONS: the script's key and known hosts, and none of the machine's configuration. The first value of an option wins, so a script
# that is about one of them gives its own -o before these, or in SSH_FIRST for live_ssh.
SSH_OPTIONS=(-F none -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$LIVE_RUN/known_hosts" -o GlobalKnownHostsFile=none -i "$SSH_KEY")
SSH_FIRST=()

# live_ssh [OPTION]... USER@HOST CMD...: ssh to the sshd started last.
live_ssh() { ssh -p "$SSH_PORT" "${SSH_FIRST[@]}" "${SSH_OPTIONS[@]}" "$@"; }

# start_syslog FILE: a syslog daemon on a private /dev/log that writes `Mmm dd hh:mm:ss host prog[pid]: text`.
start_syslog() {
	need_private
	LIVE_SYSLOG=$1
	local dev=$LIVE_RUN/dev node
	mkdir -p "$dev"
	mount -t tmpfs -o mode=755 live-dev "$dev"
	for node in null zero full random urandom tty ptmx; do
		[ -e /dev/$node ] && { : >"$dev/$node"; mount --bind /dev/$node "$dev/$node"; }
	done
	mkdir -p "$dev/pts" "$dev/shm"
	mount --rbind /dev/pts "$dev/pts"
	mount --rbind /dev/shm "$dev/shm"
	ln -s /proc/self/fd "$dev/fd"; ln -s /proc/self/fd/0 "$dev/stdin"; ln -s /proc/self/fd/1 "$dev/stdout"; ln -s /proc/self/fd/2 "$dev/stderr"
	mount --move "$dev" /dev
	background python3 -c '
import os, re, socket, sys
os.chdir("/dev")
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("log"); os.chmod("log", 0o666)
out = open(sys.argv[1], "ab", 0)
while True:
    m = re.sub(rb"^<\d+>", b"", s.recv(8192)).rstrip(b"\0\n")
    out.write(m[:16] + sys.argv[2].encode() + b" " + m[16:] + b"\n")
' "$1" "${SYSLOG_HOST-node-1}"
	until_true 5 test -S /dev/log || die "no syslog"
}

# Servers in Python: each picks its port and writes it down.
py_server() {
	local out=$LIVE_RUN/server-$RANDOM$RANDOM code=$1; shift
	background python3 -c "$code" "$out" "$@"
	SERVER_PID=$!
	until_true 8 test -s "$out" || die "server does not start"
	PORT=$(cat "$out")
}

# silent_server: accepts connections on 127.0.0.1:$PORT and never says a word.
silent_server() {
	py_server '
import os, socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
open(sys.argv[1] + ".t", "w").write(str(s.getsockname()[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
keep = []
while True: keep.append(s.accept())
'
}

# deaf_port: a port whose queue is full, so that a connection attempt times out, in $PORT.
deaf_port() {
	py_server '
import os, socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
keep = []
for _ in range(4):
    c = socket.socket(); c.setblocking(False); keep.append(c)
    try: c.connect(s.getsockname())
    except BlockingIOError: pass
time.sleep(0.2)
open(sys.argv[1] + ".t", "w").write(str(s.getsockname()[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
time.sleep(60)
'
}

# banner_server TEXT: says TEXT (with \r \n escapes) to each client and hangs up. Empty TEXT: hangs up at once.
banner_server() {
	py_server '
import os, socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
open(sys.argv[1] + ".t", "w").write(str(s.getsockname()[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
while True:
    c, _ = s.accept()
    c.sendall(sys.argv[2].encode().decode("unicode_escape").encode("latin1"))
    c.shutdown(socket.SHUT_WR); c.settimeout(2)
    try:
        while c.recv(4096): pass
    except OSError: pass
    c.close()
' "$1"
}

# http_server DIR: plain HTTP/1.0 over a directory at 127.0.0.1:$PORT.
http_server() {
	py_server '
import functools, http.server, os, sys
class H(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(H, directory=sys.argv[2]))
open(sys.argv[1] + ".t", "w").write(str(s.server_address[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
s.serve_forever()
' "$1"
}

# tls_server CERT KEY [DIR]: HTTPS over a directory at 127.0.0.1:$PORT.
tls_server() {
	py_server '
import functools, http.server, os, ssl, sys
class H(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *a): pass
class S(http.server.ThreadingHTTPServer):
    def handle_error(self, *a): pass
s = S(("127.0.0.1", 0), functools.partial(H, directory=sys.argv[4]))
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[2], sys.argv[3])
s.socket = c.wrap_socket(s.socket, server_side=True, do_handshake_on_connect=False)
open(sys.argv[1] + ".t", "w").write(str(s.server_address[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
s.serve_forever()
' "$1" "$2" "${3-$LIVE_TMP}"
}

# make_ca: a certificate authority, $LIVE_TMP/ca.pem and ca.key.
make_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=Live CA" \
		-keyout "$LIVE_TMP/ca.key" -out "$LIVE_TMP/ca.pem" 2>/dev/null
}

# make_cert FILE NAME [FROM TO]: FILE.pem and FILE.key for a DNS name or an address, signed by make_ca's authority; FROM and TO as
# YYYYMMDDHHMMSSZ, otherwise valid for 30 days.
make_cert() {
	local alt=DNS:$2
	case $2 in [0-9]*.[0-9]*.[0-9]*.[0-9]*) alt=IP:$2 ;; esac
	[ -e "$LIVE_TMP/ca.pem" ] || make_ca
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
	printf 'subjectAltName=%s\n' "$alt" >"$1.ext"
	mkdir -p "$LIVE_RUN/ca"; : >>"$LIVE_RUN/ca/index"; echo unique_subject=no >"$LIVE_RUN/ca/index.attr"
	cat >"$LIVE_RUN/ca/conf" <<-CONF
		[ca]
		default_ca=c
		[c]
		database=$LIVE_RUN/ca/index
		new_certs_dir=$LIVE_RUN/ca
		rand_serial=yes
		default_md=sha256
		policy=p
		[p]
		commonName=supplied
	CONF
	if [ -n "${3-}" ]; then set -- "$1" "$2" -startdate "$3" -enddate "$4"; else set -- "$1" "$2" -days 30; fi
	local file=$1; shift 2
	openssl ca -batch -notext -config "$LIVE_RUN/ca/conf" -cert "$LIVE_TMP/ca.pem" -keyfile "$LIVE_TMP/ca.key" \
		-extfile "$file.ext" -in "$file.csr" -out "$file.pem" "$@" 2>/dev/null || die "no certificate for $file"
}

# small_disk DIR SIZE: a tmpfs of that size at DIR.
small_disk() {
	need_private
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2,mode=777" live-small "$1"
}
