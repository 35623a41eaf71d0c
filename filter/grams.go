package filter

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	// markBits sizes the set of marks. A bit each, 256 KiB, stay in the second-level
	// cache of most processors; 120,000 marks (24,000 literals) fill 6 % of it. A byte each
	// would save a shift, but with twice the memory four times as many grams collide.
	markBits = 21
	// sampleBits sizes the counts of a sample, 2 MiB. As fine as the marks, they keep
	// clear of the marks that would collide with grams of the sample, too.
	sampleBits = markBits
	// takenBits sizes the counts of the windows' grams, 64 KiB.
	takenBits = 16

	foldMask = 0x2020202020202020
	// hashFactor is 2^40 over the golden ratio, shifted so that a product has no trace
	// of the bytes behind the gram: they leave the word at its upper end. It is odd
	// before the shift, so different grams have different hashes.
	hashFactor = 0x9E3779B97F << (64 - 8*gramLen)

	// windowSpan bounds where in a literal its window may begin, and so how long an
	// occurrence can be pending. A quarter of the literals of rules are longer, and have
	// choice enough there: at six times the span a text of failures alone meets 2 % fewer
	// candidates, and the filter takes longer to make.
	windowSpan = 40
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
// a marked gram stands that the gates let in, or one not before end, and how many marks
// it met. Grams up to end lie inside the text.
func (f *Filter) nextMarked(text []byte, p, end int) (at, marks int) {
	if p >= end { // as behind a run of NULs that goes on there
		return p, 0
	}
	whole := text[:min(end+7, len(text))] // whole words only, from positions before end
	found := false
	if f.stride == maxStride {
		p, marks, found = f.nextMarked5(whole, p)
	} else {
		p, marks, found = f.nextMarkedBy(whole, p, f.stride)
	}
	if found {
		return p, marks
	}
	for ; p < end; p += f.stride {
		if f.marks.bit(load(text, p))&1 != 0 {
			marks++
			if f.lets(text, p) {
				break
			}
		}
	}
	return p, marks
}

// lets reports whether the gates of its row let in the gram at position p. A run of NULs
// is let in, too: it is for the caller to step over.
func (f *Filter) lets(text []byte, p int) bool {
	word := load(text, p)
	h := hash(word)
	row := rowOf(h)
	return f.grams.tails[row].lets(h, word) && (p < headLen || f.grams.heads[row].lets(text[p-headLen:])) || word == 0
}

// nextMarked5 is the loop in which all the time goes: four positions, one branch. It
// stops at a mark that the gates let in, or where fewer than 28 bytes are left.
func (f *Filter) nextMarked5(text []byte, p int) (at, marked int, found bool) {
	marks := f.marks
	for t := text[p:]; len(t) >= 28; t = t[20:] {
		m0 := marks.bit(binary.LittleEndian.Uint64(t))
		m1 := marks.bit(binary.LittleEndian.Uint64(t[5:]))
		m2 := marks.bit(binary.LittleEndian.Uint64(t[10:]))
		m3 := marks.bit(binary.LittleEndian.Uint64(t[15:]))
		if (m0|m1|m2|m3)&1 != 0 {
			for which := marksOf(m0, m1, m2, m3); which != 0; which &= which - 1 {
				marked++
				if at := p + 5*bits.TrailingZeros64(which); f.lets(text, at) {
					return at, marked, true
				}
			}
		}
		p += 20
	}
	return p, marked, false
}

// marksOf returns which of four numbers have their lowest bit set, as bits: without
// branches, since none of them could be predicted.
func marksOf(m0, m1, m2, m3 uint64) uint64 {
	return m0&1 | m1&1<<1 | m2&1<<2 | m3&1<<3
}

// nextMarkedBy is nextMarked5 for the narrower strides. The masks change nothing; they
// tell the compiler that the words lie inside of the 28 bytes.
func (f *Filter) nextMarkedBy(text []byte, p, stride int) (at, marked int, found bool) {
	marks := f.marks
	for t := text[p:]; len(t) >= 28; t = t[4*stride:] {
		m0 := marks.bit(binary.LittleEndian.Uint64(t))
		m1 := marks.bit(binary.LittleEndian.Uint64(t[stride&7:]))
		m2 := marks.bit(binary.LittleEndian.Uint64(t[2*stride&15:]))
		m3 := marks.bit(binary.LittleEndian.Uint64(t[3*stride&15:]))
		if (m0|m1|m2|m3)&1 != 0 {
			for which := marksOf(m0, m1, m2, m3); which != 0; which &= which - 1 {
				marked++
				if at := p + stride*bits.TrailingZeros64(which); f.lets(text, at) {
					return at, marked, true
				}
			}
		}
		p += 4 * stride
	}
	return p, marked, false
}

// gramCounts counts grams by their hashes. A nil one has counted nothing.
type gramCounts struct {
	table []uint8
	shift int
}

func newGramCounts(bits int) *gramCounts {
	return &gramCounts{make([]uint8, 1<<bits), 64 - bits}
}

func (c *gramCounts) add(text []byte) {
	for p := 0; p+gramLen <= len(text); p++ {
		c.count(hash(load(text, p)))
	}
}

// count counts the gram with the hash.
func (c *gramCounts) count(hash uint64) {
	if n := &c.table[hash>>c.shift]; *n < math.MaxUint8 {
		*n++
	}
}

// of returns how often the gram with the hash was counted, or those with which it
// shares a place.
func (c *gramCounts) of(hash uint64) int32 {
	if c == nil {
		return 0
	}
	return int32(c.table[hash>>c.shift])
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
// whose hashes begin alike, a row, lie side by side, with two gates before them. These turn away
// most of the grams that literals share with words of healthy text, with a look at memory each;
// the places, which do not fit the cache, are for the others.
type gramTable struct {
	tails [1 << rowBits]tail
	heads [1 << rowBits]head
	ends  [1<<rowBits + 1]uint32 // of the row before; a row begins where that ends
	all   []place
}

// rowBits sizes the table, half a MiB for each kind of gate: two places in a row for 24,000
// literals. Half of it was slower.
const rowBits = 16

// rowOf returns the row of a gram with the hash.
func rowOf(hash uint64) uint64 { return hash >> (64 - rowBits) }

// places returns the places among which those of the row's grams are.
func (t *gramTable) places(row uint64) []place { return t.all[t.ends[row]:t.ends[row+1]] }

// tail is the first gate: a finer set of the grams and of what follows each of them. It has
// four times 16 bits: for more of the gram's hash, and for the low half of each of the three
// bytes behind it. (Folding changes the upper half only.)
type tail uint64

// tailLen is how many of the bytes behind a gram its word holds.
const tailLen = 8 - gramLen

// add lets in a gram that stands in a literal.
func (t *tail) add(hash uint64, literal []byte, offset int) {
	*t |= 1 << (hash >> (48 - 8) & 15)
	for i := range tailLen {
		letIn((*uint64)(t), i+1, literal, offset+gramLen+i)
	}
}

// lets reports whether the gram in the low bytes of a word, whose hash is given, may be
// marked and stand in a literal before what the word has behind it.
func (t tail) lets(hash, word uint64) bool {
	behind := t >> (16 + word>>40&15) & (t >> (32 + word>>48&15)) & (t >> (48 + word>>56&15))
	return t>>(hash>>(48-8)&15)&behind&1 != 0
}

// head is the second gate: four times 16 bits, for the low half of each of the four bytes
// before a gram.
type head uint64

// headLen is how many bytes before a gram its head tells of.
const headLen = 4

// add lets in what stands before the gram at an offset of a literal.
func (h *head) add(literal []byte, offset int) {
	for i := range headLen {
		letIn((*uint64)(h), i, literal, offset-headLen+i)
	}
}

// lets reports whether a gram of the row may stand behind these bytes.
func (h head) lets(before []byte) bool {
	word := binary.LittleEndian.Uint32(before)
	return h>>(word&15)&(h>>(16+word>>8&15))&(h>>(32+word>>16&15))&(h>>(48+word>>24&15))&1 != 0
}

// letIn adds to a group of 16 bits the low half of the byte of a literal, or all where the
// literal has none there.
func letIn(gate *uint64, group int, literal []byte, at int) {
	bits := uint64(0xFFFF)
	if at >= 0 && at < len(literal) {
		bits = 1 << (literal[at] & 15)
	}
	*gate |= bits << (16 * group)
}

// place is where in a literal a marked gram stands, and another gram to look at before
// the literal, which is rarely in the cache.
type place struct {
	// where packs the part of the gram's hash that its row in the table does not tell, the
	// literal and the offsets of the gram and the other one.
	where uint64
	probe uint64 // the hash of the other gram
}

const (
	restBits   = 8*gramLen - rowBits
	offsetBits = (64 - restBits - literalBits) / 2
)

func newPlace(hash uint64, literal, offset, probed int, probe uint64) place {
	where := hash<<rowBits | uint64(literal)<<(2*offsetBits) | uint64(probed)<<offsetBits | uint64(offset)
	return place{where, probe}
}

func (p *place) literal() int { return int(p.where >> (2 * offsetBits) & (MaxLiterals - 1)) }
func (p *place) offset() int  { return int(p.where & (1<<offsetBits - 1)) }
func (p *place) probed() int  { return int(p.where >> offsetBits & (1<<offsetBits - 1)) }

// of reports whether it is a place of the gram with this hash, given that the row is
// the right one.
func (p *place) of(hash uint64) bool { return p.where>>(64-restBits) == hash<<rowBits>>(64-restBits) }

// may reports whether the other gram stands where it does if the literal stands at pos.
func (p *place) may(text []byte, pos int) bool {
	at := pos + p.probed()
	return at+gramLen <= len(text) && hash(load(text, at)) == p.probe
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
	var hashes [maxStride]uint64
	for i, w := range windows {
		folded := set.all[i].folded
		for k, hash := range hashesAt(&hashes, folded, w.first, f.stride) {
			row, offset := rowOf(hash), w.first+k
			f.marks.add(hash)
			f.grams.tails[row].add(hash, folded, offset)
			f.grams.heads[row].add(folded, offset)
			f.grams.ends[row+1]++
		}
		f.reach = max(f.reach, w.first+f.stride-1)
	}
	// From the rows' lengths to where they begin; filling them moves that on to their ends.
	n := uint32(0)
	for i := range f.grams.ends {
		length := f.grams.ends[i]
		f.grams.ends[i], n = n, n+length
	}
	f.grams.all = make([]place, n)
	for i, w := range windows {
		folded := set.all[i].folded
		probe := hash(load(folded, w.rarest))
		for k, hash := range hashesAt(&hashes, folded, w.first, f.stride) {
			end := &f.grams.ends[rowOf(hash)+1]
			f.grams.all[*end] = newPlace(hash, i, w.first+k, w.rarest, probe)
			*end++
		}
	}
	return f
}

// window is what is looked for of a literal: where its grams begin, and the rarest of all
// that the literal has.
type window struct{ first, rarest int }

// hashesAt fills in the hashes of the n grams of a literal from an offset on.
func hashesAt(hashes *[maxStride]uint64, literal []byte, offset, n int) []uint64 {
	for k := range n {
		hashes[k] = hash(load(literal, offset+k))
	}
	return hashes[:n]
}

// chooseWindows returns for each literal the window whose grams cost least: they are
// rare in the samples, or other literals have them already. Short literals, which have
// the least choice, are the first.
func (f *Filter) chooseWindows() []window {
	taken := newGramCounts(takenBits)
	windows := make([]window, len(f.set.all))
	// A short run spends much of its time here, so what is computed for a gram is
	// computed once. Windows begin in the first windowSpan grams.
	const most = windowSpan + maxStride
	var hashes [most]uint64
	var seen, costs [most]int32
	for i := range f.set.all {
		literal := f.set.all[i].folded
		n := min(len(literal)-gramLen+1, windowSpan+f.stride)
		var gram uint64
		for _, c := range literal[:gramLen-1] {
			gram = gram>>8 | uint64(c)<<(8*(gramLen-1))
		}
		for p, c := range literal[gramLen-1 : gramLen-1+n] {
			gram = gram>>8 | uint64(c)<<(8*(gramLen-1))
			h := hash(gram)
			often := f.seen.of(h)
			hashes[p], seen[p], costs[p] = h, often, cost(often, taken.of(h))
		}
		first := cheapest(costs[:n], f.stride)
		windows[i] = window{first, rarest(seen[:n], first+f.stride/2)}
		for _, h := range hashes[first : first+f.stride] {
			taken.count(h)
		}
	}
	return windows
}

// cost returns what a gram costs that was seen so often in the samples and that so many
// literals have in their windows already. A mark that is there costs nothing more, but
// all the literals of a gram are looked at where it stands. What was never seen counts as
// a quarter of once: fewer marks are met by fewer words that nobody saw.
func cost(seen, literals int32) int32 {
	often := 4*seen + 1
	if literals == 0 {
		return 32 * often
	}
	return (8 + literals/8) * often
}

// cheapest returns where the first of the windows of the given width begins whose
// costs have the smallest sum.
func cheapest(costs []int32, width int) int {
	sum := int32(0)
	for _, c := range costs[:width] {
		sum += c
	}
	best, least := 0, sum
	for p := width; p < len(costs); p++ {
		if sum += costs[p] - costs[p-width]; sum < least {
			best, least = p-width+1, sum
		}
	}
	return best
}

// rarest returns the offset of the gram that was seen least, of equally rare ones that
// which is furthest from an offset: it tells most.
func rarest(seen []int32, from int) int {
	best, distance := 0, from
	for p, n := range seen {
		if d := max(p-from, from-p); n < seen[best] || n == seen[best] && d > distance {
			best, distance = p, d
		}
	}
	return best
}
