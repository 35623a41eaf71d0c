package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/source"
)

// chronology is when one stream has entries, as far as was seen: spans in the
// order of the stream. It tells what a log cannot know: that it ends before the
// failure, begins after its cause, or is silent around it.
type chronology struct {
	spans []span

	back    int           // how often the time goes back by more than jumpBack
	most    time.Duration // the furthest
	mostAt  int           // its line, 0 where lines are not known
	pause   time.Duration // the longest silence but the last one
	silence span          // where that is: from the end of one span to the start of the next
}

// span is a stretch of a stream: the first and the last time in it.
type span struct {
	from, to time.Time
	line     int // of the first entry, 0 where it is not known
}

// jumpBack is how far the time of a stream may go back without a word: writers
// with threads and buffers are out of order by seconds.
const jumpBack = 2 * time.Minute

// add appends a span; one without a time says nothing.
func (c *chronology) add(s span) {
	if s.from.IsZero() {
		return
	}
	if n := len(c.spans); n > 0 {
		last := c.spans[n-1]
		d := s.from.Sub(last.to)
		if -d > jumpBack {
			c.back++
			if -d > c.most {
				c.most, c.mostAt = -d, s.line
			}
		}
		if d > c.pause {
			c.pause, c.silence = d, span{from: last.to, to: s.from, line: s.line}
		}
		if last.to.Equal(s.from) && s.from.Equal(s.to) {
			return
		}
	}
	if len(c.spans) == maxSpans {
		c.halve()
	}
	c.spans = append(c.spans, s)
}

// maxSpans bounds what is kept of one stream. Beyond it neighbours are joined.
const maxSpans = 4096

func (c *chronology) halve() {
	kept := c.spans[:0]
	for i := 0; i+1 < len(c.spans); i += 2 {
		a, b := c.spans[i], c.spans[i+1]
		kept = append(kept, span{earlier(a.from, b.from), later(a.to, b.to), a.line})
	}
	c.spans = kept
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// bounds returns the earliest and the latest time.
func (c *chronology) bounds() (from, to time.Time) {
	for i, s := range c.spans {
		if i == 0 {
			from, to = s.from, s.to
		}
		from, to = earlier(from, s.from), later(to, s.to)
	}
	return from, to
}

// silentAround returns the silence of the stream that holds t, when it is longer
// than the stream is ever silent otherwise.
func (c *chronology) silentAround(t time.Time) (span, bool) {
	s := c.silence
	if c.pause < minSilence || !s.from.Before(t) || !t.Before(s.to) {
		return span{}, false
	}
	second := time.Duration(0)
	for i := 1; i < len(c.spans); i++ {
		if d := c.spans[i].from.Sub(c.spans[i-1].to); d > second && !c.spans[i-1].to.Equal(s.from) {
			second = d
		}
	}
	return s, c.pause > unusual*second
}

// A silence weighs when it is as long as minSilence and unusual times as long as
// any other of the same log. Logs that are always quiet tell nothing by it.
const (
	minSilence = time.Minute
	unusual    = 3
)

// sampleEntries is how many entries at each end of a block are read to find one
// that bears a time.
const sampleEntries = 16

// span reads the first and the last time of the block's core.
func (r *reader) span(now clock) span {
	var s span
	pos := r.b.From
	for i := 0; i < sampleEntries && pos < r.b.To && s.from.IsZero(); i++ {
		start, end := r.finder.Bounds(pos)
		s.from = r.timeOf(start, end, now)
		pos = max(end, pos+1)
	}
	pos = r.b.To
	for i := 0; i < sampleEntries && pos > r.b.From && s.to.IsZero(); i++ {
		start, end := r.finder.Bounds(pos - 1)
		s.to = r.timeOf(start, end, now)
		pos = min(start, pos-1)
	}
	if s.to.IsZero() {
		s.to = s.from
	}
	return s
}

// digitWithin is how far into an entry a stamp's first digit is looked for: a
// piece of a hole in a sparse file, or of some other endless line, has none, and is
// not worth parsing.
const digitWithin = 4 << 10

func (r *reader) timeOf(start, end int, now clock) time.Time {
	if bytes.IndexFunc(r.b.Text[start:min(end, start+digitWithin)], isDigit) < 0 {
		return time.Time{}
	}
	e := r.parser.Parse(r.b.Text[start:end], now.reference(r.stream))
	return e.Time
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

// chronologies returns one of each stream: by its entries where the stream was
// read whole, by the ends of its blocks otherwise.
func (e *engine) chronologies(entries []*diagnose.Entry) map[string]*chronology {
	all := map[string]*chronology{}
	whole := map[string]bool{}
	for i, s := range e.streams {
		c := &chronology{}
		all[s.Name], whole[s.Name] = c, e.wholly[i]
		if !e.wholly[i] && i < len(e.spans) {
			for _, x := range e.spans[i] {
				c.add(e.clock.settleSpan(s.Name, x))
			}
		}
	}
	for own := range runsOf(entries) {
		if c := all[own[0].Stream]; whole[own[0].Stream] {
			for _, entry := range own {
				c.add(span{entry.Time, entry.Time, entry.Line})
			}
		}
	}
	return all
}

// moment is an entry that the verdict rests on.
type moment struct {
	at    time.Time
	entry *diagnose.Entry
}

// moments returns the first and the last dated entry of what the verdict calls
// wrong.
func moments(v *diagnose.Verdict, at func(*diagnose.Entry) time.Time) (first, last moment) {
	see := func(list []diagnose.Evidence) {
		for _, ev := range list {
			t := at(ev.Entry)
			if t.IsZero() {
				continue
			}
			if first.entry == nil || t.Before(first.at) {
				first = moment{t, ev.Entry}
			}
			if last.entry == nil || t.After(last.at) {
				last = moment{t, ev.Entry}
			}
		}
	}
	for _, c := range slices.Concat(v.Causes, v.Symptoms) {
		see(c.Evidence)
		for _, x := range c.Explains {
			see(x.Evidence)
		}
	}
	if first.entry == nil {
		for _, g := range v.Unexplained {
			see(g.Evidence)
		}
	}
	return first, last
}

// dataQuality says where the logs do not reach the failure that they are asked
// about.
func (e *engine) dataQuality(v *diagnose.Verdict, all map[string]*chronology, at func(*diagnose.Entry) time.Time) {
	if v.Kind == diagnose.VerdictClean {
		return
	}
	first, last := moments(v, at)
	told, latest := speakers(v), latestOf(e.streams, all)
	var ends, begins, silent []diagnose.Quality
	for _, s := range e.streams {
		c := all[s.Name]
		if c.back > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Place: s.Name, Text: c.jumps()})
		}
		from, to := c.bounds()
		if last.entry == nil || told[s.Name] || from.IsZero() {
			continue
		}
		switch gap, quiet := c.silentAround(last.at); {
		case latest[family(s.Name)].After(to):
			// It goes on in the file that took its place.
		case to.Before(last.at) && c.stopped(last.at.Sub(to)) && last.at.Sub(to) < related:
			ends = append(ends, note(s.Name, "ends at %s, %s before the failure (%s)", diagnose.ClockText(to), lasted(last.at.Sub(to)), where(last)))
		case from.After(first.at) && from.Sub(first.at) < related && s.Name != first.entry.Stream && c.stopped(from.Sub(first.at)):
			begins = append(begins, note(s.Name, "begins at %s, %s after the first sign of the failure (%s)", diagnose.ClockText(from), lasted(from.Sub(first.at)), where(first)))
		case quiet:
			silent = append(silent, note(s.Name, "has nothing between %s and %s, and the failure falls into it (%s)", diagnose.ClockText(gap.from), diagnose.ClockText(gap.to), where(last)))
		}
	}
	for _, list := range [][]diagnose.Quality{ends, begins, silent} {
		v.Quality = append(v.Quality, few(list)...)
	}
}

// speakers are the streams that say something of the failure themselves. One that
// ends with it has nothing to add.
func speakers(v *diagnose.Verdict) map[string]bool {
	told := map[string]bool{}
	see := func(list []diagnose.Evidence) {
		for _, ev := range list {
			told[ev.Entry.Stream] = true
		}
	}
	for _, c := range slices.Concat(v.Causes, v.Symptoms) {
		see(c.Evidence)
		for _, x := range c.Explains {
			see(x.Evidence)
		}
	}
	for _, g := range v.Unexplained {
		see(g.Evidence)
	}
	return told
}

// family is the name that a log and its rotated predecessors share: without the
// numbers and dates that logrotate and log4j append, and what compressed it.
func family(name string) string {
	for {
		short := strings.TrimRight(name, "0123456789-_.")
		for _, ext := range []string{".gz", ".zst", ".xz", ".bz2", ".lz4", ".zip", ".old"} {
			short = strings.TrimSuffix(short, ext)
		}
		if short == name || short == "" {
			return name
		}
		name = short
	}
}

// latestOf returns when each family of logs ends.
func latestOf(streams []*source.Stream, all map[string]*chronology) map[string]time.Time {
	latest := map[string]time.Time{}
	for _, s := range streams {
		_, to := all[s.Name].bounds()
		name := family(s.Name)
		latest[name] = later(latest[name], to)
	}
	return latest
}

// related is how far from a failure a log may end and still be thought of the same
// time. A directory holds the logs of many days.
const related = 12 * time.Hour

// stopped reports whether a silence of d is more than the pauses that this log
// makes anyway.
func (c *chronology) stopped(d time.Duration) bool {
	return len(c.spans) > 1 && d >= minSilence && d > unusual*c.pause
}

func (c *chronology) jumps() string {
	where := ""
	if c.mostAt > 0 {
		where = fmt.Sprintf(" at line %d", c.mostAt)
	}
	if c.back == 1 {
		return fmt.Sprintf("the time goes back by %s%s: several runs in one file, or a clock that was set", lasted(c.most), where)
	}
	return fmt.Sprintf("the time goes back %d times, most by %s%s: several runs in one file, or a clock that was set", c.back, lasted(c.most), where)
}

func note(stream, format string, args ...any) diagnose.Quality {
	return diagnose.Quality{Place: stream, Text: fmt.Sprintf(format, args...), Weighs: true}
}

// shownStreams is how many streams are named for one kind of note.
const shownStreams = 3

// few keeps the first notes of a kind and counts the rest.
func few(list []diagnose.Quality) []diagnose.Quality {
	if len(list) <= shownStreams {
		return list
	}
	last := list[shownStreams-1]
	last.Text += fmt.Sprintf("; and so it is with %d more logs", len(list)-shownStreams)
	return append(list[:shownStreams-1:shownStreams-1], last)
}

func where(m moment) string { return fmt.Sprintf("%s:%d", m.entry.Stream, m.entry.Line) }

// lasted is a duration as people say it, with its two largest units.
func lasted(d time.Duration) string {
	day := 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", int(d/day))
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d/time.Hour), int(d%time.Hour/time.Minute))
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", int(d/time.Minute), int(d%time.Minute/time.Second))
	}
	return cmp.Or(d.Round(time.Millisecond), time.Millisecond).String()
}
