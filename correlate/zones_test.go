package correlate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

func TestOwnZone(t *testing.T) {
	f := func(words string, want time.Duration, votes int) {
		t.Helper()
		entries := stream("x", words)
		DateStream(entries, End{})
		got, ok := OwnZone(entries)
		if ok != (votes > 0) || got.Offset != want || got.Votes != votes {
			t.Errorf("%s: %v, %d votes; want %v, %d", words, got.Offset, got.Votes, want, votes)
		}
	}
	f("2024-01-01T02:00Z 2024-01-01T10:00 2024-01-01T10:01 2024-01-01T02:01Z", 8*time.Hour, 2)
	f("2024-01-01T02:00Z 2024-01-01T02:00", 0, 1)
	f("2024-01-01T02:00Z 2023-12-31T21:02", -5*time.Hour, 1)
	f("2024-01-01T02:00Z 2024-01-01T07:31", 5*time.Hour+30*time.Minute, 1)
	f("2024-01-01T02:00Z 2024-01-01T02:07", 0, 0) // no zone is so near
	f("2024-01-01T02:00Z 2024-01-01T10:00 2024-01-01T02:01Z 2024-01-01T04:01", 0, 0)
	f("2024-01-01T02:00Z - 10:00", 0, 0) // a day alone bears witness of nothing
	f("2024-01-01T02:00 2024-01-01T02:01", 0, 0)

	e := &diagnose.Entry{Stream: "x", Lacks: diagnose.LacksZone | diagnose.WrapperZone, Stamp: at("2024-01-01T10:00"), Time: at("2024-01-01T02:00")}
	if z, ok := OwnZone([]*diagnose.Entry{e, e}); !ok || z != (Zone{8 * time.Hour, 2}) {
		t.Errorf("wrapped lines: %v %v", z, ok)
	}
}

func TestFileZone(t *testing.T) {
	f := func(last, stamp string, want time.Duration, ok bool) {
		t.Helper()
		a, _ := time.Parse(time.TimeOnly, last)
		b, _ := time.Parse(time.TimeOnly, stamp)
		if got, found := FileZone(a, b); found != ok || ok && got.Offset != want {
			t.Errorf("%s, %s: %v %v, want %v %v", last, stamp, got.Offset, found, want, ok)
		}
	}
	f("18:00:00", "10:00:01", 8*time.Hour, true)
	f("10:00:00", "10:00:00", 0, true)
	f("04:30:00", "10:00:00", 0, false) // no place is at -05:30
	f("15:29:59", "10:00:00", 5*time.Hour+30*time.Minute, true)
	f("18:00:00", "10:00:03", 0, false)
	f("02:00:00", "17:00:00", 0, false) // nor at -15
}

// lanes draws streams, one a line: "name: 5a 7a 9b" is an entry of id a at second 5
// and so on. Seconds are after 2024-01-01.
func lanes(drawing string) (entries []*diagnose.Entry) {
	for line := range strings.Lines(drawing) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		for i, w := range strings.Fields(rest) {
			var second float64
			var id string
			fmt.Sscanf(w, "%f%s", &second, &id)
			kind := diagnose.KindSeq
			if s, ok := strings.CutPrefix(id, "log"); ok {
				kind, id = diagnose.KindLogID, s
			}
			e := &diagnose.Entry{Stream: name, Offset: int64(i), Lacks: diagnose.LacksZone,
				Time: at("2024-01-01T00:00").Add(time.Duration(second * float64(time.Second))),
				IDs:  []diagnose.ID{{Kind: kind, Value: id}}}
			e.Stamp = e.Time
			entries = append(entries, e)
		}
	}
	return entries
}

func TestOffsets(t *testing.T) {
	f := func(drawing, want string) {
		t.Helper()
		var got []string
		for _, o := range Offsets(lanes(drawing)) {
			got = append(got, fmt.Sprintf("%s>%s %v..%v %d/%d", o.A, o.B, o.Low, o.High, o.Votes, o.Of))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s\n got %s\nwant %s", drawing, s, want)
		}
	}
	// The agent answers inside the time that the server waits: clocks may agree.
	f(`
		agent:    2a 8a
		server: 1a     9a`, "agent>server -1s..1s 1/1")
	// The agent's clock is 40 s behind: b narrows it.
	f(`
		agent:  2a 8a        61b 62b
		server: 41a 49a      100b 103b`, "agent>server 39s..41s 2/2")
	// One id that lies (a number used twice) is outvoted.
	f(`
		agent:  1a 2a 11b 12b 21c 22c
		server: 0a 3a 10b 13b 521c 523c`, "agent>server -1s..1s 2/3")
	// A single line says nothing of who waited.
	f(`
		agent:  2a
		server: 1a 9a`, "")
	f(`
		agent:  1a 2a
		server: 1b 2b`, "")
	// An id of a job is no call.
	f(`
		agent:  1loga 2loga
		server: 1loga 2loga`, "")
	f(`
		c: 1a 2a
		a: 1a 2a
		b: 1a 2a`, "a>b 0s..0s 1/1; a>c 0s..0s 1/1; b>c 0s..0s 1/1")
}

func TestLinksAndSpread(t *testing.T) {
	f := func(drawing string, known map[string]time.Duration, want string) {
		t.Helper()
		links := Links(lanes(drawing))
		decided := Spread(links, known, func(string) bool { return true })
		var got []string
		for name, l := range decided {
			got = append(got, fmt.Sprintf("%s %v by %s %d", name, known[name], l.Other, l.Votes))
		}
		slices.Sort(got)
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s\n got %s\nwant %s", drawing, s, want)
		}
	}
	const hour8 = `
		agent:  2a 8a 61logb 62logb
		server: 28801a 28809a 28860logb 28863logb`
	f(hour8, map[string]time.Duration{"agent": 0}, "server 8h0m0s by agent 2")
	f(hour8, map[string]time.Duration{"server": 0}, "agent -8h0m0s by server 2")
	f(hour8, map[string]time.Duration{"server": -6 * time.Hour}, "") // -14:00 is no zone
	f(hour8, map[string]time.Duration{}, "")
	// A chain.
	f(hour8+`
		third: 2z 3z 3logy 4logy
		agent: 3602z 3603z 3603logy 3604logy`, map[string]time.Duration{"server": 8 * time.Hour}, "agent 0s by server 2; third -1h0m0s by agent 2")
	// One id is not enough, nor a wait that is longer than zones are apart.
	f(`
		agent:  2a 8a
		server: 28801a 28809a`, map[string]time.Duration{"agent": 0}, "")
	f(`
		agent:  2a 8a 2b 8b
		server: 27000a 28809a 27000b 28809b`, map[string]time.Duration{"agent": 0}, "")
	// Forty seconds of skew are no zone, seven minutes neither.
	f(`
		agent:  2a 8a 61b 62b
		server: 28841a 28849a 28900b 28903b`, map[string]time.Duration{"agent": 0}, "server 8h0m0s by agent 2")
	f(`
		agent:  2a 3a 61b 62b
		server: 422a 423a 481b 482b`, map[string]time.Duration{"agent": 0}, "")
}

// Whatever the order in which entries are given, and whatever both clocks are off by,
// the interval holds the true offset.
func TestOffsetHoldsTheTruth(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		truth := time.Duration(random.Int64N(int64(20*time.Hour))) - 10*time.Hour
		var entries []*diagnose.Entry
		for id := range 1 + random.IntN(20) {
			begin := at("2024-01-01T00:00").Add(time.Duration(random.Int64N(int64(time.Hour))))
			wait := func() time.Duration { return time.Duration(random.Int64N(int64(2 * time.Second))) }
			asked := begin.Add(wait())
			answered := asked.Add(10 * wait())
			end := answered.Add(wait())
			for i, x := range []struct {
				stream string
				at     time.Time
			}{{"a", begin}, {"b", asked.Add(truth)}, {"b", answered.Add(truth)}, {"a", end}} {
				entries = append(entries, &diagnose.Entry{Stream: x.stream, Offset: int64(id*4 + i), Time: x.at, IDs: []diagnose.ID{{Kind: diagnose.KindSeq, Value: fmt.Sprint(id)}}})
			}
		}
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		got := Offsets(entries)
		if len(got) != 1 || got[0].Low > truth || got[0].High < truth || got[0].Votes != got[0].Of {
			t.Fatalf("%+v, want it to hold %v", got, truth)
		}
	}
}

func TestIsZone(t *testing.T) {
	for offset, want := range map[string]bool{"8h": true, "-12h": true, "14h": true, "15h": false, "-13h": false, "5h45m": true,
		"5h15m": false, "-3h30m": true, "3h30m": true, "30m": false, "15m": false, "8h0m1s": false} {
		d, _ := time.ParseDuration(offset)
		if isZone(d) != want {
			t.Errorf("%s: %v", offset, !want)
		}
	}
}

// spreadSimply takes the best link of all again and again.
func spreadSimply(links []Link, known map[string]time.Duration) map[string]Link {
	decided := map[string]Link{}
	for {
		best := -1
		for i, l := range links {
			offset, ok := known[l.Other]
			if _, done := known[l.Stream]; ok && !done && isZone(offset+l.Ahead) && (best < 0 || l.Votes > links[best].Votes) {
				best = i
			}
		}
		if best < 0 {
			return decided
		}
		l := links[best]
		known[l.Stream] = known[l.Other] + l.Ahead
		decided[l.Stream] = l
	}
}

func TestSpreadTakesTheBestLinkFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := func(string) bool { return true }
	for range 500 {
		var links []Link
		name := func() string { return string(rune('a' + r.IntN(8))) }
		for range r.IntN(20) {
			l := Link{Stream: name(), Other: name(), Ahead: time.Duration(r.IntN(7)-3) * 4 * time.Hour, Votes: 2 + r.IntN(3)}
			links = append(links, l, Link{Stream: l.Other, Other: l.Stream, Ahead: -l.Ahead, Votes: l.Votes})
		}
		want, got := map[string]time.Duration{"a": 0, "b": time.Hour}, map[string]time.Duration{"a": 0, "b": time.Hour}
		wantLinks, gotLinks := spreadSimply(links, want), Spread(links, got, all)
		if !maps.Equal(want, got) || !maps.Equal(wantLinks, gotLinks) {
			t.Fatalf("links %v:\n got %v by %v\nwant %v by %v", links, got, gotLinks, want, wantLinks)
		}
		joined := Joined(links, "a", all)
		for stream := range Spread(links, map[string]time.Duration{"a": 0}, all) {
			if !joined[stream] {
				t.Fatalf("%s got a zone by links from a, and is not joined to it", stream)
			}
		}
	}
}
