package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// sshFormat reads what OpenSSH's programs print on stderr, and the files of -E:
// no time, no pid, one entry a line. Only lines that no other program begins so are
// taken.
var sshFormat = Format{
	Name:   "ssh",
	Head:   sshHead,
	Finish: sshFinish,
	Marks: []string{
		"ssh: connect to host ", "ssh: Could not resolve", "Host key verification failed", "Permission denied (",
		"mux_client_request_session: ", "Failed to connect to new control master", "mm_send_fd: ", "mm_receive_fd: ",
		"kex_exchange_identification: ", "ssh_exchange_identification: ", "client_loop: send disconnect", "packet_write_wait: ",
		"stdio forwarding failed", "administratively prohibited", "IDENTIFICATION HAS CHANGED", "UNPROTECTED PRIVATE KEY",
		"unix_listener: ", "closed by remote host", " not responding.", "Unable to negotiate with", "sign_and_send_pubkey: ",
		"Too many authentication failures", "Bad configuration option", "Bad owner or permissions", "Connection closed by UNKNOWN",
	},
}

func sshHead(line []byte, _ *diagnose.Entry) int {
	if len(line) < 9 {
		return -1
	}
	switch c := line[0]; {
	case sshTexts.match(line):
		return 0
	case c == 'C' && isConnectionEnd(line), c == 'c' && isChannelFailure(line), c == '/' && isConfigError(line), isDenial(line):
		return 0
	}
	return -1
}

// isConnectionEnd knows "Connection to H closed." and "Connection to H port P timed
// out".
func isConnectionEnd(line []byte) bool {
	return hasPrefix(line, "Connection to ") && (contains(line, " closed") || contains(line, " port "))
}

// isDenial knows "user@host: Permission denied (publickey)." (since OpenSSH 7.6 the
// account is named).
func isDenial(line []byte) bool {
	near := line[:min(len(line), maxAccount)]
	colon := bytes.IndexByte(near, ':')
	if colon < 3 || !hasPrefix(line[colon:], ": Permission denied (") {
		return false
	}
	at := bytes.IndexByte(line[:colon], '@')
	return at > 0 && bytes.IndexAny(line[:colon], " =") < 0 // MESSAGE=user@host: is a field of journald
}

// maxAccount bounds user@host before a message.
const maxAccount = 160

// sshTroubles are lines that end the program or the login; sshOthers are not, or
// only together with other lines (a client that cannot use a control socket goes on
// without it).
var (
	sshTroubles = newStarts(
		"ssh: connect to host ", "ssh: Could not resolve hostname ", "ssh: ", "Host key verification failed.", "Permission denied (",
		"mux_client_request_session: read from", "mux_client_request_session: send fds", "mux_client_request_stdio_fwd: ",
		"Failed to connect to new control master", "mm_send_fd: ", "mm_receive_fd: ", "process_mux_", "muxserver_listen: ",
		"file descriptor passing not supported", "unix_listener: ", "ControlPath too long", "ControlPath \"",
		"kex_exchange_identification: ", "ssh_exchange_identification: ", "ssh_dispatch_run_fatal: ", "Connection closed by ",
		"Connection reset by ", "Connection timed out during banner exchange", "client_loop: send disconnect", "packet_write_wait: ",
		"Write failed: ", "Connection closed.", "Timeout, server ", "stdio forwarding failed", "Load key \"", "Unable to negotiate with ",
		"sign_and_send_pubkey: ", "send_pubkey_test: ", "no such identity: ", "@    WARNING: REMOTE HOST", "@         WARNING: UNPROTECTED",
		"No ED25519 host key is known", "No ECDSA host key is known", "No RSA host key is known", "Bad owner or permissions on ",
		"command-line: line ", "subsystem request failed on channel", "Could not request local forwarding", "channel_setup_fwd_listener",
		"Error: remote port forwarding failed", "Too many authentication failures", "lost connection", "scp: Connection closed", "sshpass: ",
		"sshd: no hostkeys available", "Missing privilege separation directory", "Bad remote protocol version", "key_load_", "hostname contains invalid",
	)
	sshOthers = newStarts(
		"debug1: ", "debug2: ", "debug3: ", "OpenSSH_", "muxclient: ", "muxclient_", "mux_client_", "ControlSocket ", "Control socket ", "Master running (pid", "Master refused ",
		"Exit request sent.", "Stop listening request sent.", "Shared connection to ", "Permission denied, please try again.",
		"Pseudo-terminal will not be allocated", "Warning: Permanently added ", "Warning: Identity file ", "Warning: remote port forwarding",
		"Warning: the ", "Warning: No xauth data", "** WARNING: connection is not using a post-quantum", "** This session may be vulnerable",
		"** The server may need to be upgraded", "@@@@@@@@@@", "@ ", "@  ", "IT IS POSSIBLE THAT SOMEONE IS DOING", "Someone could be eavesdropping on you",
		"It is also possible that a host key", "The fingerprint for the ", "Please contact your system administrator.", "Add correct host key in ",
		"Offending ", "Host key for ", "Permissions 0", "It is required that your private key", "It is recommended that your private key",
		"This private key will be ignored.", "The authenticity of host ", "Password authentication is disabled", "Received disconnect from ",
		"Disconnected from ", "Disconnecting ", "Authenticated to ", "Authenticated using ", "Transferred: sent ", "Bytes per second: sent ",
		"PTY allocation request failed", "multiplex uid mismatch", "bind [", "Agent pid ", "Unsupported multiplexing protocol",
		"This account is currently not available", "Could not chdir to home directory ", "hostkeys_", "Invalid multiplex command", "No ControlPath specified",
	)
	sshTexts = mergeStarts(sshTroubles, sshOthers)
)

func mergeStarts(sets ...*starts) *starts {
	var all starts
	for _, s := range sets {
		for c := range s {
			all[c] = append(all[c], s[c]...)
		}
	}
	return &all
}

// isChannelFailure knows "channel 0: open failed: ...".
func isChannelFailure(line []byte) bool {
	const word = "channel "
	if !hasPrefix(line, word) {
		return false
	}
	n := digits(line, len(word))
	return n > len(word) && hasPrefix(line[n:], ": open failed: ")
}

// isConfigError knows "/etc/ssh/ssh_config: line 3: Bad configuration option: x"
// and its kin.
func isConfigError(line []byte) bool {
	return contains(line, ": Bad configuration option: ") || contains(line, ": Unsupported option \"")
}

func sshFinish(e *diagnose.Entry) {
	e.Process = "ssh"
	line := []byte(e.Message)
	switch {
	case len(line) == 0:
		return
	case hasPrefix(line, "debug"):
		e.Level = diagnose.LevelDebug
	case hasPrefix(line, "Warning: "), hasPrefix(line, "** WARNING"):
		e.Level = diagnose.LevelWarn
	case sshTroubles.match(line), line[0] == 'c' && isChannelFailure(line), line[0] == '/', isDenial(line):
		e.Trouble = true
	case hasPrefix(line, "Connection to "):
		e.Trouble = bytes.Contains(line, []byte(" closed by remote host")) || bytes.Contains(line, []byte(" timed out")) ||
			bytes.Contains(line, []byte("Broken pipe"))
	case hasPrefix(line, "This account is"):
		e.Trouble = true
	case hasPrefix(line, "Received disconnect from "), hasPrefix(line, "Disconnected from "):
		e.Trouble = strings.Contains(e.Message, "Too many authentication")
	}
	mentionPeer(e)
	mentionHosts(e)
}

// mentionPeer notes the server that a client's line names.
func mentionPeer(e *diagnose.Entry) {
	if host, ok := field(e.Message, "resolve hostname ", ":"); ok {
		e.Mentions = addID(e.Mentions, diagnose.KindHost, host)
	}
	if host, port, _, ok := cutPort(e.Message); ok && host != "UNKNOWN" {
		e.Mentions = addID(e.Mentions, diagnose.KindHost, host)
		e.Mentions = addID(e.Mentions, diagnose.KindAddress, joinPort(host, port))
	}
	if account, _, ok := strings.Cut(e.Message, ": Permission denied ("); ok {
		user, host, _ := strings.Cut(account, "@")
		e.Mentions = addID(e.Mentions, diagnose.KindUser, user)
		e.Mentions = addID(e.Mentions, diagnose.KindHost, host)
	}
	if strings.HasPrefix(e.Message, "debug1: Authenticating to ") {
		if user, ok := field(e.Message, " as '", "'"); ok {
			e.Mentions = addID(e.Mentions, diagnose.KindUser, user)
		}
	}
}

// cutPort finds the first "HOST port N" in text and returns what follows it too.
func cutPort(text string) (host, port, rest string, ok bool) {
	before, rest, ok := strings.Cut(text, " port ")
	if !ok {
		return "", "", "", false
	}
	host = before[strings.LastIndexByte(before, ' ')+1:]
	end := digitsIn(rest)
	if host == "" || end == 0 || end > 5 || strings.ContainsAny(host, "\n\"'()") {
		return "", "", rest, false
	}
	return strings.Trim(host, "[]"), rest[:end], rest[end:], true
}

func digitsIn(text string) int {
	n := 0
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

// joinPort writes address and port the way ids have them; IPv6 in brackets.
func joinPort(host, port string) string {
	if strings.IndexByte(host, ':') >= 0 {
		return "[" + host + "]:" + port
	}
	return host + ":" + port
}
