package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns log text that is safe on a terminal: control characters,
// escape sequences, invalid UTF-8 and characters that reorder text are written
// as \x1b and the like; a tab becomes one space.
func Printable(s string) string {
	if !strings.ContainsFunc(s, hostile) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hostile(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hostile(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// hostile reports whether a rune could act on a terminal or reorder text.
func hostile(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false // judged by its width
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return true
	}
	return !unicode.IsPrint(r) && !unicode.IsSpace(r)
}

// maxShown bounds a line of log text in a text report, in bytes.
const maxShown = 300

// shown is one line of log text for a person: printable, of bounded length.
func shown(s string) string {
	s = strings.TrimRight(s, " \t\r")
	if len(s) <= maxShown {
		return Printable(s)
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s … (%d bytes more)", Printable(s[:cut]), len(s)-cut)
}
