package rules

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"
	"time"

	"diagnose"
)

// Scene is what evaluation asks of the rooms before it: how entries are tied,
// and how much of the streams was read.
type Scene struct {
	// Case returns the case of an entry; never nil.
	Case func(e *diagnose.Entry) *diagnose.Case
	// Complete reports whether the stream was read without a gap.
	Complete func(stream string) bool
	// At returns the log time of an entry: its own, or the last one before it in its
	// stream; zero when there is none. nil means that entries have only their own.
	At func(e *diagnose.Entry) time.Time
	// First and Last are the earliest and latest log times seen.
	First, Last time.Time
}

// Bounds of what is judged.
const (
	maxGroups = 1000 // groups of one rule in one scope
	maxHits   = 4096 // hits of one group: the first and last half are judged
)

// Dropped is what was beyond the bounds of one rule.
type Dropped struct{ Groups, Hits int }

// Evaluate returns the findings of all rules over hits, which must be in (time,
// stream, line) order, sorted by rule id, then place. dropped counts what was
// beyond the bounds, by rule id.
func Evaluate(hits []*Hit, scene Scene) (findings []*diagnose.Finding, dropped map[string]Dropped) {
	byRule := map[*Rule][]*Hit{}
	for i, h := range hits {
		h.order, h.at = i, h.Entry.Time
		if scene.At != nil {
			h.at = scene.At(h.Entry)
		}
		if i > 0 && hits[i-1].Entry == h.Entry {
			h.order = hits[i-1].order
		}
		byRule[h.Rule] = append(byRule[h.Rule], h)
	}
	order := make([]*Rule, 0, len(byRule))
	for r := range byRule {
		order = append(order, r)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].ID < order[j].ID })
	dropped = map[string]Dropped{}
	for _, r := range order {
		e := evaluation{rule: r, scene: scene}
		sortInEntries(byRule[r])
		findings = append(findings, e.run(byRule[r])...)
		if e.dropped != (Dropped{}) {
			dropped[r.ID] = e.dropped
		}
	}
	return findings, dropped
}

// sortInEntries puts hits on one entry in the order in which they begin.
func sortInEntries(hits []*Hit) {
	sort.SliceStable(hits, func(i, j int) bool { return hits[j].after(hits[i]) })
}

// evaluation is one rule's conditions over all its hits.
type evaluation struct {
	rule    *Rule
	scene   Scene
	dropped Dropped
}

func (ev *evaluation) run(hits []*Hit) []*diagnose.Finding {
	var findings []*diagnose.Finding
	for _, scope := range ev.scopes(hits) {
		for _, group := range ev.groups(scope) {
			findings = append(findings, ev.judge(group)...)
		}
	}
	return findings
}

// scopes splits hits by the rule's scope, in order of their first hit.
func (ev *evaluation) scopes(hits []*Hit) [][]*Hit {
	key := func(h *Hit) string {
		switch ev.rule.Scope {
		case ScopeEntry:
			return fmt.Sprintf("%s\x00%d", h.Entry.Stream, h.Entry.Offset)
		case ScopeStream:
			return h.Entry.Stream
		case ScopeInput:
			return ""
		}
		return fmt.Sprintf("%p", ev.scene.Case(h.Entry))
	}
	return splitBy(hits, key)
}

func splitBy(hits []*Hit, key func(*Hit) string) [][]*Hit {
	at := map[string]int{}
	var out [][]*Hit
	for _, h := range hits {
		k := key(h)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], h)
	}
	return out
}

// groups splits a scope by the values of the rule's `by` captures. A hit that
// lacks some of them counts for every group it does not contradict.
func (ev *evaluation) groups(hits []*Hit) [][]*Hit {
	by := ev.rule.By
	if len(by) == 0 {
		return [][]*Hit{hits}
	}
	keys := ev.groupKeys(hits)
	if len(keys) > maxGroups {
		ev.dropped.Groups += len(keys) - maxGroups
		keys = keys[:maxGroups]
	}
	out := make([][]*Hit, 0, len(keys))
	seen := map[[sha256.Size]byte]bool{} // keys that name different captures may make the same group
	for _, key := range keys {
		var group []*Hit
		for _, h := range hits {
			if compatible(h.Captures, by, key) {
				group = append(group, h)
			}
		}
		if len(by) > 1 {
			d := digest(group)
			if seen[d] {
				continue
			}
			seen[d] = true
		}
		out = append(out, group)
	}
	return out
}

// digest tells groups of the hits of one rule apart.
func digest(group []*Hit) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, x := range group {
		fmt.Fprintf(h, "%d %d %s\n", x.order, x.pos, x.Signal)
	}
	h.Sum(sum[:0])
	return sum
}

// groupKeys returns the different value tuples, most complete ones only: a
// tuple that another one extends is no group of its own.
func (ev *evaluation) groupKeys(hits []*Hit) [][]string {
	by := ev.rule.By
	var keys [][]string
	seen := map[string]bool{}
	for _, h := range hits {
		key := make([]string, len(by))
		for i, name := range by {
			key[i] = h.Captures[name]
		}
		if k := fmt.Sprintf("%q", key); !seen[k] {
			seen[k] = true
			keys = append(keys, key)
		}
	}
	if len(keys) > 2*maxGroups {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k []string) bool {
		return slices.ContainsFunc(keys, func(other []string) bool { return extends(other, k) })
	})
}

// extends reports whether a has all of b's values and more.
func extends(a, b []string) bool {
	more := false
	for i := range b {
		switch {
		case b[i] == "" && a[i] != "":
			more = true
		case a[i] != b[i]:
			return false
		}
	}
	return more
}

func compatible(captures map[string]string, by, key []string) bool {
	for i, name := range by {
		if v := captures[name]; v != "" && key[i] != "" && v != key[i] {
			return false
		}
	}
	return true
}

// judge splits a group where the condition was cleared, and evaluates each
// stretch.
func (ev *evaluation) judge(group []*Hit) []*diagnose.Finding {
	var findings []*diagnose.Finding
	whole := ev.timeline(group)
	for _, stretch := range ev.stretches(whole) {
		truth, evidence := ev.rule.When.eval(stretch.timeline)
		if truth != yes || len(evidence) == 0 {
			continue
		}
		if ev.rule.Unless != nil {
			if t, _ := ev.rule.Unless.eval(whole); t != no {
				continue
			}
		}
		f := ev.finding(evidence)
		f.Cleared, f.End = stretch.cleared, stretch.end
		if ev.healed(f) {
			continue
		}
		findings = append(findings, f)
	}
	return findings
}

func (ev *evaluation) timeline(hits []*Hit) timeline {
	t := timeline{complete: true, first: ev.scene.First, last: ev.scene.Last}
	if n := len(hits) - maxHits; n > 0 {
		ev.dropped.Hits += n
		hits = slices.Concat(hits[:maxHits/2], hits[len(hits)-maxHits/2:])
		t.complete = false
	}
	t.hits, t.scope = hits, hits
	for _, h := range hits {
		if ev.scene.Complete != nil && !ev.scene.Complete(h.Entry.Stream) {
			t.complete = false
		}
	}
	return t
}

// stretch is a part of a timeline between two clearings.
type stretch struct {
	timeline
	cleared bool
	end     time.Time
}

func (ev *evaluation) stretches(t timeline) []stretch {
	clear := ev.rule.ClearedBy
	if clear == nil && ev.rule.Quiet == 0 {
		return []stretch{{timeline: t}}
	}
	clears := map[string]bool{}
	clear.positive(func(name string) { clears[name] = true })
	var out []stretch
	start := 0
	close := func(end int, at time.Time) {
		out = append(out, stretch{timeline: t.stretch(start, end), cleared: true, end: at})
		start = end
	}
	for i, h := range t.hits {
		if i > start && ev.rule.Quiet > 0 && silent(t.hits[i-1], h, ev.rule.Quiet) {
			close(i, t.hits[i-1].at.Add(ev.rule.Quiet))
		}
		if !clears[h.Signal] {
			continue
		}
		if truth, _ := clear.eval(t.stretch(start, i+1)); truth == yes {
			close(i+1, h.at)
		}
	}
	if start < len(t.hits) {
		rest := stretch{timeline: t.stretch(start, len(t.hits))}
		last := t.hits[len(t.hits)-1].at
		if ev.rule.Quiet > 0 && !last.IsZero() && t.last.Sub(last) > ev.rule.Quiet {
			rest.cleared, rest.end = true, last.Add(ev.rule.Quiet)
		}
		out = append(out, rest)
	}
	return out
}

func silent(a, b *Hit, quiet time.Duration) bool {
	return !a.at.IsZero() && !b.at.IsZero() && b.at.Sub(a.at) > quiet
}

// finding collects captures and cases of the evidence.
func (ev *evaluation) finding(evidence []*Hit) *diagnose.Finding {
	f := &diagnose.Finding{Rule: &ev.rule.Rule, Captures: map[string]string{}}
	for _, h := range uniqueHits(evidence) {
		f.Evidence = append(f.Evidence, diagnose.Evidence{Entry: h.Entry, Signal: h.Signal, Captures: h.Captures, At: h.At, Excerpt: h.Excerpt, In: h.In, Dropped: h.Dropped})
		for name, v := range h.Captures {
			if _, ok := f.Captures[name]; !ok && v != "" {
				f.Captures[name] = v
			}
		}
		if c := ev.scene.Case(h.Entry); !slices.Contains(f.Cases, c) {
			f.Cases = append(f.Cases, c)
		}
		if t := h.at; !t.IsZero() && (f.Start.IsZero() || t.Before(f.Start)) {
			f.Start = t
		}
	}
	return f
}

// uniqueHits drops repeats and puts hits in the order they stand in the
// timeline again; operators may name one signal twice.
func uniqueHits(hits []*Hit) []*Hit {
	seen := map[*Hit]bool{}
	var out []*Hit
	for _, h := range hits {
		if !seen[h] {
			seen[h] = true
			out = append(out, h)
		}
	}
	sortInEntries(out)
	return out
}

// healed reports whether the finding's own cases ended well: a run that
// recovered is healthy.
func (ev *evaluation) healed(f *diagnose.Finding) bool {
	if ev.rule.DespiteSuccess || ev.rule.Role == diagnose.RoleBenign || ev.rule.Severity != diagnose.SeverityError {
		return false
	}
	for _, h := range f.Evidence {
		if !h.Entry.Ignored && ev.scene.Case(h.Entry).OutcomeFor(h.Entry.Mentions) != diagnose.OutcomeSucceeded {
			return false
		}
	}
	return true
}
