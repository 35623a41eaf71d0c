package main

import (
	"fmt"
	"strings"
	"testing"
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

// What comes faster than it can be parsed is not told less, nor later: of what
// follows the present only entries around literals are parsed then.
func TestHurry(t *testing.T) {
	f := func(timely bool, wantSkimmed bool) {
		t.Helper()
		g := newGrowing(t)
		g.timely = timely
		noise := strings.Repeat(quietLine, 500)
		const streams = 20
		for n := 0; n*len(noise) <= maxUnread+maxUnread/2; n++ {
			name := fmt.Sprintf("/var/log/%02d.log", n%streams)
			g.write(name, noise)
			if n < streams {
				g.write(name, fmt.Sprintf(decidingLine, n))
			}
		}
		v := g.judgeNow()
		if len(v.Causes) != streams {
			t.Errorf("timely %v: %d causes, want %d", timely, len(v.Causes), streams)
		}
		for _, c := range v.Causes {
			if e := c.Evidence[0].Entry; e.Line != 501 {
				t.Errorf("timely %v: %s is said to stand in line %d, not 501", timely, e.Text, e.Line)
			}
		}
		if (g.skimmed > 0) != wantSkimmed {
			t.Errorf("timely %v: %d bytes skimmed", timely, g.skimmed)
		}
	}
	f(true, true)
	f(false, false)
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
	if err := g.use(loadedBase(t)); err != nil {
		t.Fatal(err)
	}
	if hits := g.byName["a.log"].open[0].hits; len(hits) == 0 || hits[0].Rule == old {
		t.Errorf("an open entry kept the hits of the old rules")
	}
	if v := g.judgeNow(); len(v.Causes) != 1 {
		t.Errorf("%d causes after other rules, want 1", len(v.Causes))
	}
}
