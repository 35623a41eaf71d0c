// Package correlate ties entries into cases.
//
// In come entries, those around places that matter and those that a second
// pass found by their ids; out come cases: connected components over strong
// ids, and, for entries without such ids, stretches of a stream between two
// commands. The package reads no logs and knows no rules.
package correlate

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"diagnose"
)

// Bounds of what is kept.
const (
	// Quiet ends the case of entries without ids: after so long without any entry
	// the next one belongs to another command.
	Quiet = 10 * time.Minute
	// DayGap splits numeric ids: a job 733 that speaks again after so long is
	// another installation's, or a restarted counter's.
	DayGap = 24 * time.Hour
	// MaxEntries is how many entries a case may have: a larger component is joined
	// by an id that is not what it seems, and is split by time.
	MaxEntries = 10_000
	// maxIDs bounds the ids a case shows; further ones still tie entries.
	maxIDs = 64
)

// Result is the cases and which entry belongs to which.
type Result struct {
	Cases []*diagnose.Case
	// Split names the components that were split, with the number of their entries.
	Split []Split
	of    map[place]int
}

// Split is a component of more than MaxEntries entries.
type Split struct {
	ID      string // of its first part
	Entries int
	Parts   int
}

type place struct {
	stream string
	offset int64
}

// Of returns the index of the entry's case, -1 for an entry that was not given
// to Tie.
func (r *Result) Of(e *diagnose.Entry) int {
	if i, ok := r.of[place{e.Stream, e.Offset}]; ok {
		return i
	}
	return -1
}

// Case returns the entry's case, nil for an entry that was not given to Tie.
func (r *Result) Case(e *diagnose.Entry) *diagnose.Case {
	if i := r.Of(e); i >= 0 {
		return r.Cases[i]
	}
	return nil
}

// Tie builds cases from entries, which must be in line order inside each
// stream; the order of the streams makes no difference.
func Tie(entries []*diagnose.Entry) *Result {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b *diagnose.Entry) int { return strings.Compare(a.Stream, b.Stream) })
	u := newUnion()
	nodes := make([]int, len(entries))
	gaps := splitNumbers(entries)
	stretch := newStretches()
	passed := &passedRuns{open: map[string][]string{}, stretches: map[string]bool{}}
	for i, e := range entries {
		id := stretch.next(e)
		passed.see(e, id)
		strong := strongIDs(e, gaps)
		if len(strong) == 0 {
			nodes[i] = u.node(id)
			continue
		}
		nodes[i] = u.node(strong[0])
		for _, other := range strong[1:] {
			u.join(nodes[i], u.node(other))
		}
	}
	r := collect(entries, nodes, u)
	passed.settle(r)
	for _, c := range r.Cases {
		name(c)
	}
	return r
}

// strongIDs returns the keys of the ids that tie the entry, numeric ones with
// the number of the run they fall in.
func strongIDs(e *diagnose.Entry, gaps runs) []string {
	var keys []string
	for _, id := range e.IDs {
		if id.Kind.Strong() {
			keys = append(keys, id.Scope+"\x00"+id.String()+gaps.suffix(id, e.Time))
		}
	}
	return keys
}

// runs holds, for ids that are plain numbers, where their lines have gaps of
// more than DayGap.
type runs map[diagnose.ID][]time.Time

func splitNumbers(entries []*diagnose.Entry) runs {
	times := map[diagnose.ID][]time.Time{}
	for _, e := range entries {
		if e.Time.IsZero() {
			continue
		}
		for _, id := range e.IDs {
			if numeric(id) {
				times[id] = append(times[id], e.Time)
			}
		}
	}
	out := runs{}
	for id, ts := range times {
		slices.SortFunc(ts, time.Time.Compare)
		for i := 1; i < len(ts); i++ {
			if ts[i].Sub(ts[i-1]) > DayGap {
				out[id] = append(out[id], ts[i])
			}
		}
	}
	return out
}

func numeric(id diagnose.ID) bool {
	return id.Kind == diagnose.KindJob || id.Kind == diagnose.KindSeq || id.Kind == diagnose.KindConnection
}

func (r runs) suffix(id diagnose.ID, t time.Time) string {
	starts := r[id]
	if len(starts) == 0 || t.IsZero() {
		return ""
	}
	n := sort.Search(len(starts), func(i int) bool { return starts[i].After(t) })
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\x00run%d", n)
}

// stretches numbers the commands of each stream, for entries without ids.
type stretches struct {
	n    map[string]int
	last map[string]time.Time
	done map[string]bool // the stretch has seen how it ended
}

func newStretches() *stretches {
	return &stretches{n: map[string]int{}, last: map[string]time.Time{}, done: map[string]bool{}}
}

// next returns the key of the stretch that e falls in.
func (s *stretches) next(e *diagnose.Entry) string {
	name := e.Stream
	last := s.last[name]
	quiet := !e.Time.IsZero() && !last.IsZero() && e.Time.Sub(last) > Quiet
	if e.Boundary && (!e.Step || s.done[name]) || quiet {
		s.n[name]++
		s.done[name] = false
	}
	if e.Outcome != diagnose.OutcomeUnknown {
		s.done[name] = true
	}
	if !e.Time.IsZero() {
		s.last[name] = e.Time
	}
	return fmt.Sprintf("%s#%d", name, s.n[name]+1)
}

// passedRuns finds the stretches of runs that a build server calls succeeded: a
// command that failed in one of them was tried again or did not matter.
type passedRuns struct {
	open      map[string][]string // stretches of each stream since its last run ended
	stretches map[string]bool     // those of runs that succeeded
}

func (p *passedRuns) see(e *diagnose.Entry, stretch string) {
	list := p.open[e.Stream]
	if len(list) == 0 || list[len(list)-1] != stretch {
		list = append(list, stretch)
		p.open[e.Stream] = list
	}
	if e.Outcome == diagnose.OutcomeUnknown || e.OutcomeOf.Kind != diagnose.KindRun {
		return
	}
	if e.Outcome == diagnose.OutcomeSucceeded {
		for _, key := range list {
			p.stretches[key] = true
		}
	}
	p.open[e.Stream] = nil
}

// settle gives cases without ids, which are still known by their stretch, the
// outcome of their run.
func (p *passedRuns) settle(r *Result) {
	for _, c := range r.Cases {
		if p.stretches[c.ID] {
			c.Outcome = diagnose.OutcomeSucceeded
		}
	}
}

// union is a disjoint-set forest over keys.
type union struct {
	at     map[string]int
	keys   []string
	parent []int
}

func newUnion() *union { return &union{at: map[string]int{}} }

func (u *union) node(key string) int {
	i, ok := u.at[key]
	if !ok {
		i = len(u.parent)
		u.at[key] = i
		u.keys = append(u.keys, key)
		u.parent = append(u.parent, i)
	}
	return i
}

func (u *union) find(i int) int {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

func (u *union) join(a, b int) {
	a, b = u.find(a), u.find(b)
	if a != b {
		u.parent[max(a, b)] = min(a, b)
	}
}

func collect(entries []*diagnose.Entry, nodes []int, u *union) *Result {
	r := &Result{of: make(map[place]int, len(entries))}
	type part struct{ root, number int }
	at := map[part]int{}
	sizes := map[int]int{}
	for i := range entries {
		sizes[u.find(nodes[i])]++
	}
	parts := splitLarge(entries, nodes, sizes, u)
	said := map[int]*diagnose.Entry{} // what a case last said of how it ended as a whole
	for i, e := range entries {
		root := u.find(nodes[i])
		p := part{root, parts[i]}
		n, ok := at[p]
		if !ok {
			n = len(r.Cases)
			at[p] = n
			r.Cases = append(r.Cases, &diagnose.Case{IDs: map[diagnose.IDKind][]string{}})
			if sizes[root] > MaxEntries && p.number == 0 {
				r.Split = append(r.Split, Split{ID: u.keys[root], Entries: sizes[root], Parts: (sizes[root] + MaxEntries - 1) / MaxEntries})
			}
		}
		r.of[place{e.Stream, e.Offset}] = n
		add(r.Cases[n], e, u.keys[root])
		if e.OutcomeOf == (diagnose.ID{}) && e.Outcome != diagnose.OutcomeUnknown {
			if earlier(e, said[n]) {
				continue
			}
			said[n] = e
		}
		outcome(r.Cases[n], e)
	}
	for _, c := range r.Cases {
		settle(c)
	}
	return r
}

// splitLarge numbers the parts of components that are too large: each takes the
// next MaxEntries of its entries in the order of their times.
func splitLarge(entries []*diagnose.Entry, nodes []int, sizes map[int]int, u *union) map[int]int {
	members := map[int][]int{}
	for i := range entries {
		if root := u.find(nodes[i]); sizes[root] > MaxEntries {
			members[root] = append(members[root], i)
		}
	}
	parts := map[int]int{}
	for _, list := range members {
		sort.SliceStable(list, func(a, b int) bool { return entries[list[a]].Time.Before(entries[list[b]].Time) })
		for k, i := range list {
			parts[i] = k / MaxEntries
		}
	}
	return parts
}

func add(c *diagnose.Case, e *diagnose.Entry, key string) {
	c.Entries++
	if c.ID == "" {
		c.ID = key
	}
	if !e.Time.IsZero() {
		if c.First.IsZero() || e.Time.Before(c.First) {
			c.First = e.Time
		}
		if e.Time.After(c.Last) {
			c.Last = e.Time
		}
	}
	if !slices.Contains(c.Streams, e.Stream) {
		c.Streams = append(c.Streams, e.Stream)
	}
	for _, list := range [][]diagnose.ID{e.IDs, e.Mentions} {
		for _, id := range list {
			if v := c.IDs[id.Kind]; len(v) < maxIDs && !slices.Contains(v, id.Value) {
				c.IDs[id.Kind] = append(v, id.Value)
			}
		}
	}
	// A strong id that is merely mentioned ties nothing.
	tied := slices.ContainsFunc(e.IDs, func(id diagnose.ID) bool { return id.Kind.Strong() })
	c.Inferred = c.Inferred || !tied
}

// earlier reports whether e stands before what another stream said. In one
// stream, and without times, the order of the lines counts.
func earlier(e, said *diagnose.Entry) bool {
	return said != nil && said.Stream != e.Stream && !e.Time.IsZero() && e.Time.Before(said.Time)
}

// outcome keeps what the entry says of how the case ended. The failure of a job
// or a host stands: recovery elsewhere never un-fails it.
func outcome(c *diagnose.Case, e *diagnose.Entry) {
	if e.Outcome == diagnose.OutcomeUnknown {
		return
	}
	if c.Outcomes == nil {
		c.Outcomes = map[diagnose.ID]diagnose.Outcome{}
	}
	if e.OutcomeOf == (diagnose.ID{}) {
		// What a run says of itself last is how it ended: a command in it may fail and
		// be tried again.
		c.Outcomes[e.OutcomeOf] = e.Outcome
		return
	}
	c.Outcomes[e.OutcomeOf] = max(c.Outcomes[e.OutcomeOf], e.Outcome)
}

// settle decides the case's outcome: of jobs the parent's (the lowest number)
// counts, since a child may fail and be tried again; a run over several hosts
// failed if one of them did.
func settle(c *diagnose.Case) {
	parent := ""
	for id, o := range c.Outcomes {
		if id.Kind != diagnose.KindJob {
			c.Outcome = max(c.Outcome, o)
		} else if parent == "" || lower(id.Value, parent) {
			parent = id.Value
		}
	}
	if parent != "" {
		c.Outcome = max(c.Outcome, c.Outcomes[diagnose.ID{Kind: diagnose.KindJob, Value: parent}])
	}
}

// lower compares numbers written in decimal without leading zeros.
func lower(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// name gives the case the id people would search for.
func name(c *diagnose.Case) {
	for _, kind := range []diagnose.IDKind{diagnose.KindJob, diagnose.KindTask, diagnose.KindLogID, diagnose.KindRequest,
		diagnose.KindTrace, diagnose.KindConnection, diagnose.KindSeq, diagnose.KindCtx} {
		if v := c.IDs[kind]; len(v) > 0 && !c.Inferred {
			c.ID = diagnose.ID{Kind: kind, Value: v[0]}.String()
			return
		}
	}
	c.ID = strings.ReplaceAll(c.ID, "\x00", "")
}
