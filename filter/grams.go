package filter

import (
	"encoding/binary"
	"math"
)

const (
	// markBits sizes the table of marks: 256 KiB stay in the second-level cache of
	// every processor of the last ten years, and 25,000 marks (5,000 literals) fill a
	// tenth of it.
	markBits = 18

	foldMask = 0x2020202020202020
	gramMask = 1<<(8*gramLen) - 1
	// hashFactor is 2^40 over the golden ratio, shifted so that a product has no trace
	// of the bytes behind the gram: they leave the word at its upper end.
	hashFactor = 0x9E3779B97F << (64 - 8*gramLen)

	slotFactor = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio

	// windowSpan bounds where in a literal its window may begin, and so how long an
	// occurrence can be pending.
	windowSpan = 256
)

// bucket returns where the gram in the low bytes of a word is marked and counted.
// Folding by a bit makes more grams equal than case does ('@' and '`', '\n' and
// '*'), which costs a comparison at times and keeps the loop short.
func bucket(word uint64) uint64 {
	return (word | foldMask) * hashFactor >> (64 - markBits)
}

// gramAt returns the folded gram at position p, which must lie inside the text.
func gramAt(text []byte, p int) uint64 {
	return (load(text, p) | foldMask) & gramMask
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
	for ; p < end; p += f.stride {
		if f.marks[bucket(load(text, p))] != 0 {
			break
		}
	}
	return p
}

// nextMarked5 is the loop in which all the time goes: four positions, one branch. It
// stops at a mark, or where fewer than 28 bytes are left.
func nextMarked5(marks *[1 << markBits]byte, text []byte, p int) int {
	for t := text[p:]; len(t) >= 28; t = t[20:] {
		m0 := marks[bucket(binary.LittleEndian.Uint64(t))]
		m1 := marks[bucket(binary.LittleEndian.Uint64(t[5:]))]
		m2 := marks[bucket(binary.LittleEndian.Uint64(t[10:]))]
		m3 := marks[bucket(binary.LittleEndian.Uint64(t[15:]))]
		if m0|m1|m2|m3 != 0 {
			switch {
			case m0 != 0:
				return p
			case m1 != 0:
				return p + 5
			case m2 != 0:
				return p + 10
			}
			return p + 15
		}
		p += 20
	}
	return p
}

// nextMarkedBy is nextMarked5 for the narrower strides.
func nextMarkedBy(marks *[1 << markBits]byte, text []byte, p, stride int) int {
	for ; p+3*stride+8 <= len(text); p += 4 * stride {
		t := text[p:]
		m0 := marks[bucket(binary.LittleEndian.Uint64(t))]
		m1 := marks[bucket(binary.LittleEndian.Uint64(t[stride:]))]
		m2 := marks[bucket(binary.LittleEndian.Uint64(t[2*stride:]))]
		m3 := marks[bucket(binary.LittleEndian.Uint64(t[3*stride:]))]
		if m0|m1|m2|m3 != 0 {
			switch {
			case m0 != 0:
				return p
			case m1 != 0:
				return p + stride
			case m2 != 0:
				return p + 2*stride
			}
			return p + 3*stride
		}
	}
	return p
}

// gramCounts counts how often the grams of each bucket stand in the samples.
type gramCounts [1 << markBits]uint16

func (c *gramCounts) add(sample []byte) {
	for p := 0; p+gramLen <= len(sample); p++ {
		if n := &c[bucket(load(sample, p))]; *n < math.MaxUint16 {
			*n++
		}
	}
}

func (c *gramCounts) halved() *gramCounts {
	half := new(gramCounts)
	for i, n := range c {
		half[i] = n / 2
	}
	return half
}

// place is where in a literal a marked gram stands.
type place struct {
	literal uint32
	offset  uint32
}

// gramTable tells exactly in which literals a marked gram stands: open addressing,
// at most half full.
type gramTable struct {
	slots []gramSlot
	all   []place // those of one gram side by side
}

type gramSlot struct {
	gram  uint64 // 0 is an empty slot: a folded gram has 0x20 in each byte
	first uint32
	count uint32
}

func (t *gramTable) places(gram uint64) []place {
	slot := t.slot(gram)
	return t.all[slot.first : slot.first+slot.count]
}

// slot returns the gram's slot, or the empty one that it would take.
func (t *gramTable) slot(gram uint64) *gramSlot {
	mask := uint64(len(t.slots) - 1)
	i := gram * slotFactor >> 32 & mask
	for t.slots[i].gram != gram && t.slots[i].gram != 0 {
		i = (i + 1) & mask
	}
	return &t.slots[i]
}

// build chooses a window for each literal and makes the tables.
func build(set *literalSet, counts *gramCounts) *Filter {
	f := &Filter{
		set:    set,
		stride: max(1, min(maxStride, set.shortest-gramLen+1)),
		marks:  new([1 << markBits]byte),
		counts: counts,
	}
	windows := f.chooseWindows()
	size := 2
	for size < 2*f.stride*len(windows) {
		size *= 2
	}
	f.grams.slots = make([]gramSlot, size)
	f.eachMark(windows, func(gram uint64, _ place) {
		f.marks[bucket(gram)] = 1
		slot := f.grams.slot(gram)
		slot.gram = gram
		slot.count++
	})
	// The slots take their share of the places one after another; filling them counts
	// up again from nothing.
	next := uint32(0)
	for i := range f.grams.slots {
		slot := &f.grams.slots[i]
		slot.first, next, slot.count = next, next+slot.count, 0
	}
	f.grams.all = make([]place, next)
	f.eachMark(windows, func(gram uint64, at place) {
		slot := f.grams.slot(gram)
		f.grams.all[slot.first+slot.count] = at
		slot.count++
		f.reach = max(f.reach, int(at.offset))
	})
	return f
}

// eachMark calls do for every gram in the windows, given by their first offsets.
func (f *Filter) eachMark(windows []int, do func(gram uint64, at place)) {
	for literal, first := range windows {
		for offset := first; offset < first+f.stride; offset++ {
			do(gramAt(f.set.folded[literal], offset), place{uint32(literal), uint32(offset)})
		}
	}
}

// chooseWindows returns for each literal the offset of the window whose grams are
// rarest in the samples. Where windows are equally rare, and in want of a sample, the
// one wins whose grams the fewest literals have: words that many of them share are
// likely to stand in healthy text, and each literal of a gram is a comparison more.
func (f *Filter) chooseWindows() []int {
	shared := new(gramCounts)
	for _, literal := range f.set.folded {
		shared.add(literal)
	}
	windows := make([]int, len(f.set.folded))
	var seen, common []int
	for i, literal := range f.set.folded {
		grams := min(len(literal)-gramLen+1, windowSpan+f.stride)
		seen, common = seen[:0], common[:0]
		for p := range grams {
			b := bucket(load(literal, p))
			seen = append(seen, int(f.counts[b]))
			common = append(common, int(shared[b]))
		}
		windows[i] = rarest(seen, common, f.stride)
	}
	return windows
}

// rarest returns where the first of the windows of the given width begins that has
// the smallest sum of seen, then of common.
func rarest(seen, common []int, width int) int {
	best, bestSeen, bestCommon := 0, math.MaxInt, math.MaxInt
	for p := 0; p+width <= len(seen); p++ {
		sumSeen, sumCommon := sum(seen[p:p+width]), sum(common[p:p+width])
		if sumSeen < bestSeen || sumSeen == bestSeen && sumCommon < bestCommon {
			best, bestSeen, bestCommon = p, sumSeen, sumCommon
		}
	}
	return best
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
