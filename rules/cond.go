package rules

import (
	"slices"
	"time"
)

// Op is the operator of a condition.
type Op uint8

// Operators of conditions; docs/rules.md says when each holds.
const (
	OpSignal Op = iota
	OpAll
	OpAny
	OpSequence
	OpCount
	OpAbsent
	OpNot
	OpRate
	OpPair
	OpDuration
	OpCompare
	OpLast
)

var opNames = [...]string{"signal", "all", "any", "sequence", "count", "absent", "not", "rate", "pair", "duration", "compare", "last"}

// String returns the operator's name in YAML.
func (o Op) String() string { return opNames[o] }

// Cond is a condition over the hits of a rule's signals.
type Cond struct {
	Op     Op
	Signal string  // of signal, count, rate, absent and last
	Args   []*Cond // of all, any, sequence and not
	Within time.Duration

	AtLeast  int    // of count and rate
	AtMost   int    // of count, in place of AtLeast; 0 = not given
	Distinct string // of count: the capture whose different values are counted

	After, Before string // of absent: the signal that opens the window

	Per, For time.Duration // of rate: at least AtLeast in every Per of a time as long as For

	From, To    string   // of pair (open, close) and duration
	On          []string // of these: the captures in which the two agree
	Over, Under time.Duration

	Lines int // of last: how many lines may follow

	Left, Right Operand // of compare
	Relation    string  // one of Relations
}

// Operand is a capture of a signal.
type Operand struct{ Signal, Capture string }

// String returns the operand as YAML has it.
func (o Operand) String() string { return o.Signal + "." + o.Capture }

// Relations are the signs of compare. A longer one stands before its beginning.
var Relations = []string{"==", "!=", "<=", ">=", "<", ">"}

// own are the signals that c names itself.
func (c *Cond) own() []string {
	var names []string
	for _, name := range []string{c.Signal, c.After, c.Before, c.From, c.To, c.Left.Signal, c.Right.Signal} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// signals calls f with every signal name in c.
func (c *Cond) signals(f func(name string)) {
	if c == nil {
		return
	}
	for _, name := range c.own() {
		f(name)
	}
	for _, a := range c.Args {
		a.signals(f)
	}
}

// proof returns the signals of which each matched whenever c, which has no
// operands, holds.
func (c *Cond) proof() []string {
	switch c.Op {
	case OpSignal, OpRate, OpLast:
		return []string{c.Signal}
	case OpCount:
		if c.AtMost == 0 || c.Within > 0 {
			return []string{c.Signal}
		}
	case OpAbsent:
		if w := c.After + c.Before; w != "" {
			return []string{w}
		}
	case OpPair:
		return []string{c.From}
	case OpDuration:
		return []string{c.From, c.To}
	case OpCompare:
		return []string{c.Left.Signal, c.Right.Signal}
	}
	return nil
}

// required returns how many separate pieces of evidence c needs at least: the
// specificity of a rule.
func (c *Cond) required() int {
	if c == nil {
		return 0
	}
	n := len(c.proof())
	switch c.Op {
	case OpAll, OpSequence:
		for _, a := range c.Args {
			n += a.required()
		}
	case OpAny:
		n = c.Args[0].required()
		for _, a := range c.Args[1:] {
			n = min(n, a.required())
		}
	}
	return n
}

// guaranteed returns the signals that matched whenever c holds, one set for
// each way to hold.
func (c *Cond) guaranteed() [][]string {
	switch c.Op {
	case OpAny:
		var ways [][]string
		for _, a := range c.Args {
			ways = append(ways, a.guaranteed()...)
		}
		return ways
	case OpAll, OpSequence:
		ways := [][]string{nil}
		for _, a := range c.Args {
			ways = combine(ways, a.guaranteed())
		}
		return ways
	}
	return [][]string{c.proof()}
}

// maxWays bounds the ways of a condition to hold that are looked at; no rule
// that a person reads comes near it.
const maxWays = 256

// combine returns the ways in which two conditions hold together.
func combine(ways, more [][]string) [][]string {
	var out [][]string
	for _, w := range ways {
		for _, g := range more {
			if len(out) == maxWays {
				return out
			}
			out = append(out, slices.Concat(w, g))
		}
	}
	return out
}
