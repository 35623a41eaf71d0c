package diagnose

import (
	"regexp"
	"strings"
)

// blank is a place in a rule's text that a capture fills: {{name}}, or
// {{name|fallback}} where not every way to match captures it.
var blank = regexp.MustCompile(`\{\{\s*([a-z_][a-z0-9_]*)\s*(?:\|([^{}]*))?\}\}`)

// Blanks returns the names that a text asks for, those with a fallback apart.
func Blanks(text string) (needed, optional []string) {
	for _, m := range blank.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if m[4] >= 0 {
			optional = append(optional, name)
		} else {
			needed = append(needed, name)
		}
	}
	return needed, optional
}

// Fill puts captures into a rule's text. quote, when set, is applied to each
// value. Values are data: a {{...}} inside one is not filled again.
func Fill(text string, captures map[string]string, quote func(string) string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return blank.ReplaceAllStringFunc(text, func(m string) string {
		parts := blank.FindStringSubmatch(m)
		v := captures[parts[1]]
		if v == "" {
			if parts[2] == "" {
				return "?"
			}
			return parts[2]
		}
		if quote != nil {
			v = quote(v)
		}
		return v
	})
}

// ShellQuote returns s as one word of a POSIX shell: unchanged when it holds
// nothing a shell could act on, else in single quotes.
func ShellQuote(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
