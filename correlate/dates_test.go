package correlate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// at reads 2006-01-02T15:04, to the minute.
func at(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

// stream makes entries of words: 2006-01-02T15:04 has everything, 01-02T15:04 no
// year, 15:04 no day; m:01/02/2006T15:04 numbers month first, y:06/01/02T15:04 numbers
// year first; - no time at all. A stamp that ends in Z names its zone.
func stream(name, words string) (list []*diagnose.Entry) {
	for i, w := range strings.Fields(words) {
		e := &diagnose.Entry{Stream: name, Offset: int64(i * 10), Line: i + 1, Lacks: diagnose.LacksZone}
		if s, ok := strings.CutSuffix(w, "Z"); ok {
			w, e.Lacks = s, 0
		}
		layout, year := "2006-01-02T15:04", 0
		switch {
		case w == "-":
			list = append(list, e)
			continue
		case strings.HasPrefix(w, "m:"):
			layout, e.Lacks = "m:01/02/2006T15:04", e.Lacks|diagnose.LacksOrder
		case strings.HasPrefix(w, "y:"):
			layout, e.Lacks = "y:06/01/02T15:04", e.Lacks|diagnose.ShortYear
		case len(w) == len("01-02T15:04"):
			w, e.Lacks = "2000-"+w, e.Lacks|diagnose.LacksYear
		case len(w) == len("15:04"):
			layout, e.Lacks, year = "15:04", e.Lacks|diagnose.LacksDay, -10
		}
		t, err := time.Parse(layout, w)
		if err != nil {
			panic(err)
		}
		if e.Lacks&(diagnose.LacksYear|diagnose.LacksDay) != 0 {
			t = time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
		} else {
			e.Time = t
		}
		e.Stamp = t
		list = append(list, e)
	}
	return list
}

func print(entries []*diagnose.Entry) string {
	var out []string
	for _, e := range entries {
		mark := ""
		if e.TimeInferred {
			mark = "?"
		}
		if e.Time.IsZero() {
			out = append(out, "-"+mark)
			continue
		}
		out = append(out, e.Time.Format("2006-01-02T15:04")+mark)
	}
	return strings.Join(out, " ")
}

func TestDateStream(t *testing.T) {
	f := func(words, latest, want string) {
		t.Helper()
		entries := stream("x", words)
		DateStream(entries, End{Time: at(latest)})
		if got := print(entries); got != want {
			t.Errorf("%s, latest %q:\n got %s\nwant %s", words, latest, got, want)
		}
		DateStream(entries, End{Time: at(latest)})
		if got := print(entries); got != want {
			t.Errorf("%s, latest %q, again:\n got %s\nwant %s", words, latest, got, want)
		}
	}
	// Years: from the file's end, back over new year.
	f("12-30T23:00 12-31T23:59 01-01T00:01", "2024-01-02T00:00", "2023-12-30T23:00? 2023-12-31T23:59? 2024-01-01T00:01?")
	f("12-31T23:59 01-01T00:01", "2025-06-01T00:00", "2024-12-31T23:59? 2025-01-01T00:01?")
	f("11-30T10:00 02-01T10:00 12-24T10:00 01-03T10:00", "2024-01-05T00:00", "2022-11-30T10:00? 2023-02-01T10:00? 2023-12-24T10:00? 2024-01-03T10:00?")
	f("06-01T10:00 12-31T23:59", "2024-01-01T00:01", "2023-06-01T10:00? 2023-12-31T23:59?")
	f("01-02T03:00", "2024-01-01T12:00", "2024-01-02T03:00?") // a zone ahead of UTC
	f("01-03T03:00", "2024-01-01T12:00", "2023-01-03T03:00?")
	// 29 February.
	f("02-29T10:00", "2026-03-01T00:00", "2024-02-29T10:00?")
	f("02-28T10:00 02-29T10:00 03-01T10:00", "2025-01-01T00:00", "2024-02-28T10:00? 2024-02-29T10:00? 2024-03-01T10:00?")
	f("02-29T10:00 01-05T10:00", "2101-01-06T00:00", "2096-02-29T10:00? 2101-01-05T10:00?") // 2100 had none
	// Threads out of order by seconds over new year, and files joined newest first.
	f("12-31T23:59 01-01T00:00 12-31T23:59 01-01T00:01", "2024-01-01T12:00", "2023-12-31T23:59? 2024-01-01T00:00? 2023-12-31T23:59? 2024-01-01T00:01?")
	f("11-20T10:00 11-01T10:00", "2024-12-01T00:00", "2024-11-20T10:00? 2024-11-01T10:00?")
	// A complete stamp tells the years of its neighbours, whatever the file's time.
	f("12-31T10:00 2020-01-01T10:00 01-02T10:00 11-30T10:00 01-01T10:00", "2024-01-01T00:00", "2019-12-31T10:00? 2020-01-01T10:00 2020-01-02T10:00? 2020-11-30T10:00? 2021-01-01T10:00?")
	// Days.
	f("22:00 23:59 00:01 08:00", "2024-05-03T08:01", "2024-05-02T22:00? 2024-05-02T23:59? 2024-05-03T00:01? 2024-05-03T08:00?")
	f("23:59 00:00 23:59 00:01", "2024-05-03T01:00", "2024-05-02T23:59? 2024-05-03T00:00? 2024-05-02T23:59? 2024-05-03T00:01?")
	f("2024-05-01T10:00 11:00 09:30 03:00 - 04:00", "2030-01-01T00:00", "2024-05-01T10:00 2024-05-01T11:00? 2024-05-01T09:30? 2024-05-02T03:00? - 2024-05-02T04:00?")
	f("23:00 2024-05-01T01:00", "2030-01-01T00:00", "2024-04-30T23:00? 2024-05-01T01:00")
	f("08:00 23:00", "2024-05-01T23:01", "2024-05-01T08:00? 2024-05-01T23:00?")
	f("17:59", "2024-05-01T10:00", "2024-05-01T17:59?") // written in +08:00
	f("01:00", "2024-05-01T17:00", "2024-05-02T01:00?")
	// Both: years first, then days by them.
	f("23:00 01-01T01:00 02:00", "2024-06-01T00:00", "2023-12-31T23:00? 2024-01-01T01:00? 2024-01-01T02:00?")
	// Nothing tells.
	f("12-31T23:00 01-01T01:00", "", "0399-12-31T23:00 0400-01-01T01:00")
	f("02-29T01:00", "", "0400-02-29T01:00")
	f("23:00 01:00", "", "0099-12-31T23:00 0100-01-01T01:00")
	f("- -", "2024-01-01T00:00", "- -")
	f("", "2024-01-01T00:00", "")
}

// About other logs a stream may end before or after them.
func TestDateStreamAboutOthers(t *testing.T) {
	f := func(words, about, want string) {
		t.Helper()
		entries := stream("x", words)
		DateStream(entries, End{Time: at(about), About: true})
		if got := print(entries); got != want {
			t.Errorf("%s about %s:\n got %s\nwant %s", words, about, got, want)
		}
	}
	f("12-31T10:00 01-09T10:00", "2024-01-02T00:00", "2023-12-31T10:00? 2024-01-09T10:00?")
	f("12-20T10:00", "2024-01-02T00:00", "2023-12-20T10:00?")
	f("06-20T10:00", "2024-01-02T00:00", "2024-06-20T10:00?")
	f("23:50 00:10", "2024-01-02T00:00", "2024-01-01T23:50? 2024-01-02T00:10?")
}

func TestOrderOfNumbers(t *testing.T) {
	f := func(words, latest, want, layout string, certain bool) {
		t.Helper()
		entries := stream("x", words)
		d := DateStream(entries, End{Time: at(latest)})
		if got := print(entries); got != want || d.Layout != layout || d.Certain != certain {
			t.Errorf("%s, latest %q:\n got %s, %s %v\nwant %s, %s %v", words, latest, got, d.Layout, d.Certain, want, layout, certain)
		}
	}
	// The order in which the stream runs on from what is certain.
	f("m:05/01/2024T10:00 m:06/01/2024T10:00 m:07/01/2024T10:00", "", "2024-01-05T10:00? 2024-01-06T10:00? 2024-01-07T10:00?", "day/month/year", true)
	f("m:01/05/2024T10:00 m:01/06/2024T10:00 m:01/07/2024T10:00", "", "2024-01-05T10:00? 2024-01-06T10:00? 2024-01-07T10:00?", "month/day/year", true)
	f("m:12/01/2024T23:59 2024-01-13T00:01", "", "2024-01-12T23:59? 2024-01-13T00:01", "day/month/year", true)
	// One date only: the file's time decides, or nothing does.
	f("m:02/01/2024T10:00", "2024-01-02T10:01", "2024-01-02T10:00?", "day/month/year", true)
	f("m:02/01/2024T10:00", "2024-02-01T10:01", "2024-02-01T10:00?", "month/day/year", true)
	f("m:02/01/2024T10:00", "2026-02-01T10:01", "2024-02-01T10:00?", "month/day/year", false)
	f("m:02/01/2024T10:00", "", "2024-02-01T10:00?", "month/day/year", false)
	// Years of two digits.
	f("y:17/06/09T10:00 y:17/06/10T10:00", "", "2017-06-09T10:00? 2017-06-10T10:00?", "year/month/day", true)
	f("y:17/06/09T10:00 y:18/06/09T10:00", "", "2009-06-17T10:00? 2009-06-18T10:00?", "day/month/year", true)
	f("y:06/11/09T10:00 y:06/12/09T10:00 y:06/12/10T10:00", "2010-12-06T11:00", "2006-11-09T10:00? 2006-12-09T10:00? 2006-12-10T10:00?", "year/month/day", true)
	f("y:06/11/09T10:00 y:06/12/09T10:00 y:07/01/09T10:00", "2009-07-01T11:00", "2009-06-11T10:00? 2009-06-12T10:00? 2009-07-01T10:00?", "month/day/year", true)
	f("y:17/06/09T10:00", "2017-06-09T12:00", "2017-06-09T10:00?", "year/month/day", true)
	f("y:17/06/09T10:00", "", "2017-06-09T10:00?", "year/month/day", false)
	f("y:17/06/09T10:00", "2010-01-01T00:00", "2009-06-17T10:00?", "day/month/year", true) // 2017 is not yet
}

// A log that runs forward with pauses of less than eleven months is dated right by its
// end alone, and by any complete stamp in it; its entries are too when they come later.
func TestDatesOfLogsThatRunForward(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		yearless := random.IntN(2) == 0
		pause := 20 * time.Hour
		if yearless {
			pause = 330 * 24 * time.Hour
		}
		now := time.Date(1990+random.IntN(40), time.Month(1+random.IntN(12)), 1+random.IntN(28), 0, 0, 0, 0, time.UTC)
		var words, want []string
		for range 2 + random.IntN(30) {
			now = now.Add(time.Duration(random.Int64N(int64(pause)))).Truncate(time.Minute)
			text := now.Format("15:04")
			if yearless {
				text = now.Format("01-02T15:04")
			}
			if random.IntN(8) == 0 {
				text = now.Format("2006-01-02T15:04")
			}
			words = append(words, text)
			want = append(want, now.Format("2006-01-02T15:04"))
		}
		entries := stream("x", strings.Join(words, " "))
		d := DateStream(entries, End{Time: now.Add(time.Minute)})
		if got := strings.ReplaceAll(print(entries), "?", ""); got != strings.Join(want, " ") {
			t.Fatalf("%v:\n got %s\nwant %v", words, got, want)
		}
		for i, e := range stream("x", strings.Join(words, " ")) {
			d.DateEntry(e)
			if got := e.Time.Format("2006-01-02T15:04"); got != want[i] {
				t.Fatalf("%v: entry %d alone is %s, want %s", words, i, got, want[i])
			}
		}
	}
}

func TestDateEntryBetweenOthers(t *testing.T) {
	known := stream("x", "12-30T10:00 - - - 01-02T10:00")
	d := DateStream(known, End{Time: at("2024-01-03T00:00")})
	for i, want := range map[int]string{1: "2023-12-31T10:00", 3: "2024-01-01T10:00"} {
		e := stream("x", "- "+want[5:])[1]
		e.Offset = int64(i * 10)
		d.DateEntry(e)
		if got := e.Time.Format("2006-01-02T15:04"); got != want {
			t.Errorf("entry %d: %s, want %s", i, got, want)
		}
	}
}

func FuzzDateStream(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 200, 100, 7}, int64(1_700_000_000))
	f.Fuzz(func(t *testing.T, b []byte, latest int64) {
		var entries []*diagnose.Entry
		for i, c := range b {
			// Stamps of numbers have a date; of a date with a zone nothing else lacks.
			e := &diagnose.Entry{Stream: "x", Offset: int64(i), Lacks: diagnose.Lacks(c)}
			switch {
			case e.Lacks&diagnose.LacksDay != 0:
				e.Lacks = diagnose.LacksDay | diagnose.LacksZone
			case e.Lacks&diagnose.LacksYear != 0:
				e.Lacks = diagnose.LacksYear | diagnose.LacksZone
			case e.Lacks&diagnose.ShortYear != 0:
				e.Lacks = diagnose.ShortYear
			case e.Lacks&diagnose.LacksOrder != 0:
				e.Lacks = diagnose.LacksOrder
			}
			year := 0
			if e.Lacks&diagnose.LacksDay != 0 {
				year = -10
			}
			e.Stamp = time.Date(year, time.Month(c%14), int(c)%33, int(c)%25, i, 0, 0, time.UTC)
			if e.Lacks&(diagnose.LacksYear|diagnose.LacksDay) == 0 {
				e.Stamp = e.Stamp.AddDate(2000+int(c)%40, 0, 0)
				e.Time = e.Stamp
			}
			entries = append(entries, e)
		}
		d := DateStream(entries, End{Time: time.Unix(latest%4e9, 0), About: latest%2 == 0})
		once := fmt.Sprint(print(entries), d.Layout, d.Certain)
		d = DateStream(entries, End{Time: time.Unix(latest%4e9, 0), About: latest%2 == 0})
		if again := fmt.Sprint(print(entries), d.Layout, d.Certain); again != once {
			t.Fatalf("first %s\nthen %s", once, again)
		}
		for _, e := range entries {
			d.DateEntry(e)
		}
	})
}
