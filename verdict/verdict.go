// Package verdict tells causes from consequences.
//
// In come findings, cases and the trouble that was seen; out goes a verdict:
// root causes in order, each with the findings it explains, the umbrellas that
// nothing explains, and the unexplained trouble. The package reads no logs,
// renders nothing, and does not know how a rule came to hold.
package verdict

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"diagnose"
)

// Input is what a verdict is made of.
type Input struct {
	Findings []*diagnose.Finding                  // in any order
	Trouble  []*Trouble                           // in (time, stream, line) order
	CaseOf   func(*diagnose.Entry) *diagnose.Case // nil for an entry of no case
	Title    func(r *diagnose.Rule, captures map[string]string) string
	// Candidates returns the rules that leave the same text as the rule with an id.
	Candidates func(id string) []*diagnose.Rule
	// Past reports whether trouble that no finding speaks of is over; nil for none.
	Past func(trouble *diagnose.Entry) bool
	// Again returns a finding that lost evidence as rules judge it now: what is left of it
	// may be over. Nil leaves it as it is.
	Again func(f *diagnose.Finding) *diagnose.Finding
	// Before orders entries: by time, then stream, then line.
	Before func(a, b *diagnose.Entry) bool
}

// Trouble is an entry that looks like a failure. Count is how many entries of
// the same masked text it stands for, itself included.
type Trouble struct {
	Entry *diagnose.Entry
	Count int
}

// MaxGroups bounds the unexplained groups of a verdict. What is beyond is
// counted, and said in its Quality.
const MaxGroups = 1000

// Judge makes the verdict. Of Quality it says only what it left out itself; the
// rest of it and Stats are the caller's to fill in.
func Judge(in Input) *diagnose.Verdict {
	g := newGraph(in)
	g.refine()
	g.yield()
	g.link()
	v := &diagnose.Verdict{}
	g.causes(v)
	g.account(v)
	g.rank(v)
	v.Settle()
	return v
}

// place identifies an entry.
type place struct {
	stream string
	offset int64
}

func placeOf(e *diagnose.Entry) place { return place{e.Stream, e.Offset} }

// node is a finding in the graph of explanations.
type node struct {
	*diagnose.Finding
	by    *node // what explains it
	gave  bool  // it yielded to a cause that says more
	all   []*node
	owner *diagnose.Cause // the cause that reports it, once known
}

func (n *node) root() *node {
	for n.by != nil {
		n = n.by
	}
	return n
}

func (n *node) isCause() bool   { return n.Rule.Role == diagnose.RoleCause && !n.gave }
func (n *node) isSymptom() bool { return n.Rule.Role == diagnose.RoleSymptom || n.gave }
func (n *node) isError() bool   { return n.Rule.Severity == diagnose.SeverityError }

// first is the earliest piece of evidence.
func (n *node) first() *diagnose.Entry { return n.Evidence[0].Entry }

func (n *node) has(p place) bool {
	for _, e := range n.Evidence {
		if placeOf(e.Entry) == p {
			return true
		}
	}
	return false
}

// shares reports whether both have evidence on one entry.
func (n *node) shares(m *node) bool {
	for _, e := range m.Evidence {
		if n.has(placeOf(e.Entry)) {
			return true
		}
	}
	return false
}

func (n *node) sameCase(m *node) bool {
	for _, c := range n.Cases {
		if slices.Contains(m.Cases, c) {
			return true
		}
	}
	return false
}

// sameLog reports whether both have evidence in one stream.
func (n *node) sameLog(m *node) bool {
	return slices.ContainsFunc(n.Evidence, func(a diagnose.Evidence) bool {
		return slices.ContainsFunc(m.Evidence, func(b diagnose.Evidence) bool { return a.Entry.Stream == b.Entry.Stream })
	})
}

// exact reports whether causes that yield do so before n.
func (n *node) exact() bool { return n.Rule.Yields == "" && n.isCause() && n.isError() && !n.over() }

// wasExact reports whether it was so while it held.
func (n *node) wasExact() bool {
	return n.Rule.Yields == "" && n.isCause() && n.isError() && n.Past != nil
}

// near reports whether n is as near to m, which yields, as it yields. What nothing
// ties to a case is in one with its log.
func (n *node) near(m *node) bool {
	if n.ofOtherRuns(m) {
		return false
	}
	switch m.Rule.Yields {
	case diagnose.ReachStream:
		return n.sameCase(m) || n.sameLog(m)
	case diagnose.ReachCase:
		return n.sameCase(m) || len(m.Cases) == 0 && n.sameLog(m)
	}
	return false
}

// graph is the findings and what explains what.
type graph struct {
	in    Input
	nodes []*node
	runs  map[*diagnose.Cause]time.Time // when the run ended that each cause is of, nil where the log is not of many
}

func newGraph(in Input) *graph {
	g := &graph{in: in}
	for _, f := range in.Findings {
		if len(f.Evidence) > 0 {
			if slices.Contains(f.Cases, nil) {
				rest := *f
				rest.Cases = slices.DeleteFunc(slices.Clone(f.Cases), isNoCase)
				f = &rest
			}
			g.nodes = append(g.nodes, &node{Finding: f})
		}
	}
	slices.SortStableFunc(g.nodes, g.order)
	return g
}

// isNoCase is true of what an entry gets that nothing ties to a case. Two such
// entries have nothing in common.
func isNoCase(c *diagnose.Case) bool { return c == nil }

// order puts findings into an order that is theirs alone, so that which of two
// equally good explanations is taken does not depend on how they were given: by
// rule, then evidence, then captures, then how they ended.
func (g *graph) order(a, b *node) int {
	return cmp.Or(
		strings.Compare(a.Rule.ID, b.Rule.ID),
		slices.CompareFunc(a.Evidence, b.Evidence, g.orderEvidence),
		slices.CompareFunc(pairs(a.Captures), pairs(b.Captures), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }),
		a.Start.Compare(b.Start),
		a.End.Compare(b.End),
		orderBools(a.Cleared, b.Cleared),
	)
}

func (g *graph) orderEvidence(a, b diagnose.Evidence) int {
	return cmp.Or(
		orderBools(g.in.Before(b.Entry, a.Entry), g.in.Before(a.Entry, b.Entry)),
		strings.Compare(a.Entry.Stream, b.Entry.Stream),
		cmp.Compare(a.Entry.Offset, b.Entry.Offset),
		cmp.Compare(a.At, b.At),
		strings.Compare(a.Signal, b.Signal),
	)
}

// orderBools puts false before true.
func orderBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// pairs returns a map's names and values, by name.
func pairs(captures map[string]string) [][2]string {
	var out [][2]string
	for _, name := range slices.Sorted(maps.Keys(captures)) {
		out = append(out, [2]string{name, captures[name]})
	}
	return out
}

// refine drops, from general findings, the evidence that a more special reading
// of the same entry claims, and from those that yield what any exact one does.
func (g *graph) refine() {
	claimed := map[*node]map[place]bool{}
	special := map[[2]*diagnose.Rule]bool{} // many findings are of few rules
	moreSpecial := func(r, general *diagnose.Rule) bool {
		pair := [2]*diagnose.Rule{r, general}
		is, known := special[pair]
		if !known {
			is = moreSpecial(r, general)
			special[pair] = is
		}
		return is
	}
	claim := func(n, m *node) {
		if claimed[m] == nil {
			claimed[m] = map[place]bool{}
		}
		for _, e := range n.Evidence {
			claimed[m][placeOf(e.Entry)] = true
		}
	}
	yielding := slices.DeleteFunc(slices.Clone(g.nodes), func(n *node) bool { return n.Rule.Yields == "" })
	for _, n := range g.nodes {
		if len(n.Rule.Refines) > 0 {
			for _, m := range g.nodes {
				if moreSpecial(n.Rule, m.Rule) {
					claim(n, m)
				}
			}
		}
		for _, m := range yielding {
			// What m itself is the more special reading of does not take its place.
			if (n.exact() || n.wasExact() && m.Past != nil) && !moreSpecial(m.Rule, n.Rule) {
				claim(n, m)
			}
		}
	}
	kept := g.nodes[:0]
	for _, n := range g.nodes {
		if claimed[n] != nil {
			n.Finding = g.without(n.Finding, claimed[n])
			if g.in.Again != nil {
				n.Finding = g.in.Again(n.Finding)
			}
		}
		if len(n.Evidence) > 0 {
			kept = append(kept, n)
		}
	}
	g.nodes = kept
}

// yield makes symptoms of the findings whose rules yield where a cause is near that
// does not. Those on the same entry were dropped as general readings of it.
func (g *graph) yield() {
	for _, m := range g.nodes {
		if m.Rule.Yields == "" {
			continue
		}
		m.gave = slices.ContainsFunc(g.nodes, func(n *node) bool { return n.exact() && n.near(m) })
	}
}

// moreSpecial reports whether r refines general. Of two rules that refine one
// another, as globs can say, neither does: both would be dropped.
func moreSpecial(r, general *diagnose.Rule) bool {
	refines := func(r *diagnose.Rule, id string) bool {
		return slices.ContainsFunc(r.Refines, func(pattern string) bool { return diagnose.MatchID(pattern, id) })
	}
	return refines(r, general.ID) && !refines(general, r.ID)
}

// without returns the finding as it is when the entries at places are not
// evidence of it: then it has no part in their cases, and began with what is left.
// Where only what it borrowed from other rules is left, nothing is.
func (g *graph) without(f *diagnose.Finding, places map[place]bool) *diagnose.Finding {
	left := slices.DeleteFunc(slices.Clone(f.Evidence), func(e diagnose.Evidence) bool { return places[placeOf(e.Entry)] })
	if len(left) == len(f.Evidence) {
		return f
	}
	own := func(e diagnose.Evidence) bool { return !e.Borrowed }
	if slices.ContainsFunc(f.Evidence, own) && !slices.ContainsFunc(left, own) {
		left = nil
	}
	rest := *f
	rest.Evidence, rest.Cases = left, nil
	var start time.Time
	for _, e := range left {
		if c := g.in.CaseOf(e.Entry); c != nil && !slices.Contains(rest.Cases, c) {
			rest.Cases = append(rest.Cases, c)
		}
		if t := e.Entry.Time; !t.IsZero() && (start.IsZero() || t.Before(start)) {
			start = t
		}
	}
	if !start.IsZero() && left[0].Entry != f.Evidence[0].Entry {
		rest.Start = start
	}
	return &rest
}

// link finds for each finding what explains it: first what rules state, then
// containment, then nearness inside the case.
func (g *graph) link() {
	for _, n := range g.nodes {
		for _, ex := range n.Rule.Explains {
			for _, m := range g.nodes {
				if n != m && m.by == nil && g.explains(n, m, ex) && n.root() != m {
					m.by = n
				}
			}
		}
	}
	for _, m := range g.nodes {
		if m.isSymptom() && m.by == nil {
			m.by = g.nearestCause(m)
		}
	}
}

// explains reports whether n's finding makes m's a consequence by ex.
func (g *graph) explains(n, m *node, ex diagnose.Explains) bool {
	if m.Rule.Role == diagnose.RoleBenign || !n.isCause() || n.Rule == m.Rule {
		return false
	}
	if ex.Rule != "" && !diagnose.MatchID(ex.Rule, m.Rule.ID) || ex.Symptom != "" && ex.Symptom != m.Rule.Class {
		return false
	}
	if !n.isError() && m.isError() {
		return false // a warning would hide that something failed
	}
	if !n.sameCase(m) && (!ex.Across && !n.shares(m) || m.Cleared && !m.failed()) {
		return false // what was over elsewhere, and did no harm, needs no cause
	}
	for _, name := range ex.On {
		if !intersects(values(n, name), values(m, name)) {
			return false
		}
	}
	return inTime(n, m, ex.Within)
}

// inTime reports whether the symptom m falls into n's interval. A cause may be
// noticed after its symptom (a ping timeout), so nearness counts both ways.
func inTime(n, m *node, within time.Duration) bool {
	if m.Start.IsZero() && n.Cleared && !n.sameCase(m) {
		return false // an unknown time does not fall into an interval that is over
	}
	ended := n.Cleared && !n.End.IsZero()
	if ended && m.Start.After(n.End) {
		return false
	}
	if n.Start.IsZero() || m.Start.IsZero() {
		return true
	}
	return within == 0 || m.Start.Sub(n.Start).Abs() <= within || ended && m.Start.After(n.Start)
}

func intersects(a, b []string) bool {
	for _, v := range a {
		if slices.Contains(b, v) {
			return true
		}
	}
	return false
}

// values returns what a finding knows under a name: its capture, the ids of
// that kind in its evidence, and those of its cases.
func values(n *node, name string) []string {
	if v, ok := n.Captures[name]; ok && v != "" {
		return []string{v}
	}
	var out []string
	for _, e := range n.Evidence {
		for _, id := range slices.Concat(e.Entry.IDs, e.Entry.Mentions) {
			if string(id.Kind) == name {
				out = append(out, id.Value)
			}
		}
	}
	for _, c := range n.Cases {
		out = append(out, c.IDs[diagnose.IDKind(name)]...)
	}
	return out
}

// nearestCause returns the cause that explains an umbrella: one on the same
// entry, else the latest before it in the same case, else the earliest after.
func (g *graph) nearestCause(m *node) *node {
	var before, after *node
	for _, n := range g.nodes {
		if !n.isCause() || !n.isError() && m.isError() || n.root() == m {
			continue
		}
		if n.shares(m) {
			return n
		}
		if !n.sameCase(m) && !(m.gave && n.near(m)) || n.Cleared && !inTime(n, m, 0) {
			continue
		}
		at := g.firstIn(n, m.Cases)
		if m.failedApart(at) {
			continue
		}
		if g.in.Before(at, m.first()) {
			if before == nil || g.in.Before(g.firstIn(before, m.Cases), at) {
				before = n
			}
		} else if after == nil || g.in.Before(at, g.firstIn(after, m.Cases)) {
			after = n
		}
	}
	if before != nil {
		return before
	}
	return after
}

// firstIn is the earliest evidence of n in the cases: where it stands in others
// says nothing of what came first in these.
func (g *graph) firstIn(n *node, cases []*diagnose.Case) *diagnose.Entry {
	if len(n.Cases) == 1 {
		return n.first()
	}
	for _, e := range n.Evidence {
		if slices.Contains(cases, g.in.CaseOf(e.Entry)) {
			return e.Entry
		}
	}
	return n.first()
}

// causes turns roots into causes, symptoms and warnings.
func (g *graph) causes(v *diagnose.Verdict) {
	g.gather()
	g.release()
	type key struct {
		rule, title string
		warning     bool
	}
	at := map[key]*diagnose.Cause{}
	candidates := map[string][]*diagnose.Rule{} // by rule
	for _, n := range g.nodes {
		rule := n.reported()
		if n.by != nil || rule == nil || rule.Role == diagnose.RoleBenign {
			continue
		}
		warning := rule.Severity != diagnose.SeverityError
		k := key{rule.ID, g.in.Title(rule, n.Captures), warning}
		c := at[k]
		if c == nil {
			if _, ok := candidates[n.Rule.ID]; !ok {
				candidates[n.Rule.ID] = g.in.Candidates(n.Rule.ID)
			}
			c = &diagnose.Cause{Rule: rule, Captures: n.Captures, Candidates: candidates[n.Rule.ID]}
			at[k] = c
			switch {
			case warning:
				v.Warnings = append(v.Warnings, c)
			case n.isSymptom():
				v.Symptoms = append(v.Symptoms, c)
			default:
				v.Causes = append(v.Causes, c)
			}
		}
		g.fill(c, n)
	}
}

// reported is the rule as which a root is reported: what is over is no news, or
// one of the severity that its rule gives it; nil for none.
func (n *node) reported() *diagnose.Rule {
	switch {
	case !n.over():
		return n.Rule
	case n.Rule.Recovered == "":
		return nil
	}
	rule := *n.Rule
	rule.Severity = rule.Recovered
	return &rule
}

// gather gives each root the findings below it.
func (g *graph) gather() {
	for _, n := range g.nodes {
		n.all = nil
	}
	for _, n := range g.nodes {
		r := n.root()
		r.all = append(r.all, n)
	}
}

// release takes warnings that still hold out from under conditions that are
// over, which would not be reported and hide them.
func (g *graph) release() {
	for _, n := range g.nodes {
		if n.by != nil || !n.over() {
			continue
		}
		for _, m := range n.all {
			if !m.Cleared && !n.endedWith(m) {
				m.by = nil
			}
		}
	}
	g.gather()
}

// over reports whether a condition ended and did no harm that is known: then it
// is no news. A warning is no harm.
func (n *node) over() bool {
	if !n.Cleared {
		return false
	}
	for _, m := range n.all {
		if m != n && !m.Cleared && m.isError() && !n.endedWith(m) {
			return false
		}
	}
	return n.Past != nil || !n.failed()
}

// failed reports whether a case of the finding failed.
func (n *node) failed() bool {
	return slices.ContainsFunc(n.Cases, func(c *diagnose.Case) bool { return c.Outcome == diagnose.OutcomeFailed && !n.cameAfter(c) })
}

// cameAfter reports whether a stretch of a log had failed before the finding's evidence: that
// only stands by it, as when a program is started again and serves.
func (n *node) cameAfter(c *diagnose.Case) bool {
	if !c.Inferred || c.Ended == nil || len(c.Outcomes) > 1 {
		return false
	}
	return !slices.ContainsFunc(n.Evidence, func(ev diagnose.Evidence) bool {
		return ev.Entry.Stream != c.Ended.Stream || ev.Entry.Offset <= c.Ended.Offset
	})
}

// fill adds a finding and what it explains to its cause.
func (g *graph) fill(c *diagnose.Cause, n *node) {
	addCases(c, n.Cases)
	c.Evidence = append(c.Evidence, n.Evidence...)
	n.owner = c
	for _, m := range n.all {
		if m == n {
			continue
		}
		m.owner = c
		addCases(c, m.Cases)
		g.addConsequence(c, m)
	}
	g.sortEvidence(c.Evidence)
	sort.SliceStable(c.Cases, func(i, j int) bool { return c.Cases[i].Outcome > c.Cases[j].Outcome })
}

func addCases(c *diagnose.Cause, cases []*diagnose.Case) {
	for _, k := range cases {
		if !slices.Contains(c.Cases, k) {
			c.Cases = append(c.Cases, k)
		}
	}
}

func (g *graph) addConsequence(c *diagnose.Cause, m *node) {
	title := g.in.Title(m.Rule, m.Captures)
	for _, x := range c.Explains {
		if x.Rule == m.Rule && g.in.Title(x.Rule, x.Captures) == title {
			x.Evidence = append(x.Evidence, m.Evidence...)
			g.sortEvidence(x.Evidence)
			return
		}
	}
	c.Explains = append(c.Explains, &diagnose.Consequence{Rule: m.Rule, Captures: m.Captures, Evidence: slices.Clone(m.Evidence)})
}

func (g *graph) sortEvidence(ev []diagnose.Evidence) {
	sort.SliceStable(ev, func(i, j int) bool { return g.in.Before(ev[i].Entry, ev[j].Entry) })
}
