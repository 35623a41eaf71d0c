package diagnose

import (
	"regexp"
	"slices"
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

// Fill puts captures into a rule's text. show, when set, is applied to each
// value. Values are data: a {{...}} inside one is not filled again.
func Fill(text string, captures map[string]string, show func(string) string) string {
	return fill(text, captures, func(v string, _ int) string {
		if show == nil {
			return v
		}
		return show(v)
	})
}

// FillCommand puts captures into a command line. A value that a shell could act
// on is quoted as one word. It is not filled in at all where that does not help:
// the command already has quotes around the blank, which such a value could leave;
// the value would be an option (ssh -oProxyCommand=... runs a program, quoted or
// not); or it holds quotes, which PowerShell reads otherwise.
func FillCommand(command string, captures map[string]string) string {
	return fill(command, captures, func(v string, at int) string {
		switch before := command[:at]; {
		case ShellQuote(v) == v:
			return v
		case insideQuotes(before),
			v[0] == '-' && takesOption(before),
			strings.ContainsAny(v, "'‘’‚‛") && cmdlet.MatchString(command):
			return "?"
		}
		return ShellQuote(v)
	})
}

// cmdlet is a command of PowerShell, such as Test-NetConnection.
var cmdlet = regexp.MustCompile(`(?:^|[;|&({=])\s*[A-Z][a-z]+-[A-Z][a-z]`)

// takesOption reports whether a word that begins behind a piece of shell text
// could be an option of its command: it is a word of its own, and neither -- nor
// grep's -e stands before it.
func takesOption(before string) bool {
	const ends = ";|&()`\n"                     // of a command
	before = blank.ReplaceAllString(before, "") // as if others were filled with nothing
	if before != "" && !strings.ContainsAny(before[len(before)-1:], " \t"+ends) {
		return false
	}
	words := strings.Fields(before[strings.LastIndexAny(before, ends)+1:])
	if len(words) > 1 && words[0] == "grep" && words[len(words)-1] == "-e" {
		return false // what it looks for
	}
	return !slices.Contains(words, "--")
}

// fill replaces the blanks of text; show sees a value and where its blank stands.
func fill(text string, captures map[string]string, show func(v string, at int) string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	var b strings.Builder
	last := 0
	for _, m := range blank.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:m[0]])
		last = m[1]
		v := captures[text[m[2]:m[3]]]
		switch {
		case v != "":
			b.WriteString(show(v, m[0]))
		case m[4] >= 0:
			b.WriteString(text[m[4]:m[5]])
		default:
			b.WriteString("…")
		}
	}
	b.WriteString(text[last:])
	return b.String()
}

// insideQuotes reports whether the end of a piece of shell text lies inside
// quotes that the text opened, or in a here-document or command substitution,
// whose quoting cannot be told from outside.
func insideQuotes(s string) bool {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		}
	}
	return quote != 0 || strings.Contains(s, "<<")
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
