package rules

import (
	"sort"
	"time"
)

// evalRate holds when, from some match on, each of the periods of length c.Per
// that follow one another for c.For holds c.AtLeast matches.
func (c *Cond) evalRate(t timeline) (truth, []*Hit) {
	best := t.missing(c.Signal)
	hits := of(t.hits, c.Signal)
	var timed []*Hit
	for i, h := range hits {
		if h.at.IsZero() || h.Dropped > 0 {
			best = unknown // it may have been in a period that lacks one
		}
		if !h.at.IsZero() {
			timed = hits[i:]
			break
		}
	}
	for _, h := range timed {
		if h.Dropped > 0 {
			best = unknown
		}
	}
	for i := range timed {
		if t.work.spent() {
			return unknown, nil
		}
		got, end := c.keptUp(t, timed, i)
		if got == yes {
			return yes, timed[i:end]
		}
		best = max(best, got)
	}
	return best, nil
}

// keptUp judges the periods that follow hit i, and returns the end of the hits
// in them.
func (c *Cond) keptUp(t timeline, hits []*Hit, i int) (got truth, end int) {
	start := hits[i].at
	for from := time.Duration(0); from < c.For; from += c.Per {
		t.work.spend(1)
		close := start.Add(from + c.Per)
		n := sort.Search(len(hits)-i, func(k int) bool { return !hits[i+k].at.Before(close) })
		switch {
		case n >= c.AtLeast:
			i += n
		case t.last.Before(close):
			return unknown, 0
		default:
			return no, 0
		}
	}
	return yes, i
}
