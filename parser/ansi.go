package parser

import "bytes"

const escape = 0x1b

// strip returns line as a terminal would leave it: without escape sequences and
// without progress output that a carriage return overwrote. A line that has none of
// these is returned as it is.
func strip(line []byte) []byte { return stripProgress(stripColours(line)) }

// stripColours returns line without escape sequences (CSI, OSC and the two-byte
// ones).
func stripColours(line []byte) []byte {
	if bytes.IndexByte(line, escape) >= 0 {
		line = stripEscapes(line)
	}
	return line
}

// stripProgress returns line without progress output that a carriage return overwrote.
func stripProgress(line []byte) []byte {
	// IndexByte is many times faster than LastIndexByte on the lines without one.
	if bytes.IndexByte(line, '\r') >= 0 {
		line = stripOverwritten(line, bytes.LastIndexByte(line, '\r'))
	}
	return line
}

func stripEscapes(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); {
		if line[i] != escape {
			out = append(out, line[i])
			i++
			continue
		}
		i += escapeLen(line[i:])
	}
	return out
}

// escapeLen returns the length of the escape sequence that b begins with. One that
// the line cuts off reaches to its end.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch b[1] {
	case '[': // CSI: parameters 0x20-0x3f, then one final byte
		for i := 2; i < len(b); i++ {
			if b[i] < 0x20 || b[i] > 0x3f {
				if b[i] >= 0x40 && b[i] <= 0x7e {
					i++
				}
				return i
			}
		}
		return len(b)
	case ']', 'P', '_', '^': // OSC, DCS and their kin end at BEL or ESC \
		for i := 2; i < len(b); i++ {
			if b[i] == 0x07 {
				return i + 1
			}
			if b[i] == escape {
				if i+1 < len(b) && b[i+1] == '\\' {
					i += 2
				}
				return i
			}
		}
		return 2 // never ended: what follows is text
	case '(', ')': // choice of a character set
		return min(3, len(b))
	}
	return 2
}

// stripOverwritten drops what was overwritten before the carriage return at position
// last, if that was progress output: a meter, or the same text with other numbers.
// Other text stays: on paper it was a line, and it may say what went wrong.
func stripOverwritten(line []byte, last int) []byte {
	if len(bytes.TrimSpace(line[last:])) == 0 {
		last = bytes.LastIndexByte(bytes.TrimRight(line, "\r \t"), '\r')
		if last < 0 {
			return line
		}
	}
	var kept []byte // of what stands before from
	from := 0       // line[from:start] is kept
	again := false  // the piece repeats the one before
	for start := 0; start <= last; {
		end := start + bytes.IndexByte(line[start:], '\r')
		piece := line[start:end]
		start = end + 1
		before := again
		again = isRepeated(piece, line[start:])
		if isProgress(piece) || (before || again) && !soundsLikeTrouble(string(piece)) {
			kept = append(kept, line[from:end-len(piece)]...)
			from = start
		}
	}
	if kept == nil {
		return line[from:]
	}
	return append(kept, line[from:]...)
}

// isProgress reports whether text is a meter, a percentage, a bar or nothing.
func isProgress(text []byte) bool {
	letters, percent := 0, false
	for _, c := range text {
		switch {
		case c == '%':
			percent = true
		case c == 'k' || c == 'K' || c == 'M' || c == 'G' || c == 'T' || c == 'B':
		case c|0x20-'a' < 26 || c >= 0x80:
			letters++
		}
	}
	return letters == 0 || percent && !soundsLikeTrouble(string(text))
}

// isRepeated reports whether the text that a carriage return begins says what piece
// does, but for numbers, their units, and the marks of a bar or a spinner.
func isRepeated(piece, rest []byte) bool {
	if i := bytes.IndexByte(rest, '\r'); i >= 0 {
		rest = rest[:i]
	}
	said := 0
	for {
		a, b := spoken(&piece), spoken(&rest)
		if !bytes.Equal(a, b) {
			return false
		}
		if a == nil {
			return said > 0
		}
		said++
	}
}

// maxUnit is the length of the longest unit behind a number.
const maxUnit = 5

// spoken takes the next word of ASCII letters off text that is no unit behind a number;
// it is nil at the end.
func spoken(text *[]byte) []byte {
	number := false
	for rest := *text; ; {
		i := 0
		for i < len(rest) && rest[i]|0x20-'a' > 25 {
			if rest[i]-'0' <= 9 {
				number = true
			}
			i++
		}
		rest = rest[i:]
		n := 0
		for n < len(rest) && rest[n]|0x20-'a' < 26 {
			n++
		}
		word := rest[:n]
		rest = rest[n:]
		if *text = rest; n == 0 {
			return nil
		}
		if !number || n > maxUnit {
			return word
		}
		number = false
	}
}
