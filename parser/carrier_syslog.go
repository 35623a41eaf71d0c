package parser

import (
	"bytes"

	"diagnose"
)

// syslogWrapper is what a syslog daemon or journald puts before the lines that a
// service prints; readSyslog has the layouts. It is taken off where a line of a
// known format, or of a stack trace, stands behind it. Other text is an entry of
// the formats syslog and sshd, which read the prefix themselves.
var syslogWrapper = wrapper{name: "syslog", first: firstDigits + firstLetters + "<[", guarded: true, take: takeSyslog}

func takeSyslog(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !maySyslog(line) {
		return nil, 0
	}
	p, ok := readSyslog(line)
	if !ok {
		return nil, 0
	}
	if p.isText(line) {
		return nil, 0
	}
	inner := line[p.messageAt:]
	if isSSHD(p.process) || !isKnown(inner) {
		return line, p.writer()
	}
	if e != nil {
		p.fill(e)
	}
	return inner, p.writer()
}

// isText reports whether what was read as a host and a process is the text of a
// program behind a stamp, as "ssh: text" or "channel 0: text" is behind that of ts.
func (p *syslogPrefix) isText(line []byte) bool {
	if p.textAt == 0 || p.pid != nil {
		return false
	}
	text := line[p.textAt:]
	return isFormatHead(text) || p.host == nil && isExceptionLine(text)
}

// unindent returns the lines below a head without the blanks that journalctl puts
// before the further lines of a message, as many as the first one's prefix is long;
// nil when there are none.
func unindent(head, below []byte) []byte {
	const shortest = len("Nov 21 02:04:15 h a: ")
	if len(below) < shortest || below[0] != ' ' || below[shortest-1] != ' ' || !maySyslog(head) {
		return nil
	}
	p, ok := readSyslog(head)
	if !ok || skip(below, 0, ' ') < p.messageAt {
		return nil
	}
	indent := bytes.Repeat([]byte{' '}, p.messageAt)
	out := make([]byte, 0, len(below))
	for line := range bytes.Lines(below) {
		out = append(out, bytes.TrimPrefix(line, indent)...)
	}
	return out
}

// maySyslog is a cheap test that keeps ordinary lines away from readSyslog.
func maySyslog(line []byte) bool {
	if len(line) < 20 {
		return false
	}
	switch c := line[0]; {
	case c == '<', c == '[' && (line[1] == ' ' || line[1]-'0' <= 9):
		return true
	case c-'0' <= 9:
		return line[4] == '-' && line[10] == 'T' || line[10] == '.' || line[1] >= 0x80 || line[2] >= 0x80 ||
			line[2] == ' ' || line[3] == ' ' || line[4] == ' ' || line[1] == ' ' || line[5] == ' '
	}
	// A month or a day of the week, and a number.
	blank := bytes.IndexByte(line[:maxMonth+2], ' ')
	return blank > 2 && (line[blank+1] == ' ' || line[blank+1]-'0' <= 9)
}

// writer tells processes apart.
func (p *syslogPrefix) writer() uint64 {
	h := writerOf(p.host)
	for _, name := range [...][]byte{p.process, p.pid} {
		h = (h*hashPrime ^ writerOf(name)) | 1
	}
	return h
}
