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
