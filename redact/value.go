package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// value returns where the value that begins at at stands, without its quotes. It
// ends on its line. Passwords hold nearly anything, so a bare one ends late rather
// than early.
func value(text string, at int) span {
	slashes := 0
	for at+slashes < len(text) && text[at+slashes] == '\\' && slashes < 16 {
		slashes++
	}
	if q := at + slashes; q < len(text) && (text[q] == '"' || text[q] == '\'' || text[q] == '`') {
		if slashes > 0 {
			return quotedWith(text, at, text[at:q+1])
		}
		return quoted(text, at)
	}
	return bare(text, at)
}

// maxValue bounds the bytes of a value; what is longer is no single secret.
const maxValue = 8 << 10

// quoted is a value between quotes; one that is never closed is read as bare.
func quoted(text string, at int) span {
	quote := text[at]
	for i := at + 1; i < len(text) && i < at+maxValue && text[i] != '\n'; i++ {
		switch text[i] {
		case '\\':
			i++
			if i < len(text) && text[i] == '\n' {
				return bare(text, at+1)
			}
		case quote:
			if quote == '\'' && i+1 < len(text) && text[i+1] == '\'' {
				i++ // YAML and SQL write '' for a quote
				continue
			}
			return span{at + 1, i}
		}
	}
	return bare(text, at+1)
}

// quotedWith is a value between escaped quotes.
func quotedWith(text string, at int, quote string) span {
	from := at + len(quote)
	line := text[from:min(len(text), from+maxValue)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if i := strings.Index(line, quote); i >= 0 {
		return span{from, from + i}
	}
	return bare(text, from)
}

func bare(text string, at int) span {
	i := at
	for i < len(text) {
		if end := tokenEnd(text, i); end > 0 {
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if endsBare(text, i, r) {
			break
		}
		i += size
	}
	end := i
	if strings.HasPrefix(text[at:], "${") {
		return span{at, end}
	}
	for end > at && strings.IndexByte(`,;.)]}:`, text[end-1]) >= 0 {
		end--
	}
	return span{at, end}
}

// endsBare reports whether the rune at i is behind a bare value.
func endsBare(text string, i int, r rune) bool {
	switch r {
	case '"', '\'', '`', '&', '|':
		return true
	case '\\':
		return i+1 < len(text) && strings.IndexByte(`nrt"'\`, text[i+1]) >= 0
	case ',', ';':
		return opensNext(text[i+1:])
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("，。；、）】》「」“”", r)
}

// opensNext reports whether text begins as what stands behind a separator: white
// space, or the name of another value.
func opensNext(text string) bool {
	for i := 0; i < len(text) && i < 64; i++ {
		c := text[i]
		switch {
		case c == ' ' && i > 0, c == '=' && i > 0, c == ':' && i > 0:
			return true
		case c == ' ', c == '\n', c == '\r', c == '\t', c == '"', c == '\'':
			return i == 0
		case !(c == '_' || c == '-' || c == '.' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'):
			return false
		}
	}
	return text == ""
}

// words that stand in the place of a secret and are none.
var harmlessWords = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`yes no true false null nil none undefined required incorrect wrong expired invalid
		empty missing failed denied authentication must mismatch rejected not is was the a an any of for in on to from
		optional default unset unknown changed updated disabled enabled stdin prompt redacted hidden masked omitted
		using password passwd error ok ****** * basic bearer string str bytes object int bool 0 -`) {
		harmlessWords[w] = true
	}
}

// harmless reports whether a value is a token, a placeholder, or says that there is
// none.
func harmless(value string) bool {
	if value == "" || tokenEnd(value, 0) == len(value) {
		return true
	}
	low := strings.Trim(lower(value), "()[]{}<>.,:;!?")
	if low == "" || harmlessWords[low] {
		return true
	}
	if strings.Trim(value, "*xX.•●-") == "" {
		return true
	}
	return reference(value)
}

// reference reports whether a value names a variable instead of holding a secret.
func reference(value string) bool {
	name, ok := "", false
	switch {
	case strings.HasPrefix(value, "${") && strings.HasSuffix(value, "}"):
		name, ok = value[2:len(value)-1], true
	case strings.HasPrefix(value, "{{") && strings.HasSuffix(value, "}}"):
		name, ok = strings.TrimSpace(value[2:len(value)-2]), true
	case strings.HasPrefix(value, "%") && strings.HasSuffix(value, "%") && len(value) > 2:
		name, ok = value[1:len(value)-1], true
	case strings.HasPrefix(value, "$") && !strings.HasPrefix(value, "$("):
		name, ok = value[1:], strings.ToUpper(value) == value
	}
	if !ok || name == "" || isDigit(name[0]) {
		return false
	}
	for _, c := range name {
		if !(c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// mixed reports whether a value has characters of two kinds, which words of a
// language have not.
func mixed(value string) bool {
	if strings.Contains(value, "masked-") {
		return false
	}
	var small, large, digit, other bool
	for _, c := range value {
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case 'a' <= c && c <= 'z':
			small = true
		case 'A' <= c && c <= 'Z':
			large = true
		case c < utf8.RuneSelf:
			other = true
		}
	}
	return digit && (small || large) || small && large && len(value) >= 12 || other && (small || large) && digit
}

// secretLike reports whether a value looks like a generated one.
func secretLike(value string) bool {
	return len(value) >= 6 && mixed(value) || len(value) >= 20 && !strings.ContainsAny(value, " /") && !strings.Contains(value, "masked-")
}
