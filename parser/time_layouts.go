package parser

import (
	"time"

	"diagnose"
)

// readStamp reads a stamp of any layout that can be told from other text by itself.
// Layouts of bare numbers (readShortCompact, readShortDate, readMonthDay) and a time
// of day alone are left to the formats that know them.
func readStamp(b []byte) (t time.Time, n int) {
	if len(b) < 8 {
		return t, 0
	}
	switch c := b[0]; {
	case c-'0' <= 9:
		for _, read := range numberStamps {
			if t, n = read(b); n > 0 {
				return t, n
			}
		}
	case c == '@':
		return readTAI64N(b)
	default:
		for _, read := range wordStamps {
			if t, n = read(b); n > 0 {
				return t, n
			}
		}
		if c >= 0x80 {
			return readEastAsian(b)
		}
	}
	return time.Time{}, 0
}

var (
	numberStamps = [...]func([]byte) (time.Time, int){readISO, readUnpadded, readCompact, readDB2, readUSDate, readDayFirst, readYearAndName, readDayMonthYear, readEpoch, readRFC3164, readEastAsian}
	wordStamps   = [...]func([]byte) (time.Time, int){readRFC3164, readCtime, readMonthFirst}
)

// dateReader reads the parts of a stamp one after another. A part that is missing
// leaves bad set, and everything after it is not read.
type dateReader struct {
	b   []byte
	at  int
	bad bool
}

func (d *dateReader) rest() []byte { return d.b[d.at:] }

// number reads from least to most digits, which no further digit follows.
func (d *dateReader) number(least, most int) int {
	v, from := 0, d.at
	for d.at < len(d.b) && d.at-from <= most && d.b[d.at]-'0' <= 9 {
		v = v*10 + int(d.b[d.at]-'0')
		d.at++
	}
	if n := d.at - from; n < least || n > most {
		d.bad = true
	}
	return v
}

// byte reads one byte of set.
func (d *dateReader) byte(set string) (c byte) {
	if d.at < len(d.b) {
		c = d.b[d.at]
		for i := range len(set) {
			if set[i] == c {
				d.at++
				return c
			}
		}
	}
	d.bad = true
	return 0
}

// has reads text if it comes next.
func (d *dateReader) has(text string) bool {
	if hasPrefix(d.rest(), text) {
		d.at += len(text)
		return true
	}
	return false
}

func (d *dateReader) spaces() {
	for d.at < len(d.b) && d.b[d.at] == ' ' {
		d.at++
	}
}

// month reads a month's name, abbreviated or whole, with its full stop.
func (d *dateReader) month() int {
	from := d.at
	for d.at < len(d.b) && d.at-from < maxMonth && isLetterByte(d.b[d.at]) {
		d.at++
	}
	month := wholeMonth(d.b[from:d.at])
	if month == 0 {
		d.bad = true
		return 0
	}
	d.has(".")
	return month
}

// clock reads 15:04:05 or 3:04:05 with its fraction, and AM or PM behind it.
func (d *dateReader) clock() (c timeOfDay) {
	if d.bad {
		return c
	}
	padded := [8]byte{'0'}
	from := d.rest()
	if len(from) > 6 && from[1] == ':' && copy(padded[1:], from) == 7 {
		var n int
		if c, n = readTimeOfDay(padded[:]); n == 0 || len(from) > 7 && from[7]-'0' <= 9 {
			d.bad = true
			return c
		}
		d.at += 7
		nsec, w := readFraction(d.rest())
		c.nsec, d.at = nsec, d.at+w
	} else {
		var n int
		if c, n = readTimeOfDay(from); n == 0 {
			d.bad = true
			return c
		}
		d.at += n
	}
	c.hour = d.meridiem(c.hour)
	return c
}

// meridiem reads AM or PM, if one follows, and corrects the hour by it.
func (d *dateReader) meridiem(hour int) int {
	rest := d.rest()
	skip := 0
	if len(rest) > 0 && rest[0] == ' ' {
		skip = 1
	}
	rest = rest[skip:]
	if len(rest) < 2 || rest[1]|0x20 != 'm' || len(rest) > 2 && isWordByte(rest[2]) || hour < 1 || hour > 12 {
		return hour
	}
	switch rest[0] | 0x20 {
	case 'a':
		hour %= 12
	case 'p':
		hour = hour%12 + 12
	default:
		return hour
	}
	d.at += skip + 2
	return hour
}

// zone reads what follows the clock.
func (d *dateReader) zone() zone {
	z, n := readZone(d.rest())
	d.at += n
	return z
}

// stamp puts the parts together.
func (d *dateReader) stamp(year, month, day int, c timeOfDay, z zone) (time.Time, int) {
	if d.bad || year > 9999 || year < yearUnknown || !validDay(year, month, day) {
		return time.Time{}, 0
	}
	return z.apply(c.on(year, month, day)), d.at
}

// century completes a year of two digits as POSIX does.
func century(year int) int {
	if year < 69 {
		return 2000 + year
	}
	return 1900 + year
}

// readUnpadded reads 2024-1-2 3:04:05, 2024/1/2 15:04:05.000 and 2024/1/2 3:04:05 PM.
func readUnpadded(b []byte) (time.Time, int) {
	if len(b) < 15 || b[4] != '-' && b[4] != '/' {
		return time.Time{}, 0
	}
	d := dateReader{b: b}
	year := d.number(4, 4)
	sep := d.byte("-/")
	month := d.number(1, 2)
	if d.byte("-/") != sep {
		return time.Time{}, 0
	}
	day := d.number(1, 2)
	d.byte(" T")
	half := d.half()
	c := half.of(d.clock())
	if year < 1 {
		return time.Time{}, 0
	}
	return d.stamp(year, month, day, c, d.zone())
}

// readCompact reads 20241227 10:00:00, 20241227-10:00:00.123, 20241227T100000Z,
// 20241227_100000, 20241227100000 and 20171224-0:7:20:444. The year must be one in
// which logs are written: other numbers of that length are no dates.
func readCompact(b []byte) (time.Time, int) {
	if len(b) < 14 || b[0] != '1' && b[0] != '2' || digits2(b[2:]) < 0 || digits2(b[4:]) < 0 || digits2(b[6:]) < 0 {
		return time.Time{}, 0
	}
	year, month, day := digits2(b)*100+digits2(b[2:]), digits2(b[4:]), digits2(b[6:])
	if year < 1970 || year > 2099 {
		return time.Time{}, 0
	}
	d := dateReader{b: b, at: 8}
	sep := b[8]
	if sep-'0' > 9 {
		d.byte(" -_Tt")
	}
	var c timeOfDay
	if i := d.at; len(b) > i+2 && (b[i+1] == ':' || b[i+2] == ':') {
		if sep-'0' <= 9 {
			return time.Time{}, 0
		}
		c = d.looseClock()
	} else {
		c = d.packedClock()
	}
	return d.stamp(year, month, day, c, d.zone())
}

// looseClock reads 0:7:20:444, whose numbers are not padded.
func (d *dateReader) looseClock() (c timeOfDay) {
	c.hour = d.number(1, 2)
	d.byte(":")
	c.min = d.number(1, 2)
	d.byte(":")
	c.sec = d.number(1, 2)
	if d.bad || c.hour > 23 || c.min > 59 || c.sec > 59 {
		d.bad = true
		return c
	}
	nsec, n := readFraction(d.rest())
	if n == 0 && hasPrefix(d.rest(), ":") {
		d.at++
		nsec = d.number(1, 3) * 1e6 // a number, not a fraction: :61 is 61 ms
	}
	c.nsec, d.at = nsec, d.at+n
	return c
}

// packedClock reads 100000 and its fraction.
func (d *dateReader) packedClock() (c timeOfDay) {
	rest := d.rest()
	if d.bad || len(rest) < 6 {
		d.bad = true
		return c
	}
	c.hour, c.min, c.sec = digits2(rest), digits2(rest[2:]), digits2(rest[4:])
	if uint(c.hour) > 23 || uint(c.min) > 59 || uint(c.sec) > 59 {
		d.bad = true
		return c
	}
	d.at += 6
	if len(rest) > 6 && rest[6]-'0' <= 9 { // 20241227100000123
		c.nsec = d.number(3, 3) * 1e6
		return c
	}
	nsec, n := readFraction(d.rest())
	c.nsec, d.at = nsec, d.at+n
	return c
}

// readShortCompact reads 081109 203615 and 081109 20:36:15 (also " 3:36:15"): a day
// of six digits, year first, and a clock.
func readShortCompact(b []byte) (time.Time, int) {
	if len(b) < 13 || b[6] != ' ' {
		return time.Time{}, 0
	}
	year, month, day := digits2(b), digits2(b[2:]), digits2(b[4:])
	d := dateReader{b: b, at: 7}
	var c timeOfDay
	if len(b) > 9 && (b[9] == ':' || b[9]-'0' > 9) {
		d.spaces()
		c = d.clock()
	} else {
		c = d.packedClock()
	}
	if year < 0 {
		return time.Time{}, 0
	}
	return d.stamp(century(year), month, day, c, noZone)
}

// readDB2 reads 2005-06-03-15.42.50.675872 and 2005-06-03-15.42.50.675872+480, whose
// zone is in minutes.
func readDB2(b []byte) (time.Time, int) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10] != '-' || b[13] != '.' || b[16] != '.' {
		return time.Time{}, 0
	}
	clock := [8]byte{b[11], b[12], ':', b[14], b[15], ':', b[17], b[18]}
	c, n := readTimeOfDay(clock[:])
	if n == 0 {
		return time.Time{}, 0
	}
	d := dateReader{b: b, at: 19}
	c.nsec, n = readFraction(d.rest())
	d.at += n
	year := digits2(b)*100 + digits2(b[2:])
	if year < 1 {
		return time.Time{}, 0
	}
	return d.stamp(year, digits2(b[5:]), digits2(b[8:]), c, d.minutesZone())
}

// minutesZone reads +480.
func (d *dateReader) minutesZone() zone {
	rest := d.rest()
	if len(rest) < 4 || rest[0] != '+' && rest[0] != '-' || rest[1]-'0' > 9 || digits2(rest[2:]) < 0 || len(rest) > 4 && isWordByte(rest[4]) {
		return noZone
	}
	d.at += 4
	minutes := int(rest[1]-'0')*100 + digits2(rest[2:])
	if rest[0] == '-' {
		minutes = -minutes
	}
	return zone{offset: time.Duration(minutes) * time.Minute}
}

// readCtime reads stamps that begin with a day of the week: ctime's (Sun Dec 04
// 04:47:44 2005, also with a fraction and a zone), date's (Sun Dec  4 04:47:44 UTC
// 2005; Sun 04 Dec 2005 04:47:44 AM UTC; So 4. Dez 04:47:44 CET 2005), git's, and
// those of mail and HTTP (Sun, 04 Dec 2005 04:47:44 +0800; Sunday, 04-Dec-05
// 04:47:44 GMT).
func readCtime(b []byte) (t time.Time, n int) {
	n = weekday(b)
	if n == 0 {
		return t, 0
	}
	d := dateReader{b: b, at: n}
	d.spaces()
	year, month, day := d.dayAndMonth()
	if d.bad {
		return t, 0
	}
	d.has(",")
	d.spaces()
	c := d.clock()
	z := d.zone()
	if year == yearUnknown {
		year = d.yearBehind()
		if z == noZone {
			z = d.zone()
		}
	}
	return d.stamp(year, month, day, c, z)
}

// dayAndMonth reads Dec 04, Dec 4 2005, 04 Dec 2005, 4. Dez, 04-Dec-05 and
// 04/Dec/2005; without a year that is yearUnknown.
func (d *dateReader) dayAndMonth() (year, month, day int) {
	if d.at < len(d.b) && d.b[d.at]-'0' > 9 {
		month = d.month()
		d.spaces()
		day = d.number(1, 2)
		return d.yearHere(" ,"), month, day
	}
	day = d.number(1, 2)
	d.has(".")
	sep := d.byte(" -/")
	month = d.month()
	if sep == ' ' {
		return d.yearHere(" "), month, day
	}
	if d.byte("-/") != sep {
		d.bad = true
		return 0, 0, 0
	}
	from := d.at
	if year = d.number(2, 4); d.at-from == 2 {
		year = century(year)
	}
	return year, month, day
}

// yearHere reads a year of four digits that does not begin a clock.
func (d *dateReader) yearHere(before string) int {
	was := *d
	for i := range len(before) {
		if d.at < len(d.b) && (d.b[d.at] == ' ' || d.b[d.at] == before[i]) {
			d.at++
		}
	}
	year := d.number(4, 4)
	if d.bad || year < 1970 {
		*d = was
		return yearUnknown
	}
	return year
}

// yearBehind reads the year that ctime puts behind the clock.
func (d *dateReader) yearBehind() int {
	rest := d.rest()
	if len(rest) < 5 || rest[0] != ' ' || digits2(rest[1:]) < 0 || digits2(rest[3:]) < 0 || len(rest) > 5 && isWordByte(rest[5]) {
		return yearUnknown
	}
	year := digits2(rest[1:])*100 + digits2(rest[3:])
	if year < 1970 {
		return yearUnknown
	}
	d.at += 5
	return year
}

// weekday reads the name of a day and the comma, full stop and space behind it.
func weekday(b []byte) (n int) {
	for n < len(b) && n < 12 && isLetterByte(b[n]) {
		n++
	}
	if n < 2 || n == len(b) || !isDayName(b[:n]) {
		return 0
	}
	for _, c := range [...]byte{'.', ','} {
		if n < len(b) && b[n] == c {
			n++
		}
	}
	if n >= len(b) || b[n] != ' ' {
		return 0
	}
	return n + 1
}

// isDayName knows the days of the week in English, abbreviated and whole, and the
// abbreviations of German, French, Spanish, Italian, Portuguese, Dutch and Russian
// that glibc gives to date(1).
func isDayName(word []byte) bool {
	switch string(word) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
		"Mo", "Di", "Mi", "Do", "Fr", "Sa", "So",
		"lun", "mar", "mer", "jeu", "ven", "sam", "dim",
		"mié", "jue", "vie", "sáb", "dom", "gio", "sab",
		"seg", "ter", "qua", "qui", "sex", "ma", "wo", "do", "vr", "za", "zo",
		"Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс", "пн", "вт", "ср", "чт", "пт", "сб", "вс":
		return true
	}
	return false
}

// readDayFirst reads 02 Jan 2024 10:00:00 +0800, 2 January 2024, 10:00:00,
// 02-Jan-2024 10:00:00.123, 27/Dec/2024:10:00:00 +0000.
func readDayFirst(b []byte) (t time.Time, n int) {
	if len(b) < 15 || b[0]-'0' > 9 || b[1]-'0' > 9 && b[1] != ' ' && b[1] != '-' && b[1] != '/' {
		return t, 0
	}
	d := dateReader{b: b}
	year, month, day := d.dayAndMonth()
	if d.bad || year == yearUnknown {
		return t, 0
	}
	d.has(",")
	if !d.has(":") {
		d.byte(" T")
	}
	c := d.clock()
	return d.stamp(year, month, day, c, d.zone())
}

// readDayMonthYear reads 05Aug2022 12:17:06.256, which the files of Minecraft's Forge have.
func readDayMonthYear(b []byte) (t time.Time, n int) {
	if len(b) < 18 || digits(b, 0) != 2 || digits(b, 5) != 9 || b[9] != ' ' {
		return t, 0
	}
	month := englishMonth(b[2:])
	if month == 0 {
		return t, 0
	}
	d := dateReader{b: b, at: 10}
	c := d.clock()
	return d.stamp(digits2(b[5:])*100+digits2(b[7:]), month, digits2(b), c, d.zone())
}

// readYearAndName reads 2022-Jun-16 08:00:25, which FreePBX's log and Oracle's tools print.
func readYearAndName(b []byte) (t time.Time, n int) {
	if len(b) < 20 || b[4] != '-' || b[8] != '-' || digits(b, 0) != 4 || digits(b, 9) != 11 {
		return t, 0
	}
	month := englishMonth(b[5:])
	if month == 0 {
		return t, 0
	}
	d := dateReader{b: b, at: 11}
	d.byte(" T")
	c := d.clock()
	return d.stamp(digits2(b)*100+digits2(b[2:]), month, digits2(b[9:]), c, d.zone())
}

// readMonthFirst reads Jan 2, 2024 10:00:00 AM and December 27, 2024, 10:00:00.
func readMonthFirst(b []byte) (t time.Time, n int) {
	if len(b) < 17 || b[0]|0x20-'a' > 25 {
		return t, 0
	}
	d := dateReader{b: b}
	month := d.month()
	if d.bad {
		return t, 0
	}
	d.byte(" ")
	d.spaces()
	day := d.number(1, 2)
	d.has(",")
	d.byte(" ")
	year := d.number(4, 4)
	d.has(",")
	d.byte(" ")
	if d.bad || year < 1970 {
		return t, 0
	}
	d.has("at ")
	c := d.clock()
	return d.stamp(year, month, day, c, d.zone())
}

// readUSDate reads dates of numbers with the year behind: 12/27/2024 10:00:00 AM,
// 1/2/2024, 3:04:05 PM, 12-27-2024 22:00:00.123, 27.12.2024 10:00:00. With full
// stops the day stands first; else the month does, unless its number is too large
// for one. Where both could be, the stamp lacks its order.
func readUSDate(b []byte) (t time.Time, n int) {
	if len(b) < 15 || b[0]-'0' > 9 {
		return t, 0
	}
	d := dateReader{b: b}
	month := d.number(1, 2)
	sep := d.byte("/-.")
	day := d.number(1, 2)
	if d.bad || d.byte("/-.") != sep {
		return t, 0
	}
	year := d.number(4, 4)
	if d.bad || year < 1970 {
		return t, 0
	}
	if !d.has(":") {
		d.has(",")
		d.byte(" -T")
	}
	before := d.at
	c := d.clock()
	if d.bad {
		return t, 0
	}
	american := hasMeridiem(b[before:d.at])
	z := d.zone()
	switch {
	case sep == '.' || month > 12:
		month, day = day, month
	case day <= 12 && day != month && !american:
		z.lacks |= diagnose.LacksOrder
	}
	return d.stamp(year, month, day, c, z)
}

func hasMeridiem(clock []byte) bool {
	return len(clock) > 0 && clock[len(clock)-1]|0x20 == 'm'
}

// readShortDate reads 17/06/09 20:10:40 and 17-06-09 20:10:40, the year first: the
// stream decides whether it does stand first (ShortYear). Where the first number cannot
// be the year it is the month, or else the day, and the year stands last.
func readShortDate(b []byte) (time.Time, int) {
	if t, n := readYearFirst(b); n > 0 {
		if year := t.Year() % 100; year == 0 || year > 31 {
			return t, n
		}
		return label(t, lacks(t)|diagnose.ShortYear), n
	}
	if len(b) < 17 || b[2] != b[5] || b[2] != '/' && b[2] != '-' || b[8] != ' ' {
		return time.Time{}, 0
	}
	month, day, year := digits2(b), digits2(b[3:]), digits2(b[6:])
	d := dateReader{b: b, at: 9}
	c := d.clock()
	z := d.zone()
	switch {
	case year < 0:
		return time.Time{}, 0
	case month > 12:
		month, day = day, month
	case day <= 12 && day != month:
		z.lacks |= diagnose.LacksOrder
	}
	return d.stamp(century(year), month, day, c, z)
}

// readYearFirst reads the same where the layout is known to begin with the year, as
// in the console pattern of Spark and Hadoop (yy/MM/dd HH:mm:ss).
func readYearFirst(b []byte) (time.Time, int) {
	if len(b) < 17 || b[2] != b[5] || b[2] != '/' && b[2] != '-' || b[8] != ' ' {
		return time.Time{}, 0
	}
	d := dateReader{b: b, at: 9}
	year := digits2(b)
	c := d.clock()
	z := d.zone()
	if year < 0 {
		return time.Time{}, 0
	}
	return d.stamp(century(year), digits2(b[3:]), digits2(b[6:]), c, z)
}

// readMonthDay reads 03-17 16:13:38.811, 03/17 16:13:38 and 10.30 16:49:06: no year.
func readMonthDay(b []byte) (time.Time, int) {
	if len(b) < 14 || b[2] != '-' && b[2] != '/' && b[2] != '.' || b[5] != ' ' {
		return time.Time{}, 0
	}
	d := dateReader{b: b, at: 6}
	c := d.clock()
	return d.stamp(yearUnknown, digits2(b), digits2(b[3:]), c, noZone)
}

// readTAI64N reads the labels of multilog and s6-log: @ and 24 hexadecimal digits,
// 2^62 more than the seconds of TAI, then nanoseconds. Like those programs it takes
// TAI for 10 seconds ahead of UTC.
func readTAI64N(b []byte) (t time.Time, n int) {
	const size = len("@4000000050d8f6a61a2c5b2c")
	if len(b) < size || b[0] != '@' || b[1] != '4' || len(b) > size && isWordByte(b[size]) {
		return t, 0
	}
	sec, ok := hexNumber(b[1:17])
	nsec, ok2 := hexNumber(b[17:size])
	sec -= 1<<62 + 10
	if !ok || !ok2 || nsec >= 1e9 || sec < 1e9 || sec >= 2e9 {
		return t, 0
	}
	return time.Unix(int64(sec), int64(nsec)).UTC(), size
}

func hexNumber(b []byte) (v uint64, ok bool) {
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			v = v<<4 | uint64(c-'0')
		case c-'a' < 6:
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// readUptime reads the kernel's time since it started, [12345.678901], and the
// bracket's padding. It is no time of a calendar.
func readUptime(b []byte) (since time.Duration, n int) {
	if len(b) < 5 || b[0] != '[' {
		return 0, 0
	}
	d := dateReader{b: b, at: 1}
	d.spaces()
	sec := d.number(1, 9)
	nsec, w := readFraction(d.rest())
	d.at += w
	if d.bad || w == 0 || !d.has("]") {
		return 0, 0
	}
	return time.Duration(sec)*time.Second + time.Duration(nsec), d.at
}
