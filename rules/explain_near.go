package rules

import (
	"slices"
	"strings"

	"diagnose"
)

// Near is an entry that holds the literal of a signal and is no match of it.
type Near struct {
	Rule    *Rule
	Signal  string
	Entry   *diagnose.Entry
	Kind    diagnose.MissKind // literal, where or format
	Literal string
	At      int    // line of the message that the literal or match stands on
	Excerpt string // that line
	Where   string // the expression that is false
	Values  [][2]string
}

func (n Near) miss() *diagnose.Miss {
	m := &diagnose.Miss{Kind: n.Kind, Signal: n.Signal, Want: n.Literal, Values: n.Values,
		At: &diagnose.Evidence{Entry: n.Entry, Signal: n.Signal, At: n.At, Excerpt: n.Excerpt}}
	switch n.Kind {
	case diagnose.MissWhere:
		m.Want = n.Where
	case diagnose.MissFormat:
		m.Got = n.Entry.Format
	}
	return m
}

// Near returns, for the candidate literals of an entry that Match takes, the
// signals that do not match there, each with what it lacks, in the order of
// their rules.
func (b *Base) Near(e *diagnose.Entry, literals []int) []Near {
	var out []Near
	seen := map[owner]bool{} // without the pattern
	for _, lit := range b.withHidden(e, literals) {
		for _, o := range b.owners[lit] {
			if o.pattern = 0; seen[o] {
				continue
			}
			seen[o] = true
			r := b.slots[o.rule].get()
			n := Near{Rule: r, Entry: e, Literal: string(b.literals[lit])}
			if n.lacks(r, &r.Signals[o.signal]) {
				out = append(out, n)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Near) int {
		if c := strings.Compare(a.Rule.ID, b.Rule.ID); c != 0 {
			return c
		}
		return strings.Compare(a.Signal, b.Signal)
	})
	return out
}

// lacks finds what keeps the signal from matching; false when it matches.
func (n *Near) lacks(r *Rule, s *Signal) bool {
	n.Signal = s.Name
	free := *s
	free.Where = nil
	sees := r.seesAny(n.Entry)
	hits := free.match(r, n.Entry, free.Patterns)
	switch {
	case len(hits) == 0:
		n.Kind = diagnose.MissLiteral
		n.find()
		return sees
	case !sees:
		n.Kind = diagnose.MissFormat
	case s.Where == nil || len(s.match(r, n.Entry, s.Patterns)) > 0:
		return false
	default:
		n.Kind, n.Where = diagnose.MissWhere, s.Where.Source
		n.Values = s.Where.values(n.Entry, hits[0].Captures)
	}
	n.At, n.Excerpt = hits[0].At, hits[0].Excerpt
	return true
}

// find looks for the line of the message that holds the literal. In a text that
// is hidden by an encoding there is none.
func (n *Near) find() {
	i := strings.Index(asciiLower(n.Entry.Message), asciiLower(n.Literal))
	if i < 0 {
		return
	}
	n.At = strings.Count(n.Entry.Message[:i], "\n")
	n.Excerpt = excerpt(n.Entry.Message, i, i+len(n.Literal))
}

// values are the names in the expression with what they are.
func (w *Where) values(e *diagnose.Entry, captures map[string]string) [][2]string {
	var out [][2]string
	add := func(name, value string) {
		if mentions(w.Source, name) {
			out = append(out, [2]string{name, value})
		}
	}
	for _, f := range []struct{ name, value string }{
		{"level", e.Level.String()}, {"format", e.Format}, {"host", e.Host}, {"process", e.Process}, {"pid", e.PID},
		{"thread", e.Thread}, {"logger", e.Logger}, {"stream", e.Stream},
	} {
		if strings.Contains(w.Source, "entry."+f.name) {
			out = append(out, [2]string{"entry." + f.name, f.value})
		}
	}
	for _, name := range w.Captures {
		add(name, captures[name])
	}
	return out
}

// maxNearest bounds the ids that a hint names.
const maxNearest = 3

// Nearest returns the ids that are most like a name that no rule has: those that
// hold it, and those that differ by few letters as a whole or behind the system.
func (b *Base) Nearest(name string) []string {
	type near struct {
		id       string
		distance int
	}
	var list []near
	_, short, _ := strings.Cut(name, "/")
	for _, s := range b.slots {
		_, rest, _ := strings.Cut(s.id, "/")
		d := min(editDistance(name, s.id), editDistance(name, rest))
		if short != "" {
			d = min(d, 1+editDistance(short, rest))
		}
		if len(name) >= 4 && strings.Contains(s.id, name) {
			d = min(d, 2)
		}
		if d <= max(3, len(name)/4) {
			list = append(list, near{s.id, d})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return a.distance - b.distance })
	var out []string
	for _, n := range list[:min(len(list), maxNearest)] {
		out = append(out, n.id)
	}
	return out
}
