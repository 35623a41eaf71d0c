package parser

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestReadISO(t *testing.T) {
	f := func(in, want string, n int) {
		t.Helper()
		got, m := readISO([]byte(in))
		if m != n {
			t.Errorf("readISO(%q) took %d bytes, want %d", in, m, n)
		}
		if n > 0 && got.Format(time.RFC3339Nano) != want {
			t.Errorf("readISO(%q) = %s, want %s", in, got.Format(time.RFC3339Nano), want)
		}
	}
	f("2024-05-30 11:09:00 INFO] x", "2024-05-30T11:09:00Z", 19)
	f("2015-07-17 23:06:12,049:77(0x7f)", "2015-07-17T23:06:12.049Z", 23)
	f("2024-04-12T20:23:01.123456+01:00 host", "2024-04-12T19:23:01.123456Z", 32)
	f("2022-11-04T23:27:51.7475892Z text", "2022-11-04T23:27:51.7475892Z", 28)
	f("2024-05-30 11:09:00 +0800 x", "2024-05-30T03:09:00Z", 25)
	f("2024-05-30 11:09:00 -08:00", "2024-05-30T19:09:00Z", 26)
	f("2024-05-30 11:09:00 -0500x", "2024-05-30T11:09:00Z", 19)
	f("2024-05-30 11:09:00 Zookeeper", "2024-05-30T11:09:00Z", 19)
	f("2024-05-30 11:09:00 Z", "2024-05-30T11:09:00Z", 21)
	f("2024-05-30 11:09:00 - x", "2024-05-30T11:09:00Z", 19)
	f("2024-05-30 11:09:00.", "2024-05-30T11:09:00Z", 19)
	f("2024-05-30 11:09:00.1234567891 x", "2024-05-30T11:09:00.123456789Z", 30)
	f("2023.02.14 17:37:52,623|t", "2023-02-14T17:37:52.623Z", 23)
	f("2021/09/14 14:18:19.757 [E]", "2021-09-14T14:18:19.757Z", 23)
	f("2024-02-29 00:00:00", "2024-02-29T00:00:00Z", 19)
	f("2023-02-29 00:00:00", "", 0)
	f("2024-02-31 00:00:00", "", 0)
	f("2024-13-01 00:00:00", "", 0)
	f("2024-00-01 00:00:00", "", 0)
	f("0000-01-01 00:00:00", "", 0)
	f("2024-01-01 25:00:00", "", 0)
	f("2024-01-01 23:61:00", "", 0)
	f("2024-01-01 23:00:60", "", 0)
	f("2024-01-01 23:00:001", "", 0)
	f("2024-01/01 23:00:00", "", 0)
	f("2024-01-01_23:00:00", "", 0)
	f("2024-01-01 23:00:0", "", 0)
	f("2a24-01-01 23:00:00", "", 0)
	f("时间略 ERROR] [3803009] 命令", "", 0)
	f("", "", 0)
}

func TestReadRFC3164(t *testing.T) {
	f := func(in, want string, n int) {
		t.Helper()
		got, m := readRFC3164([]byte(in))
		if m != n {
			t.Errorf("readRFC3164(%q) took %d bytes, want %d", in, m, n)
		}
		if n > 0 && got.Format(time.RFC3339Nano) != want {
			t.Errorf("readRFC3164(%q) = %s, want %s", in, got.Format(time.RFC3339Nano), want)
		}
	}
	f("Nov 21 02:04:15 host sshd[1]: x", "0000-11-21T02:04:15Z", 15)
	f("Nov  1 02:04:15 host", "0000-11-01T02:04:15Z", 15)
	f("Nov 1 02:04:15 host", "0000-11-01T02:04:15Z", 14)
	f("feb 29 02:04:15.123456 host", "0000-02-29T02:04:15.123456Z", 22)
	f("FEB 03 02:04:15 host", "0000-02-03T02:04:15Z", 15)
	f("Nov 21 2026 02:04:15 host", "2026-11-21T02:04:15Z", 20)
	f("Feb 29 2023 02:04:15 host", "", 0)
	f("11月 21 02:04:15 host", "0000-11-21T02:04:15Z", 17)
	f(" 1月 05 02:04:15 host", "0000-01-05T02:04:15Z", 17)
	f("13月 05 02:04:15 host", "", 0)
	f("janv. 21 02:04:15 host", "0000-01-21T02:04:15Z", 17)
	f("août 21 02:04:15 host", "0000-08-21T02:04:15Z", 17)
	f("Dez 21 02:04:15 host", "0000-12-21T02:04:15Z", 15)
	f("янв 21 02:04:15 host", "0000-01-21T02:04:15Z", 18)
	f("ene 21 02:04:15 host", "0000-01-21T02:04:15Z", 15)
	f("Nov 31 02:04:15 host", "", 0)
	f("Nov  0 02:04:15 host", "", 0)
	f("Nov 21 24:04:15 host", "", 0)
	f("Now 21 02:04:15 host", "", 0)
	f(" Nov 21 02:04:15 host", "", 0)
	f("Nov 21 02:04:1", "", 0)
	f("", "", 0)
}

func TestReadOtherStamps(t *testing.T) {
	f := func(read func([]byte) (time.Time, int), in, want string, n int) {
		t.Helper()
		got, m := read([]byte(in))
		if m != n || n > 0 && !got.Equal(stamp(t, want)) {
			t.Errorf("%q: %s, %d bytes; want %s, %d", in, got, m, want, n)
		}
	}
	f(readCommonLog, "[21/Nov/2026:02:04:15 +0000] GET", "2026-11-21T02:04:15Z", 28)
	f(readCommonLog, "[21/Nov/2026:02:04:15 -0130]", "2026-11-21T03:34:15Z", 28)
	f(readCommonLog, "[31/Nov/2026:02:04:15 +0000]", "", 0)
	f(readCommonLog, "[21/Nov/2026:02:04:15 +00:0]", "", 0)
	f(readCommonLog, "[21/Nov/2026:02:04:15 +0000", "", 0)
	f(readEpoch, "1732154655 x", "2024-11-21T02:04:15Z", 10)
	f(readEpoch, "1732154655.125 x", "2024-11-21T02:04:15.125Z", 14)
	f(readEpoch, "1732154655125 x", "2024-11-21T02:04:15.125Z", 13)
	f(readEpoch, "1732154655125000", "2024-11-21T02:04:15.125Z", 16)
	f(readEpoch, "1732154655125000001:", "2024-11-21T02:04:15.125000001Z", 19)
	f(readEpoch, "17321546551250000010", "", 0)
	f(readEpoch, "17321546551", "", 0)
	f(readEpoch, "1732154655ab", "", 0)
	f(readEpoch, "0732154655", "", 0)

	got, n := readClock([]byte("02:04:15.000250 x"))
	if want := time.Date(dayUnknown, 1, 1, 2, 4, 15, 250_000, time.UTC); n != 15 || !got.Equal(want) {
		t.Errorf("readClock = %s, %d; want %s, 15", got, n, want)
	}
	for _, in := range []string{"24:00:01", "02:60:00", "02:04:60", "2:04:05", "02:04", "02:04:051", ""} {
		if _, n := readClock([]byte(in)); n != 0 {
			t.Errorf("readClock(%q) took %d bytes", in, n)
		}
	}
}

// Every layout prints and reads back as time.Parse reads it.
func TestStampsAgreeWithTimeParse(t *testing.T) {
	layouts := []struct {
		layout string
		read   func([]byte) (time.Time, int)
	}{
		{"2006-01-02 15:04:05", readISO},
		{"2006-01-02T15:04:05.000", readISO},
		{"2006/01/02 15:04:05,000000", readISO},
		{"2006.01.02 15:04:05", readISO},
		{"2006-01-02T15:04:05Z07:00", readISO},
		{"2006-01-02 15:04:05.000000000-0700", readISO},
		{"2006-01-02 15:04:05 -07:00", readISO},
		{"Jan _2 15:04:05", readRFC3164},
		{"Jan 02 15:04:05.000000", readRFC3164},
		{"Jan _2 2006 15:04:05", readRFC3164},
		{"[02/Jan/2006:15:04:05 -0700]", readCommonLog},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		zone := time.FixedZone("", (random.IntN(48*2)-48)*900)
		at := time.Unix(random.Int64N(4e9), random.Int64N(1e9)).In(zone)
		for _, l := range layouts {
			text := at.Format(l.layout)
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

// Every date of four digits and two and two is accepted exactly when time.Parse does.
func TestInvalidDatesAgreeWithTimeParse(t *testing.T) {
	for _, year := range []int{1, 1900, 1970, 2000, 2023, 2024, 2100, 9999} {
		for month := range 20 {
			for day := range 40 {
				text := fmt.Sprintf("%04d-%02d-%02d 10:20:30", year, month, day)
				_, err := time.Parse(time.DateTime, text)
				if _, n := readISO([]byte(text)); (n > 0) != (err == nil) {
					t.Errorf("readISO(%q) took %d bytes, time.Parse says %v", text, n, err)
				}
			}
		}
	}
}

func TestStampsDoNotAllocate(t *testing.T) {
	lines := [][]byte{
		[]byte("2024-04-12T20:23:01.123456+05:45 host x"), []byte("Nov 21 02:04:15 host"),
		[]byte("janv. 21 02:04:15 host"), []byte("[21/Nov/2026:02:04:15 +0545]"), []byte("1732154655.1 x"),
	}
	if n := testing.AllocsPerRun(50, func() {
		for _, l := range lines {
			readISO(l)
			readRFC3164(l)
			readClock(l)
			readCommonLog(l)
			readEpoch(l)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2024-05-30 11:09:00,123 +0800", "Nov 21 02:04:15", " 1月 05 02:04:15",
		"15:04:05.1", "[21/Nov/2026:02:04:15 +0000]", "1732154655.125", "2024-02-31T10:10:10Z"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte) (time.Time, int){readISO, readRFC3164, readClock, readCommonLog, readEpoch} {
			at, n := read(b)
			if n < 0 || n > len(b) {
				t.Fatalf("took %d of %d bytes", n, len(b))
			}
			if n == 0 && !at.IsZero() {
				t.Fatalf("a time without bytes: %s", at)
			}
		}
		if at, n := readISO(b); n == 19 && b[4] == '-' && b[10] == ' ' {
			want, err := time.Parse(time.DateTime, string(b[:19]))
			if err != nil || !at.Equal(want) {
				t.Fatalf("%q: %s, want %s (%v)", b[:19], at, want, err)
			}
		}
	})
}

func BenchmarkReadISO(b *testing.B) {
	line := []byte("2024-04-12T20:23:01.123456+01:00 host sshd[1]: x")
	b.ReportAllocs()
	for b.Loop() {
		readISO(line)
	}
}

func stamp(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
