package parser

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted opens a string in double quotes with escapes in it, as Go's %q and logfmt
// write them: err="failed to \"StartContainer\"". It returns where the string
// ends, 0 when it is none of these.
func (s *scan) quoted(at int) int {
	if at > 0 && strings.IndexByte(" \t\n=(,[:{|", s.text[at-1]) < 0 || s.unclosed[`"`] {
		return 0
	}
	return s.stringAt(at, '"', s.keyBefore(at))
}

// reprString opens a string in single quotes behind a letter that says how it is
// written: b'...\n' and u'...' of Python, $'...' of a shell.
func (s *scan) reprString(at int) int {
	if at == 0 || s.unclosed["'"] {
		return 0
	}
	switch s.text[at-1] {
	case 'b', 'u', 'B', '$':
	default:
		return 0
	}
	if at > 1 && (isASCIIWord(s.text[at-2]) || s.text[at-2] == '\\') {
		return 0
	}
	return s.stringAt(at, '\'', s.keyBefore(at-1))
}

// stringAt adds the string whose quote stands at a place if it has escapes.
func (s *scan) stringAt(at int, quote byte, place string) int {
	body := s.text[at+1:]
	end := quoteEnd(body, quote)
	if end == len(body) {
		if s.unclosed == nil {
			s.unclosed = map[string]bool{}
		}
		s.unclosed[string(quote)] = true
		return 0
	}
	if !strings.Contains(body[:end], `\`) {
		return 0
	}
	text := unescape(body[:end])
	if text == body[:end] {
		return 0
	}
	s.add(s.layer, place, text, at+1, at+1+end)
	return at + 1 + end + 1
}

// keyBefore is the name in front of name="..." and name=b'...'.
func (s *scan) keyBefore(at int) string {
	if at == 0 || s.text[at-1] != '=' {
		return "quoted"
	}
	from := at - 1
	for from > 0 && at-from < maxKey && (isASCIIWord(s.text[from-1]) || s.text[from-1] == '.' || s.text[from-1] == '-') {
		from--
	}
	if from == at-1 {
		return "quoted"
	}
	return s.text[from : at-1]
}

// percentEnds ends a value of a query or form.
const percentEnds = " \t\r\n\"'<>&?;,(){}[]|\\"

// percent opens the URL-encoded words around a per cent sign, when they are text
// and not a path.
func (s *scan) percent(at int) (from, to int) {
	if _, ok := hexByte(s.text[at+1:]); !ok {
		return 0, 0
	}
	from = at
	for from > 0 && at-from < 4<<10 && s.text[from-1] != '=' && strings.IndexByte(percentEnds, s.text[from-1]) < 0 {
		from--
	}
	to = at
	for to < len(s.text) && strings.IndexByte(percentEnds, s.text[to]) < 0 {
		to++
	}
	inQuery := from > 0 && s.text[from-1] == '='
	text := unpercent(s.text[from:to], inQuery)
	if !strings.ContainsAny(text, " \n") {
		return from, to
	}
	place := "URL-encoded"
	if inQuery {
		if key := s.keyBefore(from); key != "quoted" {
			place = key
		}
	}
	s.add(s.layer, place, text, from, to)
	return from, to
}

func unpercent(text string, plusIsBlank bool) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '+' && plusIsBlank {
			c = ' '
		}
		if c == '%' {
			if v, ok := hexByte(text[i+1:]); ok {
				c = v
				i += 2
			}
		}
		out = append(out, c)
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// hasEscape reports whether text holds \n, \r or \u and four digits as letters,
// elsewhere than in a path of Windows.
func hasEscape(text string) bool {
	for at := 0; ; at += 2 {
		i := strings.IndexByte(text[at:], '\\')
		if i < 0 || at+i+1 >= len(text) {
			return false
		}
		at += i
		if end := windowsPath(text, at); end > 0 {
			at = end - 2
			continue
		}
		switch text[at+1] {
		case 'n', 'r':
			return true
		case 'u':
			if _, ok := hex4(text[at+2:]); ok {
				return true
			}
		case 'x':
			if v, ok := hexByte(text[at+2:]); ok && v >= 0x80 {
				return true
			}
		case '"':
			return true
		case '\\':
			if at+2 < len(text) && strings.IndexByte(`nru"\`, text[at+2]) >= 0 {
				return true
			}
		}
	}
}

// windowsPath returns where the path ends whose first backslash, behind its drive,
// stands at a place: C:\new\release. 0 when there is none.
func windowsPath(text string, at int) int {
	if strings.HasPrefix(text[at:], `\u001b`) {
		return 0 // a colour that ends in m and a colon
	}
	if at < 2 || text[at-1] != ':' || text[at-2]|0x20-'a' > 25 || at > 2 && isASCIIWord(text[at-3]) ||
		at+1 < len(text) && text[at+1] == '\\' {
		return 0
	}
	end := at + 1
	for end < len(text) && strings.IndexByte(" \t\r\n\"'<>|*?;,)]}", text[end]) < 0 {
		end++
	}
	return end
}

// unescape undoes one level of escapes: those of JSON, \xHH and octal ones. What
// is no escape stays as it is, and so do paths of Windows.
func unescape(text string) string {
	i := strings.IndexByte(text, '\\')
	if i < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	at, bytewise := 0, false
	for i >= 0 {
		out = append(out, text[at:at+i]...)
		at += i
		if end := windowsPath(text, at); end > 0 {
			out = append(out, text[at:end]...)
			at = end
		} else {
			var n int
			var raw bool
			out, n, raw = appendEscape(out, text[at:])
			at += n
			bytewise = bytewise || raw
		}
		i = strings.IndexByte(text[at:], '\\')
	}
	out = append(out, text[at:]...)
	if bytewise && !utf8.Valid(out) {
		return strings.ToValidUTF8(string(out), "\uFFFD")
	}
	return string(out)
}

// appendEscape appends what the escape at the beginning of text stands for and
// returns the bytes it takes; raw says that it was a byte, not a character.
func appendEscape(out []byte, text string) (_ []byte, n int, raw bool) {
	if len(text) < 2 {
		return append(out, text...), len(text), false
	}
	switch c := text[1]; {
	case c == 'n':
		return append(out, '\n'), 2, false
	case c == 'r':
		return append(out, '\r'), 2, false
	case c == 't':
		return append(out, '\t'), 2, false
	case c == '"' || c == '\'' || c == '\\' || c == '/':
		return append(out, c), 2, false
	case c == 'u':
		out, n = appendUnicode(out, text)
		return out, n, false
	case c == 'x':
		if v, ok := hexByte(text[2:]); ok {
			return append(out, v), 4, true
		}
	case c >= '2' && c <= '3' && len(text) >= 4 && isOctal(text[2]) && isOctal(text[3]):
		return append(out, (c-'0')<<6|(text[2]-'0')<<3|(text[3]-'0')), 4, true
	}
	return append(out, '\\'), 1, false
}

func isOctal(c byte) bool { return c-'0' < 8 }

func appendUnicode(out []byte, text string) ([]byte, int) {
	r, ok := hex4(text[2:])
	if !ok {
		return append(out, '\\'), 1
	}
	if utf16.IsSurrogate(r) && len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if low, ok := hex4(text[8:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(out, pair), 12
			}
		}
	}
	return utf8.AppendRune(out, r), 6
}

func hex4(text string) (rune, bool) {
	high, ok := hexByte(text)
	if !ok {
		return 0, false
	}
	low, ok := hexByte(text[2:])
	return rune(high)<<8 | rune(low), ok
}

// hexByte reads the two hexadecimal digits that text begins with.
func hexByte(text string) (byte, bool) {
	if len(text) < 2 {
		return 0, false
	}
	var v byte
	for i := range 2 {
		c := text[i]
		switch {
		case c-'0' <= 9:
			v = v<<4 | (c - '0')
		case c|0x20-'a' < 6:
			v = v<<4 | (c | 0x20 - 'a' + 10)
		default:
			return 0, false
		}
	}
	return v, true
}
