package rules

import (
	"cmp"
	"slices"

	"gopkg.in/yaml.v3"

	"diagnose"
)

// Otherwise is the signal of a rule of role reason that is asked only of lines that no other
// signal of any such rule reads: words so general that they stand beside a better reason as
// often as alone ("must be", "unknown x").
const Otherwise = "otherwise"

// Reason returns the match of the rule of role reason that reads a line best: one that no
// other refines, of these the one whose match ends last, as what went wrong stands behind
// what could not be done for it ("cannot start: cannot open x: permission denied"), of these
// the longest. Signals named Otherwise count where there is none of another. It is nil where
// no rule reads the line. e is the entry that the line is of.
func (b *Base) Reason(e *diagnose.Entry, line string) *Hit {
	best := b.Said(e, line)
	if best == nil {
		best = b.bestReason(e, line, func(s *Signal) bool { return s.Name == Otherwise })
	}
	return best
}

// Said is Reason without the signals named Otherwise: what reads the line by words that are of
// trouble wherever they stand.
func (b *Base) Said(e *diagnose.Entry, line string) *Hit {
	return b.bestReason(e, line, func(s *Signal) bool { return s.Name != Otherwise })
}

func (b *Base) bestReason(e *diagnose.Entry, line string, asked func(*Signal) bool) *Hit {
	own := *e
	own.Message, own.Inner = line, nil
	var found []foundAt
	for _, i := range b.reasons {
		r := b.slots[i].get()
		for k := range r.Signals {
			if !asked(&r.Signals[k]) {
				continue
			}
			m := matching{signal: &r.Signals[k], rule: r, entry: &own}
			m.run(r.Signals[k].Patterns)
			found = append(found, m.places...)
		}
	}
	var best *foundAt
	for i := range found {
		f := &found[i]
		refined := slices.ContainsFunc(found, func(other foundAt) bool { return other.hit.Rule.refines(f.hit.Rule) })
		if !refined && (best == nil || cmp.Or(cmp.Compare(f.end(), best.end()), cmp.Compare(f.hit.size, best.hit.size)) > 0) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	best.hit.Entry = e
	return best.hit
}

func (f *foundAt) end() int { return f.at + f.hit.size }

// reasonKeys are the keys of a rule of role reason: it has no findings, so there is nothing
// to judge, group, explain or end.
var reasonKeys = []string{"title", "system", "role", "cause", "fix", "verify", "signals", "refines", "references", "zh", "examples"}

func (l *loader) reasonKeys(root *yaml.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i]; !slices.Contains(reasonKeys, key.Value) {
			l.fail(key, "a rule of role reason has no %s: it is asked of the log's own words alone", key.Value)
		}
	}
}

// reason reports whether the file says that its rule is of role reason.
func (l *loader) reason() bool {
	for i := 0; l.root != nil && i+1 < len(l.root.Content); i += 2 {
		if l.root.Content[i].Value == "role" {
			return l.root.Content[i+1].Value == string(diagnose.RoleReason)
		}
	}
	return false
}
