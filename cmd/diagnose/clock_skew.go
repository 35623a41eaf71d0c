package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/correlate"
)

// minSkew is how far the clocks of two streams must be apart to be worth saying: a
// few seconds pass between a line and what it tells of.
const minSkew = 3 * time.Second

// minCalls is how many calls must agree on it.
const minCalls = 3

// compare finds clocks that differ, by calls that both sides logged. No time is
// changed for it.
func (c *clock) compare(entries []*diagnose.Entry) {
	for _, o := range correlate.Offsets(entries) {
		if o.Away() < minSkew || o.Votes < minCalls || o.Votes*3 < o.Of*2 || family(o.A) == family(o.B) {
			continue
		}
		c.skewed = append(c.skewed, o)
		ahead, behind := o.B, o.A
		if o.High < 0 {
			ahead, behind = behind, ahead
		}
		c.notes = append(c.notes, diagnose.Quality{Place: ahead, Text: fmt.Sprintf("its clock is ahead of that of %s by about %s, as %s show: their times are given as they stand", behind, lasted(o.Middle().Abs().Round(time.Second)), times(o.Votes, "call"))})
	}
}

// uncertain returns how far the order of entries of two streams may be wrong.
func (c *clock) uncertain(a, b string) time.Duration {
	for _, o := range c.skewed {
		if o.A == a && o.B == b || o.A == b && o.B == a {
			return o.Error()
		}
	}
	return 0
}

// orderNotes says where a cause and what it explains stand so near one another, in
// streams whose clocks differ, that their order is not certain.
func (c *clock) orderNotes(v *diagnose.Verdict, at func(*diagnose.Entry) time.Time) (notes []diagnose.Quality) {
	for _, cause := range v.Causes {
		for _, x := range cause.Explains {
			for _, a := range cause.Evidence {
				for _, b := range x.Evidence {
					notes = append(notes, c.orderNote(a.Entry, b.Entry, at)...)
				}
			}
		}
	}
	slices.SortFunc(notes, func(a, b diagnose.Quality) int { return strings.Compare(a.Text, b.Text) })
	return slices.Compact(notes)
}

func (c *clock) orderNote(a, b *diagnose.Entry, at func(*diagnose.Entry) time.Time) []diagnose.Quality {
	by := c.uncertain(a.Stream, b.Stream)
	from, to := at(a), at(b)
	if by == 0 || from.IsZero() || to.IsZero() || to.Sub(from).Abs() > by {
		return nil
	}
	first, second := a.Stream, b.Stream
	if second < first {
		first, second = second, first
	}
	return []diagnose.Quality{{Text: fmt.Sprintf("the order of %s and %s is uncertain by %s, and a cause and what it explains stand nearer than that", first, second, lasted(by.Round(time.Second))), Weighs: true}}
}
