package parser

import "time"

// Stamps that leave something out are read into these years, which no log bears:
// the core puts the right one in from what it knows of the stream.
const (
	yearUnknown = 0  // month and day are known (RFC 3164, glog)
	dayUnknown  = -1 // only the time of day is known; the date is 1 January
)

// readISO reads a stamp such as 2006-01-02 15:04:05.000 at the beginning of b and
// returns how many bytes it took; 0 means that there is none. The date may be
// parted by -, / or ., the time follows after a space or a T, its fraction after
// . or ',', and a zone (Z, +08:00, +0800) may follow, also after a space. Without
// a zone the time is UTC; the result is always in UTC.
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
	offset, z := readZone(b[n:])
	return clock.on(year, month, day).Add(-offset), n + z
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

// readClock reads a time of day such as 15:04:05 or 15:04:05.000000. The result is
// on 1 January of dayUnknown.
func readClock(b []byte) (t time.Time, n int) {
	clock, n := readTimeOfDay(b)
	if n == 0 {
		return t, 0
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
	offset, z := readZone(b[22:27])
	if n != 8 || z != 5 || year < 1 || !validDay(year, month, day) {
		return t, 0
	}
	return clock.on(year, month, day).Add(-offset), len(layout)
}

// readEpoch reads seconds since 1970 with an optional fraction (1732154655.123),
// milliseconds, microseconds or nanoseconds, told apart by their 10, 13, 16 or 19
// digits. Only times between 2001 and 2033 are taken: other numbers of that
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
		return time.UnixMilli(v).UTC(), n
	case 16:
		return time.UnixMicro(v).UTC(), n
	case 19:
		return time.Unix(0, v).UTC(), n
	}
	return t, 0
}

// timeOfDay is a time between 00:00:00 and 23:59:59.999999999.
type timeOfDay struct {
	hour, min, sec, nsec int
}

func (c timeOfDay) on(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, c.hour, c.min, c.sec, c.nsec, time.UTC)
}

// readTimeOfDay reads 15:04:05 and a fraction, if one follows.
func readTimeOfDay(b []byte) (c timeOfDay, n int) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return c, 0
	}
	c.hour, c.min, c.sec = digits2(b), digits2(b[3:]), digits2(b[6:])
	if uint(c.hour) > 23 || uint(c.min) > 59 || uint(c.sec) > 59 {
		return timeOfDay{}, 0
	}
	if len(b) > 8 && b[8]-'0' <= 9 {
		return timeOfDay{}, 0
	}
	c.nsec, n = readFraction(b[8:])
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

// readZone reads Z, +hh:mm or +hhmm, also after one space. What follows must not
// go on with the word: "12:00:00 Zookeeper" has no zone.
func readZone(b []byte) (offset time.Duration, n int) {
	if len(b) > 1 && b[0] == ' ' {
		n = 1
	}
	if len(b) == n {
		return 0, 0
	}
	if b[n] == 'Z' {
		n++
		if len(b) > n && isWordByte(b[n]) {
			return 0, 0
		}
		return 0, n
	}
	sign := b[n]
	if sign != '+' && sign != '-' || len(b) < n+5 {
		return 0, 0
	}
	hour, at := digits2(b[n+1:]), n+3
	if b[at] == ':' {
		at++
	}
	min := digits2(b[at:])
	at += 2
	if uint(hour) > 23 || uint(min) > 59 || len(b) > at && isWordByte(b[at]) {
		return 0, 0
	}
	offset = time.Duration(hour)*time.Hour + time.Duration(min)*time.Minute
	if sign == '-' {
		offset = -offset
	}
	return offset, at
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

// englishMonth reads the three letters at the beginning of b, in any case; 0 means
// that they are no month.
func englishMonth(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch uint32(b[0]|0x20)<<16 | uint32(b[1]|0x20)<<8 | uint32(b[2]|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// maxMonth bounds a month's name in bytes (Russian and Polish ones take two bytes
// a letter).
const maxMonth = 10

// readMonth reads the word before the first space as a month's name.
func readMonth(b []byte) (month, n int) {
	if len(b) < 15 || b[0] < ' ' {
		return 0, 0
	}
	if b[3] == ' ' {
		if month = englishMonth(b); month != 0 {
			return month, 3
		}
	}
	if b[0] == ' ' { // glibc pads " 1月"
		month, n = readMonth(b[1:])
		if n == 0 || b[1]-'0' > 9 {
			return 0, 0
		}
		return month, n + 1
	}
	for n < maxMonth && b[n] != ' ' {
		n++
	}
	if n < 3 || n == maxMonth || len(b) < n+11 || b[n+1] != ' ' && b[n+1]-'0' > 9 {
		return 0, 0
	}
	return localMonth(b[:n]), n * min(localMonth(b[:n]), 1)
}

// localMonth knows the abbreviated names that glibc gives to journald, by locale
// (German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish, Russian)
// and the numbered ones of Chinese, Japanese and Korean.
func localMonth(word []byte) int {
	var low [maxMonth]byte
	w := low[:copy(low[:], word)]
	for i, c := range w {
		if 'A' <= c && c <= 'Z' {
			w[i] = c | 0x20
		}
	}
	if w[len(w)-1] == '.' {
		w = w[:len(w)-1]
	}
	if len(w) > 3 && w[0]-'0' <= 9 {
		return numberedMonth(w)
	}
	switch string(w) {
	case "janv", "ene", "gen", "sty", "янв", "jän":
		return 1
	case "févr", "fév", "fev", "lut", "фев":
		return 2
	case "mars", "mär", "mrz", "mrt", "мар":
		return 3
	case "avril", "avr", "abr", "kwi", "апр":
		return 4
	case "mai", "mag", "mei", "maj", "мая", "май":
		return 5
	case "juin", "giu", "cze", "июн", "juni":
		return 6
	case "juil", "lug", "lip", "июл", "juli":
		return 7
	case "août", "ago", "sie", "авг":
		return 8
	case "sept", "set", "wrz", "сен":
		return 9
	case "okt", "ott", "out", "paź", "окт":
		return 10
	case "lis", "ноя":
		return 11
	case "déc", "dez", "dic", "gru", "дек":
		return 12
	}
	return 0
}

// numberedMonth reads 11月 and 11월.
func numberedMonth(w []byte) int {
	month, n := int(w[0]-'0'), 1
	if w[1]-'0' <= 9 {
		month, n = digits2(w), 2
	}
	if s := string(w[n:]); s != "月" && s != "월" || month > 12 {
		return 0
	}
	return month
}
