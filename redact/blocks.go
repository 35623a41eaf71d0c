package redact

import (
	"strings"
)

var (
	keyHead   = lazy(`-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----`)
	vaultHead = lazy(`\$ANSIBLE_VAULT;[0-9.]+;AES256[^\n\\"]*`)
	// keyText is what a line of a key holds, the escaped line ends of JSON included.
	keyText = lazy(`^(?:[A-Za-z0-9+/=]|\\+[nr])+`)
	// keyNote is a line of the head of an encrypted key.
	keyNote = lazy(`^(?:Proc-Type|DEK-Info|Version|Comment|Hash):`)
)

// keyBlocks finds the lines of private keys and of Ansible's vaults, also where the
// end is cut off, and where JSON wrote them on one line.
func keyBlocks(text string) []span {
	var out []span
	done := 0
	for _, m := range keyHead().FindAllStringIndex(text, -1) {
		if m[0] >= done {
			lines, end := keyLines(text, m[1], 8)
			out, done = append(out, lines...), end
		}
	}
	for _, m := range vaultHead().FindAllStringIndex(text, -1) {
		lines, _ := keyLines(text, m[1], 16)
		out = append(out, lines...)
	}
	return out
}

// keyLines returns what of the lines from at on is key, and where that ends. Words
// in front of the key on its lines, as a logger writes them, stay.
func keyLines(text string, at, least int) (out []span, end int) {
	if line := firstLine(text[at:]); strings.Contains(line, "-----END") {
		to := at + strings.Index(line, "-----END")
		return []span{{at, to}}, to
	}
	for at < len(text) {
		to := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			to = at + i
		}
		last := false
		if i := strings.Index(text[at:to], "-----END"); i >= 0 {
			to, last = at+i, true
		}
		s, found := keyOf(text, at, to, least)
		if found {
			out = append(out, s)
		}
		line := strings.TrimSpace(text[at:to])
		blank := line == "" || keyNote().MatchString(line) || strings.Trim(line, `\nr"'`) == ""
		if last || !found && !blank {
			return out, to
		}
		at = to + 1
	}
	return out, at
}

// keyOf returns the part of a line that is key: its last word of that kind, or all
// words where a key was wrapped with blanks.
func keyOf(text string, from, to, least int) (span, bool) {
	line := text[from:to]
	lead := len(line) - len(strings.TrimLeft(line, " \t\r\"',"))
	rest := line[lead:]
	if tokenEnd(rest, 0) > 0 {
		return span{}, true
	}
	if m := keyText().FindString(rest); len(m) >= least || m != "" && strings.TrimRight(rest, " \t\r\"',;") == m {
		n := len(m)
		for { // further words: a key whose line ends became blanks
			more := strings.TrimLeft(rest[n:], " \t")
			next := keyText().FindString(more)
			if len(next) < least {
				break
			}
			n = len(rest) - len(more) + len(next)
		}
		return span{from + lead, from + lead + n}, true
	}
	// A logger's head in front of the key: the last word of the line.
	i := strings.LastIndexAny(strings.TrimRight(rest, " \t\r"), " \t") + 1
	if i > 0 {
		if word := strings.TrimRight(rest[i:], " \t\r"); len(word) >= 40 && keyText().FindString(word) == word {
			return span{from + lead + i, from + lead + i + len(word)}, true
		}
		if tokenEnd(rest, i) > 0 {
			return span{}, true
		}
	}
	return span{}, false
}

func firstLine(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i]
	}
	return text
}
