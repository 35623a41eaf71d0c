package parser

import (
	"bytes"
	"sort"
	"strings"

	"diagnose"
)

// Window is text of a stream in which entries are looked for. Text[0] begins a
// line or lies further than 2*MaxEntry before any place that is asked for. Cuts
// are the positions where a line longer than the source's bound was cut; a
// piece counts as a line.
type Window struct {
	Text []byte
	Cuts []int
}

// lineStart returns where the line that holds pos begins.
func (w *Window) lineStart(pos int) int {
	start := bytes.LastIndexByte(w.Text[:pos], '\n') + 1
	for i := len(w.Cuts) - 1; i >= 0; i-- {
		if w.Cuts[i] <= pos {
			return max(start, w.Cuts[i])
		}
	}
	return start
}

// lineEnd returns the position after the line that begins at start, its line
// end included.
func (w *Window) lineEnd(start int) int {
	end := len(w.Text)
	if i := bytes.IndexByte(w.Text[start:], '\n'); i >= 0 {
		end = start + i + 1
	}
	for _, c := range w.Cuts {
		if c > start && c < end {
			return c
		}
	}
	return end
}

// Span is where an entry stands: the lines in [Start, End) but for those in Gaps,
// which others wrote. Most entries have no gaps.
type Span struct {
	Start, End int
	Gaps       []Gap // ascending, inside the span; valid until the finder is asked again
}

// Gap is a run of lines inside an entry that are not its own.
type Gap struct{ From, To int }

// Text returns the entry's text: a part of window where it is in one piece, otherwise
// a copy of its pieces one after the other.
func (s Span) Text(window []byte) []byte {
	if len(s.Gaps) == 0 {
		return window[s.Start:s.End]
	}
	var text []byte
	from := s.Start
	for _, g := range s.Gaps {
		text = append(text, window[from:g.From]...)
		from = g.To
	}
	return append(text, window[from:s.End]...)
}

// Holds reports whether pos is in one of the entry's own lines.
func (s Span) Holds(pos int) bool {
	if pos < s.Start || pos >= s.End {
		return false
	}
	i := sort.Search(len(s.Gaps), func(i int) bool { return s.Gaps[i].To > pos })
	return i == len(s.Gaps) || pos < s.Gaps[i].From
}

// Between two lines that name one writer at most this much may stand, for the second
// to go on with the first.
const (
	maxGapLines = 64
	maxGapBytes = 8 << 10
)

type lineKind uint8

const (
	plainLine lineKind = iota // no head
	softHead                  // a head, unless an open block takes what its prefix carries
	hardHead
)

// lineInfo is what a line tells by itself.
type lineInfo struct {
	start, end int
	kind       lineKind
	shapes     shape
	writer     uint64 // 0 when the line names none
	part       part
	carrier    uint64
}

// record is a line of the stretch.
type record struct {
	start int
	owner int  // start of the entry that the line belongs to
	exact bool // a parse from the beginning gives that owner too
}

// mark is a place in the stretch: the lines above it, and where they end.
type mark struct{ lines, end int }

// Finder finds the entries around positions of one window. It remembers the stretch
// of lines last walked, so that many hits near one another cost one walk.
type Finder struct {
	p *Parser
	w Window

	// The stretch: whole lines from its first record to end. from is where the walk
	// began: records may have been dropped since.
	records   []record
	from, end int
	runs      []run // runs[0] is that of lines that name no writer
	current   int   // run of the last line, -1 at the beginning
	seen      mark  // the stretch itself

	whole bool // every line is asked for

	up   []lineInfo // lines above a place, from bottom to top
	gaps []Gap
}

// Finder returns a finder over w.
func (p *Parser) Finder(w Window) *Finder { return &Finder{p: p, w: w, current: -1} }

// Bounds returns where the entry that holds pos begins and ends. Lines of others may
// stand between; Span knows.
func (f *Finder) Bounds(pos int) (start, end int) {
	s := f.Span(pos)
	return s.Start, s.End
}

// Span returns the entry that holds pos. Positions should ascend; others cost more.
//
// A head line begins an entry. A line shaped like a continuation belongs to the
// entry of the line above it, a plain line to that of the head above it where its
// format absorbs such lines, any line to a block that is open (see multiline.go). All
// else begins an entry of its own, and so does a line that ends more than MaxEntry
// after the start of the entry it would belong to.
//
// The line above is the nearest one that names the same writer, over at most
// maxGapLines lines and maxGapBytes, with the lines below it that name none. A line
// that names no writer goes on with the line right above it.
func (f *Finder) Span(pos int) Span {
	i := f.record(pos)
	if f.records[i].owner != f.records[i].start {
		i = f.find(f.records[i].owner)
	}
	return f.span(i)
}

// Next returns where the next entry begins behind the beginning of the one at
// start, which may lie inside that one; the length of the text when there is none.
func (f *Finder) Next(start int) int { return f.First(f.w.lineEnd(start)) }

// First returns where the first entry begins at or behind pos, which must begin a
// line; the length of the text when there is none.
func (f *Finder) First(pos int) int {
	f.whole = true
	for pos < len(f.w.Text) {
		i := f.record(pos)
		if f.records[i].owner == pos {
			return pos
		}
		pos = f.w.lineEnd(pos)
	}
	return len(f.w.Text)
}

// NamesWriter reports whether the line that begins at start names who wrote it, so
// that its entry may go on behind lines of others.
func (f *Finder) NamesWriter(start int) bool { return f.look(start).writer != 0 }

// look tells what the line at start is, by itself or as a part of one.
func (f *Finder) look(start int) lineInfo {
	end := f.w.lineEnd(start)
	q := peel(trimLineEnd(f.w.Text[start:end]))
	line := f.p.classify(&q)
	line.start, line.end = start, end
	if line.part != 0 {
		f.resume(&line, &q)
	}
	if line.kind == hardHead && isJuliSecond(q.head()) && f.belowJuli(start, line.writer) {
		line.kind = plainLine
		line.shapes = shText | shContinues
	}
	if line.shapes&shRecord != 0 || line.kind == hardHead && len(q.inner) > 0 && q.inner[0] == '+' {
		f.lookAtRecord(&line, q.inner)
	}
	return line
}

// belowJuli reports whether the line above the one at start is the first of two that
// java.util.logging writes, from the same writer: the second looks like a head by itself.
func (f *Finder) belowJuli(start int, writer uint64) bool {
	if start == 0 {
		return false
	}
	q := peel(trimLineEnd(f.w.Text[f.w.lineStart(start-1):start]))
	head := q.head()
	return q.writer == writer && juliHead(head, nil) == len(head)
}

// look tells what a line is, without its line end.
func (p *Parser) look(raw []byte) lineInfo {
	q := peel(raw)
	return p.classify(&q)
}

// classify tells what a line is of what is inside.
func (p *Parser) classify(q *peeled) (line lineInfo) {
	inner := q.head()
	line.writer, line.part, line.carrier = q.writer, q.part, q.carrier
	if i, n := p.head(inner, nil); i >= 0 {
		line.kind = hardHead
		if p.framed[i] {
			line.writer = frameWriter(&p.formats[i], inner, q.writer)
			lookInFrame(&line, inner[n:])
			if p.formats[i].Name == gradleFormat.Name && goesOnWithReport(inner[:n], inner[n:]) {
				line.kind = plainLine
				line.shapes |= shContinues
			}
		} else {
			p.lookAtHead(&line, &p.formats[i], inner, n)
		}
		return line
	}
	line.shapes = shapeOf(carriedText(inner, q.writer))
	if isContinuation(inner) {
		line.shapes |= shContinues
	}
	if line.shapes&(shPyFile|shPyGroup) != 0 {
		line.shapes &^= shContinues // indented, but the first line of what Python prints
	}
	return line
}

// framedFormats are those of which every line has the whole head, also the lines of a
// traceback: the lines of one process or thread go on with one another.
var framedFormats = map[string]bool{osloFormat.Name: true, pythonFormat.Name: true, log4jFormat.Name: true, gradleFormat.Name: true}

// frameWriter is the writer that the head of a framed line names. Where a wrapper
// names one that counts: the lines inside that are no heads name nothing else.
func frameWriter(format *Format, inner []byte, carrier uint64) uint64 {
	if carrier != 0 {
		return carrier
	}
	var e diagnose.Entry
	format.Head(inner, &e)
	if e.PID == "" && e.Thread == "" {
		if format.Name == gradleFormat.Name && strings.HasSuffix(e.Logger, gradleReport) {
			return writerOf([]byte(gradleReport))
		}
		return 0
	}
	return writerOf([]byte(e.PID + "/" + e.Thread))
}

// lookInFrame notes what the message of a framed line is: a head, unless it is text of
// a stack, or an open block takes it.
func lookInFrame(line *lineInfo, message []byte) {
	line.shapes = shapeOf(message)
	switch {
	case isStackText(message) && !isExceptionLine(message):
		line.kind = plainLine
		line.shapes |= shContinues
	case line.shapes&inFrame != 0, line.shapes&shPyRaise != 0 && isQualified(message):
		line.kind = softHead
		line.shapes = line.shapes&(inFrame|shPyRaise|openers) | shTextHead
	default:
		line.shapes = line.shapes&openers | shTextHead
	}
}

// inFrame are the shapes of messages that may go on with a traceback.
const inFrame = shIndented | shTraceback | shPyChain

// isQualified reports whether a dot stands in the name that line begins with.
func isQualified(line []byte) bool {
	dot := bytes.IndexByte(line, '.')
	return dot > 0 && dot < hostLen(line)
}

// lookAtHead notes what blocks a head may open, and whether one may take it.
func (p *Parser) lookAtHead(line *lineInfo, format *Format, inner []byte, message int) {
	if format.Absorbs {
		line.shapes |= shAbsorbs
	}
	if line.writer != 0 && message > 0 {
		text := inner
		if format.Name == syslogFormat.Name || format.Name == sshdFormat.Name {
			text = inner[message:]
		} else {
			text = carriedText(inner, line.writer)
		}
		if len(text) < len(inner) {
			shapes := shapeOf(text)
			if shapes&shIndented != 0 || announces(text) {
				shapes |= shCarried
			}
			line.shapes |= shapes & openers
			if shapes&soft != 0 {
				line.kind = softHead
				line.shapes |= shapes
			}
			return
		}
	}
	if message > 0 && (format == &p.formats[len(p.formats)-1] || loggerNames[format.Name]) {
		line.shapes |= shTextHead
	}
	line.shapes |= shapeOf(inner) & openers
}

// announces reports whether a line says that what follows belongs to it.
func announces(text []byte) bool { return len(text) > 1 && text[len(text)-1] == ':' }

// carriedText returns what stands behind the prefix of a syslog line. Only lines
// that name their writer can have one.
func carriedText(inner []byte, writer uint64) []byte {
	if writer == 0 || !maySyslog(inner) {
		return inner
	}
	if p, ok := readSyslog(inner); ok {
		return inner[p.messageAt:]
	}
	return inner
}

// isError reports whether the head at start has level ERROR or above.
func (f *Finder) isError(start int) bool {
	var e diagnose.Entry
	q := peel(trimLineEnd(f.w.Text[start:f.w.lineEnd(start)]))
	line := q.head()
	f.p.head(line, &e)
	return e.Level >= diagnose.LevelError
}

// How far below a line ahead looks.
const (
	aheadLines = 6
	aheadBytes = 4 << 10
)

// ahead reports whether a line of the shape follows line, with nothing but lines of
// the same writer that are no heads between.
func (f *Finder) ahead(line *lineInfo, want shape) bool {
	at := line.end
	for range aheadLines {
		if at >= len(f.w.Text) || f.w.lineEnd(at)-line.end > aheadBytes {
			return false
		}
		below := f.look(at)
		at = below.end
		if below.writer != 0 && below.writer != line.writer {
			continue
		}
		if below.shapes&want != 0 && below.kind != hardHead {
			return true
		}
		if below.kind != plainLine {
			return false
		}
	}
	return false
}

// find returns the record of the line that begins at start.
func (f *Finder) find(start int) int {
	return sort.Search(len(f.records), func(i int) bool { return f.records[i].start >= start })
}

// record returns the record of the line that holds pos, after walking as far as it
// takes to know its owner exactly.
func (f *Finder) record(pos int) int {
	f.forget(pos)
	if len(f.records) > 0 && pos >= f.records[0].start && pos < f.end {
		i := sort.Search(len(f.records), func(i int) bool { return f.records[i].start > pos }) - 1
		if f.records[i].exact {
			return i
		}
		return f.restart(f.look(f.records[i].start), false)
	}
	start := pos
	if start != f.end || len(f.records) == 0 {
		start = f.w.lineStart(pos)
	}
	return f.restart(f.look(start), true)
}

// maxRecords bounds the stretch, but for what the entries around a place may reach.
const maxRecords = 4 << 10

// forget drops the records that are too far above pos to matter.
func (f *Finder) forget(pos int) {
	if len(f.records) < maxRecords {
		return
	}
	if i := f.find(pos - 2*MaxEntry); i > maxRecords/2 {
		f.records = f.records[:copy(f.records, f.records[i:])]
	}
}

// restart makes line the last of the stretch, with its owner known, and returns its
// record. With join it goes on with the stretch if a walk upwards meets it.
func (f *Finder) restart(line lineInfo, join bool) int {
	for _, reach := range [...]int{MaxEntry, 2 * MaxEntry} {
		f.walk(line, reach, join)
		last := len(f.records) - 1
		if f.runs[f.current].owner == farAbove {
			f.records[last].exact = true // whatever began above the stretch is further than MaxEntry
		}
		if f.records[last].exact {
			return last
		}
		join = false
	}
	last := len(f.records) - 1
	f.records[last].exact = true // 2*MaxEntry above everything that could matter is known
	return last
}

// walk makes line the last of the stretch. It looks upwards for a line from which on
// the stretch decides the owner of line, at most reach far.
func (f *Finder) walk(line lineInfo, reach int, join bool) {
	f.up = append(f.up[:0], line)
	at, from := line.start, 0 // from is the index in up that the stretch begins with
	known := line.kind == hardHead
	if !known {
		from, known = f.climb(line, reach, join)
		at = f.up[len(f.up)-1].start
	}
	if !(join && len(f.records) > 0 && at == f.end) {
		f.begin(f.up[from].start, known)
		f.up = f.up[:from+1]
	} else {
		known = false
	}
	for i := len(f.up) - 1; i >= 0; i-- {
		f.push(&f.up[i], known)
		known = false
	}
}

// climb appends the lines above line to up until one is met whose state is known:
// a head of the writer, the first line of the writer in reach, the end of the
// stretch, the beginning of the text. It returns the index of that line in up and
// whether it is known.
func (f *Finder) climb(line lineInfo, reach int, join bool) (from int, known bool) {
	want := line.writer
	gap := 0
	for at := line.start; at > 0; {
		if join && len(f.records) > 0 && at == f.end {
			return len(f.up) - 1, false
		}
		start := f.w.lineStart(at - 1)
		if line.end-start > reach {
			return len(f.up) - 1, false
		}
		above := f.look(start)
		f.up = append(f.up, above)
		at = start
		if want == 0 || above.writer == want {
			if b := &f.up[from]; want != 0 && b.end-start > MaxEntry {
				return from, true
			}
			from, gap = len(f.up)-1, 0
			if above.kind == hardHead {
				return from, true
			}
			want = above.writer
			continue
		}
		if gap++; gap > maxGapLines || f.up[from].start-start > maxGapBytes {
			return from, true
		}
	}
	return len(f.up) - 1, true
}

// farAbove is the owner of lines that go on with something above the stretch.
const farAbove = -1 << 40

// begin empties the stretch. known says that nothing above start matters.
func (f *Finder) begin(start int, known bool) {
	f.records, f.runs = f.records[:0], append(f.runs[:0], run{begun: start > 0 && !known, owner: farAbove})
	f.from, f.end, f.current, f.seen = start, start, -1, mark{end: start}
}

// push appends a line to the stretch. known says that nothing above it matters.
func (f *Finder) push(line *lineInfo, known bool) {
	k, joined := f.assign(line, known)
	r := &f.runs[k]
	far := line.end - f.from
	exact := joined || r.known || far >= MaxEntry
	if !joined {
		r.owner, r.sure = line.start, exact
	}
	rec := record{start: line.start, owner: r.owner, exact: exact && r.sure || far >= 2*MaxEntry}
	if line.end-r.owner > MaxEntry {
		rec.owner, rec.exact = line.start, rec.exact || r.owner != farAbove
	}
	f.records = append(f.records, rec)
	f.end, f.current = line.end, k
	f.seen = mark{f.seen.lines + 1, line.end}
	if line.writer != 0 {
		r.last, r.lastStart = f.seen, line.start
	}
}

// assign finds the run that line belongs to and lets it go on. It reports whether
// the line belongs to the entry above it in that run.
func (f *Finder) assign(line *lineInfo, known bool) (k int, joined bool) {
	known = known || line.kind == hardHead || f.from == 0
	if line.writer != 0 {
		k = f.runOf(line)
	} else if line.kind != hardHead {
		k = max(f.current, 0)
	}
	r := &f.runs[k]
	r.known = r.known || known
	if line.writer != 0 || k == 0 {
		return k, r.take(f, line)
	}
	// A line that names no writer goes on with the one above it or is nobody's.
	onward := *r
	if onward.take(f, line) {
		*r = onward
		return k, true
	}
	f.runs[0] = run{known: r.known}
	f.runs[0].take(f, line)
	return 0, false
}

// runOf returns the run of a writer, emptied when too much of others came between.
func (f *Finder) runOf(line *lineInfo) int {
	free := 0
	for k := 1; k < len(f.runs); k++ {
		r := &f.runs[k]
		gone := f.gapped(r, line)
		if r.writer == line.writer {
			if gone {
				*r = run{writer: line.writer, known: true}
			}
			return k
		}
		if gone && k != f.current {
			free = k
		}
	}
	// The writer is new if as much as a gap may be was seen without it.
	fresh := run{writer: line.writer, known: f.gapped(&run{last: mark{end: f.from}, lastStart: f.from}, line)}
	if free > 0 {
		f.runs[free] = fresh
		return free
	}
	f.runs = append(f.runs, fresh)
	return len(f.runs) - 1
}

// gapped reports whether too much stands behind r's last line for line, the next in
// the stretch, to go on with it.
func (f *Finder) gapped(r *run, line *lineInfo) bool {
	return f.seen.lines-r.last.lines > maxGapLines || f.seen.end-r.last.end > maxGapBytes || line.end-r.lastStart > MaxEntry
}

// span returns the entry whose head is record i.
func (f *Finder) span(i int) Span {
	head := f.records[i].start
	s := Span{Start: head, End: f.recordEnd(i)}
	f.gaps = f.gaps[:0]
	for i++; ; i++ {
		if i == len(f.records) {
			if f.closed(head) {
				break
			}
			line := f.look(f.end)
			f.push(&line, false)
		}
		r := &f.records[i]
		if r.owner != head {
			continue
		}
		if r.start > s.End {
			f.gaps = append(f.gaps, Gap{s.End, r.start})
		}
		s.End = f.recordEnd(i)
	}
	s.Gaps = f.gaps
	return s
}

func (f *Finder) recordEnd(i int) int {
	if i+1 < len(f.records) {
		return f.records[i+1].start
	}
	return f.end
}

// closed reports whether no line behind the stretch can belong to the entry at head.
func (f *Finder) closed(head int) bool {
	if f.end >= len(f.w.Text) || f.end-head >= MaxEntry {
		return true
	}
	for k := range f.runs {
		r := &f.runs[k]
		if r.owner != head || !r.begun {
			continue
		}
		if k == f.current {
			// The next line may go on with this one if it names no writer.
			return k > 0 && !f.whole && peel(trimLineEnd(f.w.Text[f.end:f.w.lineEnd(f.end)])).writer != 0 && f.silent(r)
		}
		next := lineInfo{start: f.end, end: f.end}
		return k == 0 || f.gapped(r, &next) || !f.whole && f.silent(r)
	}
	return true
}

// silent reports whether the writer r begins another entry or is not heard of as far
// below as a gap may be. It spares classifying the lines of others.
func (f *Finder) silent(r *run) bool {
	head := trimLineEnd(f.w.Text[r.owner:f.w.lineEnd(r.owner)])
	q := peel(head)
	framed := q.writer != r.writer
	var tag []byte
	if q.part == 0 { // parts of lines need not have it
		tag = f.p.tag(head, &q, framed)
	}
	to := min(len(f.w.Text), r.last.end+maxGapBytes+1)
	for at := f.end; at < to; {
		if tag != nil {
			i := bytes.Index(f.w.Text[at:to], tag)
			if i < 0 {
				return true
			}
			at = f.w.lineStart(at + i)
		}
		end := f.w.lineEnd(at)
		named := framed || tag != nil
		if !named {
			q := peel(trimLineEnd(f.w.Text[at:end]))
			named = q.writer == r.writer || q.part != 0
		}
		if named {
			if line := f.look(at); line.writer == r.writer {
				return line.kind == hardHead
			}
		}
		at = end
	}
	return true
}

// minTag is the length of the shortest name that is looked for.
const minTag = 3

// tag returns a text that all lines of the writer of head have, nil when none is
// known.
func (p *Parser) tag(head []byte, q *peeled, framed bool) []byte {
	var tag []byte
	if framed {
		var e diagnose.Entry
		p.head(q.head(), &e)
		if tag = []byte(e.PID); len(tag) < minTag {
			tag = []byte(e.Thread)
		}
	} else if maySyslog(head) {
		s, ok := readSyslog(head)
		if ok && s.writer() == q.writer {
			tag = s.pid
		}
	}
	if len(tag) < minTag {
		return nil
	}
	return tag
}
