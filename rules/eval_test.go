package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// scenario is a drawn timeline. Each line is one hit:
//
//	10:05 log#1 lost host=a vm=b    time (or -), stream#case, signal, captures
//
// A line that begins with "case" gives an outcome: "case 1 failed".
type scenario struct {
	t     *testing.T
	rule  *Rule
	hits  []*Hit
	cases map[string]*diagnose.Case
	of    map[*diagnose.Entry]*diagnose.Case
	last  time.Time
}

func play(t *testing.T, rule *Rule, drawn string) *scenario {
	t.Helper()
	s := &scenario{t: t, rule: rule, cases: map[string]*diagnose.Case{}, of: map[*diagnose.Entry]*diagnose.Case{}}
	for _, line := range strings.Split(strings.TrimSpace(drawn), "\n") {
		words := strings.Fields(line)
		if words[0] == "case" {
			s.caseOf(words[1]).Outcome = map[string]diagnose.Outcome{"failed": diagnose.OutcomeFailed, "succeeded": diagnose.OutcomeSucceeded}[words[2]]
			continue
		}
		s.add(words)
	}
	return s
}

func (s *scenario) caseOf(name string) *diagnose.Case {
	if s.cases[name] == nil {
		s.cases[name] = &diagnose.Case{ID: name}
	}
	return s.cases[name]
}

func (s *scenario) add(words []string) {
	s.t.Helper()
	stream, name, _ := strings.Cut(words[1], "#")
	e := &diagnose.Entry{Stream: stream, Offset: int64(len(s.hits)), Line: len(s.hits) + 1}
	if words[0] != "-" {
		at, err := time.Parse("15:04", words[0])
		if err != nil {
			s.t.Fatal(err)
		}
		e.Time = day.Truncate(24 * time.Hour).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		s.last = e.Time
	}
	h := &Hit{Rule: s.rule, Signal: words[2], Entry: e, Captures: map[string]string{}}
	for _, w := range words[3:] {
		k, v, _ := strings.Cut(w, "=")
		h.Captures[k] = v
	}
	s.of[e] = s.caseOf(name)
	s.hits = append(s.hits, h)
}

// findings draws what holds: captures, the lines of the evidence, and how it
// ended.
func (s *scenario) findings() string {
	scene := Scene{Case: func(e *diagnose.Entry) *diagnose.Case { return s.of[e] }, First: day, Last: s.last}
	found, _, _ := Evaluate(s.hits, scene)
	var out []string
	for _, f := range found {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(f.Captures)) {
			parts = append(parts, k+"="+f.Captures[k])
		}
		for _, e := range f.Evidence {
			parts = append(parts, fmt.Sprintf("%s:%d", e.Signal, e.Entry.Line))
		}
		if f.Cleared {
			parts = append(parts, "until "+f.End.Format("15:04"))
		}
		out = append(out, strings.Join(parts, " "))
	}
	return strings.Join(out, " | ")
}

// ruleWith is a rule with the signals lost, back and seen, whose keys beyond
// those that every rule needs are given.
func ruleWith(t *testing.T, title, keys string) *Rule {
	t.Helper()
	return parse(t, "shared/x", `title: `+title+`
system: shared
side: target
signals:
  lost: {match: "lost the host <host> of <vm>"}
  back: {match: "found the host <host> of <vm>"}
  seen: {match: "there was a host <host> of <vm>"}
`+keys+`
cause: It went.
fix: [Look.]
zh: {title: 失联, cause: 失联, fix: [看]}
examples:
  - {name: lost, log: lost the host a of b, expect: {host: a, vm: b}}
  - {name: none, log: nothing, expect: none}
`)
}

func TestEvaluate(t *testing.T) {
	f := func(title, keys, drawn, want string) {
		t.Helper()
		if got := play(t, ruleWith(t, title, keys), drawn).findings(); got != want {
			t.Errorf("%s %s\n%s\ngives %s\nwanted %s", title, keys, drawn, got, want)
		}
	}
	const when = "when: {all: [lost, seen, {any: [back, lost]}]}"
	const either = "when: {any: [lost, seen, back]}"

	// by: the captures of the title, or those that are named
	f("Host {{host}}", either, "10:00 x#1 lost host=a vm=1\n10:01 x#1 lost host=b vm=1\n10:02 x#1 seen host=a vm=2",
		"host=a vm=1 lost:1 seen:3 | host=b vm=1 lost:2")
	f("A host", either, "10:00 x#1 lost host=a vm=1\n10:01 x#1 lost host=b vm=1", "host=a vm=1 lost:1 lost:2")
	f("Host {{host}}", either+"\nby: []", "10:00 x#1 lost host=a vm=1\n10:01 x#1 lost host=b vm=1", "host=a vm=1 lost:1 lost:2")
	f("A host", either+"\nby: [vm]", "10:00 x#1 lost host=a vm=1\n10:01 x#1 lost host=b vm=2", "host=a vm=1 lost:1 | host=b vm=2 lost:2")
	// an entry that lacks the capture counts for each value
	f("Host {{host}}", when, "10:00 x#1 lost host=a\n10:01 x#1 lost host=b\n10:02 x#1 seen", "host=a lost:1 seen:3 | host=b lost:2 seen:3")
	f("Host {{host}}", when, "10:00 x#1 lost\n10:02 x#1 seen", "lost:1 seen:2")
	// entries that name different captures make one group, not the same one twice
	f("A host", either+"\nby: [host, vm]", "10:00 x#1 lost host=a\n10:02 x#1 seen vm=1", "host=a vm=1 lost:1 seen:2")
	f("A host", either+"\nby: [host, vm]", "10:00 x#1 lost host=a\n10:02 x#1 seen host=a vm=1\n10:03 x#1 seen host=a vm=2",
		"host=a vm=1 lost:1 seen:2 | host=a vm=2 lost:1 seen:3")

	// scopes
	const two = "10:00 x#1 lost host=a\n10:01 x#2 seen host=a\n10:02 y#1 seen host=a\n10:03 x#3 seen host=a"
	f("A host", when, two, "host=a lost:1 seen:3")
	f("A host", when+"\nscope: stream", two, "host=a lost:1 seen:2 seen:4")
	f("A host", when+"\nscope: input", two, "host=a lost:1 seen:2 seen:3 seen:4")
	f("A host", when+"\nscope: entry", two, "")
	f("A host", either+"\nscope: entry", two, "host=a lost:1 | host=a seen:2 | host=a seen:3 | host=a seen:4")

	// unless: the same scope and group, all of it
	const unless = "when: {any: [lost, back]}\nunless: seen"
	f("Host {{host}}", unless, "10:00 x#1 lost host=a\n10:01 x#1 lost host=b\n10:02 x#1 seen host=b", "host=a lost:1")
	f("Host {{host}}", unless, "10:00 x#1 lost host=a\n10:01 x#2 seen host=a", "host=a lost:1")
	f("Host {{host}}", unless+"\nscope: input", "10:00 x#1 lost host=a\n10:01 x#2 seen host=a", "")

	// cleared_by ends a condition; evidence after it begins another
	const cleared = "when: {any: [lost, seen]}\ncleared_by: back"
	f("Host {{host}}", cleared, "10:00 x#1 lost host=a\n10:05 x#1 back host=a", "host=a lost:1 until 10:05")
	f("Host {{host}}", cleared, "10:00 x#1 lost host=a\n10:05 x#1 back host=b", "host=a lost:1")
	f("Host {{host}}", cleared, "10:00 x#1 back host=a\n10:05 x#1 lost host=a", "host=a lost:2")
	f("Host {{host}}", cleared, "10:00 x#1 lost host=a\n10:05 x#1 back host=a\n10:06 x#1 back host=a\n10:07 x#1 lost host=a", "host=a lost:1 until 10:05 | host=a lost:4")
	f("Host {{host}}", "when: {all: [lost, seen]}\ncleared_by: back", "10:00 x#1 lost host=a\n10:05 x#1 back host=a\n10:06 x#1 seen host=a", "")
	f("Host {{host}}", "when: lost\ncleared_by: {sequence: [back, seen]}", "10:00 x#1 lost host=a\n10:01 x#1 seen host=a\n10:05 x#1 back host=a", "host=a lost:1")
	f("Host {{host}}", "when: lost\ncleared_by: {sequence: [back, seen]}", "10:00 x#1 lost host=a\n10:01 x#1 back host=a\n10:05 x#1 seen host=a", "host=a lost:1 until 10:05")
	// absence looks at the stretch
	f("Host {{host}}", "when: {all: [lost, {absent: seen}]}\ncleared_by: back", "10:00 x#1 seen host=a\n10:01 x#1 back host=a\n10:02 x#1 lost host=a", "host=a lost:3")

	// quiet ends it by silence
	const quiet = "when: {any: [lost, seen, back]}\nquiet: 30m"
	f("Host {{host}}", quiet, "10:00 x#1 lost host=a\n10:30 x#1 lost host=a\n11:01 x#1 lost host=a", "host=a lost:1 lost:2 until 11:00 | host=a lost:3")
	f("Host {{host}}", quiet, "10:00 x#1 lost host=a\n11:00 x#1 lost host=b", "host=a lost:1 until 10:30 | host=b lost:2")
	f("Host {{host}}", quiet, "- x#1 lost host=a\n- x#1 lost host=a", "host=a lost:1 lost:2")
	// a cause that is only possible is over after an hour of silence
	f("Host {{host}}", "when: {any: [lost, seen, back]}\nconfidence: possible", "10:00 x#1 lost host=a\n11:01 x#1 lost host=b", "host=a lost:1 until 11:00 | host=b lost:2")
	f("Host {{host}}", "when: {any: [lost, seen, back]}\nconfidence: likely", "10:00 x#1 lost host=a\n11:01 x#1 lost host=b", "host=a lost:1 | host=b lost:2")
}

func TestOutcomeHeals(t *testing.T) {
	f := func(keys, drawn, want string) {
		t.Helper()
		if got := play(t, ruleWith(t, "Host {{host}}", "when: {any: [lost, seen, back]}\n"+keys), drawn).findings(); got != want {
			t.Errorf("%s\n%s\ngives %s\nwanted %s", keys, drawn, got, want)
		}
	}
	f("", "10:00 x#1 lost host=a\ncase 1 succeeded", "")
	f("", "10:00 x#1 lost host=a\ncase 1 failed", "host=a lost:1")
	f("despite_success: true", "10:00 x#1 lost host=a\ncase 1 succeeded", "host=a lost:1")
	f("severity: warning", "10:00 x#1 lost host=a\ncase 1 succeeded", "host=a lost:1")
	f("role: benign", "10:00 x#1 lost host=a\ncase 1 succeeded", "host=a lost:1")
	f("scope: input", "10:00 x#1 lost host=a\n10:01 x#2 lost host=a\ncase 1 succeeded", "host=a lost:1 lost:2") // one of its cases is open
	f("scope: input", "10:00 x#1 lost host=a\n10:01 x#2 lost host=a\ncase 1 succeeded\ncase 2 succeeded", "")
}

// A host of a play that succeeded is healthy beside one that failed.
func TestOutcomeByHost(t *testing.T) {
	s := play(t, ruleWith(t, "Host {{host}}", "when: {any: [lost, seen, back]}"), "10:00 x#1 lost host=a\n10:01 x#1 lost host=b")
	for i, name := range []string{"a", "b"} {
		s.hits[i].Entry.Mentions = []diagnose.ID{{Kind: diagnose.KindHost, Value: name}}
	}
	c := s.cases["1"]
	c.Outcome = diagnose.OutcomeFailed
	c.Outcomes = map[diagnose.ID]diagnose.Outcome{
		{Kind: diagnose.KindHost, Value: "a"}: diagnose.OutcomeSucceeded,
		{Kind: diagnose.KindHost, Value: "b"}: diagnose.OutcomeFailed,
	}
	if got := s.findings(); got != "host=b lost:2" {
		t.Error(got)
	}
}

// In a stream with a gap what was not seen is unknown: no absence holds, and no
// finding that an unseen line would forbid.
func TestGapInAStream(t *testing.T) {
	f := func(keys, want string) {
		t.Helper()
		s := play(t, ruleWith(t, "A host", keys), "10:00 x#1 lost host=a")
		found, _, _ := Evaluate(s.hits, Scene{Case: func(*diagnose.Entry) *diagnose.Case { return s.cases["1"] }, Complete: func(string) bool { return false }})
		if got := fmt.Sprint(len(found)); got != want {
			t.Errorf("%s: %s findings, wanted %s", keys, got, want)
		}
	}
	f("when: {any: [lost, seen, back]}", "1")
	f("when: {any: [lost, back]}\nunless: seen", "0")
	f("when: {all: [lost, {absent: seen}, {any: [back, lost]}]}", "0")
}

// dropsAfterTheFirst returns a test of what holds where matches behind the first hit were
// counted and not kept.
func dropsAfterTheFirst(t *testing.T) func(keys, drawn string, dropped int, want string) {
	return func(keys, drawn string, dropped int, want string) {
		t.Helper()
		s := play(t, ruleWith(t, "A host", keys), drawn)
		s.hits[0].Dropped = dropped
		if got := s.findings(); got != want {
			t.Errorf("%s\n%s\ngives %q, wanted %q", keys, drawn, got, want)
		}
	}
}

// Of matches that were counted and not kept nobody knows when they were, but
// that they lie between two that were kept.
func TestDroppedMatches(t *testing.T) {
	f := dropsAfterTheFirst(t)
	rest := ", {any: [lost, seen, back]}]}"
	f("when: {all: [{count: {of: lost, at_least: 10}}"+rest, "10:00 x#1 lost\n18:00 x#1 lost", 8, "lost:1 lost:2")
	f("when: {all: [{count: {of: lost, at_least: 10}}"+rest, "10:00 x#1 lost\n18:00 x#1 lost", 7, "")
	f("when: {all: [{count: {of: lost, at_least: 10, within: 1m}}"+rest, "10:00 x#1 lost\n18:00 x#1 lost", 8, "")
	f("when: {all: [{count: {of: lost, at_least: 10, within: 1m}}"+rest, "10:00 x#1 lost\n10:01 x#1 lost", 8, "lost:1 lost:2")
	f("when: {all: [{absent: lost, after: seen, within: 1m}"+rest, "10:00 x#1 lost\n12:00 x#1 seen\n13:00 x#1 lost", 8, "")
	f("when: {all: [{absent: lost, after: seen, within: 1m}"+rest, "10:00 x#1 lost\n12:00 x#1 seen\n13:00 x#1 lost", 0, "lost:1 seen:2 lost:3")
}

// Whether a case that stands where matches were not kept holds some of them nobody knows.
func TestCasesWhereMatchesWereNotKept(t *testing.T) {
	f := dropsAfterTheFirst(t)
	const between = "10:00 x#1 seen\n11:00 x#2 lost\n12:00 x#3 seen"
	f("when: {any: [lost, back]}\nunless: seen", between, 0, "lost:2")
	f("when: {any: [lost, back]}\nunless: seen", between, 5, "")
	f("when: {any: [lost, back]}\nunless: {count: {of: seen, at_least: 3}}", between, 5, "")
	f("when: {all: [{any: [lost, back]}, {absent: seen}]}", between, 5, "")
	f("when: {any: [lost, back]}\nunless: seen", "10:00 x#1 seen\n11:00 x#3 seen\n12:00 x#2 lost", 5, "lost:3")
	f("when: {any: [lost, back]}\nunless: seen", "10:00 x#1 seen\n11:00 y#2 lost\n12:00 x#3 seen", 5, "lost:2")
}

// A line without a time took the last one of its stream.
func TestTimesTaken(t *testing.T) {
	s := play(t, ruleWith(t, "A host", "when: {all: [lost, seen, {any: [back, lost]}], within: 1m}"), "10:00 x#1 lost\n- x#1 seen")
	at := s.hits[0].Entry.Time
	for _, c := range []struct {
		took time.Time
		want int
	}{{at, 1}, {at.Add(time.Hour), 0}} {
		scene := Scene{Case: func(*diagnose.Entry) *diagnose.Case { return s.cases["1"] }, At: func(e *diagnose.Entry) time.Time {
			if e.Time.IsZero() {
				return c.took
			}
			return e.Time
		}}
		if found, _, _ := Evaluate(s.hits, scene); len(found) != c.want {
			t.Errorf("at %s: %d findings, wanted %d", c.took.Format("15:04"), len(found), c.want)
		}
	}
}

func TestBoundsOfJudgement(t *testing.T) {
	rule := ruleWith(t, "Host {{host}}", "when: {all: [lost, {absent: seen}, {any: [back, lost]}]}")
	many := func(n int, host func(i int) string) *scenario {
		s := &scenario{t: t, rule: rule, cases: map[string]*diagnose.Case{}, of: map[*diagnose.Entry]*diagnose.Case{}}
		for i := range n {
			s.add([]string{"-", "x#1", "lost", "host=" + host(i)})
		}
		return s
	}
	evaluate := func(s *scenario) ([]*diagnose.Finding, Dropped) {
		found, dropped, _ := Evaluate(s.hits, Scene{Case: func(e *diagnose.Entry) *diagnose.Case { return s.of[e] }})
		return found, dropped[rule.ID]
	}
	if found, dropped := evaluate(many(maxGroups+7, func(i int) string { return fmt.Sprint(i) })); len(found) != maxGroups || dropped != (Dropped{Groups: 7}) {
		t.Errorf("groups: %d findings, dropped %+v", len(found), dropped)
	}
	// What is beyond the bound may hold what must be absent.
	if found, dropped := evaluate(many(maxHits+7, func(int) string { return "a" })); len(found) != 0 || dropped != (Dropped{Hits: 7}) {
		t.Errorf("hits: %d findings, dropped %+v", len(found), dropped)
	}
}

// The longest timelines are judged within the bound, also where no window holds;
// windows within windows of them are not, and are given up.
func TestWorkIsBounded(t *testing.T) {
	lost := func(within string) string {
		return "{all: [lost, {count: {of: lost, at_least: 9000}}]" + within + "}"
	}
	for _, c := range []struct {
		when    string
		givenUp int
	}{
		{"{sequence: [" + lost("") + ", seen, back], within: 1h}", 0},
		{"{all: [lost, {not: " + lost(", within: 50m") + "}, {all: [lost, back, seen], within: 40m}], within: 1h}", 1},
	} {
		if c.givenUp > 0 && testing.Short() {
			continue
		}
		rule := ruleWith(t, "A host", "by: []\nwhen: "+c.when)
		s := &scenario{t: t, rule: rule, cases: map[string]*diagnose.Case{}, of: map[*diagnose.Entry]*diagnose.Case{}}
		for i := range maxHits {
			s.add([]string{"10:00", "x#1", "lost", fmt.Sprintf("host=%d", i)})
			s.hits[i].Entry.Time = day.Add(time.Duration(i) * time.Second)
		}
		found, dropped, _ := Evaluate(s.hits, Scene{Case: func(e *diagnose.Entry) *diagnose.Case { return s.of[e] }})
		if len(found) > 0 || dropped[rule.ID].GivenUp != c.givenUp {
			t.Errorf("%s: %d findings, dropped %+v", c.when, len(found), dropped[rule.ID])
		}
	}
}
