package main

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"diagnose"
	"diagnose/rules"
)

// overlap says that another rule holds as well on logs that a rule gives as its
// examples, and what keeps the two apart.
type overlap struct {
	rule, other string
	how         resolution
	examples    int // on how many examples of the rule
	line        int // of the first of them in the rule's file
}

// resolution is why two rules on one log are one answer.
type resolution string

// Resolutions, the best first. An overlap that differs between examples is as
// good as its worst.
const (
	byBenign    resolution = "benign"       // one of the two is no failure
	byWarning   resolution = "warning"      // one of the two is a warning
	byRefine    resolution = "refines"      // the other is the more special reading
	byRefined   resolution = "refined"      // the other is the more general reading, and dropped
	byExplained resolution = "explained"    // the rule explains the other
	byExplains  resolution = "explains"     // the other explains the rule
	byCandidate resolution = "candidate_of" // they share their text and are listed side by side
	bySymptom   resolution = "symptom"      // the other is an umbrella, put under a cause
	byVerdict   resolution = "under it"     // the verdict puts the other under the rule by what holds what
	byLosing    resolution = "over it"      // the verdict puts the rule under the other
	byLines     resolution = "other lines"  // two causes, each with lines of its own
	unresolved  resolution = "UNRESOLVED"   // two causes of one line
)

var resolutions = []resolution{byBenign, byWarning, byRefine, byRefined, byExplained, byExplains, byCandidate, bySymptom, byVerdict, byLosing, byLines, unresolved}

// overlapsOf returns the overlaps of the rules, in the order of their ids, then
// of the others'.
func overlapsOf(ctx context.Context, base *rules.Base, list []*rules.Rule) ([]overlap, error) {
	found := make([][]overlap, len(list))
	errs := make([]error, len(list))
	onAllCores(len(list), func(i int) { found[i], errs[i] = overlapsOfRule(ctx, base, list[i]) })
	var out []overlap
	for i := range list {
		if errs[i] != nil {
			return nil, errs[i]
		}
		out = append(out, found[i]...)
	}
	return out, nil
}

// onAllCores calls f with each number below n, on as many cores as there are.
func onAllCores(n int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func overlapsOfRule(ctx context.Context, base *rules.Base, r *rules.Rule) ([]overlap, error) {
	if r.Role == diagnose.RoleReason {
		return nil, nil // it has no findings; which of two reads a line its examples decide
	}
	byOther := map[string]*overlap{}
	for _, x := range r.Examples {
		if x.Expect == nil {
			continue
		}
		e := newEngine(base, exampleStreams(x))
		e.workers = 1
		v, err := e.diagnose(ctx)
		if err != nil {
			return nil, err
		}
		for id, how := range othersIn(v, e.findings, r) {
			o := byOther[id]
			if o == nil {
				o = &overlap{rule: r.ID, other: id, how: how, line: x.Line}
				byOther[id] = o
			}
			o.examples++
			if slices.Index(resolutions, how) > slices.Index(resolutions, o.how) {
				o.how, o.line = how, x.Line
			}
		}
	}
	var out []overlap
	for _, id := range slices.Sorted(maps.Keys(byOther)) {
		out = append(out, *byOther[id])
	}
	return out, nil
}

// othersIn returns the rules besides r that hold on one example, each with what
// keeps it apart from r.
func othersIn(v *diagnose.Verdict, findings []*diagnose.Finding, r *rules.Rule) map[string]resolution {
	entries := map[*diagnose.Entry]bool{} // that r rests on
	for _, f := range findings {
		if f.Rule.ID == r.ID {
			for _, ev := range f.Evidence {
				entries[ev.Entry] = true
			}
		}
	}
	roots := map[string]bool{}
	for _, c := range v.Causes {
		roots[c.Rule.ID] = true
	}
	out := map[string]resolution{}
	for _, f := range findings {
		if f.Rule.ID == r.ID || f.Cleared {
			continue
		}
		how := resolve(&r.Rule, f.Rule)
		if how == "" {
			how = judged(roots, entries, r.ID, f)
		}
		if was, ok := out[f.Rule.ID]; !ok || slices.Index(resolutions, how) > slices.Index(resolutions, was) {
			out[f.Rule.ID] = how
		}
	}
	return out
}

// resolve is what the rules themselves say of how they stand to one another,
// empty when they say nothing.
func resolve(r, other *diagnose.Rule) resolution {
	names := func(patterns []string, id string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return diagnose.MatchID(p, id) })
	}
	explains := func(a, b *diagnose.Rule) bool {
		return slices.ContainsFunc(a.Explains, func(e diagnose.Explains) bool {
			return e.Rule != "" && diagnose.MatchID(e.Rule, b.ID) || e.Symptom != "" && e.Symptom == b.Class
		})
	}
	switch {
	case r.Role == diagnose.RoleBenign, other.Role == diagnose.RoleBenign:
		return byBenign
	case r.Severity != diagnose.SeverityError, other.Severity != diagnose.SeverityError:
		return byWarning
	case names(other.Refines, r.ID):
		return byRefine
	case names(r.Refines, other.ID):
		return byRefined
	case r.Yields != "" && other.Yields == "" && other.Role == diagnose.RoleCause:
		return byRefine
	case other.Yields != "" && r.Yields == "" && r.Role == diagnose.RoleCause:
		return byRefined
	case explains(r, other):
		return byExplained
	case explains(other, r):
		return byExplains
	case names(r.CandidateOf, other.ID), names(other.CandidateOf, r.ID):
		return byCandidate
	case r.Role == diagnose.RoleSymptom, other.Role == diagnose.RoleSymptom:
		return bySymptom
	}
	return ""
}

// judged is what the verdict made of two causes that say nothing of one another.
func judged(roots map[string]bool, entries map[*diagnose.Entry]bool, id string, other *diagnose.Finding) resolution {
	switch {
	case roots[id] && !roots[other.Rule.ID]:
		return byVerdict
	case !roots[id] && roots[other.Rule.ID]:
		return byLosing
	case !slices.ContainsFunc(other.Evidence, func(ev diagnose.Evidence) bool { return entries[ev.Entry] }):
		return byLines
	}
	return unresolved
}

// overlapTable writes the overlaps as a table that can be compared: one line for
// each pair.
func overlapTable(list []overlap) string {
	var b strings.Builder
	for _, o := range list {
		fmt.Fprintf(&b, "%-52s %-52s %-12s %d\n", o.rule, o.other, o.how, o.examples)
	}
	return b.String()
}

// overlapTotals is the number of overlaps of each kind. They are no part of the table, in
// which two changes of the rules would meet at them.
func overlapTotals(list []overlap) string {
	var b strings.Builder
	count := map[resolution]int{}
	for _, o := range list {
		count[o.how]++
	}
	for _, how := range resolutions {
		if count[how] > 0 {
			fmt.Fprintf(&b, "# %4d %s\n", count[how], how)
		}
	}
	return b.String()
}

// overlapWarnings names the rules that are a second cause on a line of another's
// example.
func overlapWarnings(ctx context.Context, base *rules.Base, list []*rules.Rule) ([]rules.Problem, error) {
	overlaps, err := overlapsOf(ctx, base, list)
	if err != nil {
		return nil, err
	}
	var out []rules.Problem
	for _, o := range overlaps {
		switch o.how {
		case unresolved:
			out = append(out, rules.Problem{File: base.Select(o.rule)[0].File, Line: o.line, Col: 1,
				Text: fmt.Sprintf("%s holds on the same line of this example: say which refines or explains the other, or narrow one of them", o.other)})
		case byLosing:
			out = append(out, rules.Problem{File: base.Select(o.rule)[0].File, Line: o.line, Col: 1,
				Text: fmt.Sprintf("on this example the verdict names %s and puts this rule under it", o.other)})
		}
	}
	return out, nil
}

// showOverlaps prints the table for the selected rules.
func (o *rulesOptions) showOverlaps(ctx context.Context, std stdio, args []string) int {
	base, list, status := o.selected(std, args)
	if status != 0 {
		return status
	}
	overlaps, err := overlapsOf(ctx, base, list)
	if err != nil {
		fmt.Fprintf(std.err, "diagnose: %v\n", err)
		return exitWrong
	}
	fmt.Fprint(std.out, overlapTable(overlaps), overlapTotals(overlaps))
	return 0
}
