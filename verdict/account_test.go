package verdict

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"diagnose"
)

func TestTrouble(t *testing.T) {
	f := judges(t)
	f("before the root in its case it stays unexplained", `job | 1 !disk lost | 2 a/x | 3 !login lost`, nil, "cause", "a/x", "! disk lost")
	f("in the case of a consequence, after the root", `
		ctx | 10 a/x
		job | 5 !disk lost | 12 s/login | 13 !login lost`, rs{rule("a/x", explains("class login across"))},
		"cause", "a/x > s/login", "! disk lost")
	f("in another case it stays", `
		job-1 | 1 a/x
		job-2 | 2 !disk lost`, nil, "cause", "a/x", "! disk lost")
	f("after an umbrella it stays", `job | 1 s/login | 2 !disk lost`, nil, "unexplained", "? s/login", "! disk lost")
	f("after a warning it stays", `job | 1 w/slow | 2 !disk lost`, nil, "unexplained", "~ w/slow", "! disk lost")
	f("on a benign entry it is none", `job | 1 b/noise + !noise | 2 !disk lost`, nil, "unexplained", "! disk lost")
	f("an entry that says that others are over is trouble itself", `job | 1 t/serves + !disk lost`, nil, "unexplained", "! disk lost")
	f("a finding on a benign entry still stands", `job | 1 b/noise + a/x + !noise`, nil, "cause", "a/x")
	f("on evidence it is explained", `job | 1 a/x + !disk lost`, nil, "cause", "a/x")
	f("a case that succeeded is silent", `
		job-1=succeeded | 1 !disk lost
		job-2 | 2 !login lost`, nil, "unexplained", "! login lost")
	f("one that succeeded takes no part in the count", `job-1=succeeded | 1 w/slow | 2 !disk lost`, nil, "clean", "~ w/slow")
}

func TestTroubleOfAHostThatSucceeded(t *testing.T) {
	s := draw(t, `play=failed | 1 !one lost | 2 !two lost`)
	host := func(v string) diagnose.ID { return diagnose.ID{Kind: diagnose.KindHost, Value: v} }
	s.trouble[0].Entry.Mentions = []diagnose.ID{host("one")}
	s.trouble[1].Entry.Mentions = []diagnose.ID{host("two")}
	s.cases["play"].Outcomes = map[diagnose.ID]diagnose.Outcome{host("one"): diagnose.OutcomeSucceeded, host("two"): diagnose.OutcomeFailed}
	if got, want := show(Judge(s.input(nil))), "unexplained\n! two lost"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An error behind what a case last told of its end is not what it went well in spite of.
func TestTroubleBehindTheEndOfItsCase(t *testing.T) {
	s := draw(t, `job=succeeded | 1 !disk lost | 2 a | 3 !login lost | 4 !spin lost`)
	for i, level := range []diagnose.Level{diagnose.LevelError, diagnose.LevelWarn, diagnose.LevelError} {
		s.trouble[i].Entry.Level = level
	}
	s.cases["job"].Told = &diagnose.Entry{Stream: "job.log", Offset: 100}
	if got, want := show(Judge(s.input(nil))), "unexplained\n! spin lost"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What begins a run anew is no less trouble for being known by a line below its head.
func TestTroubleThatBeginsARun(t *testing.T) {
	for signal, want := range map[string]string{"failing": "unexplained\n! disk lost", "ready": "clean"} {
		s := draw(t, `job | 1 t/serves + !disk lost`)
		s.findings[0].From, s.findings[0].Evidence[0].Signal, s.findings[0].Evidence[0].At = "failing", signal, 3
		if got := show(Judge(s.input(s.findings))); got != want {
			t.Errorf("%s: got %q, want %q", signal, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	s := draw(t, `job | 1 !disk 17 lost | 2 !login lost | 3 !4 disk 18 lost | 4 !disk 19 lost | 5 !disk 20 lost | 6 !exit code 3 | 7 !exit code 4`)
	v := Judge(s.input(nil))
	if got, want := show(v), "unexplained\n! disk 17 lost x7\n! login lost\n! exit code 3\n! exit code 4"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := len(v.Unexplained[0].Evidence); n != maxSamples {
		t.Errorf("%d entries are shown, want %d", n, maxSamples)
	}
	if len(v.Quality) != 0 {
		t.Errorf("quality %v, nothing was left out", v.Quality)
	}
}

func TestGroupsBeyondTheBoundAreCounted(t *testing.T) {
	word := func(n int) string { // no digits: these would be masked
		return string([]byte{'a' + byte(n/676%26), 'a' + byte(n/26%26), 'a' + byte(n%26)})
	}
	f := func(kinds int, want string) {
		t.Helper()
		var moments []string
		for i := range kinds {
			moments = append(moments, fmt.Sprintf("%d !%s lost", i, word(i)))
		}
		// Each kind once more: a group that is listed counts it, one that is not is
		// no further kind.
		for i := range kinds {
			moments = append(moments, fmt.Sprintf("%d !2 %s lost", kinds+i, word(i)))
		}
		s := draw(t, "job | "+strings.Join(moments, " | "))
		v := Judge(s.input(nil))
		if n := len(v.Unexplained); n != min(kinds, MaxGroups) {
			t.Fatalf("%d kinds: %d groups", kinds, n)
		}
		for _, g := range v.Unexplained {
			if g.Count != 3 {
				t.Fatalf("%s counts %d, want 3", g.Text, g.Count)
			}
		}
		got := ""
		for _, q := range v.Quality {
			got += q.Text
		}
		if got != want {
			t.Errorf("%d kinds: said %q, want %q", kinds, got, want)
		}
	}
	f(MaxGroups, "")
	f(MaxGroups+1, "1 more kind of unexplained trouble (3 entries) is not listed")
	f(MaxGroups+7, "7 more kinds of unexplained trouble (21 entries) are not listed")
}

func TestRanking(t *testing.T) {
	f := func(name, picture string, reason diagnose.WhyReason, rules []*diagnose.Rule, want ...string) {
		t.Run(name, func(t *testing.T) {
			s := draw(t, picture, rules...)
			v := Judge(s.input(s.findings))
			var got []string
			for _, c := range v.Causes {
				got = append(got, fmt.Sprintf("%s %d/%d", title(c.Rule, c.Captures), c.Why.Explained, c.Why.Trouble))
			}
			if g, w := strings.Join(got, ", "), strings.Join(want, ", "); g != w {
				t.Errorf("got %s, want %s", g, w)
			}
			if r := v.Causes[0].Why.Reason; r != reason {
				t.Errorf("the reason is %s, want %s", r, reason)
			}
		})
	}
	f("the only one", `job | 1 a/x + !lost`, diagnose.WhyOnly, nil, "a/x 1/1")
	f("more of the trouble", `
		job-1 | 1 a/x + !lost
		job-2 | 2 a/y + !gone | 3 !end`, diagnose.WhyShare, nil, "a/y 2/3", "a/x 1/3")
	f("an entry stands for as many as it was counted", `
		job-1 | 1 a/x + !lost | 2 !end
		job-2 | 2 a/y + !9 gone`, diagnose.WhyShare, nil, "a/y 9/11", "a/x 2/11")
	f("consequences that are no trouble by level count too", `
		job-1 | 1 a/x
		job-2 | 2 a/y | 3 s/login`, diagnose.WhyShare, nil, "a/y 0/0", "a/x 0/0")
	f("evidence that is no trouble by level weighs as much as one entry that is", `
		job-1 | 2 a/x + !lost
		job-2 | 1 a/y`, diagnose.WhyEarliest, nil, "a/y 0/1", "a/x 1/1")
	f("more required evidence", `
		job-1 | 1 a/x
		job-2 | 2 a/y`, diagnose.WhySpecific, rs{rule("a/y", specificity(2))}, "a/y 0/0", "a/x 0/0")
	f("confidence goes before it", `
		job-1 | 1 a/x
		job-2 | 2 a/y
		job-3 | 3 a/z`, diagnose.WhyGrade, rs{rule("a/x", confidence(diagnose.Possible), specificity(9)), rule("a/y", confidence(diagnose.Likely), specificity(5))},
		"a/z 0/0", "a/y 0/0", "a/x 0/0")
	f("a larger share goes before confidence", `
		job-1 | 1 a/x
		job-2 | 2 a/y | 3 s/login`, diagnose.WhyShare, rs{rule("a/y", confidence(diagnose.Possible))}, "a/y 0/0", "a/x 0/0")
	f("the earliest evidence", `
		job-1 | 5 a/x
		job-2 | 2 a/y`, diagnose.WhyEarliest, nil, "a/y 0/0", "a/x 0/0")
	f("their names", `job-1 | 5 a/y + a/x`, diagnose.WhyOrder, nil, "a/x 0/0", "a/y 0/0")
	f("trouble of nobody counts as trouble", `
		job-1 | 1 a/x + !lost
		job-2 | 2 !gone`, diagnose.WhyOnly, nil, "a/x 1/2")
	f("benign trouble and that of a condition that is over do not", `
		job-1 | 1 a/x + !lost
		job-2 | 2 b/noise + !gone | 3 a/y[..5] + !away`, diagnose.WhyOnly, nil, "a/x 1/1")
	f("trouble that is benign to one rule and evidence to another is the other's", `job | 1 b/noise + c/x + !noise`, diagnose.WhyOnly, nil, "c/x 1/1")
	f("the latest root before an entry takes it", `job | 1 a/x + !lost | 3 a/y + !gone | 4 !end | 5 !stop`, diagnose.WhyShare, nil, "a/y 3/4", "a/x 1/4")
}

func TestReasonOfTheLater(t *testing.T) {
	s := draw(t, `
		job-1 | 1 a/x + !lost | 2 !end
		job-2 | 2 a/y + !gone`)
	v := Judge(s.input(s.findings))
	if r := v.Causes[1].Why.Reason; r != diagnose.WhyLess {
		t.Errorf("the second cause's reason is %s, want %s", r, diagnose.WhyLess)
	}
}

// What holds of every verdict, whatever the findings are.
func TestEveryVerdict(t *testing.T) {
	for seed := range uint64(400) {
		s := randomScene(t, rand.New(rand.NewPCG(seed, 11)))
		given := len(s.findings)
		v := Judge(s.input(s.findings))
		if len(s.findings) != given {
			t.Fatalf("seed %d: the caller's findings were changed", seed)
		}
		for _, c := range v.Causes {
			if c.Rule.Role != diagnose.RoleCause || c.Rule.Severity != diagnose.SeverityError {
				t.Errorf("seed %d: %s is a root cause", seed, c.Rule.ID)
			}
			if c.Why.Explained > c.Why.Trouble {
				t.Errorf("seed %d: %s accounts for %d of %d", seed, c.Rule.ID, c.Why.Explained, c.Why.Trouble)
			}
			if c.Why.Reason == "" {
				t.Errorf("seed %d: %s has no reason", seed, c.Rule.ID)
			}
		}
		for _, c := range v.Warnings {
			if c.Rule.Severity == diagnose.SeverityError || c.Rule.Role == diagnose.RoleBenign {
				t.Errorf("seed %d: %s is a warning", seed, c.Rule.ID)
			}
			for _, x := range c.Explains {
				if x.Rule.Severity == diagnose.SeverityError {
					t.Errorf("seed %d: the warning %s hides %s", seed, c.Rule.ID, x.Rule.ID)
				}
			}
		}
		sum := 0
		for _, list := range [][]*diagnose.Cause{v.Causes, v.Symptoms, v.Warnings} {
			for _, c := range list {
				sum += c.Why.Explained
				for i := 1; i < len(c.Evidence); i++ {
					if s.before(c.Evidence[i].Entry, c.Evidence[i-1].Entry) {
						t.Errorf("seed %d: the evidence of %s is out of order", seed, c.Rule.ID)
					}
				}
			}
		}
		for _, g := range v.Unexplained {
			sum += g.Count
		}
		if len(v.Causes) > 0 && sum != v.Causes[0].Why.Trouble {
			t.Errorf("seed %d: %d trouble entries are somewhere, %d were counted", seed, sum, v.Causes[0].Why.Trouble)
		}
	}
}
