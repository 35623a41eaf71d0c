package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diagnose"
)

// miss is why c, which is not true over t, fails; nil where its operands say so.
// n has the operands, judged; nil when they need not be looked at.
func (x *explainer) miss(c *Cond, t timeline, n *diagnose.Node) *diagnose.Miss {
	switch c.Op {
	case OpSignal:
		return x.unseen(c.Signal)
	case OpAll, OpSequence:
		return x.missOfAll(c, t)
	case OpNot:
		return missOfNot(c, t, n)
	case OpCount:
		return x.missOfCount(c, t)
	case OpRate:
		return x.missOfRate(c, t)
	case OpAbsent:
		return x.missOfAbsent(c, t)
	case OpPair:
		return x.missOfPair(c, t)
	case OpDuration:
		return x.missOfDuration(c, t)
	case OpCompare:
		return x.missOfCompare(c, t)
	case OpLast:
		return x.missOfLast(c, t)
	}
	return nil
}

// unseen is why a signal did not match in the group: the closest line anywhere.
func (x *explainer) unseen(name string) *diagnose.Miss {
	m := &diagnose.Miss{Kind: diagnose.MissNothing, Signal: name}
	var anchor *Hit
	if len(x.now.hits) > 0 {
		anchor = x.now.hits[0]
	}
	if h := nearest(of(x.now.scope, name), anchor); h != nil {
		m.Kind, m.At = diagnose.MissGroup, at(h)
		m.Want, m.Got = x.conflict(h)
		return m
	}
	if h := nearest(of(x.all, name), anchor); h != nil {
		m.Kind, m.At, m.Got = diagnose.MissScope, at(h), x.place(h)
		return m
	}
	best := -1.0
	for _, n := range x.near {
		if n.Signal == name && closeness[n.Kind] > best {
			best = closeness[n.Kind]
			m = n.miss()
		}
	}
	switch {
	case best >= 0:
	case len(x.now.hits) > 0 && x.now.whole.unsure[name]:
		m.Kind = diagnose.MissUnsure
	case len(x.now.hits) > 0 && !x.now.whole.complete:
		m.Kind = diagnose.MissGap
	}
	return m
}

// conflict says in which groupings a hit of another group differs.
func (x *explainer) conflict(h *Hit) (want, got string) {
	var wants, gots []string
	for i, by := range x.ev.by {
		values := by.of(h)
		if key := x.now.key[i]; key != "" && len(values) > 0 && !slices.Contains(values, key) {
			wants = append(wants, by.name+" "+key)
			gots = append(gots, by.name+" "+strings.Join(values, ", "))
		}
	}
	return strings.Join(wants, ", "), strings.Join(gots, ", ")
}

// place names the scope that a hit is in.
func (x *explainer) place(h *Hit) string {
	if x.ev.rule.Scope == ScopeCase {
		if c := x.ev.scene.Case(h.Entry); c != nil {
			return c.ID
		}
	}
	return h.Entry.Stream
}

// missOfAll is the window or the order that operands lack which all hold.
func (x *explainer) missOfAll(c *Cond, t timeline) *diagnose.Miss {
	for _, a := range c.Args {
		if got, _ := a.eval(t); got != yes {
			return nil
		}
	}
	bare := *c
	bare.Within = 0
	if got, _ := bare.eval(t); got == yes {
		return tooWide(&bare, t, c.Within)
	}
	return outOfOrder(c, t)
}

// maxStarts bounds the windows that are tried for the narrowest.
const maxStarts = 300

// tooWide finds the narrowest stretch over which c holds, and by how much it is
// wider than within.
func tooWide(c *Cond, t timeline, within time.Duration) *diagnose.Miss {
	m := &diagnose.Miss{Kind: diagnose.MissWindow, Want: short(within)}
	narrowest := time.Duration(-1)
	for i := range t.hits[:min(len(t.hits), maxStarts)] {
		_, end, ok := c.shortest(t, i, yes)
		if !ok {
			break
		}
		if end == i || t.hits[i].at.IsZero() || t.hits[end-1].at.IsZero() {
			continue
		}
		if d := t.hits[end-1].at.Sub(t.hits[i].at); narrowest < 0 || d < narrowest {
			narrowest = d
			m.Other, m.At, m.Short, m.Got = at(t.hits[i]), at(t.hits[end-1]), d-within, short(d)
		}
	}
	if narrowest < 0 {
		m.Kind = diagnose.MissGap // without times nobody knows how far apart they are
	}
	return m
}

// outOfOrder finds the first operand that holds, but not after those before it.
func outOfOrder(c *Cond, t timeline) *diagnose.Miss {
	from := 0
	var before []*Hit
	for _, a := range c.Args {
		hits, next, ok := a.shortest(t, from, yes)
		if !ok {
			_, all := a.eval(t)
			return &diagnose.Miss{Kind: diagnose.MissOrder, Signal: a.String(), At: last(all), Other: last(before)}
		}
		from = next
		if len(hits) > 0 {
			before = hits
		}
	}
	return &diagnose.Miss{Kind: diagnose.MissGap}
}

// missOfNot shows what holds and must not.
func missOfNot(c *Cond, t timeline, n *diagnose.Node) *diagnose.Miss {
	t.hits = t.scope
	got, evidence := c.Args[0].eval(t)
	if got == unknown {
		if n != nil {
			return firstMiss(n.Args[0])
		}
		return &diagnose.Miss{Kind: diagnose.MissGap}
	}
	return &diagnose.Miss{Kind: diagnose.MissPresent, Signal: c.Args[0].String(), At: last(evidence)}
}

func (x *explainer) missOfCount(c *Cond, t timeline) *diagnose.Miss {
	kind, want, over := diagnose.MissFew, c.AtLeast, t.hits
	if c.AtMost > 0 {
		kind, want, over = diagnose.MissMany, c.AtMost, t.scope
	}
	all := t
	all.hits = of(over, c.Signal)
	if len(all.hits) == 0 && c.AtMost == 0 {
		return x.unseen(c.Signal)
	}
	bare := *c
	bare.Within = 0
	if got, _ := bare.eval(all); got == yes && c.Within > 0 && c.AtMost == 0 {
		return tooWide(&bare, all, c.Within)
	}
	n, _ := bare.number(all)
	if c.AtMost > 0 && n <= want || c.AtLeast > 0 && n >= want {
		return &diagnose.Miss{Kind: diagnose.MissGap, Signal: c.Signal}
	}
	return &diagnose.Miss{Kind: kind, Signal: c.Signal, At: last(all.hits), Want: strconv.Itoa(want), Got: strconv.Itoa(n)}
}

// missOfRate shows the period in which the longest run of periods broke off.
func (x *explainer) missOfRate(c *Cond, t timeline) *diagnose.Miss {
	hits := slices.DeleteFunc(of(t.hits, c.Signal), func(h *Hit) bool { return h.at.IsZero() })
	if len(hits) == 0 {
		return x.unseen(c.Signal)
	}
	m := &diagnose.Miss{Kind: diagnose.MissRate, Signal: c.Signal, Want: strconv.Itoa(c.AtLeast)}
	longest := -1
	for i, h := range hits[:min(len(hits), maxStarts)] {
		periods, rest := 0, hits[i:]
		for {
			close := h.at.Add(time.Duration(periods+1) * c.Per)
			n := 0
			for n < len(rest) && rest[n].at.Before(close) {
				n++
			}
			if n < c.AtLeast || time.Duration(periods)*c.Per >= c.For {
				if periods > longest {
					longest = periods
					m.At, m.Got = at(h), fmt.Sprintf("%d", n)
					m.Short = c.For - time.Duration(periods)*c.Per
				}
				break
			}
			periods, rest = periods+1, rest[n:]
		}
	}
	return m
}

// missOfLast shows the match that is nearest to the end, and how many lines follow.
func (x *explainer) missOfLast(c *Cond, t timeline) *diagnose.Miss {
	hits := of(t.hits, c.Signal)
	if len(hits) == 0 {
		return x.unseen(c.Signal)
	}
	var m *diagnose.Miss
	nearest := 0
	for _, h := range hits {
		if c.ends(t, h) == unknown {
			return &diagnose.Miss{Kind: diagnose.MissGap, Signal: c.Signal, At: at(h)}
		}
		line, _ := t.end(h.Entry.Stream)
		if n := line - lastLine(h); m == nil || n < nearest {
			nearest = n
			m = &diagnose.Miss{Kind: diagnose.MissLast, Signal: c.Signal, At: at(h), Want: strconv.Itoa(c.Lines), Got: strconv.Itoa(n)}
		}
	}
	return m
}

func (x *explainer) missOfAbsent(c *Cond, t timeline) *diagnose.Miss {
	hits := of(t.scope, c.Signal)
	if c.After+c.Before == "" {
		if len(hits) > 0 {
			return &diagnose.Miss{Kind: diagnose.MissPresent, Signal: c.Signal, At: last(hits)}
		}
		return x.open(t, c.Signal)
	}
	openers := of(t.hits, c.After+c.Before)
	if len(openers) == 0 {
		return x.unseen(c.After + c.Before)
	}
	for i := len(openers) - 1; i >= 0; i-- {
		for _, h := range hits {
			if c.breaks(openers[i], h) == yes {
				return &diagnose.Miss{Kind: diagnose.MissPresent, Signal: c.Signal, At: at(h), Other: at(openers[i])}
			}
		}
	}
	opener := openers[len(openers)-1]
	if c.Within > 0 && !c.covered(t, opener.at) {
		return c.beyond(t, opener)
	}
	return x.open(t, c.Signal)
}

// open is why the absence of a signal is not known.
func (x *explainer) open(t timeline, name string) *diagnose.Miss {
	if t.unsure[name] {
		return &diagnose.Miss{Kind: diagnose.MissUnsure, Signal: name}
	}
	return &diagnose.Miss{Kind: diagnose.MissGap, Signal: name}
}

// beyond says by how much the log ends too early for the window that a hit opens.
func (c *Cond) beyond(t timeline, opener *Hit) *diagnose.Miss {
	m := &diagnose.Miss{Kind: diagnose.MissEnd, Signal: c.Signal + c.To, At: at(opener), Want: short(c.Within)}
	switch {
	case opener.at.IsZero():
		m.Kind = diagnose.MissGap
	case c.Before != "":
		m.Short = t.first.Sub(opener.at.Add(-c.Within))
	default:
		m.Short = opener.at.Add(c.Within).Sub(t.last)
	}
	return m
}

func (x *explainer) missOfPair(c *Cond, t timeline) *diagnose.Miss {
	in := t.set()
	var m *diagnose.Miss
	for _, p := range c.pairings(t) {
		if !in[p.from] {
			continue
		}
		got := c.openEnded(t, p)
		switch {
		case got == unknown && p.to == nil && c.Within > 0 && !p.unsure && c.unseen(t) == no:
			return c.beyond(t, p.from)
		case got == unknown:
			return x.open(t, c.To)
		case p.to != nil:
			m = p.closed()
		}
	}
	if m == nil {
		return x.unseen(c.From)
	}
	return m
}

func (p pairing) closed() *diagnose.Miss {
	m := &diagnose.Miss{Kind: diagnose.MissClosed, At: at(p.to), Other: at(p.from)}
	if d, known := p.took(); known {
		m.Got = short(d)
	}
	return m
}

func (x *explainer) missOfDuration(c *Cond, t timeline) *diagnose.Miss {
	in := t.set()
	var m *diagnose.Miss
	nearest := time.Duration(-1)
	for _, p := range c.pairings(t) {
		d, known := p.took()
		if !in[p.from] || p.to == nil || !in[p.to] {
			continue
		}
		if p.unsure || !known {
			return x.open(t, c.To)
		}
		off := max(c.Over-d, 0)
		if c.Under > 0 {
			off = max(off, d-c.Under)
		}
		if nearest < 0 || off < nearest {
			nearest = off
			m = p.closed()
			m.Kind, m.Short = diagnose.MissTook, off
		}
	}
	switch {
	case m != nil:
		return m
	case len(of(t.hits, c.From)) == 0:
		return x.unseen(c.From)
	}
	return x.unseen(c.To)
}

func (x *explainer) missOfCompare(c *Cond, t timeline) *diagnose.Miss {
	left, right := valuesOf(t.hits, c.Left), valuesOf(t.hits, c.Right)
	switch {
	case len(left) == 0:
		return x.unseen(c.Left.Signal)
	case len(right) == 0:
		return x.unseen(c.Right.Signal)
	}
	bare := *c
	bare.Within = 0
	if got, _ := bare.eval(t); got == yes {
		return tooWide(&bare, t, c.Within)
	}
	l, r := left[0], right[0]
	m := &diagnose.Miss{Kind: diagnose.MissValue, Want: fmt.Sprintf("%s %s %s", c.Left, c.Relation, c.Right), At: at(l.hit), Other: at(r.hit)}
	m.Got = fmt.Sprintf("%s, %s", l.text, r.text)
	if c.Relation != "==" && c.Relation != "!=" && (l.dim == noNumber || l.dim != r.dim) {
		m.Kind = diagnose.MissKindOf
	}
	return m
}
