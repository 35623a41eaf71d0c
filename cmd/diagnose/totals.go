package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/correlate"
	"diagnose/rules"
	"diagnose/source"
)

// allProblems are those of finding the streams and of reading them.
func (e *engine) allProblems() []source.Problem {
	problems := slices.Clone(e.problems)
	for _, s := range e.stats {
		problems = append(problems, s.Problems...)
	}
	return source.Tidy(problems)
}

// quality says what was not read or is uncertain, worst first.
func (e *engine) quality(v *diagnose.Verdict, dropped map[string]rules.Dropped) {
	for _, p := range e.allProblems() {
		v.Quality = append(v.Quality, diagnose.Quality{Place: p.Place, Text: p.Reason, Weighs: p.Grade >= source.Partial})
	}
	v.Quality = append(v.Quality, e.notes...)
	holds := map[string]bool{}
	for _, f := range e.findings {
		if f.Rule.Role != diagnose.RoleBenign {
			holds[f.Rule.ID] = true
		}
	}
	for i, k := range e.keepers {
		name := e.streams[i].Name
		if k.lostHits > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Place: name, Weighs: true, Text: fmt.Sprintf("%d matches beyond the first %d kinds of a signal were counted and not judged", k.lostHits, keepKinds)})
		}
		if k.lostTrouble > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Place: name, Text: fmt.Sprintf("%d trouble entries beyond the first %d kinds of text were counted and not judged", k.lostTrouble, keepMasks)})
		}
		if k.lostOther > 0 && v.Kind != diagnose.VerdictClean { // there are no cases then
			v.Quality = append(v.Quality, diagnose.Quality{Place: name, Text: fmt.Sprintf("%d entries beyond the bound of what is kept to tie cases: cases may lack entries", k.lostOther)})
		}
		if k.unopened > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Place: name, Weighs: v.Kind != diagnose.VerdictCause, Text: fmt.Sprintf("texts inside its entries that were not opened, beyond what is opened of one entry: %d", k.unopened)})
		}
		v.Quality = append(v.Quality, cappedIn(name, k, holds)...)
	}
	for _, id := range slices.Sorted(maps.Keys(dropped)) {
		if n := dropped[id].Groups; n > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Text: fmt.Sprintf("rule %s: %d groups beyond its bound were not judged", id, n)})
		}
		if n := dropped[id].GivenUp; n > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Text: fmt.Sprintf("rule %s: %d groups of matches would take too long to judge and were given up", id, n)})
		}
		if n := dropped[id].Hits; n > 0 {
			v.Quality = append(v.Quality, diagnose.Quality{Text: fmt.Sprintf("rule %s: %d matches beyond its bound were not judged", id, n)})
		}
	}
	slices.SortStableFunc(v.Quality, func(a, b diagnose.Quality) int {
		switch {
		case a.Weighs == b.Weighs:
			return 0
		case a.Weighs:
			return -1
		}
		return 1
	})
}

// cappedIn says which signals of rules that hold matched more often than is kept.
func cappedIn(stream string, k *keeper, holds map[string]bool) []diagnose.Quality {
	matched := map[[2]string]int{}
	over := map[[2]string]bool{}
	for key, c := range k.hits {
		parts := strings.SplitN(key, "\x00", 3)
		signal := [2]string{parts[0], parts[1]}
		if holds[signal[0]] {
			matched[signal] += c.seen
			over[signal] = over[signal] || c.dropped() > 0
		}
	}
	var out []diagnose.Quality
	for signal, n := range matched {
		if over[signal] {
			out = append(out, diagnose.Quality{Place: stream, Text: fmt.Sprintf("signal %s of %s matched %d times: of each kind the first and last %d are kept", signal[1], signal[0], n, keepHits)})
		}
	}
	slices.SortFunc(out, func(a, b diagnose.Quality) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// totals counts what was read. The cases counted are those with something in
// them: a match, trouble or an outcome.
func (e *engine) totals(v *diagnose.Verdict, c *collected, tied *correlate.Result) {
	s := &v.Stats
	cut := int64(0)
	for i, st := range e.stats {
		if !unreadable(st) {
			s.Files++
		}
		s.Bytes += st.Bytes
		s.Lines += e.lines[i]
		cut += st.CutLines
		s.Entries += e.keepers[i].parsed
	}
	if cut > 0 {
		s.Cut = append(s.Cut, diagnose.Count{Reason: "lines longer than 64 KiB, read in pieces", Count: cut})
	}
	skipped := map[string]int64{}
	for _, p := range e.allProblems() {
		if p.Grade == source.Skipped || p.Grade == source.Unread {
			reason, n := p.Counted()
			skipped[reason] += n
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(skipped)) {
		s.Skipped = append(s.Skipped, diagnose.Count{Reason: reason, Count: skipped[reason]})
	}
	cases := map[*diagnose.Case]bool{}
	for _, h := range c.hits {
		cases[tied.Case(h.Entry)] = true
	}
	for _, t := range c.trouble {
		cases[tied.Case(t.Entry)] = true
	}
	s.Cases = len(cases)
	for _, x := range tied.Split {
		text := "ids tie %d entries to one case (%s ...): it was split by time into %d"
		if x.Near {
			text = "%d entries that stand side by side are one case (%s ...): it was split into %d"
		}
		v.Quality = append(v.Quality, diagnose.Quality{Text: fmt.Sprintf(text, x.Entries, strings.ReplaceAll(x.ID, "\x00", ""), x.Parts)})
	}
	v.Quality = append(v.Quality, e.clock.notes...)
}

// unreadable reports whether a stream was found and nothing of it could be read.
func unreadable(st source.Stats) bool {
	return st.Bytes == 0 && slices.ContainsFunc(st.Problems, func(p source.Problem) bool { return p.Grade == source.Unread })
}

// narrow keeps of the verdict what touches the case and the window that were
// asked for: a cause may itself lie outside them. at tells the log time of an entry.
func (e *engine) narrow(v *diagnose.Verdict, tied *correlate.Result, at func(*diagnose.Entry) time.Time) {
	if e.case_ == "" && e.window == (window{}) {
		return
	}
	touches := func(list []diagnose.Evidence) bool {
		return slices.ContainsFunc(list, func(ev diagnose.Evidence) bool {
			return e.window.holds(at(ev.Entry)) && (e.case_ == "" || inCase(tied.Case(ev.Entry), ev.Entry, e.case_))
		})
	}
	outside := func(c *diagnose.Cause) bool {
		return !touches(c.Evidence) && !slices.ContainsFunc(c.Explains, func(x *diagnose.Consequence) bool { return touches(x.Evidence) })
	}
	v.Causes = slices.DeleteFunc(v.Causes, outside)
	v.Symptoms = slices.DeleteFunc(v.Symptoms, outside)
	v.Warnings = slices.DeleteFunc(v.Warnings, outside)
	v.Unexplained = slices.DeleteFunc(v.Unexplained, func(g *diagnose.Group) bool { return !touches(g.Evidence) })
	if len(v.Causes) == 1 {
		v.Causes[0].Why.Reason = diagnose.WhyOnly
	}
	v.Settle()
}

// inCase reports whether the entry belongs to the case that name means: a case
// whose id or one of whose ids it is, or an entry that mentions it.
func inCase(c *diagnose.Case, e *diagnose.Entry, name string) bool {
	if c != nil {
		if c.ID == name {
			return true
		}
		for kind, values := range c.IDs {
			for _, v := range values {
				if v == name && kind.Strong() || (diagnose.ID{Kind: kind, Value: v}).String() == name && kind.Strong() {
					return true
				}
			}
		}
	}
	for _, id := range slices.Concat(e.IDs, e.Mentions) {
		if id.Value == name || id.String() == name {
			return true
		}
	}
	return false
}
