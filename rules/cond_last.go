package rules

// evalLast holds when a match stands in the last entry of its stream: a program
// that gives up says why with its last words.
func (c *Cond) evalLast(t timeline) (truth, []*Hit) {
	best := t.missing(c.Signal)
	var evidence []*Hit
	for _, h := range of(t.hits, c.Signal) {
		got := c.ends(t, h)
		if best = max(best, got); got == yes {
			evidence = append(evidence, h)
		}
	}
	return best, evidence
}

// ends reports whether at most c.Lines lines follow the entry of a match.
func (c *Cond) ends(t timeline, h *Hit) truth {
	if t.end == nil {
		return unknown
	}
	line, known := t.end(h.Entry.Stream)
	switch {
	case !known:
		return unknown
	case line-lastLine(h) <= c.Lines:
		return yes
	case h.Dropped > 0:
		return unknown // the last of those that were not kept may stand there
	}
	return no
}

func lastLine(h *Hit) int { return max(h.Entry.Line, h.Entry.EndLine) }
