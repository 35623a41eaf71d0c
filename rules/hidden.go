package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"diagnose"
)

// hiding are the ways in which writers change a literal. The filter sees the log as
// it stands, so it looks for each of these forms too; the decoded text is what the
// patterns are matched against.
var hiding = []func(string) string{
	// JSON of jq, Jackson and Go without HTML, and once more inside itself.
	replacing(inJSON(chars{}), nil),
	twice(replacing(inJSON(chars{}), nil)),
	// Python's json.dumps, which Ansible uses, and once more inside itself.
	replacing(inJSON(chars{}), inHex),
	twice(replacing(inJSON(chars{}), inHex)),
	// PHP.
	replacing(inJSON(chars{'/': `\/`}), inHex),
	// Go's encoding/json, then Gson, which CloudStack uses.
	replacing(inJSON(chars{'<': `\u003c`, '>': `\u003e`, '&': `\u0026`}), nil),
	replacing(inJSON(chars{'<': `\u003c`, '>': `\u003e`, '&': `\u0026`, '\'': `\u0027`, '=': `\u003d`}), nil),
	// HTML of most writers, then of Python.
	replacing(chars{'"': "&quot;", '<': "&lt;", '>': "&gt;", '&': "&amp;", '\'': "&#39;"}, nil),
	replacing(chars{'"': "&quot;", '<': "&lt;", '>': "&gt;", '&': "&amp;", '\'': "&#x27;"}, nil),
}

// inJSON are the characters that every writer of JSON changes, and more.
func inJSON(more chars) chars {
	c := chars{'"': `\"`, '\\': `\\`, '\t': `\t`, '\n': `\n`, '\r': `\r`, '\f': `\f`}
	for i, changed := range more {
		if changed != "" {
			c[i] = changed
		}
	}
	return c
}

// chars are the characters below 0x80 that a writer changes.
type chars [utf8.RuneSelf]string

// replacing returns a writer that changes chars, and text beyond ASCII by wide when
// that is given.
func replacing(c chars, wide func(b *strings.Builder, r rune)) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			switch {
			case r >= utf8.RuneSelf && wide != nil:
				wide(&b, r)
			case r < utf8.RuneSelf && c[r] != "":
				b.WriteString(c[r])
			default:
				b.WriteRune(r)
			}
		}
		return b.String()
	}
}

func twice(f func(string) string) func(string) string {
	return func(s string) string { return f(f(s)) }
}

// sameInAll reports whether every writer leaves a character as it is.
func sameInAll(r rune) bool {
	return r >= ' ' && r < utf8.RuneSelf && !strings.ContainsRune("\"\\/<>&'=", r)
}

// hidden returns the forms of a literal under which an encoding hides it, itself
// not among them.
func hidden(lit string) []string {
	if strings.IndexFunc(lit, func(r rune) bool { return !sameInAll(r) }) < 0 {
		return nil
	}
	var out []string
	for _, f := range hiding {
		if h := f(lit); h != lit && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// startLen is how many bytes of a literal are looked up at once.
const startLen = 8

// starts finds literals in decoded texts. It is made when the first such text is
// met: the filter's speed is not needed here, and making it takes a while.
type starts struct {
	maybe [1 << 10]uint64    // a bit for each hash of a start
	exact map[uint64][]int32 // literals by the bytes they begin with, in lower case
}

func (s *starts) build(literals [][]byte) {
	s.exact = make(map[uint64][]int32, len(literals))
	for i, lit := range literals {
		var key uint64
		for _, c := range lit[:startLen] {
			key = key<<8 | uint64(lower[c])
		}
		s.exact[key] = append(s.exact[key], int32(i))
		h := startHash(key)
		s.maybe[h>>6] |= 1 << (h & 63)
	}
}

func startHash(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 48 }

var lower = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}()

// find calls f with each literal that stands in text, but for ASCII case.
func (s *starts) find(literals [][]byte, text string, f func(literal int)) {
	var key uint64
	for i := range len(text) {
		key = key<<8 | uint64(lower[text[i]])
		if h := startHash(key); i < startLen-1 || s.maybe[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		at := i - (startLen - 1)
		for _, n := range s.exact[key] {
			if lit := literals[n]; len(text)-at >= len(lit) && equalFold(text[at:at+len(lit)], lit) {
				f(int(n))
			}
		}
	}
}

func equalFold(text string, lit []byte) bool {
	for i, c := range lit {
		if lower[text[i]] != lower[c] {
			return false
		}
	}
	return true
}

// withHidden adds to the literals of an entry those that the filter did not see: in a
// message that is put together of the fields of a line, and in the texts hidden inside.
func (b *Base) withHidden(e *diagnose.Entry, literals []int) []int {
	composed := !strings.HasSuffix(e.Text, e.Message)
	if len(e.Inner) == 0 && !composed {
		return literals
	}
	b.startsOnce.Do(func() { b.starts.build(b.literals) })
	known := map[int]bool{}
	for _, n := range literals {
		known[n] = true
	}
	all := slices.Clip(literals)
	find := func(text string) {
		b.starts.find(b.literals, text, func(n int) {
			if !known[n] {
				known[n] = true
				all = append(all, n)
			}
		})
	}
	if composed {
		find(e.Message)
	}
	for i := range e.Inner {
		find(e.Inner[i].Text)
	}
	return all
}
