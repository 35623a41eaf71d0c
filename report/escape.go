package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Printable returns log text that is safe on a terminal: control characters,
// escape sequences, invalid UTF-8 and characters that reorder text or end a
// line are written as \x1b and the like; a tab becomes one space.
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
			writeHex(&b, s[i])
		case hostile(r) && r < 0x100:
			writeHex(&b, byte(r))
		case hostile(r) && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case hostile(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// writeHex spares a line of nothing but such bytes the cost of formatting.
func writeHex(b *strings.Builder, c byte) {
	const digits = "0123456789abcdef"
	b.WriteString(`\x`)
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// hostile reports whether a rune could act on a terminal, reorder text or end a
// line.
func hostile(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false // judged by its width
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return true
	}
	return !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r)
}

// maxShown bounds a line of log text in a text report, in bytes.
const maxShown = 300

// shown is one line of log text for a person: printable, of bounded length.
func shown(s string) string {
	s = strings.TrimRight(s, " \t\r")
	if len(s) <= maxShown {
		return Printable(s)
	}
	cut := runeEnd(s, maxShown)
	return fmt.Sprintf("%s … (%d bytes more)", Printable(s[:cut]), len(s)-cut)
}

// runeEnd is the last end of a rune of s at or before byte n, which lies inside
// s. Where s is not UTF-8 it is n itself.
func runeEnd(s string, n int) int {
	for cut := n; cut > n-utf8.UTFMax && cut > 0; cut-- {
		if utf8.RuneStart(s[cut]) {
			return cut
		}
	}
	return n
}

// escapeJSON writes the hostile characters that a JSON encoder lets through as
// \u escapes, which mean the same to a program: a document is also looked at on
// a terminal.
func escapeJSON(doc []byte) []byte {
	if !bytes.ContainsFunc(doc, hostileInJSON) {
		return doc
	}
	out := make([]byte, 0, len(doc)+len(doc)/8)
	for _, r := range string(doc) {
		switch {
		case !hostileInJSON(r):
			out = utf8.AppendRune(out, r)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
	}
	return out
}

// hostileInJSON leaves out the line ends of the document itself; those of values
// are escaped by then.
func hostileInJSON(r rune) bool { return r != '\n' && hostile(r) }
