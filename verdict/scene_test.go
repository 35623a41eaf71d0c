package verdict

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// A scene is drawn as text: one line a case, in it moments from left to right,
// each with its minute and what stands on that entry.
//
//	job-1=failed | 10 a/disk{host=1} | 12 s/login + !login failed | - a/key[..20]
//
// A case's name may be followed by its outcome. The minute "-" is an entry
// without a time. What stands on an entry, joined by +: a finding by its rule's id, with captures in
// braces, [..20] when it was cleared at minute 20 ([..-] at an untimed line); a
// finding that was drawn before in the same words gets one more piece of
// evidence, except with a * after it, which makes it a finding of its own; with a ^ after it the
// evidence is borrowed from another rule. After !
// stands trouble with its text, after !5 trouble that stands for 5 entries.
//
// Rules need no drawing: a/... is a cause, s/... a symptom whose class is the
// part after the slash, w/... a cause of severity warning, ws/... a symptom of severity
// warning, b/... benign, t/... benign with `clears`. A scene's rules say what is different.
type scene struct {
	rules      map[string]*diagnose.Rule
	findings   []*diagnose.Finding
	byWords    map[string]*diagnose.Finding
	trouble    []*Trouble
	cases      map[string]*diagnose.Case
	caseOf     map[*diagnose.Entry]*diagnose.Case
	moment     map[*diagnose.Entry]time.Time // an untimed entry's is the last before it
	candidates map[string][]*diagnose.Rule
}

var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

func draw(t *testing.T, picture string, rules ...*diagnose.Rule) *scene {
	t.Helper()
	s := &scene{
		rules: map[string]*diagnose.Rule{}, byWords: map[string]*diagnose.Finding{}, cases: map[string]*diagnose.Case{},
		caseOf: map[*diagnose.Entry]*diagnose.Case{}, moment: map[*diagnose.Entry]time.Time{},
	}
	for _, r := range rules {
		s.rules[r.ID] = r
	}
	for line := range strings.Lines(picture) {
		if line = strings.TrimSpace(line); line != "" {
			s.drawCase(t, line)
		}
	}
	sort.SliceStable(s.trouble, func(i, j int) bool { return s.before(s.trouble[i].Entry, s.trouble[j].Entry) })
	return s
}

func (s *scene) drawCase(t *testing.T, line string) {
	t.Helper()
	parts := strings.Split(line, "|")
	name, outcome, _ := strings.Cut(strings.TrimSpace(parts[0]), "=")
	c := s.cases[name]
	if c == nil {
		c = &diagnose.Case{ID: name}
		s.cases[name] = c
	}
	switch outcome {
	case "failed":
		c.Outcome = diagnose.OutcomeFailed
	case "succeeded":
		c.Outcome = diagnose.OutcomeSucceeded
	}
	var last time.Time
	for i, part := range parts[1:] {
		when, items, ok := strings.Cut(strings.TrimSpace(part), " ")
		if !ok {
			t.Fatalf("%q is no moment", part)
		}
		e := &diagnose.Entry{Stream: name + ".log", Line: i + 1, Offset: int64(i * 100), Time: minute(t, when)}
		if !e.Time.IsZero() {
			last = e.Time
		}
		s.caseOf[e], s.moment[e] = c, last
		for item := range strings.SplitSeq(items, "+") {
			s.drawItem(t, e, strings.TrimSpace(item))
		}
		if e.Message == "" {
			e.Message = items
		}
	}
}

func minute(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "-" {
		return time.Time{}
	}
	m, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return noon.Add(time.Duration(m) * time.Minute)
}

func (s *scene) drawItem(t *testing.T, e *diagnose.Entry, item string) {
	t.Helper()
	if text, ok := strings.CutPrefix(item, "!"); ok {
		tr := &Trouble{Entry: e, Count: 1}
		if count, rest, ok := strings.Cut(text, " "); ok {
			if n, err := strconv.Atoi(count); err == nil {
				tr.Count, text = n, rest
			}
		}
		e.Message, e.Level, e.Trouble = text, diagnose.LevelError, true
		s.trouble = append(s.trouble, tr)
		return
	}
	item, borrowed := strings.CutSuffix(item, "^")
	words, apart := strings.CutSuffix(item, "*")
	f := s.byWords[words]
	if f == nil || apart {
		f = &diagnose.Finding{Captures: map[string]string{}}
		head, interval, cleared := strings.Cut(words, "[..")
		if cleared {
			f.Cleared, f.End = true, minute(t, strings.TrimSuffix(interval, "]"))
		}
		id, captures, _ := strings.Cut(strings.TrimSuffix(head, "}"), "{")
		for pair := range strings.SplitSeq(captures, ",") {
			if k, v, ok := strings.Cut(pair, "="); ok {
				f.Captures[k] = v
			}
		}
		f.Rule, f.Turn = s.rule(id), strings.HasPrefix(id, "t/")
		s.byWords[words] = f
		s.findings = append(s.findings, f)
	}
	f.Evidence = append(f.Evidence, diagnose.Evidence{Entry: e, Signal: "s", Borrowed: borrowed})
	if c := s.caseOf[e]; !slices.Contains(f.Cases, c) {
		f.Cases = append(f.Cases, c)
	}
	if at := s.moment[e]; !at.IsZero() && (f.Start.IsZero() || at.Before(f.Start)) {
		f.Start = at
	}
}

func (s *scene) rule(id string) *diagnose.Rule {
	if s.rules[id] == nil {
		s.rules[id] = rule(id)
	}
	return s.rules[id]
}

// rule makes the rule that an id stands for, then changes it.
func rule(id string, changes ...func(*diagnose.Rule)) *diagnose.Rule {
	system, name, _ := strings.Cut(id, "/")
	r := &diagnose.Rule{ID: id, System: system, Role: diagnose.RoleCause, Severity: diagnose.SeverityError, Confidence: diagnose.Confirmed}
	switch system {
	case "s":
		r.Role, r.Class = diagnose.RoleSymptom, name
	case "ws":
		r.Role, r.Class, r.Severity = diagnose.RoleSymptom, name, diagnose.SeverityWarning
	case "w":
		r.Severity = diagnose.SeverityWarning
	case "b", "t":
		r.Role = diagnose.RoleBenign
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

func refines(ids ...string) func(*diagnose.Rule) {
	return func(r *diagnose.Rule) { r.Refines = ids }
}

func yields(reach diagnose.Reach) func(*diagnose.Rule) {
	return func(r *diagnose.Rule) { r.Yields = reach }
}

// explains reads a link: "s/login", "class login", "a/*", then any of
// "across", "within 5m", "on host".
func explains(link string) func(*diagnose.Rule) {
	var ex diagnose.Explains
	words := strings.Fields(link)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "across":
			ex.Across = true
		case "class":
			i++
			ex.Symptom = words[i]
		case "on":
			i++
			ex.On, ex.Across = append(ex.On, words[i]), true
		case "within":
			i++
			d, err := time.ParseDuration(words[i])
			if err != nil {
				panic(err)
			}
			ex.Within = d
		default:
			ex.Rule = words[i]
		}
	}
	return func(r *diagnose.Rule) { r.Explains = append(r.Explains, ex) }
}

func confidence(c diagnose.Confidence) func(*diagnose.Rule) {
	return func(r *diagnose.Rule) { r.Confidence = c }
}

func specificity(n int) func(*diagnose.Rule) {
	return func(r *diagnose.Rule) { r.Specificity = n }
}

func (s *scene) before(a, b *diagnose.Entry) bool {
	if x, y := s.moment[a], s.moment[b]; !x.Equal(y) {
		return x.Before(y)
	}
	if a.Stream != b.Stream {
		return a.Stream < b.Stream
	}
	return a.Offset < b.Offset
}

// title shows a rule's id and the captures host and name; others are not part of it.
func title(r *diagnose.Rule, captures map[string]string) string {
	out := r.ID
	for _, k := range []string{"host", "name"} {
		if v := captures[k]; v != "" {
			out += " " + v
		}
	}
	return out
}

func (s *scene) input(findings []*diagnose.Finding) Input {
	return Input{
		Findings: findings, Trouble: s.trouble, Title: title, Before: s.before,
		CaseOf:     func(e *diagnose.Entry) *diagnose.Case { return s.caseOf[e] },
		Candidates: func(id string) []*diagnose.Rule { return s.candidates[id] },
	}
}

// show writes a verdict as a test expects it: a line for the kind, for each
// cause "title > what it explains, ...", symptoms after "?", warnings after "~",
// unexplained trouble after "!".
func show(v *diagnose.Verdict) string {
	lines := []string{string(v.Kind)}
	list := func(mark string, causes []*diagnose.Cause) {
		for _, c := range causes {
			var under []string
			for _, x := range c.Explains {
				under = append(under, title(x.Rule, x.Captures))
			}
			slices.Sort(under)
			line := mark + title(c.Rule, c.Captures)
			if len(under) > 0 {
				line += " > " + strings.Join(under, ", ")
			}
			lines = append(lines, line)
		}
	}
	list("", v.Causes)
	list("? ", v.Symptoms)
	list("~ ", v.Warnings)
	for _, g := range v.Unexplained {
		line := "! " + g.Text
		if g.Count != 1 {
			line += fmt.Sprintf(" x%d", g.Count)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// full writes all that a verdict says.
func full(v *diagnose.Verdict) string {
	var b strings.Builder
	b.WriteString(show(v) + "\n")
	evidence := func(list []diagnose.Evidence) {
		for _, e := range list {
			fmt.Fprintf(&b, " %s:%d", e.Entry.Stream, e.Entry.Line)
		}
		b.WriteString("\n")
	}
	for _, list := range [][]*diagnose.Cause{v.Causes, v.Symptoms, v.Warnings} {
		for _, c := range list {
			fmt.Fprintf(&b, "%s %v %+v", c.Rule.ID, c.Captures, c.Why)
			for _, k := range c.Cases {
				b.WriteString(" " + k.ID)
			}
			evidence(c.Evidence)
			for _, x := range c.Explains {
				fmt.Fprintf(&b, "  %s %v", x.Rule.ID, x.Captures)
				evidence(x.Evidence)
			}
		}
	}
	for _, g := range v.Unexplained {
		fmt.Fprintf(&b, "%s %d", g.Text, g.Count)
		evidence(g.Evidence)
	}
	fmt.Fprintf(&b, "%+v\n", v.Quality)
	return b.String()
}

// judges draws a scene, judges it, and compares what comes out.
func judges(t *testing.T) func(name, picture string, rules []*diagnose.Rule, want ...string) {
	return func(name, picture string, rules []*diagnose.Rule, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			s := draw(t, picture, rules...)
			if got, want := show(Judge(s.input(s.findings))), strings.Join(want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

type rs = []*diagnose.Rule
