package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"diagnose"
	"diagnose/correlate"
	"diagnose/filter"
	"diagnose/parser"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
	"diagnose/verdict"
)

// engine joins the rooms: it takes streams to a verdict.
type engine struct {
	base    *rules.Base
	parser  *parser.Parser
	streams []*source.Stream
	clock   clock
	workers int
	long    bool   // there may be much to read
	case_   string // narrow the verdict to this case
	window  window // narrow it to this time

	near     *nearby // what nearly matches, for explanations; nil otherwise
	cost     *costs  // what rules cost, for rules cost; nil otherwise
	keepers  []*keeper
	sought   places // of the first pass
	stats    []source.Stats
	lines    []int64
	said     []int64          // the last line of each stream that is not blank; nil of logs that are followed
	spans    [][]span         // of the first pass, for each stream
	wholly   []bool           // streams that the second pass read whole
	coloured []atomic.Bool    // streams in which the first pass saw escape sequences
	worded   []atomic.Bool    // streams that may end in a program's last words
	problems []source.Problem // of opening
	notes    []diagnose.Quality
	findings []*diagnose.Finding // of the last judgement
	reasons  []*rules.Hit        // of the rules that read the log's own words
	whole    []*diagnose.Entry   // entries of the case asked for
}

// window is a stretch of log time; a zero end is open.
type window struct{ since, until time.Time }

func (w window) holds(t time.Time) bool {
	if t.IsZero() {
		return true
	}
	return (w.since.IsZero() || !t.Before(w.since)) && (w.until.IsZero() || !t.After(w.until))
}

// Streams of up to smallStream bytes are parsed whole in the second pass: every
// boundary, outcome and oddly shaped failure in them is seen. In longer ones the
// second pass stops only at the ids of the cases that hit.
const smallStream = 4 << 20

// idRounds bounds how often newly learnt ids are sought.
const idRounds = 3

// maxIDs bounds the ids that a second pass seeks.
const maxIDs = 4096

func newEngine(base *rules.Base, streams []*source.Stream) *engine {
	e := &engine{base: base, parser: parser.New(), streams: streams, workers: runtime.GOMAXPROCS(0)}
	for range streams {
		e.keepers = append(e.keepers, newKeeper())
	}
	e.wholly = make([]bool, len(streams))
	e.coloured = make([]atomic.Bool, len(streams))
	e.worded = make([]atomic.Bool, len(streams))
	return e
}

// diagnose runs every phase. The error is the context's, or the rule base's.
func (e *engine) diagnose(ctx context.Context) (*diagnose.Verdict, error) {
	if err := e.firstPass(ctx); err != nil {
		return nil, err
	}
	if err := e.secondPass(ctx); err != nil {
		return nil, err
	}
	if err := e.casePass(ctx); err != nil {
		return nil, err
	}
	v := e.judge()
	if v.Kind == diagnose.VerdictCause {
		e.readCauses(v)
		return v, nil
	}
	found, err := e.wordPass(ctx)
	if err != nil {
		return v, err
	}
	if found {
		if err := e.secondPass(ctx); err != nil {
			return nil, err
		}
		v = e.judge()
	}
	if v.Kind == diagnose.VerdictClean && e.lastWords(ctx) {
		v = e.judge()
	}
	e.readCauses(v)
	around := func(at *diagnose.Entry) verdict.Around { return e.around(ctx, at) }
	if v.Stated = verdict.Stated(v, around, func(ev *diagnose.Evidence) bool { return e.reads(ev.Entry, ev.Text()) }); v.Stated != nil {
		for _, ev := range append([]diagnose.Evidence{*v.Stated}, verdict.Below(v.Stated)...) {
			if reason, h := readWords(e.base, ev, ev.Text()); h != nil {
				v.Stated, v.Reason = &ev, reason
				e.reasons = append(e.reasons, h)
				break
			}
		}
	}
	return v, nil
}

// readCauses tells what kind of reason the words are that causes in general words quote.
func (e *engine) readCauses(v *diagnose.Verdict) {
	for _, c := range v.Causes[:min(len(v.Causes), maxRead)] {
		if h := readQuoted(e.base, c); h != nil {
			e.reasons = append(e.reasons, h)
		}
	}
}

// maxRead bounds the causes whose words are read, which takes a millisecond each; the text
// of the answer shows fewer.
const maxRead = 50

// readQuoted tells what kind of reason the words are that a cause quotes, if it does. It
// returns the match of the rule that knows the kind, nil for none.
func readQuoted(base *rules.Base, c *diagnose.Cause) (h *rules.Hit) {
	if words := c.Captures[c.Rule.Reads]; words != "" {
		c.Reason, h = readWords(base, c.Evidence[0], words)
	}
	return h
}

// readWords returns what a rule of role reason makes of words that stand in an entry, and
// its match; nil for none.
func readWords(base *rules.Base, ev diagnose.Evidence, words string) (*diagnose.Cause, *rules.Hit) {
	h := base.Reason(ev.Entry, verdict.ErrorIn(words))
	if h == nil {
		h = base.Reason(ev.Entry, words)
	}
	if h == nil {
		return nil, nil
	}
	return &diagnose.Cause{Rule: &h.Rule.Rule, Captures: h.Captures, Evidence: []diagnose.Evidence{ev}}, h
}

// firstPass stops at every literal of the rules and every mark of trouble.
func (e *engine) firstPass(ctx context.Context) error {
	f, err := e.filter(e.sample(ctx))
	if err != nil {
		return err
	}
	e.sought = placesFrom(f)
	if e.long {
		// Blocks are pooled and little else lives long: collecting more often costs
		// less than the memory it saves.
		debug.SetGCPercent(50)
	}
	p := e.newPass(e.streams)
	p.work = func(i int, r *reader) []found {
		if r.b.To == len(r.b.Text) && e.endsInWords(r) { // nothing comes after it
			e.worded[i].Store(true)
		}
		return e.matchBlock(e.sought, i, r)
	}
	p.deliver = func(i int, f found) { e.keepers[i].add(f) }
	p.dated = &e.clock
	err = p.run(ctx)
	e.stats, e.lines, e.said = p.stats, p.lines, p.said
	for i := range p.orders {
		e.spans = append(e.spans, p.orders[i].spans)
	}
	return err
}

// unsampled is the filter for short logs of the rule base that was used last:
// making one takes longer than reading such a log, and `rules test` reads
// thousands with one base.
var unsampled struct {
	sync.Mutex
	base   *rules.Base
	filter *filter.Filter
}

// filter makes the one that looks for rules and trouble in text like the sample.
func (e *engine) filter(sample []byte) (*filter.Filter, error) {
	if sample != nil {
		return filter.New(withMarks(e.literals()), sample)
	}
	unsampled.Lock()
	defer unsampled.Unlock()
	if unsampled.base == e.base {
		return unsampled.filter, nil
	}
	f, err := filter.New(withMarks(e.literals()), nil)
	if err == nil {
		unsampled.base, unsampled.filter = e.base, f
	}
	return f, err
}

// literals are those of the rules, then the marks of trouble.
func (e *engine) literals() [][]byte {
	marks := e.parser.Marks()
	literals := slices.Concat(e.base.Literals(), make([][]byte, len(marks)))
	for i, m := range marks {
		literals[len(literals)-len(marks)+i] = []byte(m)
	}
	return literals
}

func (e *engine) newPass(streams []*source.Stream) *pass {
	return &pass{parser: e.parser, streams: streams, workers: e.workers}
}

// sampleSize is how much text the filter learns its windows from, and
// sampleAt where it is taken: behind what a service prints at its start, and not
// so far that a compressed stream would be decoded for it.
const (
	sampleSize = 256 << 10
	sampleAt   = 1 << 20
)

// sample takes a piece of the first long file; the guard learns the rest under
// way. A pipe cannot be read ahead of.
func (e *engine) sample(ctx context.Context) []byte {
	for _, s := range e.streams {
		if s.Size > sampleSize {
			text, err := s.ReadAt(ctx, min(s.Size/2, sampleAt), sampleSize)
			if err == nil {
				return text
			}
		}
	}
	return nil
}

// place is where a literal stands in a block.
type place struct{ pos, literal int }

// taken stands for the literal of a place whose entry was read already.
const taken = -1

// matchBlock parses the entries around literals and keeps those that matter.
func (e *engine) matchBlock(sought places, stream int, r *reader) []found {
	b := r.b
	coloured := isColoured(b.Text[b.From:b.To])
	if coloured {
		e.coloured[stream].Store(true)
	}
	defer e.cost.hold()()
	began := e.cost.now()
	places := sought.in(b.Text, b.From, b.To, coloured)
	e.cost.scanned(began, places)
	if len(places) == 0 {
		return nil
	}
	var out []found
	var literals []int
	for i := range places {
		if places[i].literal == taken {
			continue
		}
		began := e.cost.now()
		span := r.finder.Span(places[i].pos)
		literals = literals[:0]
		for k := i; k < len(places) && places[k].pos < span.End; k++ {
			if span.Holds(places[k].pos) {
				literals = append(literals, places[k].literal)
				places[k].literal = taken
			}
		}
		if span.Start < b.From || span.End > b.To {
			literals = literals[:0]
			for _, p := range sought.in(b.Text, span.Start, span.End, true) {
				if span.Holds(p.pos) {
					literals = append(literals, p.literal)
				}
			}
		}
		entry := r.entry(span, e.clock)
		e.cost.parsed(began, literals)
		own := e.ruleLiterals(literals)
		hits, near := e.base.Match(entry, own), e.near.see(e.base, entry, own)
		if len(hits) > 0 || near || entry.Trouble || entry.Outcome != diagnose.OutcomeUnknown || entry.InnerCut > 0 {
			out = append(out, found{entry, hits})
		}
	}
	return out
}

// ruleLiterals leaves out the marks, which no rule owns.
func (e *engine) ruleLiterals(literals []int) []int {
	n := len(e.base.Literals())
	return slices.DeleteFunc(literals, func(i int) bool { return i >= n })
}

// secondPass reads small streams whole, and in large ones seeks the ids of the
// cases that hit, with their aliases, for up to idRounds rounds.
func (e *engine) secondPass(ctx context.Context) error {
	if !e.anything() {
		return nil
	}
	var small, large []int
	for i, s := range e.streams {
		switch err := s.Again(); {
		case e.stats[i].Bytes == 0 || e.wholly[i]:
		case err != nil:
			e.notes = append(e.notes, diagnose.Quality{Place: s.Name, Text: "could not be read a second time: cases may lack entries (" + err.Error() + ")", Weighs: true})
		case e.stats[i].Bytes <= smallStream:
			small = append(small, i)
		default:
			large = append(large, i)
		}
	}
	if err := e.readWhole(ctx, small); err != nil {
		return err
	}
	return e.seekIDs(ctx, large)
}

// anything reports whether the first pass found more than outcomes.
func (e *engine) anything() bool {
	for _, k := range e.keepers {
		if len(k.hits) > 0 || len(k.trouble) > 0 {
			return true
		}
	}
	return e.case_ != ""
}

func (e *engine) pick(indices []int) []*source.Stream {
	var out []*source.Stream
	for _, i := range indices {
		out = append(out, e.streams[i])
	}
	return out
}

func (e *engine) readWhole(ctx context.Context, indices []int) error {
	if len(indices) == 0 {
		return nil
	}
	for _, i := range indices {
		e.wholly[i] = true
		// Every entry is seen again, with more trouble among them than marks show.
		e.keepers[i].trouble = map[string]*capped[*diagnose.Entry]{}
	}
	p := e.newPass(e.pick(indices))
	dropped := make([]atomic.Int64, len(indices))
	p.work = func(i int, r *reader) []found {
		var out []found
		plain := 0
		r.all(e.clock, func(entry *diagnose.Entry) {
			if isPlain(entry) && !entry.Trouble {
				if plain++; plain > maxPlain {
					dropped[i].Add(1)
					return
				}
			}
			if !entry.Trouble {
				entry = light(entry)
			}
			out = append(out, found{entry: entry})
		})
		return out
	}
	p.deliver = func(i int, f found) {
		k := e.keepers[indices[i]]
		if f.entry.Trouble {
			k.addTrouble(f.entry)
			f.entry = light(f.entry)
		}
		k.addOther(f.entry)
	}
	err := p.run(ctx)
	for i := range dropped {
		e.keepers[indices[i]].lostOther += dropped[i].Load()
	}
	return err
}

// seekIDs collects the entries of the cases that hit in long streams.
func (e *engine) seekIDs(ctx context.Context, indices []int) error {
	if len(indices) == 0 {
		return nil
	}
	wanted := map[diagnose.ID]bool{}
	fresh := e.learn(wanted)
	for round := 0; round < idRounds && len(fresh) > 0; round++ {
		if err := e.seek(ctx, indices, fresh, wanted); err != nil {
			return err
		}
		fresh = e.learn(wanted)
	}
	return nil
}

// learn adds the ids by which to seek the cases of everything kept to wanted, up
// to maxIDs, and returns the new ones in order.
func (e *engine) learn(wanted map[diagnose.ID]bool) []diagnose.ID {
	first := len(wanted) == 0
	var fresh []diagnose.ID
	lost := 0
	var c collected
	for _, k := range e.keepers {
		k.collect(&c)
	}
	for _, entry := range c.entries {
		if !first && slices.ContainsFunc(entry.IDs, func(id diagnose.ID) bool { return wanted[id] && wholeCase(id) }) {
			continue
		}
		for _, id := range seekable(entry, len(wanted) < fewIDs) {
			switch {
			case wanted[id]:
			case len(wanted) >= maxIDs:
				lost++
			default:
				wanted[id] = true
				fresh = append(fresh, id)
			}
		}
	}
	if lost > 0 && !slices.ContainsFunc(e.notes, func(q diagnose.Quality) bool { return q.Text == manyIDs }) {
		e.notes = append(e.notes, diagnose.Quality{Text: manyIDs})
	}
	return fresh
}

// wholeCase reports whether all entries of a case bear such an id, so that its
// other ids need not be sought.
func wholeCase(id diagnose.ID) bool {
	return id.Kind == diagnose.KindJob || id.Kind == diagnose.KindLogID
}

// fewIDs is how many ids are sought with everything that could name their case.
// Beyond it one id an entry must do: job numbers share their digits with every
// other line's, which slows the filter.
const fewIDs = 64

// seekable returns the strong ids of the entry that are worth seeking.
func seekable(entry *diagnose.Entry, all bool) []diagnose.ID {
	var strong []diagnose.ID
	for _, id := range entry.IDs {
		if id.Kind.Strong() {
			strong = append(strong, id)
		}
	}
	if all || len(strong) < 2 {
		return strong
	}
	for _, kind := range []diagnose.IDKind{diagnose.KindLogID, diagnose.KindJob, diagnose.KindSeq} {
		for i, id := range strong {
			if id.Kind == kind {
				return strong[i : i+1]
			}
		}
	}
	return strong
}

var manyIDs = fmt.Sprintf("more than %d ids belong to cases with trouble: the entries of the rest were not collected", maxIDs)

func (e *engine) seek(ctx context.Context, indices []int, ids []diagnose.ID, wanted map[diagnose.ID]bool) error {
	var literals [][]byte
	for _, id := range ids {
		for _, s := range parser.Spell(id) {
			if len(s) >= filter.MinLen {
				literals = append(literals, []byte(s))
			}
		}
	}
	if len(literals) == 0 {
		return nil
	}
	sought, err := e.sought.of(literals)
	if err != nil {
		return err
	}
	p := e.newPass(e.pick(indices))
	p.uncounted = true
	p.work = func(i int, r *reader) []found { return e.seekBlock(sought, wanted, indices[i], r) }
	p.deliver = func(i int, f found) { e.keepers[indices[i]].addMember(f.entry) }
	return p.run(ctx)
}

func (e *engine) seekBlock(sought places, wanted map[diagnose.ID]bool, stream int, r *reader) []found {
	return e.entriesAt(sought, stream, r, func(entry *diagnose.Entry) bool {
		return slices.ContainsFunc(entry.IDs, func(id diagnose.ID) bool { return wanted[id] })
	})
}

// entriesAt returns the entries around literals that keep wants, each once.
func (e *engine) entriesAt(sought places, stream int, r *reader, keep func(*diagnose.Entry) bool) []found {
	var out []found
	done := -1
	apart := map[int]bool{} // the beginnings of entries in several pieces
	for _, p := range sought.in(r.b.Text, r.b.From, r.b.To, e.coloured[stream].Load()) {
		if p.pos < done {
			continue
		}
		span := r.finder.Span(p.pos)
		if len(span.Gaps) == 0 {
			done = span.End
		} else if apart[span.Start] {
			continue
		} else {
			apart[span.Start] = true
		}
		if entry := r.entry(span, e.clock); keep(entry) {
			out = append(out, found{entry: entry})
		}
	}
	return out
}

// words are what trouble looks like when no mark shows it; sought only where no
// cause was found, since short words slow the filter.
var words = []string{"error", "fatal", "failed", "failure", "refused", "denied", "timed out", "timeout", "panic", "unable to", "cannot ", "can't ", "no such", "not found", "invalid", "must be ", "not allowed", "not permitted", "too many ", "illegal ", "unrecognized", "unknown option", " is busy", "resource busy", "exception: ", "exit code", "exit status", "non-zero", "非零", "错误", "失败", "异常", "拒绝", "超时"}

// wordPass looks for all trouble, with and without marks, in streams that were not read
// whole: short ones it reads so now, as many as make smallStream, and in the others it
// stops at words. It reports whether there is any.
func (e *engine) wordPass(ctx context.Context) (bool, error) {
	var short, rest []int
	budget := int64(smallStream)
	for i, s := range e.streams {
		switch n := e.stats[i].Bytes; {
		case n == 0 || e.wholly[i] || s.Again() != nil:
		case n <= budget:
			budget -= n
			short = append(short, i)
		default:
			rest = append(rest, i)
		}
	}
	if err := e.readWhole(ctx, short); err != nil {
		return false, err
	}
	trouble := slices.ContainsFunc(short, func(i int) bool { return len(e.keepers[i].trouble) > 0 })
	if len(rest) == 0 {
		return trouble, nil
	}
	var literals [][]byte
	for _, w := range slices.Concat(words, e.parser.Marks()) {
		literals = append(literals, []byte(w))
	}
	for _, i := range rest {
		e.keepers[i].trouble = map[string]*capped[*diagnose.Entry]{}
	}
	sought, err := e.sought.of(literals)
	if err != nil {
		return false, err
	}
	p := e.newPass(e.pick(rest))
	p.work = func(i int, r *reader) []found {
		return e.entriesAt(sought, rest[i], r, func(entry *diagnose.Entry) bool { return entry.Trouble || entry.Outcome == diagnose.OutcomeFailed })
	}
	hit := make([]bool, len(rest))
	p.deliver = func(i int, f found) {
		hit[i] = true
		if f.entry.Trouble {
			e.keepers[rest[i]].addTrouble(f.entry)
		}
	}
	err = p.run(ctx)
	return trouble || slices.Contains(hit, true), err
}

// judge ties cases, evaluates rules and makes the verdict of what is kept.
func (e *engine) judge() *diagnose.Verdict {
	var c collected
	for _, k := range e.keepers {
		k.collect(&c)
	}
	return e.judgeOf(&c)
}

func (e *engine) judgeOf(c *collected) *diagnose.Verdict {
	e.clock.settle(e.streams, c.entries)
	correlate.Ignore(c.entries)
	c.trouble = slices.DeleteFunc(c.trouble, func(t *verdict.Trouble) bool { return t.Entry.Ignored })
	tied := correlate.Tie(c.entries)
	order := newChronicle(c.entries)
	sort.SliceStable(c.hits, func(i, j int) bool { return order.before(c.hits[i].Entry, c.hits[j].Entry) })
	sort.SliceStable(c.trouble, func(i, j int) bool { return order.before(c.trouble[i].Entry, c.trouble[j].Entry) })
	all := e.chronologies(c.entries)
	scene := e.scene(c, tied, order, all)
	findings, dropped, past := rules.Evaluate(c.hits, scene)
	e.findings = findings
	v := verdict.Judge(verdict.Input{
		Findings: findings, Trouble: c.trouble, Candidates: e.base.Candidates, CaseOf: tied.Case, Past: past.Trouble, Again: past.Finding,
		Title:  func(r *diagnose.Rule, captures map[string]string) string { return report.Title(r, captures, "en") },
		Before: order.before,
	})
	e.narrow(v, tied, order.at)
	if w := e.window; !scene.First.IsZero() && (w.since.After(scene.Last) || !w.until.IsZero() && w.until.Before(scene.First)) {
		e.notes = append(e.notes, diagnose.Quality{Text: fmt.Sprintf("no entry lies between --since and --until: the logs go from %s to %s",
			scene.First.Format(time.DateTime), scene.Last.Format(time.DateTime)), Weighs: true})
	}
	e.dataQuality(v, all, order.at)
	v.Quality = append(v.Quality, e.clock.orderNotes(v, order.at)...)
	e.quality(v, dropped)
	e.totals(v, c, tied)
	return v
}

// cut returns the streams that were not read to their ends.
func (e *engine) cut() map[string]bool {
	cut := map[string]bool{}
	for i, s := range e.streams {
		if i < len(e.stats) && slices.ContainsFunc(e.stats[i].Problems, func(p source.Problem) bool { return p.Grade >= source.Partial }) {
			cut[s.Name] = true
		}
	}
	return cut
}
