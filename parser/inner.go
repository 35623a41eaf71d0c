package parser

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxInnerDepth bounds how often text inside text is decoded.
const maxInnerDepth = 4

// decodeInner returns the texts that an encoding hides in message: the string
// values of JSON, and text with escapes (\n, \", \u and four digits), each also decoded again
// where it holds more of the kind. Every level is at most as long as the one it came
// from, so the result is bounded by the message.
func decodeInner(message string) []string {
	d := innerDecoder{seen: map[string]bool{message: true}}
	d.decode(message, 1)
	return d.found
}

type innerDecoder struct {
	found []string
	seen  map[string]bool
}

func (d *innerDecoder) decode(text string, depth int) {
	if depth > maxInnerDepth {
		return
	}
	if i := jsonStart(text); i >= 0 {
		d.decodeJSON(text[i:], depth)
		return
	}
	if hasEscape(text) {
		d.add(unescape(text), depth)
	}
}

func (d *innerDecoder) add(text string, depth int) {
	if len(text) < minInner || d.seen[text] {
		return
	}
	d.seen[text] = true
	d.found = append(d.found, text)
	d.decode(text, depth+1)
}

// minInner is the length of the shortest literal that a rule can look for.
const minInner = 9

// jsonStart returns where an object with a key, or an array of strings begins.
func jsonStart(text string) int {
	for at := 0; ; {
		i := strings.IndexAny(text[at:], "{[")
		if i < 0 {
			return -1
		}
		at += i + 1
		if next := strings.TrimLeft(text[at:min(len(text), at+64)], " \t\r\n"); next != "" && next[0] == '"' {
			return at - 1
		}
	}
}

// decodeJSON takes the string values out of what looks like JSON. It does not mind
// what else stands there, nor an end that was cut off.
func (d *innerDecoder) decodeJSON(text string, depth int) {
	key := ""
	for {
		open := strings.IndexByte(text, '"')
		if open < 0 {
			return
		}
		text = text[open+1:]
		end := stringEnd(text)
		body := text[:end]
		text = text[min(len(text), end+1):]
		if rest := strings.TrimLeft(text[:min(len(text), 16)], " \t\r\n"); rest != "" && rest[0] == ':' {
			key = body
			continue
		}
		if !saysNothing(key) {
			d.add(unescape(body), depth)
		}
	}
}

// stringEnd returns where the JSON string ends whose opening quote is before text.
func stringEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// saysNothing knows the keys of an Ansible result whose values are not output: what
// was asked for, and the lines that stderr and stdout hold already.
func saysNothing(key string) bool {
	switch key {
	case "cmd", "_raw_params", "argv", "start", "end", "delta", "stdout_lines", "stderr_lines",
		"ansible_loop_var", "item", "checksum", "dest", "src", "diff":
		return true
	}
	return false
}

// hasEscape reports whether text holds \n, \r or \u and four digits as letters.
func hasEscape(text string) bool {
	for at := 0; ; at += 2 {
		i := strings.IndexByte(text[at:], '\\')
		if i < 0 || at+i+1 >= len(text) {
			return false
		}
		at += i
		switch text[at+1] {
		case 'n', 'r':
			return true
		case 'u':
			if _, ok := hex4(text[at+2:]); ok {
				return true
			}
		case '\\':
			if at+2 < len(text) && strings.IndexByte(`nru"\`, text[at+2]) >= 0 {
				return true
			}
		}
	}
}

// unescape undoes one level of JSON escapes. What is no escape stays as it is.
func unescape(text string) string {
	i := strings.IndexByte(text, '\\')
	if i < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		out = append(out, text[:i]...)
		text = text[i:]
		var n int
		out, n = appendEscape(out, text)
		text = text[n:]
		i = strings.IndexByte(text, '\\')
		if i < 0 {
			return string(append(out, text...))
		}
	}
}

// appendEscape appends what the escape at the beginning of text stands for and
// returns the bytes it takes.
func appendEscape(out []byte, text string) ([]byte, int) {
	if len(text) < 2 {
		return append(out, text...), len(text)
	}
	switch c := text[1]; c {
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		return append(out, '\r'), 2
	case 't':
		return append(out, '\t'), 2
	case '"', '\'', '\\', '/':
		return append(out, c), 2
	case 'u':
		return appendUnicode(out, text)
	default:
		return append(out, '\\'), 1
	}
}

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
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := text[i]
		switch {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case c|0x20-'a' < 6:
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
