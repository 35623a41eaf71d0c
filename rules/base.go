package rules

import (
	"embed"
	"io/fs"
	"path"
	"sort"
	"strings"
	"unicode/utf16"

	"diagnose"
)

//go:embed all:base
var embedded embed.FS

// Embedded returns the files of the rule base that is built into the program.
func Embedded() fs.FS {
	sub, err := fs.Sub(embedded, "base")
	if err != nil {
		panic(err)
	}
	return sub
}

// Base is a set of rules ready to match. It is immutable after NewBase, but for
// patterns that compile on first use, and safe for concurrent use.
type Base struct {
	Rules    []*Rule // sorted by id
	byID     map[string]*Rule
	literals [][]byte
	owners   [][]owner // for each literal, the signals that need it
}

type owner struct {
	rule   *Rule
	signal int
}

// NewBase joins rule sets; a later rule replaces an earlier one of the same id.
func NewBase(sets ...[]*Rule) *Base {
	b := &Base{byID: map[string]*Rule{}}
	for _, set := range sets {
		for _, r := range set {
			b.byID[r.ID] = r
		}
	}
	for _, r := range b.byID {
		b.Rules = append(b.Rules, r)
	}
	sort.Slice(b.Rules, func(i, j int) bool { return b.Rules[i].ID < b.Rules[j].ID })
	b.index()
	return b
}

func (b *Base) index() {
	at := map[string]int{}
	for _, r := range b.Rules {
		for i, s := range r.Signals {
			for _, p := range s.Patterns {
				for _, lit := range p.Literals {
					b.own(at, lit, owner{r, i})
					if esc := escaped(lit); esc != lit {
						b.own(at, esc, owner{r, i})
					}
				}
			}
		}
	}
}

func (b *Base) own(at map[string]int, lit string, o owner) {
	key := asciiLower(lit)
	i, ok := at[key]
	if !ok {
		i = len(b.literals)
		at[key] = i
		b.literals = append(b.literals, []byte(lit))
		b.owners = append(b.owners, nil)
	}
	list := b.owners[i]
	if n := len(list); n > 0 && list[n-1] == o {
		return
	}
	b.owners[i] = append(list, o)
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// escaped is how JSON writes the literal when it holds no text beyond ASCII:
// the two characters of 命令 are written \u547d\u4ee4. Such a text shows the
// literal only after decoding.
func escaped(lit string) string {
	var b strings.Builder
	for _, r := range lit {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			const hex = "0123456789abcdef"
			b.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(hex[u>>shift&15])
			}
		}
	}
	return b.String()
}

// Literals returns the texts at which the filter must stop; their indices are
// what Match takes.
func (b *Base) Literals() [][]byte { return b.literals }

// Rule returns the rule with the id, nil if there is none.
func (b *Base) Rule(id string) *Rule { return b.byID[id] }

// Select returns the rules whose id equals the pattern or matches it as a glob.
func (b *Base) Select(pattern string) []*Rule {
	var out []*Rule
	for _, r := range b.Rules {
		if matchID(pattern, r.ID) {
			out = append(out, r)
		}
	}
	return out
}

func matchID(pattern, id string) bool {
	if pattern == id {
		return true
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(id, prefix+"/")
	}
	ok, _ := path.Match(pattern, id)
	return ok
}

// Match confirms the candidate literals of an entry: it returns a hit for each
// signal whose pattern matches the message, or a text hidden inside it, and
// whose expression holds. Of several matches of one signal in an entry each
// different set of captures is a hit, up to 16.
func (b *Base) Match(e *diagnose.Entry, literals []int) []*Hit {
	var hits []*Hit
	seen := map[owner]bool{}
	for _, lit := range literals {
		for _, o := range b.owners[lit] {
			if seen[o] {
				continue
			}
			seen[o] = true
			if !o.rule.sees(e.Format) {
				continue
			}
			hits = append(hits, o.rule.Signals[o.signal].match(o.rule, e)...)
		}
	}
	sort.SliceStable(hits, func(i, j int) bool {
		if hits[i].Rule != hits[j].Rule {
			return hits[i].Rule.ID < hits[j].Rule.ID
		}
		return hits[i].Signal < hits[j].Signal
	})
	return hits
}

const maxMatches = 16

func (s *Signal) match(r *Rule, e *diagnose.Entry) []*Hit {
	var hits []*Hit
	for _, p := range s.Patterns {
		hits = s.matchText(hits, r, e, p, e.Message)
		for _, inner := range e.Inner {
			hits = s.matchText(hits, r, e, p, inner)
		}
	}
	return hits
}

func (s *Signal) matchText(hits []*Hit, r *Rule, e *diagnose.Entry, p *Pattern, text string) []*Hit {
	re := p.regexp()
	for _, m := range re.FindAllStringSubmatchIndex(text, maxMatches) {
		captures := map[string]string{}
		for i, name := range re.SubexpNames() {
			if name != "" && m[2*i] >= 0 && m[2*i] < m[2*i+1] {
				captures[name] = clip(text[m[2*i]:m[2*i+1]])
			}
		}
		if len(hits) >= maxMatches || hasCaptures(hits, captures) {
			continue
		}
		if s.Where != nil && !s.Where.holds(e, captures) {
			continue
		}
		hits = append(hits, &Hit{Rule: r, Signal: s.Name, Entry: e, Captures: captures})
	}
	return hits
}

// maxCapture bounds a captured value: a title is a sentence, not a page.
const maxCapture = 512

func clip(s string) string {
	if len(s) <= maxCapture {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:maxCapture], "") + "…"
}

func hasCaptures(hits []*Hit, captures map[string]string) bool {
	for _, h := range hits {
		if equalMaps(h.Captures, captures) {
			return true
		}
	}
	return false
}

func equalMaps(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return true
}
