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
	end         map[string]int // the last line of the streams whose end is known
	unsure      string         // a signal of which nobody knows whether it matched once more
}

// unseen is what is worth that did not show, of conditions over these signals.
func (o oracle) unseen(signals ...string) truth {
	if o.complete && !slices.Contains(signals, o.unsure) {
		return no
	}
	return unknown
}

// names are the signals that stand anywhere in c.
func names(c *Cond) []string {
	out := []string{c.Signal, c.After, c.Before, c.From, c.To, c.Left.Signal, c.Right.Signal}
	for _, a := range c.Args {
		out = append(out, names(a)...)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func (o oracle) judge(c *Cond, run []*Hit) truth {
	if c.Within > 0 && (c.Op == OpAll || c.Op == OpSequence || c.Op == OpCompare || c.Op == OpCount && c.AtMost == 0) {
		best := o.unseen(names(c)...)
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
		return o.unseen(c.Signal)
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
		if c.AtMost > 0 {
			return o.atMost(c, run)
		}
		return o.count(c, run)
	case OpRate:
		return o.rate(c, run)
	case OpPair, OpDuration:
		return o.between(c, run)
	case OpCompare:
		return o.compare(c, run)
	case OpLast:
		return o.ends(c, run)
	}
	return o.absent(c, run)
}

// ends looks for a match behind which no more lines stand than c allows.
func (o oracle) ends(c *Cond, run []*Hit) truth {
	best := o.unseen(c.Signal)
	for _, h := range run {
		if h.Signal != c.Signal {
			continue
		}
		switch end, known := o.end[h.Entry.Stream]; {
		case !known:
			best = max(best, unknown)
		case h.Entry.EndLine+c.Lines >= end:
			best = yes
		}
	}
	return best
}

// atMost tries every match that run holds as the beginning of a window.
func (o oracle) atMost(c *Cond, run []*Hit) truth {
	number := func(window []*Hit) int {
		n, values := 0, map[string]bool{}
		for _, h := range window {
			if h.Signal == c.Signal {
				n++
				values[h.Captures["v"]] = true
			}
		}
		if c.Distinct != "" {
			return len(values)
		}
		return n
	}
	if c.Within == 0 {
		if number(o.scope) > c.AtMost {
			return no
		}
		return yes - o.unseen(c.Signal)
	}
	best := o.unseen(c.Signal)
	for i, h := range o.scope {
		if h.Signal != c.Signal || !slices.Contains(run, h) {
			continue
		}
		var rest []*Hit
		for _, x := range o.scope[i:] {
			if x.Signal == c.Signal {
				rest = append(rest, x)
			}
		}
		got := no
		if number(o.window(rest, h, c.Within)) <= c.AtMost {
			got = yes - o.unseen(c.Signal)
			if h.at.IsZero() || h.at.Add(c.Within).After(o.last) {
				got = min(got, unknown)
			}
		}
		best = max(best, got)
	}
	return best
}

// rate tries every match as the beginning of the time that the rate is kept up.
func (o oracle) rate(c *Cond, run []*Hit) truth {
	best := o.unseen(c.Signal)
	for _, first := range run {
		if first.Signal != c.Signal {
			continue
		}
		if first.at.IsZero() {
			best = max(best, unknown)
			continue
		}
		least := yes
		for k := range int(c.For / c.Per) {
			from := first.at.Add(time.Duration(k) * c.Per)
			to := from.Add(c.Per)
			n := 0
			for _, h := range run {
				if h.Signal == c.Signal && !h.at.IsZero() && !h.at.Before(from) && h.at.Before(to) {
					n++
				}
			}
			switch {
			case n >= c.AtLeast:
			case to.After(o.last):
				least = min(least, unknown)
			default:
				least = no
			}
		}
		best = max(best, least)
	}
	return best
}

// between gives each closing match, in their order, to the first open one before
// it that none was given to yet.
func (o oracle) between(c *Cond, run []*Hit) truth {
	best := o.unseen(c.From, c.To)
	given := map[*Hit]*Hit{}
	same := func(a, b *Hit) bool { return len(c.On) == 0 || a.Captures["v"] == b.Captures["v"] }
	for _, end := range o.scope {
		if end.Signal != c.To {
			continue
		}
		for _, begin := range o.scope {
			before := begin.order < end.order || begin.order == end.order && begin.pos < end.pos
			if begin.Signal == c.From && before && same(begin, end) && given[begin] == nil {
				given[begin] = end
				break
			}
		}
	}
	for _, begin := range run {
		if begin.Signal != c.From {
			continue
		}
		end := given[begin]
		muddled := o.unseen(c.From, c.To) == unknown
		streams, untimed := map[string]bool{}, false
		for _, h := range o.scope {
			if (h.Signal == c.From || h.Signal == c.To) && same(h, begin) {
				streams[h.Entry.Stream] = true
				untimed = untimed || h.at.IsZero()
			}
		}
		muddled = muddled || untimed && len(streams) > 1
		if c.Op == OpPair {
			best = max(best, o.unclosed(c, begin, end, muddled))
		} else if end != nil && slices.Contains(run, end) {
			best = max(best, took(c, begin, end, muddled))
		}
	}
	return best
}

func (o oracle) unclosed(c *Cond, begin, end *Hit, muddled bool) truth {
	if muddled {
		return unknown
	}
	if end == nil {
		if c.Within > 0 && (begin.at.IsZero() || begin.at.Add(c.Within).After(o.last)) {
			return unknown
		}
		return yes
	}
	if c.Within > 0 && !begin.at.IsZero() && !end.at.IsZero() && end.at.After(begin.at.Add(c.Within)) {
		return yes
	}
	return no
}

func took(c *Cond, begin, end *Hit, muddled bool) truth {
	if muddled || begin.at.IsZero() || end.at.IsZero() {
		return unknown
	}
	if c.Over > 0 && !end.at.After(begin.at.Add(c.Over)) {
		return no
	}
	if c.Under > 0 && !end.at.Before(begin.at.Add(c.Under)) {
		return no
	}
	return yes
}

// quantities are what the texts of the capture q mean: a dimension, and how much
// of it.
var quantities = map[string]struct {
	dim   string
	value float64
}{
	"1": {"", 1}, "2.0": {"", 2}, "2": {"", 2}, "30s": {"time", 30}, "1m": {"time", 60}, "0.5min": {"time", 30}, "1h30m": {"time", 5400},
	"2KB": {"size", 2048}, "1 MiB": {"size", 1 << 20}, "97%": {"percent", 97},
}

// compare tries every two matches.
func (o oracle) compare(c *Cond, run []*Hit) truth {
	best := o.unseen(c.Left.Signal, c.Right.Signal)
	for _, l := range run {
		for _, r := range run {
			a, b := l.Captures["q"], r.Captures["q"]
			if l.Signal != c.Left.Signal || r.Signal != c.Right.Signal || a == "" || b == "" {
				continue
			}
			best = max(best, relates(a, b, c.Relation))
		}
	}
	return best
}

func relates(a, b, relation string) truth {
	x, isX := quantities[a]
	y, isY := quantities[b]
	numbers := isX && isY && x.dim == y.dim
	equal := a == b || numbers && x.value == y.value
	holds := false
	switch relation {
	case "==":
		holds = equal
	case "!=":
		holds = !equal
	default:
		if !numbers {
			return unknown
		}
		holds = map[string]bool{"<": x.value < y.value, "<=": x.value <= y.value, ">": x.value > y.value, ">=": x.value >= y.value}[relation]
	}
	if holds {
		return yes
	}
	return no
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
	return o.unseen(c.Signal)
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
	best := o.unseen(c.After + c.Before)
	for _, opener := range run {
		if opener.Signal != c.After+c.Before {
			continue
		}
		got := yes - o.unseen(c.Signal)
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
	op := Op(r.IntN(len(opNames)))
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
		if r.IntN(3) == 0 {
			c.AtLeast, c.AtMost = 0, c.AtLeast
		}
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
	case OpRate:
		c.Signal, c.AtLeast, c.Per = name(), 1+r.IntN(2), time.Duration(1+r.IntN(2))*time.Minute
		c.For = time.Duration(1+r.IntN(3)) * c.Per
	case OpPair, OpDuration:
		c.From, c.To = "a", name()
		if c.To == "a" {
			c.From = "b"
		}
		if r.IntN(2) == 0 {
			c.On = []string{"v"}
		}
		if op == OpPair {
			c.Within = within()
			break
		}
		if c.Over = within(); c.Over == 0 || r.IntN(3) == 0 {
			c.Under = c.Over + time.Duration(1+r.IntN(3))*time.Minute
		}
	case OpLast:
		c.Signal, c.Lines = name(), r.IntN(3)*5
	case OpCompare:
		c.Left, c.Right = Operand{"b", "q"}, Operand{name(), "q"}
		if c.Right.Signal == "b" {
			c.Left.Signal = "c"
		}
		c.Relation, c.Within = Relations[r.IntN(len(Relations))], within()
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

// texts are what the capture q is in random hits; it may be missing.
var texts = []string{"", "1", "2", "2.0", "30s", "1m", "0.5min", "1h30m", "2KB", "1 MiB", "97%", "word"}

// randomHits returns up to 8 hits of 1 or 2 streams in the order that Evaluate
// puts them in: several on one entry, some entries without a time.
func randomHits(r *rand.Rand) []*Hit {
	streams := []string{"x", "y"}[:1+r.IntN(2)]
	timeless := r.IntN(4) == 0
	var hits []*Hit
	for range r.IntN(9) {
		h := &Hit{Signal: string(rune('a' + r.IntN(3))), pos: r.IntN(3), Captures: map[string]string{"v": fmt.Sprint(r.IntN(3))}}
		if q := texts[r.IntN(len(texts))]; q != "" {
			h.Captures["q"] = q
		}
		h.Entry = &diagnose.Entry{Stream: streams[r.IntN(len(streams))], Line: r.IntN(3)}
		if r.IntN(4) > 0 && !(timeless && h.Entry.Stream == "x") {
			minute := r.IntN(7)
			h.at = day.Add(time.Duration(minute) * time.Minute)
			h.Entry.Line += 10 * (1 + minute)
		}
		h.Entry.EndLine = h.Entry.Line + r.IntN(2)
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
	return fmt.Sprintf("{%s %s%v after=%s before=%s at_least=%d at_most=%d distinct=%s within=%s per=%s for=%s from=%s to=%s lines=%d on=%v over=%s under=%s %s %s %s}",
		c.Op, c.Signal, args, c.After, c.Before, c.AtLeast, c.AtMost, c.Distinct, c.Within, c.Per, c.For, c.From, c.To, c.Lines, c.On, c.Over, c.Under, c.Left, c.Relation, c.Right)
}

func draw(hits []*Hit) string {
	var b strings.Builder
	for _, h := range hits {
		at := "--:--"
		if !h.at.IsZero() {
			at = h.at.Format("15:04")
		}
		fmt.Fprintf(&b, " %s=%s/%s:%d.%d(v%s,q%s)", at, h.Signal, h.Entry.Stream, h.order, h.pos, h.Captures["v"], h.Captures["q"])
	}
	return b.String()
}

// loose reports whether anything in c looks at more than its evidence: absence
// and negation, or which match belongs to which.
func loose(c *Cond) bool {
	return c.Op == OpNot || c.Op == OpAbsent || c.Op == OpPair || c.Op == OpDuration || c.AtMost > 0 || slices.ContainsFunc(c.Args, loose)
}

// operatorPairs counts which operator stands directly inside which.
func operatorPairs(c *Cond, seen map[[2]Op]int) {
	for _, a := range c.Args {
		seen[[2]Op{c.Op, a.Op}]++
		operatorPairs(a, seen)
	}
}

// randomTimeline lays hits out in a log that may have a gap, reach too short, or
// leave open whether a signal matched.
func randomTimeline(r *rand.Rand, hits []*Hit) (timeline, oracle) {
	line := timeline{hits: hits, scope: hits, complete: r.IntN(4) > 0, first: day, last: day.Add(time.Duration(r.IntN(9)) * time.Minute)}
	if r.IntN(6) == 0 {
		line.first = time.Time{}
	}
	if r.IntN(2) == 0 {
		line.pairs = map[*Cond][]pairing{}
	}
	o := oracle{scope: hits, complete: line.complete, first: line.first, last: line.last, end: map[string]int{}}
	for _, stream := range []string{"x", "y"} {
		if r.IntN(4) > 0 {
			o.end[stream] = r.IntN(80)
		}
		for _, h := range hits {
			if _, known := o.end[stream]; known && h.Entry.Stream == stream {
				o.end[stream] = max(o.end[stream], h.Entry.EndLine)
			}
		}
	}
	line.end = func(stream string) (int, bool) {
		end, known := o.end[stream]
		return end, known
	}
	if r.IntN(6) == 0 {
		o.unsure = "c"
		line.unsure = map[string]bool{"c": true}
	}
	return line, o
}

func TestConditionsAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 26))
	seen := map[truth]int{}
	byOp := map[Op]map[truth]int{}
	inside := map[[2]Op]int{}
	for range 40000 {
		c, hits := randomCond(r, 3), randomHits(r)
		line, o := randomTimeline(r, hits)
		want := o.judge(c, hits)
		got, evidence := c.eval(line)
		seen[want]++
		if byOp[c.Op] == nil {
			byOp[c.Op] = map[truth]int{}
		}
		byOp[c.Op][want]++
		operatorPairs(c, inside)
		if got != want {
			t.Fatalf("%s over%s (complete %t, to %s, unsure %q) is %d, wanted %d", describe(c), draw(hits), line.complete, line.last.Format("15:04"), o.unsure, got, want)
		}
		if got != yes || loose(c) {
			continue
		}
		if len(evidence) == 0 {
			t.Fatalf("%s over%s holds without evidence", describe(c), draw(hits))
		}
		proof := timeline{complete: true, end: line.end}
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
		for op := range Op(len(opNames)) {
			if byOp[op][value] < 40 {
				t.Errorf("only %d conditions of %s were %d", byOp[op][value], op, value)
			}
		}
	}
	for _, outer := range []Op{OpAll, OpAny, OpSequence, OpNot} {
		for inner := range Op(len(opNames)) {
			if inside[[2]Op{outer, inner}] < 50 {
				t.Errorf("only %d times %s stood in %s", inside[[2]Op{outer, inner}], inner, outer)
			}
		}
	}
}
