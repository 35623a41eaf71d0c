package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"diagnose"
	"diagnose/follow"
	"diagnose/report"
)

// growing is a live engine over logs that grow at their ends.
type growing struct {
	*live
	offset map[string]int64
	line   map[string]int
}

func newGrowing(t testing.TB) *growing {
	t.Helper()
	l, err := newLive(loadedBase(t), clock{})
	if err != nil {
		t.Fatal(err)
	}
	return &growing{l, map[string]int64{}, map[string]int{}}
}

func (g *growing) write(name, text string) {
	g.append(name, g.offset[name], g.line[name]+1, []byte(text), exampleTime)
	g.offset[name] += int64(len(text))
	g.line[name] += strings.Count(text, "\n")
}

const (
	quietLine    = "2026-11-21 10:00:00,123 INFO  [c.c.a.ApiServlet] (qtp-1:ctx-1) (logid:1) ===END=== 10.0.0.1 -- GET\n"
	decidingLine = "curl: (6) Could not resolve host: h%d.example.org\n"
)

// What comes faster than it can be parsed is told all the same: only entries around
// literals are parsed then, but not of what was there before.
func TestHurry(t *testing.T) {
	f := func(there string, wantSkimmed bool) {
		t.Helper()
		g := newGrowing(t)
		noise := strings.Repeat(quietLine, 500)
		const streams = 20
		name := func(n int) string { return fmt.Sprintf("/var/log/%02d.log", n%streams) }
		for n := range streams {
			if there != "" {
				g.write(name(n), there)
			}
		}
		g.catchUp()
		for n := 0; n*len(noise) <= maxUnread+maxUnread/2; n++ {
			g.write(name(n), noise)
			if n < streams {
				g.write(name(n), fmt.Sprintf(decidingLine, n))
			}
		}
		v := g.judgeNow()
		if len(v.Causes) != streams {
			t.Errorf("%d causes, want %d", len(v.Causes), streams)
		}
		for _, c := range v.Causes {
			if e, want := c.Evidence[0].Entry, 501+strings.Count(there, "\n"); e.Line != want {
				t.Errorf("%s is said to stand in line %d, not %d", e.Text, e.Line, want)
			}
		}
		if (g.skimmed > 0) != wantSkimmed {
			t.Errorf("%d bytes skimmed", g.skimmed)
		}
	}
	f("", false)
	f(quietLine, true)
}

// What decides is told before the rest is read, and the rest is read all the same: the
// answer is the same as when all is read at once.
func TestTroubledFirst(t *testing.T) {
	text := func(v *diagnose.Verdict) string {
		t.Helper()
		var b bytes.Buffer
		if err := report.Text(&b, v, report.Style{Lang: "en"}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	early, late := newGrowing(t), newGrowing(t)
	both := func(name, text string) {
		early.write(name, text)
		late.write(name, text)
	}
	for round := range 3 {
		both("quiet.log", strings.Repeat(quietLine, 3))
		both("half.log", "curl: (6) Could not res")
		both("bad.log", quietLine+fmt.Sprintf(decidingLine, round))
		early.readTroubled()
		if n := len(early.byName["quiet.log"].buf); n != 3*len(quietLine) && round == 0 || !early.byName["quiet.log"].waits {
			t.Errorf("the quiet log was read: %d bytes are left", n)
		}
		if v := early.judgeRead(); len(v.Causes) <= round {
			t.Errorf("round %d: %d causes before the rest was read", round, len(v.Causes))
		}
		both("half.log", fmt.Sprintf("olve host: half%d\n", round))
		early.readTroubled()
		if v := early.judgeRead(); len(v.Causes) != 2*round+2 {
			t.Errorf("round %d: %d causes when half a line had become whole", round, len(v.Causes))
		}
		if got, want := text(early.judgeNow()), text(late.judgeNow()); got != want {
			t.Errorf("round %d: %s\nwanted %s", round, got, want)
		}
	}
}

// The open end of a log is looked at again with each piece; what did not change is
// not parsed again, and what goes on is.
func TestOpenEntryGoesOn(t *testing.T) {
	g := newGrowing(t)
	g.write("a.log", quietLine+fmt.Sprintf(decidingLine, 1))
	g.judgeNow()
	first := g.byName["a.log"].open
	for range 3 {
		g.write("a.log", quietLine)
		g.judgeNow()
	}
	again := g.byName["a.log"].open
	if len(first) < 2 || len(again) != len(first)+3 || again[0].entry != first[0].entry {
		t.Errorf("an entry that did not change was parsed again: %d open, then %d", len(first), len(again))
	}
	g.write("a.log", "2026-11-21 10:00:01,000 ERROR [c.c.a.ApiServlet] (qtp-1:ctx-1) (logid:1) failed\n")
	g.judgeNow()
	g.write("a.log", "java.lang.NullPointerException: nothing there\n\tat a.b.C.d(C.java:1)\n")
	g.judgeNow()
	open := g.byName["a.log"].open
	if last := open[len(open)-1].entry; last.EndLine-last.Line != 2 || !strings.Contains(last.Message, "NullPointerException") {
		t.Errorf("the last entry did not go on: lines %d to %d, %q", last.Line, last.EndLine, last.Message)
	}
}

// Entries that are open are matched anew when the rules change.
func TestReadAgainAfterOtherRules(t *testing.T) {
	g := newGrowing(t)
	g.write("a.log", fmt.Sprintf(decidingLine, 1))
	if v := g.judgeNow(); len(v.Causes) != 1 {
		t.Fatalf("%d causes", len(v.Causes))
	}
	old := g.byName["a.log"].open[0].hits[0].Rule
	other, _, _ := openBase("", nil)
	if err := g.use(other); err != nil {
		t.Fatal(err)
	}
	if hits := g.byName["a.log"].open[0].hits; len(hits) == 0 || hits[0].Rule == old {
		t.Errorf("an open entry kept the hits of the old rules")
	}
	if v := g.judgeNow(); len(v.Causes) != 1 {
		t.Errorf("%d causes after other rules, want 1", len(v.Causes))
	}
}

// Cases that went well are the most of what a service logs that works: they are not
// judged one by one, and none is left unjudged.
func TestGoodEndsAreJudgedTogether(t *testing.T) {
	w, _, _ := standalone(t, t.TempDir())
	offset := int64(0)
	f := func(text string, judge func(), want int64) {
		t.Helper()
		ev := follow.Event{Kind: follow.Text, Stream: "a.log", Offset: offset, Line: 1, Text: []byte(text)}
		if err := w.handle(ev); err != nil {
			t.Fatal(err)
		}
		offset += int64(len(text))
		if judge(); w.judged != want {
			t.Errorf("%q: %d judgements, want %d", text, w.judged, want)
		}
	}
	f("Finished: SUCCESS\n", w.judge, 1)
	f("Finished: SUCCESS\n", w.judge, 1)
	if w.due.IsZero() {
		t.Error("a case that went well waits for no judgement")
	}
	f("Finished: SUCCESS\n", w.judgeAll, 2)
	f("+ make\n", w.judgeAll, 2)
	f("Finished: FAILURE\n", w.judge, 3)
	f(fmt.Sprintf(decidingLine, 1), w.judge, 4)
}

// BenchmarkLiveJudge is one more cause in 200 logs that share the ids of their jobs.
func BenchmarkLiveJudge(b *testing.B) {
	g := newGrowing(b)
	for job := range 2000 {
		for n := range 4 {
			g.write(fmt.Sprintf("/var/log/%03d.log", (job*7+n*n*13)%200), strings.Repeat(fmt.Sprintf("2026-11-21 10:%02d:%02d,%03d DEBUG [o.a.c.f.j.i.AsyncJobManagerImpl] (API-Job-Executor-%d:ctx-%08x job-%d) (logid:%08x) step %d\n",
				job/60%60, job%60, n*100, job%100, job, job, job*31, n), 3))
		}
	}
	for n := 0; b.Loop(); n++ {
		g.write(fmt.Sprintf("/var/log/%03d.log", n%200), fmt.Sprintf(decidingLine, n))
		g.judgeNow()
	}
}
