# Functions for the live scripts about WinRM. Sourced after lib-ansible.sh. Bash.
# They need the library pywinrm, which Debian has as python3-winrm below /usr/lib (a need is looked up below /usr/sbin as well).

# windows_inventory [VAR=VALUE]...: one Windows host at 127.0.0.1:$PORT.
windows_inventory() {
	printf '[web]\nwin-1 ansible_host=%s ansible_port=%s ansible_user=Administrator ansible_password=secret ansible_connection=winrm %s\n' \
		"${WINDOWS_HOST-127.0.0.1}" "$PORT" "$*" >inventory.ini
}

# win_ping: the task that the connectivity check of a Windows host comes down to.
win_ping() {
	play <<-'TASKS'
		- name: Check the connection
		  win_ping:
	TASKS
}

# answering_server STATUS: a web server that answers each POST with STATUS and offers Basic.
answering_server() {
	py_server '
import http.server, os, sys
class H(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(int(sys.argv[2]))
        self.send_header("WWW-Authenticate", "Basic realm=\"WSMAN\"")
        self.send_header("Content-Length", "0")
        self.end_headers()
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
open(sys.argv[1] + ".t", "w").write(str(s.server_address[1])); os.rename(sys.argv[1] + ".t", sys.argv[1])
s.serve_forever()
' "$1"
}
