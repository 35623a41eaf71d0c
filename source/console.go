package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// console puts lines together again that Windows PowerShell cut: what a program writes to
// stderr becomes error records when it is redirected, and `>` and Out-File print those as
// wide as the window was, in UTF-16 (PowerShell 5.1, about_Redirection). A line keeps its
// number: it is whole where it began, and of the lines that it was cut into a space is left,
// which goes on with what stands above as blank lines would not.
//
// The width is told by the beginning of the text, so that the result does not depend on
// how much is read at once. A text without such records may stand in a message, which it
// joins in the same way (mail.go), and is left as it is otherwise.
type console struct {
	r      *bufio.Reader
	window bool
	begun  bool
	width  int   // in columns; 0 where the text is not cut
	hard   bool  // it was cut at the width, wherever that is
	mail   *mail // it stands in a message; nil where it does not
	err    error

	ready  []byte // is handed out before anything else
	line   []byte // the line that may go on, without its end
	end    []byte // its line end
	pieces int    // that it was cut into
	last   int    // columns of the last of them
	piece  []byte // the last of them, in a message
	open   bool   // the last of them has a line end
	torn   bool   // a line is longer than what is read at once, and goes on
	joined int64  // lines that were put together
}

const (
	consoleHead = 32 << 10
	// A window of fewer columns holds no log, and one of more was never seen.
	minConsole, maxConsole = 20, 500
	// maxJoined bounds a line that is put together, in bytes.
	maxJoined = 32 << 10
)

// ofConsole reports whether a text that begins with head may be such: it is in UTF-16LE
// or, with -Encoding utf8, in UTF-8, each with its mark, or, as others have saved it since,
// its first line is "command : text".
func ofConsole(head []byte) bool {
	first, _, _ := bytes.Cut(head, []byte("\n"))
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}) || bytes.Contains(first, []byte(" : "))
}

// newConsole reads r, whose text may be such or stand in a message; window is what ofConsole
// says of it.
func newConsole(r io.Reader, window bool) *console {
	return &console{r: bufio.NewReaderSize(r, consoleHead), window: window}
}

func (c *console) Read(p []byte) (int, error) {
	if !c.begun {
		head, _ := c.r.Peek(consoleHead)
		c.begun = true
		if c.window {
			c.width = consoleWidth(head)
		}
		c.hard = c.width > 0 && cutsWords(head, c.width)
		if c.width == 0 {
			c.mail = mailOf(head)
		}
	}
	if c.width == 0 && c.mail == nil {
		return c.r.Read(p)
	}
	for len(c.ready) == 0 && c.err == nil {
		c.next()
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	if n == 0 && len(p) > 0 {
		return 0, c.err
	}
	return n, nil
}

// next reads a line, and hands out the one before it if that does not go on with it.
func (c *console) next() {
	read, err := c.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		err = nil
	}
	text, whole := bytes.CutSuffix(read, []byte("\n"))
	if whole {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	end := read[len(text):]
	if c.mail != nil && !c.torn {
		text = c.mail.bare(text)
	}
	c.torn = !whole
	c.ready = c.ready[:0]
	switch {
	case c.pieces == 0:
	case len(end) > 0 && len(c.line)+len(text) <= maxJoined && c.goesOn(text):
		c.joined++
		if c.mail != nil && !bytes.HasSuffix(c.line, []byte(" ")) {
			c.line = append(c.line, ' ')
		}
	default:
		c.flush()
	}
	if len(read) > 0 {
		c.line, c.end = append(c.line, text...), append(c.end[:0], end...)
		c.pieces++
		if c.mail != nil {
			c.piece = append(c.piece[:0], text...)
		} else {
			c.last = columns(text)
		}
		c.open = len(end) > 0
	}
	if err != nil {
		c.flush()
		c.err = err
	}
}

// goesOn reports whether the line was cut before text.
func (c *console) goesOn(text []byte) bool {
	if !c.open {
		return false
	}
	if c.mail != nil {
		return c.mail.wraps(c.piece, text)
	}
	if c.hard {
		return len(text) > 0 && (c.last == c.width || c.last == c.width-1 && isWide(text))
	}
	return c.wrapped(text)
}

// wrapped reports whether text goes on with a line that was broken before a word that did
// not fit, behind its space, or within one that is longer than the window.
func (c *console) wrapped(text []byte) bool {
	if len(text) == 0 || c.last > c.width {
		return false
	}
	if text[0] == ' ' {
		return c.last == c.width && len(text) > 1 && text[1] != ' ' // the space did not fit
	}
	next, _, more := bytes.Cut(text, []byte(" "))
	last := c.line[bytes.LastIndexByte(c.line, ' ')+1:]
	if len(last) == 0 {
		room := c.width - c.last - columns(next)
		return room < 0 || more && room == 0 // the space behind it counts
	}
	if more && len(next) == 1 && !isLetter(next[0]) && (next[0] < '0' || next[0] > '9') {
		return false // "> what": the sign of a list is no end of a word
	}
	full := c.last == c.width || c.last == c.width-1 && isWide(text)
	return full && columns(last)+columns(next) > c.width
}

// flush hands out the line, and one of a space for each piece more that it was cut into.
func (c *console) flush() {
	if c.pieces == 0 {
		return
	}
	c.ready = append(append(c.ready, c.line...), c.end...)
	for ; c.pieces > 1; c.pieces-- {
		c.ready = append(append(c.ready, ' '), c.end...)
	}
	c.line, c.pieces = c.line[:0], 0
}

// consoleWidth is the width of the window that a text begins to be cut at, 0 where it is
// not: it has error records, and many lines of one width that hardly any exceeds.
func consoleWidth(head []byte) int {
	if !bytes.Contains(unspaced(head), []byte("+CategoryInfo")) {
		return 0
	}
	lines := linesOf(head)
	if w := underlined(lines); w > 0 {
		return w
	}
	var widths [maxConsole + 2]int // how many lines take so many columns, and more at the end
	for _, line := range lines {
		widths[min(columns(line), maxConsole+1)]++
	}
	longer := widths[maxConsole+1] // what the program wrote to stdout, which is not cut
	for w := maxConsole; w >= minConsole && longer*longShare <= len(lines); w-- {
		if n := widths[w]; n >= minFull && n*fullShare >= len(lines) {
			return w
		}
		longer += widths[w]
	}
	return 0
}

// linesOf are the whole lines of a text, without their ends.
func linesOf(text []byte) [][]byte {
	lines := bytes.Split(text, []byte("\n"))
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // the last one may go on
	}
	for i, line := range lines {
		lines[i] = bytes.TrimSuffix(line, []byte("\r"))
	}
	return lines
}

// underlined is the width that the rule of tildes tells with which an error record underlines
// its command, where it takes more than a line; 0 where none does.
func underlined(lines [][]byte) int {
	for i, line := range lines[:len(lines)-1] {
		rule, begins := bytes.CutPrefix(line, []byte("+ "))
		if w := len(line); begins && w >= minConsole && w <= maxConsole && isRule(bytes.TrimLeft(rule, " ")) && isRule(lines[i+1]) {
			return w
		}
	}
	return 0
}

func isRule(text []byte) bool { return len(text) > 0 && len(bytes.Trim(text, "~")) == 0 }

// cutsWords reports whether lines are cut at the width also within words that would fit on
// the next: PowerShell breaks between words in the languages only that it knows to have
// blanks between them, and Chinese is none (StringManipulationHelper.GenerateLines).
func cutsWords(head []byte, width int) bool {
	lines := linesOf(head)
	cut, full := 0, 0
	for i, line := range lines[:len(lines)-1] {
		next := lines[i+1]
		if columns(line) != width || isRule(line) || len(next) == 0 {
			continue
		}
		full++
		if c := (console{width: width, last: width, line: line}); isLetter(line[len(line)-1]) && isLetter(next[0]) && !c.wrapped(next) {
			cut++
		}
	}
	return cut >= minCut && cut*cutShare >= full
}

// unspaced is text without blanks and line ends, which the window may have cut it at.
func unspaced(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// A text is cut where that many lines, and one of so many, are as wide as the window, and
// at most one of so many is wider.
const (
	minFull   = 3
	fullShare = 50
	longShare = 10
)

// Words are cut where that many are, and one of so many of the lines that are full.
const (
	minCut   = 3
	cutShare = 4
)

// columns is how much of a window's width a text takes; Hanzi take two columns.
func columns(text []byte) int {
	n := 0
	for len(text) > 0 {
		if isWide(text) {
			n++
		}
		n++
		_, size := utf8.DecodeRune(text)
		text = text[size:]
	}
	return n
}

// isWide reports whether the first character of a text takes two columns.
func isWide(text []byte) bool {
	r, _ := utf8.DecodeRune(text) // width.Lookup does not take a character that is cut off
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}

// cuts reports whether lines may have been put together.
func (c *console) cuts() bool { return c != nil && (c.width > 0 || c.mail != nil) }

// note says what was done to the text.
func (c *console) note() string {
	if c == nil {
		return ""
	}
	if c.mail != nil {
		return c.mail.note(c.joined)
	}
	if c.joined == 0 {
		return ""
	}
	return fmt.Sprintf("was cut at %d columns by the window of PowerShell: its lines are put together again (%d pieces)", c.width, c.joined)
}
