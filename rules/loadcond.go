package rules

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// cond reads a condition: the name of a signal, or a mapping with one operator.
func (l *loader) cond(n *yaml.Node, r *Rule) *Cond {
	if n.Kind == yaml.ScalarNode {
		return &Cond{Op: OpSignal, Signal: l.signalName(n, r)}
	}
	c := &Cond{}
	operators := 0
	args := func(op Op) func(key, v *yaml.Node) {
		return func(key, v *yaml.Node) {
			operators++
			c.Op = op
			for _, item := range l.items(v) {
				c.Args = append(c.Args, l.cond(item, r))
			}
			if len(c.Args) == 0 {
				l.badCond = true
				l.fail(v, "%s needs conditions", key.Value)
				c.Args = []*Cond{{Op: OpSignal}}
			}
		}
	}
	l.object(n, "a condition", map[string]func(key, v *yaml.Node){
		"all": args(OpAll), "any": args(OpAny), "sequence": args(OpSequence),
		"not": func(key, v *yaml.Node) {
			operators++
			c.Op, c.Args = OpNot, []*Cond{l.cond(v, r)}
		},
		"count": func(key, v *yaml.Node) {
			operators++
			c.Op = OpCount
			l.count(v, c, r)
		},
		"absent": func(key, v *yaml.Node) {
			operators++
			c.Op, c.Signal = OpAbsent, l.signalName(v, r)
		},
		"after":  func(_, v *yaml.Node) { c.After = l.signalName(v, r) },
		"before": func(_, v *yaml.Node) { c.Before = l.signalName(v, r) },
		"within": l.duration(&c.Within),
	})
	switch {
	case operators != 1:
		l.badCond = true
		l.fail(n, "a condition needs exactly one of all, any, sequence, count, absent, not")
	case (c.After != "" || c.Before != "") && c.Op != OpAbsent:
		l.fail(n, "after and before belong to absent")
	case c.After != "" && c.Before != "":
		l.fail(n, "absent takes after or before, not both")
	case c.Within > 0 && c.Op == OpAbsent && c.After == "" && c.Before == "":
		l.fail(n, "absent with within needs after or before")
	case c.Within > 0 && (c.Op == OpAny || c.Op == OpNot):
		l.fail(n, "within has no meaning for %s", c.Op)
	}
	return c
}

func (l *loader) count(v *yaml.Node, c *Cond, r *Rule) {
	c.AtLeast = 1
	var distinct *yaml.Node
	l.object(v, "count", map[string]func(key, v *yaml.Node){
		"of": func(_, v *yaml.Node) { c.Signal = l.signalName(v, r) },
		"at_least": func(_, v *yaml.Node) {
			n, err := strconv.Atoi(v.Value)
			if err != nil || n < 1 {
				l.fail(v, "at_least must be a number of 1 or more, not %q", v.Value)
			}
			c.AtLeast = n
		},
		"within": l.duration(&c.Within),
		"distinct": func(k, v *yaml.Node) {
			distinct = v
			l.text(&c.Distinct)(k, v)
		},
	})
	if distinct != nil {
		l.distinct = append(l.distinct, distinctUse{c.Signal, distinct})
	}
	if c.Signal == "" {
		l.badCond = true
		l.fail(v, "count needs of: the name of a signal")
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
