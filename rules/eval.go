package rules

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
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
	// Streams are all streams of the input: what was not seen in a scope that is the
	// whole input may stand in any of them. nil means those of the matches.
	Streams []string
	// Span returns the first and last log time of a stream, zero when it has none.
	// nil means that every stream reaches from First to Last.
	Span func(stream string) (first, last time.Time)
	// End returns the last line of a stream that is not blank; known is false where
	// the stream goes on (it is followed, or another file took its place) or was not
	// read to its end. nil means that no end is known.
	End func(stream string) (line int, known bool)
	// Users are the rules that use findings of others (Base.Users): they may hold
	// where none of their own patterns matched.
	Users []*Rule
	// Meter notes what the conditions of each rule cost; nil for no one.
	Meter *Meter
}

// Bounds of what is judged.
const (
	maxGroups = 1000 // groups of one rule in one scope
	maxHits   = 4096 // hits of one group: the first and last half are judged
)

// Dropped is what was beyond the bounds of one rule.
type Dropped struct {
	Groups, Hits int
	GivenUp      int // groups that would have taken too long to judge
}

// Evaluate returns the findings of all rules over hits, which must be in (time,
// stream, line) order, sorted by rule id, then place. dropped counts what was
// beyond the bounds, by rule id. past is what rules with `clears` show to be over, as the
// findings are marked already.
func Evaluate(hits []*Hit, scene Scene) (findings []*diagnose.Finding, dropped map[string]Dropped, past *Past) {
	b := newBench(hits, scene)
	dropped = map[string]Dropped{}
	for _, r := range b.rules {
		b.judge(r)
	}
	for _, r := range b.rules {
		ev := b.done[r]
		for _, f := range ev.held {
			findings = append(findings, f.Finding)
		}
		if ev.dropped != (Dropped{}) {
			dropped[r.ID] = ev.dropped
		}
	}
	past = b.past()
	for i, f := range findings {
		findings[i] = past.Finding(f)
	}
	return findings, dropped, past
}

// bench judges rules, those first whose findings others use.
type bench struct {
	scene Scene
	hits  map[*Rule][]*Hit
	rules []*Rule // those that could hold, in the order of their ids
	done  map[*Rule]*evaluation
	// watched are the rules of which Explain wants to know all that was judged.
	watched map[*Rule]*watched
}

func newBench(hits []*Hit, scene Scene) *bench {
	b := &bench{scene: scene, hits: map[*Rule][]*Hit{}, done: map[*Rule]*evaluation{}}
	for i, h := range hits {
		h.order, h.at = i, h.Entry.Time
		if scene.At != nil {
			h.at = scene.At(h.Entry)
		}
		if i > 0 && hits[i-1].Entry == h.Entry {
			h.order = hits[i-1].order
		}
		b.hits[h.Rule] = append(b.hits[h.Rule], h)
	}
	b.rules = slices.Clone(scene.Users)
	for r := range b.hits {
		if !slices.Contains(scene.Users, r) {
			b.rules = append(b.rules, r)
		}
	}
	sort.Slice(b.rules, func(i, j int) bool { return b.rules[i].ID < b.rules[j].ID })
	return b
}

// judge evaluates r, and what its signals are findings of before it. A circle,
// which no base has that was checked, is entered once.
func (b *bench) judge(r *Rule) *evaluation {
	if ev := b.done[r]; ev != nil {
		return ev
	}
	ev := &evaluation{rule: r, scene: b.scene, by: groupings(r), work: work{maxWork}, unsure: map[string]map[string]bool{}}
	b.done[r] = ev
	hits := slices.Clone(b.hits[r])
	for i := range r.Signals {
		s := &r.Signals[i]
		for _, used := range b.used(r, s) {
			from := b.judge(used)
			hits = append(hits, ev.hitsOf(s, from)...)
			ev.open(s, from)
		}
	}
	began := b.scene.Meter.now() // behind the rules that were judged for it
	sortInEntries(hits)
	if w := b.watched[r]; w != nil {
		w.all = hits
		ev.watch = func(s seen) { w.groups = append(w.groups, s) }
	}
	ev.run(hits)
	b.scene.Meter.judged(r, began)
	return ev
}

// used are the rules whose findings are matches of s.
func (b *bench) used(r *Rule, s *Signal) []*Rule {
	if s.Finding == "" {
		return nil
	}
	var out []*Rule
	for _, other := range b.rules {
		if other != r && diagnose.MatchID(s.Finding, other.ID) {
			out = append(out, other)
		}
	}
	return out
}

// sortInEntries puts hits in the order in which they stand, those on one entry
// by where they begin.
func sortInEntries(hits []*Hit) {
	sort.SliceStable(hits, func(i, j int) bool { return hits[j].after(hits[i]) })
}

// held is a finding with the hits that are its evidence.
type held struct {
	*diagnose.Finding
	proof []*Hit
}

// evaluation is one rule's conditions over all its hits.
type evaluation struct {
	rule    *Rule
	scene   Scene
	by      []grouping
	dropped Dropped
	work    work
	held    []held
	unknown [][]*Hit // the groups of which it is not known whether they hold
	// unsure are, by scope, the signals of findings that may hold there.
	unsure map[string]map[string]bool
	gaps   []gap
	warned *diagnose.Rule // see lessened
	// watch sees each group with what was made of it; nil for no one.
	watch func(seen)
}

// hitsOf makes a hit of each finding of another rule, in each of this rule's
// scopes that it has evidence in: where that evidence begins.
func (ev *evaluation) hitsOf(s *Signal, from *evaluation) []*Hit {
	var out []*Hit
	for _, f := range from.held {
		seen := map[string]bool{}
		for _, p := range f.proof {
			if k := ev.scopeOf(p); seen[k] {
				continue
			} else {
				seen[k] = true
			}
			h := &Hit{Rule: ev.rule, Signal: s.Name, Entry: p.Entry, Captures: map[string]string{}, At: p.At, Excerpt: p.Excerpt, pos: p.pos, order: p.order, at: p.at}
			for _, name := range s.Captures {
				if v := f.Captures[name]; v != "" {
					h.Captures[name] = v
				}
			}
			if s.Where == nil || s.Where.holds(h.Entry, h.Captures) {
				out = append(out, h)
			}
		}
	}
	return out
}

// open notes in which scopes it is not known whether the other rule holds.
func (ev *evaluation) open(s *Signal, from *evaluation) {
	for _, g := range from.unknown {
		for _, h := range g {
			k := ev.scopeOf(h)
			if ev.unsure[k] == nil {
				ev.unsure[k] = map[string]bool{}
			}
			ev.unsure[k][s.Name] = true
		}
	}
}

// gap is where matches of a signal stood that were counted and not kept: between two
// that were, by their order.
type gap struct {
	signal, stream string
	from, to       int
}

func gapsOf(hits []*Hit) []gap {
	var out []gap
	for i, h := range hits {
		if h.Dropped == 0 {
			continue
		}
		g := gap{h.Signal, h.Entry.Stream, h.order, math.MaxInt}
		if next := slices.IndexFunc(hits[i+1:], func(x *Hit) bool {
			return x.Signal == h.Signal && x.Entry.Stream == h.Entry.Stream && equalMaps(x.Captures, h.Captures)
		}); next >= 0 {
			g.to = hits[i+1+next].order
		}
		out = append(out, g)
	}
	return out
}

// unsureOf are the signals of which nobody knows whether more of them stand in the scope
// of hits: findings that may hold there, and matches that were not kept.
func (ev *evaluation) unsureOf(hits []*Hit) map[string]bool {
	unsure := ev.unsure[ev.scopeOf(hits[0])]
	for _, g := range ev.gaps {
		inside := func(h *Hit) bool { return h.Entry.Stream == g.stream && h.order > g.from && h.order < g.to }
		if !unsure[g.signal] && slices.ContainsFunc(hits, inside) {
			if unsure = maps.Clone(unsure); unsure == nil {
				unsure = map[string]bool{}
			}
			unsure[g.signal] = true
		}
	}
	return unsure
}

func (ev *evaluation) run(hits []*Hit) {
	if ev.rule.Scope == ScopeCase || ev.rule.Scope == ScopeEntry {
		ev.gaps = gapsOf(hits) // in wider scopes the matches on both sides stand in them too
	}
	for _, scope := range splitBy(hits, ev.scopeOf) {
		for _, g := range ev.groups(scope) {
			j := ev.judge(g)
			ev.held = append(ev.held, j.held...)
			if j.truth == unknown {
				ev.unknown = append(ev.unknown, g.hits)
			}
			if ev.watch != nil {
				ev.watch(seen{scope, g, j})
			}
		}
	}
}

// scopeOf names the scope of the rule that a hit falls in.
func (ev *evaluation) scopeOf(h *Hit) string {
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

// grouping is one of the things that a rule is judged by: a capture, or a kind
// of ids where no signal captures that name.
type grouping struct {
	name string
	id   bool
}

func groupings(r *Rule) []grouping {
	var out []grouping
	for _, name := range r.By {
		captured := slices.ContainsFunc(r.Signals, func(s Signal) bool { return slices.Contains(s.captures(), name) })
		out = append(out, grouping{name, !captured && slices.Contains(idKinds, name)})
	}
	return out
}

// maxValues bounds the ids of one kind that an entry is grouped by.
const maxValues = 16

// of returns the values of a hit; none means that it counts for every value.
func (g grouping) of(h *Hit) []string {
	if !g.id {
		if v := h.Captures[g.name]; v != "" {
			return []string{v}
		}
		return nil
	}
	var out []string
	for _, id := range slices.Concat(h.Entry.IDs, h.Entry.Mentions) {
		if string(id.Kind) == g.name && id.Value != "" && !slices.Contains(out, id.Value) && len(out) < maxValues {
			out = append(out, id.Value)
		}
	}
	return out
}

// group is the hits of a scope that count for one value of each grouping.
type group struct {
	key  []string // of each grouping, empty where no entry has one
	hits []*Hit
}

// groups splits a scope by the values of the rule's `by`. A hit that lacks some
// of them counts for every group it does not contradict.
func (ev *evaluation) groups(hits []*Hit) []group {
	if len(ev.by) == 0 {
		return []group{{hits: hits}}
	}
	values := make([][][]string, len(hits))
	for i, h := range hits {
		for _, g := range ev.by {
			values[i] = append(values[i], g.of(h))
		}
	}
	keys := groupKeys(values)
	if len(keys) > maxGroups {
		ev.dropped.Groups += len(keys) - maxGroups
		keys = keys[:maxGroups]
	}
	out := make([]group, 0, len(keys))
	seen := map[[sha256.Size]byte]bool{} // keys that name different captures may make the same group
	for _, key := range keys {
		g := group{key: key}
		for i, h := range hits {
			if compatible(values[i], key) {
				g.hits = append(g.hits, h)
			}
		}
		if len(ev.by) > 1 {
			d := ev.digest(g)
			if seen[d] {
				continue
			}
			seen[d] = true
		}
		out = append(out, g)
	}
	return out
}

// digest tells groups of the hits of one rule apart. Ids are part of it: two that
// stand on the same entries are two findings.
func (ev *evaluation) digest(g group) (sum [sha256.Size]byte) {
	h := sha256.New()
	for i, by := range ev.by {
		if by.id {
			fmt.Fprintf(h, "%q ", g.key[i])
		}
	}
	for _, x := range g.hits {
		fmt.Fprintf(h, "%d %d %s\n", x.order, x.pos, x.Signal)
	}
	h.Sum(sum[:0])
	return sum
}

// groupKeys returns the different value tuples, most complete ones only: a
// tuple that another one extends is no group of its own.
func groupKeys(values [][][]string) [][]string {
	var keys [][]string
	seen := map[string]bool{}
	for _, v := range values {
		for _, key := range tuples(v) {
			if k := fmt.Sprintf("%q", key); !seen[k] {
				seen[k] = true
				keys = append(keys, key)
			}
		}
	}
	if len(keys) > 2*maxGroups {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k []string) bool {
		return slices.ContainsFunc(keys, func(other []string) bool { return extends(other, k) })
	})
}

// tuples returns every choice of one value of each list, "" where there is none.
func tuples(lists [][]string) [][]string {
	out := [][]string{nil}
	for _, list := range lists {
		if len(list) == 0 {
			list = []string{""}
		}
		var longer [][]string
		for _, head := range out {
			for _, v := range list {
				longer = append(longer, append(slices.Clone(head), v))
			}
		}
		out = longer[:min(len(longer), maxValues*maxValues)]
	}
	return out
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

func compatible(values [][]string, key []string) bool {
	for i, list := range values {
		if len(list) > 0 && key[i] != "" && !slices.Contains(list, key[i]) {
			return false
		}
	}
	return true
}

// judged is what became of a group.
type judged struct {
	truth     truth // yes when there is a finding, no matter whether it was withdrawn
	held      []held
	whole     timeline
	stretches []stretch
}

// judge splits a group where the condition was cleared, and evaluates each
// stretch.
func (ev *evaluation) judge(g group) judged {
	j := judged{whole: ev.timeline(g.hits)}
	j.stretches = ev.stretches(j.whole)
	for _, stretch := range j.stretches {
		truth, evidence := ev.rule.When.eval(stretch.timeline)
		if truth == yes && len(evidence) == 0 {
			truth = no
		}
		if truth != no && ev.rule.Unless != nil {
			t, _ := ev.rule.Unless.eval(j.whole)
			truth = min(truth, negate(t))
		}
		j.truth = max(j.truth, truth)
		if truth != yes {
			continue
		}
		f := ev.finding(g, evidence)
		f.Cleared, f.End = stretch.cleared, stretch.end
		if ev.healed(f.Finding) {
			if ev.rule.Recovered == "" {
				continue
			}
			f.Rule = ev.lessened()
		}
		j.held = append(j.held, f)
	}
	if ev.work.spent() {
		ev.dropped.GivenUp++
		j.truth, j.held = unknown, nil
	}
	return j
}

// lessened is the rule as one of the severity that what is over has.
func (ev *evaluation) lessened() *diagnose.Rule {
	if ev.warned == nil {
		r := ev.rule.Rule
		r.Severity = r.Recovered
		ev.warned = &r
	}
	return ev.warned
}

func (ev *evaluation) timeline(hits []*Hit) timeline {
	t := timeline{complete: true, end: ev.scene.End, pairs: map[*Cond][]pairing{}, work: &ev.work}
	t.complete, t.first, t.last = ev.reach(hits)
	t.unsure = ev.unsureOf(hits)
	if n := len(hits) - maxHits; n > 0 {
		ev.dropped.Hits += n
		hits = slices.Concat(hits[:maxHits/2], hits[len(hits)-maxHits/2:])
		t.complete = false
	}
	t.hits, t.scope = hits, hits
	return t
}

// reach says whether the scope of hits was read whole, and from when to when its
// log goes: that of a stream, or of the streams that the case is in.
func (ev *evaluation) reach(hits []*Hit) (complete bool, first, last time.Time) {
	first, last = ev.scene.First, ev.scene.Last
	if ev.rule.Scope == ScopeEntry {
		return true, first, last
	}
	streams := ev.streams(hits)
	complete = ev.scene.Complete == nil || !slices.ContainsFunc(streams, func(s string) bool { return !ev.scene.Complete(s) })
	if ev.scene.Span == nil || ev.rule.Scope == ScopeInput {
		return complete, first, last
	}
	first, last = time.Time{}, time.Time{}
	for _, s := range streams {
		from, to := ev.scene.Span(s)
		if !from.IsZero() && (first.IsZero() || from.Before(first)) {
			first = from
		}
		if to.After(last) {
			last = to
		}
	}
	return complete, first, last
}

// streams are those in which what is sought in the scope of hits could stand.
func (ev *evaluation) streams(hits []*Hit) []string {
	if ev.rule.Scope == ScopeInput && ev.scene.Streams != nil {
		return ev.scene.Streams
	}
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, h := range hits {
		add(h.Entry.Stream)
		if ev.rule.Scope != ScopeCase {
			continue
		}
		if c := ev.scene.Case(h.Entry); c != nil {
			for _, s := range c.Streams {
				add(s)
			}
		}
	}
	return out
}

// stretch is a part of a timeline between two clearings.
type stretch struct {
	timeline
	cleared bool
	end     time.Time
	by      []*Hit // what cleared it; none where silence did
}

func (ev *evaluation) stretches(t timeline) []stretch {
	clear := ev.rule.ClearedBy
	if clear == nil && ev.rule.Quiet == 0 {
		return []stretch{{timeline: t}}
	}
	clears := map[string]bool{}
	clear.signals(func(name string) { clears[name] = true })
	var out []stretch
	start := 0
	close := func(end int, at time.Time, by []*Hit) {
		out = append(out, stretch{timeline: t.stretch(start, end), cleared: true, end: at, by: by})
		start = end
	}
	for i, h := range t.hits {
		if i > start && ev.rule.Quiet > 0 && silent(t.hits[i-1], h, ev.rule.Quiet) {
			close(i, t.hits[i-1].at.Add(ev.rule.Quiet), nil)
		}
		if !clears[h.Signal] {
			continue
		}
		if by := clear.clearedAt(t.stretch(start, i+1), h.at); by != nil {
			close(i+1, h.at, by)
		}
	}
	if start < len(t.hits) {
		out = append(out, ev.rest(t.stretch(start, len(t.hits))))
	}
	return out
}

// clearedAt returns what clears t by the time now, when nothing later was seen.
func (c *Cond) clearedAt(t timeline, now time.Time) []*Hit {
	if t.last = now; now.IsZero() {
		t.last = time.Time{}
	}
	if truth, by := c.eval(t); truth == yes && len(by) > 0 {
		return by
	}
	return nil
}

// rest is the stretch after the last clearing: it ends where the rest of the log
// clears it, or is silent.
func (ev *evaluation) rest(t timeline) stretch {
	s := stretch{timeline: t}
	last := t.hits[len(t.hits)-1].at
	if clear := ev.rule.ClearedBy; clear != nil {
		if by := clear.clearedAt(t, t.last); by != nil {
			s.cleared, s.by, s.end = true, by, by[len(by)-1].at
			return s
		}
	}
	if ev.rule.Quiet > 0 && !last.IsZero() && t.last.Sub(last) > ev.rule.Quiet {
		s.cleared, s.end = true, last.Add(ev.rule.Quiet)
	}
	return s
}

func silent(a, b *Hit, quiet time.Duration) bool {
	return !a.at.IsZero() && !b.at.IsZero() && b.at.Sub(a.at) > quiet
}

// finding collects captures and cases of the evidence. Ids that it is grouped by
// are captures too.
func (ev *evaluation) finding(g group, evidence []*Hit) held {
	f := held{&diagnose.Finding{Rule: &ev.rule.Rule, Captures: map[string]string{}, Turn: ev.rule.Clears != nil}, uniqueHits(evidence)}
	if f.Turn {
		f.From = ev.rule.Clears.From
	}
	for i, by := range ev.by {
		if by.id && g.key[i] != "" {
			f.Captures[by.name] = g.key[i]
		}
	}
	borrowed := map[string]bool{}
	for _, s := range ev.rule.Signals {
		borrowed[s.Name] = s.Finding != ""
	}
	for _, h := range f.proof {
		f.Evidence = append(f.Evidence, diagnose.Evidence{Entry: h.Entry, Signal: h.Signal, Captures: h.Captures, At: h.At, Excerpt: h.Excerpt, In: h.In, Dropped: h.Dropped, Borrowed: borrowed[h.Signal]})
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
