package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"diagnose"
	"diagnose/incident"
	"diagnose/parser"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// live is the engine over streams that grow. It reads the same entries as the batch
// engine and judges the same way, over what is still remembered: the entries with
// a hit, trouble or an outcome, and what ties the rest to cases.
type live struct {
	engine
	sought  places
	byName  map[string]*liveStream
	list    []*liveStream // in the order of e.streams, which is that of their names
	seq     int64         // number of the latest piece of text
	since   int64         // number of the first piece that is remembered; older evidence may be missing
	waiting []*liveStream // with text that was not read yet
	unread  int           // how much that is
	fresh   bool          // something was found since the last judgement
	well    bool          // a case went well since then, which can only take back
	skimmed int64         // bytes of which only the entries around literals were read

	mu       sync.Mutex         // of skimmed, fresh, well and remember while streams are read
	remember func(journalEntry) // told of each entry that is kept for a day; may be nil
}

// liveStream is one log that is followed, through its rotations.
type liveStream struct {
	name   string
	keeper *keeper
	stats  source.Stats
	lines  int64

	waits   bool  // for catchUp
	drained bool  // what was there at the start has come
	timely  bool  // and was read: what comes now is news, and must not fall behind
	seen    int64 // logical offset behind what was read last
	end     int64 // logical offset where an earlier run stopped
	base    int64 // what is added to an offset in the file: the length of its predecessors
	buf     []byte
	bufAt   int64   // logical offset of buf[0]
	bufLine int     // its line in the file
	open    []found // of buf, which may still change
	marks   []mark

	placed   []place // of buf, when placedTo is its length
	placedTo int
}

// mark says when the text from an offset on arrived.
type mark struct {
	offset int64 // logical
	seq    int64
	at     time.Time
}

// piece is text that was appended to a stream.
type piece struct {
	text   []byte // whole lines
	offset int64  // logical
	line   int    // of its first line in the file
	at     time.Time
}

func newLive(base *rules.Base, c clock) (*live, error) {
	l := &live{engine: *newEngine(base, nil), byName: map[string]*liveStream{}}
	l.clock = c
	f, err := l.filter(nil)
	if err != nil {
		return nil, err
	}
	l.sought = placesFrom(f)
	return l, nil
}

// stream returns the stream of the name, which begins now if it is new.
func (l *live) stream(name string, modTime time.Time) *liveStream {
	if s := l.byName[name]; s != nil {
		return s
	}
	s := &liveStream{name: name, keeper: newKeeper()}
	l.byName[name] = s
	at, _ := slices.BinarySearchFunc(l.list, name, func(s *liveStream, name string) int { return cmp.Compare(s.name, name) })
	l.list = slices.Insert(l.list, at, s)
	l.streams = slices.Insert(l.streams, at, source.Memory(name, "", modTime, source.Options{}))
	return s
}

// How much text at the end of a stream is read again when more comes: the entries
// in it may go on. More than maxOpen is never kept.
const (
	openText = 12 << 10 // where a line names its writer, which may go on behind others
	ahead    = 4 << 10  // elsewhere: as far as the parser looks ahead
	maxOpen  = parser.MaxEntry + openText
)

// feed reads what was appended to a stream.
func (l *live) feed(name string, p piece) {
	s := l.stream(name, p.at)
	l.seq++
	s.marks = append(s.marks, mark{p.offset, l.seq, p.at})
	if len(s.buf) == 0 || p.offset != s.bufAt+int64(len(s.buf)) {
		l.flush(s)
		s.bufAt, s.bufLine = p.offset, p.line
	}
	s.stats.Bytes += int64(len(p.text))
	s.lines += int64(bytes.Count(p.text, newline))
	s.buf = append(s.buf, p.text...)
	l.unread += len(p.text)
	s.drained = s.drained || len(p.text) < bulk
	if !s.waits {
		s.waits = true
		l.waiting = append(l.waiting, s)
	}
	if l.unread > maxUnread {
		l.catchUp()
	}
}

// maxUnread is how much text waits for what comes with it, since the open end of a
// stream is looked at again each time; together. Where more comes before it is
// judged, it comes faster than all of it can be parsed.
const maxUnread = 8 << 20

// each calls f with 0 to n-1, on all cores.
func (l *live) each(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(l.workers, n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	workers.Wait()
}

// bulk is how long a piece of text is at least that is followed by more which was
// there before: follow hands out 1 MiB at a time.
const bulk = 512 << 10

// readTroubled reads those of the waiting streams to which text with a literal came: what
// decides a verdict is in these. The others only tie entries to cases, and can wait
// until it is told.
func (l *live) readTroubled() {
	waiting := l.waitingNow()
	l.each(len(waiting), func(i int) {
		s := waiting[i]
		s.placed, s.placedTo = l.places(&source.Block{Text: s.buf, To: len(s.buf), Offset: s.bufAt}), len(s.buf)
		if n := len(s.placed); n > 0 && s.bufAt+int64(s.placed[n-1].pos) >= s.seen-longLiteral {
			l.read(s, readMode{})
		}
	})
}

// longLiteral is how far before the end of what was read a literal may begin that goes on
// in what came since; there are longer ones, whose streams are read a moment later.
const longLiteral = 256

// waitingNow are the streams that wait, in the order of their names.
func (l *live) waitingNow() []*liveStream {
	l.waiting = slices.DeleteFunc(l.waiting, func(s *liveStream) bool { return !s.waits })
	slices.SortFunc(l.waiting, func(a, b *liveStream) int { return strings.Compare(a.name, b.name) })
	l.waiting = slices.Compact(l.waiting) // one that was read meanwhile may wait again
	return l.waiting
}

// catchUp reads what waits.
func (l *live) catchUp() {
	hurry := l.unread > maxUnread
	waiting := l.waitingNow()
	l.each(len(waiting), func(i int) {
		s := waiting[i]
		l.read(s, readMode{hurry: hurry && s.timely})
	})
	l.waiting, l.unread = l.waiting[:0], 0
}

// append reads text that stands at an offset of the file that a stream is read from
// now. Offsets go on through rotations.
func (l *live) append(name string, offset int64, line int, text []byte, now time.Time) {
	s := l.stream(name, now)
	if next := s.next(); offset+s.base != next {
		s.base = next - offset
	}
	l.feed(name, piece{text: text, offset: offset + s.base, line: line, at: now})
}

// endLine ends a line that the file of a stream left without its end.
func (l *live) endLine(name string) {
	s := l.byName[name]
	if s != nil && len(s.buf) > 0 && s.buf[len(s.buf)-1] != '\n' {
		s.buf = append(s.buf, '\n')
	}
}

// next is the offset behind everything that was read.
func (s *liveStream) next() int64 { return max(s.end, s.bufAt+int64(len(s.buf))) }

// resume goes on with a stream where an earlier run stopped.
func (l *live) resume(st streamState, saved time.Time) {
	s := l.stream(st.Name, saved)
	s.base, s.end = st.Base, st.Next
	s.stats.Bytes, s.lines, s.stats.Problems = st.Bytes, st.Lines, st.Problems
	s.buf, s.bufAt, s.bufLine = st.Open, st.Next-int64(len(st.Open)), st.OpenLine
	s.marks = append(s.marks, mark{s.bufAt, l.seq, saved})
	l.read(s, readMode{})
}

// remembered calls f with every entry that a journal needs, oldest first in each
// stream.
func (l *live) remembered(f func(journalEntry) error) error {
	for _, s := range l.list {
		var c collected
		s.keeper.collect(&c)
		for _, e := range c.entries {
			if e.Text == "" {
				continue
			}
			m := s.arrival(e.Offset)
			if err := f(journalEntry{Stream: s.name, Offset: e.Offset, Line: e.Line, Seq: m.seq, At: m.at, Text: e.Text}); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush reads the entries at the end of a stream as they stand: what follows
// does not continue them.
func (l *live) flush(s *liveStream) {
	if len(s.buf) > 0 {
		l.read(s, readMode{all: true})
	}
}

// readMode is how the text that a stream keeps is read.
type readMode struct {
	all   bool // the entries at its end as they stand
	hurry bool // only the entries around literals
}

// read makes entries of the text that was kept. Those that can still change stay.
// Several streams are read at a time: what they share is behind l.mu.
func (l *live) read(s *liveStream, how readMode) {
	b := &source.Block{Text: s.buf, To: len(s.buf), Offset: s.bufAt}
	places := s.placed
	if s.placedTo != len(s.buf) {
		places = l.places(b)
	}
	s.placed, s.placedTo = nil, 0
	x := liveRead{live: l, s: s, r: newReader(l.parser, l.streamOf(s), b), places: places, known: s.open, how: how, keep: -1, hold: len(s.buf) - openText}
	if how.all {
		x.hold = len(s.buf)
	}
	s.open, s.waits, s.timely = nil, false, s.drained
	if x.hold > 0 && (how.hurry || s.stats.Bytes > smallStream && len(s.buf) > backlog) {
		b.From = x.sparse()
	}
	x.every()
	l.mu.Lock()
	l.skimmed += int64(b.From)
	l.mu.Unlock()
	if x.keep < 0 {
		x.keep = len(s.buf)
	}
	s.seen = s.bufAt + int64(len(s.buf))
	s.bufLine += bytes.Count(s.buf[:x.keep], newline)
	s.bufAt += int64(x.keep)
	s.buf = append(s.buf[:0], s.buf[x.keep:]...)
}

// backlog is how much text at once is too much to parse all of it: as in the first
// pass of the batch, only the entries around literals are read then.
const backlog = 256 << 10

// liveRead is one reading of the text that a stream keeps.
type liveRead struct {
	live   *live
	s      *liveStream
	r      *reader
	places []place
	next   int     // of places
	known  []found // entries that were read before, some of which go on
	how    readMode
	hold   int // entries that end behind it may go on
	keep   int // where the first that stays begins, -1 for none
}

// sparse reads the entries around literals that end before hold, and returns where
// the rest begins.
func (x *liveRead) sparse() int {
	from := 0
	apart := map[int]bool{} // the beginnings of entries in several pieces
	for x.next < len(x.places) {
		span := x.r.finder.Span(x.places[x.next].pos)
		if span.End > x.hold {
			break
		}
		if apart[span.Start] {
			x.next++
			continue
		}
		if len(span.Gaps) > 0 {
			apart[span.Start] = true
		}
		if f := x.found(span); f.matters() {
			x.live.settle(x.s, f)
			x.live.news(f)
		}
		from = max(from, span.End)
	}
	if start, _ := x.r.finder.Bounds(x.hold); start > from {
		from = start
	}
	return from
}

// every reads all entries from where the block's core begins; in a hurry it passes
// over those without a literal.
func (x *liveRead) every() {
	// Entries in several pieces wait until it is known where what stays begins: no
	// piece of them may.
	var waiting []read
	finder := x.r.finder
	for pos := finder.First(x.r.b.From); pos < x.r.b.To; pos = finder.Next(pos) {
		for x.next < len(x.places) && x.places[x.next].pos < pos {
			x.next++
		}
		if x.keep < 0 && !slices.ContainsFunc(waiting, func(w read) bool { return w.end > pos }) {
			x.settle(waiting)
			waiting = waiting[:0]
		}
		span := finder.Span(pos)
		last := span.End == len(x.s.buf) && !x.how.all
		open := span.End > x.hold && (span.End > len(x.s.buf)-ahead && !x.how.all || finder.NamesWriter(pos))
		if x.keep < 0 && (last || open) && len(x.s.buf)-pos <= maxOpen {
			x.keep = pos
		}
		if x.how.hurry && (x.next == len(x.places) || x.places[x.next].pos >= span.End) {
			continue
		}
		one := read{found: x.found(span), start: span.Start, end: span.End}
		if one.found.matters() && x.s.bufAt+int64(span.End) > x.s.seen {
			x.live.news(one.found)
		}
		if x.keep < 0 && len(span.Gaps) == 0 && len(waiting) == 0 {
			x.live.settle(x.s, one.found)
			continue
		}
		waiting = append(waiting, one)
	}
	for i := len(waiting) - 1; i >= 0 && x.keep >= 0; i-- {
		if w := waiting[i]; w.start < x.keep && w.end > x.keep && len(x.s.buf)-w.start <= maxOpen {
			x.keep = w.start
		}
	}
	for _, w := range waiting {
		if x.keep >= 0 && w.start >= x.keep {
			x.s.open = append(x.s.open, w.found)
		} else {
			x.live.settle(x.s, w.found)
		}
	}
}

// read is an entry of the text that a stream keeps.
type read struct {
	found      found
	start, end int
}

func (x *liveRead) settle(list []read) {
	for _, w := range list {
		x.live.settle(x.s, w.found)
	}
}

func (x *liveRead) found(span parser.Span) found {
	here := x.literals(span)
	if f, ok := x.unchanged(span); ok {
		return f
	}
	e := x.r.entry(span, x.live.clock)
	e.Line += x.s.bufLine
	e.EndLine += e.Line
	return found{entry: e, hits: x.live.base.Match(e, x.live.ruleLiterals(here))}
}

// unchanged returns the entry of the span as it was read before, if nothing was
// added to it since.
func (x *liveRead) unchanged(span parser.Span) (found, bool) {
	at := x.s.bufAt + int64(span.Start)
	for len(x.known) > 0 && x.known[0].entry.Offset < at {
		x.known = x.known[1:]
	}
	if len(x.known) == 0 || len(span.Gaps) > 0 {
		return found{}, false
	}
	f := x.known[0]
	return f, f.entry.Offset == at && f.entry.Size == span.End-span.Start && len(f.entry.Apart) == 0
}

// literals are those in the entry's own lines. Places between its pieces are others'.
func (x *liveRead) literals(span parser.Span) []int {
	var here []int
	for i := x.next; i < len(x.places) && x.places[i].pos < span.End; i++ {
		if span.Holds(x.places[i].pos) {
			here = append(here, x.places[i].literal)
		}
	}
	for len(span.Gaps) == 0 && x.next < len(x.places) && x.places[x.next].pos < span.End {
		x.next++
	}
	return here
}

func (l *live) streamOf(s *liveStream) *source.Stream {
	i, _ := slices.BinarySearchFunc(l.list, s.name, func(s *liveStream, name string) int { return cmp.Compare(s.name, name) })
	return l.streams[i]
}

// scanPiece is how much of a long text one goroutine looks through at a time.
const scanPiece = 512 << 10

// places finds the literals in a block, of a backlog on several cores.
func (l *live) places(b *source.Block) []place {
	scan := func(from, to int) []place { return l.sought.in(b.Text, from, to, true) }
	n := (b.To - b.From + scanPiece - 1) / scanPiece
	if n < 2 {
		return scan(b.From, b.To)
	}
	pieces := make([][]place, n)
	l.each(n, func(i int) {
		from := b.From + i*scanPiece
		pieces[i] = scan(from, min(from+scanPiece, b.To))
	})
	return slices.Concat(pieces...)
}

// matters reports whether an entry is kept for a verdict.
func (f found) matters() bool {
	return len(f.hits) > 0 || f.entry.Trouble || f.entry.Outcome != diagnose.OutcomeUnknown
}

// news notes that an entry matters that was not there at the last judgement.
func (l *live) news(f found) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(f.hits) == 0 && !f.entry.Trouble && f.entry.Outcome == diagnose.OutcomeSucceeded {
		l.well = true
	} else {
		l.fresh = true
	}
}

// settle remembers an entry that will not change any more.
func (l *live) settle(s *liveStream, f found) {
	e := f.entry
	if !f.matters() {
		*e = *light(e)
		l.tie(s, e)
		return
	}
	if s.keeper.add(f) && l.remember != nil {
		m := s.arrival(e.Offset)
		l.mu.Lock()
		l.remember(journalEntry{Stream: s.name, Offset: e.Offset, Line: e.Line, Seq: m.seq, At: m.at, Text: e.Text})
		l.mu.Unlock()
	}
	l.tie(s, light(e))
}

// tie keeps what cases are made of, an entry without its text.
func (l *live) tie(s *liveStream, e *diagnose.Entry) {
	k := s.keeper
	k.other = append(k.other, e)
	limit := l.lightLimit()
	if len(k.other) <= limit {
		return
	}
	k.other = slices.Clip(sparser(k.other))
	if n := len(k.other) - limit/2; n > 0 {
		k.other = slices.Clone(k.other[n:])
	}
}

// sparser leaves out entries that neither tie nor end nor part a case, but for one a
// minute: that a stream was not silent is all they tell.
func sparser(entries []*diagnose.Entry) []*diagnose.Entry {
	var kept []*diagnose.Entry
	var last time.Time
	for _, e := range entries {
		strong := slices.ContainsFunc(e.IDs, func(id diagnose.ID) bool { return id.Kind.Strong() })
		if !strong && !e.Boundary && !e.Step && !e.Detached && !e.Ignored && e.Outcome == diagnose.OutcomeUnknown {
			if e.Time.IsZero() || e.Time.Sub(last) < time.Minute && !e.Time.Before(last) {
				continue
			}
			last = e.Time
		}
		kept = append(kept, e)
	}
	return kept
}

// maxLights bounds the entries of all streams that are remembered only for their
// ids: about half a kilobyte each.
const maxLights = 20_000

// lightLimit bounds the entries that are remembered only for their ids, together
// and for each stream.
func (l *live) lightLimit() int {
	return max(64, min(20_000, maxLights/max(1, len(l.list))))
}

// restore takes an entry that an earlier run remembered.
func (l *live) restore(j journalEntry) {
	s := l.stream(j.Stream, j.At)
	if n := len(s.marks); n == 0 || s.marks[n-1].offset < j.Offset {
		s.marks = append(s.marks, mark{j.Offset, j.Seq, j.At})
	}
	text := []byte(j.Text)
	b := &source.Block{Text: text, To: len(text), Offset: j.Offset}
	f := found{entry: newReader(l.parser, l.streamOf(s), b).entry(parser.Span{End: len(text)}, l.clock)}
	f.entry.Line = j.Line
	f.entry.EndLine += j.Line
	var here []int
	for _, p := range l.places(b) {
		here = append(here, p.literal)
	}
	f.hits = l.base.Match(f.entry, l.ruleLiterals(here))
	s.keeper.add(f)
	l.fresh = true
}

// recall reads text that an earlier run has read: it ties entries to cases, and is
// no news.
func (l *live) recall(name string, p piece) {
	s := l.stream(name, p.at)
	b := &source.Block{Text: p.text, To: len(p.text), Offset: p.offset}
	newReader(l.parser, l.streamOf(s), b).all(l.clock, func(e *diagnose.Entry) {
		e.Line += p.line
		e.EndLine += e.Line
		l.tie(s, light(e))
	})
}

// use judges by other rules from now on: what is remembered is matched anew.
func (l *live) use(base *rules.Base) error {
	next, err := newLive(base, l.clock)
	if err != nil {
		return err
	}
	for _, s := range l.list {
		var c collected
		s.keeper.collect(&c)
		kept := newKeeper()
		kept.other, s.keeper = s.keeper.other, kept
		for _, e := range c.entries {
			if e.Text == "" {
				continue
			}
			text := []byte(e.Text)
			var here []int
			for _, p := range next.sought.in(text, 0, len(text), true) {
				here = append(here, p.literal)
			}
			if f := (found{entry: e, hits: base.Match(e, next.ruleLiterals(here))}); f.matters() {
				kept.add(f)
			}
		}
	}
	l.base, l.sought, l.fresh = base, next.sought, true
	for _, s := range l.list {
		s.open, s.placed, s.placedTo = nil, nil, 0 // its hits are those of the old rules
		l.read(s, readMode{})
	}
	return nil
}

// missed says that bytes of a stream were gone before they could be read: what is
// absent from it is unknown from now on.
func (l *live) missed(name string, reason string) {
	s := l.stream(name, time.Time{})
	l.flush(s)
	s.stats.Problems = append(s.stats.Problems, source.Problem{Place: name, Grade: source.Partial, Reason: reason})
	if n := len(s.stats.Problems) - maxProblems; n > 0 {
		s.stats.Problems = slices.Delete(s.stats.Problems, 0, n)
	}
}

// maxProblems bounds what is said of one stream.
const maxProblems = 16

// judgeNow is the verdict over everything that came.
func (l *live) judgeNow() *diagnose.Verdict {
	l.catchUp()
	return l.judgeRead()
}

// judgeRead is the verdict over everything that was read.
func (l *live) judgeRead() *diagnose.Verdict {
	l.fresh, l.well = false, false
	l.keepers, l.stats, l.lines, l.wholly = l.keepers[:0], l.stats[:0], l.lines[:0], l.wholly[:0]
	var c collected
	for _, s := range l.list {
		l.keepers = append(l.keepers, s.keeper)
		l.stats = append(l.stats, s.stats)
		l.lines = append(l.lines, s.lines)
		l.wholly = append(l.wholly, true)
		l.collect(s, &c)
	}
	return l.judgeOf(&c)
}

// collect adds what is remembered of a stream, and the entries that may change.
func (l *live) collect(s *liveStream, c *collected) {
	s.keeper.collect(c)
	open := newKeeper()
	for _, f := range s.open {
		if f.matters() {
			open.add(f)
		}
		open.other = append(open.other, f.entry)
	}
	open.collect(c)
}

// forget drops what arrived before a time: evidence of causes after a day, what
// only ties entries to cases after an hour.
func (l *live) forget(now time.Time) {
	for _, s := range l.list {
		evidence, ties := s.offsetAt(now.Add(-keepEvidence)), s.offsetAt(now.Add(-keepTies))
		s.keeper.forget(evidence, ties)
		if i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].offset >= evidence }); i > 1 {
			s.marks = slices.Delete(s.marks, 0, i-1)
		}
		if n := len(s.marks); n > maxMarks {
			s.marks = thin(s.marks)
		}
	}
}

// How long a watcher remembers.
const (
	keepEvidence = 24 * time.Hour
	keepTies     = time.Hour
	maxMarks     = 4096
)

// thin drops every other mark of the older half.
func thin(marks []mark) []mark {
	half := len(marks) / 2
	kept := marks[:0]
	for i, m := range marks {
		if i >= half || i%2 == 0 {
			kept = append(kept, m)
		}
	}
	return kept
}

// offsetAt returns the offset of the first text that arrived at t or later.
func (s *liveStream) offsetAt(t time.Time) int64 {
	i := sort.Search(len(s.marks), func(i int) bool { return !s.marks[i].at.Before(t) })
	if i == len(s.marks) {
		return s.bufAt
	}
	return s.marks[i].offset
}

// arrival returns the number and the time of the text that holds an offset.
func (s *liveStream) arrival(offset int64) mark {
	i := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].offset > offset })
	if i == 0 {
		return mark{}
	}
	return s.marks[i-1]
}

// observations turn the verdict into what the book of incidents takes.
func (l *live) observations(v *diagnose.Verdict, now time.Time, o watchRules, book *incident.Book) []incident.Observation {
	var out, explained []incident.Observation
	over := l.overOf()
	see := func(c *diagnose.Cause, settled bool) {
		title := report.Title(c.Rule, c.Captures, "en")
		ob := incident.Observation{Rule: c.Rule.ID, Title: title, Severity: string(c.Rule.Severity), Confidence: string(c.Rule.Confidence),
			Settled: settled, Over: over[[2]string{c.Rule.ID, title}], Quiet: l.base.Quiet(c.Rule.ID)}
		for _, x := range c.Cases {
			ob.Cases = append(ob.Cases, x.ID)
		}
		l.weigh(&ob, c.Evidence)
		if !ob.Settled {
			ob.Settled = l.ended(c) || now.Sub(l.newest(c.Evidence).at) >= o.settle
		}
		out = append(out, ob)
		for _, x := range c.Explains {
			known := incident.Observation{Rule: x.Rule.ID, Title: report.Title(x.Rule, x.Captures, "en"), By: title}
			l.weigh(&known, x.Evidence)
			explained = append(explained, known)
		}
	}
	for _, c := range v.Causes {
		see(c, c.Rule.Role == diagnose.RoleCause)
	}
	for _, c := range v.Symptoms {
		see(c, false)
	}
	if o.warnings {
		for _, c := range v.Warnings {
			see(c, false)
		}
	}
	named := map[string]bool{}
	for _, o := range out {
		named[incident.Fingerprint(o.Rule, o.Title)] = true
	}
	for _, o := range explained {
		// What follows from a cause in one case may stand without one in another.
		if fp := incident.Fingerprint(o.Rule, o.Title); !named[fp] {
			named[fp] = true
			out = append(out, o)
		}
	}
	return append(out, l.gone(named, now, book)...)
}

// watchRules say what is told, and when.
type watchRules struct {
	settle   time.Duration // how long a symptom waits for its cause
	warnings bool
}

// weigh counts evidence and finds its newest and its first.
func (l *live) weigh(o *incident.Observation, list []diagnose.Evidence) {
	for _, ev := range list {
		o.Count += 1 + ev.Dropped
	}
	o.Newest = l.newest(list).seq
	o.Place = func(since int64) string {
		first, at := "", int64(-1)
		for _, ev := range list {
			if m := l.byName[ev.Entry.Stream].arrival(ev.Entry.Offset); m.seq > since && (at < 0 || m.seq < at) {
				at, first = m.seq, fmt.Sprintf("%s:%d:%s", ev.Entry.Stream, ev.Entry.Offset, ev.Entry.Time)
			}
		}
		return first
	}
}

func (l *live) newest(list []diagnose.Evidence) mark {
	var newest mark
	for _, ev := range list {
		if m := l.byName[ev.Entry.Stream].arrival(ev.Entry.Offset); m.seq > newest.seq {
			newest = m
		}
	}
	return newest
}

// ended reports whether the log says of every case of a cause how it ended.
func (l *live) ended(c *diagnose.Cause) bool {
	for _, x := range c.Cases {
		if x.Outcome == diagnose.OutcomeUnknown {
			return false
		}
	}
	return len(c.Cases) > 0
}

// overOf says of every cause, by rule and title, whether each of its conditions has
// ended.
func (l *live) overOf() map[[2]string]bool {
	over := map[[2]string]bool{}
	for _, f := range l.findings {
		key := [2]string{f.Rule.ID, report.Title(f.Rule, f.Captures, "en")}
		known, ok := over[key]
		over[key] = f.Cleared && (known || !ok)
	}
	return over
}

// gone are the open incidents that the verdict does not name any more although
// their evidence is still remembered: the case went well in the end, the condition
// was cleared, or later lines named the cause better.
func (l *live) gone(named map[string]bool, now time.Time, book *incident.Book) []incident.Observation {
	var out []incident.Observation
	for _, fp := range slices.Sorted(maps.Keys(book.Open)) {
		in := book.Open[fp]
		if !named[fp] && in.Newest >= l.since && now.Sub(in.Seen) < keepEvidence {
			out = append(out, incident.Observation{Rule: in.Rule, Title: in.Title, Severity: in.Severity, Confidence: in.Confidence,
				Count: in.LastCount, Newest: in.Newest, Over: true, Why: "later lines of the log speak against it"})
		}
	}
	return out
}
