package verdict

import (
	"testing"

	"diagnose"
)

func TestRefines(t *testing.T) {
	f := judges(t)
	special := rule("a/special", refines("a/general"))
	f("the general reading of the same entry is dropped", `job | 1 a/general + a/special`, rs{special}, "cause", "a/special")
	f("another entry keeps it", `job | 1 a/special | 2 a/general`, rs{special}, "cause", "a/special", "a/general")
	f("what it borrowed from another rule does not", `job | 1 a/general + a/special | 2 a/general^ + s/step`, rs{special}, "cause", "a/special > s/step")
	f("but does if all of it is borrowed", `job | 1 a/general^ + a/special | 2 a/general^`, rs{special}, "cause", "a/special", "a/general")
	f("alone it stands", `job | 1 a/general`, rs{special}, "cause", "a/general")
	f("an entry of its own keeps a finding", `job | 1 a/special + a/general | 2 a/general`, rs{special}, "cause", "a/special", "a/general")
	f("by a glob", `job | 1 a/special + c/one + c/two + d/one`, rs{rule("a/special", refines("c/*"))}, "cause", "a/special", "d/one")
	f("by all below", `job | 1 a/special + c/one + c/d/two + d/one`, rs{rule("a/special", refines("c/..."))}, "cause", "a/special", "d/one")
	f("a chain drops all but its end", `job | 1 a/1 + a/2 + a/3`, rs{rule("a/1", refines("a/2")), rule("a/2", refines("a/3"))}, "cause", "a/1")
	f("never another finding of its own rule", `job | 1 a/disk{host=1} + a/disk{host=2}`, rs{rule("a/disk", refines("a/*"))},
		"cause", "a/disk 1", "a/disk 2")
	f("two that refine one another both stand", `job | 1 a/one + a/two + a/three`, rs{rule("a/one", refines("a/*")), rule("a/two", refines("a/*"))},
		"cause", "a/one", "a/two")
	f("what is left of a general finding is no longer in the case that it lost", `
		job-1 | 1 a/special + a/general | 5 s/login
		job-2 | 3 a/general | 5 s/deploy`, rs{special},
		"cause", "a/special > s/login", "a/general > s/deploy")
	f("nor at its time", `
		job-1 | 1 a/special + a/general
		job-2 | 60 a/general
		job-3 | 2 s/login`, rs{special, rule("a/general", explains("class login across within 5m"))},
		"cause", "a/special", "a/general", "? s/login")
}

// What is left of a finding after a more special one took its part is judged once more: an
// earlier run's failure is over, though the part that was taken is not.
func TestWhatIsLeftIsJudgedAgain(t *testing.T) {
	special := rule("a/special", refines("a/general"))
	s := draw(t, `job | 1 a/general | 2 a/special + a/general`, special)
	in := s.input(s.findings)
	in.Again = func(f *diagnose.Finding) *diagnose.Finding {
		if len(f.Evidence) != 1 {
			t.Errorf("judged again with %d pieces of evidence", len(f.Evidence))
		}
		lessened, over := *f.Rule, *f
		lessened.Recovered = diagnose.SeverityWarning
		over.Rule, over.Cleared, over.Past = &lessened, true, f.Evidence[0].Entry
		return &over
	}
	if got, want := show(Judge(in)), "cause\na/special\n~ a/general"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
