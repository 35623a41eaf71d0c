package rules

// evalCompare holds when a value of one signal stands in the relation to a value
// of another. The evidence is the two matches between which it is plainest.
func (c *Cond) evalCompare(t timeline) (truth, []*Hit) {
	left, right := valuesOf(t.hits, c.Left), valuesOf(t.hits, c.Right)
	if len(left) == 0 || len(right) == 0 {
		return c.unseen(t), nil
	}
	switch c.Relation {
	case "==":
		return c.evalEqual(t, left, right)
	case "!=":
		return c.evalDifferent(t, left, right)
	}
	return c.evalOrder(t, left, right)
}

// value is what an operand was in one match.
type value struct {
	hit *Hit
	quantity
}

// valuesOf returns the different values of an operand, each at its first match.
func valuesOf(hits []*Hit, o Operand) []value {
	var out []value
	seen := map[string]bool{}
	for _, h := range hits {
		if h.Signal != o.Signal {
			continue
		}
		if text := h.Captures[o.Capture]; text != "" && !seen[text] {
			seen[text] = true
			out = append(out, value{h, readQuantity(text)})
		}
	}
	return out
}

func (c *Cond) evalEqual(t timeline, left, right []value) (truth, []*Hit) {
	first := map[string]*Hit{}
	for _, r := range right {
		if k := r.key(); first[k] == nil {
			first[k] = r.hit
		}
	}
	for _, l := range left {
		if hit := first[l.key()]; hit != nil {
			return yes, []*Hit{l.hit, hit}
		}
	}
	return c.unseen(t), nil
}

func (c *Cond) evalDifferent(t timeline, left, right []value) (truth, []*Hit) {
	for _, l := range left {
		if t.work.spend(len(right)); t.work.spent() {
			return unknown, nil
		}
		for _, r := range right {
			if l.key() != r.key() {
				return yes, []*Hit{l.hit, r.hit}
			}
		}
	}
	return c.unseen(t), nil
}

// evalOrder compares the extremes of each dimension. What is no number, or is
// of another dimension, is neither more nor less.
func (c *Cond) evalOrder(t timeline, left, right []value) (truth, []*Hit) {
	best := c.unseen(t)
	less := c.Relation[0] == '<'
	l, r := extremes(left, less), extremes(right, !less)
	for _, dim := range dimensions {
		a, b := l[dim], r[dim]
		if a == nil || b == nil {
			continue
		}
		if c.orders(a.number.Cmp(b.number)) {
			return yes, []*Hit{a.hit, b.hit}
		}
	}
	if len(l) != 1 || len(r) != 1 || l[noNumber] != nil || !sameDimension(l, r) {
		best = unknown
	}
	return best, nil
}

// orders reports whether the outcome of a comparison is what c asks.
func (c *Cond) orders(sign int) bool {
	switch c.Relation {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	}
	return sign >= 0
}

// extremes returns the least or the greatest value of each dimension; of what is
// no number, the first.
func extremes(values []value, least bool) map[dimension]*value {
	out := map[dimension]*value{}
	for i := range values {
		v := &values[i]
		best := out[v.dim]
		if best == nil || v.dim != noNumber && v.number.Cmp(best.number) != 0 && (v.number.Cmp(best.number) < 0) == least {
			out[v.dim] = v
		}
	}
	return out
}

// sameDimension reports whether a dimension of l is one of r.
func sameDimension(l, r map[dimension]*value) bool {
	for dim := range l {
		if r[dim] != nil {
			return true
		}
	}
	return false
}
