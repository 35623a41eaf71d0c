// Package filter finds many literals in a block of text at memory speed.
//
// In come the literals (once) and blocks of text; out go the offsets at which a
// literal stands, without regard to ASCII case. It knows nothing of lines,
// entries or rules, decodes nothing, and keeps no text.
//
// How it works. With a stride of s, only every s-th position of the text is
// looked at: the five bytes there, its gram, are hashed and looked up in a table of
// marks. Of each literal a window of s consecutive grams is marked, so an
// occurrence meets exactly one of the positions that are looked at: none is
// missed, none is found twice. Where a marked gram stands, an exact table tells
// which literals it may belong to, and these are compared in full.
//
// How fast that is depends on how seldom the marked grams stand in the text. So
// the windows are chosen by counting grams in a sample of the text itself, and
// [Guard] chooses anew when the text changes under way.
package filter

import (
	"bytes"
	"fmt"
)

const (
	// MinLen is the length in bytes of the shortest literal that can be sought.
	MinLen = gramLen
	// FullSpeedLen is the length in bytes from which on a literal does not slow the
	// scan: a shorter one narrows the stride for all.
	FullSpeedLen = gramLen + maxStride - 1
	// MaxLiterals is the largest number of literals in one filter.
	MaxLiterals = 1 << literalBits

	gramLen     = 5
	maxStride   = 5
	literalBits = 20
)

// Filter seeks a fixed set of literals. It never changes once it is made, so any
// number of goroutines may scan with it at a time.
type Filter struct {
	set    *literalSet
	stride int
	reach  int // largest distance from an occurrence to the position that reveals it
	marks  *markSet
	grams  *gramTable
	seen   *gramCounts // in the samples
	// expected is how many candidates a megabyte of the last sample has, 0 without one.
	expected int
}

// New returns a filter for the literals, which are known from then on by their
// index. The sample is a piece of the text to be scanned, best taken from several
// places (256 KiB do); without one the filter is exact too, but slower. A literal
// shorter than [MinLen] is an error. Equal literals are all reported.
func New(literals [][]byte, sample []byte) (*Filter, error) {
	set, err := newLiteralSet(literals)
	if err != nil {
		return nil, err
	}
	var unseen *gramCounts
	return build(set, unseen.with(sample)).tried(sample), nil
}

// Resample returns a filter for the same literals that suits text like the sample
// better. What was learnt from earlier samples counts half.
func (f *Filter) Resample(sample []byte) *Filter {
	return build(f.set, f.seen.with(sample)).tried(sample)
}

// tried notes how many candidates the sample has.
func (f *Filter) tried(sample []byte) *Filter {
	if len(sample) > 0 {
		candidates := f.Scan(sample, 0, len(sample), func(int, int) {})
		f.expected = tally{len(sample), candidates}.perMB()
	}
	return f
}

// For returns a filter for other literals in the same text: it knows what this one
// learnt from its samples.
func (f *Filter) For(literals [][]byte) (*Filter, error) {
	set, err := newLiteralSet(literals)
	if err != nil {
		return nil, err
	}
	return build(set, f.seen), nil
}

// Len returns the number of literals.
func (f *Filter) Len() int { return len(f.set.all) }

// Stride returns the distance of the positions that are looked at, 1 to 5.
func (f *Filter) Stride() int { return f.stride }

// Scan calls hit for every occurrence of a literal in text that starts at from or
// later and before to; it may reach beyond to. Occurrences come in the order of
// their positions, those at one position in the order of the literals, each once.
//
// It returns the number of candidates: the positions at which a mark made it look
// closer, and the literals that were compared there. Candidates that are no hits
// are what slows a scan; [Guard] watches them.
func (f *Filter) Scan(text []byte, from, to int, hit func(pos, literal int)) (candidates int) {
	from, to = max(from, 0), min(to, len(text))
	if from >= to || len(f.set.all) == 0 {
		return 0
	}
	// The last occurrence starts at to-1; a gram must lie inside the text.
	end := min(to+f.reach, len(text)-gramLen+1)
	// Candidates are met in the order of their marked positions. Pending holds
	// occurrences until none before them can follow; it stays on the stack unless very
	// many overlap.
	var store [32]occurrence
	pending := occurrences(store[:0])
	for p := from; ; p += f.stride {
		at, marks := f.nextMarked(text, p, end)
		candidates += marks
		if at >= end {
			break
		}
		p = at
		pending = pending.release(p-f.reach, hit)
		if word := load(text, p); word == 0 && !f.set.nul {
			p = f.lastOfRun(text, p)
		} else {
			compared := 0
			pending, compared = f.compare(text, p, hash(word), from, to, pending)
			candidates += compared
		}
	}
	pending.release(to, hit)
	return candidates
}

// compare adds to pending the literals around position p, where a gram with this hash
// stands, that start between from and to. It returns how many it compared in full, too.
func (f *Filter) compare(text []byte, p int, hash uint64, from, to int, pending occurrences) (_ occurrences, compared int) {
	places := f.grams.places(rowOf(hash))
	for i := range places {
		place := &places[i]
		if !place.of(hash) {
			continue
		}
		pos := p - place.offset()
		if pos < from || pos >= to || !place.may(text, pos) {
			continue
		}
		compared++
		if literal := &f.set.all[place.literal()]; literal.at(text, pos) {
			pending = pending.push(newOccurrence(pos, literal.index))
		}
	}
	return pending, compared
}

// lastOfRun returns the last position to be looked at whose gram lies in the run of
// NULs at p. A hole in a sparse file, as cutting a log leaves under a writer that kept
// its offset, has gigabytes of them, and they look like blanks to the marks.
func (f *Filter) lastOfRun(text []byte, p int) int {
	end := p
	for end+8 <= len(text) && load(text, end) == 0 {
		end += 8
	}
	for end < len(text) && text[end] == 0 {
		end++
	}
	return p + (end-gramLen-p)/f.stride*f.stride
}

// occurrence packs a position and a literal's index so that occurrences compare as
// numbers, in the order in which they are reported.
type occurrence uint64

func newOccurrence(pos int, literal int32) occurrence {
	return occurrence(pos)<<literalBits | occurrence(literal)
}

func (o occurrence) pos() int     { return int(o >> literalBits) }
func (o occurrence) literal() int { return int(o & (MaxLiterals - 1)) }

// occurrences is a binary heap with the first occurrence on top. (container/heap
// would allocate for each.)
type occurrences []occurrence

// release reports the occurrences before position pos and returns the others.
func (h occurrences) release(pos int, hit func(pos, literal int)) occurrences {
	for len(h) > 0 && h[0].pos() < pos {
		first := h[0]
		h = h.pop()
		hit(first.pos(), first.literal())
	}
	return h
}

func (h occurrences) push(o occurrence) occurrences {
	h = append(h, o)
	i := len(h) - 1
	for ; i > 0 && h[(i-1)/2] > o; i = (i - 1) / 2 {
		h[i] = h[(i-1)/2]
	}
	h[i] = o
	return h
}

// pop removes the first occurrence.
func (h occurrences) pop() occurrences {
	last := h[len(h)-1]
	h = h[:len(h)-1]
	if len(h) == 0 {
		return h
	}
	i := 0
	for child := 1; child < len(h); child = 2*i + 1 {
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if h[child] >= last {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return h
}

// literalSet holds the literals. It is shared by all the filters that Resample makes.
type literalSet struct {
	shortest int       // bytes
	nul      bool      // one of them has a NUL in it
	all      []literal // short ones first
}

// literal is one of the caller's.
type literal struct {
	folded []byte // ASCII letters are lower case
	index  int32  // as the caller counts
}

func newLiteralSet(literals [][]byte) (*literalSet, error) {
	if len(literals) > MaxLiterals {
		return nil, fmt.Errorf("filter: %d literals, at most %d are possible", len(literals), MaxLiterals)
	}
	bytesOfAll := 0
	var ends [FullSpeedLen + windowSpan]int // of the literals of each length, in the order
	for i, given := range literals {
		if len(given) < MinLen {
			return nil, fmt.Errorf("filter: literal %d %q has %d bytes, needs %d or more", i, given, len(given), MinLen)
		}
		bytesOfAll += len(given)
		ends[min(len(given), len(ends)-1)]++
	}
	begin := 0
	for length, n := range ends {
		ends[length], begin = begin, begin+n
	}
	// The literals share one piece of memory: at the start of a short run, a piece for
	// each would be most of the time.
	memory := make([]byte, bytesOfAll)
	set := &literalSet{shortest: FullSpeedLen, all: make([]literal, len(literals))}
	for i, given := range literals {
		folded := memory[:len(given):len(given)]
		memory = memory[len(given):]
		fold(folded, given)
		set.shortest = min(set.shortest, len(folded))
		set.nul = set.nul || bytes.IndexByte(folded, 0) >= 0
		end := &ends[min(len(given), len(ends)-1)]
		set.all[*end] = literal{folded, int32(i)}
		*end++
	}
	return set, nil
}

// fold writes the literal in lower case, ASCII letters only.
func fold(folded, literal []byte) {
	for i, c := range literal {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		folded[i] = c
	}
}

// at reports whether the literal stands at position pos of the text.
func (l *literal) at(text []byte, pos int) bool {
	if len(l.folded) > len(text)-pos {
		return false
	}
	text = text[pos : pos+len(l.folded)]
	for i, c := range l.folded {
		if t := text[i]; t != c && (t|0x20 != c || c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
