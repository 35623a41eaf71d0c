package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"diagnose"
	"diagnose/rules"
)

// golden compares with a file, or rewrites it for people who asked.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		refuseInCI(t)
		if err := os.MkdirAll("../../rules/testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what it was; look at each line, then -update:\n%s", file, lineDifference(string(want), got))
	}
}

// refuseInCI fails where -update would make every comparison hold.
func refuseInCI(t *testing.T) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal("-update is for people: it must not run where CI is set")
	}
}

// lineDifference lists the lines that only one of two texts has.
func lineDifference(want, got string) string {
	var b strings.Builder
	only := func(sign, a, other string) {
		has := map[string]bool{}
		for l := range strings.Lines(other) {
			has[l] = true
		}
		for l := range strings.Lines(a) {
			if !has[l] {
				b.WriteString(sign + l)
			}
		}
	}
	only("- ", want, got)
	only("+ ", got, want)
	return b.String()
}

// Which other rules hold on the examples of each rule, and what keeps them
// apart, is known and was looked at; no two are causes of one line.
func TestOverlapsAreKnown(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("every positive example through the whole program")
	}
	base := shippedBase(t)
	list, err := overlapsOf(context.Background(), base, base.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.how == unresolved || o.how == byLosing {
			t.Errorf("%s: %s holds on its example at line %d: %s", o.rule, o.other, o.line, o.how)
		}
	}
	golden(t, "../../rules/testdata/overlaps.txt", overlapTable(list))
}

// What the lints say of the shipped rules is known; new rules add nothing to it.
func TestWarningsAreKnown(t *testing.T) {
	base := shippedBase(t)
	var b strings.Builder
	for _, p := range lint(base, nil, base.All()) {
		fmt.Fprintf(&b, "%s: %s\n", p.File, p.Text)
	}
	golden(t, "../../rules/testdata/warnings.txt", b.String())
}

func TestResolve(t *testing.T) {
	r := diagnose.Rule{ID: "a/r", Role: diagnose.RoleCause, Severity: diagnose.SeverityError}
	f := func(change func(r, other *diagnose.Rule), want resolution) {
		t.Helper()
		a, b := r, r
		b.ID = "a/other"
		change(&a, &b)
		if got := resolve(&a, &b); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(func(_, _ *diagnose.Rule) {}, "")
	f(func(_, o *diagnose.Rule) { o.Role = diagnose.RoleBenign }, byBenign)
	f(func(_, o *diagnose.Rule) { o.Severity = diagnose.SeverityWarning }, byWarning)
	f(func(_, o *diagnose.Rule) { o.Refines = []string{"a/r"} }, byRefine)
	f(func(r, _ *diagnose.Rule) { r.Refines = []string{"a/*"} }, byRefined)
	f(func(r, _ *diagnose.Rule) { r.Explains = []diagnose.Explains{{Rule: "a/..."}} }, byExplained)
	f(func(r, o *diagnose.Rule) { o.Explains, r.Class = []diagnose.Explains{{Symptom: "c"}}, "c" }, byExplains)
	f(func(_, o *diagnose.Rule) { o.CandidateOf = []string{"a/r"} }, byCandidate)
	f(func(_, o *diagnose.Rule) { o.Role = diagnose.RoleSymptom }, bySymptom)
}

// Two causes of one line that say nothing of each other are found, at the
// example's line.
func TestOverlapOfTwins(t *testing.T) {
	one := ruleOf(t, "shared/one", twinRule)
	two := ruleOf(t, "shared/two", strings.ReplaceAll(twinRule, " one", " two"))
	f := func(base *rules.Base, want string) {
		t.Helper()
		warnings, err := overlapWarnings(context.Background(), base, base.All())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range warnings {
			got = append(got, w.Error())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	f(rules.NewBase([]*rules.Rule{one}), "")
	f(rules.NewBase([]*rules.Rule{one, two}),
		"shared/one.yaml:10:1: shared/two holds on the same line of this example: say which refines or explains the other, or narrow one of them\n"+
			"shared/two.yaml:10:1: shared/one holds on the same line of this example: say which refines or explains the other, or narrow one of them")
	refined := ruleOf(t, "shared/two", strings.ReplaceAll(twinRule, " one", " two")+"refines: [shared/one]\n")
	f(rules.NewBase([]*rules.Rule{one, refined}), "")
}

func ruleOf(t *testing.T, id, text string) *rules.Rule {
	t.Helper()
	r, problems := rules.Parse(id, id+".yaml", []byte(text))
	for _, p := range problems {
		t.Fatal(p)
	}
	return r
}

const twinRule = `title: The one disk is broken
system: shared
side: target
signals: {failed: {match: "ERROR disk sdb does not answer"}}
cause: It is broken, says one.
fix: [Replace it.]
references: [x]
zh: {title: 磁盘损坏, cause: 磁盘坏了。, fix: [更换。]}
examples:
  - {name: a, log: "ERROR disk sdb does not answer", expect: {}}
  - {name: b, log: "disk sdb does answer", expect: none}
`
