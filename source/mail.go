package source

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// mail is how a log stands in a message: quoted, each line behind "> ", indented, as Markdown
// wants it, or wrapped, its lines broken between words at the width that the sender's program
// writes. It is told by the beginning of the text, as the window of PowerShell is.
//
// An indented line would go on with what stands above it: of a text in which all entries begin
// behind the same blanks these are taken off. A few programs write each line like that.
//
// A line goes on in the next where that one's first word did not fit, and it begins as no
// entry does: with a time, a bracket, a level, an exception. A log that does not begin with a
// time or a bracket itself is left as it is.
type mail struct {
	quoted bool
	indent int // in bytes
	width  int // in columns; 0 where the text is not wrapped
}

// A mail program wraps at 72 to 78 columns, a terminal's width of old is 80. A text is wrapped
// where that many lines go on, and one of so many of all.
const (
	minWrap, maxWrap = 60, 82
	minWrapped       = 4
	wrappedShare     = 5
	shapeLen         = 5
)

// mailOf tells how a text that begins with head stands in a message; nil where in none.
func mailOf(head []byte) *mail {
	lines := linesOf(head)
	m := &mail{quoted: quotedLines(lines)}
	if !m.quoted {
		m.indent = indentOf(lines)
	}
	for i, line := range lines {
		lines[i] = m.bare(line)
	}
	m.width = wrapOf(lines)
	if *m == (mail{}) {
		return nil
	}
	return m
}

// bare is a line without what the message put before it.
func (m *mail) bare(line []byte) []byte {
	if m.quoted {
		return unquoted(line)
	}
	return line[min(m.indent, blanksBefore(line)):]
}

// indentOf is how many blanks stand before the first line, and before each that may begin an
// entry as that one does; 0 where they differ.
func indentOf(lines [][]byte) int {
	indent := 0
	for _, line := range lines {
		n := blanksBefore(line)
		begins := opens(shapeOf(line[n:]))
		switch {
		case n == len(line):
		case indent == 0:
			if indent = n; n == 0 || n > maxIndent || !begins {
				return 0
			}
		case begins && n < indent:
			return 0
		}
	}
	return indent
}

// maxIndent is further in than a list within a list stands.
const maxIndent = 16

func blanksBefore(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// quotedLines reports whether all lines are quoted, and more than a command could be that a
// shell shows behind such a sign.
func quotedLines(lines [][]byte) bool {
	n := 0
	for _, line := range lines {
		switch {
		case len(line) == 0:
		case line[0] != '>':
			return false
		default:
			n++
		}
	}
	return n >= minWrapped
}

// unquoted is a line without the signs before it.
func unquoted(line []byte) []byte {
	for len(line) > 0 && line[0] == '>' {
		line = line[1:]
		if len(line) > 1 && line[0] == ' ' && line[1] == '>' {
			line = line[1:]
		}
	}
	return bytes.TrimPrefix(line, []byte(" "))
}

// wrapOf is the width at which lines are wrapped, 0 where they are not.
func wrapOf(lines [][]byte) int {
	width := 0
	for _, line := range lines {
		if n := columns(line); n > width && bytes.IndexByte(bytes.TrimLeft(line, " "), ' ') > 0 {
			if n > maxWrap {
				return 0
			}
			width = n
		}
	}
	first := slices.IndexFunc(lines, func(line []byte) bool { return len(line) > 0 })
	if width < minWrap || !opens(shapeOf(lines[first])) {
		return 0
	}
	m, wrapped := mail{width: width}, 0
	for i, line := range lines[1:] {
		if m.wraps(lines[i], line) {
			wrapped++
		}
	}
	if wrapped < minWrapped || wrapped*wrappedShare < len(lines) {
		return 0
	}
	return width
}

// shapeOf is what a line begins with, each digit as 0 and each letter as a.
func shapeOf(line []byte) string {
	shape := append([]byte(nil), line[:min(len(line), shapeLen)]...)
	for i, c := range shape {
		switch {
		case c-'0' < 10:
			shape[i] = '0'
		case isLetter(c):
			shape[i] = 'a'
		}
	}
	return string(shape)
}

// opens reports whether a shape may be that of a time, which begins with a digit and has
// another, or with a month before its day, or of what stands in brackets.
func opens(shape string) bool {
	switch {
	case len(shape) < shapeLen:
		return false
	case shape[0] == '0':
		return strings.Count(shape, "0") > 1
	case shape[:4] == "aaa ":
		return shape[4] == '0' || shape[4] == ' '
	}
	return shape[0] == '['
}

// overflows reports whether the first word of next has no room behind line.
func overflows(line, next []byte, width int) bool {
	if len(line) == 0 || len(next) == 0 {
		return false
	}
	word, _, _ := bytes.Cut(next, []byte(" "))
	return len(word) > 0 && columns(bytes.TrimRight(line, " "))+1+columns(word) > width
}

// wraps reports whether line goes on in next.
func (m *mail) wraps(line, next []byte) bool {
	return m.width > 0 && overflows(line, next, m.width) && next[0] > ' ' && !opens(shapeOf(next)) && !begins(openings...)(string(next)) && !raises(next)
}

// raises reports whether a line begins with the class of an exception, or is a frame.
func raises(line []byte) bool {
	word, rest, _ := bytes.Cut(line, []byte(" "))
	if string(word) == "at" && bytes.IndexByte(rest, '(') > 0 && bytes.IndexByte(rest, '.') > 0 {
		return true
	}
	class, said := bytes.CutSuffix(word, []byte(":"))
	return said && bytes.IndexByte(class, '.') > 0 && (bytes.HasSuffix(class, []byte("Exception")) || bytes.HasSuffix(class, []byte("Error")))
}

// openings are what else lines begin with that go on with none.
var openings = []string{"Caused by: ", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "FATAL", "SEVERE", "NOTICE", "CRITICAL", "***", "---", "===", "| ", "#", "$ ", "+"}

// note says what was done to the text.
func (m *mail) note(joined int64) string {
	switch {
	case joined > 0 && m.quoted:
		return fmt.Sprintf("was quoted and wrapped at %d columns in a message: its lines are put together again (%d pieces)", m.width, joined)
	case joined > 0:
		return fmt.Sprintf("was wrapped at %d columns: its lines are put together again (%d pieces)", m.width, joined)
	case m.quoted:
		return "was quoted in a message: the signs before its lines are taken off"
	}
	return ""
}
