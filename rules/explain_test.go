package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// scene is what a drawn scenario is judged in; the log reaches to its last line.
func (s *scenario) scene() Scene {
	return Scene{Case: func(e *diagnose.Entry) *diagnose.Case { return s.of[e] }, First: day, Last: s.last}
}

// told draws what an explanation says of each group: its truth, then the kind of
// the miss and its lines.
func told(x *diagnose.Explanation) string {
	var out []string
	if x.Miss != nil {
		out = append(out, sentence(x.Miss))
	}
	for _, g := range x.Groups {
		text := string(g.Truth)
		for _, by := range g.By {
			text += " " + by[0] + "=" + by[1]
		}
		if g.Miss != nil {
			text += ": " + sentence(g.Miss)
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

func sentence(m *diagnose.Miss) string {
	parts := []string{string(m.Kind)}
	if m.Signal != "" {
		parts = append(parts, m.Signal)
	}
	if m.At != nil {
		parts = append(parts, fmt.Sprintf("at %d", m.At.Entry.Line))
	}
	if m.Other != nil {
		parts = append(parts, fmt.Sprintf("other %d", m.Other.Entry.Line))
	}
	for _, x := range []struct{ name, value string }{{"want", m.Want}, {"got", m.Got}} {
		if x.value != "" {
			parts = append(parts, x.name+" "+x.value)
		}
	}
	if m.Short != 0 {
		parts = append(parts, "short "+m.Short.String())
	}
	return strings.Join(parts, ", ")
}

func TestExplainMisses(t *testing.T) {
	f := func(title, keys, drawn, want string) {
		t.Helper()
		s := play(t, ruleWith(t, title, keys), drawn)
		list := Explain([]*Rule{s.rule}, s.hits, nil, s.scene())
		if got := told(list[0]); got != want {
			t.Errorf("%s\n%s\nis told as %s\nwanted %s", keys, drawn, got, want)
		}
		found, _, _ := Evaluate(s.hits, s.scene())
		if holds := strings.Contains(want, "true"); holds != (len(found) > 0) {
			t.Errorf("%s\n%s\nis told as %s, and gives %d findings", keys, drawn, want, len(found))
		}
	}
	// the rule uses all its signals: the third stands in an any that holds anyway
	all := func(inner string) string { return "when: {all: [" + inner + ", {any: [lost, seen, back]}]}" }
	const lostSeen = "10:00 x#1 lost host=a\n10:11 x#1 seen host=a"

	f("Host {{host}}", "when: {any: [lost, seen, back]}", "10:00 x#1 lost host=a", "true host=a")
	f("A host", all("lost, seen"), "10:00 x#1 lost host=a", "false: nothing, seen")
	f("A host", "when: {all: [lost, seen, back]}", "10:00 x#2 seen host=a\n10:01 x#1 lost host=a\n10:01 x#1 back host=a", "false: scope, seen, at 1, got 2 | false: scope, lost, at 2, got 1")
	f("Host {{host}}", all("lost, seen"), "10:00 x#1 lost host=db-1\n10:01 x#1 seen host=db-2", "false host=db-1: group, seen, at 2, want host db-1, got host db-2 | false host=db-2: group, lost, at 1, want host db-2, got host db-1")
	f("Host {{host}}", "when: {all: [lost, seen, {any: [back, lost]}], within: 10m}", lostSeen, "false host=a: window, at 2, other 1, want 10m, got 11m, short 1m0s")
	f("Host {{host}}", "when: {sequence: [seen, lost, {any: [back, lost, seen]}]}", lostSeen, "false host=a: order, lost, at 1, other 2")
	f("Host {{host}}", all("{count: {of: lost, at_least: 3}}"), lostSeen, "false host=a: few, lost, at 1, want 3, got 1")
	f("Host {{host}}", all("{count: {of: lost, at_least: 2, within: 1m}}"), "10:00 x#1 lost host=a\n10:05 x#1 lost host=a", "false host=a: window, at 2, other 1, want 1m, got 5m, short 4m0s")
	f("Host {{host}}", all("{count: {of: lost, at_most: 1}}"), "10:00 x#1 lost host=a\n10:05 x#1 lost host=a", "false host=a: many, lost, at 2, want 1, got 2")
	f("Host {{host}}", all("{rate: {of: lost, at_least: 1, per: 1m, for: 5m}}"), "10:00 x#1 lost host=a\n10:01 x#1 lost host=a\n11:00 x#1 seen host=a",
		"false host=a: rate, lost, at 1, want 1, got 0, short 3m0s")
	f("Host {{host}}", all("{absent: seen, after: lost, within: 20m}"), lostSeen, "false host=a: present, seen, at 2, other 1")
	f("Host {{host}}", all("{absent: back, after: lost, within: 20m}"), lostSeen, "unknown host=a: end, back, at 1, want 20m, short 9m0s")
	f("Host {{host}}", all("{absent: seen}"), lostSeen, "false host=a: present, seen, at 2")
	f("Host {{host}}", all("{not: {all: [lost, seen]}}"), lostSeen, "false host=a: present, {all: [lost, seen]}, at 2")
	f("Host {{host}}", all("{pair: {open: lost, close: seen, within: 20m}}"), lostSeen, "false host=a: closed, at 2, other 1, got 11m")
	f("Host {{host}}", all("{pair: {open: lost, close: back, within: 20m}}"), lostSeen, "unknown host=a: end, back, at 1, want 20m, short 9m0s")
	f("Host {{host}}", all("{pair: {open: lost, close: seen, within: 5m}}"), lostSeen, "true host=a")
	f("Host {{host}}", all("{duration: {from: lost, to: seen, over: 15m}}"), lostSeen, "false host=a: took, at 2, other 1, got 11m, short 4m0s")
	f("Host {{host}}", all("{compare: lost.vm < seen.vm}"), "10:00 x#1 lost host=a vm=512MB\n10:11 x#1 seen host=a vm=100KB", "false host=a: value, at 1, other 2, want lost.vm < seen.vm, got 512MB, 100KB")
	f("Host {{host}}", all("{compare: lost.vm < seen.vm}"), "10:00 x#1 lost host=a vm=512MB\n10:11 x#1 seen host=a vm=5s", "unknown host=a: kind, at 1, other 2, want lost.vm < seen.vm, got 512MB, 5s")
	f("A host", "when: {not: {all: [seen, back, lost]}}", lostSeen, "false: proof")
	// what speaks against it, and what ended it
	f("Host {{host}}", "when: {any: [lost, back]}\nunless: seen", lostSeen, "false host=a: unless, at 2, want seen")
	f("Host {{host}}", "when: {any: [lost, seen]}\ncleared_by: back", "10:00 x#1 lost host=a\n10:05 x#1 back host=a", "true host=a: cleared, at 2")
	f("Host {{host}}", "when: {any: [lost, seen, back]}\nquiet: 30m", "10:00 x#1 lost host=a\n12:00 x#2 seen host=b", "true host=a: quiet, at 1, short 30m0s | true host=b")
	f("Host {{host}}", "when: {any: [lost, seen, back]}", "10:00 x#1 lost host=a\ncase 1 succeeded", "false host=a: healed, at 1, got 1")
}

// What nearly matched is the miss of a rule of which nothing did.
func TestExplainNear(t *testing.T) {
	rule := parse(t, "shared/x", strings.Replace(good, `match: "lost the host <host> for good"`, "match: \"lost the host <host> for good\"\n    where: host != \"a\" && entry.level >= ERROR", 1))
	base := NewBase([]*Rule{rule})
	f := func(text, want string) {
		t.Helper()
		e := &diagnose.Entry{Stream: "x", Line: 9, Message: text, Text: text, Level: diagnose.LevelWarn, Format: "text"}
		var literals []int
		for i, lit := range base.Literals() {
			if strings.Contains(asciiLower(text), string(lit)) {
				literals = append(literals, i)
			}
		}
		near := base.Near(e, literals)
		hits := base.Match(e, literals)
		x := Explain([]*Rule{rule}, hits, near, Scene{Case: func(*diagnose.Entry) *diagnose.Case { return &diagnose.Case{} }})[0]
		got := told(x)
		for _, n := range near {
			for _, v := range n.Values {
				got += " " + v[0] + "=" + v[1]
			}
		}
		if got != want {
			t.Errorf("%q: %s, wanted %s", text, got, want)
		}
	}
	f("nothing of it", "nothing, lost")
	f("we LOST the host ", "literal, lost, at 9, want lost the host ")
	f("lost the host a for good", `where, lost, at 9, want host != "a" && entry.level >= ERROR entry.level=WARN host=a`)
	f("found the host a again", "false host=a: nothing, lost")
}

// The tree has every operand with its own truth and lines.
func TestExplainTree(t *testing.T) {
	s := play(t, ruleWith(t, "Host {{host}}", "when: {all: [lost, {any: [seen, {not: back}]}, {absent: back, after: lost, within: 30m}], within: 1h}"),
		"10:00 x#1 lost host=a\n10:05 x#1 back host=a\n10:40 x#1 lost host=a")
	x := Explain([]*Rule{s.rule}, s.hits, nil, s.scene())[0]
	var b strings.Builder
	var draw func(n *diagnose.Node, depth int)
	draw = func(n *diagnose.Node, depth int) {
		fmt.Fprintf(&b, "%s%s %s", strings.Repeat("  ", depth), n.Truth, n.Text)
		for _, e := range n.Evidence {
			fmt.Fprintf(&b, " :%d", e.Entry.Line)
		}
		b.WriteString("\n")
		for _, a := range n.Args {
			draw(a, depth+1)
		}
	}
	draw(x.Groups[0].When, 0)
	const want = `false all, within: 1h
  true lost :1 :3
  false any
    false seen
    false not
      true back :2
  unknown {absent: back, after: lost, within: 30m}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwanted\n%s", b.String(), want)
	}
}

// Findings of other rules are signals: judged first, unknown where they are, in
// each case that they have evidence in.
func TestFindingsAsSignals(t *testing.T) {
	first := ruleWith(t, "Host {{host}}", "when: {all: [lost, {absent: seen, after: lost, within: 5m}, {any: [lost, back]}]}")
	first.ID = "shared/first"
	text := func(keys string) *Rule {
		r := parse(t, "shared/second", `title: Host {{host}} took others along
system: shared
side: target
signals:
  lost: {finding: shared/first, captures: [host]}
  job: {match: "the job has failed on <host>"}
`+keys+`
cause: It went.
fix: [Look.]
zh: {title: "主机 {{host}} 失联", cause: 失联, fix: [看]}
examples:
  - {name: lost, log: lost, expect: {host: a}}
  - {name: none, log: nothing, expect: none}
`)
		return r
	}
	f := func(keys, drawn string, last string, want string) {
		t.Helper()
		second := text(keys)
		s := play(t, first, drawn)
		for _, h := range s.hits {
			if h.Signal == "job" {
				h.Rule = second
			}
		}
		scene := s.scene()
		at, _ := time.Parse("15:04", last)
		scene.Last = day.Truncate(24 * time.Hour).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		scene.Users = []*Rule{second}
		found, _, _ := Evaluate(s.hits, scene)
		var got []string
		for _, x := range found {
			if x.Rule.ID == second.ID {
				line := "host=" + x.Captures["host"]
				for _, e := range x.Evidence {
					line += fmt.Sprintf(" %s:%d", e.Signal, e.Entry.Line)
				}
				got = append(got, line)
			}
		}
		if g := strings.Join(got, " | "); g != want {
			t.Errorf("%s\n%s\ngives %q, wanted %q", keys, drawn, g, want)
		}
	}
	const both = "when: {all: [lost, job]}"
	f(both, "10:00 x#1 lost host=a\n10:02 x#1 job host=a", "11:00", "host=a lost:1 job:2")
	f(both, "10:00 x#1 lost host=a\n10:02 x#1 job host=b", "11:00", "")
	f(both, "10:00 x#1 lost host=a\n10:02 x#2 job host=a", "11:00", "")
	f(both+"\nscope: input", "10:00 x#1 lost host=a\n10:02 x#2 job host=a", "11:00", "host=a lost:1 job:2")
	f(both, "10:00 x#1 lost host=a\n10:01 x#1 seen host=a\n10:02 x#1 job host=a", "11:00", "") // the other rule does not hold
	f(both, "10:00 x#1 lost host=a\n10:02 x#1 job host=a", "10:03", "")                        // it is not known whether it does
	// its absence
	f("when: {all: [job, {absent: lost}]}", "10:02 x#1 job host=a", "11:00", "host=a job:1")
	f("when: {all: [job, {absent: lost}]}", "10:00 x#1 lost host=a\n10:02 x#1 job host=a", "11:00", "")
	f("when: {all: [job, {absent: lost}]}", "10:00 x#1 lost host=a\n10:02 x#1 job host=a", "10:03", "") // not known
	// alone, without any match of its own patterns
	f("when: {any: [lost, job]}", "10:00 x#1 lost host=a\n10:01 x#1 lost host=b", "11:00", "host=a lost:1 | host=b lost:2")
	f("when: {count: {of: lost, at_least: 2}}\nunless: job\nby: []", "10:00 x#1 lost host=a\n10:01 x#1 lost host=b", "11:00", "host=a lost:1 lost:2")
}

// by takes ids where no signal captures the name.
func TestGroupsById(t *testing.T) {
	rule := ruleWith(t, "A host of job {{job|?}}", "when: {all: [lost, seen, {any: [back, lost]}]}\nby: [job]\nscope: input")
	s := play(t, rule, "10:00 x#1 lost host=a\n10:01 x#1 seen host=a\n10:02 x#1 seen host=b\n10:03 x#1 lost host=c")
	for i, job := range []string{"7", "8", "7", ""} {
		if job != "" {
			s.hits[i].Entry.IDs = []diagnose.ID{{Kind: diagnose.KindJob, Value: job}}
		}
	}
	// The last line has no job: it counts for each.
	if got, want := s.findings(), "host=a job=7 vm= lost:1 seen:3 lost:4 | host=a job=8 vm= seen:2 lost:4"; strings.ReplaceAll(got, " vm=", "") != strings.ReplaceAll(want, " vm=", "") {
		t.Errorf("got %s\nwanted %s", got, want)
	}
}

// Whatever the condition and the timeline, an explanation is of the same truth
// as the evaluation, and says why where it does not hold.
func TestExplainAgreesWithEvaluate(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 26))
	kinds := map[diagnose.MissKind]int{}
	for range 8000 {
		rule := &Rule{When: randomCond(r, 3), Scope: ScopeInput}
		rule.ID = "shared/x"
		for _, name := range []string{"a", "b", "c"} {
			rule.Signals = append(rule.Signals, Signal{Name: name, Captures: []string{"v", "q"}})
		}
		if r.IntN(2) == 0 {
			rule.By = []string{"v"}
		}
		if r.IntN(4) == 0 {
			rule.Unless = randomCond(r, 1)
		}
		if r.IntN(4) == 0 {
			rule.ClearedBy = randomCond(r, 1)
		}
		hits := randomHits(r)
		at := map[*diagnose.Entry]time.Time{}
		for _, h := range hits {
			h.Rule = rule
			h.Entry.Offset = int64(h.order)
			at[h.Entry] = h.at
		}
		one := &diagnose.Case{ID: "one"}
		gap := r.IntN(4) == 0
		scene := Scene{First: day, Last: day.Add(time.Duration(r.IntN(9)) * time.Minute), Complete: func(string) bool { return !gap },
			Case: func(*diagnose.Entry) *diagnose.Case { return one }, At: func(e *diagnose.Entry) time.Time { return at[e] }, End: func(stream string) (int, bool) { return 75, stream == "x" }}
		found, _, _ := Evaluate(hits, scene)
		x := Explain([]*Rule{rule}, hits, nil, scene)[0]
		holds := 0
		for _, g := range x.Groups {
			if g.Truth == diagnose.True {
				holds++
				continue
			}
			if g.Miss == nil {
				t.Fatalf("%s over%s is %s, and nothing says why", rule.When, draw(hits), g.Truth)
			}
			kinds[g.Miss.Kind]++
		}
		if holds != len(found) {
			t.Fatalf("%s by %v over%s: %d groups hold, %d findings", rule.When, rule.By, draw(hits), holds, len(found))
		}
		if len(hits) == 0 && x.Miss == nil {
			t.Fatalf("%s over nothing has no miss", rule.When)
		}
	}
	for _, k := range []diagnose.MissKind{diagnose.MissNothing, diagnose.MissGroup, diagnose.MissWindow, diagnose.MissOrder, diagnose.MissFew, diagnose.MissMany,
		diagnose.MissPresent, diagnose.MissEnd, diagnose.MissGap, diagnose.MissValue, diagnose.MissKindOf, diagnose.MissClosed, diagnose.MissTook, diagnose.MissRate,
		diagnose.MissLast, diagnose.MissProof, diagnose.MissUnless} {
		if kinds[k] == 0 {
			t.Errorf("no miss of the kind %s", k)
		}
	}
}
