package rules

import (
	"cmp"
	"slices"
	"time"

	"diagnose"
)

// Meter notes what each rule costs where it is really spent: in Match of a base
// that Metered made, and in Evaluate with it in the scene. It is for one goroutine
// at a time.
type Meter struct {
	// Now is a clock that only ever goes on, such as the CPU time of the thread.
	Now func() time.Duration

	costs map[*Rule]*Cost
}

// Cost is what one rule took.
type Cost struct {
	Rule    *Rule
	Tried   int64         // times that a signal was tried on an entry in which one of its literals stands
	Bytes   int64         // of the texts of those entries, hidden ones included
	Matches int64         // hits
	Match   time.Duration // patterns and expressions, each pattern's first compilation included
	Judge   time.Duration // conditions
}

// Metered returns the same base with a meter on it.
func (b *Base) Metered(m *Meter) *Base {
	return &Base{slots: b.slots, literals: b.literals, owners: b.owners, candidates: b.candidates, users: b.users, meter: m}
}

// Owners returns the rules that need a literal, by its index in Literals, in the
// order of their ids.
func (b *Base) Owners(literal int) []*Rule {
	var out []*Rule
	for _, o := range b.owners[literal] {
		if r := b.slots[o.rule].get(); len(out) == 0 || out[len(out)-1] != r {
			out = append(out, r)
		}
	}
	return out
}

// Costs returns the rules that took anything, in the order of their ids.
func (m *Meter) Costs() []Cost {
	var out []Cost
	for _, c := range m.costs {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Cost) int { return cmp.Compare(a.Rule.ID, b.Rule.ID) })
	return out
}

// now is the clock, 0 without a meter.
func (m *Meter) now() time.Duration {
	if m == nil {
		return 0
	}
	return m.Now()
}

func (m *Meter) of(r *Rule) *Cost {
	c := m.costs[r]
	if c == nil {
		if m.costs == nil {
			m.costs = map[*Rule]*Cost{}
		}
		c = &Cost{Rule: r}
		m.costs[r] = c
	}
	return c
}

// matched notes that a signal of r was tried on an entry since began.
func (m *Meter) matched(r *Rule, e *diagnose.Entry, hits int, began time.Duration) {
	if m == nil {
		return
	}
	took := m.Now() - began
	c := m.of(r)
	c.Tried++
	c.Bytes += textSize(e)
	c.Matches += int64(hits)
	c.Match += took
}

// judged notes that the conditions of r were judged since began.
func (m *Meter) judged(r *Rule, began time.Duration) {
	if m != nil {
		m.of(r).Judge += m.Now() - began
	}
}

// textSize is how many bytes of an entry a pattern is sought in.
func textSize(e *diagnose.Entry) int64 {
	n := len(e.Message)
	for i := range e.Inner {
		n += len(e.Inner[i].Text)
	}
	return int64(n)
}
