package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// place is where the bytes of a stream come from: a file, a pipe, a text in
// memory, a member of an archive.
type place interface {
	// open begins a pass at the first byte.
	open(ctx context.Context) (raw, error)
	// again returns why no further pass is possible, or nil.
	again() error
	close() error
}

// raw reads a place once, before decompression.
type raw interface {
	io.ReadCloser
	// skipTo moves to an offset without reading what is before it.
	skipTo(off int64) error
	// ended says what is wrong with the place when n bytes were read to its end.
	ended(n int64) string
}

// opened is a raw whose bytes were decoded by the place already: what they begin
// with means nothing any more.
type opened interface{ format() string }

// Blocks reads the stream from its start and calls fn with each block, in order,
// in the calling goroutine. fn owns the block: it, or whoever it hands the block
// to, calls Release. At most one block more than those not yet released is held.
//
// Blocks may be called any number of times, and at the same time. A file is read
// to the end that the reader meets, even when it grows meanwhile; later passes
// read no further than the first complete one did, so that all see the same
// bytes, and say when the place does not hold them any more.
//
// What cannot be read is said in Stats.Problems, also when it is the whole
// stream; the error is only fn's or the context's. With an error the Stats are
// what was handed out so far.
func (s *Stream) Blocks(ctx context.Context, fn func(*Block) error) (Stats, error) {
	p, err := s.begin(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	defer p.close()
	return s.cut(ctx, p, fn)
}

// cut hands out the blocks of a pass that has begun.
func (s *Stream) cut(ctx context.Context, p *pass, fn func(*Block) error) (Stats, error) {
	var st Stats
	c := cutter{r: p.text, opt: s.opt, pool: s.pool}
	defer c.drop()
	look := c.begin(ctx)
	for {
		b := c.next(ctx)
		if b == nil {
			break
		}
		if err := ctx.Err(); err != nil {
			b.Release()
			break
		}
		st.Blocks++
		st.Bytes += int64(b.To - b.From)
		if err := fn(b); err != nil {
			return p.stats(st), err
		}
	}
	st = p.stats(st)
	if err := ctx.Err(); err != nil {
		return st, err
	}
	st.CutLines = c.cutLines
	st.Problems = s.problems(p, &c, look, &st)
	return st, nil
}

// failed is how a pass ends that never began.
func (s *Stream) failed(ctx context.Context, err error) (Stats, error) {
	if ctx.Err() != nil {
		return Stats{}, ctx.Err()
	}
	return Stats{Problems: []Problem{{s.Name, Unread, reason(err)}}}, nil
}

// problems says what a pass that came to its end did not get, and keeps what
// later passes are held to.
func (s *Stream) problems(p *pass, c *cutter, look string, st *Stats) []Problem {
	var all []Problem
	say := func(g Grade, reason string) {
		if reason != "" {
			all = append(all, Problem{s.Name, g, reason})
		}
	}
	if c.err != io.EOF {
		say(Partial, p.reason(c.err))
	}
	if p.counted.ended {
		say(Partial, p.raw.ended(st.RawBytes))
	}
	say(Partial, s.settle(p))
	for _, note := range s.encodingNotes(p) {
		say(Noted, note)
	}
	if p.unopened != "" {
		say(Partial, fmt.Sprintf("is %s data, which is not opened: it is read as it stands", p.unopened))
	} else {
		say(Noted, look)
	}
	if st.CutLines > 0 {
		say(Noted, fmt.Sprintf("lines longer than %d bytes, cut into pieces: %d", s.opt.MaxLine, st.CutLines))
	}
	if err := s.place.again(); err != nil {
		say(Noted, err.Error())
	}
	return Tidy(all)
}

// settle makes a complete pass the one that later ones are held to, or compares
// it. A decoder that gave up has not seen where the place ends: the next one will
// give up there, too.
func (s *Stream) settle(p *pass) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := int64(math.MaxInt64)
	if p.counted.ended {
		raw = p.counted.n
	}
	if s.first == nil {
		plain, notes := p.encoding()
		s.first = &firstPass{raw, string(p.head), plain && p.counted.ended, p.console.cuts(), notes}
	}
	if raw < s.first.raw && s.first.raw < math.MaxInt64 {
		return fmt.Sprintf("has %d bytes, but had %d when it was read first", raw, s.first.raw)
	}
	return ""
}

// ReadAt returns n bytes of the text that begin at offset off of the stream, or
// fewer at its end. The text before off is skipped; in a stream that is compressed,
// transcoded, or not known yet not to be, that means decoding it, so ask for much
// at once or not often.
func (s *Stream) ReadAt(ctx context.Context, off int64, n int) ([]byte, error) {
	p, err := s.begin(ctx)
	if err != nil {
		return nil, s.asked(ctx, err)
	}
	defer p.close()
	if err := p.skipTo(off); err != nil && err != io.EOF {
		return nil, s.asked(ctx, err)
	}
	var text bytes.Buffer
	if _, err := io.Copy(&text, io.LimitReader(p.text, int64(n))); err != nil && text.Len() == 0 {
		return nil, s.asked(ctx, err)
	}
	return text.Bytes(), nil
}

func (s *Stream) asked(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return Problem{s.Name, Partial, reason(err)}
}

// pass is one reading of a stream from its start.
type pass struct {
	raw      raw
	limited  io.LimitedReader // raw, no further than the first pass
	head     []byte           // what was read to find the decoder
	text     io.Reader        // all of it, decoded
	format   string           // of the decoders, "" for none
	unopened string           // a format that is known but has no decoder
	layers   chain            // the decoders
	counted  *counter

	console    *console    // puts its lines together; nil where no window cut them
	transcoder *transcoder // makes text of them; nil where that is known to change nothing
}

// begin opens the place and finds out by its first bytes how it is to be decoded.
func (s *Stream) begin(ctx context.Context) (*pass, error) {
	r, err := s.place.open(ctx)
	if err != nil {
		return nil, err
	}
	return s.beginWith(r)
}

// beginWith is begin with a place that is open already.
func (s *Stream) beginWith(r raw) (*pass, error) {
	s.mu.Lock()
	first := s.first
	s.mu.Unlock()
	p := &pass{raw: r, limited: io.LimitedReader{R: r, N: math.MaxInt64}}
	if first != nil {
		p.limited.N = first.raw
	}
	p.head = make([]byte, headSize)
	n, err := readHead(&p.limited, p.head)
	p.head = p.head[:n]
	var told worded
	if err != nil && err != io.EOF && n == 0 && !errors.As(err, &told) {
		r.Close()
		return nil, err
	}
	if first != nil && string(p.head) != first.head {
		r.Close()
		return nil, errReplaced
	}
	p.counted = &counter{r: io.MultiReader(bytes.NewReader(p.head), &p.limited)}
	if err != nil && err != io.EOF {
		p.counted.r = io.MultiReader(bytes.NewReader(p.head), failing{err})
	}
	p.decode(s.opt)
	p.transcode(first)
	return p, nil
}

// readHead fills b, or tells why not with what the reader said.
func readHead(r io.Reader, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = readSome(r, b[n:])
		n += m
	}
	return n, err
}

// errReplaced ends a pass over a file that is another one than at the first pass.
var errReplaced = errors.New("was replaced by another file since it was first read")

// decode makes the text of the bytes.
func (p *pass) decode(opt *Options) {
	p.text = p.counted
	if o, ok := p.raw.(opened); ok {
		p.format = o.format()
	} else if findDecoder(p.head) != nil {
		p.unwrap(opt)
	} else {
		p.unopened = findUnopened(p.head)
	}
}

func (p *pass) unwrap(opt *Options) {
	ahead := bufio.NewReaderSize(p.counted, 64<<10)
	m := newMeter(opt, func() int64 { return p.counted.n - int64(ahead.Buffered()) })
	text, layers := unwrap(p.counted, ahead, opt, m)
	p.text, p.layers, p.format = text, layers, layers.format()
	if len(layers) > 1 {
		p.text = steady{text}
	}
}

// skipTo moves the text to an offset.
func (p *pass) skipTo(off int64) error {
	if p.format == "" && p.transcoder == nil && p.console == nil && off >= int64(len(p.head)) {
		p.limited.N -= off - int64(len(p.head))
		p.text = &p.limited
		return p.raw.skipTo(off)
	}
	_, err := io.CopyN(io.Discard, p.text, off)
	return err
}

// reason says in words why the text ended early.
func (p *pass) reason(err error) string {
	var told worded
	if errors.As(err, &told) {
		return string(told)
	}
	return fmt.Sprintf("could not be read behind byte %d: %s", p.counted.n, reason(err))
}

func (p *pass) stats(st Stats) Stats {
	st.Format, st.RawBytes = p.format, p.counted.n
	return st
}

func (p *pass) close() {
	if p.transcoder != nil {
		p.transcoder.close()
	}
	p.layers.close()
	p.raw.Close()
}

// counter counts what is read of a place, and tells its errors from a decoder's.
type counter struct {
	r     io.Reader
	n     int64
	ended bool
	err   error // other than io.EOF
}

func (c *counter) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err == io.EOF {
		c.ended = true
	} else if err != nil {
		c.err = err
	}
	return n, err
}
