package main

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"diagnose"
	"diagnose/parser"
	"diagnose/rules"
	"diagnose/source"
)

// found is an entry that a pass over a stream stopped at.
type found struct {
	entry *diagnose.Entry // Offset set; Line relative to the block's core until it is delivered
	hits  []*rules.Hit
}

// blockWork looks at one block, on any goroutine. r reads entries in it.
type blockWork func(stream int, r *reader) []found

// delivery takes what was found in a stream, in order, one goroutine at a time
// for each stream.
type delivery func(stream int, f found)

// pass runs work over the blocks of streams on as many goroutines as there are
// workers and delivers what it finds in line order inside each stream.
type pass struct {
	streams []*source.Stream
	parser  *parser.Parser
	workers int
	work    blockWork
	deliver delivery
	// uncounted leaves out line numbers, for entries whose place is known or not
	// asked for.
	uncounted bool
	// dated asks for the spans of time that the blocks cover.
	dated *clock

	stats  []source.Stats
	lines  []int64
	said   []int64 // the last line of each stream that is not blank
	orders []order
}

// order puts the results of one stream's blocks into sequence again.
type order struct {
	mu      sync.Mutex
	next    int
	lines   int64
	said    int64 // the last line that is not blank
	last    int64 // offset of the entry delivered last
	pending map[int]blockResult
	held    []found // those that a later block may find an earlier entry than
	spans   []span
}

type blockResult struct {
	newlines int64
	said     int64 // the last of its lines that is not blank, from 1; 0 for none
	end      int64 // where the block's core ends in the stream
	found    []found
	span     span
}

type job struct {
	stream int
	block  *source.Block
}

// run reads all streams. A stream that cannot be read leaves its problem in
// stats; the rest goes on. The error is the context's.
func (p *pass) run(ctx context.Context) error {
	p.stats = make([]source.Stats, len(p.streams))
	p.lines = make([]int64, len(p.streams))
	p.said = make([]int64, len(p.streams))
	p.orders = make([]order, len(p.streams))
	for i := range p.orders {
		p.orders[i] = order{last: -1, pending: map[int]blockResult{}}
	}
	jobs := make(chan job, p.workers)
	var workers sync.WaitGroup
	for range p.workers {
		workers.Go(func() {
			for j := range jobs {
				p.block(j)
			}
		})
	}
	p.read(ctx, jobs)
	close(jobs)
	workers.Wait()
	for i := range p.orders {
		p.orders[i].release(math.MaxInt64, func(f found) { p.deliver(i, f) })
		p.lines[i], p.said[i] = p.orders[i].lines, p.orders[i].said
	}
	return ctx.Err()
}

// read hands out the blocks of the streams, several groups of them at a time.
func (p *pass) read(ctx context.Context, jobs chan<- job) {
	groups := source.Groups(p.streams)
	var next atomic.Int64
	var readers sync.WaitGroup
	for range min(p.workers, len(groups)) {
		readers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(groups) {
					return
				}
				p.readGroup(ctx, groups[i], jobs)
			}
		})
	}
	readers.Wait()
}

// readGroup hands out the blocks of streams that are read in one go.
func (p *pass) readGroup(ctx context.Context, group []int, jobs chan<- job) {
	streams := make([]*source.Stream, len(group))
	for k, i := range group {
		streams[k] = p.streams[i]
	}
	stats, err := source.Blocks(ctx, streams, func(k int, b *source.Block) error {
		jobs <- job{group[k], b}
		return nil
	})
	for k, i := range group {
		p.stats[i] = stats[k]
		if err != nil && len(stats[k].Problems) == 0 && ctx.Err() == nil {
			p.stats[i].Problems = []source.Problem{{Place: streams[k].Name, Grade: source.Partial, Reason: err.Error()}}
		}
	}
}

var newline = []byte{'\n'}

func (p *pass) block(j job) {
	b := j.block
	reader := newReader(p.parser, p.streams[j.stream], b)
	reader.uncounted = p.uncounted
	r := blockResult{found: p.work(j.stream, reader), end: b.Offset + int64(b.To)}
	if p.dated != nil {
		r.span = reader.span(*p.dated)
	}
	if !p.uncounted {
		r.newlines = int64(reader.lineOf(b.To))
		r.said = reader.said()
	}
	if n := b.To; n > 0 && b.Text[n-1] != '\n' && n == len(b.Text) {
		r.newlines++ // the last line of a stream may lack its newline
	}
	seq := b.Seq
	b.Release()
	p.orders[j.stream].add(seq, r, func(f found) { p.deliver(j.stream, f) })
}

// add delivers the results that are next in sequence. An entry that crosses
// blocks is found in each of them and delivered once. What ends a block may be in
// pieces, between which the next block finds others, so it is held back till then.
func (o *order) add(seq int, r blockResult, deliver func(found)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending[seq] = r
	for {
		r, ok := o.pending[o.next]
		if !ok {
			return
		}
		delete(o.pending, o.next)
		o.next++
		for _, f := range r.found {
			f.entry.Line += int(o.lines) + 1
			f.entry.EndLine += f.entry.Line
			o.held = append(o.held, f)
		}
		o.release(r.end-parser.MaxEntry, deliver)
		if !r.span.from.IsZero() {
			o.spans = append(o.spans, r.span)
		}
		if r.said > 0 {
			o.said = o.lines + r.said
		}
		o.lines += r.newlines
	}
}

// release delivers what is held and begins before the offset end, in order.
func (o *order) release(end int64, deliver func(found)) {
	slices.SortStableFunc(o.held, func(a, b found) int { return cmp.Compare(a.entry.Offset, b.entry.Offset) })
	n := 0
	for ; n < len(o.held) && o.held[n].entry.Offset < end; n++ {
		if f := o.held[n]; f.entry.Offset > o.last {
			o.last = f.entry.Offset
			deliver(f)
		}
	}
	o.held = slices.Delete(o.held, 0, n)
}

// reader makes entries of places in one block.
type reader struct {
	parser *parser.Parser
	stream *source.Stream
	b      *source.Block
	finder *parser.Finder

	uncounted bool

	at   int // a position whose line is known
	line int // its line, relative to the core's first
}

func newReader(p *parser.Parser, s *source.Stream, b *source.Block) *reader {
	return &reader{parser: p, stream: s, b: b, finder: p.Finder(parser.Window{Text: b.Text, Cuts: b.Cuts}), at: b.From}
}

// entry parses the entry that the finder gave.
func (r *reader) entry(span parser.Span, now clock) *diagnose.Entry {
	e := r.parser.Parse(span.Text(r.b.Text), now.reference(r.stream))
	e.Stream = r.stream.Name
	e.Offset = r.b.Offset + int64(span.Start)
	if len(span.Gaps) > 0 {
		r.apart(&e, span)
	}
	if !r.uncounted {
		e.Line = r.lineOf(span.Start)
	}
	return &e
}

// apart notes the lines of others between those of e.
func (r *reader) apart(e *diagnose.Entry, span parser.Span) {
	// The parser tells of lines that are parts of the one above them: of the entry's
	// lines as they stand in the log, those do not count.
	parts := e.Apart
	e.Apart = nil
	joined := 0
	own, from := 0, span.Start
	for _, g := range span.Gaps {
		own += bytes.Count(r.b.Text[from:g.From], newline)
		for len(parts) > 0 && parts[0].After+joined < own {
			e.Apart = append(e.Apart, parts[0])
			joined += parts[0].Lines
			parts = parts[1:]
		}
		lines := bytes.Count(r.b.Text[g.From:g.To], newline)
		e.Apart = append(e.Apart, diagnose.Apart{After: max(0, own-joined), Lines: lines})
		e.EndLine += lines
		from = g.To
	}
	e.Apart = append(e.Apart, parts...)
}

// lineOf counts newlines from the last place asked for, so that asking for
// ascending places and for the end counts each once.
func (r *reader) lineOf(pos int) int {
	if pos >= r.at {
		r.line += bytes.Count(r.b.Text[r.at:pos], newline)
	} else {
		r.line -= bytes.Count(r.b.Text[pos:r.at], newline)
	}
	r.at = pos
	return r.line
}

// said returns the last line of the block's core that is not blank, from 1.
func (r *reader) said() int64 {
	text := bytes.TrimRight(r.b.Text[:r.b.To], " \t\r\n")
	if len(text) <= r.b.From {
		return 0
	}
	return int64(r.lineOf(len(text))) + 1
}

// all calls f with every entry that begins in the block's core.
func (r *reader) all(now clock, f func(*diagnose.Entry)) {
	if r.b.From >= r.b.To {
		return
	}
	for pos := r.finder.First(r.b.From); pos < r.b.To; pos = r.finder.Next(pos) {
		f(r.entry(r.finder.Span(pos), now))
	}
}
