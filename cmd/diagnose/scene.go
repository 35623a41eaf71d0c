package main

import (
	"time"

	"diagnose/correlate"
	"diagnose/rules"
)

// scene is what the rules are judged in: the cases, and how far each log
// reaches.
func (e *engine) scene(c *collected, tied *correlate.Result, order *chronicle) rules.Scene {
	s := rules.Scene{Case: tied.Case, Complete: e.complete, At: order.at, Users: e.base.Users(), Meter: e.cost.rules()}
	spans := map[string]span{}
	all := e.chronologies(c.entries)
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
	for _, entry := range c.entries {
		see(entry.Time)
		// Of a stream of which only ends of blocks were read, entries may lie beyond.
		x := spans[entry.Stream]
		if t := entry.Time; !t.IsZero() {
			if x.from.IsZero() {
				x.from = t
			}
			spans[entry.Stream] = span{from: earlier(x.from, t), to: later(x.to, t)}
		}
	}
	s.Span = func(stream string) (first, last time.Time) { return spans[stream].from, spans[stream].to }
	return s
}
