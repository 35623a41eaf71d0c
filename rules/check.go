package rules

import (
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"diagnose"
)

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
		{"fix", (r.Role == diagnose.RoleCause || r.Role == diagnose.RoleReason) && len(r.EN.Fix) == 0},
		{"side", r.Role == diagnose.RoleCause && !hasKey(root, "side")},
		{"signals", len(r.Signals) == 0 && !silent},
		{"zh.title", r.ZH.Title == ""},
		{"zh.cause", r.ZH.Cause == ""},
		{"zh.fix", len(r.EN.Fix) > 0 && len(r.ZH.Fix) == 0},
		{"zh.verify", len(r.EN.Verify) > 0 && len(r.ZH.Verify) == 0},
		{"zh.tells_apart", r.EN.TellsApart != "" && r.ZH.TellsApart == ""},
		{"tells_apart (the rule is a candidate of others)", len(r.CandidateOf) > 0 && r.EN.TellsApart == ""},
	} {
		if need.missing {
			l.fail(root, "missing %s", need.field)
		}
	}
	for _, list := range []struct {
		field  string
		en, zh int
	}{{"fix", len(r.EN.Fix), len(r.ZH.Fix)}, {"verify", len(r.EN.Verify), len(r.ZH.Verify)}} {
		if list.en != list.zh && list.en > 0 && list.zh > 0 {
			l.fail(root, "zh.%s has %d steps, %s has %d", list.field, list.zh, list.field, list.en)
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
	if r.When == nil || l.badCond {
		return
	}
	l.unusedSignals(r)
	if !l.badPattern {
		l.captures(r)
	}
	r.Specificity = r.When.required()
	if r.Unless != nil {
		r.Specificity++
	}
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
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

func (l *loader) unusedSignals(r *Rule) {
	used := map[string]bool{}
	for _, c := range []*Cond{r.When, r.Unless, r.ClearedBy} {
		c.signals(func(name string) { used[name] = true })
	}
	for _, s := range r.Signals {
		if !used[s.Name] {
			l.fail(l.names[s.Name], "signal %q is used by no condition", s.Name)
		}
	}
}

// captures checks that names of captures are those of signals, that texts ask
// only for what matches provide and that nothing is captured for nothing, and
// sets the groups of the rule.
func (l *loader) captures(r *Rule) {
	all := map[string]bool{}
	for _, p := range l.patterns {
		for _, c := range p.names {
			all[c] = true
		}
	}
	captured := keys(all)
	for _, n := range l.by {
		if slices.Contains(idKinds, n.Value) {
			all[n.Value] = true // a group by ids can be named in a text, with a fallback
		}
	}
	used := l.filledNames(r, all)
	use := func(what string, nodes []*yaml.Node, known []string) {
		for _, n := range nodes {
			if used[n.Value] = true; !slices.Contains(known, n.Value) {
				l.fail(n, "%s: no signal captures %q%s", what, n.Value, hint(n.Value, known))
			}
		}
	}
	use("by", l.by, append(slices.Clone(captured), idKinds...))
	use("on", l.joins, append(slices.Clone(captured), idKinds...))
	use("expect", l.expected, keys(all))
	if l.reads != nil {
		use("reads", []*yaml.Node{l.reads}, captured)
	}
	for _, a := range l.asked {
		l.askedCapture(r, a, used)
	}
	if r.Clears != nil && r.Clears.Runs == RunsReplaced {
		if s := r.signal(r.Clears.From); s != nil { // they tell which runs replace one another
			for _, name := range s.captures() {
				used[name] = true
			}
		}
	}
	l.unusedCaptures(r, used)
	if !r.hasBy {
		needed, optional := diagnose.Blanks(r.EN.Title)
		for _, name := range append(needed, optional...) {
			if !slices.Contains(r.By, name) {
				r.By = append(r.By, name)
			}
		}
	}
}

// askedCapture checks a capture that a condition asks of one signal.
func (l *loader) askedCapture(r *Rule, a captureAsked, used map[string]bool) {
	s := r.signal(a.signal)
	if s == nil {
		return
	}
	used[a.name] = true
	if known := s.captures(); !slices.Contains(known, a.name) {
		l.fail(a.node, "%s: signal %s does not capture %q%s", a.what, a.signal, a.name, hint(a.name, known))
	}
}

// filledNames checks the blanks of all texts and returns the names in them.
func (l *loader) filledNames(r *Rule, all map[string]bool) map[string]bool {
	always := guaranteedCaptures(r)
	used := map[string]bool{}
	for _, b := range l.blanks {
		for _, name := range slices.Concat(b.needed, b.optional) {
			used[name] = true
			if !all[name] {
				l.fail(b.node, "%s asks for {{%s}}, which no signal captures%s", b.field, name, hint(name, keys(all)))
			}
		}
		for _, name := range b.needed {
			if all[name] && !always[name] {
				l.fail(b.node, "%s asks for {{%s}}, which not every way to match provides: give a fallback, {{%s|the %s}}", b.field, name, name, name)
			}
		}
	}
	return used
}

// idKinds are what explains can join on besides captures.
var idKinds = []string{
	string(diagnose.KindJob), string(diagnose.KindLogID), string(diagnose.KindCtx), string(diagnose.KindSeq),
	string(diagnose.KindRequest), string(diagnose.KindTrace), string(diagnose.KindTask), string(diagnose.KindConnection),
	string(diagnose.KindHost), string(diagnose.KindVM), string(diagnose.KindPod), string(diagnose.KindAddress), string(diagnose.KindUser),
}

func (l *loader) unusedCaptures(r *Rule, used map[string]bool) {
	for _, p := range l.patterns {
		s := r.signal(p.signal)
		for _, name := range p.names {
			if !used[name] && (s.Where == nil || !mentions(s.Where.Source, name)) {
				l.fail(p.node, "signal %s captures %q, which nothing uses: write <_>", p.signal, name)
			}
		}
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

// captures are the names that any alternative of the signal captures.
func (s *Signal) captures() []string {
	out := slices.Clone(s.Captures)
	for _, p := range s.Patterns {
		for _, c := range p.Captures {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// commonCaptures are the names that every alternative of a signal captures.
func commonCaptures(s *Signal) map[string]bool {
	common := map[string]bool{}
	for _, c := range s.Captures {
		common[c] = true
	}
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
