package rules

import (
	"cmp"
	"embed"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
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

// Base is a set of rules ready to match. It never changes once it is made, but
// for rules that are decoded and patterns that compile on first use; it is safe
// for concurrent use.
type Base struct {
	slots    []*slot // sorted by rule id
	literals [][]byte
	owners   [][]owner // for each literal, the patterns that need it
	// candidates are the rules that name others in candidate_of.
	candidates []candidate

	startsOnce sync.Once
	starts     starts
	// users are the rules that have findings of others for signals, with the patterns of these.
	users []candidate
	// reasons are the rules of role reason, in the order of their ids.
	reasons []int32
	// meter notes what rules cost; nil for no one.
	meter *Meter
}

// slot is the place of a rule, which may still be encoded.
type slot struct {
	id      string
	encoded []byte
	once    sync.Once
	rule    *Rule
}

func (s *slot) get() *Rule {
	s.once.Do(func() {
		if s.rule == nil {
			s.rule = decodeRule(s.encoded)
		}
	})
	return s.rule
}

// owner is a pattern of a signal of a rule, by their numbers.
type owner struct{ rule, signal, pattern int32 }

func (o owner) compare(p owner) int {
	return cmp.Or(cmp.Compare(o.rule, p.rule), cmp.Compare(o.signal, p.signal), cmp.Compare(o.pattern, p.pattern))
}

// candidate says that a rule has to do with the rules whose ids match pattern: it may
// also own their text, or uses their findings.
type candidate struct {
	pattern string
	rule    int32
}

// NewBase joins rule sets; a later rule replaces an earlier one of the same id.
func NewBase(sets ...[]*Rule) *Base {
	byID := map[string]*Rule{}
	for _, set := range sets {
		for _, r := range set {
			byID[r.ID] = r
		}
	}
	b := &Base{}
	at := map[string]int{}
	for i, id := range slices.Sorted(maps.Keys(byID)) {
		r := byID[id]
		b.slots = append(b.slots, &slot{id: id, rule: r})
		if r.Role == diagnose.RoleReason {
			b.reasons = append(b.reasons, int32(i))
			continue // nothing of it is sought
		}
		for _, pattern := range r.CandidateOf {
			b.candidates = append(b.candidates, candidate{pattern, int32(i)})
		}
		for k, s := range r.Signals {
			if s.Finding != "" {
				b.users = append(b.users, candidate{s.Finding, int32(i)})
			}
			for n, p := range s.Patterns {
				o := owner{int32(i), int32(k), int32(n)}
				for _, lit := range p.Literals {
					b.own(at, lit, o)
					for _, form := range hidden(lit) {
						b.own(at, form, o)
					}
				}
			}
		}
	}
	return b
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

// Len returns the number of rules.
func (b *Base) Len() int { return len(b.slots) }

// All returns every rule in the order of their ids.
func (b *Base) All() []*Rule {
	out := make([]*Rule, len(b.slots))
	for i, s := range b.slots {
		out[i] = s.get()
	}
	return out
}

// Candidates returns the rules that leave the same text as the rule with the
// id, in the order of their ids.
func (b *Base) Candidates(id string) []*diagnose.Rule {
	var out []*diagnose.Rule
	for _, c := range b.candidates {
		if b.slots[c.rule].id == id || !diagnose.MatchID(c.pattern, id) {
			continue
		}
		if r := &b.slots[c.rule].get().Rule; !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// Users returns the rules that use findings which rules with hits may have, and those
// that use theirs: Evaluate must know them.
func (b *Base) Users(hits []*Hit) []*Rule {
	var out []*Rule
	known := map[string]bool{}
	open := make([]string, 0, len(hits))
	see := func(id string) {
		if !known[id] {
			known[id] = true
			open = append(open, id)
		}
	}
	for _, h := range hits {
		see(h.Rule.ID)
	}
	used := make([]bool, len(b.slots))
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		for _, u := range b.users {
			if !used[u.rule] && diagnose.MatchID(u.pattern, id) {
				used[u.rule] = true
				out = append(out, b.slots[u.rule].get())
				see(b.slots[u.rule].id)
			}
		}
	}
	return out
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// inHex writes a character as JSON does that holds no text beyond ASCII: the two
// of 命令 are \u547d\u4ee4.
func inHex(b *strings.Builder, r rune) {
	for _, u := range utf16.Encode([]rune{r}) {
		const hex = "0123456789abcdef"
		b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(hex[u>>shift&15])
		}
	}
}

// Literals returns the texts at which the filter must stop; their indices are
// what Match takes.
func (b *Base) Literals() [][]byte { return b.literals }

// Literal returns the index of a literal in Literals, -1 where there is none such.
func (b *Base) Literal(text string) int {
	key := asciiLower(text)
	return slices.IndexFunc(b.literals, func(lit []byte) bool { return len(lit) == len(key) && asciiLower(string(lit)) == key })
}

// Select returns the rules whose id equals the pattern or matches it as a glob; "*"
// is every rule.
func (b *Base) Select(pattern string) []*Rule {
	var out []*Rule
	for _, s := range b.slots {
		if pattern == "*" || diagnose.MatchID(pattern, s.id) {
			out = append(out, s.get())
		}
	}
	return out
}

// Rule returns the rule with the id, nil where there is none.
func (b *Base) Rule(id string) *Rule {
	i, ok := slices.BinarySearchFunc(b.slots, id, func(s *slot, id string) int { return strings.Compare(s.id, id) })
	if !ok {
		return nil
	}
	return b.slots[i].get()
}

// Match confirms the candidate literals of an entry: it returns a hit for each
// signal whose pattern matches the message, or a text hidden inside it, and
// whose expression holds. Of several matches of one signal in an entry each
// different set of captures is a hit, up to 16.
func (b *Base) Match(e *diagnose.Entry, literals []int) []*Hit {
	if e.Binary {
		return nil
	}
	var hits []*Hit
	owners := b.ownersOf(e, literals)
	for len(owners) > 0 {
		first, n := owners[0], 1
		for n < len(owners) && owners[n].rule == first.rule && owners[n].signal == first.signal {
			n++
		}
		if r := b.slots[first.rule].get(); r.seesAny(e) {
			s := &r.Signals[first.signal]
			patterns := make([]*Pattern, n)
			for i, o := range owners[:n] {
				patterns[i] = s.Patterns[o.pattern]
			}
			began := b.meter.now()
			got := s.match(r, e, patterns)
			b.meter.matched(r, e, len(got), began)
			hits = append(hits, got...)
		}
		owners = owners[n:]
	}
	sort.SliceStable(hits, func(i, j int) bool {
		if hits[i].Rule != hits[j].Rule {
			return hits[i].Rule.ID < hits[j].Rule.ID
		}
		return hits[i].Signal < hits[j].Signal
	})
	return hits
}

// ownersOf returns the patterns that the literals of an entry, and those in its hidden
// texts, are sought for: each once, those of a signal side by side.
func (b *Base) ownersOf(e *diagnose.Entry, literals []int) []owner {
	var owners []owner
	for _, lit := range b.withHidden(e, literals) {
		owners = append(owners, b.owners[lit]...)
	}
	slices.SortFunc(owners, owner.compare)
	return slices.Compact(owners)
}

// excerptRoom is how much of the line around a match an excerpt keeps on either
// side, in bytes.
const excerptRoom = 120

// excerpt is the line that the match [from, to) begins on, cut to the match and
// what is near it.
func excerpt(text string, from, to int) string {
	start := strings.LastIndexByte(text[:from], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[from:], '\n'); i >= 0 {
		end = from + i
	}
	to = min(to, end)
	before, after := "", ""
	if from-start > 2*excerptRoom {
		start, before = from-excerptRoom, "… "
	}
	if end-to > 2*excerptRoom {
		end, after = to+excerptRoom, " …"
	}
	return before + strings.ToValidUTF8(text[start:end], "") + after
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
