package source

import (
	"bytes"
	"context"
	"io"
	"sync"
	"unicode/utf8"
)

// Block is a run of whole lines of one stream, with the text around it. Who got
// it calls Release when done with it; until then nothing else touches it, so it
// may go to another goroutine.
type Block struct {
	Seq    int    // 0, 1, 2 ... in the stream
	Text   []byte // context before, core, context after; not to be written to
	From   int    // the core is Text[From:To], whole lines or pieces of a cut one;
	To     int    // each byte of the stream is in exactly one core
	Offset int64  // where Text[0] stands in the stream

	// Cuts are the positions in Text, ascending, at which a line longer than
	// MaxLine was cut: a piece of the line begins there, not a line. Usually nil.
	Cuts []int

	buf  *buffer
	pool *pool
}

// Release gives the block's memory back. Text must not be used afterwards. A
// second call does nothing.
func (b *Block) Release() {
	if b.buf == nil {
		return
	}
	b.pool.put(b.buf)
	b.buf, b.Text, b.Cuts = nil, nil, nil
}

// buffer is the memory of a block; a struct, so that pooling it allocates nothing.
type buffer struct{ bytes []byte }

// pool hands out buffers of one size. All streams with blocks of that size share
// it, so that a thousand small files, or a thousand examples of rules, use the
// same few.
type pool struct {
	size int
	free sync.Pool
}

var pools sync.Map // *pool by size; a program has few

func poolFor(o *Options) *pool {
	size := bufferSize(o)
	p, _ := pools.LoadOrStore(size, &pool{size: size})
	return p.(*pool)
}

func (p *pool) get() *buffer {
	if b, ok := p.free.Get().(*buffer); ok {
		return b
	}
	return &buffer{make([]byte, p.size)}
}

func (p *pool) put(b *buffer) { p.free.Put(b) }

// binarySample is how much of a stream is looked at for what is not text. It does
// not depend on the block size, so that the report does not either.
const binarySample = 32 << 10

// bufferSize is the most that a cutter holds at once: context up to the start of
// a line, the core, context up to the end of a line that is not cut yet.
func bufferSize(o *Options) int {
	core := max(o.BlockSize, 2*o.MaxLine+lookahead)
	return max(o.Context+o.MaxLine+core+o.Context, binarySample)
}

// lookahead is how many bytes behind a cut decide where exactly it falls.
const lookahead = utf8.UTFMax - 1

// cutter cuts what it reads into blocks. It reads a block's worth ahead into one
// buffer, copies only the context over to the next, and looks for line ends only
// where a block or a piece may end: a few bytes in 64 KiB.
//
// A boundary is where a line or a piece of one begins. Cores and texts begin and
// end at boundaries, or at the end of the stream.
type cutter struct {
	r    io.Reader
	opt  *Options
	pool *pool

	buf   *buffer
	n     int   // bytes in buf; buf begins at a boundary
	base  int64 // where buf stands in the stream
	from  int   // where the next core begins
	known int   // the last boundary found so far
	cuts  []int // boundaries in buf at which a line was cut
	seq   int
	err   error // what reading ended with

	cutLines int64
}

// next returns the next block, or nil at the end of the stream; then c.err says
// what it ended with.
func (c *cutter) next(ctx context.Context) *Block {
	if c.buf == nil {
		return nil
	}
	c.fill(ctx, c.from+c.opt.BlockSize+c.opt.Context)
	c.mark()
	to := c.coreEnd()
	if to < 0 {
		// A line is longer than the block: it or its first piece ends in here.
		c.fill(ctx, c.from+c.opt.Context+2*c.opt.MaxLine+lookahead)
		c.mark()
		to = c.coreEnd()
	}
	if to <= c.from {
		c.drop()
		return nil
	}
	b := c.block(to)
	if c.err != nil && to == c.n {
		c.buf = nil
	} else {
		c.carry(b)
	}
	return b
}

// begin reads the first bytes and says what they look like when not like text.
func (c *cutter) begin(ctx context.Context) string {
	c.buf = c.pool.get()
	c.fill(ctx, binarySample)
	return looksLike(c.buf.bytes[:min(c.n, binarySample)])
}

// drop gives the buffer back when no block needs it.
func (c *cutter) drop() {
	if c.buf != nil {
		c.pool.put(c.buf)
		c.buf = nil
	}
}

// fill reads until the buffer holds want bytes or the stream ends. However small
// the pieces a pipe comes in, the same stream makes the same blocks.
func (c *cutter) fill(ctx context.Context, want int) {
	for empty := 0; c.n < want && c.err == nil; {
		if c.err = ctx.Err(); c.err != nil {
			return
		}
		var n int
		n, c.err = c.r.Read(c.buf.bytes[c.n:want])
		c.n += n
		if n > 0 {
			empty = 0
		} else if empty++; empty == 100 && c.err == nil {
			c.err = io.ErrNoProgress
		}
	}
}

// mark moves c.known to the last boundary in the buffer, and notes the cuts.
func (c *cutter) mark() {
	text, size := c.buf.bytes[:c.n], c.opt.MaxLine
	for {
		window := text[c.known:min(c.n, c.known+size)]
		// IndexByte is many times faster than LastIndexByte, which therefore only
		// runs where it ends after one line.
		if bytes.IndexByte(window, '\n') >= 0 {
			c.known += bytes.LastIndexByte(window, '\n') + 1
			continue
		}
		if c.n-c.known <= size || c.n-c.known < size+lookahead && c.err == nil {
			return
		}
		if !c.isCut(c.known) {
			c.cutLines++
		}
		c.known = cutAt(text, c.known+size, size/pieceTail)
		c.cuts = append(c.cuts, c.known)
	}
}

// pieceTail is the part of a piece, its last sixteenth, in which a carriage return is
// where the cut falls: what a progress bar overwrote ends there.
const pieceTail = 16

// cutAt moves a cut at i to the left where it would tear a UTF-8 sequence or a CRLF,
// and behind a carriage return that stands at most tail bytes before it. Bytes that
// are no UTF-8 are cut at i.
func cutAt(text []byte, i, tail int) int {
	if text[i] == '\n' && text[i-1] == '\r' {
		return i - 1
	}
	if near := text[i-tail : i]; bytes.IndexByte(near, '\r') >= 0 {
		return i - tail + bytes.LastIndexByte(near, '\r') + 1
	}
	for k := 1; k < utf8.UTFMax && !utf8.RuneStart(text[i-k+1]); k++ {
		if _, size := utf8.DecodeRune(text[i-k:]); size > k {
			return i - k
		}
	}
	return i
}

func (c *cutter) isCut(i int) bool {
	return len(c.cuts) > 0 && c.cuts[len(c.cuts)-1] == i
}

// coreEnd returns where the core that begins at c.from ends: the last boundary
// that leaves it within BlockSize and has Context known bytes behind it, or else
// the first one; -1 when more text must be read to know.
func (c *cutter) coreEnd() int {
	limit, end := c.from+c.opt.BlockSize, c.known-c.opt.Context
	if c.err != nil {
		if c.n <= limit {
			return c.n
		}
		end = c.n
	}
	if to := c.boundaryBefore(c.from, min(limit, end)); to >= 0 {
		return to
	}
	if to := c.boundaryAfter(c.from); to >= 0 && to <= end {
		return to
	}
	if c.err != nil {
		return c.n
	}
	return -1
}

// boundaryBefore returns the last boundary in (lo, hi], or -1.
func (c *cutter) boundaryBefore(lo, hi int) int {
	last := -1
	for i := len(c.cuts) - 1; i >= 0 && last < 0; i-- {
		if c.cuts[i] <= hi {
			last = c.cuts[i]
		}
	}
	if from := max(lo, last); from < hi {
		if i := bytes.LastIndexByte(c.buf.bytes[from:hi], '\n'); i >= 0 {
			return from + i + 1
		}
	}
	if last > lo {
		return last
	}
	return -1
}

// boundaryAfter returns the first boundary behind i, or -1 when none is known.
func (c *cutter) boundaryAfter(i int) int {
	end := c.known
	for _, cut := range c.cuts {
		if cut > i {
			end = cut
			break
		}
	}
	if end <= i {
		return -1
	}
	if j := bytes.IndexByte(c.buf.bytes[i:end], '\n'); j >= 0 {
		return i + j + 1
	}
	return end
}

// block makes the block whose core ends at to.
func (c *cutter) block(to int) *Block {
	end, cuts := c.n, c.cuts
	if c.err == nil {
		end = c.known
		if c.isCut(end) {
			cuts = cuts[:len(cuts)-1]
		}
	}
	b := &Block{
		Seq:    c.seq,
		Text:   c.buf.bytes[:end:end],
		From:   c.from,
		To:     to,
		Offset: c.base,
		Cuts:   cuts[:len(cuts):len(cuts)],
		buf:    c.buf,
		pool:   c.pool,
	}
	c.seq++
	return b
}

// carry begins a new buffer with what the block after b needs of b's.
func (c *cutter) carry(b *Block) {
	keep := max(0, c.boundaryBefore(0, b.To-c.opt.Context))
	c.buf = c.pool.get()
	c.n = copy(c.buf.bytes, b.buf.bytes[keep:c.n])
	c.base += int64(keep)
	c.from = b.To - keep
	c.known -= keep
	old := c.cuts
	c.cuts = nil
	for _, cut := range old {
		if cut >= keep {
			c.cuts = append(c.cuts, cut-keep)
		}
	}
}
