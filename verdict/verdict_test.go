package verdict

import (
	"testing"

	"diagnose"
)

func TestExplainsInACase(t *testing.T) {
	f := judges(t)
	f("a class of symptoms", `job | 1 a/x | 2 a/y | 3 s/login`, rs{rule("a/x", explains("class login"))}, "cause", "a/x > s/login", "a/y")
	f("what a rule states goes before the same entry", `job | 1 a/x | 2 a/y + s/login`, rs{rule("a/x", explains("class login"))},
		"cause", "a/x > s/login", "a/y")
	f("another class", `job | 1 a/x | 2 a/y | 3 s/login`, rs{rule("a/x", explains("class deploy"))}, "cause", "a/y > s/login", "a/x")
	f("a rule by its id", `job | 1 a/x | 2 a/y`, rs{rule("a/x", explains("a/y"))}, "cause", "a/x > a/y")
	f("rules by a glob", `job | 1 a/x | 2 c/one | 3 c/two | 4 d/one`, rs{rule("a/x", explains("c/*"))}, "cause", "a/x > c/one, c/two", "d/one")
	f("a glob does not cross a slash", `job | 1 a/x | 2 c/one`, rs{rule("a/x", explains("*"))}, "cause", "a/x", "c/one")
	f("a cause over a cause over a symptom", `job | 1 a/x | 2 a/y | 3 a/z | 4 s/login`,
		rs{rule("a/x", explains("a/y")), rule("a/y", explains("a/z"))}, "cause", "a/x > a/y, a/z, s/login")
	f("never its own rule", `job | 1 a/x{host=1} | 2 a/x{host=2}`, rs{rule("a/x", explains("a/*"))}, "cause", "a/x 1", "a/x 2")
	f("a cause without a link is a root of its own", `job | 1 a/x | 2 a/y`, nil, "cause", "a/x", "a/y")
	f("a symptom explains nothing", `job | 1 s/login | 2 a/x`, rs{rule("s/login", explains("a/x"))}, "cause", "a/x > s/login")
	f("a benign finding explains nothing", `job | 1 b/noise | 2 s/login`, rs{rule("b/noise", explains("class login"))}, "unexplained", "? s/login")
	f("a benign finding is explained by nothing", `job | 1 a/x | 2 b/noise`, rs{rule("a/x", explains("b/noise"))}, "cause", "a/x")
	f("not in another case", `
		job-1 | 1 a/x
		job-2 | 2 s/login`, rs{rule("a/x", explains("class login"))}, "cause", "a/x", "? s/login")
}

func TestExplainsAcrossCases(t *testing.T) {
	f := judges(t)
	two := func(cause, symptom string) string { return "job-1 | 10 " + cause + "\njob-2 | 20 " + symptom }
	f("across", two("a/x", "s/login"), rs{rule("a/x", explains("class login across"))}, "cause", "a/x > s/login")
	f("within", two("a/x", "s/login"), rs{rule("a/x", explains("class login across within 10m"))}, "cause", "a/x > s/login")
	f("beyond within", two("a/x", "s/login"), rs{rule("a/x", explains("class login across within 9m"))}, "cause", "a/x", "? s/login")
	f("within counts backwards too", `
		job-1 | 20 a/x
		job-2 | 12 s/login | 8 s/deploy`, rs{rule("a/x", explains("s/* across within 10m"))}, "cause", "a/x > s/login", "? s/deploy")
	f("an unknown time is near", `
		job-1 | 20 a/x
		job-2 | - s/login`, rs{rule("a/x", explains("class login across within 1m"))}, "cause", "a/x > s/login")
	on := rs{rule("a/x", explains("class login on host"))}
	f("on a capture that agrees", two("a/x{host=1}", "s/login{host=1}"), on, "cause", "a/x 1 > s/login 1")
	f("on a capture that differs", two("a/x{host=1}", "s/login{host=2}"), on, "cause", "a/x 1", "? s/login 2")
	f("on a name that one does not know", two("a/x{host=1}", "s/login"), on, "cause", "a/x 1", "? s/login")
	f("in one case it must agree as well, then the nearest explains", `job | 1 a/x{host=1} | 2 a/y | 3 s/login{host=2}`, on,
		"cause", "a/y > s/login 2", "a/x 1")
	f("each its own", `
		job-1 | 1 a/x{host=1}
		job-2 | 2 a/x{host=2}
		job-3 | 3 s/login{host=2} | 4 s/login{host=1}`, on, "cause", "a/x 1 > s/login 1", "a/x 2 > s/login 2")
	f("all names must agree", two("a/x{host=1,user=a}", "s/login{host=1,user=b}"), rs{rule("a/x", explains("class login on host on user"))},
		"cause", "a/x 1", "? s/login 1")
}

func TestExplainsOnIDs(t *testing.T) {
	f := func(name string, give func(e *diagnose.Entry, c *diagnose.Case), want string) {
		t.Run(name, func(t *testing.T) {
			s := draw(t, `
				job-1 | 1 a/x{host=49}
				job-2 | 2 s/login`, rule("a/x", explains("class login on host")))
			e := s.byWords["s/login"].Evidence[0].Entry
			give(e, s.caseOf[e])
			if got := show(Judge(s.input(s.findings))); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	host := func(v string) []diagnose.ID { return []diagnose.ID{{Kind: diagnose.KindHost, Value: v}} }
	f("mentioned by the entry", func(e *diagnose.Entry, _ *diagnose.Case) { e.Mentions = host("49") }, "cause\na/x 49 > s/login")
	f("the entry's own", func(e *diagnose.Entry, _ *diagnose.Case) { e.IDs = host("49") }, "cause\na/x 49 > s/login")
	f("of its case", func(_ *diagnose.Entry, c *diagnose.Case) {
		c.IDs = map[diagnose.IDKind][]string{diagnose.KindHost: {"48", "49"}}
	}, "cause\na/x 49 > s/login")
	f("another", func(e *diagnose.Entry, _ *diagnose.Case) { e.Mentions = host("4") }, "cause\na/x 49\n? s/login")
	f("another kind", func(e *diagnose.Entry, _ *diagnose.Case) {
		e.Mentions = []diagnose.ID{{Kind: diagnose.KindVM, Value: "49"}}
	}, "cause\na/x 49\n? s/login")
}

func TestNearestCause(t *testing.T) {
	f := judges(t)
	f("the latest before", `job | 1 a/x | 2 a/y | 3 s/login | 4 a/z`, nil, "cause", "a/y > s/login", "a/x", "a/z")
	f("else the earliest after", `job | 3 s/login | 4 a/z | 5 a/x`, nil, "cause", "a/z > s/login", "a/x")
	f("the same entry goes first", `job | 1 a/x | 2 s/login | 3 a/y | 9 a/z + s/login`, nil, "cause", "a/z > s/login", "a/x", "a/y")
	f("not in another case", `
		job-1 | 1 a/x
		job-2 | 2 s/login`, nil, "cause", "a/x", "? s/login")
	f("a warning explains no error", `job | 1 w/slow + s/login`, nil, "unexplained", "? s/login", "~ w/slow")
	f("a warning explains a warning", `job | 1 w/slow + ws/login`, nil, "clean", "~ w/slow > ws/login")
	f("a benign finding is no cause", `job | 1 b/noise + s/login`, nil, "unexplained", "? s/login")
	f("a symptom is no cause", `job | 1 s/deploy + s/login`, nil, "unexplained", "? s/deploy", "? s/login")
	f("what counts is where a cause stands in that case", `
		job-1 | 5 a/wide
		job-2 | 3 a/near | 6 s/login | 7 a/wide`, nil, "cause", "a/near > s/login", "a/wide")
	f("what is left open stays with the root of its cause", `job | 1 a/x | 2 a/y | 3 s/login`, rs{rule("a/x", explains("a/y"))},
		"cause", "a/x > a/y, s/login")
}

func TestCyclesCannotHappen(t *testing.T) {
	f := judges(t)
	f("two", `job | 1 a/x | 2 a/y`, rs{rule("a/x", explains("a/y")), rule("a/y", explains("a/x"))}, "cause", "a/x > a/y")
	f("three", `job | 1 a/x | 2 a/y | 3 a/z`, rs{rule("a/x", explains("a/y")), rule("a/y", explains("a/z")), rule("a/z", explains("a/x"))},
		"cause", "a/x > a/y, a/z")
	f("all by a glob", `job | 1 a/x | 2 a/y | 3 a/z`, rs{rule("a/x", explains("a/*")), rule("a/y", explains("a/*")), rule("a/z", explains("a/*"))},
		"cause", "a/x > a/y, a/z")
}

func TestGroupingByTitle(t *testing.T) {
	s := draw(t, `
		job-1 | 3 a/disk{host=1,path=b} | 4 s/write{name=x,n=1}
		job-2=failed | 1 a/disk{host=1,path=a}* | 5 s/write{name=x,n=2}*
		job-3 | 2 a/disk{host=2}*`)
	v := Judge(s.input(s.findings))
	if got, want := show(v), "cause\na/disk 1 > s/write x\na/disk 2"; got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	c := v.Causes[0]
	if len(c.Cases) != 2 || c.Cases[0].ID != "job-2" {
		t.Errorf("cases %v, want the failed one first, and one more", c.Cases)
	}
	if len(c.Evidence) != 2 || c.Evidence[0].Entry.Stream != "job-2.log" {
		t.Errorf("evidence is not in the order of the log: %v", c.Evidence)
	}
	if c.Captures["path"] != "a" {
		t.Errorf("captures are those of %q, want the earliest finding's", c.Captures["path"])
	}
	if x := c.Explains[0]; len(x.Evidence) != 2 || x.Evidence[0].Entry.Stream != "job-1.log" {
		t.Errorf("consequences of one title are one, got evidence %v", x.Evidence)
	}
}

func TestCandidates(t *testing.T) {
	s := draw(t, `job | 1 a/timeout`)
	s.candidates = map[string][]*diagnose.Rule{"a/timeout": {rule("a/firewall")}}
	v := Judge(s.input(s.findings))
	if c := v.Causes[0].Candidates; len(c) != 1 || c[0].ID != "a/firewall" {
		t.Errorf("candidates %v", c)
	}
}

func TestKinds(t *testing.T) {
	f := judges(t)
	f("nothing", ``, nil, "clean")
	f("benign only", `job | 1 b/noise + !noise`, nil, "clean")
	f("a warning is no cause", `job | 1 w/slow`, nil, "clean", "~ w/slow")
	f("nor when it says that it explains", `job | 1 w/slow | 2 s/login`, rs{rule("w/slow", explains("class login"))},
		"unexplained", "? s/login", "~ w/slow")
	f("nor that it explains a cause", `job | 1 w/slow | 2 a/x`, rs{rule("w/slow", explains("a/x"))}, "cause", "a/x", "~ w/slow")
	f("an error explains a warning", `job | 1 a/x | 2 w/slow`, rs{rule("a/x", explains("w/slow"))}, "cause", "a/x > w/slow")
	f("symptoms only", `job=failed | 1 s/deploy + !deploy failed`, nil, "unexplained", "? s/deploy")
	f("trouble only", `job | 1 !deploy failed`, nil, "unexplained", "! deploy failed")
	f("a finding without evidence is none", ``, nil, "clean")
	empty := &diagnose.Finding{Rule: rule("a/x")}
	s := draw(t, ``)
	if got := show(Judge(s.input([]*diagnose.Finding{empty}))); got != "clean" {
		t.Errorf("a finding without evidence: %s", got)
	}
}

// An entry that no case holds is nobody's: it must not be tied to others of its
// sort, and must not break anything. What stands on it stands together still.
func TestEntriesWithoutACase(t *testing.T) {
	f := func(picture, want string, rules ...*diagnose.Rule) {
		t.Helper()
		s := draw(t, picture, rules...)
		in := s.input(s.findings)
		in.CaseOf = func(*diagnose.Entry) *diagnose.Case { return nil }
		for _, f := range s.findings {
			f.Cases = []*diagnose.Case{nil}
		}
		if got := show(Judge(in)); got != want {
			t.Errorf("%s: got %q, want %q", picture, got, want)
		}
	}
	f(`job | 1 a/x[..5] | 2 s/login | 3 !disk lost`, "unexplained\n? s/login\n! disk lost")
	f(`job | 1 a/x | 2 a/y`, "cause\na/x\na/y", rule("a/x", explains("a/y")))
	f(`job | 1 a/x + a/y`, "cause\na/x > a/y", rule("a/x", explains("a/y")))
}
