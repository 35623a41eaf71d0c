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
	First:  firstOfSyslog,
	Finish: sshdFinish,
	Marks: []string{"]: error: ", "]: fatal: ", "]: Authentication refused: ", "]: refused local port forward", "no hostkeys available",
		"Missing privilege separation"},
}

// syslogFormat reads the same layouts of all other programs.
var syslogFormat = Format{
	Name:   "syslog",
	Head:   syslogHead,
	First:  firstOfSyslog,
	Finish: syslogFinish,
	Marks: []string{"Attempted login by", "]: Failed to start ", "Failed with result '", "Out of memory: Kill", "invoked oom-killer",
		"segfault at ", "]: failed to ", "]: ERROR: ", "]: FATAL: "},
	Strip: stripSyslog,
}

// firstOfSyslog are the bytes that readSyslog takes: a priority, a stamp, a month in any
// language.
var firstOfSyslog = "<[" + firstDigits + firstLetters + firstHigh

// syslogPrefix is the part of a line before the program's own text.
type syslogPrefix struct {
	time      time.Time
	host      []byte
	process   []byte // sshd(pam_unix) is sshd
	pid       []byte
	textAt    int // behind the stamp
	messageAt int
}

// readSyslog reads "TIME HOST PROCESS[PID]: " in the layouts of syslog daemons
// and of journalctl, behind a "<PRI>" or not:
//
//	Nov 21 02:04:15 host sshd[12]: text                       RFC 3164, journalctl -o short
//	2026-11-21T02:04:15.123456+00:00 host sshd[12]: text      rsyslog, journalctl -o short-iso
//	Sat 2026-11-21 02:04:15 UTC host ssh.service[12]: text    journalctl -o short-full, with-unit
//	1795226655.123456 host sshd[12]: text                     journalctl -o short-unix
//	[ 1234.567890] host sshd[12]: text                        journalctl -o short-monotonic
//	<38>1 2026-11-21T02:04:15.003Z host sshd 12 ID47 [x@1 k="v"] text    RFC 5424
func readSyslog(line []byte) (p syslogPrefix, ok bool) {
	at := octetCount(line)
	if n := priorityLen(line[at:]); n > 0 {
		at += n
	} else {
		at = 0
	}
	if hasPrefix(line[at:], "1 ") {
		return p, p.readRFC5424(line, at+2)
	}
	var n int
	var ownHost bool
	sinceBoot := at < len(line) && line[at] == '['
	if p.time, n, ownHost = readSyslogTime(line[at:]); n == 0 {
		return p, false
	}
	at += n
	if at >= len(line) || line[at] != ' ' {
		return p, false
	}
	at++
	p.textAt = at
	first := wordEnd(line, at)
	if first == at {
		return p, sinceBoot && p.ofKernel()
	}
	if !ownHost && p.readProcess(line, at) {
		return p, true
	}
	if line[first-1] == ':' || first >= len(line) || first-at > 19 && line[at+4] == '-' && line[at+10] == 'T' {
		return p, sinceBoot && p.ofKernel() // no host is called as a time
	}
	p.setHost(line[at:first])
	ok = p.readProcess(line, first+1)
	if sinceBoot && (!ok || p.pid == nil && string(p.process) != "kernel") {
		return p, p.ofKernel()
	}
	return p, ok
}

// ofKernel makes it a line of the kernel's own ring. Behind the time since boot that has a
// driver and its device, "[ 0.182220] usb 1-1: text", or any text; journalctl's processes have
// a number.
func (p *syslogPrefix) ofKernel() bool {
	p.host, p.process, p.pid, p.messageAt = nil, []byte("kernel"), nil, p.textAt
	return true
}

// setHost leaves the host out where the line says that none is known.
func (p *syslogPrefix) setHost(host []byte) {
	if string(host) != "-" {
		p.host = host
	}
}

// octetCount returns the length of the count that RFC 6587 puts before a message
// on a stream, 0 without one.
func octetCount(line []byte) int {
	if len(line) < 20 || line[0]-'1' > 8 {
		return 0
	}
	if n := digits(line, 1); n < 7 && hasPrefix(line[n:], " <") {
		return n + 1
	}
	return 0
}

// priorityLen returns the length of "<PRI>", 0 without one. Its severity is not read:
// what sends the line sets it for a whole stream (docker's driver err for stderr,
// logger notice), not for what the line says.
func priorityLen(line []byte) int {
	if len(line) < 20 || line[0] != '<' {
		return 0
	}
	if end := digits(line, 1); end > 1 && end < 5 && line[end] == '>' {
		return end + 1
	}
	return 0
}

// readRFC5424 reads what follows the version: time, host, process, pid, the
// message's id and structured data. "-" stands for what is not known.
func (p *syslogPrefix) readRFC5424(line []byte, at int) bool {
	var fields [5][]byte
	for i := range fields {
		end := wordEnd(line, at)
		if end == at || end >= len(line) || end-at > maxHostColumn {
			return false
		}
		fields[i] = line[at:end]
		at = end + 1
	}
	if string(fields[0]) != "-" {
		t, n := readISO(fields[0])
		if n == 0 || n != len(fields[0]) {
			return false
		}
		p.time = t
	}
	end := structuredData(line, at)
	if end == 0 {
		return false
	}
	p.setHost(fields[1])
	p.process, p.pid = fields[2], fields[3]
	if string(p.pid) == "-" {
		p.pid = nil
	}
	p.messageAt = min(end+1, len(line))
	if hasPrefix(line[p.messageAt:], "\ufeff") {
		p.messageAt += len("\ufeff")
	}
	return true
}

// structuredData returns the end of "-" or of elements such as [id name="value"],
// which a blank or the end of the line must follow; 0 when there are none.
func structuredData(line []byte, at int) int {
	end := at
	if at < len(line) && line[at] == '-' {
		end = at + 1
	}
	for end < len(line) && line[end] == '[' {
		n := elementLen(line[end:])
		if n == 0 {
			return 0
		}
		end += n
	}
	if end == at || end < len(line) && line[end] != ' ' {
		return 0
	}
	return end
}

// elementLen returns the length of the [element] that b begins with; 0 when it does
// not end. In its quoted values a backslash keeps quotes and brackets.
func elementLen(b []byte) int {
	quoted := false
	for i := 1; i < len(b); i++ {
		switch {
		case quoted && b[i] == '\\':
			i++
		case b[i] == '"':
			quoted = !quoted
		case !quoted && b[i] == ']':
			return i + 1
		}
	}
	return 0
}

// readSyslogTime takes an ISO stamp only with its T, as rsyslog and journald write
// it, or behind a day of the week: the plain form is common to many formats. A host
// must follow all stamps but RFC 3164's.
func readSyslogTime(line []byte) (t time.Time, n int, host bool) {
	if len(line) < 16 {
		return t, 0, false
	}
	switch c := line[0]; {
	case c-'0' <= 9 && line[4] == '-':
		if line[10] != 'T' {
			return t, 0, false
		}
		t, n = readISO(line)
		return t, n, true
	case c == '1' && line[10] == '.':
		if digits(line, 11) != 17 {
			return t, 0, false
		}
		t, n = readEpoch(line)
		return t, n, true
	case c == '[':
		n = monotonicStamp(line)
		return t, n + kernelMark(line[n:], n), true
	}
	if line[3] == ' ' && line[8] == '-' {
		t, n = readWeekdayISO(line)
		return t, n, true
	}
	t, n = readRFC3164(line)
	return t, n, false
}

// readWeekdayISO reads "Sat 2026-11-21 02:04:15.123456 UTC". The zone's name is taken
// as part of the stamp; only UTC and GMT say what it is.
func readWeekdayISO(line []byte) (t time.Time, n int) {
	switch string(line[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
	default:
		return t, 0
	}
	t, n = readISO(line[4:])
	if n == 0 {
		return t, 0
	}
	n += 4
	if n+4 < len(line) && line[n] == ' ' && line[n+1]-'A' < 26 {
		if end := letters(line, n+1); end-n > 3 && end-n < 7 && end < len(line) && line[end] == ' ' {
			return t, end
		}
	}
	return t, n
}

// kernelMark returns the length of what a kernel built to say more puts behind its stamp of n
// bytes: the thread or processor, "[    T1]" (CONFIG_PRINTK_CALLER), or as phones do a second
// stamp and the processor, " [20180812_18:15:13.043383]@0"; 0 without.
func kernelMark(line []byte, n int) int {
	at := skip(line, 0, ' ')
	if n == 0 || at >= len(line) || line[at] != '[' || at > 1 {
		return 0
	}
	from := skip(line, at+1, ' ')
	end := from
	if end < len(line) && (line[end] == 'T' || line[end] == 'C') {
		end = digits(line, end+1)
	} else {
		for end < len(line) && (line[end]-'0' <= 9 || end > from && strings.IndexByte("._: ", line[end]) >= 0) {
			end++
		}
	}
	if end <= from+1 || end >= len(line) || line[end] != ']' {
		return 0
	}
	end++
	if end < len(line) && line[end] == '@' {
		end = digits(line, end+1)
	} else if at > 0 {
		return 0 // "[   1.5] [12]: text" is a process of its own
	}
	return end
}

// monotonicStamp returns the length of "[ 1234.567890]", 0 without one.
func monotonicStamp(line []byte) int {
	at := skip(line, 1, ' ')
	end := digits(line, at)
	if end == at || end >= len(line) || line[end] != '.' {
		return 0
	}
	if fraction := digits(line, end+1); fraction == end+7 && fraction < len(line) && line[fraction] == ']' {
		return fraction + 1
	}
	return 0
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
	if p.host == nil {
		p.host = []byte(e.Host) // a carrier's
	}
	e.Host, e.Process, e.PID = string(p.host), strings.TrimSuffix(string(p.process), ".service"), string(p.pid)
}

func isSSHD(process []byte) bool {
	if i := bytes.LastIndexByte(process, '/'); i >= 0 {
		process = process[i+1:]
	}
	switch string(process) {
	case "sshd", "sshd-session", "sshd-auth", "ssh.service", "sshd.service":
		return true
	}
	return hasPrefix(process, "sshd@") || hasPrefix(process, "ssh@")
}

func sshdHead(line []byte, e *diagnose.Entry) int {
	if !contains(line, "ssh") { // the daemon's name, and cheaper
		return -1
	}
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
	e.Trouble = e.Level >= diagnose.LevelError || syslogTroubles.match([]byte(e.Message)) && !triesDriver(e) ||
		isBuildFailure([]byte(e.Message)) || e.Process != "kernel" && isOutcry(e.Message) || strings.Contains(e.Message, ": Failed with result '") || strings.Contains(e.Message, "code=dumped, status=")
	if e.Process == "" {
		e.Process, _, _ = strings.Cut(e.Message, ":")
	}
	mentionHosts(e)
	mentionUser(e)
}

// isOutcry knows what a program prints as it breaks off, where journald keeps what it prints.
// Daemons say "Error looking up x: text" of what they do without.
func isOutcry(message string) bool {
	line := []byte(strings.TrimRight(diagnose.FirstLine(message), " .\r"))
	return isExceptionLine(line) && contains(line, ": ") || isRubyError(line) || isUnhandledRejection(line)
}

// triesDriver reports whether the kernel says what a driver could not do: at every start it
// tries what the machine does not have.
func triesDriver(e *diagnose.Entry) bool {
	return e.Process == "kernel" && strings.EqualFold(e.Message[:min(len(e.Message), len("failed to "))], "failed to ")
}

// isBuildFailure knows the lines of compilers, make and tracebacks, which a service
// that builds sends to syslog, and no daemon writes of itself.
func isBuildFailure(message []byte) bool {
	return isCompilerError(message) || hasPrefix(message, "make: *** ") || hasPrefix(message, "make[") && contains(message, "]: *** [") ||
		hasPrefix(message, "Traceback (most recent call last)")
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
