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
	all := make([]Format, 0, len(cloudstackFamily)+len(toolFormats)+2)
	all = append(all, cloudstackFamily...)
	all = append(all, toolFormats...)
	return append(all, journalExportFormat, textFormat)
}

// Parser finds the bounds of entries and reads them. It is immutable after New
// and safe for concurrent use.
type Parser struct {
	*dispatch
	framed []bool // which of the formats are framedFormats
}

// New returns a parser of all formats.
func New() *Parser { return newParser(Formats()) }

func newParser(formats []Format) *Parser {
	p := &Parser{dispatch: newDispatch(formats)}
	for i := range formats {
		p.framed = append(p.framed, framedFormats[formats[i].Name])
	}
	return p
}

// Marks returns the literals, each of 9 bytes or more, around which entries
// bear trouble or an outcome. Case does not matter.
func (p *Parser) Marks() []string {
	seen := map[string]bool{}
	var marks []string
	for _, list := range append(p.marks(), crashMarks, localizedMarks()) {
		for _, mark := range list {
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

func (p *Parser) marks() [][]string {
	var lists [][]string
	for _, f := range p.formats {
		lists = append(lists, f.Marks)
	}
	return lists
}

// Spell returns the literals under which a strong id stands in a log, for a
// second filtered pass that collects the entries of its case.
func Spell(id diagnose.ID) []string {
	if s := spellCloudStack(id); len(s) > 0 {
		return s
	}
	return spellTools(id)
}

func trimLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

// Parse reads one entry: exactly the bytes that Bounds gave. ref is the time
// before which a stamp without a year must lie (the file's time stamp); zero
// leaves such a stamp out. The entry shares no memory with text.
func (p *Parser) Parse(text []byte, ref time.Time) diagnose.Entry {
	e := p.parse(text, ref)
	if e.Format == textFormat.Name && ofBinary(text) {
		e.Binary, e.Trouble, e.Outcome, e.Inner = true, false, diagnose.OutcomeUnknown, nil
	}
	if len(e.Inner) > 0 {
		p.readInner(&e, ref)
	}
	return e
}

// holeMin is the length of a run of NULs that is a hole: a log that was cut under its
// writer, or a block that was not written as the power went.
const holeMin = 16

// ofBinary reports whether the lines of an entry are those of a program, where a NUL
// ends each string, and not of a log with a hole in it.
func ofBinary(text []byte) bool {
	i := bytes.IndexByte(text, 0)
	if i < 0 {
		return false
	}
	rest := bytes.TrimLeft(text[i:], "\x00")
	return len(text)-i-len(rest) < holeMin || bytes.IndexByte(rest, 0) >= 0
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
	below := unindent(raw, rest)
	if below != nil {
		rest = below
	}
	q := peelInto(raw, &told)
	if q.part != 0 && len(rest) > 0 {
		if joined, apart := joinParts(text); joined != nil {
			unpacked, e.Apart = joined, apart
			line, rest, _ = bytes.Cut(joined, newlineByte)
			raw = trimLineEnd(line)
			q = peelInto(raw, &told)
		}
	}
	head := q.head()
	format := &p.formats[len(p.formats)-1]
	msg := 0
	if i, n := p.head(head, &e); i >= 0 {
		format, msg = &p.formats[i], n
	}
	if e.Format == "" {
		e.Format = format.Name
	}
	own := e.Time
	merge(&e, &told)
	settleTime(&e, own, told.Time, ref)
	if unpacked == nil && below == nil && !q.decoded && plainRest(format, line, rest) {
		e.Message = e.Text[len(raw)-len(q.inner)+msg:]
	} else {
		e.Message = joinMessage(format, head[msg:], q.below(), rest)
	}
	if format.Finish != nil {
		format.Finish(&e)
	}
	if format.Name == textFormat.Name || format.Name == syslogFormat.Name {
		noteCrash(&e, head[msg:])
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
	line = carriedText(q.inner, q.writer)
	if framedFormats[format.Name] {
		if n := format.Head(line, nil); n > 0 {
			return line[n:]
		}
	}
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
