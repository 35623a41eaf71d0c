package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"diagnose/rules"
	"diagnose/source"
)

// docRules are the whole rules in docs/rules.md, by the name in bold before
// each.
func docRules(t *testing.T) map[string]*rules.Rule {
	t.Helper()
	text, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, doc, found := strings.Cut(string(text), "## Coming from SEC")
	if !found {
		t.Fatal("docs/rules.md has no chapter on SEC")
	}
	out := map[string]*rules.Rule{}
	name := ""
	for i, part := range strings.Split(doc, "```") {
		if i%2 == 0 {
			if at := strings.LastIndex(part, "\n**"); at >= 0 {
				name, _, _ = strings.Cut(part[at+3:], "**")
			}
			continue
		}
		text := strings.TrimPrefix(part, "yaml\n")
		r, problems := rules.Parse("doc/"+strings.ToLower(name), name, []byte(text))
		for _, p := range problems {
			t.Errorf("docs/rules.md, %v", p)
		}
		out[name] = r
	}
	return out
}

// Each rule type of SEC that looks at events is in the document as a rule whose
// examples hold, also beside all others.
func TestDocumentedRules(t *testing.T) {
	got := docRules(t)
	var list []*rules.Rule
	for _, name := range []string{"Single", "SingleWithSuppress", "Pair", "PairWithWindow", "SingleWithThreshold", "SingleWith2Thresholds", "EventGroup", "Suppress"} {
		if got[name] == nil {
			t.Fatalf("docs/rules.md has no rule for %s", name)
		}
		list = append(list, got[name])
	}
	if len(got) != len(list) {
		t.Errorf("%d rules in docs/rules.md, %d are known", len(got), len(list))
	}
	base := rules.NewBase(list)
	for _, p := range rules.CheckLinks(base.All(), nil) {
		t.Error(p)
	}
	for _, r := range base.All() {
		for _, x := range r.Examples {
			if problem := testExample(context.Background(), base, r, x); problem != "" {
				t.Errorf("%s: example %q: %s", r.File, x.Name, problem)
			}
		}
	}
}

// What the document says of SingleWithSuppress: reports within the quiet time
// are one finding, one after it is another.
func TestDocumentedSuppression(t *testing.T) {
	base := rules.NewBase([]*rules.Rule{docRules(t)["SingleWithSuppress"]})
	f := func(want int, hours ...string) {
		t.Helper()
		var log strings.Builder
		for _, at := range hours {
			fmt.Fprintf(&log, "2026-01-31 %s:00 sensor: fan 2 stands still\n", at)
		}
		e := newEngine(base, []*source.Stream{source.Memory("log", log.String(), exampleTime, source.Options{})})
		if _, err := e.diagnose(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(e.findings) != want {
			t.Errorf("%v: %d findings, wanted %d", hours, len(e.findings), want)
		}
	}
	f(1, "10:00", "10:30", "11:20")
	f(2, "10:00", "10:30", "11:40")
}
