# Functions for the live scripts about curl. Sourced after lib.sh. Bash.

# Nothing of the machine's own configuration.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR
export CURL_HOME=$LIVE_RUN HOME=$LIVE_RUN GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0

# raw_server BEHAVIOUR [ARGUMENT]: speaks just enough HTTP on 127.0.0.1:$PORT to fail in one way.
#   status "503 Service Unavailable"   answers that, with no body
#   flaky N        answers 503 to the first N requests, 200 to the rest
#   empty          reads the request and hangs up
#   reset          reads the request and resets the connection
#   short          announces 1000 bytes, sends 100, hangs up
#   loop           redirects to itself
#   large          sends 4 MB
#   stall          announces 1000 bytes, sends 100, and waits
#   login          401 without credentials
#   tls-reset      resets the connection after the client's greeting
raw_server() {
	py_server '
import os, socket, struct, sys, threading, time
kind, arg = sys.argv[2], (sys.argv[3:] + [""])[0]
count = [0]
def serve(c):
    data = b""
    while b"\r\n\r\n" not in data:
        got = c.recv(65536)
        if not got: return
        data += got
        if kind == "tls-reset": break
    count[0] += 1
    def say(status, body=b"", head=b""):
        c.sendall(b"HTTP/1.1 " + status.encode() + b"\r\n" + head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
    if kind == "status": say(arg)
    elif kind == "flaky": say("503 Service Unavailable" if count[0] <= int(arg) else "200 OK", b"ready\n")
    elif kind == "login": say("200 OK" if b"Authorization:" in data else "401 Unauthorized", b"", b"WWW-Authenticate: Basic realm=\"live\"\r\n")
    elif kind == "loop": say("302 Found", b"", b"Location: /again\r\n")
    elif kind == "large": say("200 OK", b"0123456789abcdef" * 262144)
    elif kind in ("short", "stall"):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + b"x" * 100)
        if kind == "stall": time.sleep(30)
    if kind in ("reset", "tls-reset"):
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()
def quietly(c):
    try: serve(c)
    except OSError: pass
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 0)); s.listen(64)
open(sys.argv[1] + ".t", "w").write(str(s.getsockname()[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
while True: threading.Thread(target=quietly, args=(s.accept()[0],), daemon=True).start()
' "$@"
}
