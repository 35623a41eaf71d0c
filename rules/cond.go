package rules

import (
	"fmt"
	"time"
)

// Op is the operator of a condition.
type Op uint8

// Operators of conditions; docs/rules.md says when each holds.
const (
	OpSignal Op = iota
	OpAll
	OpAny
	OpSequence
	OpCount
	OpAbsent
	OpNot
)

var opNames = [...]string{"signal", "all", "any", "sequence", "count", "absent", "not"}

// String returns the operator's name in YAML.
func (o Op) String() string { return opNames[o] }

// Cond is a condition over the hits of a rule's signals.
type Cond struct {
	Op     Op
	Signal string  // of signal, count and absent
	Args   []*Cond // of all, any, sequence and not
	Within time.Duration

	AtLeast  int    // of count
	Distinct string // of count: the capture whose different values are counted

	After, Before string // of absent: the signal that opens the window
}

// signals calls f with every signal name in c.
func (c *Cond) signals(f func(name string)) {
	if c == nil {
		return
	}
	for _, name := range []string{c.Signal, c.After, c.Before} {
		if name != "" {
			f(name)
		}
	}
	for _, a := range c.Args {
		a.signals(f)
	}
}

// positive calls f with the signals that can be evidence that c holds.
func (c *Cond) positive(f func(name string)) {
	switch {
	case c == nil || c.Op == OpNot:
	case c.Op == OpAbsent:
		if w := c.After + c.Before; w != "" {
			f(w)
		}
	case c.Op == OpSignal || c.Op == OpCount:
		f(c.Signal)
	default:
		for _, a := range c.Args {
			a.positive(f)
		}
	}
}

// required returns how many separate pieces of evidence c needs at least: the
// specificity of a rule.
func (c *Cond) required() int {
	if c == nil {
		return 0
	}
	switch c.Op {
	case OpSignal, OpCount:
		return 1
	case OpAll, OpSequence:
		n := 0
		for _, a := range c.Args {
			n += a.required()
		}
		return n
	case OpAny:
		least := c.Args[0].required()
		for _, a := range c.Args[1:] {
			least = min(least, a.required())
		}
		return least
	case OpAbsent:
		if c.After+c.Before != "" {
			return 1
		}
	}
	return 0
}

// guaranteed returns the signals that matched whenever c holds, one set for
// each way to hold.
func (c *Cond) guaranteed() [][]string {
	switch c.Op {
	case OpSignal, OpCount:
		return [][]string{{c.Signal}}
	case OpAny:
		var ways [][]string
		for _, a := range c.Args {
			ways = append(ways, a.guaranteed()...)
		}
		return ways
	case OpAll, OpSequence:
		ways := [][]string{nil}
		for _, a := range c.Args {
			var next [][]string
			for _, w := range ways {
				for _, g := range a.guaranteed() {
					next = append(next, append(append([]string(nil), w...), g...))
				}
			}
			ways = next
			if len(ways) > 256 {
				ways = ways[:256]
			}
		}
		return ways
	case OpAbsent:
		if w := c.After + c.Before; w != "" {
			return [][]string{{w}}
		}
	}
	return [][]string{nil}
}

// truth is three-valued: unknown never makes a finding.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func negate(t truth) truth { return yes - t }

// timeline is the hits of one rule in one scope and group, in (time, stream,
// line) order, with what is known of the scope's edges.
type timeline struct {
	hits []*Hit
	// complete is false when part of the scope was not read: then what was not
	// seen is unknown, not absent.
	complete bool
	// first and last are the log times the scope is known to reach; zero when the
	// scope has no times.
	first, last time.Time
}

func (t timeline) of(signal string) []*Hit {
	var out []*Hit
	for _, h := range t.hits {
		if h.Signal == signal {
			out = append(out, h)
		}
	}
	return out
}

// window returns the part of t whose hits lie in [i, j).
func (t timeline) window(i, j int) timeline {
	t.hits = t.hits[i:j]
	return t
}

// reach returns the first index from which hits lie more than d after hit i. A
// hit without a time is near in its own stream, and out of reach elsewhere.
func (t timeline) reach(i int, d time.Duration) int {
	start := t.hits[i]
	for j := i + 1; j < len(t.hits); j++ {
		h := t.hits[j]
		switch {
		case start.Time().IsZero() || h.Time().IsZero():
			if h.Entry.Stream != start.Entry.Stream {
				return j
			}
		case h.Time().Sub(start.Time()) > d:
			return j
		}
	}
	return len(t.hits)
}

// eval reports whether c holds on t, and the hits that make it so.
func (c *Cond) eval(t timeline) (truth, []*Hit) {
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
		got, _ := c.Args[0].eval(t)
		return negate(got), nil
	case OpAbsent:
		return c.evalAbsent(t)
	}
	panic(fmt.Sprintf("rules: condition with operator %d", c.Op))
}

// missing is what an operand that was not seen amounts to.
func (t timeline) missing() truth {
	if t.complete {
		return no
	}
	return unknown
}

func (c *Cond) evalSignal(t timeline) (truth, []*Hit) {
	if hits := t.of(c.Signal); len(hits) > 0 {
		return yes, hits
	}
	return t.missing(), nil
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
// before it, so that the rest has the most room.
func (c *Cond) evalSequence(t timeline) (truth, []*Hit) {
	var evidence []*Hit
	from := 0
	for _, a := range c.Args {
		got, hits, end := a.shortest(t, from)
		if got != yes {
			return got, nil
		}
		evidence = append(evidence, hits...)
		from = end
	}
	return yes, evidence
}

// shortest finds the least end such that c holds on hits [from, end).
func (c *Cond) shortest(t timeline, from int) (truth, []*Hit, int) {
	if c.Op == OpSignal {
		for i := from; i < len(t.hits); i++ {
			if t.hits[i].Signal == c.Signal {
				return yes, t.hits[i : i+1], i + 1
			}
		}
		return t.missing(), nil, from
	}
	best := no
	for end := from; end <= len(t.hits); end++ {
		got, hits := c.eval(t.window(from, end))
		if got == yes {
			return yes, hits, end
		}
		best = max(best, got)
	}
	return best, nil, from
}

// inWindows evaluates f over the whole of t, or over each window of c.Within
// that begins at a hit, and takes the first that holds.
func (c *Cond) inWindows(t timeline, f func(timeline) (truth, []*Hit)) (truth, []*Hit) {
	if c.Within == 0 {
		return f(t)
	}
	best := t.missing()
	for i := range t.hits {
		got, hits := f(t.window(i, t.reach(i, c.Within)))
		if got == yes {
			return yes, hits
		}
		best = max(best, got)
	}
	return best, nil
}

func (c *Cond) evalCount(t timeline) (truth, []*Hit) {
	t.hits = t.of(c.Signal)
	enough := func(w timeline) (truth, []*Hit) {
		if c.Distinct == "" {
			if w.total() >= c.AtLeast {
				return yes, w.hits
			}
			return t.missing(), nil
		}
		values := map[string]bool{}
		for _, h := range w.hits {
			if v, ok := h.Captures[c.Distinct]; ok {
				values[v] = true
			}
		}
		if len(values) >= c.AtLeast {
			return yes, w.hits
		}
		return t.missing(), nil
	}
	return c.inWindows(t, enough)
}

// total counts matches, those included that were counted and not kept.
func (t timeline) total() int {
	n := 0
	for _, h := range t.hits {
		n += 1 + h.Dropped
	}
	return n
}

func (c *Cond) evalAbsent(t timeline) (truth, []*Hit) {
	of := t.of(c.Signal)
	if c.After == "" && c.Before == "" {
		if len(of) > 0 {
			return no, nil
		}
		return negate(t.missing()), nil
	}
	best := no
	for _, opener := range t.of(c.After + c.Before) {
		got := c.absentNear(t, opener, of)
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
	at := opener.Time()
	for _, h := range hits {
		later := h.after(opener)
		if (c.After != "") != later || h == opener {
			continue
		}
		gap := h.Time().Sub(at).Abs()
		untimed := at.IsZero() || h.Time().IsZero()
		if c.Within == 0 || untimed || gap <= c.Within {
			return no
		}
	}
	if !t.complete {
		return unknown
	}
	if c.Within > 0 {
		if at.IsZero() {
			return unknown
		}
		if c.After != "" && t.last.Before(at.Add(c.Within)) {
			return unknown
		}
		if c.Before != "" && (t.first.IsZero() || t.first.After(at.Add(-c.Within))) {
			return unknown
		}
	}
	return yes
}
