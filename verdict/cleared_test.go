package verdict

import (
	"testing"

	"diagnose"
)

func TestClearedCauses(t *testing.T) {
	f := judges(t)
	across := rs{rule("a/lost", explains("class login across"))}
	f("a symptom inside the interval", `
		ctx | 10 a/lost[..20]
		job | 15 s/login`, across, "cause", "a/lost > s/login")
	f("at its end", `
		ctx | 10 a/lost[..20]
		job | 20 s/login`, across, "cause", "a/lost > s/login")
	f("after it", `
		ctx | 10 a/lost[..20]
		job | 21 s/login`, across, "unexplained", "? s/login")
	f("after it, from a cause without a time", `
		ctx | - a/lost[..20]
		job | 21 s/login`, across, "unexplained", "? s/login")
	f("a long interval reaches further than within", `
		ctx | 10 a/lost[..90]
		job | 80 s/login`, rs{rule("a/lost", explains("class login across within 5m"))}, "cause", "a/lost > s/login")
	f("an interval whose end is unknown does not", `
		ctx | 10 a/lost[..-]
		job | 80 s/login`, rs{rule("a/lost", explains("class login across within 5m"))}, "unexplained", "? s/login")
	f("nothing untimed elsewhere", `
		ctx | 10 a/lost[..20]
		job | - s/login`, across, "unexplained", "? s/login")
	f("an untimed symptom in its own case", `job | 10 a/lost[..20] | - s/login`, across, "cause", "a/lost > s/login")
	f("nothing after it in its own case either", `job | 10 a/lost[..20] | 21 s/login`, nil, "unexplained", "? s/login")
	f("two intervals, each with its symptom", `
		ctx | 10 a/lost{host=1}[..20] | 30 a/lost{host=2}[..40]
		job-1 | 15 s/login{name=x}
		job-2 | 35 s/login{name=y}`, across, "cause", "a/lost 1 > s/login x", "a/lost 2 > s/login y")

	f("one that explains nothing is no news", `ctx | 10 a/lost[..20]`, across, "clean")
	f("unless its case failed", `ctx=failed | 10 a/lost[..20]`, across, "cause", "a/lost")
	f("one that covers only another that is over", `ctx | 10 a/lost[..20] | 11 a/slow[..19]`, rs{rule("a/lost", explains("a/slow"))}, "clean")
	f("one that covers another with harm", `ctx | 10 a/lost[..20] | 11 a/slow[..19] | 12 s/login`,
		rs{rule("a/lost", explains("a/slow")), rule("a/slow", explains("class login"))}, "cause", "a/lost > a/slow, s/login")
	f("a warning is no harm, and is said", `
		ctx | 10 a/lost[..20]
		job | 15 ws/login`, across, "clean", "~ ws/login")
	f("its trouble is over too", `ctx | 10 a/lost[..20] + !agent lost | 15 !disk lost`, nil, "unexplained", "! disk lost")

	said := func(r *diagnose.Rule) { r.Recovered = diagnose.SeverityWarning }
	f("one whose rule says so is a warning", `ctx | 10 a/lost[..20] + !agent lost`, rs{rule("a/lost", said)}, "clean", "~ a/lost")
	f("unless its case failed", `ctx=failed | 10 a/lost[..20]`, rs{rule("a/lost", said)}, "cause", "a/lost")
	f("unless it explains what failed", `
		ctx | 10 a/lost[..20]
		job | 15 s/login`, rs{rule("a/lost", said, explains("class login across"))}, "cause", "a/lost > s/login")
	f("it takes no part in one that goes on", `
		ctx-1 | 10 a/lost[..20]
		ctx-2 | 30 a/lost*`, rs{rule("a/lost", said)}, "cause", "a/lost", "~ a/lost")
	f("and accounts for no later trouble", `ctx | 10 a/lost[..20] | 30 !disk lost`, rs{rule("a/lost", said)}, "unexplained", "~ a/lost", "! disk lost")
}

// What a later run shows to be past is no cause, whether or not its own case failed, and
// trouble of its case up to there is past with it.
func TestPast(t *testing.T) {
	f := func(well int64, wantKind diagnose.VerdictKind, wantWarnings, wantUnexplained int) {
		t.Helper()
		failed := &diagnose.Case{ID: "log#1", Outcome: diagnose.OutcomeFailed}
		entry := func(offset int64) *diagnose.Entry {
			return &diagnose.Entry{Stream: "log", Offset: offset, Trouble: true, Level: diagnose.LevelError}
		}
		bad, other := entry(1), entry(5)
		x := &diagnose.Finding{Rule: &diagnose.Rule{ID: "a/b", Role: diagnose.RoleCause, Severity: diagnose.SeverityError, Recovered: diagnose.SeverityWarning},
			Evidence: []diagnose.Evidence{{Entry: bad}}, Cases: []*diagnose.Case{failed}}
		if well > 0 {
			x.Cleared, x.Past = true, entry(well)
		}
		v := Judge(Input{Findings: []*diagnose.Finding{x}, Trouble: []*Trouble{{bad, 1}, {other, 1}},
			Before:     func(a, b *diagnose.Entry) bool { return a.Offset < b.Offset },
			CaseOf:     func(*diagnose.Entry) *diagnose.Case { return failed },
			Title:      func(r *diagnose.Rule, _ map[string]string) string { return r.ID },
			Candidates: func(string) []*diagnose.Rule { return nil }})
		if v.Kind != wantKind || len(v.Warnings) != wantWarnings || len(v.Unexplained) != wantUnexplained {
			t.Errorf("well at %d: %s with %d warnings and %d unexplained", well, v.Kind, len(v.Warnings), len(v.Unexplained))
		}
	}
	f(0, diagnose.VerdictCause, 0, 0)
	f(3, diagnose.VerdictUnexplained, 1, 1)
	f(9, diagnose.VerdictClean, 1, 0)
}
