package correlate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"diagnose"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// line makes an entry of a stream from words: job:733, logid:ab, seq:49-1,
// connection:x are ids; mention:host=49; ok and failed are outcomes, of=job:733
// says whose; boundary, step; +90s is its time; no time without it.
func line(stream string, offset int, words string) *diagnose.Entry {
	e := &diagnose.Entry{Stream: stream, Offset: int64(offset), Line: offset + 1}
	for _, w := range strings.Fields(words) {
		key, value, _ := strings.Cut(w, ":")
		switch {
		case w == "ok":
			e.Outcome = diagnose.OutcomeSucceeded
		case w == "failed":
			e.Outcome = diagnose.OutcomeFailed
		case w == "run":
			e.OutcomeOf.Kind = diagnose.KindRun
		case w == "boundary":
			e.Boundary = true
		case w == "step":
			e.Boundary, e.Step = true, true
		case strings.HasPrefix(w, "+"):
			d, err := time.ParseDuration(w[1:])
			if err != nil {
				panic(err)
			}
			e.Time = start.Add(d)
		case key == "of":
			kind, v, _ := strings.Cut(value, "=")
			e.OutcomeOf = diagnose.ID{Kind: diagnose.IDKind(kind), Value: v}
		case key == "mention":
			kind, v, _ := strings.Cut(value, "=")
			e.Mentions = append(e.Mentions, diagnose.ID{Kind: diagnose.IDKind(kind), Value: v})
		case key == "host":
			e.Mentions = append(e.Mentions, diagnose.ID{Kind: diagnose.KindHost, Value: value})
		default:
			e.IDs = append(e.IDs, diagnose.ID{Kind: diagnose.IDKind(key), Value: value})
		}
	}
	return e
}

// log makes the entries of a stream.
func log(stream string, lines ...string) []*diagnose.Entry {
	var out []*diagnose.Entry
	for i, l := range lines {
		out = append(out, line(stream, i, l))
	}
	return out
}

// shape is the partition of entries into cases: "ms0 ms2 | agent0 ms1".
func shape(r *Result, entries []*diagnose.Entry) string {
	groups := map[int][]string{}
	for _, e := range entries {
		n := r.Of(e)
		groups[n] = append(groups[n], fmt.Sprintf("%s%d", e.Stream, e.Offset))
	}
	var out []string
	for _, g := range groups {
		sort.Strings(g)
		out = append(out, strings.Join(g, " "))
	}
	sort.Strings(out)
	return strings.Join(out, " | ")
}

func TestTie(t *testing.T) {
	f := func(what, want string, streams ...[]*diagnose.Entry) *Result {
		t.Helper()
		entries := slices.Concat(streams...)
		r := Tie(entries)
		if got := shape(r, entries); got != want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
		return r
	}

	// The API thread's logid is not the job's: the submit line has both.
	f("an alias joins", "m0 m1 m2 | m3", log("m",
		"logid:api", "logid:api job:733", "job:733 logid:job", "logid:other"))
	f("a logid joins the server and the agent", "a0 m0 m1 | a1",
		log("m", "job:1 logid:aa", "logid:aa"), log("a", "logid:aa", "logid:bb"))
	f("a weak id never joins", "m0 | m1", log("m", "job:1 host:49", "job:2 host:49"))
	f("an answer that has only its sequence", "m0 m1 m2", log("m", "job:1 seq:49-7", "seq:49-7", "job:1"))
	f("ids of other kinds with one value stay apart", "m0 | m1", log("m", "job:7", "seq:7"))

	// 733 speaks at 10:00 and again two days later: a restarted counter.
	f("a gap of a day splits a number", "m0 m1 | m2 m3", log("m",
		"job:733 +0s", "job:733 +1h", "job:733 +50h", "job:733 +51h"))
	f("a gap does not split a logid", "m0 m1", log("m", "logid:aa +0s", "logid:aa +50h"))

	// $ one | $ two: what stands between two commands is one case.
	f("commands part lines without ids", "s0 s1 | s2 s3", log("s", "boundary", "", "boundary", ""))
	f("ten quiet minutes part them too", "s0 s1 | s2", log("s", "+0s", "+9m", "+20m"))
	f("without times only commands do", "s0 s1 s2", log("s", "", "", ""))
	f("streams stay apart", "s0 | u0", log("s", ""), log("u", ""))
	// PLAY, TASK, TASK, recap, PLAY: a play is one run, whatever its steps.
	f("steps part only after the run's outcome", "p0 p1 p2 p3 | p4", log("p", "step", "step", "", "ok", "step"))
	f("an entry with an id does not belong to the command", "s0 s2 | s1", log("s", "boundary", "job:5", ""))
}

func TestOutcome(t *testing.T) {
	f := func(what string, want diagnose.Outcome, lines ...string) {
		t.Helper()
		entries := log("m", lines...)
		r := Tie(entries)
		if got := r.Case(entries[0]).OutcomeFor(entries[0].Mentions); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	const unknown, succeeded, failed = diagnose.OutcomeUnknown, diagnose.OutcomeSucceeded, diagnose.OutcomeFailed
	f("nobody says", unknown, "job:1", "job:1")
	f("a child failed and the parent succeeded", succeeded, "job:10", "job:10 job:11 failed of:job=11", "job:10 job:12 ok of:job=12", "job:10 ok of:job=10")
	f("numbers are compared as numbers", succeeded, "job:9", "job:9 job:10 failed of:job=10", "job:9 ok of:job=9")
	f("a child failed and nobody says of the parent", failed, "job:10 job:11", "job:10 job:11 failed of:job=11")
	f("a failed job stays failed", failed, "job:1", "job:1 failed of:job=1", "job:1 ok of:job=1")
	f("what a run says last counts", succeeded, "", "failed", "ok")
	f("and when it is bad", failed, "", "ok", "failed")
	f("a host's own recap counts", succeeded, "host:web1", "ok host:web1 of:host=web1", "failed host:web2 of:host=web2")
	f("another host's does not", unknown, "host:web3", "ok host:web1 of:host=web1")
	f("without a host the worst counts", failed, "", "ok of:host=web1", "failed of:host=web2")
	f("a host that is done again", succeeded, "", "failed of:host=web1", "ok of:host=web2", "ok of:host=web1")
	f("a host after which others went well", failed, "", "failed of:host=web1", "ok of:host=web2")
	f("a build that succeeded covers its earlier steps", succeeded, "boundary", "failed", "boundary", "ok run")
	f("and not the build before it", failed, "failed run", "boundary", "ok run")
}

// Of two streams of one case the one that speaks last says how it ended.
func TestOutcomeOfSeveralStreams(t *testing.T) {
	f := func(want diagnose.Outcome, first, second string) {
		t.Helper()
		for _, entries := range [][]*diagnose.Entry{
			slices.Concat(log("a", "task:1 "+first), log("b", "task:1 "+second)),
			slices.Concat(log("a", "task:1 "+second), log("b", "task:1 "+first)),
		} {
			if got := Tie(entries).Case(entries[0]).Outcome; got != want {
				t.Errorf("%s, then %s: %v, want %v", first, second, got, want)
			}
		}
	}
	f(diagnose.OutcomeSucceeded, "failed +1m", "ok +2m")
	f(diagnose.OutcomeFailed, "ok +1m", "failed +2m")
}

// The order in which streams are given does not change what belongs together.
func TestStreamOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		var streams [][]*diagnose.Entry
		for s := range 4 {
			var lines []string
			for range r.IntN(12) {
				words := []string{"job:1", "job:2", "logid:a", "logid:b", "seq:1-1", "boundary", "step", "ok", "", "host:1"}
				lines = append(lines, words[r.IntN(len(words))]+" "+words[r.IntN(len(words))]+fmt.Sprintf(" +%dm", r.IntN(60)))
			}
			streams = append(streams, log(fmt.Sprintf("s%d-", s), lines...))
		}
		entries := slices.Concat(streams...)
		first := Tie(entries)
		want := shape(first, entries)
		r.Shuffle(len(streams), func(i, j int) { streams[i], streams[j] = streams[j], streams[i] })
		shuffled := slices.Concat(streams...)
		again := Tie(shuffled)
		if got := shape(again, shuffled); got != want {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, got, want)
		}
		if got, want := again.Cases(), first.Cases(); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: other cases:\n got %+v\nwant %+v", seed, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	f := func(want string, lines ...string) {
		t.Helper()
		entries := log("x.log", lines...)
		if got := Tie(entries).Case(entries[0]).ID; got != want {
			t.Errorf("case is called %q, want %q", got, want)
		}
	}
	f("job-733", "logid:aa", "logid:aa job:733")
	f("logid:aa", "ctx:1 logid:aa")
	f("x.log#1", "")
	f("x.log#1", "mention:job=5") // another job's number in a watchdog's line
	f("x.log#2", "boundary")
}

func TestLargeComponentsAreSplit(t *testing.T) {
	var lines []string
	for i := range 2*MaxEntries + 5 {
		lines = append(lines, fmt.Sprintf("logid:aa +%ds", i))
	}
	entries := log("m", lines...)
	r := Tie(entries)
	if len(r.Cases()) != 3 || len(r.Split) != 1 || r.Split[0].Entries != len(entries) || r.Split[0].Parts != 3 {
		t.Fatalf("%d cases, split %+v", len(r.Cases()), r.Split)
	}
	for i, e := range entries {
		if want := i / MaxEntries; r.Of(e) != want {
			t.Fatalf("entry %d is in part %d, want %d", i, r.Of(e), want)
		}
	}
	small := Tie(entries[:MaxEntries])
	if len(small.Cases()) != 1 || len(small.Split) != 0 {
		t.Errorf("%d entries: %d cases, split %v", MaxEntries, len(small.Cases()), small.Split)
	}
}

// TestDetached: a build that ran a program ends well where the program does not start.
func TestDetached(t *testing.T) {
	outcomeOf := func(messages ...string) diagnose.Outcome {
		var entries []*diagnose.Entry
		for i, m := range messages {
			e := &diagnose.Entry{Stream: "log", Line: i + 1, Offset: int64(i), Message: m}
			switch m {
			case "goal":
				e.Detached, e.Message = true, "" // as an entry that is kept for its ties
			case "BUILD SUCCESS":
				e.Outcome, e.Message = diagnose.OutcomeSucceeded, ""
			default:
				e.Level = diagnose.LevelError
			}
			entries = append(entries, e)
		}
		c := Tie(entries).Case(entries[len(entries)-1])
		return c.Outcome
	}
	f := func(want diagnose.Outcome, messages ...string) {
		t.Helper()
		if got := outcomeOf(messages...); got != want {
			t.Errorf("%q: %v, want %v", messages, got, want)
		}
	}
	f(diagnose.OutcomeUnknown, "goal", "Application run failed", "BUILD SUCCESS")
	f(diagnose.OutcomeSucceeded, "goal", "a request failed", "BUILD SUCCESS")
	f(diagnose.OutcomeSucceeded, "Application run failed", "BUILD SUCCESS") // in a test of it
	f(diagnose.OutcomeSucceeded, "Application run failed", "goal", "BUILD SUCCESS")
}
