package parser

import (
	"bytes"
	"strings"
	"time"

	"diagnose"
)

// sshdFormat reads the lines of OpenSSH's server in a syslog: RFC 3164, rsyslog's
// ISO form, and journald's short form.
var sshdFormat = Format{
	Name:   "sshd",
	Head:   sshdHead,
	Finish: sshdFinish,
	Marks: []string{"]: error: ", "]: fatal: ", "]: Authentication refused: ", "]: refused local port forward", "no hostkeys available",
		"Missing privilege separation"},
}

// syslogFormat reads the same layouts of all other programs.
var syslogFormat = Format{
	Name:   "syslog",
	Head:   syslogHead,
	Finish: syslogFinish,
	Marks: []string{"Attempted login by", "]: Failed to start ", "Failed with result '", "Out of memory: Kill", "invoked oom-killer",
		"segfault at ", "]: failed to ", "]: ERROR: ", "]: FATAL: "},
	Strip: stripSyslog,
}

// syslogPrefix is the part of a line before the program's own text.
type syslogPrefix struct {
	time      time.Time
	host      []byte
	process   []byte // sshd(pam_unix) is sshd
	pid       []byte
	messageAt int
}

// readSyslog reads "TIME HOST PROCESS[PID]: ". A line that holds a stack frame
// behind the prefix is no head: it goes on with the line above it.
func readSyslog(line []byte) (p syslogPrefix, ok bool) {
	at := 0
	if len(line) > 20 && line[0] == '<' { // <PRI>
		if end := digits(line, 1); end > 1 && end < 5 && line[end] == '>' {
			at = end + 1
		}
	}
	var n int
	var iso bool
	if p.time, n, iso = readSyslogTime(line[at:]); n == 0 {
		return p, false
	}
	at += n
	if at >= len(line) || line[at] != ' ' {
		return p, false
	}
	at++
	first := wordEnd(line, at)
	if first == at {
		return p, false
	}
	if !iso && p.readProcess(line, at) {
		return p, true
	}
	if line[first-1] == ':' || first >= len(line) {
		return p, false
	}
	p.host = line[at:first]
	return p, p.readProcess(line, first+1)
}

// readSyslogTime takes an ISO stamp only with its T, as rsyslog and journald write
// it: the other form is common to many formats.
func readSyslogTime(line []byte) (t time.Time, n int, iso bool) {
	if len(line) < 16 {
		return t, 0, false
	}
	if line[0]-'0' <= 9 && line[4] == '-' {
		if line[10] != 'T' {
			return t, 0, false
		}
		t, n = readISO(line)
		return t, n, true
	}
	t, n = readRFC3164(line)
	return t, n, false
}

func wordEnd(line []byte, i int) int {
	for i < len(line) && line[i] != ' ' {
		i++
	}
	return i
}

// readProcess reads "sshd[17041]: ", "kernel: " and "sshd(pam_unix)[17041]: ".
func (p *syslogPrefix) readProcess(line []byte, at int) bool {
	end := at
	for end < len(line) && isProcessByte(line[end]) {
		end++
	}
	if end == at {
		return false
	}
	p.process = line[at:end]
	if end < len(line) && line[end] == '(' {
		closing := bytes.IndexByte(line[end:], ')')
		if closing < 0 || bytes.IndexByte(line[end:end+closing], ' ') >= 0 {
			return false
		}
		end += closing + 1
	}
	if end < len(line) && line[end] == '[' {
		after := digits(line, end+1)
		if after == end+1 || after >= len(line) || line[after] != ']' {
			return false
		}
		p.pid = line[end+1 : after]
		end = after + 1
	}
	if end >= len(line) || line[end] != ':' || end+1 < len(line) && line[end+1] != ' ' {
		return false
	}
	p.messageAt = min(end+2, len(line))
	return true
}

func isProcessByte(c byte) bool {
	return isASCIIWord(c) || c == '-' || c == '.' || c == '/' || c == '@'
}

// fill copies the prefix into e.
func (p *syslogPrefix) fill(e *diagnose.Entry) {
	e.Time = p.time
	e.Host, e.Process, e.PID = string(p.host), string(p.process), string(p.pid)
}

func isSSHD(process []byte) bool {
	if i := bytes.LastIndexByte(process, '/'); i >= 0 {
		process = process[i+1:]
	}
	switch string(process) {
	case "sshd", "sshd-session", "sshd-auth":
		return true
	}
	return false
}

func sshdHead(line []byte, e *diagnose.Entry) int {
	p, ok := readSyslog(line)
	if !ok || !isSSHD(p.process) {
		return -1
	}
	if e != nil {
		p.fill(e)
	}
	return p.messageAt
}

func syslogHead(line []byte, e *diagnose.Entry) int {
	p, ok := readSyslog(line)
	if !ok {
		if hasPrefix(line, "dnsmasq: ") || hasPrefix(line, "dnsmasq-dhcp: ") {
			return 0
		}
		return -1
	}
	if isSSHD(p.process) || isStackText(line[p.messageAt:]) {
		return -1
	}
	if e != nil {
		p.fill(e)
	}
	return p.messageAt
}

// stripSyslog takes the prefix off the lines of a stack trace.
func stripSyslog(line []byte) []byte {
	if p, ok := readSyslog(line); ok {
		return line[p.messageAt:]
	}
	return line
}

func syslogFinish(e *diagnose.Entry) {
	e.Level = prefixLevel(e.Message)
	e.Trouble = e.Level >= diagnose.LevelError || syslogTroubles.match([]byte(e.Message)) ||
		strings.Contains(e.Message, ": Failed with result '") || strings.Contains(e.Message, "code=dumped, status=")
	if e.Process == "" {
		e.Process, _, _ = strings.Cut(e.Message, ":")
	}
	e.Inner = decodeInner(e.Message)
	mentionHosts(e)
	mentionUser(e)
}

var syslogTroubles = newStarts("Attempted login by ", "Failed to start ", "failed to ", "Out of memory: ", "Failed to ")

// sshdFinish ties the entry to its connection: the process that serves it, the
// child that goes on with it, and the client's address and port.
func sshdFinish(e *diagnose.Entry) {
	e.Level = prefixLevel(e.Message)
	if e.Level == diagnose.LevelUnknown && strings.HasPrefix(e.Message, "debug") {
		e.Level = diagnose.LevelDebug
	}
	e.Trouble = e.Level >= diagnose.LevelError || sshdTroubles.match([]byte(e.Message))
	addSSHD(e, e.PID)
	if pid, ok := strings.CutPrefix(e.Message, "User child is on pid "); ok {
		addSSHD(e, pid[:digitsIn(pid)])
	}
	if _, pid, ok := strings.Cut(e.Message, ", pid = "); ok {
		addSSHD(e, pid[:digitsIn(pid)])
	}
	addPeer(e)
	mentionHosts(e)
	mentionUser(e)
}

var sshdTroubles = newStarts("Authentication refused: ", "refused local port forward", "Missing privilege separation directory",
	"no hostkeys available", "bad ownership or modes", "Cannot bind any address", "subsystem request for sftp failed")

func addSSHD(e *diagnose.Entry, pid string) {
	if pid != "" {
		e.IDs = addID(e.IDs, diagnose.KindConnection, strings.TrimSpace(e.Host+" sshd["+pid+"]"))
	}
}

// addPeer finds the client in "from A port P", "by [authenticating user U] A port P"
// and "drop connection #1 from [A]:P on [B]:22".
func addPeer(e *diagnose.Entry) {
	if _, rest, ok := strings.Cut(e.Message, "drop connection "); ok {
		if peer, ok := field(rest, " from ", " "); ok {
			host, port, _ := strings.Cut(strings.TrimPrefix(peer, "["), "]:")
			addConnection(e, host, port)
		}
		return
	}
	m := e.Message
	if strings.HasPrefix(m, "Server listening ") || strings.Contains(m, "connect_to ") || strings.Contains(m, " target ") ||
		strings.Contains(m, "Bind to port") {
		return
	}
	if host, port, _, ok := cutPort(m); ok {
		addConnection(e, host, port)
	}
}

func addConnection(e *diagnose.Entry, host, port string) {
	if !isAddress(host) && strings.IndexByte(host, ':') < 0 || port == "" || port == "65535" {
		return
	}
	e.IDs = addID(e.IDs, diagnose.KindConnection, joinPort(host, port))
	e.Mentions = addID(e.Mentions, diagnose.KindAddress, host)
}

// mentionUser notes the account that an sshd, PAM or nologin line names.
func mentionUser(e *diagnose.Entry) {
	for _, before := range [...]string{"nvalid user ", "uthenticating user ", "isconnected from user ", " for user ",
		" for ", "User ", "ttempted login by ", " user="} {
		_, rest, ok := strings.Cut(e.Message, before)
		if !ok {
			continue
		}
		name := rest
		if i := strings.IndexAny(rest, " \n"); i >= 0 {
			name = rest[:i]
		}
		name = strings.TrimRight(name, ",:(")
		if name == "invalid" || name == "authenticating" || name == "child" || name == "user" || len(name) > 64 || isAddress(name) {
			continue
		}
		if before == " for " && !strings.Contains(rest, " from ") {
			continue
		}
		e.Mentions = addID(e.Mentions, diagnose.KindUser, name)
		return
	}
}

// prefixLevel reads the word before the first colon as a level.
func prefixLevel(message string) diagnose.Level {
	word, _, ok := strings.Cut(message[:min(len(message), 16)], ":")
	if !ok || len(word) < 3 {
		return diagnose.LevelUnknown
	}
	switch strings.ToUpper(word) {
	case "CONFIG", "FINE", "FINER", "FINEST", "ALERT", "INFORMATION":
		return diagnose.LevelUnknown // words of other kinds as well
	}
	return diagnose.ParseLevel(word)
}
