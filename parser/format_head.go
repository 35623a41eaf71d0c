package parser

import (
	"bytes"
	"time"

	"diagnose"
)

// cursor walks over the fields of a head. Behind a step that does not find what it
// looks for it is bad, and further steps do nothing.
type cursor struct {
	line []byte
	at   int
	bad  bool
}

// maxHeadField bounds one field of a head: a thread, a logger, a session.
const maxHeadField = 200

func (c *cursor) rest() []byte { return c.line[c.at:] }

// fail makes the cursor bad.
func (c *cursor) fail() { c.bad = true }

// try steps over text, when it stands here.
func (c *cursor) try(text string) bool {
	if c.bad || !hasPrefix(c.rest(), text) {
		return false
	}
	c.at += len(text)
	return true
}

// literal steps over text, which must stand here.
func (c *cursor) literal(text string) {
	if !c.try(text) {
		c.bad = true
	}
}

// gap steps over blanks and tabs, of which one at least must stand here.
func (c *cursor) gap() {
	start := c.at
	c.blanks()
	c.bad = c.bad || c.at == start
}

// blanks steps over blanks and tabs, if any.
func (c *cursor) blanks() {
	for !c.bad && c.at < len(c.line) && (c.line[c.at] == ' ' || c.line[c.at] == '\t') {
		c.at++
	}
}

// word reads up to the next blank or tab.
func (c *cursor) word() []byte {
	start := c.at
	for !c.bad && c.at < len(c.line) && c.line[c.at] != ' ' && c.line[c.at] != '\t' {
		c.at++
	}
	c.bad = c.bad || c.at == start || c.at-start > maxHeadField
	return c.line[start:c.at]
}

// number reads digits.
func (c *cursor) number() []byte {
	start := c.at
	if !c.bad {
		c.at = digits(c.line, start)
	}
	c.bad = c.bad || c.at == start || c.at-start > 20
	return c.line[start:c.at]
}

// until reads the text before stop and steps over both.
func (c *cursor) until(stop string) []byte {
	if c.bad {
		return nil
	}
	near := c.line[c.at:min(len(c.line), c.at+maxHeadField)]
	i := bytes.Index(near, []byte(stop))
	if i < 0 {
		c.bad = true
		return nil
	}
	c.at += i + len(stop)
	return near[:i]
}

// bracket reads "[text]".
func (c *cursor) bracket() []byte {
	c.literal("[")
	return c.until("]")
}

// level reads a level, a word of letters.
func (c *cursor) level() diagnose.Level {
	if c.bad {
		return diagnose.LevelUnknown
	}
	end := letters(c.line, c.at)
	level := spelledLevel(c.line[c.at:end])
	c.bad = level == diagnose.LevelUnknown || end < len(c.line) && isASCIIWord(c.line[end])
	c.at = end
	return level
}

// iso reads an ISO stamp.
func (c *cursor) iso() (t time.Time) {
	if c.bad {
		return t
	}
	t, n := readISO(c.rest())
	c.at, c.bad = c.at+n, n == 0
	return t
}

// afterISO returns where the text behind the ISO stamp begins that line seems to
// begin with, 0 when it seems to begin with none. It is what formats ask first: it
// is cheaper than reading the stamp, and not as strict.
func afterISO(line []byte) int {
	if len(line) < 22 || line[0]-'0' > 9 || line[4] != line[7] || line[13] != ':' || line[16] != ':' {
		return 0
	}
	i := 19
	if c := line[i]; c == '.' || c == ',' || c == ':' {
		i = digits(line, i+1)
	}
	z := i
	if z < len(line) && line[z] == ' ' {
		z++
	}
	switch {
	case i < len(line) && line[i] == 'Z':
		return i + 1
	case z+2 < len(line) && (line[z] == '+' || line[z] == '-') && line[z+1]-'0' <= 9:
		for i = z + 1; i < len(line) && (line[i]-'0' <= 9 || line[i] == ':'); i++ {
		}
	case hasPrefix(line[z:], "UTC") || hasPrefix(line[z:], "GMT"):
		return z + 3
	}
	return i
}

// spelledLevel reads a level in any of the spellings of loggers, in any case, also
// cut to three or four letters.
func spelledLevel(word []byte) diagnose.Level {
	if len(word) < 3 || len(word) > 11 {
		return diagnose.LevelUnknown
	}
	var up [11]byte
	for i, c := range word {
		if c -= 'a'; c < 26 {
			up[i] = c + 'A'
		} else {
			up[i] = c + 'a'
		}
	}
	switch string(up[:len(word)]) {
	case "TRACE", "TRAC", "TRC", "TRCE", "FINEST", "FINER", "VERBOSE", "VRB", "SILLY":
		return diagnose.LevelTrace
	case "DEBUG", "DEBU", "DEBG", "DBG", "DBUG", "FINE":
		return diagnose.LevelDebug
	case "INFO", "INF", "INFORMATION", "NOTICE", "NOTE", "NOTI", "SYSTEM", "DEFAULT", "LOG", "HTTP":
		return diagnose.LevelInfo
	case "WARNING", "WARN", "WRN":
		return diagnose.LevelWarn
	case "ERROR", "ERRO", "ERR", "EROR", "FAIL", "SEVERE":
		return diagnose.LevelError
	case "FATAL", "FATA", "FTL", "CRITICAL", "CRIT", "CRT", "ALERT", "EMERG", "EMERGENCY", "PANIC", "PANI", "DPANIC":
		return diagnose.LevelFatal
	}
	return diagnose.LevelUnknown
}

// bodyFinish is the Finish of formats that absorb: a failure that another program
// printed between two heads does not hide below an entry of a low level.
func bodyFinish(e *diagnose.Entry) {
	levelFinish(e)
	_, body, _ := bytes.Cut([]byte(e.Message), []byte("\n"))
	for len(body) > 0 && !e.Trouble {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		line = bytes.TrimRight(line, " .\r")
		e.Trouble = troubleTexts.match(line) || endsInErrno(line)
	}
}

// marksBefore returns prefix with each of the bytes of next behind it: for marks
// that would be too short without.
func marksBefore(prefix, next string) []string {
	marks := make([]string, 0, len(next))
	for i := range len(next) {
		marks = append(marks, prefix+next[i:i+1])
	}
	return marks
}
