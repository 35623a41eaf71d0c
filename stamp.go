package diagnose

import "time"

// Lacks says what a time stamp leaves out, so that it had to be inferred or is
// not known.
type Lacks uint8

// What a stamp may leave out.
const (
	LacksZone   Lacks = 1 << iota // it names no zone
	LacksYear                     // it has month and day only
	LacksDay                      // it has the time of day only
	LacksOrder                    // day and month are numbers that could be the other way round: read month first
	ShortYear                     // the year has two digits, and may stand first or last: read year first
	GuessedZone                   // its zone's name is several zones': the language of the stamp decided
	WrapperZone                   // its zone is what a wrapper's stamp of the same line tells
)

// undated is the year below which a time is only good for comparisons inside its
// stream: nothing in the input says which year, or which day, it belongs to.
const undated = 1000

// YearUndated and DayUndated are the years around which times lie whose year, or
// whose day, nothing in the input tells.
const (
	YearUndated = 400 // a leap year
	DayUndated  = 100
)

// Dated reports whether t is a date, and not merely a place in the order of one
// stream.
func Dated(t time.Time) bool { return t.Year() >= undated }

// ClockText is a time as reports print it, to the second: without the year, or without
// the date, where nothing tells it.
func ClockText(t time.Time) string {
	t = t.UTC()
	switch {
	case Dated(t):
		return t.Format("2006-01-02 15:04:05")
	case t.Year() > (YearUndated+DayUndated)/2:
		return t.Format("01-02 15:04:05")
	}
	return t.Format("15:04:05")
}
