package main

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"diagnose"
	"diagnose/correlate"
)

// maxTimeline bounds the entries of a case's time line.
const maxTimeline = 10_000

// casePass reads everything once more for the time line of the case that was
// asked for. It parses every entry: a person waits for one answer, and a name
// such as a VM's may stand anywhere.
func (e *engine) casePass(ctx context.Context) error {
	if e.case_ == "" {
		return nil
	}
	var c collected
	for _, k := range e.keepers {
		k.collect(&c)
	}
	e.clock.settle(e.streams, c.entries)
	var ids []*diagnose.Entry
	untied := 0
	err := e.everyEntry(ctx, func(entry *diagnose.Entry) {
		switch {
		case len(entry.IDs) == 0 && len(entry.Mentions) == 0:
		case len(ids) == maxOther:
			untied++
		default:
			ids = append(ids, light(entry))
		}
	})
	if err != nil {
		return err
	}
	tied := correlate.Tie(ids)
	lost := 0
	err = e.everyEntry(ctx, func(entry *diagnose.Entry) {
		if !e.window.holds(entry.Time) || !inCase(tied.Case(entry), entry, e.case_) {
			return
		}
		if len(e.whole) == maxTimeline {
			lost++
			return
		}
		e.whole = append(e.whole, entry)
	})
	if len(e.whole) == 0 {
		e.notes = append(e.notes, diagnose.Quality{Text: "nothing in the logs bears the name " + e.case_, Weighs: true})
	}
	if untied > 0 {
		e.notes = append(e.notes, diagnose.Quality{Text: fmt.Sprintf("of the entries with ids the first %d were tied to cases, %d more were not: the time line holds of those only what names %s", maxOther, untied, e.case_)})
	}
	if lost > 0 {
		e.notes = append(e.notes, diagnose.Quality{Text: "the time line was cut at 10000 entries"})
	}
	return err
}

// everyEntry is allEntries without touching the totals of the first pass.
func (e *engine) everyEntry(ctx context.Context, f func(*diagnose.Entry)) error {
	stats, lines := e.stats, e.lines
	err := e.allEntries(ctx, func(_ int, entry *diagnose.Entry) {
		e.clock.settleOne(entry)
		f(entry)
	})
	e.stats, e.lines = stats, lines
	return err
}

// timeline is the entries of the case in (time, stream, line) order.
func (e *engine) timeline() []*diagnose.Entry {
	order := newChronicle(e.whole)
	out := slices.Clone(e.whole)
	sort.SliceStable(out, func(i, j int) bool { return order.before(out[i], out[j]) })
	return out
}
