package parser

import (
	"time"

	"diagnose"
)

// labels are locations, all at UTC, by which a time carries what its stamp lacks
// from a reader to the entry. No time leaves the package with one.
var labels = func() (all [64]*time.Location) {
	for i := range all {
		all[i] = time.FixedZone("UTC", 0) // without a name it would be one and the same
	}
	return all
}()

func label(t time.Time, l diagnose.Lacks) time.Time {
	if l == 0 {
		return t.UTC()
	}
	return t.In(labels[int(l)%len(labels)])
}

// lacks returns what the stamp that a reader returned leaves out.
func lacks(t time.Time) diagnose.Lacks {
	var l diagnose.Lacks
	if at := t.Location(); at != time.UTC {
		for i := range labels {
			if labels[i] == at {
				l = diagnose.Lacks(i)
			}
		}
	}
	// A zone, or 24:00, may have moved the stamp into the neighbouring year.
	switch year := t.Year(); {
	case year >= dayUnknown-1 && year <= dayUnknown+1:
		l |= diagnose.LacksDay
	case year >= yearUnknown-1 && year <= yearUnknown+1 && !t.IsZero():
		l |= diagnose.LacksYear
	}
	return l
}

// zone is what a stamp says of its distance to UTC.
type zone struct {
	offset time.Duration
	lacks  diagnose.Lacks // LacksZone where it says nothing, or nothing certain
}

// apply takes the zone's offset off a clock that was read as UTC.
func (z zone) apply(t time.Time) time.Time {
	return label(t.Add(-z.offset), lacks(t)&^(diagnose.LacksZone|diagnose.LacksYear|diagnose.LacksDay)|z.lacks)
}

var noZone = zone{lacks: diagnose.LacksZone}

// readZone reads Z, +hh:mm, +hhmm, +hh, UTC, GMT+8 or another name, also after one
// space (+hh not: it could be a number). What follows must not go on with the word:
// "12:00:00 Zookeeper" has no zone. A name that several places use is taken as a
// part of the stamp and tells no zone.
func readZone(b []byte) (z zone, n int) {
	if len(b) > 1 && b[0] == ' ' {
		n = 1
	}
	if len(b) == n {
		return noZone, 0
	}
	switch c := b[n]; {
	case c == 'Z':
		if len(b) > n+1 && isWordByte(b[n+1]) {
			return noZone, 0
		}
		return zone{}, n + 1
	case c == '+' || c == '-':
		offset, w := readOffset(b[n:])
		if w == 0 || w == 3 && n == 1 || len(b) > n+w && isWordByte(b[n+w]) {
			return noZone, 0
		}
		return zone{offset: offset}, n + w
	case c-'A' < 26:
		z, w := readZoneName(b[n:])
		if w == 0 {
			return noZone, 0
		}
		return z, n + w
	}
	return noZone, 0
}

// readOffset reads +hh:mm, +hhmm or +hh.
func readOffset(b []byte) (offset time.Duration, n int) {
	if len(b) < 3 {
		return 0, 0
	}
	hour := digits2(b[1:])
	if uint(hour) > 23 {
		return 0, 0
	}
	offset, n = time.Duration(hour)*time.Hour, 3
	at := n
	if len(b) > at && b[at] == ':' {
		at++
	}
	if min := digits2(b[at:]); uint(min) < 60 {
		offset, n = offset+time.Duration(min)*time.Minute, at+2
	} else if at > n || min >= 0 {
		return 0, 0
	}
	if b[0] == '-' {
		offset = -offset
	}
	return offset, n
}

// readZoneName reads the abbreviation of a zone. Words that are common in logs
// (CAT, EAT, ART, PET) are left out.
func readZoneName(b []byte) (z zone, n int) {
	for n < len(b) && n < 5 && b[n]-'A' < 26 {
		n++
	}
	if n < 2 || n > 4 {
		return noZone, 0
	}
	name := string(b[:n])
	if (name == "UTC" || name == "GMT") && len(b) > n && (b[n] == '+' || b[n] == '-') {
		return readNamedOffset(b, n)
	}
	if len(b) > n && isWordByte(b[n]) {
		return noZone, 0
	}
	minutes, known := zoneMinutes(name)
	switch {
	case known:
		return zone{offset: time.Duration(minutes) * time.Minute}, n
	case sharedZone(name):
		return noZone, n
	}
	return noZone, 0
}

// readNamedOffset reads GMT+8, UTC+08:00 and GMT+0800; n is where the sign stands.
func readNamedOffset(b []byte, n int) (zone, int) {
	offset, w := readOffset(b[n:])
	if w == 0 && len(b) > n+1 && b[n+1]-'0' <= 9 {
		offset, w = time.Duration(b[n+1]-'0')*time.Hour, 2
		if b[n] == '-' {
			offset = -offset
		}
	}
	if w == 0 || len(b) > n+w && isWordByte(b[n+w]) {
		return noZone, 0
	}
	return zone{offset: offset}, n + w
}

// zoneMinutes knows the names that mean one offset wherever logs are written today,
// after the tz database's current abbreviations.
func zoneMinutes(name string) (minutes int, known bool) {
	switch name {
	case "UTC", "GMT", "UT", "WET":
		return 0, true
	case "WEST", "CET":
		return 60, true
	case "CEST", "EET", "SAST":
		return 120, true
	case "EEST", "MSK":
		return 180, true
	case "PKT":
		return 300, true
	case "WIB":
		return 420, true
	case "HKT", "SGT", "AWST", "WITA":
		return 480, true
	case "JST", "KST":
		return 540, true
	case "ACST":
		return 570, true
	case "AEST":
		return 600, true
	case "ACDT":
		return 630, true
	case "AEDT":
		return 660, true
	case "NZST":
		return 720, true
	case "NZDT":
		return 780, true
	case "NST":
		return -210, true
	case "NDT":
		return -150, true
	case "ADT":
		return -180, true
	case "EDT":
		return -240, true
	case "EST":
		return -300, true
	case "MDT":
		return -360, true
	case "MST", "PDT":
		return -420, true
	case "AKDT", "PST":
		return -480, true
	case "AKST", "HDT":
		return -540, true
	case "HST":
		return -600, true
	}
	return 0, false
}

// sharedZone knows the names that are several offsets: CST is China's, North
// America's and Cuba's, CDT the latter two's, IST India's, Israel's and Ireland's,
// BST Britain's and Bangladesh's, AST Canada's and Arabia's.
func sharedZone(name string) bool {
	switch name {
	case "CST", "CDT", "IST", "BST", "AST":
		return true
	}
	return false
}
