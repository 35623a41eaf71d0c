package main

import (
	"iter"
	"time"

	"diagnose"
	"diagnose/correlate"
	"diagnose/rules"
)

// scene is what the rules are judged in: the cases, and how far each log
// reaches.
func (e *engine) scene(c *collected, tied *correlate.Result, order *chronicle, all map[string]*chronology) rules.Scene {
	cut := e.cut()
	complete := func(stream string) bool { return !cut[stream] }
	s := rules.Scene{Case: tied.Case, Complete: complete, At: order.at, Users: e.base.Users(c.hits), Meter: e.cost.rules()}
	spans := map[string]span{}
	latest := latestOf(e.streams, all)
	for _, stream := range e.streams {
		s.Streams = append(s.Streams, stream.Name)
		from, to := all[stream.Name].bounds()
		// A log goes on in the file that took its place.
		spans[stream.Name] = span{from: from, to: later(to, latest[family(stream.Name)])}
	}
	see := func(t time.Time) {
		if t.IsZero() {
			return
		}
		if s.First.IsZero() || t.Before(s.First) {
			s.First = t
		}
		s.Last = later(s.Last, t)
	}
	for _, x := range spans {
		see(x.from)
		see(x.to)
	}
	for own := range runsOf(c.entries) {
		// Of a stream of which only ends of blocks were read, entries may lie beyond.
		x := spans[own[0].Stream]
		for _, entry := range own {
			t := entry.Time
			if see(t); t.IsZero() {
				continue
			}
			if x.from.IsZero() {
				x.from = t
			}
			x.from, x.to = earlier(x.from, t), later(x.to, t)
		}
		spans[own[0].Stream] = span{from: x.from, to: x.to}
	}
	s.End = e.ends(cut, all, latest)
	s.Span = func(stream string) (first, last time.Time) { return spans[stream].from, spans[stream].to }
	return s
}

// ends tells the last lines of the streams that were read to an end which no
// younger file continues.
func (e *engine) ends(cut map[string]bool, all map[string]*chronology, latest map[string]time.Time) func(stream string) (line int, known bool) {
	files := map[string]int{}
	for _, stream := range e.streams {
		files[family(stream.Name)]++
	}
	lines := map[string]int{}
	for i, said := range e.said {
		name := e.streams[i].Name
		_, to := all[name].bounds()
		youngest := files[family(name)] == 1 || !to.IsZero() && to.Equal(latest[family(name)])
		if youngest && !cut[name] {
			lines[name] = int(said)
		}
	}
	return func(stream string) (int, bool) {
		line, known := lines[stream]
		return line, known
	}
}

// runsOf yields the stretches of entries that are of one stream.
func runsOf(entries []*diagnose.Entry) iter.Seq[[]*diagnose.Entry] {
	return func(yield func([]*diagnose.Entry) bool) {
		for from := 0; from < len(entries); {
			to := from + 1
			for to < len(entries) && entries[to].Stream == entries[from].Stream {
				to++
			}
			if !yield(entries[from:to]) {
				return
			}
			from = to
		}
	}
}
