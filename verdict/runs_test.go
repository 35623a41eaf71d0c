package verdict

import (
	"testing"
	"time"

	"diagnose"
)

// In a log that many runs of Ansible wrote to, the latest that failed comes first,
// however much the others failed; elsewhere what accounts for most does.
func TestTheLatestRunComesFirst(t *testing.T) {
	f := func(format string, wantFirst string, wantWhy, wantNext diagnose.WhyReason) {
		t.Helper()
		entry := func(pid string, minute int) *diagnose.Entry {
			return &diagnose.Entry{Stream: "ansible.log", Format: format, PID: pid, Time: noon.Add(time.Duration(minute) * time.Minute), Offset: int64(minute), Line: minute, Trouble: true}
		}
		finding := func(id string, entries ...*diagnose.Entry) *diagnose.Finding {
			x := &diagnose.Finding{Rule: &diagnose.Rule{ID: id, Role: diagnose.RoleCause, Severity: diagnose.SeverityError}}
			for _, e := range entries {
				x.Evidence = append(x.Evidence, diagnose.Evidence{Entry: e})
			}
			return x
		}
		bare := entry("", 2) // what Ansible prints when it breaks off itself
		bare.Format, bare.Time = "text", time.Time{}
		first, last := []*diagnose.Entry{entry("7", 1), entry("7", 2), bare, entry("7", 3)}, []*diagnose.Entry{entry("9", 60)}
		in := Input{Findings: []*diagnose.Finding{finding("a/first", first...), finding("a/last", last...)},
			Before:     func(a, b *diagnose.Entry) bool { return a.Time.Before(b.Time) },
			CaseOf:     func(*diagnose.Entry) *diagnose.Case { return nil },
			Title:      func(r *diagnose.Rule, _ map[string]string) string { return r.ID },
			Candidates: func(string) []*diagnose.Rule { return nil }}
		for _, e := range append(first, last...) {
			in.Trouble = append(in.Trouble, &Trouble{Entry: e, Count: 1})
		}
		v := Judge(in)
		if len(v.Causes) != 2 || v.Causes[0].Rule.ID != wantFirst || v.Causes[0].Why.Reason != wantWhy || v.Causes[1].Why.Reason != wantNext {
			t.Errorf("%s: %d causes, first %s (%s), then %s", format, len(v.Causes), v.Causes[0].Rule.ID, v.Causes[0].Why.Reason, v.Causes[1].Why.Reason)
		}
	}
	f("ansible", "a/last", diagnose.WhyLatest, diagnose.WhyOlder)
	f("syslog", "a/first", diagnose.WhyShare, diagnose.WhyLess)
}

// In a container each run of Ansible has the same number: there its cases, which end in
// their recaps, are its runs.
func TestTheLatestRunOfOneNumber(t *testing.T) {
	first, last := &diagnose.Case{ID: "log#1", Outcome: diagnose.OutcomeFailed}, &diagnose.Case{ID: "log#2", Outcome: diagnose.OutcomeFailed}
	f := func(want string, caseOf func(*diagnose.Entry) *diagnose.Case) {
		t.Helper()
		var in Input
		for minute, id := range []string{"a/first", "a/first", "a/last"} {
			e := &diagnose.Entry{Stream: "ansible.log", Format: "ansible", PID: "21", Time: noon.Add(time.Duration(minute) * time.Hour), Offset: int64(minute), Line: minute + 1, Trouble: true}
			in.Trouble = append(in.Trouble, &Trouble{Entry: e, Count: 1})
			in.Findings = append(in.Findings, &diagnose.Finding{Rule: &diagnose.Rule{ID: id, Role: diagnose.RoleCause, Severity: diagnose.SeverityError},
				Evidence: []diagnose.Evidence{{Entry: e}}, Cases: []*diagnose.Case{caseOf(e)}})
		}
		in.Before = func(a, b *diagnose.Entry) bool { return a.Time.Before(b.Time) }
		in.CaseOf = caseOf
		in.Title = func(r *diagnose.Rule, _ map[string]string) string { return r.ID }
		in.Candidates = func(string) []*diagnose.Rule { return nil }
		if v := Judge(in); v.Causes[0].Rule.ID != want {
			t.Errorf("first %s, want %s", v.Causes[0].Rule.ID, want)
		}
	}
	byLine := func(e *diagnose.Entry) *diagnose.Case {
		if e.Line < 3 {
			return first
		}
		return last
	}
	f("a/last", byLine)
	first.Outcome = diagnose.OutcomeUnknown // a stretch of one run, which silence parted
	f("a/first", byLine)
}

// What is of one run of Ansible yields to nothing of another, though they share a log.
func TestYieldsInItsRun(t *testing.T) {
	f := func(pid string, want int) {
		t.Helper()
		entry := func(pid string, line int) *diagnose.Entry {
			return &diagnose.Entry{Stream: "ansible.log", Format: "ansible", PID: pid, Time: noon.Add(time.Duration(line) * time.Hour), Offset: int64(line), Line: line, Trouble: true}
		}
		in := Input{Before: func(a, b *diagnose.Entry) bool { return a.Line < b.Line },
			CaseOf:     func(*diagnose.Entry) *diagnose.Case { return nil },
			Title:      func(r *diagnose.Rule, _ map[string]string) string { return r.ID },
			Candidates: func(string) []*diagnose.Rule { return nil }}
		for i, r := range []*diagnose.Rule{{ID: "a/exact"}, {ID: "a/broken-off", Yields: diagnose.ReachStream}} {
			r.Role, r.Severity = diagnose.RoleCause, diagnose.SeverityError
			e := entry([]string{"7", pid}[i], i+1)
			in.Findings = append(in.Findings, &diagnose.Finding{Rule: r, Evidence: []diagnose.Evidence{{Entry: e}}})
			in.Trouble = append(in.Trouble, &Trouble{Entry: e, Count: 1})
		}
		if v := Judge(in); len(v.Causes) != want {
			t.Errorf("process %s: %d causes, want %d", pid, len(v.Causes), want)
		}
	}
	f("7", 1)
	f("9", 2)
	f("", 1) // of no known run
}

// What kept a program from starting is past where something stands clearly later: the program
// was started again. What comes soon after may be of the same start.
func TestWhatStopsAStartIsPastLater(t *testing.T) {
	f := func(stops bool, minute int, wantFirst string) {
		t.Helper()
		first := &diagnose.Rule{ID: "a/first", Role: diagnose.RoleCause, Severity: diagnose.SeverityError}
		if stops {
			first.Explains = []diagnose.Explains{{Symptom: "service-start-failed"}}
		}
		later := &diagnose.Rule{ID: "a/later", Role: diagnose.RoleCause, Severity: diagnose.SeverityError}
		entry := func(minute int) *diagnose.Entry {
			return &diagnose.Entry{Stream: "app.log", Time: noon.Add(time.Duration(minute) * time.Minute), Offset: int64(minute), Line: minute, Trouble: true}
		}
		one, two, three := entry(1), entry(2), entry(minute)
		evidence := func(list ...*diagnose.Entry) (out []diagnose.Evidence) {
			for _, e := range list {
				out = append(out, diagnose.Evidence{Entry: e})
			}
			return out
		}
		v := Judge(Input{
			Findings:   []*diagnose.Finding{{Rule: first, Evidence: evidence(one, two)}, {Rule: later, Evidence: evidence(three)}},
			Trouble:    []*Trouble{{one, 1}, {two, 1}, {three, 1}},
			Before:     func(a, b *diagnose.Entry) bool { return a.Time.Before(b.Time) },
			CaseOf:     func(*diagnose.Entry) *diagnose.Case { return nil },
			Title:      func(r *diagnose.Rule, _ map[string]string) string { return r.ID },
			Candidates: func(string) []*diagnose.Rule { return nil },
		})
		if len(v.Causes) != 2 || v.Causes[0].Rule.ID != wantFirst {
			t.Errorf("stops %v, at minute %d: %s first of %d", stops, minute, v.Causes[0].Rule.ID, len(v.Causes))
		}
	}
	f(true, 10, "a/later")
	f(true, 3, "a/first")
	f(false, 10, "a/first")
}

// What came after a stretch of a log had failed did not make it fail: once it is over it is
// no news. What came before may have.
func TestOverAfterTheFailure(t *testing.T) {
	f := func(failedAt int64, inferred bool, want diagnose.VerdictKind) {
		t.Helper()
		ended := &diagnose.Entry{Stream: "app.log", Offset: failedAt, Outcome: diagnose.OutcomeFailed}
		c := &diagnose.Case{ID: "app.log#1", Outcome: diagnose.OutcomeFailed, Inferred: inferred, Ended: ended}
		e := &diagnose.Entry{Stream: "app.log", Offset: 50, Time: noon}
		rule := &diagnose.Rule{ID: "a/refused", Role: diagnose.RoleCause, Severity: diagnose.SeverityError}
		v := Judge(Input{
			Findings:   []*diagnose.Finding{{Rule: rule, Cases: []*diagnose.Case{c}, Evidence: []diagnose.Evidence{{Entry: e}}, Cleared: true, End: noon.Add(time.Hour)}},
			Before:     func(a, b *diagnose.Entry) bool { return a.Offset < b.Offset },
			CaseOf:     func(*diagnose.Entry) *diagnose.Case { return c },
			Title:      func(r *diagnose.Rule, _ map[string]string) string { return r.ID },
			Candidates: func(string) []*diagnose.Rule { return nil },
		})
		if v.Kind != want {
			t.Errorf("failed at %d, inferred %v: %s", failedAt, inferred, v.Kind)
		}
	}
	f(10, true, diagnose.VerdictClean)
	f(90, true, diagnose.VerdictCause)
	f(10, false, diagnose.VerdictCause)
}
