package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"diagnose"
	"diagnose/corpus"
	"diagnose/rules"
)

// The verdicts of the shipped incidents stand: none names a rule that is gone,
// matches nothing of what was kept, or is judged otherwise.
func TestShippedVerdictsStand(t *testing.T) {
	base := loadedBase(t)
	for id, x := range shippedIncidents() {
		if s := staleOf(context.Background(), base, x); len(s.Gone)+len(s.Lost)+len(s.Now) > 0 {
			t.Errorf("%s: gone %v, lost %v, now %v, was %v", id, s.Gone, s.Lost, s.Now, x.Rules)
		}
	}
}

// What is kept of a golden case bears out its verdict: nothing is called stale that
// is not.
func TestKeptVerdictsStand(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("every golden case twice")
	}
	base := loadedBase(t)
	for _, dir := range caseDirs(t) {
		logs, names := caseLogs(t, dir)
		x := incidentOf(redactVerdict(newRedactor(base, false), caseVerdict(t, base, logs, names)), "en")
		if x == nil {
			continue
		}
		if s := staleOf(context.Background(), base, x); len(s.Gone)+len(s.Lost)+len(s.Now) > 0 {
			t.Errorf("%s: gone %v, lost %v, now %v, was %v", dir, s.Gone, s.Lost, s.Now, x.Rules)
		}
	}
}

func TestStaleOf(t *testing.T) {
	base := rules.NewBase([]*rules.Rule{
		ruleOf(t, "shared/one", twinRule),
		ruleOf(t, "shared/gone-soft", strings.ReplaceAll(strings.ReplaceAll(twinRule, "disk sdb", "tape st0"), " one", " tape")),
	})
	f := func(was []string, evidence string, want diagnose.Stale) {
		t.Helper()
		x := &corpus.Incident{ID: "x", Title: "x", Lang: "en", Rules: was}
		if evidence != "" {
			x.Evidence = []corpus.Evidence{{File: "a.log", Text: evidence}}
		}
		got := staleOf(context.Background(), base, x)
		if !slices.Equal(got.Gone, want.Gone) || !slices.Equal(got.Lost, want.Lost) || !slices.Equal(got.Was, want.Was) || !slices.Equal(got.Now, want.Now) {
			t.Errorf("%v, %q\n got %+v\nwant %+v", was, evidence, got, want)
		}
	}
	disk := "ERROR disk sdb does not answer"
	one, gone, soft := []string{"shared/one"}, []string{"shared/old"}, []string{"shared/gone-soft"}
	f(one, disk, diagnose.Stale{})
	f(gone, "", diagnose.Stale{Gone: gone})
	f(gone, disk, diagnose.Stale{Gone: gone, Was: gone, Now: one})
	f(nil, disk, diagnose.Stale{Now: one})
	f(soft, "ERROR something else", diagnose.Stale{Lost: soft})
	f(soft, disk, diagnose.Stale{Lost: soft, Was: soft, Now: one})
	f(soft, "", diagnose.Stale{})
	f(slices.Concat(one, gone), disk, diagnose.Stale{Gone: gone})
}
