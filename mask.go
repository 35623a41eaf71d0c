package diagnose

import "strings"

// maskLimit bounds what of a text makes its mask, in bytes.
const maskLimit = 240

// Mask returns the first line of text with what differs between two
// occurrences of one message taken out: numbers, hexadecimal ids, addresses.
// Status codes, errno values and exit codes stay: 403 and 404 have different
// causes.
func Mask(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	if len(text) > maskLimit {
		text = strings.ToValidUTF8(text[:maskLimit], "")
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		if !isWordByte(text[i]) {
			b.WriteByte(text[i])
			i++
			continue
		}
		j := i
		for j < len(text) && isWordByte(text[j]) {
			j++
		}
		b.WriteString(maskWord(text[i:j], b.String()))
		i = j
	}
	return b.String()
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// maskWord masks one run of word bytes; before is the masked text in front.
func maskWord(word, before string) string {
	digits := 0
	hex := true
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c >= '0' && c <= '9' {
			digits++
		} else if !(c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			hex = false
		}
	}
	switch {
	case digits == 0:
		return word
	case digits == len(word) && len(word) <= 3 && isCode(before):
		return word
	case digits == len(word), hex && len(word) >= 6:
		return "#"
	}
	var b strings.Builder
	inDigits := false
	for i := 0; i < len(word); i++ {
		if c := word[i]; c < '0' || c > '9' {
			b.WriteByte(c)
			inDigits = false
		} else if !inDigits {
			b.WriteByte('#')
			inDigits = true
		}
	}
	return b.String()
}

// codeWords stand before numbers that are signal.
var codeWords = []string{"errno", "error", "code", "status", "exit", "exit_status", "returned", "result", "rc", "http", "curl", "retcode"}

// isCode reports whether the text in front announces a code.
func isCode(before string) bool {
	s := strings.ToLower(strings.TrimRight(before, " =:([->\"'"))
	if s == strings.ToLower(before) {
		return false
	}
	for _, w := range codeWords {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// FirstLine returns the first line of text.
func FirstLine(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i]
	}
	return text
}
