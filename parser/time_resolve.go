package parser

import (
	"time"

	"diagnose"
)

// settleTime sets what the entry knows of its time: own is the stamp that its format
// read, around that of what carried the line; either may be zero. What the own stamp
// lacks is taken from the other one, which is of about the same moment. A year that
// neither has is the latest in which the stamp is no more than a day after ref; a
// better one needs the neighbours, and so does a day.
func settleTime(e *diagnose.Entry, own, around, ref time.Time) {
	if own.IsZero() {
		own, around = around, time.Time{}
	}
	if own.IsZero() {
		e.Time = time.Time{}
		return
	}
	own, zone := completeBy(own, around)
	e.Stamp, e.Lacks = own.UTC(), lacks(own)
	switch {
	case e.Lacks&diagnose.LacksDay != 0:
		e.Time = time.Time{}
	case e.Lacks&diagnose.LacksYear != 0:
		e.Time = latestYear(e.Stamp, ref)
		e.TimeInferred = !e.Time.IsZero()
	case zone.lacks == 0:
		e.Time = e.Stamp.Add(-zone.offset)
		e.Lacks |= diagnose.WrapperZone
	default:
		e.Time = e.Stamp
	}
}

// completeBy takes from the stamp around a line what its own stamp lacks: the day, the
// year, and, when that is what the clocks differ by, the zone.
func completeBy(own, around time.Time) (time.Time, zone) {
	l, known := lacks(own), lacks(around)
	if around.IsZero() || known&diagnose.LacksDay != 0 {
		return own, noZone
	}
	if l&diagnose.LacksDay != 0 {
		return around, noZone // also without its year
	}
	if known&diagnose.LacksYear != 0 {
		return own, noZone
	}
	if l&diagnose.LacksYear != 0 {
		own = nearestYear(own, around)
		l = lacks(own)
	}
	if l&diagnose.LacksZone == 0 || known&diagnose.LacksZone != 0 || l&(diagnose.LacksYear|diagnose.LacksOrder|diagnose.ShortYear) != 0 {
		return own, noZone
	}
	d := own.Sub(around)
	offset := d.Round(15 * time.Minute)
	if (d-offset).Abs() > 2*time.Minute || offset.Abs() > 14*time.Hour {
		return own, noZone
	}
	return own, zone{offset: offset}
}

// nearestYear puts a stamp without a year as near to t as it can be.
func nearestYear(stamp, t time.Time) time.Time {
	best := stamp
	for year := t.Year() - 1; year <= t.Year()+1; year++ {
		c, ok := inYear(stamp, year)
		if ok && (best.Year() == stamp.Year() || c.Sub(t).Abs() < best.Sub(t).Abs()) {
			best = c
		}
	}
	return best
}

// latestYear returns the stamp in the latest year in which it is a valid date not
// more than a day after ref; zero when ref is zero.
func latestYear(stamp, ref time.Time) time.Time {
	if ref.IsZero() {
		return time.Time{}
	}
	for year := ref.Year() + 1; year > ref.Year()-9; year-- {
		if t, ok := inYear(stamp, year); ok && !t.After(ref.Add(24*time.Hour)) {
			return t
		}
	}
	return time.Time{}
}

// inYear keeps the stamp's label; it is false for a 29 February in a year that has
// none.
func inYear(stamp time.Time, year int) (time.Time, bool) {
	t := time.Date(year, stamp.Month(), stamp.Day(), stamp.Hour(), stamp.Minute(), stamp.Second(), stamp.Nanosecond(), stamp.Location())
	return t, t.Day() == stamp.Day()
}

// noteClock gives e, unless it is nil or knows better, the time of day that b begins
// with.
func noteClock(b []byte, e *diagnose.Entry) {
	if e != nil && e.Time.IsZero() {
		e.Time, _ = readClock(b)
	}
}
