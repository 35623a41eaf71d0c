package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // --tz takes names also where no tz database is installed

	"diagnose"
	"diagnose/correlate"
	"diagnose/source"
)

// zoneFlag is one --tz GLOB=ZONE.
type zoneFlag struct {
	glob string
	zone *time.Location
}

// addZone reads a --tz: ZONE or GLOB=ZONE.
func (c *clock) addZone(value string) error {
	glob, name, some := strings.Cut(value, "=")
	if !some {
		glob, name = "", value
	}
	zone, err := parseZone(name)
	if err != nil {
		return err
	}
	if !some {
		c.zone = zone
		return nil
	}
	if _, err := path.Match(glob, ""); err != nil {
		return fmt.Errorf("%q is no pattern of file names", glob)
	}
	c.zones = append(c.zones, zoneFlag{glob, zone})
	return nil
}

// parseZone reads UTC, +08:00, +0800, +8 and the names of the tz database.
func parseZone(name string) (*time.Location, error) {
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, name); err == nil {
			_, offset := t.Zone()
			return time.FixedZone(name, offset), nil
		}
	}
	if len(name) == 2 && strings.ContainsAny(name[:1], "+-") && name[1]-'0' <= 9 {
		return parseZone(name[:1] + "0" + name[1:])
	}
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("%q is no time zone: write +08:00, UTC, Asia/Shanghai, or 'agent*.log=+08:00' for some files", name)
}

// zoneStreams finds out in which zone the stamps without one are, by what is surest
// first, and brings those entries to UTC.
func (c *clock) zoneStreams(streams []*source.Stream, entries []*diagnose.Entry, by map[string][]*diagnose.Entry) {
	known := map[string]time.Duration{} // streams that are on UTC: always 0
	var open []string
	for _, s := range streams {
		list := by[s.Name]
		own, hasOwn := correlate.OwnZone(list)
		flagged := c.flagged(s.Name)
		switch {
		case !lacksZone(list):
			if len(list) > 0 {
				known[s.Name] = 0
			}
			continue
		case flagged != nil:
			c.shift(s.Name, list, flagged)
		case hasOwn:
			usual := c.base(list)
			c.shift(s.Name, list, fixedZone(own.Offset))
			c.zoneNote(s.Name, own.Offset, usual, fmt.Sprintf("by %s next to stamps that name one", times(own.Votes, "stamp")))
		case writesGMT(s.Name, list):
		default:
			open = append(open, s.Name)
			continue
		}
		known[s.Name] = 0
	}
	if len(open) == 0 {
		return
	}
	links := correlate.Links(entries)
	c.spread(links, known, open, by)
	if c.zone == nil {
		c.byFileTime(streams, known, open, by)
		c.spread(links, known, open, by)
	}
	c.rest(links, known, open, by)
}

func lacksZone(entries []*diagnose.Entry) bool {
	return slices.ContainsFunc(entries, func(e *diagnose.Entry) bool {
		return e.Lacks&(diagnose.LacksZone|diagnose.WrapperZone) == diagnose.LacksZone && !e.Time.IsZero()
	})
}

// flagged is the zone that --tz names for the stream: the last whose pattern fits the
// name or its last part.
func (c *clock) flagged(name string) (zone *time.Location) {
	base := name[strings.LastIndexAny(name, "/:")+1:]
	for _, f := range c.zones {
		whole, _ := path.Match(f.glob, name)
		last, _ := path.Match(f.glob, base)
		if whole || last {
			zone = f.zone
		}
	}
	return zone
}

// spread gives open streams the zones that shared ids with known ones tell.
func (c *clock) spread(links []correlate.Link, known map[string]time.Duration, open []string, by map[string][]*diagnose.Entry) {
	offsets := maps.Clone(known)
	isOpen := setOf(open)
	decided := correlate.Spread(links, offsets, func(stream string) bool { return isOpen[stream] })
	for _, name := range slices.Sorted(maps.Keys(decided)) {
		c.shift(name, by[name], fixedZone(offsets[name]))
		c.linkNote(decided[name], offsets[name], c.base(by[name]))
		known[name] = 0
		relink(links, name, offsets[name])
	}
}

// relink takes the offset of a stream that was brought to UTC off its links.
func relink(links []correlate.Link, name string, offset time.Duration) {
	if offset == 0 {
		return
	}
	for i := range links {
		switch name {
		case links[i].Stream:
			links[i].Ahead -= offset
		case links[i].Other:
			links[i].Ahead += offset
		}
	}
}

// byFileTime finds zones by the files' time stamps.
func (c *clock) byFileTime(streams []*source.Stream, known map[string]time.Duration, open []string, by map[string][]*diagnose.Entry) {
	for _, s := range streams {
		list := by[s.Name]
		if _, ok := known[s.Name]; ok || !slices.Contains(open, s.Name) || s.ModTime.IsZero() || c.streams[s.Name].from != fromNeighbours {
			continue
		}
		last := list[len(list)-1]
		if zone, ok := correlate.FileZone(last.Time, s.ModTime); ok && diagnose.Dated(last.Time) {
			c.shift(s.Name, list, fixedZone(zone.Offset))
			c.zoneNote(s.Name, zone.Offset, 0, "since the file's time stamp is that of its last line but for the zone")
			known[s.Name] = 0
		}
	}
}

// rest reads the streams that are left in the zone of --tz or in UTC. Of those that
// shared ids tie to one another one is, and the others follow it: with --tz the first
// that gives all of them a zone that exists, else the one that is furthest behind.
func (c *clock) rest(links []correlate.Link, known map[string]time.Duration, open []string, by map[string][]*diagnose.Entry) {
	isOpen := setOf(open)
	free := func(stream string) bool {
		_, ok := known[stream]
		return !ok && isOpen[stream]
	}
	for _, name := range open {
		if !free(name) {
			continue
		}
		all := len(correlate.Joined(links, name, free))
		tied := map[string]time.Duration{name: 0}
		correlate.Spread(links, tied, free)
		var ref string
		var best map[string]time.Duration
		for _, candidate := range slices.Sorted(maps.Keys(tied)) {
			offsets := map[string]time.Duration{candidate: c.base(by[candidate])}
			correlate.Spread(links, offsets, free)
			if len(offsets) > len(best) || len(offsets) == len(best) && c.zone == nil && least(offsets) > least(best) {
				best, ref = offsets, candidate
			}
			if len(best) == all && (c.zone != nil || least(best) == 0) {
				break // none can be better
			}
		}
		base := c.base(by[ref])
		c.shift(ref, by[ref], c.zone)
		known[ref] = 0
		relink(links, ref, base)
		c.spread(links, known, open, by)
	}
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

func least(offsets map[string]time.Duration) time.Duration {
	return slices.Min(slices.Collect(maps.Values(offsets)))
}

// base is the offset of --tz at the time of the entries.
func (c *clock) base(entries []*diagnose.Entry) time.Duration {
	if c.zone == nil {
		return 0
	}
	first, _ := dated(entries)
	return offsetAt(c.zone, first)
}

// shift brings the entries whose zone is not known from zone to UTC; nil is UTC.
func (c *clock) shift(name string, entries []*diagnose.Entry, zone *time.Location) {
	if zone == nil {
		return
	}
	c.streams[name].zone = zone
	for _, e := range entries {
		c.streams[name].mixed = c.streams[name].mixed || e.Lacks&diagnose.LacksZone == 0 && !e.Time.IsZero()
		shiftEntry(e, zone)
	}
}

func shiftEntry(e *diagnose.Entry, zone *time.Location) {
	if zone != nil && e.Lacks&(diagnose.LacksZone|diagnose.WrapperZone) == diagnose.LacksZone && !e.Time.IsZero() {
		e.Time = inZone(e.Time, zone)
	}
}

// inZone reads a time that was taken for UTC as one of zone.
func inZone(t time.Time, zone *time.Location) time.Time {
	if !diagnose.Dated(t) {
		return t.Add(-offsetAt(zone, t))
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UTC()
}

// offsetAt is the zone's distance to UTC at t; of a time without a date its present one
// in winter, since places kept the sun's time before zones were made.
func offsetAt(zone *time.Location, t time.Time) time.Duration {
	if !diagnose.Dated(t) {
		t = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

func fixedZone(offset time.Duration) *time.Location {
	return time.FixedZone(offsetText(offset), int(offset/time.Second))
}

// offsetText writes +08:00, or UTC.
func offsetText(d time.Duration) string {
	if d == 0 {
		return "UTC"
	}
	sign := '+'
	if d < 0 {
		sign, d = '-', -d
	}
	return fmt.Sprintf("%c%02d:%02d", sign, int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// zoneNote says that a stream's stamps are not read in the usual zone, and why.
func (c *clock) zoneNote(stream string, offset, usual time.Duration, why string) {
	if offset != usual {
		c.notes = append(c.notes, diagnose.Quality{Place: stream, Text: "its time stamps name no zone: taken as " + offsetText(offset) + ", " + why})
	}
}

func (c *clock) linkNote(l correlate.Link, offset, usual time.Duration) {
	way, apart := "after", offset-usual
	if apart < 0 {
		way, apart = "before", -apart
	}
	c.zoneNote(l.Stream, offset, usual, fmt.Sprintf("since what it shares with %s (%s) would otherwise come %s %s it is seen there", l.Other, times(l.Votes, "id"), lasted(apart), way))
}

func times(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
