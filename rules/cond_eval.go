package rules

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// truth is three-valued: unknown never makes a finding.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func negate(t truth) truth { return yes - t }

// timeline is the hits of one rule that a condition is judged over, in (time,
// stream, line, place in the entry) order.
type timeline struct {
	hits []*Hit
	// scope is all hits of the scope or stretch that hits is a part of: absence and
	// negation look at all of it, however small the window.
	scope []*Hit
	// complete is false when part of the scope was not read: then what was not
	// seen is unknown, not absent.
	complete bool
	// first and last are the log times the scope is known to reach; zero when the
	// scope has no times.
	first, last time.Time
	// end returns the last line of a stream that is not blank; known is false where
	// the stream goes on or was not read to its end. nil knows of none.
	end func(stream string) (line int, known bool)
	// unsure are the signals, of findings, of which nobody knows whether more hold.
	unsure map[string]bool
	// pairs remembers what belongs together in the scope, by condition.
	pairs map[*Cond][]pairing
	// work is what is left of the rule's share; nil bounds nothing.
	work *work
}

// work counts what may still be looked at to judge a rule. Windows within windows
// would take hours on a log that a stranger wrote.
type work struct{ left int }

// maxWork bounds the hits that are looked at to judge one rule, those looked at again
// counted again: seconds, and some times what windows need that are not nested.
const maxWork = 1 << 28

// spend takes n from what is left. Once that is used up, nothing is known any more.
func (w *work) spend(n int) {
	if w != nil {
		w.left -= n
	}
}

func (w *work) spent() bool { return w != nil && w.left < 0 }

func of(hits []*Hit, signal string) []*Hit {
	var out []*Hit
	for _, h := range hits {
		if h.Signal == signal {
			out = append(out, h)
		}
	}
	return out
}

// window returns the part of t whose hits lie in [i, j); its scope stays.
func (t timeline) window(i, j int) timeline {
	t.hits = t.hits[i:j]
	return t
}

// stretch returns the part of t whose hits lie in [i, j) as a scope of its own.
func (t timeline) stretch(i, j int) timeline {
	t = t.window(i, j)
	t.scope = t.hits
	t.pairs = map[*Cond][]pairing{}
	return t
}

// near reports whether two hits lie within d. A hit without a time is near those
// of its own stream, and no others.
func near(a, b *Hit, d time.Duration) bool {
	if a.at.IsZero() || b.at.IsZero() {
		return a.Entry.Stream == b.Entry.Stream
	}
	return b.at.Sub(a.at).Abs() <= d
}

// from returns the window of hits that begins at hit i and reaches d beyond it.
// Where hit i has no time, d counts from the first of its stream that has one.
func (t timeline) from(i int, d time.Duration) timeline {
	start, rest := t.hits[i], t.hits[i:]
	if !start.at.IsZero() {
		// Hits without a time come first, so all of these have one.
		t.hits = rest[:sort.Search(len(rest), func(j int) bool { return rest[j].at.Sub(start.at) > d })]
		return t
	}
	t.hits = nil
	for _, h := range rest {
		if h.Entry.Stream != start.Entry.Stream || !near(start, h, d) {
			continue
		}
		if t.hits = append(t.hits, h); start.at.IsZero() {
			start = h
		}
	}
	return t
}

// eval reports whether c holds on t, and the hits that make it so.
func (c *Cond) eval(t timeline) (truth, []*Hit) {
	if t.work.spend(1 + len(t.hits)); t.work.spent() {
		return unknown, nil
	}
	switch c.Op {
	case OpSignal:
		return c.evalSignal(t)
	case OpAny:
		return c.evalAny(t)
	case OpAll:
		return c.inWindows(t, c.evalAll)
	case OpSequence:
		return c.inWindows(t, c.evalSequence)
	case OpCount:
		return c.evalCount(t)
	case OpNot:
		t.hits = t.scope
		got, _ := c.Args[0].eval(t)
		return negate(got), nil
	case OpAbsent:
		return c.evalAbsent(t)
	case OpRate:
		return c.evalRate(t)
	case OpPair:
		return c.evalPair(t)
	case OpDuration:
		return c.evalDuration(t)
	case OpCompare:
		return c.inWindows(t, c.evalCompare)
	case OpLast:
		return c.evalLast(t)
	}
	panic(fmt.Sprintf("rules: condition with operator %d", c.Op))
}

// missing is what an operand that was not seen amounts to. names are the signals
// that it is made of.
func (t timeline) missing(names ...string) truth {
	if !t.complete || slices.ContainsFunc(names, func(name string) bool { return t.unsure[name] }) {
		return unknown
	}
	return no
}

// unseen is what c amounts to where nothing of it was seen.
func (c *Cond) unseen(t timeline) truth {
	least := no
	c.signals(func(name string) { least = max(least, t.missing(name)) })
	return max(least, t.missing())
}

func (c *Cond) evalSignal(t timeline) (truth, []*Hit) {
	if hits := of(t.hits, c.Signal); len(hits) > 0 {
		return yes, hits
	}
	return t.missing(c.Signal), nil
}

func (c *Cond) evalAny(t timeline) (truth, []*Hit) {
	best := no
	var evidence []*Hit
	for _, a := range c.Args {
		got, hits := a.eval(t)
		best = max(best, got)
		if got == yes {
			evidence = append(evidence, hits...)
		}
	}
	return best, evidence
}

func (c *Cond) evalAll(t timeline) (truth, []*Hit) {
	worst := yes
	var evidence []*Hit
	for _, a := range c.Args {
		got, hits := a.eval(t)
		if got == no {
			return no, nil
		}
		worst = min(worst, got)
		evidence = append(evidence, hits...)
	}
	return worst, evidence
}

// evalSequence lets each operand hold in the shortest stretch after the one
// before it, so that the rest has the most room: no other choice can succeed
// where this one fails, since more hits never make an operand hold less.
func (c *Cond) evalSequence(t timeline) (truth, []*Hit) {
	for _, level := range []truth{yes, unknown} {
		var evidence []*Hit
		from := 0
		reached := true
		for _, a := range c.Args {
			var hits []*Hit
			if hits, from, reached = a.shortest(t, from, level); !reached {
				break
			}
			evidence = append(evidence, hits...)
		}
		if reached {
			return level, evidence
		}
	}
	return no, nil
}

// shortest finds the least end such that c holds on hits [from, end) to a level
// of truth, and returns where the hits that come after those begin.
func (c *Cond) shortest(t timeline, from int, level truth) (hits []*Hit, next int, reached bool) {
	holds := func(end int) bool {
		got, _ := c.eval(t.window(from, end))
		return got >= level
	}
	if !holds(len(t.hits)) {
		return nil, from, false
	}
	end := from + sort.Search(len(t.hits)-from, func(n int) bool { return holds(from + n) })
	_, hits = c.eval(t.window(from, end))
	for end > from && end < len(t.hits) && !t.hits[end].after(t.hits[end-1]) {
		end++
	}
	return hits, end, true
}

// inWindows evaluates f over the whole of t, or over each window of c.Within
// that begins at a hit, and takes the first that holds.
func (c *Cond) inWindows(t timeline, f func(timeline) (truth, []*Hit)) (truth, []*Hit) {
	if c.Within == 0 {
		return f(t)
	}
	best := c.unseen(t)
	for i := range t.hits {
		got, hits := f(t.from(i, c.Within))
		if t.work.spent() {
			return unknown, nil
		}
		if got == yes {
			return yes, hits
		}
		best = max(best, got)
	}
	return best, nil
}

func (c *Cond) evalCount(t timeline) (truth, []*Hit) {
	if c.AtMost > 0 {
		return c.evalAtMost(t)
	}
	t.hits = of(t.hits, c.Signal)
	return c.inWindows(t, func(w timeline) (truth, []*Hit) {
		least, most := c.number(w)
		switch {
		case least >= c.AtLeast:
			return yes, w.hits
		case most >= c.AtLeast:
			return unknown, nil
		}
		return t.missing(c.Signal), nil
	})
}

// evalAtMost looks, as absence does, at the whole scope: at all matches in it, or
// at those from one of t on as far as the window reaches.
func (c *Cond) evalAtMost(t timeline) (truth, []*Hit) {
	all := t
	t.work.spend(len(t.scope))
	all.hits = of(t.scope, c.Signal)
	if c.Within == 0 {
		return c.noMore(t, all), nil
	}
	best := t.missing(c.Signal)
	in := t.set()
	for i, opener := range all.hits {
		if t.work.spent() {
			return unknown, nil
		}
		if !in[opener] {
			continue
		}
		got := c.noMore(t, all.from(i, c.Within))
		if got == yes && !t.reaches(opener.at, c.Within) {
			got = unknown
		}
		if got == yes {
			return yes, []*Hit{opener}
		}
		best = max(best, got)
	}
	return best, nil
}

// noMore reports whether w holds at most as many matches as c allows.
func (c *Cond) noMore(t, w timeline) truth {
	least, most := c.number(w)
	switch {
	case least > c.AtMost:
		return no
	case most > c.AtMost:
		return unknown
	}
	return negate(t.missing(c.Signal))
}

// set is the hits of t, for asking which are among them.
func (t timeline) set() map[*Hit]bool {
	in := make(map[*Hit]bool, len(t.hits))
	for _, h := range t.hits {
		in[h] = true
	}
	return in
}

// reaches reports whether the log is known to go on for d from a time.
func (t timeline) reaches(at time.Time, d time.Duration) bool {
	return !at.IsZero() && !t.last.Before(at.Add(d))
}

// number returns how many matches, or different values, w holds for certain and
// at most. They differ by the matches that were counted and not kept: these lie
// between the hit that counts them and the next of the same captures, which may
// be outside the window.
func (c *Cond) number(w timeline) (least, most int) {
	w.work.spend(len(w.hits))
	if c.Distinct != "" {
		values := map[string]bool{}
		for _, h := range w.hits {
			if v := h.Captures[c.Distinct]; v != "" {
				values[v] = true
			}
		}
		return len(values), len(values)
	}
	for i, h := range w.hits {
		least, most = least+1, most+1
		if h.Dropped == 0 {
			continue
		}
		most += h.Dropped
		if c.Within > 0 {
			w.work.spend(len(w.hits) - i)
		}
		if c.Within == 0 || hasLater(w.hits[i+1:], h) {
			least += h.Dropped
		}
	}
	return least, most
}

// hasLater reports whether hits hold another match of what h matched.
func hasLater(hits []*Hit, h *Hit) bool {
	return slices.ContainsFunc(hits, func(x *Hit) bool {
		return x.Entry.Stream == h.Entry.Stream && equalMaps(x.Captures, h.Captures)
	})
}

func (c *Cond) evalAbsent(t timeline) (truth, []*Hit) {
	t.work.spend(len(t.scope))
	hits := of(t.scope, c.Signal)
	if c.After == "" && c.Before == "" {
		if len(hits) > 0 {
			return no, nil
		}
		return negate(t.missing(c.Signal)), nil
	}
	best := t.missing(c.After + c.Before)
	for _, opener := range of(t.hits, c.After+c.Before) {
		if t.work.spend(len(hits)); t.work.spent() {
			return unknown, nil
		}
		got := c.absentNear(t, opener, hits)
		if got == yes {
			return yes, []*Hit{opener}
		}
		best = max(best, got)
	}
	return best, nil
}

// absentNear reports whether none of hits lies in the window that opener opens.
// It is unknown while the log does not reach to the window's end.
func (c *Cond) absentNear(t timeline, opener *Hit, hits []*Hit) truth {
	result := t.missing(c.Signal) // of what would break the absence
	for _, h := range hits {
		result = max(result, c.breaks(opener, h))
	}
	if result == no && c.Within > 0 && !c.covered(t, opener.at) {
		result = unknown
	}
	return negate(result)
}

// breaks reports whether h lies in the window that opener opens.
func (c *Cond) breaks(opener, h *Hit) truth {
	untimed := opener.at.IsZero() || h.at.IsZero()
	if untimed && h.Entry.Stream != opener.Entry.Stream {
		return unknown
	}
	inWindow := c.After != "" && h.after(opener) || c.Before != "" && opener.after(h)
	switch {
	case inWindow && (c.Within == 0 || near(opener, h, c.Within)):
		return yes
	case c.Within > 0 && h.Dropped > 0:
		return unknown // one of those that were not kept may lie in it
	}
	return no
}

// covered reports whether the log is known to reach to the end of the window
// that opens at a time.
func (c *Cond) covered(t timeline, at time.Time) bool {
	if c.After != "" {
		return t.reaches(at, c.Within)
	}
	return !at.IsZero() && !t.first.IsZero() && !t.first.After(at.Add(-c.Within))
}
