package filter

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	// markBits sizes the set of marks. A bit each, 128 KiB, stay in the second-level
	// cache of any processor; 25,000 marks (5,000 literals) fill 2 % of it. A byte each
	// would save a shift, but with twice the memory four times as many grams collide.
	markBits = 20
	// sampleBits sizes the counts of a sample, 2 MiB. As fine as the marks, they keep
	// clear of the marks that would collide with grams of the sample, too.
	sampleBits = markBits
	// sharedBits sizes the counts of the literals, 128 KiB.
	sharedBits = 16

	foldMask = 0x2020202020202020
	// hashFactor is 2^40 over the golden ratio, shifted so that a product has no trace
	// of the bytes behind the gram: they leave the word at its upper end. It is odd
	// before the shift, so different grams have different hashes.
	hashFactor = 0x9E3779B97F << (64 - 8*gramLen)

	// windowSpan bounds where in a literal its window may begin, and so how long an
	// occurrence can be pending.
	windowSpan = 256
)

// hash returns a hash of the gram in the low bytes of a word: another one for each
// folded gram, in the upper 40 bits. Folding by a bit makes more grams equal than
// case does ('@' and '`', '\n' and '*'), which costs a comparison at times and keeps the
// loop short.
func hash(word uint64) uint64 { return (word | foldMask) * hashFactor }

// markSet is the set of marked grams, by their hashes.
type markSet [1 << markBits / 64]uint64

func (m *markSet) add(hash uint64) {
	h := hash >> (64 - markBits)
	m[h/64] |= 1 << (h % 64)
}

// bit returns a number whose lowest bit says whether the gram may be marked; the
// others mean nothing.
func (m *markSet) bit(word uint64) uint64 {
	h := hash(word) >> (64 - markBits)
	return m[h/64] >> (h % 64)
}

// load returns eight bytes from position p on, zeros behind the end of the text.
func load(text []byte, p int) uint64 {
	if p+8 <= len(text) {
		return binary.LittleEndian.Uint64(text[p:])
	}
	var word [8]byte
	copy(word[:], text[p:])
	return binary.LittleEndian.Uint64(word[:])
}

// nextMarked returns the first position from p on, in steps of the stride, at which
// a marked gram stands, or one not before end. Grams up to end lie inside the text.
func (f *Filter) nextMarked(text []byte, p, end int) int {
	if p >= end {
		return p
	}
	whole := text[:min(end+7, len(text))] // whole words only, from positions before end
	if f.stride == maxStride {
		p = nextMarked5(f.marks, whole, p)
	} else {
		p = nextMarkedBy(f.marks, whole, p, f.stride)
	}
	for p < end && f.marks.bit(load(text, p))&1 == 0 {
		p += f.stride
	}
	return p
}

// nextMarked5 is the loop in which all the time goes: four positions, one branch. It
// stops at a mark, or where fewer than 28 bytes are left.
func nextMarked5(marks *markSet, text []byte, p int) int {
	for t := text[p:]; len(t) >= 28; t = t[20:] {
		m0 := marks.bit(binary.LittleEndian.Uint64(t))
		m1 := marks.bit(binary.LittleEndian.Uint64(t[5:]))
		m2 := marks.bit(binary.LittleEndian.Uint64(t[10:]))
		m3 := marks.bit(binary.LittleEndian.Uint64(t[15:]))
		if (m0|m1|m2|m3)&1 != 0 {
			return p + 5*firstOf(m0, m1, m2, m3)
		}
		p += 20
	}
	return p
}

// firstOf returns which is the first whose lowest bit is set: without branches, since
// none of them could be predicted.
func firstOf(m0, m1, m2, m3 uint64) int {
	return bits.TrailingZeros64(m0&1 | m1&1<<1 | m2&1<<2 | m3&1<<3)
}

// nextMarkedBy is nextMarked5 for the narrower strides. The masks change nothing; they
// tell the compiler that the words lie inside of the 28 bytes.
func nextMarkedBy(marks *markSet, text []byte, p, stride int) int {
	for t := text[p:]; len(t) >= 28; t = t[4*stride:] {
		m0 := marks.bit(binary.LittleEndian.Uint64(t))
		m1 := marks.bit(binary.LittleEndian.Uint64(t[stride&7:]))
		m2 := marks.bit(binary.LittleEndian.Uint64(t[2*stride&15:]))
		m3 := marks.bit(binary.LittleEndian.Uint64(t[3*stride&15:]))
		if (m0|m1|m2|m3)&1 != 0 {
			return p + stride*firstOf(m0, m1, m2, m3)
		}
		p += 4 * stride
	}
	return p
}

// gramCounts counts grams by their hashes. A nil one has counted nothing.
type gramCounts struct {
	table []uint16
	shift int
}

func newGramCounts(bits int) *gramCounts {
	return &gramCounts{make([]uint16, 1<<bits), 64 - bits}
}

func (c *gramCounts) add(text []byte) {
	for p := 0; p+gramLen <= len(text); p++ {
		if n := &c.table[hash(load(text, p))>>c.shift]; *n < math.MaxUint16 {
			*n++
		}
	}
}

// of returns how often the gram in the low bytes of the word was counted, or those
// with which it shares a place.
func (c *gramCounts) of(word uint64) int {
	if c == nil {
		return 0
	}
	return int(c.table[hash(word)>>c.shift])
}

// with returns counts that have seen the sample too; what was seen before counts half.
func (c *gramCounts) with(sample []byte) *gramCounts {
	if len(sample) == 0 {
		return c
	}
	sum := newGramCounts(sampleBits)
	if c != nil {
		for i, n := range c.table {
			sum.table[i] = n / 2
		}
	}
	sum.add(sample)
	return sum
}

// gramTable tells in which literals a marked gram stands. The places of the grams
// whose marks share a word of the set lie side by side: one or two, as a rule.
type gramTable struct {
	first [len(markSet{}) + 1]uint32
	all   []place
	tails []tail // what follows each
}

// tail is what follows a gram in its literal, as far as the word that was loaded for
// the gram reaches: up to three folded bytes, and how many. Many literals share their
// rarest gram with words of healthy text; this tells them apart without a look at the
// literal, which is rarely in the cache.
type tail uint32

const tailLen = 8 - gramLen

func newTail(literal []byte, offset int) tail {
	known := min(len(literal)-offset-gramLen, tailLen)
	bytes := uint32(load(literal, offset)>>(8*gramLen)) | foldMask>>40&0xFFFFFF
	return tail(bytes&(1<<(8*known)-1) | uint32(known)<<24)
}

// of reports whether the bytes behind the gram in a word may be those of the tail.
func (t tail) of(word uint64) bool {
	bytes := uint32(word>>(8*gramLen)) | foldMask>>40&0xFFFFFF
	return (bytes^uint32(t))&(1<<(8*(t>>24))-1) == 0
}

// place is where in a literal a marked gram stands. It packs the part of the gram's
// hash that its row in the table does not tell, the literal and the offset.
type place uint64

const (
	rowBits    = markBits - 6
	restBits   = 8*gramLen - rowBits
	offsetBits = 64 - restBits - literalBits
)

func newPlace(hash uint64, literal, offset int) place {
	return place(hash<<rowBits | uint64(literal)<<offsetBits | uint64(offset))
}

func (p place) literal() int { return int(p >> offsetBits & (MaxLiterals - 1)) }
func (p place) offset() int  { return int(p & (1<<offsetBits - 1)) }

// of reports whether it is a place of the gram with this hash, given that the row is
// the right one.
func (p place) of(hash uint64) bool { return uint64(p)>>(64-restBits) == hash<<rowBits>>(64-restBits) }

// row returns the places among which those of the gram are, and what follows each.
func (t *gramTable) row(hash uint64) ([]place, []tail) {
	row := hash >> (64 - rowBits)
	from, to := t.first[row], t.first[row+1]
	return t.all[from:to], t.tails[from:to]
}

// build chooses a window for each literal and makes the tables.
func build(set *literalSet, seen *gramCounts) *Filter {
	f := &Filter{
		set:    set,
		stride: max(1, min(maxStride, set.shortest-gramLen+1)),
		marks:  new(markSet),
		grams:  new(gramTable),
		seen:   seen,
	}
	windows := f.chooseWindows()
	first := &f.grams.first
	f.eachMark(windows, func(hash uint64, literal, offset int) {
		f.marks.add(hash)
		first[hash>>(64-rowBits)]++
		f.reach = max(f.reach, offset)
	})
	// From the rows' lengths to their ends; filling them from behind leaves their
	// beginnings.
	for row := 1; row < len(first); row++ {
		first[row] += first[row-1]
	}
	f.grams.all = make([]place, first[len(first)-1])
	f.grams.tails = make([]tail, len(f.grams.all))
	f.eachMark(windows, func(hash uint64, literal, offset int) {
		row := hash >> (64 - rowBits)
		first[row]--
		f.grams.all[first[row]] = newPlace(hash, literal, offset)
		f.grams.tails[first[row]] = newTail(f.set.all[literal].folded, offset)
	})
	return f
}

// eachMark calls do for every gram in the windows, given by their first offsets.
func (f *Filter) eachMark(windows []int, do func(hash uint64, literal, offset int)) {
	for literal, first := range windows {
		for offset := first; offset < first+f.stride; offset++ {
			do(hash(load(f.set.all[literal].folded, offset)), literal, offset)
		}
	}
}

// chooseWindows returns for each literal the offset of the window whose grams are
// rarest in the samples. Where windows are equally rare, and in want of a sample, the
// one wins whose grams the fewest literals have: words that many of them share are
// likely to stand in healthy text, and each literal of a gram is a comparison more.
func (f *Filter) chooseWindows() []int {
	shared := newGramCounts(sharedBits)
	for _, literal := range f.set.all {
		shared.add(literal.folded)
	}
	windows := make([]int, len(f.set.all))
	var seen, common []int
	for i := range f.set.all {
		literal := f.set.all[i].folded
		grams := min(len(literal)-gramLen+1, windowSpan+f.stride)
		seen, common = seen[:0], common[:0]
		for p := range grams {
			gram := load(literal, p)
			seen = append(seen, f.seen.of(gram))
			common = append(common, shared.of(gram))
		}
		windows[i] = rarest(seen, common, f.stride)
	}
	return windows
}

// rarest returns where the first of the windows of the given width begins that has
// the smallest sum of seen, then of common.
func rarest(seen, common []int, width int) int {
	var sumSeen, sumCommon int
	for p := range min(width, len(seen)) {
		sumSeen += seen[p]
		sumCommon += common[p]
	}
	best, bestSeen, bestCommon := 0, sumSeen, sumCommon
	for p := width; p < len(seen); p++ {
		sumSeen += seen[p] - seen[p-width]
		sumCommon += common[p] - common[p-width]
		if sumSeen < bestSeen || sumSeen == bestSeen && sumCommon < bestCommon {
			best, bestSeen, bestCommon = p-width+1, sumSeen, sumCommon
		}
	}
	return best
}
