// Package correlate ties entries into cases.
//
// In come entries, those around places that matter and those that a second
// pass found by their ids; out come cases: connected components over strong
// ids, and, for entries without such ids, stretches of a stream between two
// commands. The package reads no logs and knows no rules.
package correlate

import (
	"cmp"
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

// Result is the cases and which entry belongs to which. A case is made when it is
// asked for: of most nobody asks. It is for one goroutine.
type Result struct {
	// Split names the components that were split, with the number of their entries.
	Split []Split

	entries []*diagnose.Entry // by stream, then as they stand in it
	of      []int             // the case of each
	streams map[string]stretch
	members [][]int // of each case, indices of entries
	keys    []key   // of each case
	passed  map[key]bool
	cases   []*diagnose.Case // nil until they are asked for
}

// Split is a component of more than MaxEntries entries.
type Split struct {
	ID      string // of its first part
	Near    bool   // no id ties it: its entries are those of one command, and ID is its number
	Entries int
	Parts   int
}

// stretch is a part of a list of entries.
type stretch struct{ from, to int }

// Of returns the index of the entry's case, -1 for an entry that was not given
// to Tie.
func (r *Result) Of(e *diagnose.Entry) int {
	x, ok := r.streams[e.Stream]
	if !ok {
		return -1
	}
	after := sort.Search(x.to-x.from, func(i int) bool { return r.entries[x.from+i].Offset > e.Offset })
	if i := x.from + after - 1; after > 0 && r.entries[i].Offset == e.Offset {
		return r.of[i]
	}
	return -1
}

// Case returns the entry's case, nil for an entry that was not given to Tie.
func (r *Result) Case(e *diagnose.Entry) *diagnose.Case {
	if i := r.Of(e); i >= 0 {
		return r.make(i)
	}
	return nil
}

// Cases returns all cases, in the order of the indices that Of gives.
func (r *Result) Cases() []*diagnose.Case {
	for i := range r.cases {
		r.make(i)
	}
	return r.cases
}

// Tie builds cases from entries, which must be in line order inside each
// stream; the order of the streams makes no difference.
func Tie(entries []*diagnose.Entry) *Result {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b *diagnose.Entry) int {
		return cmp.Or(strings.Compare(a.Stream, b.Stream), cmp.Compare(a.Offset, b.Offset))
	})
	u := newUnion()
	r := &Result{entries: entries, streams: map[string]stretch{}, passed: map[key]bool{}}
	nodes := make([]int, len(entries))
	gaps := splitNumbers(entries)
	var commands *commands
	tied := false // the entry above has strong ids
	from := 0     // where the stream begins
	for i, e := range entries {
		if i == 0 || entries[i-1].Stream != e.Stream {
			commands = newCommands(e.Stream, r.passed)
			tied, from = false, i
		}
		if i+1 == len(entries) || entries[i+1].Stream != e.Stream {
			r.streams[e.Stream] = stretch{from, i + 1}
		}
		here := commands.next(e)
		if tied && len(gaps) == 0 && slices.Equal(e.IDs, entries[i-1].IDs) {
			nodes[i] = nodes[i-1]
			continue
		}
		if nodes[i], tied = u.strong(e, gaps); !tied {
			nodes[i] = u.node(here)
		}
	}
	r.collect(nodes, u)
	return r
}

// key is what ties entries: a strong id, of a numeric one the number of the run that
// it falls in, or a command of a stream.
type key struct {
	id  diagnose.ID
	run int
}

// kindCommand is the kind of keys that are commands: Value is the stream and run
// their number in it.
const kindCommand diagnose.IDKind = "\x00command"

// String is what a case is called where nothing better is known.
func (k key) String() string {
	if k.id.Kind == kindCommand {
		return fmt.Sprintf("%s#%d", k.id.Value, k.run)
	}
	text := k.id.Scope + "\x00" + k.id.String()
	if k.run > 0 {
		text += fmt.Sprintf("\x00run%d", k.run)
	}
	return text
}

// strong joins all strong ids of an entry and returns their node; ok is false when
// there are none.
func (u *union) strong(e *diagnose.Entry, gaps runs) (node int, ok bool) {
	for _, id := range e.IDs {
		if !id.Kind.Strong() {
			continue
		}
		n := u.node(key{id, gaps.number(id, e.Time)})
		if ok {
			u.join(node, n)
		} else {
			node, ok = n, true
		}
	}
	return node, ok
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

// number is that of the run that an id falls in at t, from 0.
func (r runs) number(id diagnose.ID, t time.Time) int {
	if len(r) == 0 || t.IsZero() {
		return 0
	}
	starts := r[id]
	return sort.Search(len(starts), func(i int) bool { return starts[i].After(t) })
}

// commands numbers the commands of a stream, for entries without ids, and finds
// those of runs that a build server calls succeeded: a command that failed in one of
// them was tried again or did not matter.
type commands struct {
	key    key
	last   time.Time
	pid    string       // of the run of Ansible
	done   bool         // the command has said how it ended
	open   []key        // since the last run ended
	passed map[key]bool // those of runs that succeeded
}

func newCommands(stream string, passed map[key]bool) *commands {
	return &commands{key: key{diagnose.ID{Kind: kindCommand, Value: stream}, 1}, passed: passed}
}

// next returns the key of the command that e falls in.
func (c *commands) next(e *diagnose.Entry) key {
	quiet := !e.Time.IsZero() && !c.last.IsZero() && e.Time.Sub(c.last) > Quiet
	// The log of Ansible's log_path is appended to by each run; what one says before its first
	// play is its own.
	another := c.done && e.Format == "ansible" && e.PID != "" && e.PID != c.pid
	if e.Boundary && (!e.Step || c.done) || quiet || another {
		c.key.run++
		c.done = false
	}
	if e.Format == "ansible" {
		c.pid = cmp.Or(e.PID, c.pid)
	}
	if !e.Time.IsZero() {
		c.last = e.Time
	}
	if n := len(c.open); n == 0 || c.open[n-1] != c.key {
		c.open = append(c.open, c.key)
	}
	if e.Outcome == diagnose.OutcomeUnknown {
		return c.key
	}
	c.done = true
	if e.OutcomeOf.Kind == diagnose.KindRun {
		if e.Outcome == diagnose.OutcomeSucceeded {
			for _, k := range c.open {
				c.passed[k] = true
			}
		}
		c.open = nil
	}
	return c.key
}

// union is a disjoint-set forest over keys.
type union struct {
	at     map[key]int
	keys   []key
	parent []int
}

func newUnion() *union { return &union{at: map[key]int{}} }

func (u *union) node(k key) int {
	i, ok := u.at[k]
	if !ok {
		i = len(u.parent)
		u.at[k] = i
		u.keys = append(u.keys, k)
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

// collect numbers the cases in the order of their first entries.
func (r *Result) collect(nodes []int, u *union) {
	r.of = make([]int, len(nodes))
	size := make([]int, len(u.parent))
	for i, n := range nodes {
		nodes[i] = u.find(n)
		size[nodes[i]]++
	}
	parts := r.splitLarge(nodes, size)
	type part struct{ root, number int }
	at := map[part]int{} // of what was split
	first := make([]int, len(u.parent))
	for i, root := range nodes {
		n := first[root] - 1
		if size[root] > MaxEntries {
			n = at[part{root, parts[i]}] - 1
		}
		if n < 0 {
			n = len(r.members)
			if size[root] > MaxEntries {
				at[part{root, parts[i]}] = n + 1
				if parts[i] == 0 {
					r.Split = append(r.Split, Split{ID: u.keys[root].String(), Near: u.keys[root].id.Kind == kindCommand, Entries: size[root], Parts: (size[root] + MaxEntries - 1) / MaxEntries})
				}
			} else {
				first[root] = n + 1
			}
			r.members = append(r.members, make([]int, 0, min(size[root], MaxEntries)))
			r.keys = append(r.keys, u.keys[root])
		}
		r.of[i] = n
		r.members[n] = append(r.members[n], i)
	}
	r.cases = make([]*diagnose.Case, len(r.members))
}

// splitLarge numbers the parts of components that are too large: each takes the
// next MaxEntries of its entries in the order of their times.
func (r *Result) splitLarge(roots, size []int) map[int]int {
	members := map[int][]int{}
	for i, root := range roots {
		if size[root] > MaxEntries {
			members[root] = append(members[root], i)
		}
	}
	parts := map[int]int{}
	for _, list := range members {
		sort.SliceStable(list, func(a, b int) bool { return r.entries[list[a]].Time.Before(r.entries[list[b]].Time) })
		for k, i := range list {
			parts[i] = k / MaxEntries
		}
	}
	return parts
}

// make returns case n.
func (r *Result) make(n int) *diagnose.Case {
	if r.cases[n] != nil {
		return r.cases[n]
	}
	c := &diagnose.Case{ID: r.keys[n].String(), IDs: map[diagnose.IDKind][]string{}}
	r.cases[n] = c
	var said *diagnose.Entry // what the case last said of how it ended as a whole
	var run detached
	for _, i := range r.members[n] {
		e := r.entries[i]
		add(c, e)
		if run.outlives(e) {
			continue
		}
		if e.OutcomeOf == (diagnose.ID{}) && e.Outcome != diagnose.OutcomeUnknown {
			if earlier(e, said) {
				continue
			}
			said = e
		}
		if e.Outcome != diagnose.OutcomeUnknown && !earlier(e, c.Told) {
			c.Told = e
		}
		outcome(c, e)
	}
	c.Ended = said
	settle(c)
	if r.passed[r.keys[n]] {
		c.Outcome = diagnose.OutcomeSucceeded
	}
	name(c)
	return c
}

// add adds an entry to its case; entries of one stream come one after another.
func add(c *diagnose.Case, e *diagnose.Entry) {
	c.Entries++
	if !e.Time.IsZero() {
		if c.First.IsZero() || e.Time.Before(c.First) {
			c.First = e.Time
		}
		if e.Time.After(c.Last) {
			c.Last = e.Time
		}
	}
	if n := len(c.Streams); n == 0 || c.Streams[n-1] != e.Stream {
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
// stands, and that of a host until the same host is done again: recovery elsewhere
// never un-fails it.
func outcome(c *diagnose.Case, e *diagnose.Entry) {
	if e.Outcome == diagnose.OutcomeUnknown {
		return
	}
	if c.Outcomes == nil {
		c.Outcomes = map[diagnose.ID]diagnose.Outcome{}
	}
	if e.OutcomeOf == (diagnose.ID{}) || e.OutcomeOf.Kind == diagnose.KindHost {
		// What a run says last of itself, or of one of its hosts, is how it ended: a
		// command in it may fail and be tried again.
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
