package index

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The days from one on, and those before it, are those that lie in one of its spans,
// and in only one.
func TestSpansAreTheDays(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	first := time.Date(1965, 1, 1, 0, 0, 0, 0, time.UTC)
	var widest []string
	for day := range 40_000 {
		spans := spansOf(first.AddDate(0, 0, day))
		if w := spans[spanLevels-1]; len(widest) == 0 || widest[len(widest)-1] != w {
			widest = append(widest, w)
		}
	}
	if !slices.IsSorted(widest) {
		t.Fatalf("spans do not sort by time: %q", widest)
	}
	most := 0
	for range 4000 {
		limit := first.AddDate(0, 0, r.IntN(40_000))
		at := limit.AddDate(0, 0, r.IntN(4000)-2000)
		if r.IntN(4) == 0 {
			at = limit.AddDate(0, 0, r.IntN(3)-1)
		}
		at = at.Add(time.Duration(r.IntN(24*60*60)) * time.Second)
		if at.Before(first) || !at.Before(first.AddDate(0, 0, 40_000)) {
			continue
		}
		has := spansOf(at)
		for _, after := range []bool{true, false} {
			spans := spansFrom(dayNumber(limit), after, widest)
			most = max(most, len(spans))
			in := 0
			for _, s := range spans {
				if slices.Contains(has, s) {
					in++
				}
			}
			if want := !at.Before(limit) == after; (in == 1) != want || in > 1 {
				t.Fatalf("%v lies in %d spans of the days %v, after: %t", at, in, limit, after)
			}
		}
	}
	if longest := 3*(spanLevels-1) + len(widest); most > longest {
		t.Errorf("%d spans for one query, at most %d are needed", most, longest)
	}
}
