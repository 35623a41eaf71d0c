package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// transcoder makes a text UTF-8, whatever it is written in. It is found by content,
// and judged where it stands: line by line in a text of bytes (UTF-8, GB18030,
// Windows-1252), run by run in UTF-16, and a text may go from one to the other and
// back. UTF-32 is known by its mark only.
//
// A line keeps its number: \n, and nothing else, ends one before and after. Only in
// a text that begins without any, in its first 32 KiB, \r ends lines. Otherwise \r
// stays where it is; NEL, U+2028 and a form feed are characters. A byte order mark
// at the start of the text is dropped. The blanks that pages of the web and word processors
// put into what is copied from them, which look like spaces or like nothing, are read so.
// A line that is UTF-8 without such, or is none but looks like nothing else either, stays as
// it is, byte for byte.
//
// A text that needs nothing of this is read straight into the caller's buffer and
// looked at there; only its last, incomplete line is held back. The result does
// not depend on how much is read at once: whole lines are judged, and those longer
// than pieceMax in pieces of about that size.
type transcoder struct {
	r   io.Reader
	err error // what r ended with

	store *rawStore
	buf   []byte // of store; buf[at:end] was read and is not handed out
	at    int
	end   int
	off   int64 // where buf[at] stands in what is read
	begun bool

	binary  bool // nothing is text, and nothing is looked at
	cr      bool // lines end in CR alone
	afterCR bool // the last byte that was handed out was a CR once

	ready []byte // is handed out before anything else: of buf, or out
	out   []byte // transcoded text

	form    form // what the text is in at buf[at]
	entered bool // by what was seen of it there, which therefore is not asked again
	inLine  bool // buf[at] is not the first byte of its line
	counted bool // the line was counted as transcoded

	trust  trust
	votes  votes
	counts counts
}

// form is what the text is in from some byte on.
type form uint8

const (
	inBytes form = iota // a text of bytes, judged line by line
	inUTF16LE
	inUTF16BE
	inUTF32LE
	inUTF32BE
)

// Sizes of what is held. pieceMax is what is judged at once of a longer line;
// directMax is how much is read into a caller's buffer at once, so little that it is still
// in the cache when it is judged, and directMin how much room makes that worth while;
// readSize is read otherwise. surveySize is looked at before the first
// line is judged; the same is looked at for what is no text.
const (
	pieceMax   = 64 << 10
	directMax  = 256 << 10
	directMin  = 32 << 10
	readSize   = 8 << 10
	surveySize = binarySample
	storeSize  = directMax + 2*pieceMax
)

// rawStore is the memory of a transcoder, kept for the next one.
type rawStore struct{ bytes [storeSize]byte }

var rawStores = sync.Pool{New: func() any { return new(rawStore) }}

func newTranscoder(r io.Reader) *transcoder {
	store := rawStores.Get().(*rawStore)
	return &transcoder{r: r, store: store, buf: store.bytes[:]}
}

// close gives the memory back.
func (t *transcoder) close() {
	if t.store != nil {
		rawStores.Put(t.store)
		t.store, t.buf, t.ready = nil, nil, nil
		t.at, t.end = 0, 0
	}
}

// final reports whether nothing comes after what is held.
func (t *transcoder) final() bool { return t.err != nil }

func (t *transcoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !t.begun && !t.begin() {
		return 0, nil
	}
	n, err := t.read(p)
	if t.cr {
		n = t.endLines(p[:n])
	}
	return n, err
}

// endLines makes line ends of CRs and returns how much text remains: where a CR has a
// line end behind it after all, the two are one.
func (t *transcoder) endLines(text []byte) int {
	n := 0
	for _, c := range text {
		switch {
		case c == '\r':
			text[n] = '\n'
			n++
		case c == '\n' && t.afterCR:
		default:
			text[n] = c
			n++
		}
		t.afterCR = c == '\r'
	}
	return n
}

// minCRs is how many CRs must stand in a text without line ends that are taken for
// those.
const minCRs = 2

// endsInCR reports whether the first of a text has line ends of old Macs, CR alone, or
// is what a program wrote that goes back to the start of its line. Each is a line
// then: what stands in the last one would be hidden behind all others.
func endsInCR(head []byte, whole bool) bool {
	if bytes.IndexByte(head, '\n') >= 0 || !whole && len(head) < surveySize {
		return false
	}
	return bytes.Count(head, []byte{'\r'}) >= minCRs
}

// read is Read with the line ends that there are.
func (t *transcoder) read(p []byte) (int, error) {
	if n := t.direct(p); n > 0 {
		return n, nil
	}
	for len(t.ready) == 0 && t.step() {
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	if n == 0 && t.at == t.end {
		return 0, t.err
	}
	return n, nil
}

// begin reads what the text is first judged by, and takes its mark off. It reports
// whether that was all there; the reader may have brought nothing yet.
func (t *transcoder) begin() bool {
	for t.end < surveySize && !t.final() {
		if !t.fetch(surveySize - t.end) {
			return false
		}
	}
	t.begun = true
	head := t.buf[:t.end]
	var mark int
	t.form, mark = markOf(head)
	t.at, t.off = mark, int64(mark)
	t.counts.marked, t.counts.dropped = t.form != inBytes, mark > 0
	if t.form == inBytes {
		t.binary = isBinary(head)
		t.cr = !t.binary && endsInCR(head, t.final())
		t.counts.cr = t.cr
		t.votes.survey(head[mark:], t.final())
	}
	return true
}

// isBinary reports whether a text of bytes does not begin as text in any encoding.
// Nothing is decoded in what does not: it has a bit of all of them.
func isBinary(head []byte) bool {
	if looksLike(head) == "" {
		return false
	}
	t := newTranscoder(bytes.NewReader(nil))
	defer t.close()
	t.begun, t.err = true, io.EOF
	t.end = copy(t.buf, head)
	text, _ := io.ReadAll(t)
	return looksLike(text) != ""
}

// fetch reads up to n bytes behind those that are held, and reports whether any
// came or the end did.
func (t *transcoder) fetch(n int) bool {
	if t.end+n > len(t.buf) {
		t.end = copy(t.buf, t.buf[t.at:t.end])
		t.at = 0
	}
	var got int
	got, t.err = t.r.Read(t.buf[t.end:min(len(t.buf), t.end+n)])
	t.end += got
	return got > 0 || t.final()
}

// direct reads into p, when it has room and nothing stands before it, and returns
// how much of it stays as it is.
func (t *transcoder) direct(p []byte) int {
	if len(t.ready) > 0 || t.form != inBytes || t.final() || len(p) < t.end-t.at+directMin || t.end-t.at > pieceMax {
		return 0
	}
	held := copy(p, t.buf[t.at:t.end])
	n, err := t.r.Read(p[held:min(len(p), held+directMax)])
	t.err = err
	b := p[:held+n]
	done, _ := t.pass(b)
	t.at, t.end = 0, copy(t.buf, b[done:])
	t.advance(b[:done])
	return done
}

// step makes something ready, or reads more. It reports whether to go on.
func (t *transcoder) step() bool {
	t.out = t.out[:0]
	if t.form != inBytes {
		n := t.units(t.buf[t.at:t.end])
		t.at += n
		t.off += int64(n)
		t.ready = t.out
		if n > 0 || t.form == inBytes {
			return true
		}
		return !t.final() && t.fetch(readSize)
	}
	b := t.buf[t.at:t.end]
	done, p := t.pass(b)
	if done > 0 {
		t.ready = b[:done]
		t.at += done
		t.advance(b[:done])
		return true
	}
	switch p.as {
	case asUTF16LE, asUTF16BE:
		t.begin16(b, p)
	case asGB18030, asWindows1252, asMixed, asSpaced:
		n := t.rewrite(b[:p.end], p.judgement, t.final() || b[p.end-1] == '\n')
		t.at += n
		t.advance(b[:n])
		t.ready = t.out
	default:
		return !t.final() && t.fetch(readSize)
	}
	return true
}

// advance moves behind bytes of a text of bytes.
func (t *transcoder) advance(b []byte) {
	if len(b) > 0 {
		t.off += int64(len(b))
		t.inLine = b[len(b)-1] != '\n'
		t.counted = t.counted && bytes.IndexByte(b, '\n') < 0
		t.counts.bytes = true
	}
}

// reading is how a piece of a text of bytes is to be taken.
type reading uint8

const (
	asIs     reading = iota
	asHeld           // its end was not read yet
	asMixed          // UTF-8 with runs of something else
	asSpaced         // UTF-8 with blanks that no program prints
	asGB18030
	asWindows1252
	asUTF16LE // from piece.from on
	asUTF16BE
)

// stretch is a line, or as much of a long one as is judged at once.
type stretch struct {
	start, end int
	judgement
	from  int  // where UTF-16 begins
	valid bool // it is UTF-8
}

var held = judgement{as: asHeld}

// pass returns how much of b stays as it is, and the piece behind it. b begins with
// a piece.
func (t *transcoder) pass(b []byte) (int, stretch) {
	if t.binary {
		return len(b), stretch{}
	}
	pos := 0
	for pos < len(b) {
		if next := t.skip(b, pos); next > pos {
			pos = next
			continue
		}
		p := t.examine(b, pos)
		if p.as != asIs {
			return p.start, p
		}
		t.accept(p)
		pos = p.end
	}
	return pos, stretch{start: pos, end: pos, judgement: held}
}

// examine finds the first piece at or behind pos, where one begins, that is not
// plain ASCII, and judges it. It changes nothing.
func (t *transcoder) examine(b []byte, pos int) stretch {
	loud := pos + quiet(b[pos:])
	start := pieceStart(b, pos, loud)
	if loud == len(b) {
		switch {
		case t.final():
			return stretch{start: pos, end: len(b)}
		case start > pos:
			return stretch{start: pos, end: start}
		}
		return stretch{start: pos, judgement: held}
	}
	end, ok := t.pieceEnd(b, start)
	if !ok {
		return stretch{start: start, judgement: held}
	}
	p := stretch{start: start, end: end}
	text := b[loud:end]
	p.valid = utf8.Valid(text)
	if p.valid && bytes.IndexByte(text, 0) < 0 {
		p.votes = !t.trust.earned() && hasThree(text)
		switch {
		case !p.votes && t.votes.leads(asGB18030) && isShortGB(text):
			p.as = asGB18030
		case hasPageBlanks(text):
			p.as = asSpaced
		}
		return p
	}
	if !t.final() && len(b) < end+reach16 {
		p.as = asHeld
		return p
	}
	behindLF := start > 0 && b[start-1] == '\n' || start == 0 && t.off > 0 && !t.inLine
	if from, as := find16(b[:min(len(b), end+reach16)], start, end, behindLF, t.final()); as != asIs {
		p.as, p.from = as, from
		return p
	}
	if p.valid {
		return p
	}
	if t.off == 0 && start == 0 && tornHead(text) > 0 && loud == 0 {
		// A rotation cut the first character.
		n := tornHead(text)
		if utf8.Valid(text[n:]) {
			p.valid, p.bad = true, int64(n)
			return p
		}
	}
	p.judgement = judge(b[start:end], &t.votes)
	return p
}

// accept counts a piece that stays as it is.
func (t *transcoder) accept(p stretch) {
	n := p.end - p.start
	t.counts.undecodable += p.bad
	t.trust.add(t.off+int64(p.start), n, p)
	t.votes.count(p.judgement)
	t.counts.utf8 = t.counts.utf8 || p.votes
}

// pieceStart returns where the piece that holds b[i] begins, when one begins at pos
// and all between is ASCII.
func pieceStart(b []byte, pos, i int) int {
	start := pos + bytes.LastIndexByte(b[pos:i], '\n') + 1
	return start + (i-start)/pieceMax*pieceMax
}

// pieceEnd returns where the piece that begins at start ends, if that is known.
func (t *transcoder) pieceEnd(b []byte, start int) (int, bool) {
	if i := bytes.IndexByte(b[start:min(len(b), start+pieceMax)], '\n'); i >= 0 {
		return start + i + 1, true
	}
	if len(b) > start+pieceMax {
		end := start + pieceMax
		for k := range utf8.UTFMax {
			if utf8.RuneStart(b[end-k]) {
				return end - k, true
			}
		}
		return end, true
	}
	return len(b), t.final()
}

// trust is what is known of a stream's bytes being UTF-8 throughout. Validating
// Chinese costs as much as all else that is done with it, so once enough of it was
// valid, and nothing was not, only the first lines with more than ASCII are validated
// in every trustWindow, trustBudget bytes of them; but NULs are sought everywhere,
// and so is telltale. What is lost by that: in a log full of UTF-8, lines in another
// encoding without that byte, between the samples, until the first one is seen. They
// stay as they are. In a log that is mostly ASCII nothing is skipped.
type trust struct {
	proven int
	broken bool
	window int64
	spent  int
}

const (
	trustNeeds  = 64 << 10
	trustWindow = 128 << 10
	trustBudget = 1 << 10
)

// telltale is never in UTF-8, but often in GB18030: the Hanzi of "connect", "command",
// "link", "stream" and "quantity" begin with it, and one in a hundred ends with it.
const telltale = 0xc1

func (t *trust) earned() bool { return t.proven >= trustNeeds && !t.broken }

// add counts a piece that begins at off.
func (t *trust) add(off int64, n int, p stretch) {
	if !p.valid {
		t.broken = t.broken || p.bad > 0 || p.as != asIs
		return
	}
	if w := off / trustWindow; w != t.window {
		t.window, t.spent = w, 0
	}
	t.proven = min(t.proven+n, trustNeeds)
	t.spent += n
}

// skip returns where the pieces that need not be looked at end.
func (t *transcoder) skip(b []byte, pos int) int {
	off := t.off + int64(pos)
	if !t.trust.earned() || t.trust.spent < trustBudget || off/trustWindow != t.trust.window {
		return pos
	}
	windowEnd := pos + int((t.trust.window+1)*trustWindow-off)
	limit := min(len(b), windowEnd)
	found := false
	for _, c := range []byte{0, telltale} {
		if i := bytes.IndexByte(b[pos:limit], c); i >= 0 {
			limit, found = pos+i, true
		}
	}
	start := pos + bytes.LastIndexByte(b[pos:limit], '\n') + 1
	for start < limit {
		end, ok := t.pieceEnd(b, start)
		if rest := b[limit:max(limit, end)]; !ok || found && end > limit || bytes.IndexByte(rest, 0) >= 0 || bytes.IndexByte(rest, telltale) >= 0 {
			break
		}
		start = end
	}
	return start
}

// quiet returns how many bytes of b come before the first that is NUL or not ASCII.
func quiet(b []byte) int {
	// One after the other is faster than both at once, in blocks that stay in the
	// nearest cache.
	const block = 16 << 10
	for i := 0; i < len(b); i += block {
		part := b[i:min(len(b), i+block)]
		n := ascii(part)
		if nul := bytes.IndexByte(part[:n], 0); nul >= 0 {
			return i + nul
		}
		if n < len(part) {
			return i + n
		}
	}
	return len(b)
}

var word = binary.NativeEndian

// ascii returns how many bytes of b come before the first that is not ASCII.
func ascii(b []byte) int {
	i := 0
	for ; i+64 <= len(b); i += 64 {
		c := b[i : i+64 : i+64]
		all := word.Uint64(c) | word.Uint64(c[8:]) | word.Uint64(c[16:]) | word.Uint64(c[24:]) |
			word.Uint64(c[32:]) | word.Uint64(c[40:]) | word.Uint64(c[48:]) | word.Uint64(c[56:])
		if all&0x8080808080808080 != 0 {
			break
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// counts are what is said of a stream's encodings.
type counts struct {
	lines       [asUTF16BE + 3]int64 // by reading, then UTF-32 both ways
	undecodable int64
	marked      bool // began with a mark of UTF-16 or UTF-32
	dropped     bool // began with a mark that was taken off
	cr          bool // lines end in CR alone
	bytes       bool // has text of bytes
	utf8        bool // has lines that are UTF-8 and not ASCII
}

// line counts a line that was transcoded, once.
func (t *transcoder) line(as reading) {
	if !t.counted {
		t.counted = true
		t.counts.lines[as]++
	}
}

// plain reports whether the text is what was read, byte for byte.
func (c *counts) plain() bool {
	for _, n := range c.lines {
		if n > 0 {
			return false
		}
	}
	return !c.dropped && !c.marked && !c.cr
}

// encodingNames are the readings that change a text. Lines of several encodings are
// those with runs of GB18030 in UTF-8.
var encodingNames = [len(counts{}.lines)]string{
	asMixed: "GB18030", asGB18030: "GB18030", asWindows1252: "Windows-1252", asUTF16LE: "UTF-16LE", asUTF16BE: "UTF-16BE",
	asUTF32LE: "UTF-32LE", asUTF32BE: "UTF-32BE",
}

const (
	asUTF32LE = asUTF16BE + 1
	asUTF32BE = asUTF16BE + 2
)

// notes says what the text was taken for.
func (c *counts) notes() []string {
	lines := c.lines
	mixed := lines[asMixed] > 0
	lines[asGB18030] += lines[asMixed]
	spaced := lines[asSpaced]
	lines[asMixed], lines[asSpaced] = 0, 0
	kinds := 0
	for _, n := range lines {
		kinds += min(1, int(n))
	}
	var all []string
	for as, n := range lines {
		if n == 0 {
			continue
		}
		part, how := "", ", recognised by its bytes"
		if kinds > 1 || c.utf8 || mixed || reading(as) >= asUTF16LE && c.bytes {
			part = " in part"
		}
		if reading(as) >= asUTF16LE && c.marked {
			how = " by its byte order mark"
			if kinds > 1 {
				how = ", recognised by its marks and bytes"
			}
		}
		all = append(all, fmt.Sprintf("is %s%s%s (lines transcoded: %d)", encodingNames[as], part, how, n))
	}
	if spaced > 0 {
		all = append(all, fmt.Sprintf("has blanks of a page or a word processor (no-break spaces and the like), read as spaces (lines: %d)", spaced))
	}
	if c.cr {
		all = append(all, "has carriage returns and no line ends: each of them ends a line")
	}
	switch n := c.undecodable; {
	case n == 1:
		all = append(all, "1 byte could not be decoded")
	case n > 1:
		all = append(all, fmt.Sprintf("%d bytes could not be decoded", n))
	}
	return all
}

// transcode makes the text UTF-8, of whole lines. Once a whole pass changed nothing, later
// ones read the same bytes as they are.
func (p *pass) transcode(first *firstPass) {
	if p.unopened != "" {
		return
	}
	if first == nil || !first.plain {
		p.transcoder = newTranscoder(p.text)
		p.text = p.transcoder
	}
	if p.format == "" && (first == nil || first.cut) {
		p.console = newConsole(p.text, ofConsole(p.head))
		p.text = p.console
	}
}

// encoding returns whether the text is what was read, byte for byte, and what is to
// be said of its encoding.
func (p *pass) encoding() (plain bool, notes []string) {
	plain = true
	if p.transcoder != nil {
		plain, notes = p.transcoder.counts.plain(), p.transcoder.counts.notes()
	}
	if said := p.console.note(); said != "" {
		notes = append(notes, said)
	}
	return plain, notes
}

// encodingNotes are those of a pass, or of the first one where that made another
// look needless.
func (s *Stream) encodingNotes(p *pass) []string {
	if p.transcoder == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.first.notes
	}
	_, notes := p.encoding()
	return notes
}
