package source

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// markOf returns what the byte order mark at the start of a text says, and its
// length.
func markOf(head []byte) (form, int) {
	for _, m := range []struct {
		mark string
		form form
	}{
		{"\xef\xbb\xbf", inBytes},
		{"\xff\xfe\x00\x00", inUTF32LE},
		{"\x00\x00\xfe\xff", inUTF32BE},
		{"\xff\xfe", inUTF16LE},
		{"\xfe\xff", inUTF16BE},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.form, len(m.mark)
		}
	}
	return inBytes, 0
}

// reading is what lines in a form are counted as.
func (f form) reading() reading { return asUTF16LE + reading(f-inUTF16LE) }

func (f form) order() binary.ByteOrder {
	if f == inUTF16BE || f == inUTF32BE {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// reach16 is how far behind a line is looked when it may be UTF-16, run16Max how
// many units of it, and leaveMax how many bytes are looked at to see that it ended.
const (
	reach16  = 128
	run16Max = 64
	leaveMax = 64
	leaveMin = 16
)

// run16 is what a text has when it is taken for UTF-16, up to the first unit that
// is in no log.
type run16 struct {
	units  int
	ascii  int
	common int  // Hanzi
	lines  bool // a line ends
	whole  bool // nothing follows
}

// convinces reports whether a run is UTF-16 without a doubt: text has no NULs, and
// what is full of them has no characters of ASCII in every second place.
func (r run16) convinces(final bool) bool {
	return r.ascii >= 4 || r.ascii >= 2 && (r.lines || r.whole && final)
}

func runOf(b []byte, order binary.ByteOrder) run16 {
	var r run16
	for ; r.units < run16Max && len(b) >= 2; b = b[2:] {
		u := order.Uint16(b)
		switch {
		case u < utf8.RuneSelf && isText(byte(u)):
			r.ascii++
			r.lines = r.lines || u == '\n'
		case isCommon(u):
			r.common++
		case !isInLogs(u):
			return r
		}
		r.units++
	}
	r.whole = len(b) == 0
	return r
}

func isText(c byte) bool { return c >= ' ' && c < 0x7f || isTextControl(c) }

// isInLogs reports whether a unit is from a block of Unicode that logs are written
// in: European letters, punctuation and symbols, East Asian scripts, surrogates.
func isInLogs(u uint16) bool {
	switch {
	case u < 0xa0, u == 0xfffe, u == 0xffff:
		return false
	case u < 0x530, u >= 0x2010 && u < 0x2800, u >= 0x3000 && u < 0x3200, u >= 0x4e00 && u < 0xa000:
		return true
	}
	return u >= 0xac00 && u < 0xe000 || u >= 0xfe30 && u < 0xfe50 || u >= 0xfeff && u < 0xfff0
}

// isCommon reports whether a unit is one of the Hanzi of GB 2312's first level, or
// of the punctuation between them.
func isCommon(u uint16) bool {
	if u >= 0x3000 && u < 0x3012 || u >= 0xff01 && u < 0xff60 {
		return true
	}
	return u >= 0x4e00 && u < 0xa000 && commonHanzi()[u-0x4e00]
}

// find16 finds where in a piece, whose first NUL tells of it, UTF-16 begins: with
// asIs it does not. b goes on behind the piece for reach16 bytes.
func find16(b []byte, start, end int, behindLF, final bool) (int, reading) {
	if f, n := markOf(b[start:end]); f.reading() == asUTF16LE || f.reading() == asUTF16BE {
		if n == 2 && runOf(b[start+n:], f.order()).convinces(final) {
			return start, f.reading()
		}
	}
	for i := start; i < len(b); {
		nul := bytes.IndexByte(b[i:], 0)
		if nul < 0 {
			break
		}
		i += nul
		if from, as := at16(b, start, i, end, behindLF, final); as != asIs {
			return from, as
		}
		for i < len(b) && b[i] == 0 {
			i++
		}
	}
	return 0, asIs
}

// at16 tells whether the NUL at nul is half of a character, and finds the first one
// of its text. It is the upper half of the byte before it or of the one behind it:
// whatever makes text of the whole piece, or else of more. Behind the piece only a
// NUL counts whose text begins with the piece.
func at16(b []byte, start, nul, end int, behindLF, final bool) (int, reading) {
	var le, be run16
	lo, hi := nul-1, nul
	switch {
	case nul > start && isText(b[lo]):
		le = runOf(b[lo:], binary.LittleEndian)
	case nul == start && behindLF:
		// Perhaps the other half of a \n that was taken for one of bytes.
		lo = nul + 1
		le = runOf(b[lo:], binary.LittleEndian)
	}
	be = runOf(b[nul:], binary.BigEndian)
	if le.convinces(final) {
		lo = stays16(b, back16(b, start, lo, inUTF16LE), lo, inUTF16LE, final)
	}
	if be.convinces(final) {
		hi = stays16(b, back16(b, start, hi, inUTF16BE), hi, inUTF16BE, final)
	}
	from, as, run := lo, asUTF16LE, le
	switch more := weight(be) - weight(le); {
	case nul == start && more >= 0, nul > start && lo > start && (hi == start && be.convinces(final) || more > 1):
		from, as, run = hi, asUTF16BE, be
	}
	if !run.convinces(final) || from >= end || nul >= end && from != start {
		return 0, asIs
	}
	return from, as
}

// weight is how much a run speaks for itself.
func weight(r run16) int { return r.ascii + 2*r.common }

// back16 goes from a character of UTF-16 back over those before it that have no
// NUL: Hanzi, if they do not look like two letters each. Those that do count when
// they are common ones and lead to the start of the piece.
func back16(b []byte, start, from int, f form) int {
	order := f.order()
	letters := func(i int) bool { return isText(b[i]) && isText(b[i+1]) }
	for from-2 >= start && !letters(from-2) && isInLogs(order.Uint16(b[from-2:])) {
		from -= 2
	}
	i := from
	for i-2 >= start && from-i < run16Max && (isCommon(order.Uint16(b[i-2:])) || !letters(i-2) && isInLogs(order.Uint16(b[i-2:]))) {
		i -= 2
	}
	if i == start {
		return start
	}
	return from
}

// stays16 returns the first place from which b would not be left before sure as a
// text of bytes. Without it a line of bytes that can be Hanzi too would be entered and
// left at each of them.
func stays16(b []byte, from, sure int, f form, final bool) int {
	order := f.order()
	for i := sure - 2; i > from; i -= 2 {
		if leaves16(b[i:], order, final) {
			return i + 2
		}
	}
	return from
}

// begin16 hands out what of a piece is before UTF-16.
func (t *transcoder) begin16(b []byte, p stretch) {
	before := b[:p.from]
	if string(before) == "\x00" && !t.inLine {
		t.at++ // the other half of a \n
		t.off++
	} else if len(before) > 0 {
		j := judgement{}
		if !utf8.Valid(before) {
			j = judge(before, &t.votes)
		}
		if j.as == asIs {
			t.counts.undecodable += j.bad
			t.out = append(t.out, before...)
		} else {
			t.rewrite(before, j, true)
		}
		t.at += len(before)
		t.advance(before)
		t.ready = t.out
	}
	t.form, t.entered = inUTF16LE+form(p.as-asUTF16LE), true
}

// outMax is how much is transcoded at once.
const outMax = 64 << 10

// units transcodes UTF-16 or UTF-32 into t.out and returns how many bytes that
// were. A text of bytes behind it ends it.
func (t *transcoder) units(b []byte) int {
	if t.form >= inUTF32LE {
		return t.units32(b)
	}
	i := 0
	for len(t.out) < outMax {
		rest, order := b[i:], t.form.order()
		if len(rest) < leaveMax && !t.final() || len(rest) == 0 {
			return i
		}
		if len(rest) == 1 || !t.entered && leaves16(rest, order, t.final()) {
			t.form = inBytes
			return i
		}
		t.entered = false
		i += t.unit(rest, order)
	}
	return i
}

// unit transcodes a character of UTF-16 and returns its size.
func (t *transcoder) unit(b []byte, order binary.ByteOrder) int {
	r, size := rune(order.Uint16(b)), 2
	switch {
	case r == 0xfeff && !t.inLine:
		return size // the mark of a file that was appended
	case r == 0xfffe && !t.inLine:
		t.form = inUTF16LE + inUTF16BE - t.form // the same, the other way round
		return size
	case utf16.IsSurrogate(r):
		second := rune(utf8.RuneError)
		if len(b) >= 4 {
			second = rune(order.Uint16(b[2:]))
		}
		if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
			t.counts.undecodable += 2
		} else {
			size = 4
		}
	}
	t.emit(r)
	return size
}

func (t *transcoder) units32(b []byte) int {
	order, i := t.form.order(), 0
	for ; len(b)-i >= 4 && len(t.out) < outMax; i += 4 {
		u := order.Uint32(b[i:])
		r := rune(u)
		if u > utf8.MaxRune || !utf8.ValidRune(r) {
			t.counts.undecodable += 4
			r = utf8.RuneError
		}
		t.emit(r)
	}
	if n := len(b) - i; n > 0 && n < 4 && t.final() {
		t.counts.undecodable += int64(n)
		t.emit(utf8.RuneError)
		return len(b)
	}
	return i
}

func (t *transcoder) emit(r rune) {
	t.line(t.form.reading())
	if r == noBreak {
		r = ' '
	}
	t.out = utf8.AppendRune(t.out, r)
	t.inLine = r != '\n'
	t.counted = t.inLine
}

// leaves16 reports whether b, which UTF-16 came before, goes on as a text of
// bytes. Taken for UTF-16, letters of ASCII are Hanzi, but hardly ever common ones:
// one that is as good as none, or a line of bytes that ends, leaves.
func leaves16(b []byte, order binary.ByteOrder, final bool) bool {
	if b[0] == 0 || b[1] == 0 {
		return false
	}
	whole := final && len(b) <= leaveMax
	b = b[:min(len(b), leaveMax)]
	if isText(b[0]) && isText(b[1]) && len(b) > 2 && b[2] == 0 && order == binary.LittleEndian {
		// One byte, a \n at most, put in between.
		return runOf(b[1:], order).ascii >= 4 && runOf(b, order).ascii == 0
	}
	text, ended := bytesText(b)
	ended = ended || whole && len(text) == len(b)
	if string(text) == "\r\n" {
		return true
	}
	if len(text) < leaveMin && !(ended && len(text) >= 3) {
		return false
	}
	return !mostlyCommon(text[:min(len(text), leaveMin)], order) && !mostlyCommon(text, order) && isBytesText(text)
}

func mostlyCommon(b []byte, order binary.ByteOrder) bool {
	r := runOf(b, order)
	return r.common > 0 && 2*r.common >= len(b)/2
}

// isBytesText reports whether text, which may end in mid-character, is in one of the
// encodings that lines are judged by.
func isBytesText(text []byte) bool {
	if utf8.Valid(text[:len(text)-cutRune(text)]) {
		return true
	}
	l := scoreLatin(text)
	if l.good > 2*l.odd {
		return true
	}
	score, whole := scoreGB(text)
	if !whole {
		score, _ = scoreGB(text[:len(text)-1])
	}
	return score >= gbUndecided
}

// bytesText returns what of b is before a control character, up to the end of a
// line, and whether that came.
func bytesText(b []byte) (text []byte, ended bool) {
	for i, c := range b {
		if c == '\n' {
			return b[:i+1], true
		}
		if c < ' ' && !isTextControl(c) || c == 0x7f {
			return b[:i], false
		}
	}
	return b, false
}

// cutRune returns how many bytes at the end of text begin a UTF-8 sequence that is
// not whole.
func cutRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n:]; utf8.RuneStart(c[0]) {
			if utf8.FullRune(c) {
				return 0
			}
			return n
		}
	}
	return 0
}
