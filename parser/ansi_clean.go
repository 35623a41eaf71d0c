package parser

import (
	"bytes"
	"slices"
	"sort"
)

// Cleaned is what lines with escape sequences show: a literal that colours part in a
// log stands in one piece in it.
type Cleaned struct {
	Text []byte
	runs []cleanRun
}

// cleanRun says that Text goes on at the position at with what stands at from.
type cleanRun struct{ at, from int }

// Place returns where the byte at a position of c.Text stands in the text that was
// cleaned.
func (c *Cleaned) Place(pos int) int {
	i := sort.Search(len(c.runs), func(i int) bool { return c.runs[i].at > pos }) - 1
	if i < 0 {
		return 0
	}
	return c.runs[i].from + pos - c.runs[i].at
}

// cleanReach is how far behind the end of what is asked for a line is cleaned, so
// that a literal which begins before it is found.
const cleanReach = 4 << 10

// Clean returns the lines of text[from:to] that hold escape sequences, without
// these. Lines that spell them out, as JSON does, are those at the ascending positions
// spelled, which are those of EscapeMarks. It returns nil when there is no such line.
func Clean(text []byte, from, to int, spelled []int) *Cleaned {
	from, to = max(from, 0), min(to, len(text))
	limit := min(len(text), to+cleanReach)
	var c *Cleaned
	raw := -1
	for at := from; at < to; {
		if raw < at && raw < to {
			if raw = bytes.IndexByte(text[at:to], escape) + at; raw < at {
				raw = to
			}
		}
		next := raw
		for len(spelled) > 0 && spelled[0] < at {
			spelled = spelled[1:]
		}
		if len(spelled) > 0 {
			next = min(next, spelled[0])
		}
		if next == to {
			break
		}
		if c == nil {
			c = &Cleaned{}
		}
		start := at + bytes.LastIndexByte(text[at:next], '\n') + 1
		end := limit
		if i := bytes.IndexByte(text[next:limit], '\n'); i >= 0 {
			end = next + i + 1
		}
		c.add(text, start, end)
		at = end
	}
	return c
}

func (c *Cleaned) add(text []byte, from, to int) {
	for at := from; at < to; {
		end := at
		n := 0
		for end < to {
			i := bytes.IndexByte(text[end:to], escape)
			k := bytes.IndexByte(text[end:to], '\\')
			if i < 0 && k < 0 {
				end = to
				break
			}
			if i >= 0 && (k < 0 || i < k) {
				end += i
				n = escapeLen(text[end:to])
				break
			}
			end += k
			slashes := 1
			for end+slashes < to && text[end+slashes] == '\\' {
				slashes++
			}
			// Of several backslashes as many belong to the escape as double with each
			// document around it; those before are text.
			end += slashes - slashes&-slashes
			if n = spelledLen(text[end:to]); n > 0 {
				break
			}
			end += slashes & -slashes
		}
		if end > at {
			c.runs = append(c.runs, cleanRun{len(c.Text), at})
			c.Text = append(c.Text, text[at:end]...)
		}
		at = end + n
	}
}

// spellings are how writers spell the escape character behind a backslash, or behind
// several where a document stands inside another: JSON, Python and Rust, C.
var spellings = [...]string{"u001b", "u001B", "x1b", "x1B", "033"}

// spelledLen returns the length of the spelled out escape sequence that b, which
// begins with a backslash, begins with: a control sequence or the choice of a
// character set. It returns 0 when there is none.
func spelledLen(b []byte) int {
	n := 1
	for n < len(b) && b[n] == '\\' {
		n++
	}
	for _, s := range spellings {
		if !hasPrefix(b[n:], s) {
			continue
		}
		n += len(s)
		if n+1 < len(b) && (b[n] == '(' || b[n] == ')') {
			return n + 2
		}
		return controlEnd(b, n)
	}
	return 0
}

// controlEnd returns where the control sequence ends whose bracket stands at a place
// of b, 0 when there is none.
func controlEnd(b []byte, at int) int {
	if at >= len(b) || b[at] != '[' {
		return 0
	}
	for i := at + 1; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x40 && c <= 0x7e:
			return i + 1
		case c < 0x20 || c > 0x3f:
			return 0
		}
	}
	return 0
}

// EscapeMarks returns literals of which every line has one that spells out, as JSON
// does, the sequences that programs write around words. A shorter literal would slow
// the filter.
func EscapeMarks() []string { return slices.Clone(escapeMarks) }

var escapeMarks = func() []string {
	var marks []string
	for _, parameters := range [...]string{
		"0m", "0;", "0K", "00", "01", "1m", "1;", "2m", "2;", "2K", "22", "23", "24", "27", "3m", "30", "31", "32", "33", "34", "35", "36", "37",
		"38", "39", "4m", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "7m", "90", "91", "92", "93", "94", "95", "96", "97", "10",
	} {
		marks = append(marks, `\u001b[`+parameters)
	}
	return marks
}()
