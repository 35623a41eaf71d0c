package parser

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// reader is what every function that reads a stamp looks like.
type stampReader func([]byte) (time.Time, int)

func checkStamp(t *testing.T, read stampReader, in, want string, l diagnose.Lacks) {
	t.Helper()
	stamp, _, _ := strings.Cut(in, "|")
	got, n := read([]byte(strings.Replace(in, "|", "", 1)))
	switch {
	case want == "" && n != 0:
		t.Errorf("%q: %s from %d bytes, want none", in, got.Format(time.RFC3339Nano), n)
	case want == "":
	case n != len(stamp) || got.Format(time.RFC3339Nano) != want || lacks(got) != l:
		t.Errorf("%q: %s, %d bytes, lacks %b; want %s, %d, %b", in, got.Format(time.RFC3339Nano), n, lacks(got), want, len(stamp), l)
	}
}

// A bar marks the end of the stamp.
func TestStampLayouts(t *testing.T) {
	f := func(in, want string, l diagnose.Lacks) {
		t.Helper()
		checkStamp(t, readStamp, in, want, l)
	}
	const zone = diagnose.LacksZone
	// log4j and friends: https://logging.apache.org/log4j/2.x/manual/pattern-layout.html#converter-date
	f("2014-07-24 04:11:08,193| DEBUG", "2014-07-24T04:11:08.193Z", zone) // DEFAULT, ISO8601
	f("2025-09-21T20:47:12,447| ERROR", "2025-09-21T20:47:12.447Z", zone) // ISO8601 of log4j2
	f("20141102T123456,789| x", "2014-11-02T12:34:56.789Z", zone)         // ISO8601_BASIC
	f("20141102 123456,789| x", "2014-11-02T12:34:56.789Z", zone)         // COMPACT with a blank
	f("20141102123456789| x", "2014-11-02T12:34:56.789Z", zone)           // COMPACT
	f("02 Nov 2014 12:34:56,789| x", "2014-11-02T12:34:56.789Z", zone)    // DATE
	f("2024-05-30 11:09:00:123| x", "2024-05-30T11:09:00.123Z", zone)     // HH:mm:ss:SSS
	// PostgreSQL: log_line_prefix %m; timestamptz in query results
	f("2024-05-30 11:09:00.123 UTC| [7]", "2024-05-30T11:09:00.123Z", 0)
	f("2024-05-30 11:09:00.123+08| x", "2024-05-30T03:09:00.123Z", 0)
	f("2024-05-30 11:09:00.123 CST| [7]", "2024-05-30T11:09:00.123Z", zone)
	f("2024-05-30 11:09:00 CEST| x", "2024-05-30T09:09:00Z", 0)
	f("2024-05-30 11:09:00 GMT+8| x", "2024-05-30T03:09:00Z", 0)
	f("2024-05-30 11:09:00 UTC-03:30| x", "2024-05-30T14:39:00Z", 0)
	f("2024-05-30 11:09:00| CSTX", "2024-05-30T11:09:00Z", zone)
	f("2024-05-30 11:09:00| CAT food", "2024-05-30T11:09:00Z", zone)
	f("2024-05-30 11:09:00| +8 x", "2024-05-30T11:09:00Z", zone)
	f("2024-05-30 11:09:00| -12 x", "2024-05-30T11:09:00Z", zone)
	// RFC 3339, RFC 5424; a leap second; the end of a day in ISO 8601
	f("2016-12-31T23:59:60Z| x", "2017-01-01T00:00:00Z", 0)
	f("2017-01-01T05:29:60+05:30| x", "2017-01-01T00:00:00Z", 0)
	f("2024-12-31 24:00:00| x", "2025-01-01T00:00:00Z", zone)
	f("2024-12-31 24:00:01 x", "", 0)
	f("2024-12-31 24:00:00.5 x", "", 0)
	// .NET, Windows
	f("2024/1/2 3:04:05 PM| x", "2024-01-02T15:04:05Z", zone)
	f("2024/1/2 下午 3:04:05| x", "2024-01-02T15:04:05Z", zone)
	f("2024-1-2 3:04:05.250| x", "2024-01-02T03:04:05.25Z", zone)
	f("2024/1-2 3:04:05 x", "", 0)
	f("12/27/2024 10:00:00 AM| x", "2024-12-27T10:00:00Z", zone)
	f("12/27/2024, 12:00:00 AM| x", "2024-12-27T00:00:00Z", zone)
	f("1/2/2024 3:04:05 PM| x", "2024-01-02T15:04:05Z", zone)
	f("12/27/2024 22:00:00| x", "2024-12-27T22:00:00Z", zone)
	f("27/12/2024 22:00:00.5| x", "2024-12-27T22:00:00.5Z", zone)
	f("01/02/2024 10:00:00| x", "2024-01-02T10:00:00Z", zone|diagnose.LacksOrder)
	f("02/02/2024 10:00:00| x", "2024-02-02T10:00:00Z", zone)
	f("01-02-2024 10:00:00 +0000| x", "2024-01-02T10:00:00Z", diagnose.LacksOrder)
	f("27.12.2024 10:00:00| x", "2024-12-27T10:00:00Z", zone)
	f("01.02.2024 10:00:00| x", "2024-02-01T10:00:00Z", zone)
	f("13/13/2024 10:00:00 x", "", 0)
	// ctime(3) and httpd's error log, without and with microseconds
	f("Sun Dec 04 04:47:44 2005|] [notice]", "2005-12-04T04:47:44Z", zone)
	f("Sun Dec  4 04:47:44.123456 2005|] x", "2005-12-04T04:47:44.123456Z", zone)
	// date(1): date_fmt of glibc's locales
	f("Sun Dec  4 04:47:44 UTC 2005| x", "2005-12-04T04:47:44Z", 0)
	f("Sun Dec  4 04:47:44 CST 2005| x", "2005-12-04T04:47:44Z", zone)
	f("Tue Jan  2 10:00:00 PM HKT 2024| x", "2024-01-02T14:00:00Z", 0)
	f("Sun 23 May 2021 03:17:36 PM UTC| Executing", "2021-05-23T15:17:36Z", 0)
	f("So 4. Dez 04:47:44 CET 2005| x", "2005-12-04T03:47:44Z", 0)
	f("mar. 02 janv. 2024 10:00:00 CET| x", "2024-01-02T09:00:00Z", 0)
	f("2024年 01月 02日 星期二 10:00:00 CST| x", "2024-01-02T02:00:00Z", diagnose.GuessedZone)
	f("2024年01月02日 星期二 10时00分00秒| x", "2024-01-02T10:00:00Z", zone)
	f("西元2024年01月02日 (週二) 10時00分00秒 CST| x", "2024-01-02T02:00:00Z", diagnose.GuessedZone)
	f("2024年 1月 2日 火曜日 10:00:00 JST| x", "2024-01-02T01:00:00Z", 0)
	f("2024. 01. 02. (화) 오후 10:00:00 KST| x", "2024-01-02T13:00:00Z", 0)
	f("2024년 01월 02일 (화) 오전 12:00:00| x", "2024-01-02T00:00:00Z", zone)
	f("2024年1月2日 下午3:04:05| x", "2024-01-02T15:04:05Z", zone)
	f("2024年13月2日 3:04:05 x", "", 0)
	// git log; Go's UnixDate and RubyDate
	f("Tue Jan 2 10:00:00 2024 +0800| x", "2024-01-02T02:00:00Z", 0)
	f("Tue Jan 02 10:00:00 +0800 2024| x", "2024-01-02T02:00:00Z", 0)
	// RFC 1123, RFC 2822, RFC 850, obs-date
	f("Sun, 04 Dec 2005 04:47:44 GMT| x", "2005-12-04T04:47:44Z", 0)
	f("Sun, 4 Dec 2005 04:47:44 -0130| x", "2005-12-04T06:17:44Z", 0)
	f("Sunday, 04-Dec-05 04:47:44 GMT| x", "2005-12-04T04:47:44Z", 0)
	f("4 Dec 2005 04:47:44 +0800| x", "2005-12-03T20:47:44Z", 0)
	f("4 Dec 2005, 04:47:44| x", "2005-12-04T04:47:44Z", zone)
	// Tomcat, BIND, Oracle; access logs
	f("03-Mar-2014 13:02:03.123| SEVERE", "2014-03-03T13:02:03.123Z", zone)
	f("27/Dec/2024:10:00:00 +0000|]", "2024-12-27T10:00:00Z", 0)
	// java.util.logging, JavaScript, Kibana
	f("Mar 3, 2014 1:02:03 PM| org.apache", "2014-03-03T13:02:03Z", zone)
	f("Dec 27, 2024 @ 10:00:00", "", 0)
	f("December 27, 2024 at 1:00:00 PM UTC| x", "2024-12-27T13:00:00Z", 0)
	// HealthApp of loghub, DB2, Blue Gene
	f("20171223-22:15:29:606|\\|Step", "2017-12-23T22:15:29.606Z", zone)
	f("20171224-0:7:20:44|\\|Step", "2017-12-24T00:07:20.044Z", zone)
	f("2005-06-03-15.42.50.675872| R02", "2005-06-03T15:42:50.675872Z", zone)
	f("2005-06-03-15.42.50.675872-300| E1", "2005-06-03T20:42:50.675872Z", 0)
	f("20241227 10:00:00| x", "2024-12-27T10:00:00Z", zone)
	f("20241227T100000Z| x", "2024-12-27T10:00:00Z", 0)
	f("20241227T100000+0800| x", "2024-12-27T02:00:00Z", 0)
	f("20241227 and more", "", 0)
	f("2024122710000012 x", "", 0)
	f("20241327 10:00:00 x", "", 0)
	// numbers since 1970; http://cr.yp.to/libtai/tai64.html
	f("2024-Nov-21 02:04:15|] [PHP-WARNING]", "2024-11-21T02:04:15Z", zone)
	f("2024-Nov-21 02:04:15.5| x", "2024-11-21T02:04:15.5Z", zone)
	f("1732154655.125| x", "2024-11-21T02:04:15.125Z", 0)
	f("1732154655125.25| x", "2024-11-21T02:04:15.12525Z", 0)
	f("1732154655125000.5| x", "2024-11-21T02:04:15.1250005Z", 0)
	f("@4000000050d8f6a61a2c5b2c| x", "2012-12-25T00:43:08.43911454Z", 0)
	f("@4000000050d8f6a6ffffffff x", "", 0)
	f("@40000000 x", "", 0)
	// RFC 3164
	f("Nov 21 02:04:15| host", "0000-11-21T02:04:15Z", zone|diagnose.LacksYear)
	f("Nov 21 2024 02:04:15.123|: %ASA", "2024-11-21T02:04:15.123Z", zone)
	f("Sun is up and shines", "", 0)
	f("May I ask for 10:00:00", "", 0)
	f("12.5.3 10:00:00 x", "", 0)
	f("", "", 0)
}

// Layouts that formats ask for by name, since other text looks like them.
func TestStampLayoutsByName(t *testing.T) {
	f := func(read stampReader, in, want string, l diagnose.Lacks) {
		t.Helper()
		checkStamp(t, read, in, want, l)
	}
	const zone = diagnose.LacksZone
	f(readShortDate, "17/06/09 20:10:40| INFO", "2017-06-09T20:10:40Z", zone|diagnose.ShortYear)
	f(readShortDate, "99/06/09 20:10:40| x", "1999-06-09T20:10:40Z", zone)
	f(readShortDate, "06/17/09 20:10:40| x", "2009-06-17T20:10:40Z", zone)
	f(readShortDate, "05/06/45 20:10:40| x", "2045-05-06T20:10:40Z", zone|diagnose.LacksOrder)
	f(readShortDate, "45/46/47 20:10:40 x", "", 0)
	f(readYearFirst, "17/06/09 20:10:40| INFO", "2017-06-09T20:10:40Z", zone)
	f(readShortCompact, "081109 203615| 148", "2008-11-09T20:36:15Z", zone) // HDFS
	f(readShortCompact, "081109  3:36:15| [", "2008-11-09T03:36:15Z", zone) // MySQL 5.5
	f(readShortCompact, "081309 203615 148", "", 0)
	f(readMonthDay, "03-17 16:13:38.811|  1702", "0000-03-17T16:13:38.811Z", zone|diagnose.LacksYear) // Android
	f(readMonthDay, "10.30 16:49:06|]", "0000-10-30T16:49:06Z", zone|diagnose.LacksYear)              // Proxifier
	f(readMonthDay, "02-29 16:49:06| x", "0000-02-29T16:49:06Z", zone|diagnose.LacksYear)
	f(readMonthDay, "02-30 16:49:06 x", "", 0)
	f(readCtime, "Tue Jan  2 10:00:00| host", "0000-01-02T10:00:00Z", zone|diagnose.LacksYear)

	for in, want := range map[string]time.Duration{"[12345.678901] x": 12345678901 * time.Microsecond, "[    0.000000] Linux": 0, "[1234] x": -1, "[12.5": -1, "": -1} {
		got, n := readUptime([]byte(in))
		if (n > 0) != (want >= 0) || n > 0 && got != want {
			t.Errorf("readUptime(%q) = %v, %d; want %v", in, got, n, want)
		}
	}
}

// Random times, printed by each layout, are read back.
func TestStampLayoutsReadBack(t *testing.T) {
	layouts := []struct {
		layout string
		read   stampReader
	}{
		{"2006-01-02 15:04:05.000 MST", readStamp},
		{"2006-01-02T15:04:05.000000Z07", readISO},
		{"2006-1-2 15:04:05", readUnpadded},
		{"2006/1/2 3:04:05 PM", readUnpadded},
		{"20060102 15:04:05", readStamp},
		{"20060102150405", readStamp},
		{"20060102T150405.000Z0700", readStamp},
		{"20060102-15:04:05.000", readStamp},
		{"2006-01-02-15.04.05.000000", readStamp},
		{time.ANSIC, readStamp},
		{time.UnixDate, readStamp},
		{time.RubyDate, readStamp},
		{time.RFC1123, readStamp},
		{time.RFC1123Z, readStamp},
		{time.RFC850, readStamp},
		{"Mon, _2 Jan 2006 15:04:05 -0700", readStamp},
		{"Mon 02 Jan 2006 03:04:05 PM MST", readStamp},
		{"Mon _2. Jan 15:04:05 MST 2006", readStamp},
		{"_2 Jan 2006 15:04:05 -0700", readDayFirst},
		{"2 January 2006 15:04:05", readDayFirst},
		{"02-Jan-2006 15:04:05.000", readStamp},
		{"02/Jan/2006:15:04:05 -0700", readStamp},
		{"Jan 2, 2006 3:04:05 PM", readStamp},
		{"January 2, 2006, 15:04:05", readStamp},
		{"2006年01月02日 15:04:05", readStamp},
		{"2006年 1月 2日 PM03:04:05", nil},
		{"02.01.2006 15:04:05", readStamp},
		{"1/2/2006 3:04:05 PM", readStamp},
		{"01/02 15:04:05.000", readMonthDay},
		{"06/01/02 15:04:05", readYearFirst},
		{"060102 150405", readShortCompact},
		{"060102 15:04:05", readShortCompact},
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		at := time.Unix(random.Int64N(2e9)+1e7, random.Int64N(1e9)).UTC()
		if at.Year() < 1970 || at.Year() > 2033 {
			continue
		}
		for _, l := range layouts {
			if l.read == nil {
				continue
			}
			text := at.Format(l.layout)
			if strings.HasPrefix(text, " ") {
				continue
			}
			want, err := time.Parse(l.layout, text)
			if err != nil {
				t.Fatal(err)
			}
			got, n := l.read([]byte(text + " host x"))
			if n != len(text) || !got.Equal(want) {
				t.Fatalf("%q: got %s, %d bytes; want %s, %d", text, got, n, want, len(text))
			}
		}
	}
}

// Every abbreviation of a month that the locales of this machine's glibc give is read,
// but for those that are another month elsewhere.
func TestMonthNamesOfLocales(t *testing.T) {
	f := func(locale string, names ...string) {
		t.Helper()
		for i, name := range names {
			month, n := readMonth([]byte(name + " 21 02:04:15 host sshd[1]: x"))
			if month != i+1 || n != len(name) {
				t.Errorf("%s: %q is month %d, %d bytes", locale, name, month, n)
			}
		}
	}
	f("de_DE", "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
	f("fr_FR", "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
	f("es_ES", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
	f("it_IT", "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
	f("pt_BR", "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
	f("nl_NL", "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
	f("sv_SE", "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
	f("nb_NO", "jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des.")
	f("fi_FI", "tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu")
	f("pl_PL", "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru")
	f("cs_CZ", "led", "úno", "bře", "dub", "kvě", "čen", "čec", "srp", "zář", "říj", "lis", "pro")
	f("hu_HU", "jan", "febr", "márc", "ápr", "máj", "jún", "júl", "aug", "szept", "okt", "nov", "dec")
	f("ru_RU", "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
	f("uk_UA", "січ", "лют", "бер", "кві", "тра", "чер", "лип", "сер", "вер", "жов", "лис", "гру")
	f("tr_TR", "Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara")
	f("el_GR", "Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ")
	f("id_ID", "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
	f("lt_LT", "saus.", "vas.", "kov.", "bal.", "geg.", "birž.", "liep.", "rugp.", "rugs.", "spal.", "lapkr.", "gruod.")
	f("zh_CN", "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")
	f("ja_JP", " 1月", " 2月", " 3月", " 4月", " 5月", " 6月", " 7月", " 8月", " 9月", "10月", "11月", "12月")
	f("ko_KR", " 1월", " 2월", " 3월", " 4월", " 5월", " 6월", " 7월", " 8월", " 9월", "10월", "11월", "12월")
}

// An entry takes from the stamp of its wrapper what its own lacks.
func TestStampCompletedByWrapper(t *testing.T) {
	f := func(line, want string, l diagnose.Lacks) {
		t.Helper()
		e := New().Parse([]byte(line), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		if got := e.Time.Format(time.RFC3339Nano); got != want || e.Lacks != l {
			t.Errorf("%q: %s, lacks %b; want %s, %b", line, got, e.Lacks, want, l)
		}
	}
	const cri = "2024-01-01T02:00:00.123456789Z stderr F "
	f(cri+"2024-01-01 10:00:00,100 ERROR x", "2024-01-01T02:00:00.1Z", diagnose.LacksZone|diagnose.WrapperZone)
	f(cri+"2024-01-01 02:00:00,100 ERROR x", "2024-01-01T02:00:00.1Z", diagnose.LacksZone|diagnose.WrapperZone)
	f(cri+"2024-01-01 02:07:00,100 ERROR x", "2024-01-01T02:07:00.1Z", diagnose.LacksZone)
	f(cri+"2024-01-01T02:07:00Z ERROR x", "2024-01-01T02:07:00Z", 0)
	f(cri+"10:00:00.100 ERROR x", "2024-01-01T02:00:00.123456789Z", 0)
	f(cri+"Dec 31 23:59:59 host sshd[1]: x", "2024-01-01T01:59:59Z", diagnose.LacksZone|diagnose.WrapperZone) // at -02:00
	f(cri+"plain", "2024-01-01T02:00:00.123456789Z", 0)
	f("Dec 31 23:59:59 host sshd[1]: x", "2029-12-31T23:59:59Z", diagnose.LacksZone|diagnose.LacksYear)
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"Sun, 04 Dec 2005 04:47:44 +0800", "2024年 01月 02日 星期二 10:00:00 CST", "17/06/09 20:10:40", "081109 203615",
		"20171224-0:7:20:44", "1/2/2024 3:04:05 PM", "@4000000050d8f6a61a2c5b2c", "2005-06-03-15.42.50.675872+480", "[   12.5]", "2024. 01. 02. (화) 오후 10:00:00"} {
		f.Add([]byte(s))
	}
	readers := []stampReader{readStamp, readUnpadded, readCompact, readDB2, readCtime, readDayFirst, readMonthFirst, readUSDate,
		readShortDate, readYearFirst, readMonthDay, readShortCompact, readEastAsian, readTAI64N, readEpoch}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range readers {
			at, n := read(b)
			if n < 0 || n > len(b) || n == 0 && !at.IsZero() || n > 0 && (at.Year() < -1 || at.Year() > 10000) {
				t.Fatalf("%q: %s, %d bytes", b, at, n)
			}
			again, m := read(append(b[:n:n], " x"...))
			if n > 0 && (m != n || !again.Equal(at)) && !strings.HasPrefix(string(b[n:]), " ") {
				t.Fatalf("%q: %s, %d bytes; with a blank behind it %s, %d", b, at, n, again, m)
			}
		}
		if since, n := readUptime(b); n > len(b) || since < 0 {
			t.Fatalf("%q: %v, %d", b, since, n)
		}
	})
}
