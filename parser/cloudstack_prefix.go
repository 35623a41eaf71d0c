package parser

// span is a piece of a line, [from, to).
type span struct{ from, to int }

func (s span) of(line []byte) string { return string(line[s.from:s.to]) }

// maxWord bounds what is taken for a host name, a program, a thread or a logger,
// so that testing a line costs no more than a few hundred bytes.
const maxWord = 256

// readLinePrefix reads what syslog or journald put before a program's own line,
// "Feb  7 00:59:56 host java[3387]: ", and returns where that line begins, 0 without
// such a prefix.
func readLinePrefix(line []byte, p *syslogPrefix) int {
	if !beginsStamp(line) {
		return 0
	}
	var ok bool
	if *p, ok = readSyslog(line); !ok {
		return 0
	}
	return p.messageAt
}

// bracketFollows is a cheap test that keeps lines away from readLinePrefix of which no
// text behind a prefix begins with a bracket.
func bracketFollows(line []byte) bool {
	return contains(line, " [") || contains(line, "\ufeff[")
}

// beginsStamp is a cheap test that keeps ordinary lines away from the readers of
// stamps: "Feb ", "2月", "10月", "2026-".
func beginsStamp(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	if b[0]-'A' < 26 {
		return b[3] == ' ' && (b[4] == ' ' || b[4]-'0' < 10)
	}
	return b[0]-'0' < 10 && (b[4] == '-' && b[10] == 'T' || b[1] == 0xE6 || b[2] == 0xE6)
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
	var p syslogPrefix
	if n := readLinePrefix(line, &p); n > 0 {
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
