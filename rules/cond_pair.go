package rules

import (
	"strings"
	"time"
)

// pairing is a match that opens something with the one that closes it, nil when
// nothing does.
type pairing struct {
	from, to *Hit
	unsure   bool // which belongs to which is not known
}

// pairings ties each match of c.To to the oldest match of c.From before it that
// is still open, among those with equal captures c.On, over the whole scope.
func (c *Cond) pairings(t timeline) []pairing {
	if got, ok := t.pairs[c]; ok {
		return got
	}
	var out []pairing
	for _, group := range splitBy(ofEither(t.scope, c.From, c.To), c.agree) {
		out = append(out, c.pairGroup(group)...)
	}
	if t.pairs != nil {
		t.pairs[c] = out
	}
	return out
}

func ofEither(hits []*Hit, a, b string) []*Hit {
	var out []*Hit
	for _, h := range hits {
		if h.Signal == a || h.Signal == b {
			out = append(out, h)
		}
	}
	return out
}

// agree is what two hits must have in common to belong together.
func (c *Cond) agree(h *Hit) string {
	var b strings.Builder
	for _, name := range c.On {
		b.WriteString(h.Captures[name])
		b.WriteByte(0)
	}
	return b.String()
}

func (c *Cond) pairGroup(group []*Hit) []pairing {
	unsure := unordered(group)
	var out []pairing
	open := 0 // out[open:] wait for their end
	for _, h := range group {
		unsure = unsure || h.Dropped > 0
		switch {
		case h.Signal == c.From:
			out = append(out, pairing{from: h})
		case open < len(out) && h.after(out[open].from):
			out[open].to = h
			open++
		}
	}
	for i := range out {
		out[i].unsure = unsure
	}
	return out
}

// unordered reports whether hits come from several streams of which one has no
// times: then nobody knows which came first.
func unordered(hits []*Hit) bool {
	several, untimed := false, false
	for _, h := range hits {
		several = several || h.Entry.Stream != hits[0].Entry.Stream
		untimed = untimed || h.at.IsZero()
	}
	return several && untimed
}

// took is the time between the two; known is false where one of them has none.
func (p pairing) took() (d time.Duration, known bool) {
	if p.to == nil || p.from.at.IsZero() || p.to.at.IsZero() {
		return 0, false
	}
	return p.to.at.Sub(p.from.at), true
}

// evalPair holds when something that was opened is not closed, or too late.
func (c *Cond) evalPair(t timeline) (truth, []*Hit) {
	best := c.unseen(t)
	in := t.set()
	for _, p := range c.pairings(t) {
		if !in[p.from] {
			continue
		}
		got := c.openEnded(t, p)
		if got == yes {
			return yes, p.hits()
		}
		best = max(best, got)
	}
	return best, nil
}

func (p pairing) hits() []*Hit {
	if p.to == nil {
		return []*Hit{p.from}
	}
	return []*Hit{p.from, p.to}
}

// openEnded reports whether p has no end, or one beyond c.Within.
func (c *Cond) openEnded(t timeline, p pairing) truth {
	switch d, known := p.took(); {
	case p.unsure || c.unseen(t) == unknown:
		return unknown
	case p.to == nil && c.Within > 0 && !t.reaches(p.from.at, c.Within):
		return unknown
	case p.to == nil:
		return yes
	case c.Within > 0 && known && d > c.Within:
		return yes
	}
	return no
}

// evalDuration holds when the time between the two ends of a pair is as asked.
func (c *Cond) evalDuration(t timeline) (truth, []*Hit) {
	best := c.unseen(t)
	in := t.set()
	for _, p := range c.pairings(t) {
		if !in[p.from] || p.to == nil || !in[p.to] {
			continue
		}
		got := c.lasts(t, p)
		if got == yes {
			return yes, p.hits()
		}
		best = max(best, got)
	}
	return best, nil
}

// lasts reports whether the time between p's ends is over and under what c says.
func (c *Cond) lasts(t timeline, p pairing) truth {
	d, known := p.took()
	if p.unsure || !known || c.unseen(t) == unknown {
		return unknown
	}
	if c.Over > 0 && d <= c.Over || c.Under > 0 && d >= c.Under {
		return no
	}
	return yes
}
