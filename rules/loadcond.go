package rules

import (
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// operators are the keys of which a condition has exactly one.
const operators = "all, any, sequence, count, rate, absent, pair, duration, compare, last, not"

// cond reads a condition: the name of a signal, or a mapping with one operator.
func (l *loader) cond(n *yaml.Node, r *Rule) *Cond {
	if n.Kind == yaml.ScalarNode {
		return &Cond{Op: OpSignal, Signal: l.signalName(n, r)}
	}
	c := &Cond{}
	given := 0
	is := func(op Op, read func(v *yaml.Node)) func(key, v *yaml.Node) {
		return func(_, v *yaml.Node) {
			given++
			c.Op = op
			read(v)
		}
	}
	args := func(v *yaml.Node) { l.operands(v, c, r) }
	l.object(n, "a condition", map[string]func(key, v *yaml.Node){
		"all":      is(OpAll, args),
		"any":      is(OpAny, args),
		"sequence": is(OpSequence, args),
		"not":      is(OpNot, func(v *yaml.Node) { c.Args = []*Cond{l.cond(v, r)} }),
		"count":    is(OpCount, func(v *yaml.Node) { l.count(v, c, r) }),
		"rate":     is(OpRate, func(v *yaml.Node) { l.rate(v, c, r) }),
		"pair":     is(OpPair, func(v *yaml.Node) { l.pair(v, c, r) }),
		"duration": is(OpDuration, func(v *yaml.Node) { l.lasting(v, c, r) }),
		"compare":  is(OpCompare, func(v *yaml.Node) { l.compare(v, c, r) }),
		"absent":   is(OpAbsent, func(v *yaml.Node) { c.Signal = l.signalName(v, r) }),
		"last":     is(OpLast, func(v *yaml.Node) { c.Signal = l.signalName(v, r) }),
		"lines":    l.number(&c.Lines),
		"after":    func(_, v *yaml.Node) { c.After = l.signalName(v, r) },
		"before":   func(_, v *yaml.Node) { c.Before = l.signalName(v, r) },
		"within":   func(k, v *yaml.Node) { l.within(k, v, c) },
	})
	switch {
	case given != 1:
		l.badCond = true
		l.fail(n, "a condition needs exactly one of %s", operators)
	case (c.After != "" || c.Before != "") && c.Op != OpAbsent:
		l.fail(n, "after and before belong to absent")
	case c.Lines > 0 && c.Op != OpLast:
		l.fail(n, "lines belongs to last")
	case c.After != "" && c.Before != "":
		l.fail(n, "absent takes after or before, not both")
	case c.Within > 0 && c.Op == OpAbsent && c.After == "" && c.Before == "":
		l.fail(n, "absent with within needs after or before")
	}
	return c
}

// within reads the window of a condition that has it beside its operator: those
// that have it inside, or none, are told so.
func (l *loader) within(key, v *yaml.Node, c *Cond) {
	l.duration(&c.Within)(key, v)
	l.later = append(l.later, func() {
		switch c.Op {
		case OpAny, OpNot, OpLast:
			l.fail(key, "within has no meaning for %s", c.Op)
		case OpCount, OpPair:
			l.fail(key, "within stands inside %s", c.Op)
		case OpRate:
			l.fail(key, "within has no meaning for rate: per and for say how long")
		case OpDuration:
			l.fail(key, "within has no meaning for duration: over and under say how long")
		}
	})
}

// operands reads the conditions of all, any and sequence.
func (l *loader) operands(v *yaml.Node, c *Cond, r *Rule) {
	for _, item := range l.items(v) {
		c.Args = append(c.Args, l.cond(item, r))
	}
	if len(c.Args) == 0 {
		l.badCond = true
		l.fail(v, "%s needs conditions", c.Op)
		c.Args = []*Cond{{Op: OpSignal}}
	}
}

// needs reports the keys of an operator that it cannot be without.
func (l *loader) needs(v *yaml.Node, op Op, what string, missing bool) {
	if missing {
		l.badCond = true
		l.fail(v, "%s needs %s", op, what)
	}
}

func (l *loader) count(v *yaml.Node, c *Cond, r *Rule) {
	var distinct *yaml.Node
	l.object(v, "count", map[string]func(key, v *yaml.Node){
		"of":       func(_, v *yaml.Node) { c.Signal = l.signalName(v, r) },
		"at_least": l.number(&c.AtLeast),
		"at_most":  l.number(&c.AtMost),
		"within":   l.duration(&c.Within),
		"distinct": func(k, v *yaml.Node) {
			distinct = v
			l.text(&c.Distinct)(k, v)
		},
	})
	if distinct != nil {
		l.asked = append(l.asked, captureAsked{"distinct", c.Signal, distinct, distinct.Value})
	}
	l.needs(v, OpCount, "of: the name of a signal", c.Signal == "")
	switch {
	case c.AtLeast > 0 && c.AtMost > 0:
		l.fail(v, "count takes at_least or at_most, not both")
		c.AtMost = 0
	case c.AtMost == 0:
		c.AtLeast = max(c.AtLeast, 1)
	}
}

func (l *loader) rate(v *yaml.Node, c *Cond, r *Rule) {
	l.object(v, "rate", map[string]func(key, v *yaml.Node){
		"of":       func(_, v *yaml.Node) { c.Signal = l.signalName(v, r) },
		"at_least": l.number(&c.AtLeast),
		"per":      l.duration(&c.Per),
		"for":      l.duration(&c.For),
	})
	l.needs(v, OpRate, "of: the name of a signal", c.Signal == "")
	l.needs(v, OpRate, "at_least: how many in each period", c.AtLeast == 0)
	l.needs(v, OpRate, "per: the length of a period", c.Per == 0)
	l.needs(v, OpRate, "for: how long it is kept up (count with within judges one period)", c.For == 0)
	if c.Per > 0 && c.For%c.Per != 0 {
		l.fail(v, "for must be a multiple of per: %s is not one of %s", short(c.For), short(c.Per))
	}
}

func (l *loader) pair(v *yaml.Node, c *Cond, r *Rule) {
	l.object(v, "pair", map[string]func(key, v *yaml.Node){
		"open":   func(_, v *yaml.Node) { c.From = l.signalName(v, r) },
		"close":  func(_, v *yaml.Node) { c.To = l.signalName(v, r) },
		"on":     func(k, v *yaml.Node) { l.agreeOn(k, v, c) },
		"within": l.duration(&c.Within),
	})
	l.needs(v, OpPair, "open: the name of a signal", c.From == "")
	l.needs(v, OpPair, "close: the name of a signal", c.To == "")
	l.two(v, c.Op, c.From, c.To)
}

func (l *loader) lasting(v *yaml.Node, c *Cond, r *Rule) {
	l.object(v, "duration", map[string]func(key, v *yaml.Node){
		"from":  func(_, v *yaml.Node) { c.From = l.signalName(v, r) },
		"to":    func(_, v *yaml.Node) { c.To = l.signalName(v, r) },
		"on":    func(k, v *yaml.Node) { l.agreeOn(k, v, c) },
		"over":  l.duration(&c.Over),
		"under": l.duration(&c.Under),
	})
	l.needs(v, OpDuration, "from: the name of a signal", c.From == "")
	l.needs(v, OpDuration, "to: the name of a signal", c.To == "")
	l.needs(v, OpDuration, "over or under: how long it took", c.Over == 0 && c.Under == 0)
	if c.Under > 0 && c.Over >= c.Under {
		l.fail(v, "nothing takes over %s and under %s", short(c.Over), short(c.Under))
	}
	l.two(v, c.Op, c.From, c.To)
}

// two reports an operator over two signals that was given one.
func (l *loader) two(v *yaml.Node, op Op, a, b string) {
	if a == b && a != "" {
		l.fail(v, "%s is between two signals, not %s and itself", op, a)
	}
}

func (l *loader) agreeOn(key, v *yaml.Node, c *Cond) {
	l.list(&c.On)(key, v)
	l.later = append(l.later, func() {
		for _, item := range l.items(v) {
			for _, s := range []string{c.From, c.To} {
				l.asked = append(l.asked, captureAsked{"on", s, item, item.Value})
			}
		}
	})
}

// compare reads `used.size > limit.size`.
func (l *loader) compare(v *yaml.Node, c *Cond, r *Rule) {
	words := strings.Fields(v.Value)
	if v.Kind != yaml.ScalarNode || len(words) != 3 || !isRelation(words[1]) {
		l.badCond = true
		l.fail(v, "compare must be two captures with one of %s between them: used.size > limit.size", strings.Join(Relations, " "))
		return
	}
	c.Relation = words[1]
	c.Left, c.Right = l.operand(v, words[0], r), l.operand(v, words[2], r)
	if c.Left.Signal == c.Right.Signal && c.Left.Signal != "" {
		l.fail(v, "compare is between two signals: say it of one in its where")
	}
}

func isRelation(word string) bool {
	for _, r := range Relations {
		if word == r {
			return true
		}
	}
	return false
}

func (l *loader) operand(n *yaml.Node, word string, r *Rule) Operand {
	signal, capture, ok := strings.Cut(word, ".")
	if !ok {
		l.badCond = true
		l.fail(n, "compare: %q is no capture of a signal: write signal.capture", word)
		return Operand{}
	}
	at := *n
	at.Value = signal
	name := l.signalName(&at, r)
	if capture != "" && name != "" {
		l.asked = append(l.asked, captureAsked{"compare", name, n, capture})
	}
	return Operand{name, capture}
}

func (l *loader) number(into *int) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		n, err := strconv.Atoi(v.Value)
		if err != nil || n < 1 {
			l.badCond = true
			l.fail(v, "%s must be a number of 1 or more, not %q", key.Value, v.Value)
			n = 1
		}
		*into = n
	}
}

func (l *loader) signalName(n *yaml.Node, r *Rule) string {
	if n.Kind != yaml.ScalarNode {
		l.badCond = true
		l.fail(n, "the name of a signal is wanted here")
		return ""
	}
	if r.signal(n.Value) == nil {
		l.badCond = true
		var known []string
		for _, s := range r.Signals {
			known = append(known, s.Name)
		}
		l.fail(n, "unknown signal %q%s", n.Value, hint(n.Value, known))
	}
	return n.Value
}

// short writes a duration without units that are zero: 10m, not 10m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}
