package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"diagnose"
)

// eachText calls f with every sentence of t and the name of its field.
func eachText(t *diagnose.Texts, f func(field, text string)) {
	f("title", t.Title)
	f("cause", t.Cause)
	f("tells_apart", t.TellsApart)
	for _, steps := range [][]diagnose.Step{t.Fix, t.Verify} {
		for _, s := range steps {
			f("fix", s.Say)
			f("fix", s.Run)
			f("verify", s.Expect)
		}
	}
}

// complete checks what no single key can: that nothing needed is missing, that
// names are used, and that every blank can be filled.
func (l *loader) complete(r *Rule, root *yaml.Node) {
	silent := len(r.Signals) == 0 && len(r.CandidateOf) > 0
	for _, need := range []struct {
		field   string
		missing bool
	}{
		{"title", r.EN.Title == ""},
		{"system", r.System == ""},
		{"cause", r.EN.Cause == ""},
		{"fix", r.Role == diagnose.RoleCause && len(r.EN.Fix) == 0},
		{"side", r.Role == diagnose.RoleCause && r.Side == ""},
		{"signals", len(r.Signals) == 0 && !silent},
		{"zh.title", r.ZH.Title == ""},
		{"zh.cause", r.ZH.Cause == ""},
		{"zh.fix", len(r.EN.Fix) > 0 && len(r.ZH.Fix) == 0},
		{"zh.tells_apart", r.EN.TellsApart != "" && r.ZH.TellsApart == ""},
		{"tells_apart (the rule is a candidate of others)", len(r.CandidateOf) > 0 && r.EN.TellsApart == ""},
	} {
		if need.missing {
			l.fail(root, "missing %s", need.field)
		}
	}
	if silent {
		if r.When != nil || len(r.Examples) > 0 {
			l.fail(root, "a rule without signals has no when and no examples")
		}
		return
	}
	l.exampleKinds(r, root)
	if r.When == nil {
		r.When = anyOf(r.Signals)
	}
	if r.When == nil || len(l.problems) > 0 {
		return
	}
	if l.unusedSignals(r, root); len(l.problems) == 0 {
		l.captures(r, root)
	}
	r.Specificity = r.When.required()
	if r.Unless != nil {
		r.Specificity++
	}
}

// anyOf is the condition of a rule that states none.
func anyOf(signals []Signal) *Cond {
	if len(signals) == 0 {
		return nil
	}
	c := &Cond{Op: OpAny}
	for _, s := range signals {
		c.Args = append(c.Args, &Cond{Op: OpSignal, Signal: s.Name})
	}
	return c
}

func (l *loader) exampleKinds(r *Rule, root *yaml.Node) {
	match, not := 0, 0
	for _, e := range r.Examples {
		if e.Expect == nil {
			not++
		} else {
			match++
		}
	}
	if match == 0 || not == 0 {
		l.fail(root, "examples of both kinds are required: %d must match, %d must not", match, not)
	}
}

func (l *loader) unusedSignals(r *Rule, root *yaml.Node) {
	used := map[string]bool{}
	for _, c := range []*Cond{r.When, r.Unless, r.ClearedBy} {
		c.signals(func(name string) { used[name] = true })
	}
	for _, s := range r.Signals {
		if !used[s.Name] {
			l.fail(root, "signal %q is used by no condition", s.Name)
		}
	}
}

// captures checks that texts ask only for what matches provide, and sets the
// groups of the rule.
func (l *loader) captures(r *Rule, root *yaml.Node) {
	all := map[string]bool{}
	for _, s := range r.Signals {
		for _, p := range s.Patterns {
			for _, c := range p.Captures {
				all[c] = true
			}
		}
	}
	always := guaranteedCaptures(r)
	used := map[string]bool{}
	for _, t := range []*diagnose.Texts{&r.EN, &r.ZH} {
		eachText(t, func(field, text string) {
			needed, optional := diagnose.Blanks(text)
			for _, name := range append(needed, optional...) {
				used[name] = true
				if !all[name] {
					l.fail(root, "%s asks for {{%s}}, which no signal captures%s", field, name, hint(name, keys(all)))
				}
			}
			for _, name := range needed {
				if all[name] && !always[name] {
					l.fail(root, "%s asks for {{%s}}, which not every way to match provides: give a fallback, {{%s|the %s}}", field, name, name, name)
				}
			}
		})
	}
	l.unusedCaptures(r, root, all, used)
	if !r.hasBy {
		needed, optional := diagnose.Blanks(r.EN.Title)
		r.By = slices.Compact(append(needed, optional...))
	}
	for _, name := range r.By {
		if !all[name] {
			l.fail(root, "by: no signal captures %q%s", name, hint(name, keys(all)))
		}
	}
}

func (l *loader) unusedCaptures(r *Rule, root *yaml.Node, all, used map[string]bool) {
	for _, name := range r.By {
		used[name] = true
	}
	for _, e := range r.Explains {
		for _, name := range e.On {
			used[name] = true
		}
	}
	for _, c := range []*Cond{r.When, r.Unless, r.ClearedBy} {
		c.each(func(c *Cond) { used[c.Distinct] = true })
	}
	for _, e := range r.Examples {
		for name := range e.Expect {
			used[name] = true
		}
	}
	for _, s := range r.Signals {
		for _, p := range s.Patterns {
			for _, name := range p.Captures {
				if !used[name] && (s.Where == nil || !mentions(s.Where.Source, name)) {
					l.fail(root, "signal %s captures %q, which nothing uses: write <_>", s.Name, name)
				}
			}
		}
	}
}

// each calls f with c and every condition below it.
func (c *Cond) each(f func(*Cond)) {
	if c == nil {
		return
	}
	f(c)
	for _, a := range c.Args {
		a.each(f)
	}
}

func mentions(source, name string) bool {
	words := strings.FieldsFunc(source, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	return slices.Contains(words, name)
}

// guaranteedCaptures are the names that a finding has whichever way the rule
// came to hold.
func guaranteedCaptures(r *Rule) map[string]bool {
	var always map[string]bool
	for _, way := range r.When.guaranteed() {
		have := map[string]bool{}
		for _, name := range way {
			if s := r.signal(name); s != nil {
				for c := range commonCaptures(s) {
					have[c] = true
				}
			}
		}
		if always == nil {
			always = have
			continue
		}
		for c := range always {
			if !have[c] {
				delete(always, c)
			}
		}
	}
	return always
}

func commonCaptures(s *Signal) map[string]bool {
	common := map[string]bool{}
	for i, p := range s.Patterns {
		for _, c := range p.Captures {
			if i == 0 {
				common[c] = true
			}
		}
		for c := range common {
			if !slices.Contains(p.Captures, c) {
				delete(common, c)
			}
		}
	}
	return common
}

// CheckLinks reports names of rules and classes that no rule of the base has.
func CheckLinks(rules []*Rule) []Problem {
	ids := map[string]bool{}
	classes := map[string]bool{}
	for _, r := range rules {
		ids[r.ID] = true
		classes[r.Class] = true
	}
	var problems []Problem
	fail := func(r *Rule, format string, args ...any) {
		problems = append(problems, Problem{File: r.File, Line: 1, Col: 1, Text: fmt.Sprintf(format, args...)})
	}
	for _, r := range rules {
		for _, e := range r.Explains {
			if e.Rule != "" && !strings.Contains(e.Rule, "*") && !ids[e.Rule] {
				fail(r, "explains: there is no rule %q%s", e.Rule, hint(e.Rule, keys(ids)))
			}
			if e.Symptom != "" && !classes[e.Symptom] {
				fail(r, "explains: no rule has the class %q%s", e.Symptom, hint(e.Symptom, keys(classes)))
			}
		}
		for _, id := range r.Refines {
			if !strings.Contains(id, "*") && !ids[id] {
				fail(r, "refines: there is no rule %q%s", id, hint(id, keys(ids)))
			}
		}
		for _, id := range r.CandidateOf {
			if !strings.Contains(id, "*") && !ids[id] {
				fail(r, "candidate_of: there is no rule %q%s", id, hint(id, keys(ids)))
			}
		}
	}
	return problems
}
