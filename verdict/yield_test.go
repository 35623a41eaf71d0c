package verdict

import (
	"testing"

	"diagnose"
)

func TestYields(t *testing.T) {
	f := judges(t)
	said := rule("a/said", yields(diagnose.ReachCase))
	f("alone it is a cause", `job | 1 a/said`, rs{said}, "cause", "a/said")
	f("in the case of another it is its consequence", `job | 1 a/exact | 9 a/said`, rs{said}, "cause", "a/exact > a/said")
	f("in front of it as well", `job | 1 a/said | 9 a/exact`, rs{said}, "cause", "a/exact > a/said")
	f("on the same entry it is dropped", `job | 1 a/exact + a/said`, rs{said}, "cause", "a/exact")
	f("and stays where it also stands elsewhere", `job | 1 a/exact + a/said | 2 a/said`, rs{said}, "cause", "a/exact > a/said")
	f("the case of another is no reason", "job-1 | 1 a/exact\njob-2 | 2 a/said", rs{said}, "cause", "a/exact", "a/said")
	f("a symptom is none", `job | 1 s/login | 2 a/said`, rs{said}, "cause", "a/said > s/login")
	f("a warning is none", `job | 1 w/slow | 2 a/said`, rs{said}, "cause", "a/said", "~ w/slow")
	f("two that yield both stand", `job | 1 a/said + a/told`, rs{said, rule("a/told", yields(diagnose.ReachStream))}, "cause", "a/said", "a/told")
	f("what is over is none", `job | 1 a/exact[..2] | 9 a/said`, rs{said}, "cause", "a/said")
	f("a special reading takes its place", `job | 1 a/said + a/special`, rs{said, rule("a/special", refines("a/said"))}, "cause", "a/special")
	f("which it may be itself", `job | 1 a/exact + a/said`, rs{rule("a/said", yields(diagnose.ReachCase), refines("a/exact"))}, "cause", "a/said")
	f("what goes before it takes the place of neither", `job | 1 a/exact + a/said + a/told`,
		rs{rule("a/said", yields(diagnose.ReachCase), refines("a/exact")), rule("a/told", yields(diagnose.ReachCase), refines("a/exact", "a/said"))}, "cause", "a/told")
	f("by entry the rest of the case is no reason", `job | 1 a/exact | 2 a/said`, rs{rule("a/said", yields(diagnose.ReachEntry))}, "cause", "a/exact", "a/said")
	f("by entry only the same one is", `job | 1 a/exact + a/said`, rs{rule("a/said", yields(diagnose.ReachEntry))}, "cause", "a/exact")
}
