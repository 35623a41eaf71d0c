package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"diagnose"
)

// CheckLinks reports what no file by itself can show: names of rules and classes
// that no rule of the base has, captures that a used finding lacks, and rules
// that refine, explain or use one another in a circle. The rules must be of
// Parse or Load, which know the places. broken are the problems of files that were left
// out: what those would have defined is not missing.
func CheckLinks(rules []*Rule, broken []Problem) []Problem {
	c := linkCheck{rules: slices.Clone(rules), byID: map[string]*Rule{}, classes: map[string]bool{}, broken: map[string]bool{}}
	for _, p := range broken {
		c.broken[p.File] = true
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range c.rules {
		c.byID[r.ID] = r
		c.classes[r.Class] = true
	}
	for _, r := range c.rules {
		for _, l := range r.links {
			c.name(r, l)
		}
		c.findings(r)
	}
	c.circles("refines", (*Rule).refines, true)
	c.circles("explains", (*Rule).explains, true)
	c.circles("finding", (*Rule).uses, false)
	return c.problems
}

// CheckFormats reports names of log formats that are not among known.
func CheckFormats(rules []*Rule, known []string) []Problem {
	var c linkCheck
	for _, r := range rules {
		for _, l := range r.links {
			if l.Kind == "formats" && !slices.Contains(known, l.Name) {
				c.fail(r, l, "there is no log format %q%s", l.Name, hint(l.Name, known))
			}
		}
	}
	return c.problems
}

type linkCheck struct {
	broken   map[string]bool // files that were left out
	rules    []*Rule         // by id
	byID     map[string]*Rule
	classes  map[string]bool
	problems []Problem
}

func (c *linkCheck) fail(r *Rule, at link, format string, args ...any) {
	c.problems = append(c.problems, Problem{File: r.File, Line: max(at.Line, 1), Col: max(at.Col, 1), Text: fmt.Sprintf(format, args...)})
}

// name reports a link to nothing. A glob may match nothing but for a finding,
// without which the rule is dead.
func (c *linkCheck) name(r *Rule, l link) {
	switch {
	case l.Kind == "formats":
	case l.Kind == "symptom":
		if !c.classes[l.Name] {
			c.fail(r, l, "explains: no rule has the class %q%s", l.Name, hint(l.Name, keys(c.classes)))
		}
	case isGlob(l.Name):
		if _, err := path.Match(l.Name, ""); err != nil {
			c.fail(r, l, "%s: bad pattern %q", l.Kind, l.Name)
		} else if l.Kind == "finding" && len(c.matching(r, l.Name)) == 0 {
			c.fail(r, l, "finding: no other rule matches %q", l.Name)
		}
	case c.byID[l.Name] == nil && !c.isBroken(l.Name):
		c.fail(r, l, "%s: there is no rule %q%s", l.Kind, l.Name, hint(l.Name, keys(c.byID)))
	}
}

// isBroken reports whether a file that was left out would have the rule of that id.
func (c *linkCheck) isBroken(id string) bool {
	for file := range c.broken {
		if strings.HasSuffix(file, "/"+id+".yaml") {
			return true
		}
	}
	return false
}

func isGlob(pattern string) bool {
	return strings.ContainsAny(pattern, "*?[") || strings.HasSuffix(pattern, "/...")
}

// matching returns the other rules that a pattern names.
func (c *linkCheck) matching(r *Rule, pattern string) []*Rule {
	var out []*Rule
	for _, other := range c.rules {
		if other != r && diagnose.MatchID(pattern, other.ID) {
			out = append(out, other)
		}
	}
	return out
}

// findings reports captures that are asked of findings which do not always have
// them.
func (c *linkCheck) findings(r *Rule) {
	for _, s := range r.Signals {
		if s.Finding == "" {
			continue
		}
		for _, used := range c.matching(r, s.Finding) {
			have := map[string]bool{}
			if used.When != nil {
				have = guaranteedCaptures(used)
			}
			for _, name := range s.Captures {
				if !have[name] {
					c.fail(r, r.linkTo("finding", s.Finding), "finding: %s does not always capture %q%s", used.ID, name, hint(name, keys(have)))
				}
			}
		}
	}
}

// linkTo is where r names a pattern.
func (r *Rule) linkTo(kind, pattern string) link {
	for _, l := range r.links {
		if l.Kind == kind && l.Name == pattern {
			return l
		}
	}
	return link{Kind: kind, Name: pattern}
}

// linkOf is where r names other, the zero link when it does not.
func (r *Rule) linkOf(kind string, other *Rule) link {
	for _, l := range r.links {
		if l.Kind == kind && diagnose.MatchID(l.Name, other.ID) || kind == "explains" && l.Kind == "symptom" && l.Name == other.Class {
			return l
		}
	}
	return link{}
}

// refines reports whether r says that it is the more special reading of other.
func (r *Rule) refines(other *Rule) bool { return matchesAny(r.Refines, other.ID) }

// explains reports whether r says that it is the cause of other, which is a
// cause too.
func (r *Rule) explains(other *Rule) bool {
	return r.Role == diagnose.RoleCause && other.Role == diagnose.RoleCause && slices.ContainsFunc(r.Explains, func(e diagnose.Explains) bool {
		return e.Rule != "" && diagnose.MatchID(e.Rule, other.ID) || e.Symptom != "" && e.Symptom == other.Class
	})
}

// uses reports whether a finding of other is a signal of r.
func (r *Rule) uses(other *Rule) bool {
	return slices.ContainsFunc(r.Signals, func(s Signal) bool {
		return s.Finding != "" && diagnose.MatchID(s.Finding, other.ID) && (other != r || !isGlob(s.Finding))
	})
}

func matchesAny(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return diagnose.MatchID(p, id) })
}

// circles reports rules that stand in a relation to one another in a circle, one
// circle for each link that closes one. Where mutual is true, two rules that name
// each other by globs are none: the verdict takes neither for the other's.
func (c *linkCheck) circles(kind string, related func(r, other *Rule) bool, mutual bool) {
	next := map[*Rule][]*Rule{}
	for _, r := range c.rules {
		if !slices.ContainsFunc(r.links, func(l link) bool { return l.Kind == kind || kind == "explains" && l.Kind == "symptom" }) {
			continue
		}
		for _, other := range c.rules {
			if !related(r, other) || mutual && r == other {
				continue
			}
			if mutual && related(other, r) && (isGlob(r.linkOf(kind, other).Name) || isGlob(other.linkOf(kind, r).Name)) {
				continue
			}
			next[r] = append(next[r], other)
		}
	}
	const inPath, done = 1, 2
	state := map[*Rule]int{}
	var path []*Rule
	var visit func(r *Rule)
	visit = func(r *Rule) {
		state[r] = inPath
		path = append(path, r)
		for _, other := range next[r] {
			switch state[other] {
			case inPath:
				c.circle(kind, path[slices.Index(path, other):])
			case 0:
				visit(other)
			}
		}
		path = path[:len(path)-1]
		state[r] = done
	}
	for _, r := range c.rules {
		if state[r] == 0 {
			visit(r)
		}
	}
}

// circle reports rules of which each names the next and the last the first.
func (c *linkCheck) circle(kind string, rules []*Rule) {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	ids = append(ids, rules[0].ID)
	to := rules[0]
	if len(rules) > 1 {
		to = rules[1]
	}
	c.fail(rules[0], rules[0].linkOf(kind, to), "%s: the rules go in a circle: %s", kind, strings.Join(ids, " -> "))
}
