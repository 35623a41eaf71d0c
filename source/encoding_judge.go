package source

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// votes are what encoding the lines are in that were plainly in one: it decides
// about those that could be in several. What led once leads on until as many lines
// as led to it, votesMax at most, were in others.
type votes struct {
	lead reading // asIs is UTF-8
	n    int     // 0 before the first vote
}

const votesMax = 8

func (v *votes) add(as reading) {
	switch {
	case v.n > 0 && v.lead == as:
		v.n = min(v.n+1, votesMax)
	case v.n > 1:
		v.n--
	default:
		v.lead, v.n = as, 1
	}
}

func (v *votes) leads(as reading) bool { return v.n > 0 && v.lead == as }

// survey lets the first lines of a text vote before the first of them is judged.
func (v *votes) survey(sample []byte, whole bool) {
	for len(sample) > 0 {
		end := bytes.IndexByte(sample, '\n') + 1
		if end == 0 {
			if !whole {
				return
			}
			end = len(sample)
		}
		line := sample[:end]
		sample = sample[end:]
		if quiet(line) == end {
			continue
		}
		if utf8.Valid(line) {
			if hasThree(line) {
				v.add(asIs)
			}
			continue
		}
		v.count(judge(line, v))
	}
}

// count counts the vote of a line that was judged.
func (v *votes) count(j judgement) {
	if j.votes {
		v.add(j.side())
	}
}

// judgement is how a piece is to be taken.
type judgement struct {
	as    reading
	votes bool  // there is no doubt
	bad   int64 // bytes that stay though they cannot be decoded
}

// side is the encoding that it votes for.
func (j judgement) side() reading {
	if j.as == asMixed || j.as == asSpaced {
		return asIs
	}
	return j.as
}

// hasThree reports whether text that is UTF-8 has sequences of three bytes or four,
// as Chinese has and other encodings hardly happen to have.
func hasThree(text []byte) bool {
	for _, c := range text {
		if c >= 0xe0 {
			return true
		}
	}
	return false
}

// tornHead returns how many bytes of a character that began earlier text starts
// with.
func tornHead(text []byte) int {
	n := 0
	for n < len(text) && n < utf8.UTFMax-1 && !utf8.RuneStart(text[n]) {
		n++
	}
	return n
}

// What a line scores that is GB18030 though other lines are not, what where nothing
// was decided, and what where other lines are. A common Hanzi scores two.
const (
	gbSure      = 8
	gbUndecided = 1
	gbLed       = -6
)

// judge says how a line that is not UTF-8 is to be taken.
func judge(line []byte, v *votes) judgement {
	g, whole := scoreGB(line)
	if whole && g >= gbSure && v.leads(asGB18030) {
		return judgement{as: asGB18030, votes: true}
	}
	u := surveyUTF8(line)
	if u.control > 1+len(line)/20 {
		return judgement{bad: u.bad}
	}
	if n := 3*u.three + u.two; n > g && (u.three > 0 && n > int(u.bad) || u.two > 2*int(u.bad)) {
		return mixed(line, u.bad)
	}
	l := scoreLatin(line)
	latin, chinese := l.good > 2*l.odd, g >= gbUndecided
	switch {
	case v.leads(asGB18030):
		chinese = g >= gbLed || whole && !latin
	case latin:
		chinese = g >= gbSure || v.n == 0 && g > l.good-2*l.odd
	}
	switch {
	case chinese && (g >= gbSure || !v.leads(asIs) || u.torn < u.bad):
		return judgement{as: asGB18030, votes: g >= gbSure}
	case v.leads(asIs) && u.torn == u.bad:
		return judgement{bad: u.bad}
	case latin:
		return judgement{as: asWindows1252, votes: l.good >= 3 && l.odd == 0 && g < 0}
	}
	return judgement{bad: u.bad}
}

// mixed is a line of UTF-8 with something else in it. Only runs that are GB18030
// beyond doubt are decoded, such as what a program called by the writer printed.
func mixed(line []byte, bad int64) judgement {
	for rest := line; len(rest) > 0; {
		n, gb := span8(rest)
		if gb {
			return judgement{as: asMixed, votes: true}
		}
		rest = rest[n:]
	}
	return judgement{votes: true, bad: bad}
}

// span8 returns the length of the span of ASCII, of UTF-8, or of neither that text
// begins with, and whether the latter is GB18030 amid UTF-8. As sequences of two
// bytes may be Hanzi in GB18030, they do not count for UTF-8 there.
func span8(text []byte) (n int, gb bool) {
	if text[0] < utf8.RuneSelf {
		for n < len(text) && text[n] < utf8.RuneSelf {
			n++
		}
		return n, false
	}
	for n < len(text) && isLong8(text[n:]) {
		_, size := utf8.DecodeRune(text[n:])
		n += size
	}
	if n > 0 {
		return n, false
	}
	for n < len(text) && text[n] >= utf8.RuneSelf && !isLong8Twice(text[n:]) {
		n += min(2, len(text)-n)
	}
	if text[n-1] < utf8.RuneSelf {
		return n - 1, false
	}
	score, whole := scoreGB(text[:n])
	return n, whole && score > n/2 && !utf8.Valid(text[:n])
}

// isLong8 reports whether text begins with a UTF-8 sequence of three bytes or four.
func isLong8(text []byte) bool {
	_, size := utf8.DecodeRune(text)
	return size > 2
}

func isLong8Twice(text []byte) bool {
	_, size := utf8.DecodeRune(text)
	return size > 2 && (size == len(text) || text[size] < utf8.RuneSelf || isLong8(text[size:]))
}

// inUTF8 is what a text has when it is taken for UTF-8.
type inUTF8 struct {
	two, three int   // sequences of two bytes, and of three or four
	bad        int64 // bytes in no sequence
	torn       int64 // those of them that a longer sequence could have begun with
	control    int
}

func surveyUTF8(text []byte) inUTF8 {
	var u inUTF8
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' && !isTextControl(c) || c == 0x7f {
				u.control++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			n := max(1, tornTail(text[i:]))
			if n > 1 {
				u.torn += int64(n)
			}
			u.bad += int64(n)
			size = n
		case size == 2:
			u.two++
		default:
			u.three++
		}
		i += size
	}
	return u
}

// tornTail returns how many bytes text begins with that are the first of a UTF-8
// sequence without its rest, if there are two at least.
func tornTail(text []byte) int {
	n := 0
	switch c := text[0]; {
	case c >= 0xe1 && c <= 0xef:
		n = 3
	case c >= 0xf1 && c <= 0xf3:
		n = 4
	}
	i := 1
	for i < len(text) && i < n-1 && !utf8.RuneStart(text[i]) {
		i++
	}
	if n == 0 || i < 2 || i < len(text) && !utf8.RuneStart(text[i]) {
		return 0
	}
	return i
}

// scoreGB says how much a text looks like Chinese in GB18030: most pairs of bytes
// are the 3,755 common Hanzi of GB 2312's first level, or its punctuation. Its
// second level is rare; the pairs that GBK added are rarer still, but what an
// accented letter and the letter behind it look like. A pair alone between letters
// counts nothing.
//
// It is whole when each byte beyond ASCII is part of a character.
func scoreGB(text []byte) (score int, whole bool) {
	whole = true
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := decodeGB(text[i:], true)
		switch {
		case size == 4:
			score++
		case size == 1:
			score -= 6
			whole = false
		default:
			alone := i > 0 && isLetter(text[i-1]) && i+2 < len(text) && isLetter(text[i+2])
			if n := scorePair(text[i], text[i+1]); n < 0 || !alone {
				score += n
			}
		}
		i += size
	}
	return score, whole
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// scorePair: GB 2312-80 has its symbols in the rows from A1, the common Hanzi from
// B0 to D7 and the others from D8 to F7.
func scorePair(lead, trail byte) int {
	switch {
	case trail < 0xa1:
		return -3
	case lead >= 0xb0 && lead <= 0xd7, lead == 0xa1, lead == 0xa3:
		return 2
	case lead >= 0xd8 && lead <= 0xf7:
		return -1
	case lead == 0xa2, lead >= 0xa4 && lead <= 0xa9:
		return 0
	}
	return -3
}

// isShortGB reports whether a text that is UTF-8 only because its few Hanzi happen
// to be is Chinese in GB18030.
func isShortGB(text []byte) bool {
	score, whole := scoreGB(text)
	return whole && score >= 2
}

// decodeGB decodes the character that text begins with. A size of 0 means that it
// is not whole; a size of 1 or 2 with utf8.RuneError that there is no such one.
func decodeGB(text []byte, whole bool) (rune, int) {
	lead := text[0]
	if lead < utf8.RuneSelf {
		return rune(lead), 1
	}
	if lead == 0x80 { // code page 936, which Windows calls GBK
		return '€', 1
	}
	if lead == 0xff || len(text) == 1 && whole {
		return utf8.RuneError, 1
	}
	if len(text) == 1 {
		return 0, 0
	}
	trail := text[1]
	if trail >= '0' && trail <= '9' {
		return decodeGB4(text, whole)
	}
	if trail < 0x40 || trail == 0x7f || trail == 0xff {
		return utf8.RuneError, 1
	}
	if r := gbPairs()[int(lead-0x81)*gbTrails+int(trail)-0x40]; r != 0 {
		return rune(r), 2
	}
	if trail < utf8.RuneSelf {
		return utf8.RuneError, 1
	}
	return utf8.RuneError, 2
}

func decodeGB4(text []byte, whole bool) (rune, int) {
	const size = 4
	for i := 2; i < size; i++ {
		switch {
		case i >= len(text) && whole:
			return utf8.RuneError, 1
		case i >= len(text):
			return 0, 0
		case i == 2 && (text[i] < 0x81 || text[i] == 0xff), i == 3 && (text[i] < '0' || text[i] > '9'):
			return utf8.RuneError, 1
		}
	}
	var utf [utf8.UTFMax]byte
	n, _, err := simplifiedchinese.GB18030.NewDecoder().Transform(utf[:], text[:size], true)
	r, used := utf8.DecodeRune(utf[:n])
	if err != nil || r == utf8.RuneError || used != n {
		return utf8.RuneError, 1
	}
	return r, size
}

// gbTrails is how many second bytes gbPairs has room for, from 0x40 on.
const gbTrails = 0xff - 0x40

// gbPairs are the characters that GB18030 has in two bytes.
var gbPairs = sync.OnceValue(func() *[(0xff - 0x81) * gbTrails]uint16 {
	var pairs [(0xff - 0x81) * gbTrails]uint16
	decoder := simplifiedchinese.GB18030.NewDecoder()
	for i := range pairs {
		pair := [2]byte{byte(i/gbTrails + 0x81), byte(i%gbTrails + 0x40)}
		var utf [2 * utf8.UTFMax]byte
		n, _, err := decoder.Transform(utf[:], pair[:], true)
		if r, size := utf8.DecodeRune(utf[:n]); err == nil && size == n && r != utf8.RuneError {
			pairs[i] = uint16(r)
		}
	}
	return &pairs
})

// inLatin is what a text has when it is taken for Windows-1252.
type inLatin struct{ good, odd int }

// latinGood are the characters beyond ASCII that West European text is full of:
// the rest of the code page stands in names at most.
const latinGood = "éèêëàâäáãåæçñöôóòõøœßüûúùîïíìÉÈÊÀÂÄÁÃÅÆÇÑÖÔÓÕØÜÚÍ€…‘’“”•–—™ °§©®«»·±²³µ´¿¡ºª£×½¼"

var latinIsGood = func() (good [256]bool) {
	for c := range 128 {
		for _, r := range latinGood {
			good[c+128] = good[c+128] || windows1252(byte(c+128)) == r
		}
	}
	return good
}()

// scoreLatin looks at the neighbours, too: a letter stands beside a letter, or alone
// as the French "à" does, signs do not stand in rows, and no word has four bytes
// beyond ASCII in a row.
func scoreLatin(text []byte) inLatin {
	var l inLatin
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		from := i
		for i < len(text) && text[i] >= utf8.RuneSelf {
			i++
		}
		for k := from; k < i; k++ {
			if i-from < 4 && isLatin(text, k) {
				l.good++
			} else {
				l.odd++
			}
		}
	}
	return l
}

// isLatin reports whether a character stands where it usually does.
func isLatin(text []byte, i int) bool {
	before, behind := byte(' '), byte(' ')
	if i > 0 {
		before = text[i-1]
	}
	if i+1 < len(text) {
		behind = text[i+1]
	}
	switch c := text[i]; {
	case !latinIsGood[c]:
		return false
	case isLatinLetter(c):
		return isLatinLetter(before) || isLatinLetter(behind) || !isWord(before) && !isWord(behind)
	}
	return before < utf8.RuneSelf || isLatinLetter(before)
}

func isLatinLetter(c byte) bool { return isLetter(c) || c >= 0xc0 && c != 0xd7 && c != 0xf7 }

// isWord reports whether a byte is part of a word, or no ASCII.
func isWord(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// high1252 are the characters of Windows-1252 at 0x80 to 0x9f, where Latin-1 has
// controls; five are free. Unicode's table VENDORS/MICSFT/WINDOWS/CP1252.TXT.
var high1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// windows1252 decodes a byte; utf8.RuneError means that there is no such one.
func windows1252(c byte) rune {
	if c >= 0xa0 || c < 0x80 {
		return rune(c)
	}
	if r := high1252[c-0x80]; r != 0 {
		return r
	}
	return utf8.RuneError
}

// rewrite appends the text of a piece to t.out, and returns how much of the piece
// that was: what a cut tore off begins the next one.
func (t *transcoder) rewrite(b []byte, j judgement, whole bool) int {
	if j.as == asSpaced {
		t.line(j.as)
		t.out = pageBlanks.append(t.out, b)
		return len(b)
	}
	t.trust.broken = true
	t.votes.count(j)
	t.line(j.as)
	switch j.as {
	case asWindows1252:
		t.rewriteLatin(b)
		return len(b)
	case asMixed:
		t.rewriteMixed(b)
		return len(b)
	}
	return t.rewriteGB(b, whole)
}

func (t *transcoder) rewriteGB(b []byte, whole bool) int {
	for i := 0; i < len(b); {
		if c := b[i]; c < utf8.RuneSelf {
			t.out = append(t.out, c)
			i++
			continue
		}
		r, size := decodeGB(b[i:], whole)
		if size == 0 {
			return i
		}
		if r == utf8.RuneError {
			t.counts.undecodable += int64(size)
		}
		t.out = utf8.AppendRune(t.out, r)
		i += size
	}
	return len(b)
}

func (t *transcoder) rewriteLatin(b []byte) {
	for _, c := range b {
		r := windows1252(c)
		if r == utf8.RuneError {
			t.counts.undecodable++
		}
		if r == noBreak {
			r = ' '
		}
		t.out = utf8.AppendRune(t.out, r)
	}
}

func (t *transcoder) rewriteMixed(b []byte) {
	for len(b) > 0 {
		n, gb := span8(b)
		if gb {
			t.rewriteGB(b[:n], true)
		} else {
			t.counts.undecodable += surveyUTF8(b[:n]).bad
			t.out = append(t.out, b[:n]...)
		}
		b = b[n:]
	}
}

// commonHanzi are the characters of GB 2312's first level, from U+4E00 on.
var commonHanzi = sync.OnceValue(func() *[0xa000 - 0x4e00]bool {
	var common [0xa000 - 0x4e00]bool
	for lead := 0xb0; lead <= 0xd7; lead++ {
		for trail := 0xa1; trail <= 0xfe; trail++ {
			if r, _ := decodeGB([]byte{byte(lead), byte(trail)}, true); r >= 0x4e00 && r < 0xa000 {
				common[r-0x4e00] = true
			}
		}
	}
	return &common
})
