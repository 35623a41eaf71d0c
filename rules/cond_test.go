package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// day is when the timelines of these tests begin.
var day = time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)

// oracle judges conditions by trying everything, straight from "What exactly
// holds" in docs/rules.md.
type oracle struct {
	scope       []*Hit
	complete    bool
	first, last time.Time
}

// unseen is what is worth that did not show.
func (o oracle) unseen() truth {
	if o.complete {
		return no
	}
	return unknown
}

func (o oracle) judge(c *Cond, run []*Hit) truth {
	if c.Within > 0 && (c.Op == OpAll || c.Op == OpSequence || c.Op == OpCount) {
		best := o.unseen()
		bare := *c
		bare.Within = 0
		if c.Op == OpCount {
			run = slices.DeleteFunc(slices.Clone(run), func(h *Hit) bool { return h.Signal != c.Signal })
		}
		for i, h := range run {
			best = max(best, o.judge(&bare, o.window(run[i:], h, c.Within)))
		}
		return best
	}
	switch c.Op {
	case OpSignal:
		for _, h := range run {
			if h.Signal == c.Signal {
				return yes
			}
		}
		return o.unseen()
	case OpAll:
		least := yes
		for _, a := range c.Args {
			least = min(least, o.judge(a, run))
		}
		return least
	case OpAny:
		best := no
		for _, a := range c.Args {
			best = max(best, o.judge(a, run))
		}
		return best
	case OpNot:
		return yes - o.judge(c.Args[0], o.scope)
	case OpSequence:
		return o.cuts(c.Args, run)
	case OpCount:
		return o.count(c, run)
	}
	return o.absent(c, run)
}

// window returns the hits of run that lie within d from the first.
func (o oracle) window(run []*Hit, first *Hit, d time.Duration) (window []*Hit) {
	var from time.Time
	for _, h := range run {
		if !first.at.IsZero() || h.Entry.Stream == first.Entry.Stream {
			if from.IsZero() {
				from = h.at
			}
			if from.IsZero() || !h.at.After(from.Add(d)) {
				window = append(window, h)
			}
		}
	}
	return window
}

// cuts tries every way to cut run into one part for each operand.
func (o oracle) cuts(operands []*Cond, run []*Hit) truth {
	if len(operands) == 1 {
		return o.judge(operands[0], run)
	}
	best := no
	for cut := 0; cut <= len(run); cut++ {
		if cut > 0 && cut < len(run) && run[cut-1].order == run[cut].order && run[cut-1].pos == run[cut].pos {
			continue
		}
		best = max(best, min(o.judge(operands[0], run[:cut]), o.cuts(operands[1:], run[cut:])))
	}
	return best
}

func (o oracle) count(c *Cond, run []*Hit) truth {
	n := 0
	values := map[string]bool{}
	for _, h := range run {
		if h.Signal != c.Signal {
			continue
		}
		n++
		if v, ok := h.Captures[c.Distinct]; ok {
			values[v] = true
		}
	}
	if c.Distinct != "" {
		n = len(values)
	}
	if n >= c.AtLeast {
		return yes
	}
	return o.unseen()
}

func (o oracle) near(a, b *Hit, d time.Duration) bool {
	if a.at.IsZero() || b.at.IsZero() {
		return a.Entry.Stream == b.Entry.Stream
	}
	gap := b.at.Sub(a.at)
	return -d <= gap && gap <= d
}

func (o oracle) absent(c *Cond, run []*Hit) truth {
	if c.After == "" && c.Before == "" {
		return yes - o.judge(&Cond{Op: OpSignal, Signal: c.Signal}, o.scope)
	}
	best := o.unseen()
	for _, opener := range run {
		if opener.Signal != c.After+c.Before {
			continue
		}
		got := yes - o.unseen()
		if c.Within > 0 && !o.reaches(c, opener) {
			got = min(got, unknown)
		}
		for _, h := range o.scope {
			if h.Signal != c.Signal {
				continue
			}
			sameStream := h.Entry.Stream == opener.Entry.Stream
			timed := !h.at.IsZero() && !opener.at.IsZero()
			a, b := opener, h
			if c.Before != "" {
				a, b = h, opener
			}
			inOrder := a.order < b.order || a.order == b.order && a.pos < b.pos
			switch {
			case !timed && !sameStream:
				got = min(got, unknown)
			case inOrder && (c.Within == 0 || o.near(h, opener, c.Within)):
				got = no
			}
		}
		best = max(best, got)
	}
	return best
}

// reaches reports whether the log is known to go on to the end of the window.
func (o oracle) reaches(c *Cond, opener *Hit) bool {
	if opener.at.IsZero() {
		return false
	}
	if c.After != "" {
		return !opener.at.Add(c.Within).After(o.last)
	}
	return !o.first.IsZero() && !opener.at.Add(-c.Within).Before(o.first)
}

// randomCond returns a condition over the signals a, b and c.
func randomCond(r *rand.Rand, depth int) *Cond {
	name := func() string { return string(rune('a' + r.IntN(3))) }
	within := func() time.Duration {
		if r.IntN(2) == 0 {
			return 0
		}
		return time.Duration(1+r.IntN(4)) * time.Minute
	}
	op := Op(r.IntN(7))
	if depth == 0 && (op == OpAll || op == OpAny || op == OpSequence || op == OpNot) {
		op = OpSignal
	}
	c := &Cond{Op: op}
	switch op {
	case OpSignal:
		c.Signal = name()
	case OpNot:
		c.Args = []*Cond{randomCond(r, depth-1)}
	case OpCount:
		c.Signal, c.AtLeast, c.Within = name(), 1+r.IntN(3), within()
		if r.IntN(2) == 0 {
			c.Distinct = "v"
		}
	case OpAbsent:
		c.Signal = name()
		switch r.IntN(3) {
		case 0:
			c.After, c.Within = name(), within()
		case 1:
			c.Before, c.Within = name(), within()
		}
	default:
		for range 1 + r.IntN(3) {
			c.Args = append(c.Args, randomCond(r, depth-1))
		}
		if op != OpAny {
			c.Within = within()
		}
	}
	return c
}

// randomHits returns up to 8 hits of 1 or 2 streams in the order that Evaluate
// puts them in: several on one entry, some entries without a time.
func randomHits(r *rand.Rand) []*Hit {
	streams := []string{"x", "y"}[:1+r.IntN(2)]
	timeless := r.IntN(4) == 0
	var hits []*Hit
	for range r.IntN(9) {
		h := &Hit{Signal: string(rune('a' + r.IntN(3))), pos: r.IntN(3), Captures: map[string]string{"v": fmt.Sprint(r.IntN(3))}}
		h.Entry = &diagnose.Entry{Stream: streams[r.IntN(len(streams))], Line: r.IntN(3)}
		if r.IntN(4) > 0 && !(timeless && h.Entry.Stream == "x") {
			minute := r.IntN(7)
			h.at = day.Add(time.Duration(minute) * time.Minute)
			h.Entry.Line += 10 * (1 + minute)
		}
		hits = append(hits, h)
	}
	key := func(h *Hit) string {
		return fmt.Sprintf("%d %s %03d", max(h.at.Unix(), 0), h.Entry.Stream, h.Entry.Line)
	}
	sort.SliceStable(hits, func(i, j int) bool {
		a, b := key(hits[i]), key(hits[j])
		return a < b || a == b && hits[i].pos < hits[j].pos
	})
	for i, h := range hits {
		if h.order = i; i > 0 && key(h) == key(hits[i-1]) {
			h.order = hits[i-1].order
		}
	}
	return hits
}

func describe(c *Cond) string {
	var args []string
	for _, a := range c.Args {
		args = append(args, describe(a))
	}
	return fmt.Sprintf("{%s %s%v after=%s before=%s at_least=%d distinct=%s within=%s}", c.Op, c.Signal, args, c.After, c.Before, c.AtLeast, c.Distinct, c.Within)
}

func draw(hits []*Hit) string {
	var b strings.Builder
	for _, h := range hits {
		at := "--:--"
		if !h.at.IsZero() {
			at = h.at.Format("15:04")
		}
		fmt.Fprintf(&b, " %s=%s/%s:%d.%d(v%s)", at, h.Signal, h.Entry.Stream, h.order, h.pos, h.Captures["v"])
	}
	return b.String()
}

// negative reports whether absence or negation stands anywhere in c: then fewer
// hits can be more.
func negative(c *Cond) bool {
	return c.Op == OpNot || c.Op == OpAbsent || slices.ContainsFunc(c.Args, negative)
}

func TestConditionsAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 26))
	seen := map[truth]int{}
	for range 25000 {
		c, hits := randomCond(r, 3), randomHits(r)
		line := timeline{hits: hits, scope: hits, complete: r.IntN(4) > 0, first: day, last: day.Add(time.Duration(r.IntN(9)) * time.Minute)}
		if r.IntN(6) == 0 {
			line.first = time.Time{}
		}
		want := oracle{hits, line.complete, line.first, line.last}.judge(c, hits)
		got, evidence := c.eval(line)
		seen[want]++
		if got != want {
			t.Fatalf("%s over%s (complete %t, to %s) is %d, wanted %d", describe(c), draw(hits), line.complete, line.last.Format("15:04"), got, want)
		}
		if got != yes || negative(c) {
			continue
		}
		if len(evidence) == 0 {
			t.Fatalf("%s over%s holds without evidence", describe(c), draw(hits))
		}
		proof := timeline{complete: true}
		proof.hits = uniqueHits(evidence)
		proof.scope = proof.hits
		if again, _ := c.eval(proof); again != yes {
			t.Fatalf("%s over%s: its evidence%s does not prove it", describe(c), draw(hits), draw(proof.hits))
		}
	}
	for _, value := range []truth{no, unknown, yes} {
		if seen[value] < 1500 {
			t.Errorf("only %d of the conditions were %d", seen[value], value)
		}
	}
}
