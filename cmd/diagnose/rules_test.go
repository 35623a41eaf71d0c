package main

import (
	"context"
	"testing"

	"diagnose/rules"
)

// shippedBase is the rule base of the program, which must be free of problems.
func shippedBase(t testing.TB) *rules.Base {
	t.Helper()
	base, problems := shipped()
	for _, p := range problems {
		t.Error(p)
	}
	for _, p := range rules.CheckLinks(base.All(), nil) {
		t.Error(p)
	}
	return base
}

// Every example in every rule holds, through the whole program.
func TestExamples(t *testing.T) {
	base := shippedBase(t)
	for _, r := range base.All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			for _, x := range r.Examples {
				if problem := testExample(context.Background(), base, r, x); problem != "" {
					t.Errorf("%s:%d: example %q: %s", r.File, x.Line, x.Name, problem)
				}
			}
		})
	}
}
