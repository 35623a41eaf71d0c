package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/correlate"
	"diagnose/source"
)

// clock answers for what time stamps leave out: the year, the day, the zone. It puts
// the entries that were kept of all streams on one clock, and says what it inferred.
type clock struct {
	now     time.Time      // --now: stamps without a year lie before it
	zones   []zoneFlag     // --tz GLOB=ZONE
	zone    *time.Location // --tz ZONE, for streams of which nothing else tells it
	streams map[string]*streamClock
	notes   []diagnose.Quality
	skewed  []correlate.Offset // pairs of streams whose clocks differ
}

// streamClock is what was found out about the stamps of one stream.
type streamClock struct {
	dates *correlate.Dates
	from  dateSource
	zone  *time.Location // of stamps that name none; nil is UTC
	mixed bool           // some stamps name one
}

// dateSource is what a year or a day was inferred from.
type dateSource uint8

const (
	fromNeighbours dateSource = iota + 1
	fromNow
	fromName
	fromRotation
	fromFile
	fromOthers
	fromNothing
)

var dateSources = [...]string{
	fromNeighbours: "complete ones near them",
	fromNow:        "--now",
	fromName:       "the date in the file's name",
	fromRotation:   "the file that took its place in the rotation",
	fromFile:       "the file's time stamp (--now overrides it)",
	fromOthers:     "the other logs (--now overrides it)",
}

// reference is the time before which a stamp without a year lies, for an entry by
// itself: settle knows better once its neighbours are there.
func (c clock) reference(s *source.Stream) time.Time {
	if !c.now.IsZero() {
		return c.now
	}
	return s.ModTime
}

// settle dates the entries, which are in line order inside each stream, and brings
// them to UTC. It may be called again with more entries.
func (c *clock) settle(streams []*source.Stream, entries []*diagnose.Entry) {
	by := map[string][]*diagnose.Entry{}
	for own := range runsOf(entries) {
		name := own[0].Stream
		if by[name] == nil {
			by[name] = own[:len(own):len(own)]
		} else {
			by[name] = append(by[name], own...)
		}
	}
	c.streams, c.notes, c.skewed = map[string]*streamClock{}, nil, nil
	c.date(streams, by)
	c.zoneStreams(streams, entries, by)
	c.compare(entries)
	c.notes = append(c.notes, c.dateNotes(streams)...)
}

// settleOne does for an entry that settle was not given what settle did for the
// others of its stream.
func (c *clock) settleOne(e *diagnose.Entry) {
	if s := c.streams[e.Stream]; s != nil {
		s.dates.DateEntry(e)
		shiftEntry(e, s.zone)
	}
}

// settleSpan does the same for times that were read without their neighbours. Where
// those decided what the numbers of dates mean, such times are worth nothing.
func (c *clock) settleSpan(stream string, x span) span {
	s := c.streams[stream]
	switch {
	case s == nil || x.from.IsZero():
	case s.dates.Numbers > 0:
		return span{}
	case s.zone != nil && !s.mixed:
		x.from, x.to = inZone(x.from, s.zone), inZone(x.to, s.zone)
	}
	return x
}

// date completes years and days, of a rotation the newest file first: it bounds the
// ones before. What has complete stamps of its own needs nothing else; of the rest those
// are left for last of which nothing tells when they were written: they follow the others.
func (c *clock) date(streams []*source.Stream, by map[string][]*diagnose.Entry) {
	copied := copies(streams, by)
	var open []string
	var latest time.Time
	bounds := map[string]time.Time{} // the first time of the file that took a family's place
	for _, s := range rotationOrder(streams) {
		ref, from := c.latest(s, bounds[family(s.Name)])
		if ref.IsZero() || from == fromFile && copied {
			ref = time.Time{}
			open = append(open, s.Name)
		}
		c.dateStream(s.Name, by[s.Name], correlate.End{Time: ref}, from)
		first, last := dated(by[s.Name])
		if !first.IsZero() {
			bounds[family(s.Name)] = first
		}
		latest = later(latest, last)
	}
	from := fromOthers
	if latest.IsZero() {
		latest, from = lastUndated(by), fromNothing
	}
	for _, name := range open {
		first, _ := dated(by[name])
		if latest.IsZero() || !first.IsZero() || from == fromNothing && c.streams[name].dates.Years > 0 {
			continue
		}
		c.dateStream(name, by[name], correlate.End{Time: latest, About: true}, from)
	}
}

// copies reports whether the files' time stamps are those of copies: of the files whose
// stamps are complete none was written when its time stamp says.
func copies(streams []*source.Stream, by map[string][]*diagnose.Entry) bool {
	const zones = 26 * time.Hour // between any two places
	some := false
	for _, s := range streams {
		var last time.Time
		for _, e := range by[s.Name] {
			if e.Lacks&(diagnose.LacksYear|diagnose.LacksDay|diagnose.LacksOrder|diagnose.ShortYear) == 0 {
				last = later(last, e.Stamp)
			}
		}
		if last.IsZero() || s.ModTime.IsZero() {
			continue
		}
		if some = true; s.ModTime.Sub(last).Abs() < zones {
			return false
		}
	}
	return some
}

func (c *clock) dateStream(name string, entries []*diagnose.Entry, end correlate.End, from dateSource) {
	s := &streamClock{from: from, dates: correlate.DateStream(entries, end)}
	for _, e := range entries {
		if e.Lacks&(diagnose.LacksYear|diagnose.LacksDay) == 0 && !e.Time.IsZero() {
			s.from = fromNeighbours
			break
		}
	}
	c.streams[name] = s
}

// latest returns when a stream was written last, as far as can be known without
// reading it, and what tells that.
func (c *clock) latest(s *source.Stream, next time.Time) (time.Time, dateSource) {
	best, from := s.ModTime, fromFile
	if best.IsZero() {
		from = fromNothing
	}
	if !c.now.IsZero() {
		best, from = c.now, fromNow
	}
	for _, x := range []struct {
		t    time.Time
		from dateSource
	}{{nameDate(s.Name), fromName}, {next, fromRotation}} {
		if !x.t.IsZero() && (best.IsZero() || x.t.Before(best)) {
			best, from = x.t, x.from
		}
	}
	return best, from
}

// dated returns the first and the last date among entries.
func dated(entries []*diagnose.Entry) (first, last time.Time) {
	for _, e := range entries {
		if t := e.Time; diagnose.Dated(t) {
			if first.IsZero() || t.Before(first) {
				first = t
			}
			last = later(last, t)
		}
	}
	return first, last
}

// lastUndated is the last time of streams that have months and days, for those
// that have times of day only: comparable with one another, if not dates.
func lastUndated(by map[string][]*diagnose.Entry) (last time.Time) {
	for _, entries := range by {
		for _, e := range entries {
			if e.Lacks&diagnose.LacksYear != 0 {
				last = later(last, e.Time)
			}
		}
	}
	return last
}

// rotationOrder returns the streams with the newest of each rotation first: log
// before log.1 before log.2, and later dates in names before earlier ones.
func rotationOrder(streams []*source.Stream) []*source.Stream {
	out := slices.Clone(streams)
	slices.SortStableFunc(out, func(a, b *source.Stream) int {
		return cmp.Or(cmp.Compare(family(a.Name), family(b.Name)), rotationAge(b.Name).Compare(rotationAge(a.Name)), cmp.Compare(rotationNumber(a.Name), rotationNumber(b.Name)))
	})
	return out
}

// rotationAge is the date in a name; the file that has none is the newest.
func rotationAge(name string) time.Time {
	if t := nameDate(name); !t.IsZero() {
		return t
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}

// rotationNumber is the number that logrotate and log4j append, 0 without one.
func rotationNumber(name string) int {
	rest := strings.TrimPrefix(name, family(name))
	n := 0
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r < '0' || r > '9' }) {
		if n = 0; len(part) <= 5 {
			for _, r := range part {
				n = n*10 + int(r-'0')
			}
		}
	}
	return n
}

// nameDate reads the date in the last part of a name, at noon: messages-20240101.gz,
// catalina.2024-01-01.log.
func nameDate(name string) time.Time {
	name = name[strings.LastIndexAny(name, "/:\\")+1:]
	for i := range name {
		if i > 0 && name[i-1]-'0' <= 9 {
			continue
		}
		for _, layout := range []string{"20060102", "2006-01-02", "2006_01_02", "2006.01.02"} {
			end := i + len(layout)
			if end > len(name) || end < len(name) && name[end]-'0' <= 9 {
				continue
			}
			if t, err := time.Parse(layout, name[i:end]); err == nil && t.Year() >= 1990 && t.Year() < 2100 {
				return t.Add(12 * time.Hour)
			}
		}
	}
	return time.Time{}
}

// dateNotes says what was inferred of dates, one note for each source.
func (c *clock) dateNotes(streams []*source.Stream) (notes []diagnose.Quality) {
	var years, days [fromNothing + 1]int
	for _, s := range streams {
		x := c.streams[s.Name]
		if x == nil {
			continue
		}
		if x.dates.Years > 0 {
			years[x.from]++
		}
		if x.dates.Days > 0 {
			days[x.from]++
		}
		if x.dates.Numbers > 0 {
			notes = append(notes, diagnose.Quality{Place: s.Name, Text: numbersNote(x.dates)})
		}
	}
	for from, text := range dateSources {
		if text == "" {
			continue
		}
		if years[from] > 0 {
			notes = append(notes, diagnose.Quality{Text: "some time stamps have no year: it was inferred from " + text})
		}
		if days[from] > 0 {
			notes = append(notes, diagnose.Quality{Text: "some time stamps have no date: it was inferred from " + text})
		}
	}
	if years[fromNothing] > 0 {
		notes = append(notes, diagnose.Quality{Text: "some time stamps have no year, and nothing tells it (--now does)"})
	}
	if days[fromNothing] > 0 {
		notes = append(notes, diagnose.Quality{Text: "some time stamps have no date, and nothing tells it (--now does)"})
	}
	return notes
}

func numbersNote(d *correlate.Dates) string {
	if d.Certain {
		return fmt.Sprintf("its dates are read as %s: only so do they run forward", d.Layout)
	}
	return fmt.Sprintf("its dates are read as %s; they could be read in another order as well", d.Layout)
}

// gmtLogs are CloudStack's logs whose pattern in log4j-cloud.xml writes GMT,
// whatever zone the machine keeps: the system VMs' and the usage server's.
var gmtLogs = []string{"cloud.log", "cloud.out", "usage.log"}

// writesGMT reports whether the stream is one of gmtLogs, rotated or not.
func writesGMT(name string, entries []*diagnose.Entry) bool {
	base := path.Base(family(name))
	base = base[strings.LastIndexByte(base, ':')+1:]
	return slices.Contains(gmtLogs, base) && slices.ContainsFunc(entries, func(e *diagnose.Entry) bool { return strings.HasPrefix(e.Format, "cloudstack") })
}
