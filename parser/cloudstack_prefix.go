package parser

import (
	"time"

	"diagnose"
)

// span is a piece of a line, [from, to).
type span struct{ from, to int }

func (s span) of(line []byte) string { return string(line[s.from:s.to]) }

// maxWord bounds what is taken for a host name, a program, a thread or a logger,
// so that testing a line costs no more than a few hundred bytes.
const maxWord = 256

// linePrefix is what syslog or journald put before a program's own line:
// "Feb  7 00:59:56 host java[3387]: ". A field that is not there is empty.
type linePrefix struct {
	time               time.Time
	host, program, pid span
}

// readLinePrefix reads the prefix at line[at:] and returns where the program's own
// text begins, 0 when there is no prefix. The process id may be missing; the
// stamp is RFC 3164's, also under journald's other locales, or ISO 8601.
func readLinePrefix(line []byte, at int, p *linePrefix) int {
	if !beginsStamp(line, at) {
		return 0
	}
	t, n := readRFC3164(line[at:])
	if n == 0 {
		if t, n = readISO(line[at:]); n == 0 {
			return 0
		}
	}
	if i := at + n; i >= len(line) || line[i] != ' ' {
		return 0
	}
	host := word(line, at+n+1)
	if host.to == host.from || host.to >= len(line) || line[host.to] != ' ' {
		return 0
	}
	program := host.to + 1
	end, pid, own := readTag(line, program)
	if end == 0 {
		return 0
	}
	*p = linePrefix{time: t, host: host, program: span{program, end}, pid: pid}
	return own
}

// beginsStamp is a cheap test that keeps ordinary lines away from the readers of
// stamps: "Feb ", "2月", "10月", "2026-".
func beginsStamp(line []byte, at int) bool {
	b := line[at:]
	if len(b) < 16 {
		return false
	}
	if b[0]-'A' < 26 {
		return b[3] == ' ' && (b[4] == ' ' || b[4]-'0' < 10)
	}
	return b[0]-'0' < 10 && (b[4] == '-' || b[1] == 0xE6 || b[2] == 0xE6)
}

// readTag reads "java[3387]: " or "xapi: " at line[at:]: where the program's name
// ends, its process id, and where its text begins.
func readTag(line []byte, at int) (end int, pid span, own int) {
	i, limit := at, min(len(line), at+maxWord)
	for i < limit && line[i] != '[' && line[i] != ':' && line[i] > ' ' {
		i++
	}
	end = i
	if end == at || i == limit {
		return 0, pid, 0
	}
	if line[i] == '[' {
		pid.from = i + 1
		for i++; i < limit && line[i]-'0' < 10; i++ {
		}
		pid.to = i
		if pid.to == pid.from || i == limit || line[i] != ']' {
			return 0, span{}, 0
		}
		i++
	}
	if i >= len(line) || line[i] != ':' {
		return 0, span{}, 0
	}
	i++
	if i < len(line) && line[i] == ' ' {
		i++
	}
	return end, pid, i
}

// fill puts the prefix into an entry.
func (p *linePrefix) fill(line []byte, e *diagnose.Entry) {
	e.Time = p.time
	e.Host = p.host.of(line)
	e.Process = p.program.of(line)
	e.PID = p.pid.of(line)
}

// readComposePrefix reads the "svc_1  | " that docker compose puts before each line
// and returns where the line goes on, 0 when there is none.
func readComposePrefix(line []byte, at int) int {
	i := word(line, at).to
	if i == at || i == len(line) || line[i] != ' ' {
		return 0
	}
	for i < len(line) && line[i] == ' ' {
		i++
	}
	if i+1 < len(line) && line[i] == '|' && line[i+1] == ' ' {
		return i + 2
	}
	return 0
}

// stripLinePrefix takes a prefix of journald, syslog or docker compose off a
// continuation line. Without the head at hand it takes only those compose names
// that end in an instance number, because a table has its bars too.
func stripLinePrefix(line []byte) []byte {
	var p linePrefix
	if n := readLinePrefix(line, 0, &p); n > 0 {
		return line[n:]
	}
	n := readComposePrefix(line, 0)
	if n == 0 {
		return line
	}
	name := line[:word(line, 0).to]
	i := len(name)
	for i > 0 && name[i-1]-'0' < 10 {
		i--
	}
	if i > 1 && i < len(name) && (name[i-1] == '_' || name[i-1] == '-') {
		return line[n:]
	}
	return line
}

// word returns the run of bytes above a blank at line[at:], at most maxWord long.
func word(line []byte, at int) span {
	i, limit := at, min(len(line), at+maxWord)
	for i < limit && line[i] > ' ' {
		i++
	}
	return span{at, i}
}

func skipBlanks(line []byte, at int) int {
	for at < len(line) && isBlank(line[at]) {
		at++
	}
	return at
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'
}
