package parser

import (
	"bytes"
	"strings"
	"time"

	"diagnose"
)

// Formats returns every format in the order they are tried. The generic one is
// last.
func Formats() []Format {
	all := make([]Format, 0, len(cloudstackFamily)+len(toolFormats)+1)
	all = append(all, cloudstackFamily...)
	all = append(all, toolFormats...)
	return append(all, journalExportFormat, textFormat)
}

// Parser finds the bounds of entries and reads them. It is immutable after New
// and safe for concurrent use.
type Parser struct {
	formats []Format
}

// New returns a parser of all formats.
func New() *Parser { return &Parser{formats: Formats()} }

// Marks returns the literals, each of 9 bytes or more, around which entries
// bear trouble or an outcome. Case does not matter.
func (p *Parser) Marks() []string {
	seen := map[string]bool{}
	var marks []string
	for _, f := range p.formats {
		for _, mark := range f.Marks {
			for _, m := range append([]string{mark}, escapedMarks(mark)...) {
				if k := strings.ToLower(m); !seen[k] {
					seen[k] = true
					marks = append(marks, m)
				}
			}
		}
	}
	return marks
}

// Spell returns the literals under which a strong id stands in a log, for a
// second filtered pass that collects the entries of its case.
func Spell(id diagnose.ID) []string {
	if s := spellCloudStack(id); len(s) > 0 {
		return s
	}
	return spellTools(id)
}

type lineClass uint8

const (
	plainLine        lineClass = iota // no head, and not shaped like a continuation
	continuationLine                  // joins whatever stands above it
	headLine                          // begins an entry of a known format
	absorbingHead                     // the same; plain lines that follow belong to it
)

// classify looks at one line without its line end.
func (p *Parser) classify(line []byte) lineClass {
	q := peel(line)
	return p.classifyInner(q.head())
}

// classifyInner looks at a line without what carried it.
func (p *Parser) classifyInner(line []byte) lineClass {
	for i := range p.formats {
		if p.formats[i].Head(line, nil) >= 0 {
			if p.formats[i].Absorbs {
				return absorbingHead
			}
			return headLine
		}
	}
	if isContinuation(line) {
		return continuationLine
	}
	return plainLine
}

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

func trimLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

// Finder finds the bounds of entries around ascending positions of one window.
// It remembers the stretch last walked, so that many hits in headless text do
// not walk it again and again.
type Finder struct {
	p *Parser
	w Window

	// In [plainFrom, plainTo) no line is a head, and the line at plainFrom is the
	// first that was looked at.
	plainFrom, plainTo int
}

// Finder returns a finder over w.
func (p *Parser) Finder(w Window) *Finder { return &Finder{p: p, w: w} }

// Bounds returns the bounds [start, end) of the entry that holds pos.
//
// A head line begins an entry. A line shaped like a continuation belongs to the
// entry of the line above it. A plain line belongs to the nearest head above it
// when that format absorbs such lines, otherwise it begins an entry of its own.
// A line that ends more than MaxEntry after the start it would belong to begins
// an entry of its own.
func (f *Finder) Bounds(pos int) (start, end int) {
	ls := f.w.lineStart(pos)
	le := f.w.lineEnd(ls)
	start = f.start(ls, le)
	return start, f.end(start)
}

func (f *Finder) class(start, end int) lineClass {
	return f.p.classify(trimLineEnd(f.w.Text[start:end]))
}

func (f *Finder) start(ls, le int) int {
	switch f.class(ls, le) {
	case headLine, absorbingHead:
		return ls
	case plainLine:
		return f.plainStart(ls, le)
	}
	anchor, class, ok := f.above(ls, le, plainLine)
	if !ok {
		return ls
	}
	start := anchor
	if class == plainLine {
		start = f.plainStart(anchor, f.w.lineEnd(anchor))
	}
	if le-start > MaxEntry {
		return ls
	}
	return start
}

// plainStart returns where the entry of the plain line [ls, le) begins.
func (f *Finder) plainStart(ls, le int) int {
	head, class, ok := f.above(ls, le, headLine)
	if ok && class == absorbingHead {
		return head
	}
	return ls
}

// above returns the nearest line above ls whose class is at least min, no
// further than MaxEntry before le.
func (f *Finder) above(ls, le int, min lineClass) (start int, class lineClass, ok bool) {
	limit := le - MaxEntry
	lineEnd := ls
	for lineEnd > 0 {
		if min == headLine && lineEnd <= f.plainTo && lineEnd > f.plainFrom {
			lineEnd = f.plainFrom
			if lineEnd <= 0 || lineEnd < limit {
				break
			}
			continue
		}
		s := f.w.lineStart(lineEnd - 1)
		if s < limit {
			break
		}
		c := f.class(s, lineEnd)
		if c >= min && c != continuationLine {
			return s, c, true
		}
		if min == headLine {
			f.remember(s, lineEnd)
		}
		lineEnd = s
	}
	return 0, 0, false
}

// remember notes that the line [s, e) is no head.
func (f *Finder) remember(s, e int) {
	switch {
	case e == f.plainFrom:
		f.plainFrom = s
	case s == f.plainTo && f.plainTo > f.plainFrom:
		f.plainTo = e
	case s >= f.plainFrom && e <= f.plainTo:
	case e > f.plainTo:
		f.plainFrom, f.plainTo = s, e
	}
}

func (f *Finder) end(start int) int {
	end := f.w.lineEnd(start)
	class := f.class(start, end)
	if class == continuationLine {
		return end // nothing near enough above it to belong to, so nothing joins it
	}
	absorbs := class == absorbingHead
	for end < len(f.w.Text) {
		next := f.w.lineEnd(end)
		if next-start > MaxEntry {
			break
		}
		c := f.class(end, next)
		if c >= headLine || (c == plainLine && !absorbs) {
			break
		}
		end = next
	}
	return end
}

// Next returns the end of the entry that begins at start, which must be the
// start of an entry: the way to parse a window from its beginning.
func (f *Finder) Next(start int) int { return f.end(start) }

// Parse reads one entry: exactly the bytes that Bounds gave. ref is the time
// before which a stamp without a year must lie (the file's time stamp); zero
// leaves such a stamp out. The entry shares no memory with text.
func (p *Parser) Parse(text []byte, ref time.Time) diagnose.Entry {
	e := p.parse(text, ref)
	if len(e.Inner) > 0 {
		p.readInner(&e, ref)
	}
	return e
}

// parse is Parse without reading what stands inside as log lines.
func (p *Parser) parse(text []byte, ref time.Time) diagnose.Entry {
	e := diagnose.Entry{Size: len(text), EndLine: bytes.Count(text, []byte{'\n'})}
	if bytes.HasSuffix(text, []byte{'\n'}) {
		e.EndLine--
	}
	e.Text = string(trimLineEnd(text))
	var told diagnose.Entry
	unpacked := unpackRecord(text, &told)
	if unpacked != nil {
		text = unpacked
	}
	line, rest, _ := bytes.Cut(text, []byte{'\n'})
	raw := trimLineEnd(line)
	q := peelInto(raw, &told)
	head := q.head()
	format := &p.formats[len(p.formats)-1]
	msg := 0
	for i := range p.formats {
		if n := p.formats[i].Head(head, &e); n >= 0 {
			format, msg = &p.formats[i], n
			break
		}
	}
	if e.Format == "" {
		e.Format = format.Name
	}
	own := e.Time
	merge(&e, &told)
	settleTime(&e, own, told.Time, ref)
	if unpacked == nil && !q.decoded && plainRest(format, line, rest) {
		e.Message = e.Text[len(raw)-len(q.inner)+msg:]
	} else {
		e.Message = joinMessage(format, head[msg:], q.below(), rest)
	}
	if format.Finish != nil {
		format.Finish(&e)
	}
	if e.Inner == nil && !format.Closed {
		openMessage(&e)
	}
	return e
}

// plainRest reports whether the lines below the head stand in the message as
// they stand in the text, as they do in most entries.
func plainRest(format *Format, first, rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	if bytes.HasSuffix(first, []byte{'\r'}) {
		return false
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		if len(bodyLine(format, line)) != len(line) {
			return false
		}
	}
	return true
}

// bodyLine is a continuation line as it stands in the message: without its line
// end, colours, and the prefixes of what carried it.
func bodyLine(format *Format, line []byte) []byte {
	q := peel(trimLineEnd(line))
	line = q.inner
	if format.Strip != nil {
		line = format.Strip(line)
	}
	return line
}

// joinMessage puts a message together of the rest of the head line, the lines that
// were encoded with it, and the lines below.
func joinMessage(format *Format, first, below, rest []byte) string {
	var b strings.Builder
	b.Write(first)
	if len(below) > 0 {
		b.WriteByte('\n')
		b.Write(below)
	}
	for more := len(rest) > 0; more; {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte{'\n'})
		if !more && len(line) == 0 {
			break // the text's own last line end
		}
		b.WriteByte('\n')
		b.Write(bodyLine(format, line))
	}
	return b.String()
}
