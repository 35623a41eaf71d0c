package rules

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"diagnose"
)

// Bounds of an explanation; what is beyond them is counted.
const (
	maxExplained = 20 // groups of a rule
	maxShown     = 3  // pieces of evidence of a condition
)

// Explain says of each rule why it holds or what it lacks. hits must be those of
// Evaluate, with all that the rules matched; near is what Base.Near found.
// Standing is left to the caller, who has the verdict.
func Explain(rules []*Rule, hits []*Hit, near []Near, scene Scene) []*diagnose.Explanation {
	b := newBench(hits, scene)
	b.watched = map[*Rule]*watched{}
	for _, r := range rules {
		b.watched[r] = &watched{}
	}
	for _, r := range b.rules {
		b.judge(r)
	}
	byRule := map[*Rule][]Near{}
	for _, n := range near {
		byRule[n.Rule] = append(byRule[n.Rule], n)
	}
	var out []*diagnose.Explanation
	for _, r := range rules {
		if len(r.Signals) > 0 {
			x := explainer{ev: b.judge(r), watched: b.watched[r], near: byRule[r]}
			out = append(out, x.explain())
		}
	}
	return out
}

// watched is what was judged of a rule.
type watched struct {
	all    []*Hit
	groups []seen
}

// seen is a group with what was made of it.
type seen struct {
	scope []*Hit
	group
	judged
}

// explainer explains one rule.
type explainer struct {
	ev *evaluation
	*watched
	near []Near
	now  *seen // the group that is being explained
}

func (x *explainer) explain() *diagnose.Explanation {
	out := &diagnose.Explanation{Rule: &x.ev.rule.Rule, Standing: diagnose.StandsNot}
	for i := range x.groups {
		x.now = &x.groups[i]
		for _, s := range x.now.stretches {
			out.Groups = append(out.Groups, x.judgment(s))
		}
	}
	sort.SliceStable(out.Groups, func(i, j int) bool { return out.Groups[i].Nearness > out.Groups[j].Nearness })
	if n := len(out.Groups) - maxExplained; n > 0 {
		out.Groups, out.More = out.Groups[:maxExplained], n
	}
	if len(out.Groups) > 0 {
		out.Nearness = out.Groups[0].Nearness
		return out
	}
	x.now = &seen{}
	out.Miss, out.Nearness = x.nothing()
	return out
}

// nothing is why no signal of the rule matched: the closest of them all.
func (x *explainer) nothing() (*diagnose.Miss, float64) {
	var best *diagnose.Miss
	most := -1.0
	x.ev.rule.When.signals(func(name string) {
		if m := x.unseen(name); closeness[m.Kind] > most {
			best, most = m, closeness[m.Kind]
		}
	})
	return best, most / 2
}

func (x *explainer) judgment(s stretch) *diagnose.Judgment {
	r := x.ev.rule
	j := &diagnose.Judgment{}
	for i, by := range x.ev.by {
		if v := x.now.key[i]; v != "" {
			j.By = append(j.By, [2]string{by.name, v})
		}
	}
	for _, h := range s.hits {
		if c := x.ev.scene.Case(h.Entry); c != nil && !slices.Contains(j.Cases, c) {
			j.Cases = append(j.Cases, c)
		}
	}
	got, evidence := r.When.eval(s.timeline)
	j.When = x.node(r.When, s.timeline)
	j.Truth, j.Nearness = truths[got], x.nearness(r.When, s.timeline)
	if got != yes {
		j.Miss = firstMiss(j.When)
		if j.Miss != nil && j.Miss.Kind == diagnose.MissNothing {
			j.Nearness /= 2 // what it lacks is nowhere near
		}
		return j
	}
	if len(evidence) == 0 {
		j.Truth, j.Miss, j.Nearness = diagnose.False, &diagnose.Miss{Kind: diagnose.MissProof}, 0
		return j
	}
	x.counter(j, s, evidence)
	return j
}

// counter adds what speaks against a condition that holds, and what ended it.
func (x *explainer) counter(j *diagnose.Judgment, s stretch, evidence []*Hit) {
	r := x.ev.rule
	if r.Unless != nil {
		got, by := r.Unless.eval(x.now.whole)
		j.Unless = x.node(r.Unless, x.now.whole)
		if got != no {
			j.Truth, j.Nearness = truths[negate(got)], withdrawn
			j.Miss = firstMiss(j.Unless)
			if got == yes {
				j.Miss = &diagnose.Miss{Kind: diagnose.MissUnless, At: last(by), Want: r.Unless.String()}
			}
			return
		}
	}
	f := x.ev.finding(x.now.group, evidence)
	switch {
	case x.ev.healed(f.Finding):
		j.Miss = &diagnose.Miss{Kind: diagnose.MissHealed, At: last(f.proof), Got: x.ev.scene.Case(evidence[0].Entry).ID}
		j.Truth, j.Nearness = diagnose.False, withdrawn
	case s.cleared && len(s.by) > 0:
		j.Miss = &diagnose.Miss{Kind: diagnose.MissCleared, At: last(s.by)}
	case s.cleared:
		j.Miss = &diagnose.Miss{Kind: diagnose.MissQuiet, At: last(s.hits), Short: r.Quiet}
	}
}

// withdrawn is how near a rule is whose condition held, and something else spoke
// against it.
const withdrawn = 0.95

var truths = map[truth]diagnose.Truth{no: diagnose.False, unknown: diagnose.Unknown, yes: diagnose.True}

// node judges c over t, and its operands each by itself.
func (x *explainer) node(c *Cond, t timeline) *diagnose.Node {
	got, evidence := c.eval(t)
	n := &diagnose.Node{Text: c.head(), Truth: truths[got]}
	hits := uniqueHits(evidence)
	for _, h := range hits[:min(len(hits), maxShown)] {
		n.Evidence = append(n.Evidence, h.evidence())
	}
	n.More = len(hits) - len(n.Evidence)
	inner := t
	if c.Op == OpNot {
		inner.hits = t.scope
	}
	for _, a := range c.Args {
		n.Args = append(n.Args, x.node(a, inner))
	}
	if len(n.Args) > 0 {
		n.Evidence, n.More = nil, 0 // the operands show theirs
	}
	if got != yes {
		n.Miss = x.miss(c, t, n)
	}
	return n
}

func (h *Hit) evidence() diagnose.Evidence {
	return diagnose.Evidence{Entry: h.Entry, Signal: h.Signal, Captures: h.Captures, At: h.At, Excerpt: h.Excerpt, Dropped: h.Dropped}
}

// last is the last of hits as evidence, nil where there is none.
func last(hits []*Hit) *diagnose.Evidence {
	if len(hits) == 0 {
		return nil
	}
	return at(hits[len(hits)-1])
}

func at(h *Hit) *diagnose.Evidence {
	e := h.evidence()
	return &e
}

// firstMiss is the first thing that failed, in the order in which a person reads
// the condition.
func firstMiss(n *diagnose.Node) *diagnose.Miss {
	if n.Miss != nil {
		return n.Miss
	}
	for _, want := range []diagnose.Truth{diagnose.False, diagnose.Unknown} {
		var best *diagnose.Miss
		for _, a := range n.Args {
			if a.Truth != want {
				continue
			}
			m := firstMiss(a)
			if m != nil && !strings.HasPrefix(n.Text, OpAny.String()) {
				return m
			}
			if m != nil && (best == nil || closeness[m.Kind] > closeness[best.Kind]) {
				best = m
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// closeness says which of several misses is the nearest to a match.
var closeness = map[diagnose.MissKind]float64{
	diagnose.MissNothing: 0, diagnose.MissFormat: 0.1, diagnose.MissLiteral: 0.3, diagnose.MissScope: 0.4, diagnose.MissGroup: 0.5, diagnose.MissWhere: 0.5,
	diagnose.MissPresent: 0.5, diagnose.MissMany: 0.5, diagnose.MissClosed: 0.5, diagnose.MissKindOf: 0.5, diagnose.MissValue: 0.6, diagnose.MissTook: 0.6,
	diagnose.MissFew: 0.6, diagnose.MissRate: 0.6, diagnose.MissOrder: 0.7, diagnose.MissWindow: 0.8, diagnose.MissGap: 0.85, diagnose.MissUnsure: 0.85, diagnose.MissEnd: 0.9,
	diagnose.MissLast: 0.5,
}

// nearness says how far a condition is from holding: 1 when it does. Of all that
// must hold it is the share, of alternatives the nearest.
func (x *explainer) nearness(c *Cond, t timeline) float64 {
	got, _ := c.eval(t)
	if got == yes {
		return 1
	}
	near := 0.0
	switch c.Op {
	case OpAll, OpSequence:
		for _, a := range c.Args {
			near += x.nearness(a, t) / float64(len(c.Args))
		}
	case OpAny:
		for _, a := range c.Args {
			near = max(near, x.nearness(a, t))
		}
	default:
		if m := x.miss(c, t, nil); m != nil {
			near = closeness[m.Kind]
		}
	}
	return min(near, 0.94)
}

// head is the condition without its operands.
func (c *Cond) head() string {
	if len(c.Args) == 0 {
		return c.String()
	}
	if c.Within > 0 {
		return fmt.Sprintf("%s, within: %s", c.Op, short(c.Within))
	}
	return c.Op.String()
}

// String writes the condition as rule files do.
func (c *Cond) String() string {
	within := ""
	if c.Within > 0 {
		within = ", within: " + short(c.Within)
	}
	switch c.Op {
	case OpSignal:
		return c.Signal
	case OpNot:
		return "{not: " + c.Args[0].String() + "}"
	case OpCount:
		return "count: " + c.countText(within)
	case OpRate:
		return fmt.Sprintf("rate: {of: %s, at_least: %d, per: %s, for: %s}", c.Signal, c.AtLeast, short(c.Per), short(c.For))
	case OpAbsent:
		text := "absent: " + c.Signal
		if c.After != "" {
			text += ", after: " + c.After
		}
		if c.Before != "" {
			text += ", before: " + c.Before
		}
		return "{" + text + within + "}"
	case OpLast:
		if c.Lines > 0 {
			return fmt.Sprintf("{last: %s, lines: %d}", c.Signal, c.Lines)
		}
		return "{last: " + c.Signal + "}"
	case OpPair:
		return fmt.Sprintf("pair: {open: %s, close: %s%s%s}", c.From, c.To, c.onText(), within)
	case OpDuration:
		return "duration: " + c.durationText()
	case OpCompare:
		return fmt.Sprintf("compare: %s %s %s%s", c.Left, c.Relation, c.Right, within)
	}
	var args []string
	for _, a := range c.Args {
		args = append(args, a.String())
	}
	return fmt.Sprintf("{%s: [%s]%s}", c.Op, strings.Join(args, ", "), within)
}

func (c *Cond) countText(within string) string {
	bound := fmt.Sprintf("at_least: %d", c.AtLeast)
	if c.AtMost > 0 {
		bound = fmt.Sprintf("at_most: %d", c.AtMost)
	}
	if c.Distinct != "" {
		bound += ", distinct: " + c.Distinct
	}
	return fmt.Sprintf("{of: %s, %s%s}", c.Signal, bound, within)
}

func (c *Cond) onText() string {
	if len(c.On) == 0 {
		return ""
	}
	return ", on: [" + strings.Join(c.On, ", ") + "]"
}

func (c *Cond) durationText() string {
	text := fmt.Sprintf("{from: %s, to: %s%s", c.From, c.To, c.onText())
	if c.Over > 0 {
		text += ", over: " + short(c.Over)
	}
	if c.Under > 0 {
		text += ", under: " + short(c.Under)
	}
	return text + "}"
}

// nearest is the hit that stands closest to another, the earlier of two.
func nearest(hits []*Hit, to *Hit) *Hit {
	if len(hits) == 0 {
		return nil
	}
	if to == nil {
		return hits[0]
	}
	return slices.MinFunc(hits, func(a, b *Hit) int {
		return cmp.Compare(abs(a.order-to.order), abs(b.order-to.order))
	})
}

func abs(n int) int { return max(n, -n) }
