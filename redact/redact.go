// Package redact takes secrets out of text before it is kept or leaves the house.
//
// In comes text of logs; out goes the same text, line for line, with passwords,
// tokens, keys and cookies replaced by <secret:1>, <secret:2> and so on, and on
// request with hosts, addresses and users replaced by names that belong to nobody.
// Equal stays equal: one Redactor gives one value one token. The package knows what
// secrets look like and where they stand; it reads no files, and it cannot know a
// secret that looks like any other word and stands nowhere in particular.
package redact

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Options say what else than secrets is taken out.
type Options struct {
	// Hosts masks the names of hosts, addresses and accounts.
	Hosts bool
	// Keep reports whether a lower-case word is of general knowledge (it stands in a
	// rule), so that it is no name to hide; nil keeps only what the package itself
	// knows.
	Keep func(word string) bool
}

// Redactor replaces secrets. It remembers them, so that texts that belong together
// (the lines of one incident) share their tokens; it is for one goroutine.
type Redactor struct {
	opt    Options
	tokens map[string]string // secret -> token
	last   int               // number of the last token
	spread *strings.Replacer // of secrets that are sought everywhere
	stale  bool              // tokens has some that spread lacks
	names  *names            // with Options.Hosts
	count  int
}

// maxTokens bounds the secrets that are told apart; the rest share one token.
const maxTokens = 10_000

// New returns a Redactor that knows no secret yet.
func New(opt Options) *Redactor {
	r := &Redactor{opt: opt, tokens: map[string]string{}}
	if opt.Hosts {
		r.names = newNames(opt.Keep)
	}
	return r
}

// Learn looks at texts that Text will be asked for, so that what one of them gives
// away is hidden in all.
func (r *Redactor) Learn(texts ...string) {
	for _, t := range texts {
		r.Text(t)
	}
	r.count = 0
}

// Count returns how many replacements Text made.
func (r *Redactor) Count() int { return r.count }

// rounds bounds how often a text is gone over: taking one secret out may show
// where the next one ends.
const rounds = 6

// Text returns text without its secrets. It has as many lines as text; what is
// redacted already stays as it is.
func (r *Redactor) Text(text string) string {
	r.last = max(r.last, highestToken(text))
	for range rounds {
		before := text
		text = r.secrets(text)
		text = r.everywhere(text)
		if text == before {
			break
		}
	}
	if r.names != nil {
		text = r.names.mask(text)
	}
	return text
}

// Value returns a text that stands alone, such as a capture: a known secret of any
// length is replaced.
func (r *Redactor) Value(text string) string {
	if token, ok := r.tokens[text]; ok {
		return token
	}
	return r.Text(text)
}

func (r *Redactor) secrets(text string) string {
	low := lower(text)
	for i := range finders {
		f := &finders[i]
		if !f.needed(low) {
			continue
		}
		if spans := f.find(text); len(spans) > 0 {
			text = r.replace(text, spans)
			low = lower(text)
		}
	}
	return text
}

// span is a stretch of bytes.
type span struct{ from, to int }

// replace puts tokens in the place of spans.
func (r *Redactor) replace(text string, spans []span) string {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.from < at || s.from >= s.to || inToken(text, s.from) {
			continue
		}
		b.WriteString(text[at:s.from])
		b.WriteString(r.hide(text[s.from:s.to]))
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// hide returns what stands in the place of a value, which is on one line.
func (r *Redactor) hide(value string) string {
	if harmless(value) {
		return value
	}
	r.count++
	return r.token(value)
}

func (r *Redactor) token(value string) string {
	if t, ok := r.tokens[value]; ok {
		return t
	}
	if len(r.tokens) >= maxTokens {
		return "<secret:0>"
	}
	r.last++
	t := "<secret:" + strconv.Itoa(r.last) + ">"
	r.tokens[value] = t
	r.stale = r.stale || telling(value)
	return t
}

// telling reports whether a secret is so much its own that it is a secret wherever
// it stands: long, and no plain word.
func telling(value string) bool {
	if len(value) < 8 || strings.Contains(value, "<secret:") || strings.ContainsAny(value, " \t\n") {
		return false
	}
	return mixed(value)
}

// everywhere replaces known secrets where nothing announces them.
func (r *Redactor) everywhere(text string) string {
	if r.stale {
		var known []string
		for secret := range r.tokens {
			if telling(secret) {
				known = append(known, secret)
			}
		}
		slices.SortFunc(known, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
		var pairs []string
		for _, secret := range known {
			pairs = append(pairs, secret, r.tokens[secret])
		}
		r.spread, r.stale = strings.NewReplacer(pairs...), false
	}
	if r.spread == nil {
		return text
	}
	return r.spread.Replace(text)
}

const tokenHead = "<secret:"

// tokenEnd returns the end of a token that begins at at, or -1.
func tokenEnd(text string, at int) int {
	if !strings.HasPrefix(text[at:], tokenHead) {
		return -1
	}
	i := at + len(tokenHead)
	for i < len(text) && i < at+len(tokenHead)+10 && isDigit(text[i]) {
		i++
	}
	if i == at+len(tokenHead) || i >= len(text) || text[i] != '>' {
		return -1
	}
	return i + 1
}

// inToken reports whether the byte at at is inside a token: its own word "secret:" is
// not the name of a value.
func inToken(text string, at int) bool {
	i := strings.LastIndex(text[max(0, at-len(tokenHead)-10):at], tokenHead)
	return i >= 0 && tokenEnd(text, max(0, at-len(tokenHead)-10)+i) > at
}

// highestToken is the highest number of the tokens in text, so that new secrets
// get others.
func highestToken(text string) int {
	highest := 0
	for at := 0; ; {
		i := strings.Index(text[at:], tokenHead)
		if i < 0 {
			return highest
		}
		at += i
		if end := tokenEnd(text, at); end > 0 {
			if n, err := strconv.Atoi(text[at+len(tokenHead) : end-1]); err == nil && n < 1<<30 {
				highest = max(highest, n)
			}
		}
		at += len(tokenHead)
	}
}

// lower is text with small ASCII letters; offsets stay.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
