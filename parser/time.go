package parser

import (
	"time"

	"diagnose"
)

// Stamps that leave something out are read into these years, which no log bears:
// the core puts the right one in from what it knows of the stream.
const (
	yearUnknown = 0   // month and day are known (RFC 3164, glog)
	dayUnknown  = -10 // only the time of day is known; the date is 1 January
)

// What a reader returns is in UTC, or labelled with what the stamp lacks (see
// lacks); a stamp without a zone is read as UTC. n is how many bytes the stamp
// takes at the beginning of b; 0 means that there is none.

// readISO reads a stamp such as 2006-01-02 15:04:05.000. The date may be parted
// by -, / or ., the time follows after a space or a T, its fraction after '.',
// ',' or ':', and a zone (Z, +08:00, +0800, +08, UTC) may follow, also after a
// space.
func readISO(b []byte) (t time.Time, n int) {
	if len(b) < 19 || b[0]-'0' > 9 || b[4] != b[7] || b[10] != ' ' && b[10] != 'T' {
		return t, 0
	}
	if c := b[4]; c != '-' && c != '/' && c != '.' {
		return t, 0
	}
	year, month, day := digits2(b)*100+digits2(b[2:]), digits2(b[5:]), digits2(b[8:])
	if year < 1 || !validDay(year, month, day) {
		return t, 0
	}
	clock, n := readTimeOfDay(b[11:])
	if n == 0 {
		return t, 0
	}
	n += 11
	if f, w := readColonFraction(b[n:]); n == 19 && w > 0 {
		clock.nsec, n = f, n+w
	}
	zone, z := readZone(b[n:])
	return zone.apply(clock.on(year, month, day)), n + z
}

// readRFC3164 reads a stamp such as "Nov 21 02:04:15" or "Nov  1 2026 02:04:15".
// The day may be padded by a space or a zero; the month is in any case, and may be
// the name that journald prints under another locale. Without a year the result is
// in yearUnknown.
func readRFC3164(b []byte) (t time.Time, n int) {
	month, n := readMonth(b)
	if n == 0 || len(b) < n+11 || b[n] != ' ' {
		return t, 0
	}
	day, w := readDay(b[n+1:])
	n += 1 + w
	if w == 0 || len(b) < n+9 || b[n] != ' ' {
		return t, 0
	}
	n++
	year := yearUnknown
	if len(b) >= n+13 && b[n+4] == ' ' && digits2(b[n:]) >= 0 && digits2(b[n+2:]) >= 0 {
		year = digits2(b[n:])*100 + digits2(b[n+2:])
		n += 5
	}
	clock, w := readTimeOfDay(b[n:])
	if w == 0 || !validDay(year, month, day) {
		return t, 0
	}
	return clock.on(year, month, day), n + w
}

// readClock reads a time of day such as 15:04:05, 15:04:05.000000 or 15:04:05:000. The
// result is on 1 January of dayUnknown.
func readClock(b []byte) (t time.Time, n int) {
	clock, n := readTimeOfDay(b)
	if n == 0 {
		return t, 0
	}
	if f, w := readColonFraction(b[n:]); n == 8 && w > 0 {
		clock.nsec, n = f, n+w
	}
	return clock.on(dayUnknown, 1, 1), n
}

// readCommonLog reads the stamp of an access log with its brackets:
// [21/Nov/2026:02:04:15 +0000].
func readCommonLog(b []byte) (t time.Time, n int) {
	const layout = "[02/Jan/2006:15:04:05 -0700]"
	if len(b) < len(layout) || b[0] != '[' || b[3] != '/' || b[7] != '/' || b[12] != ':' ||
		b[21] != ' ' || b[len(layout)-1] != ']' {
		return t, 0
	}
	day, month := digits2(b[1:]), englishMonth(b[4:])
	year := digits2(b[8:])*100 + digits2(b[10:])
	clock, n := readTimeOfDay(b[13:21])
	zone, z := readZone(b[22:27])
	if n != 8 || z != 5 || year < 1 || !validDay(year, month, day) {
		return t, 0
	}
	return zone.apply(clock.on(year, month, day)), len(layout)
}

// readEpoch reads seconds since 1970 (1732154655.123), milliseconds, microseconds or
// nanoseconds, told apart by their 10, 13, 16 or 19 digits; the first three may have
// a fraction. Only times between 2001 and 2033 are taken: other numbers of that
// length are not stamps.
func readEpoch(b []byte) (t time.Time, n int) {
	if len(b) < 10 || b[0] != '1' {
		return t, 0
	}
	var v int64
	for n < len(b) && b[n]-'0' <= 9 {
		if n == 19 {
			return t, 0
		}
		v = v*10 + int64(b[n]-'0')
		n++
	}
	if n < len(b) && isWordByte(b[n]) {
		return t, 0
	}
	switch n {
	case 10:
		nsec, w := readFraction(b[n:])
		return time.Unix(v, int64(nsec)).UTC(), n + w
	case 13:
		nsec, w := readFraction(b[n:])
		return time.UnixMilli(v).Add(time.Duration(nsec / 1e3)).UTC(), n + w
	case 16:
		nsec, w := readFraction(b[n:])
		return time.UnixMicro(v).Add(time.Duration(nsec / 1e6)).UTC(), n + w
	case 19:
		return time.Unix(0, v).UTC(), n
	}
	return t, 0
}

// timeOfDay is a time between 00:00:00 and 23:59:60.999999999, or 24:00:00.
type timeOfDay struct {
	hour, min, sec, nsec int
}

// on returns the time on that day, labelled as of an unknown zone.
func (c timeOfDay) on(year, month, day int) time.Time {
	return label(time.Date(year, time.Month(month), day, c.hour, c.min, c.sec, c.nsec, time.UTC), diagnose.LacksZone)
}

// readTimeOfDay reads 15:04:05 and a fraction, if one follows. A leap second, which
// ends a quarter of an hour in any zone, is the second after it; 24:00:00 is the end
// of the day.
func readTimeOfDay(b []byte) (c timeOfDay, n int) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return c, 0
	}
	c.hour, c.min, c.sec = digits2(b), digits2(b[3:]), digits2(b[6:])
	if uint(c.hour) > 23 || uint(c.min) > 59 || uint(c.sec) > 59 {
		leap := c.sec == 60 && uint(c.hour) < 24 && uint(c.min) < 60 && c.min%15 == 14
		if !leap && c != (timeOfDay{hour: 24}) {
			return timeOfDay{}, 0
		}
	}
	if len(b) > 8 && b[8]-'0' <= 9 {
		return timeOfDay{}, 0
	}
	c.nsec, n = readFraction(b[8:])
	if c.hour == 24 && c.nsec > 0 {
		return timeOfDay{}, 0
	}
	return c, 8 + n
}

// readFraction reads a fraction of a second with its leading . or comma. Digits
// below the nanosecond are read and dropped.
func readFraction(b []byte) (nsec, n int) {
	if len(b) < 2 || b[0] != '.' && b[0] != ',' || b[1]-'0' > 9 {
		return 0, 0
	}
	unit := 100_000_000
	for n = 1; n < len(b) && b[n]-'0' <= 9; n++ {
		nsec += int(b[n]-'0') * unit
		unit /= 10
	}
	return nsec, n
}

// readColonFraction reads milliseconds behind a colon, which is how some Java
// patterns part them.
func readColonFraction(b []byte) (nsec, n int) {
	if len(b) < 4 || b[0] != ':' || digits2(b[1:]) < 0 || b[3]-'0' > 9 || len(b) > 4 && (isWordByte(b[4]) || b[4] == ':') {
		return 0, 0
	}
	return (digits2(b[1:])*10 + int(b[3]-'0')) * 1e6, 4
}

// readDay reads a day of the month of one or two digits, padded or not.
func readDay(b []byte) (day, n int) {
	if len(b) > 0 && b[0] == ' ' {
		b, n = b[1:], 1
	}
	switch {
	case len(b) > 1 && b[0]-'0' <= 9 && b[1]-'0' <= 9:
		return digits2(b), n + 2
	case len(b) > 0 && b[0]-'0' <= 9:
		return int(b[0] - '0'), n + 1
	}
	return 0, 0
}

// digits2 returns the number that the first two bytes of b spell, or a number far
// below zero, so that sums of it stay below zero, when they are no digits.
func digits2(b []byte) int {
	if len(b) < 2 {
		return -1 << 20
	}
	hi, lo := b[0]-'0', b[1]-'0'
	if hi > 9 || lo > 9 {
		return -1 << 20
	}
	return int(hi)*10 + int(lo)
}

// validDay reports whether the day is in the Gregorian calendar. A year that is
// not known may be a leap year.
func validDay(year, month, day int) bool {
	if uint(month-1) > 11 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
}

// isWordByte reports whether c can go on with a word or number.
func isWordByte(c byte) bool {
	return c-'0' <= 9 || c|0x20-'a' <= 'z'-'a' || c == '_' || c >= 0x80
}
