package correlate

import (
	"sort"
	"time"

	"diagnose"
)

// How far the stamps of one stream may go back before that means a new day or a
// new year: writers with threads are out of order by seconds, clocks are set back by
// an hour in autumn, and rotated files that were joined in the wrong order go back by
// up to a month.
const (
	backInDay  = 2 * time.Hour
	backInYear = 31 * 24 * time.Hour
	day        = 24 * time.Hour
	halfYear   = 183 * day
)

// Dates is what was inferred of the dates of one stream.
type Dates struct {
	Years, Days int // entries whose year, whose day was inferred
	Numbers     int // entries whose date is numbers in an order that was inferred
	Layout      string
	Certain     bool // of Layout: no other order lets the stream run forward as well

	orders map[diagnose.Lacks]order
	marks  []*diagnose.Entry // those with a full time, in line order
}

// End is when a stream ends, as something outside it tells: its last stamp is the one
// nearest to Time, of those without a year the last that is not more than a day after.
// Where Time is zero such times are undated.
type End struct {
	Time  time.Time
	About bool // years too are the nearest, before Time or after
}

// DateStream completes the stamps of one stream, in line order, that lack a year or a
// day or the order of their numbers, and sets Time and TimeInferred of those entries;
// a time whose zone is not known is as if it were UTC. A stamp takes what it lacks from
// the nearest complete one before it, or after it where none stands before; where the
// stream has none, from end, where the stream ends. What it sets follows from Stamp and
// Lacks, so it may be called again when entries were added.
func DateStream(entries []*diagnose.Entry, end End) *Dates {
	d := &Dates{orders: map[diagnose.Lacks]order{}}
	for _, e := range entries {
		reset(e)
	}
	d.orderNumbers(entries, end)
	d.Years = complete(entries, end, diagnose.LacksYear)
	d.Days = complete(entries, end, diagnose.LacksDay)
	if d.Years+d.Days > 0 {
		for _, e := range entries {
			if !e.Time.IsZero() {
				d.marks = append(d.marks, &diagnose.Entry{Offset: e.Offset, Time: local(e)})
			}
		}
	}
	return d
}

// reset undoes what was inferred.
func reset(e *diagnose.Entry) {
	switch {
	case e.Stamp.IsZero() || e.Lacks&diagnose.WrapperZone != 0:
	case partial(e):
		e.Time, e.TimeInferred = time.Time{}, false
	default:
		e.Time, e.TimeInferred = e.Stamp, false
	}
}

// DateEntry completes an entry of the stream that was not given to DateStream, by
// those that were.
func (d *Dates) DateEntry(e *diagnose.Entry) {
	reset(e)
	for kind, o := range d.orders {
		if e.Lacks&kind != 0 {
			e.Time, _ = reorder(e.Stamp, o)
			e.TimeInferred = true
		}
	}
	if !partial(e) || e.Stamp.IsZero() || len(d.marks) == 0 {
		return
	}
	missing := e.Lacks & (diagnose.LacksYear | diagnose.LacksDay)
	above := sort.Search(len(d.marks), func(i int) bool { return d.marks[i].Offset > e.Offset }) - 1
	if above < 0 {
		set(e, preceding(e.Stamp, d.marks[0].Time, missing))
		return
	}
	if m := d.marks[above]; m.Offset == e.Offset {
		set(e, m.Time)
		return
	}
	set(e, following(e.Stamp, d.marks[above].Time, missing))
}

// complete gives the entries that lack what the missing part says a full time, and
// counts them. Entries that lack more are passed over.
func complete(entries []*diagnose.Entry, end End, missing diagnose.Lacks) (n int) {
	var known time.Time // the last full time above
	first := -1         // the first entry before any full time
	for i, e := range entries {
		switch {
		case e.Stamp.IsZero() && e.Time.IsZero():
		case e.Lacks&missing != 0:
			n++
			if known.IsZero() {
				first = max(first, 0)
				continue
			}
			known = following(e.Stamp, known, missing)
			set(e, known)
		case !e.Time.IsZero():
			full := local(e)
			if known.IsZero() && first >= 0 {
				backward(entries[:i], full, missing)
			}
			known = full
		}
	}
	if known.IsZero() && first >= 0 {
		fromEnd(entries, end, missing)
	}
	return n
}

// partial reports whether the stamp has no year or no day.
func partial(e *diagnose.Entry) bool { return e.Lacks&(diagnose.LacksYear|diagnose.LacksDay) != 0 }

// local is the entry's time on the clock that wrote it, as far as that is known.
func local(e *diagnose.Entry) time.Time {
	if e.Lacks&diagnose.WrapperZone != 0 {
		return e.Stamp
	}
	return e.Time
}

func set(e *diagnose.Entry, t time.Time) {
	e.Time, e.TimeInferred = t, diagnose.Dated(t)
}

// following returns the first time that the stamp can mean not long before known.
func following(stamp, known time.Time, missing diagnose.Lacks) time.Time {
	if missing == diagnose.LacksDay {
		from := known.Add(-backInDay)
		t := onDay(stamp, from)
		if t.Before(from) {
			t = t.Add(day)
		}
		return t
	}
	from := known.Add(-backInYear)
	for year := from.Year(); ; year++ {
		if t, ok := inYear(stamp, year); ok && !t.Before(from) {
			return t
		}
	}
}

// preceding returns the last time that the stamp can mean not long after known.
func preceding(stamp, known time.Time, missing diagnose.Lacks) time.Time {
	if missing == diagnose.LacksDay {
		to := known.Add(backInDay)
		t := onDay(stamp, to)
		if t.After(to) {
			t = t.Add(-day)
		}
		return t
	}
	return lastYear(stamp, known.Add(backInYear))
}

// lastYear returns the last time not after to that a stamp without a year can mean.
func lastYear(stamp, to time.Time) time.Time {
	for year := to.Year(); ; year-- {
		if t, ok := inYear(stamp, year); ok && !t.After(to) {
			return t
		}
	}
}

// inYear is false for a 29 February in a year that has none.
func inYear(stamp time.Time, year int) (time.Time, bool) {
	t := time.Date(year, stamp.Month(), stamp.Day(), stamp.Hour(), stamp.Minute(), stamp.Second(), stamp.Nanosecond(), time.UTC)
	return t, t.Day() == stamp.Day()
}

// onDay puts the time of day of stamp on the date of t.
func onDay(stamp, t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), stamp.Hour(), stamp.Minute(), stamp.Second(), stamp.Nanosecond(), time.UTC)
}

// backward completes entries from the last to the first; known is the full time
// below them.
func backward(entries []*diagnose.Entry, known time.Time, missing diagnose.Lacks) {
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; e.Lacks&missing != 0 && !e.Stamp.IsZero() {
			known = preceding(e.Stamp, known, missing)
			set(e, known)
		}
	}
}

// fromEnd completes the entries of a stream that has no full time at all.
func fromEnd(entries []*diagnose.Entry, end End, missing diagnose.Lacks) {
	last := -1
	for i, e := range entries {
		if e.Lacks&missing != 0 && !e.Stamp.IsZero() {
			last = i
		}
	}
	backward(entries[:last], endOf(entries[last], end, missing), missing)
}

// endOf completes the last entry of a stream.
func endOf(e *diagnose.Entry, end End, missing diagnose.Lacks) time.Time {
	var t time.Time
	switch {
	case missing == diagnose.LacksYear && end.Time.IsZero():
		t, _ = inYear(e.Stamp, diagnose.YearUndated)
	case missing == diagnose.LacksYear && end.About:
		t = lastYear(e.Stamp, end.Time.UTC().Add(halfYear))
	case missing == diagnose.LacksYear:
		t = lastYear(e.Stamp, end.Time.UTC().Add(day))
	case end.Time.IsZero():
		t = onDay(e.Stamp, time.Date(diagnose.DayUndated, 1, 1, 0, 0, 0, 0, time.UTC))
	default:
		t = nearestDay(e.Stamp, end.Time.UTC())
	}
	set(e, t)
	return t
}

// nearestDay puts a time of day less than half a day from t: its zone is not known.
func nearestDay(stamp, t time.Time) time.Time {
	c := onDay(stamp, t)
	switch d := c.Sub(t); {
	case d > day/2:
		return c.Add(-day)
	case d < -day/2:
		return c.Add(day)
	}
	return c
}

// An order is how the numbers of a date are read; a stamp was read in the first one
// of its kind.
type order struct {
	name string
	read func(t time.Time) (year, month, day int)
}

var (
	longOrders = []order{
		{"month/day/year", func(t time.Time) (int, int, int) { return t.Year(), int(t.Month()), t.Day() }},
		{"day/month/year", func(t time.Time) (int, int, int) { return t.Year(), t.Day(), int(t.Month()) }},
	}
	shortOrders = []order{
		{"year/month/day", func(t time.Time) (int, int, int) { return t.Year(), int(t.Month()), t.Day() }},
		{"day/month/year", func(t time.Time) (int, int, int) { return 2000 + t.Day(), int(t.Month()), t.Year() % 100 }},
		{"month/day/year", func(t time.Time) (int, int, int) { return 2000 + t.Day(), t.Year() % 100, int(t.Month()) }},
	}
)

// orderNumbers decides what the numbers of dates such as 01/02/2024 and 17/06/09
// are, for the whole stream: the order in which the stream runs forward with the
// least to and fro, or, where its stamps are all of one date, the one that is the date
// of its end.
func (dates *Dates) orderNumbers(entries []*diagnose.Entry, end End) {
	for _, kind := range []struct {
		lacks  diagnose.Lacks
		orders []order
	}{{diagnose.LacksOrder, longOrders}, {diagnose.ShortYear, shortOrders}} {
		n := 0
		for _, e := range entries {
			if e.Lacks&kind.lacks != 0 {
				n++
			}
		}
		if n == 0 {
			continue
		}
		latest := end.Time
		if end.About {
			latest = time.Time{}
		}
		best, certain := bestOrder(entries, kind.lacks, kind.orders, latest)
		for _, e := range entries {
			if e.Lacks&kind.lacks != 0 {
				e.Time, _ = reorder(e.Stamp, best)
				e.TimeInferred = true
			}
		}
		dates.orders[kind.lacks] = best
		dates.Numbers, dates.Layout, dates.Certain = dates.Numbers+n, best.name, certain
	}
}

// bestOrder returns the order of numbers that fits the stream best, and whether no
// other fits it nearly as well.
func bestOrder(entries []*diagnose.Entry, lacks diagnose.Lacks, orders []order, latest time.Time) (order, bool) {
	type fit struct {
		travel time.Duration // up and down of the times
		near   bool          // the last time is about latest
	}
	fits := make([]fit, len(orders))
	valid := make([]bool, len(orders))
	best := -1
	for i, o := range orders {
		travel, last, ok := travel(entries, lacks, o)
		if valid[i] = ok && (latest.IsZero() || last.Before(latest.Add(2*day))); !valid[i] {
			continue
		}
		fits[i] = fit{travel, !latest.IsZero() && latest.Sub(last) < 2*day}
		if best < 0 || fits[i].travel+day < fits[best].travel || fits[i].near && !fits[best].near && fits[i].travel < fits[best].travel+day {
			best = i
		}
	}
	if best < 0 {
		return orders[0], false
	}
	for i := range orders {
		if i != best && valid[i] && fits[i].travel < fits[best].travel+day && (fits[i].near || !fits[best].near) {
			return orders[best], false
		}
	}
	return orders[best], true
}

// travel is how far the times of the stream run, up and down, under an order of
// numbers; ok is false when some date does not exist under it.
func travel(entries []*diagnose.Entry, lacks diagnose.Lacks, o order) (total time.Duration, last time.Time, ok bool) {
	for _, e := range entries {
		t := e.Time
		if e.Lacks&lacks != 0 {
			if t, ok = reorder(e.Stamp, o); !ok {
				return 0, last, false
			}
		}
		if t.IsZero() || partial(e) {
			continue
		}
		if !last.IsZero() {
			total += t.Sub(last).Abs()
		}
		last = t
	}
	return total, last, true
}

func reorder(stamp time.Time, o order) (time.Time, bool) {
	year, month, d := o.read(stamp)
	t := time.Date(year, time.Month(month), d, stamp.Hour(), stamp.Minute(), stamp.Second(), stamp.Nanosecond(), time.UTC)
	return t, month >= 1 && month <= 12 && t.Day() == d && t.Month() == time.Month(month)
}
