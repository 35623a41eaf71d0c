package main

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"diagnose"
	"diagnose/rules"
	"diagnose/verdict"
)

// Bounds of what one stream keeps. What is beyond them is counted.
const (
	keepHits    = 64   // first and last hits of a signal with the same captures
	keepKinds   = 512  // different captures of one signal
	keepKeys    = 8192 // different captures of all signals
	keepTrouble = 8    // first and last entries of one masked text
	keepTurns   = 512  // first and last of those at which runs begin and are well
	keepMasks   = 1000 // different masked texts
)

// capped keeps the first and the last n of a sequence and counts the rest.
type capped[T any] struct {
	n     int
	first []T
	last  []T // ring
	seen  int
}

func (c *capped[T]) add(x T) {
	c.seen++
	switch {
	case len(c.first) < c.n:
		c.first = append(c.first, x)
	case len(c.last) < c.n:
		c.last = append(c.last, x)
	default:
		c.last[(c.seen-1-c.n)%c.n] = x
	}
}

// all returns what was kept, in order.
func (c *capped[T]) all() []T {
	out := slices.Clone(c.first)
	if len(c.last) < c.n || c.n == 0 {
		return append(out, c.last...)
	}
	from := (c.seen - c.n) % c.n
	out = append(out, c.last[from:]...)
	return append(out, c.last[:from]...)
}

func (c *capped[T]) dropped() int { return c.seen - len(c.first) - len(c.last) }

// keeper holds what a pass found in one stream that later steps need.
type keeper struct {
	hits    map[string]*capped[*rules.Hit]
	kinds   map[string]int // keys of each signal in hits
	trouble map[string]*capped[*diagnose.Entry]
	other   []*diagnose.Entry                   // entries of a second pass: no text, only what ties them
	members map[string]*capped[*diagnose.Entry] // entries of cases that hit, by their ids
	parsed  int64

	lostHits, lostTrouble int64 // beyond keepKeys and keepMasks
	lostOther             int64 // beyond maxOther
	unopened              int64 // hidden texts beyond the parser's bounds
}

func newKeeper() *keeper {
	return &keeper{hits: map[string]*capped[*rules.Hit]{}, kinds: map[string]int{}, trouble: map[string]*capped[*diagnose.Entry]{}}
}

func hitKey(h *rules.Hit) string {
	var b strings.Builder
	b.WriteString(h.Rule.ID)
	b.WriteByte(0)
	b.WriteString(h.Signal)
	for _, name := range slices.Sorted(maps.Keys(h.Captures)) {
		fmt.Fprintf(&b, "\x00%s=%s", name, h.Captures[name])
	}
	return b.String()
}

// add keeps what a pass found, within the bounds. It reports whether anything of
// it is among the first of its kind, or of a kind that is kept at all now and
// then: what a watcher writes down.
func (k *keeper) add(f found) (noted bool) {
	k.parsed++
	k.unopened += int64(f.entry.InnerCut)
	for _, h := range f.hits {
		key, n := hitKey(h), keepHits
		if h.Rule.Role == diagnose.RoleBenign {
			// Each kind of trouble that is kept must find what accounts for it, and no more:
			// healthy logs have many of these.
			key, n = key+"\x00"+diagnose.Mask(f.entry.Message), keepTrouble
			switch {
			case h.Rule.Clears != nil:
				n = keepTurns // each ends the trouble of the runs before it
			case len(h.Rule.Signals) > 1:
				n = keepHits // what stands beside the trouble may be said all day
			}
		}
		c := k.hits[key]
		if c == nil {
			// A signal that captures what strangers type must not crowd out others.
			signal := h.Rule.ID + "\x00" + h.Signal
			if k.kinds[signal] == keepKinds || len(k.hits) == keepKeys {
				k.lostHits++
				continue
			}
			k.kinds[signal]++
			c = &capped[*rules.Hit]{n: n}
			k.hits[key] = c
		}
		c.add(h)
		noted = noted || c.noted()
	}
	if f.entry.Trouble {
		noted = k.addTrouble(f.entry) || noted
	}
	if f.entry.Outcome != diagnose.OutcomeUnknown && k.addOther(light(f.entry)) {
		noted = true
	}
	return noted
}

// harmless returns where the entries begin that a rule of role benign accounts for.
func (k *keeper) harmless() map[int64]bool {
	at := map[int64]bool{}
	for _, c := range k.hits {
		for _, h := range c.all() {
			if h.Rule.Role == diagnose.RoleBenign && h.Rule.Clears == nil {
				at[h.Entry.Offset] = true
			}
		}
	}
	return at
}

// noted reports whether the latest is one of the first, or every so many-th.
func (c *capped[T]) noted() bool { return c.seen <= 2*c.n || c.seen%c.n == 0 }

func (k *keeper) addTrouble(e *diagnose.Entry) bool {
	mask := diagnose.Mask(e.Message)
	c := k.trouble[mask]
	if c == nil {
		if len(k.trouble) == keepMasks {
			k.lostTrouble++
			return false
		}
		c = &capped[*diagnose.Entry]{n: keepTrouble}
		k.trouble[mask] = c
	}
	c.add(e)
	return c.noted()
}

// addMember keeps an entry of a case that hit. Of entries with the same ids the
// first and the last tell as much as all of them.
func (k *keeper) addMember(e *diagnose.Entry) {
	var key strings.Builder
	for _, id := range e.IDs {
		key.WriteString(id.String())
		key.WriteByte(0)
	}
	if e.Outcome != diagnose.OutcomeUnknown || e.Boundary {
		fmt.Fprint(&key, e.Offset)
	}
	if k.members == nil {
		k.members = map[string]*capped[*diagnose.Entry]{}
	}
	c := k.members[key.String()]
	if c == nil {
		if len(k.members) == maxOther {
			k.lostOther++
			return
		}
		c = &capped[*diagnose.Entry]{n: 1}
		k.members[key.String()] = c
	}
	c.add(light(e))
}

// addOther keeps a light entry for what it tells of cases, and reports whether it did. Lines that only
// stand in the order of their log give way to those that say where a command begins and
// how it ended.
func (k *keeper) addOther(e *diagnose.Entry) bool {
	bound := maxOther
	if isPlain(e) {
		bound = maxPlain
	}
	if len(k.other) >= bound {
		k.lostOther++
		return false
	}
	k.other = append(k.other, e)
	return true
}

// isPlain reports whether an entry says nothing of cases but where it stands.
func isPlain(e *diagnose.Entry) bool {
	return len(e.IDs) == 0 && len(e.Mentions) == 0 && e.Outcome == diagnose.OutcomeUnknown && !e.Boundary && !e.Step && !e.Detached && !e.Ignored
}

// Bounds of the entries of one stream that are kept to tie cases: of all, and of plain ones.
const (
	maxOther = 200_000
	maxPlain = maxOther / 2
)

// light is what correlation needs of an entry, without its text.
func light(e *diagnose.Entry) *diagnose.Entry {
	l := &diagnose.Entry{Stream: e.Stream, Line: e.Line, EndLine: e.EndLine, Offset: e.Offset, Time: e.Time, TimeInferred: e.TimeInferred,
		Stamp: e.Stamp, Lacks: e.Lacks, Format: e.Format,
		IDs: e.IDs, Mentions: e.Mentions, Outcome: e.Outcome, OutcomeOf: e.OutcomeOf, Boundary: e.Boundary, Step: e.Step, Detached: e.Detached}
	if e.Ignored { // it may be said of failures above it
		l.Ignored, l.Host = true, e.Host
	}
	return l
}

// forget drops hits and trouble before one offset, and what only ties entries to
// cases before another.
func (k *keeper) forget(evidence, ties int64) {
	old := func(e *diagnose.Entry) bool { return e.Offset < evidence }
	for key, c := range k.hits {
		if c.drop(func(h *rules.Hit) bool { return old(h.Entry) }) {
			delete(k.hits, key)
			parts := strings.SplitN(key, "\x00", 3)
			k.kinds[parts[0]+"\x00"+parts[1]]--
		}
	}
	for mask, c := range k.trouble {
		if c.drop(old) {
			delete(k.trouble, mask)
		}
	}
	k.other = slices.DeleteFunc(k.other, func(e *diagnose.Entry) bool { return e.Offset < ties })
}

// drop takes out what is old, and reports whether nothing is left.
func (c *capped[T]) drop(old func(T) bool) bool {
	all := c.all()
	kept := slices.DeleteFunc(all, old)
	if len(kept) == len(c.first)+len(c.last) {
		return false
	}
	*c = capped[T]{n: c.n}
	for _, x := range kept {
		c.add(x)
	}
	return len(kept) == 0
}

// collected hits and trouble of all streams, with one entry object an offset.
type collected struct {
	hits    []*rules.Hit
	trouble []*verdict.Trouble
	entries []*diagnose.Entry // all, by stream, in line order
}

// collect flattens a stream's keeper; equal offsets become one entry.
func (k *keeper) collect(into *collected) {
	byOffset := map[int64]*diagnose.Entry{}
	unify := func(e *diagnose.Entry) *diagnose.Entry {
		if known := byOffset[e.Offset]; known != nil {
			return known
		}
		byOffset[e.Offset] = e
		return e
	}
	for _, key := range slices.Sorted(maps.Keys(k.hits)) {
		c := k.hits[key]
		list := c.all()
		for i, h := range list {
			h.Entry, h.Dropped = unify(h.Entry), 0
			if d := c.dropped(); d > 0 && i == len(c.first)-1 {
				h.Dropped = d
			}
		}
		into.hits = append(into.hits, list...)
	}
	for _, mask := range slices.Sorted(maps.Keys(k.trouble)) {
		c := k.trouble[mask]
		for i, e := range c.all() {
			t := &verdict.Trouble{Entry: unify(e), Count: 1}
			if d := c.dropped(); d > 0 && i == len(c.first)-1 {
				t.Count += d
			}
			into.trouble = append(into.trouble, t)
		}
	}
	for _, e := range k.other {
		unify(e)
	}
	for _, c := range k.members {
		for _, e := range c.all() {
			unify(e)
		}
	}
	offsets := slices.Sorted(maps.Keys(byOffset))
	for _, off := range offsets {
		into.entries = append(into.entries, byOffset[off])
	}
}

// chronicle puts entries of all streams into (time, stream, line) order. An
// entry without a time stands where the last time before it in its stream was.
type chronicle struct {
	rank map[*diagnose.Entry]int
	took map[*diagnose.Entry]time.Time // times of entries that have none of their own
}

func newChronicle(entries []*diagnose.Entry) *chronicle {
	type dated struct {
		e    *diagnose.Entry
		unix int64
		pos  int
	}
	list := make([]dated, len(entries))
	var last int64
	stream := ""
	for i, e := range entries {
		if e.Stream != stream {
			stream, last = e.Stream, 0
		}
		if !e.Time.IsZero() {
			last = e.Time.UnixNano()
		}
		list[i] = dated{e, last, i}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].unix < list[j].unix })
	c := &chronicle{rank: make(map[*diagnose.Entry]int, len(list)), took: map[*diagnose.Entry]time.Time{}}
	for i, d := range list {
		c.rank[d.e] = i
		if d.e.Time.IsZero() && d.unix != 0 {
			c.took[d.e] = time.Unix(0, d.unix).UTC()
		}
	}
	return c
}

// at is the entry's time, or the last one before it in its stream.
func (c *chronicle) at(e *diagnose.Entry) time.Time {
	if e.Time.IsZero() {
		return c.took[e]
	}
	return e.Time
}

func (c *chronicle) before(a, b *diagnose.Entry) bool { return c.rank[a] < c.rank[b] }
