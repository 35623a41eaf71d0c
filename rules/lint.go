package rules

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"diagnose"
)

// Lint reports what is no mistake in the language and yet makes a rule worse:
// texts that were not written or not translated, symptoms that nothing can
// explain, rules that say what another says. read returns the file of a rule,
// for the places; where it fails, the place is the file's beginning. Problems are
// in the order of the rules' ids, then of lines.
func Lint(rules []*Rule, read func(r *Rule) ([]byte, error)) []Problem {
	l := linter{rules: slices.Clone(rules)}
	slices.SortFunc(l.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	var out []Problem
	l.learn()
	for _, r := range l.rules {
		l.rule, l.root, l.problems = r, nil, nil
		if text, err := read(r); err == nil {
			var doc yaml.Node
			if yaml.Unmarshal(text, &doc) == nil && len(doc.Content) > 0 {
				l.root = doc.Content[0]
			}
		}
		l.lint()
		sort.SliceStable(l.problems, func(i, j int) bool {
			a, b := l.problems[i], l.problems[j]
			return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
		})
		out = append(out, l.problems...)
	}
	return out
}

// linter looks at one rule after the other, with what it knows of all.
type linter struct {
	rules     []*Rule
	explained map[string]bool    // classes of symptoms that some rule explains
	first     map[string][]*Rule // rules by what may not be the same in two

	rule     *Rule
	root     *yaml.Node
	problems []Problem
}

// learn collects what only all rules together show.
func (l *linter) learn() {
	l.explained, l.first = map[string]bool{}, map[string][]*Rule{}
	for _, r := range l.rules {
		for _, e := range r.Explains {
			l.explained[e.Symptom] = true
		}
		for _, same := range sameness(r) {
			l.first[same.key] = append(l.first[same.key], r)
		}
	}
}

func (l *linter) lint() {
	l.unwritten(l.root)
	l.translations()
	l.symptom()
	l.duplicates()
	if len(l.rule.References) == 0 && l.rule.Role != diagnose.RoleBenign {
		l.warn(nil, "no references: name the upstream file or the public issue that it follows from")
	}
}

// warn reports a problem at the node that path leads to, or the nearest one on
// the way that exists.
func (l *linter) warn(path []any, format string, args ...any) {
	p := Problem{File: l.rule.File, Line: 1, Col: 1, Text: fmt.Sprintf(format, args...)}
	if n := nodeAt(l.root, path); n != nil {
		p.Line, p.Col = n.Line, n.Column
	}
	l.problems = append(l.problems, p)
}

// Place is where a rule file has what the path leads to, keys (strings) and places
// in lists (ints), or the nearest thing on the way that it has.
func Place(text []byte, path ...any) (line, col int) {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return 1, 1
	}
	n := nodeAt(doc.Content[0], path)
	return n.Line, n.Column
}

// nodeAt follows keys (strings) and places in lists (ints) as far as it can.
func nodeAt(n *yaml.Node, path []any) *yaml.Node {
	for _, step := range path {
		next := (*yaml.Node)(nil)
		switch step := step.(type) {
		case string:
			for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					next = n.Content[i+1]
				}
			}
		case int:
			if n != nil && n.Kind == yaml.SequenceNode && step < len(n.Content) {
				next = n.Content[step]
			}
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// Unwritten begins a text that its author has still to write.
const Unwritten = "TODO"

// unwritten names the texts that a skeleton left open; what a log says in an
// example is none.
func (l *linter) unwritten(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode && strings.HasPrefix(strings.TrimSpace(n.Value), Unwritten) {
		l.problems = append(l.problems, Problem{File: l.rule.File, Line: n.Line, Col: n.Column, Text: "still to be written: " + diagnose.FirstLine(strings.TrimSpace(n.Value))})
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && (i%2 == 0 || slices.Contains([]string{"log", "logs"}, n.Content[i-1].Value)) {
			continue
		}
		l.unwritten(c)
	}
}

// translations compares each English text with its Chinese one.
func (l *linter) translations() {
	en, zh := l.rule.EN, l.rule.ZH
	l.translation([]any{"zh", "title"}, en.Title, zh.Title)
	l.translation([]any{"zh", "cause"}, en.Cause, zh.Cause)
	l.translation([]any{"zh", "tells_apart"}, en.TellsApart, zh.TellsApart)
	l.steps("fix", en.Fix, zh.Fix)
	l.steps("verify", en.Verify, zh.Verify)
}

func (l *linter) steps(field string, en, zh []diagnose.Step) {
	for i := range min(len(en), len(zh)) {
		at := []any{"zh", field, i}
		l.translation(append(at, "say"), en[i].Say, zh[i].Say)
		if en[i].Say != "" && zh[i].Say == "" {
			l.warn(at, "zh.%s[%d] says nothing where %s[%d] does", field, i, field, i)
		}
		switch {
		case en[i].Run != "" && zh[i].Run == "":
			l.warn(at, "zh.%s[%d] lacks the command of %s[%d]", field, i, field, i)
		default:
			l.lostBlanks(append(at, "run"), en[i].Run, zh[i].Run)
		}
	}
}

// translation reports a Chinese text without a Chinese character, or without a
// capture that the English one shows.
func (l *linter) translation(at []any, en, zh string) {
	if zh == "" || strings.HasPrefix(zh, Unwritten) {
		return
	}
	if en != "" && !hasHan(zh) {
		l.warn(at, "%s holds no Chinese character: is it translated?", pathName(at))
	}
	l.lostBlanks(at, en, zh)
}

func (l *linter) lostBlanks(at []any, en, zh string) {
	if zh == "" {
		return
	}
	have := blankNames(zh)
	for _, name := range slices.Sorted(maps.Keys(blankNames(en))) {
		if !have[name] {
			l.warn(at, "%s lacks {{%s}}, which the English text has", pathName(at), name)
		}
	}
}

func blankNames(text string) map[string]bool {
	out := map[string]bool{}
	needed, optional := diagnose.Blanks(text)
	for _, n := range append(needed, optional...) {
		out[n] = true
	}
	return out
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// pathName writes a path as people do: zh.fix[1].say.
func pathName(path []any) string {
	var b strings.Builder
	for i, step := range path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// symptom reports an umbrella that no cause can be put under beyond its case.
func (l *linter) symptom() {
	r := l.rule
	switch {
	case r.Role != diagnose.RoleSymptom:
	case r.Class == "":
		l.warn([]any{"role"}, "a symptom without a class: no cause of another case can explain it")
	case !l.explained[r.Class]:
		l.warn([]any{"class"}, "no rule explains the class %q", r.Class)
	}
}

// same is something that two rules should not share, and where the file has it.
type same struct {
	what, key string
	at        []any
}

// sameness lists what of a rule must be its own.
func sameness(r *Rule) []same {
	var out []same
	add := func(what, text string, at ...any) {
		if text != "" && !strings.HasPrefix(text, Unwritten) {
			out = append(out, same{what, what + "\x00" + text, at})
		}
	}
	add("title", r.EN.Title, "title")
	add("Chinese title", r.ZH.Title, "zh", "title")
	add("cause", r.EN.Cause, "cause")
	add("Chinese cause", r.ZH.Cause, "zh", "cause")
	var patterns []string
	for _, s := range r.Signals {
		for _, p := range s.Patterns {
			patterns = append(patterns, p.Regex+"\x00"+s.whereSource())
		}
	}
	slices.Sort(patterns)
	add("evidence", strings.Join(patterns, "\x00\x00"), "signals")
	return out
}

func (s *Signal) whereSource() string {
	if s.Where == nil {
		return ""
	}
	return s.Where.Source
}

// duplicates reports what an earlier rule has as well. Rules that say how they
// stand to one another may share what they like: the verdict names one of them.
func (l *linter) duplicates() {
	for _, same := range sameness(l.rule) {
		for _, other := range l.first[same.key] {
			if other.ID >= l.rule.ID || related(other, l.rule) || related(l.rule, other) {
				continue
			}
			l.warn(same.at, "the same %s as %s", same.what, other.ID)
			break
		}
	}
}

// related reports whether r names other in what it refines, explains or is a
// candidate of.
func related(r, other *Rule) bool {
	return r.refines(other) || matchesAny(r.CandidateOf, other.ID) || slices.ContainsFunc(r.Explains, func(e diagnose.Explains) bool {
		return e.Rule != "" && diagnose.MatchID(e.Rule, other.ID) || e.Symptom != "" && e.Symptom == other.Class
	})
}
