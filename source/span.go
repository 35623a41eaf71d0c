package source

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// seekable is a raw whose bytes can be read anywhere, too.
type seekable interface {
	// at returns all bytes and how many they are. For a pipe it waits for them.
	at() (io.ReaderAt, int64, error)
}

func (f *openFile) at() (io.ReaderAt, int64, error) { return f.File, f.size, nil }

func (o *openShared) at() (io.ReaderAt, int64, error) {
	size := o.size - o.start
	return io.NewSectionReader(o.file, o.start, size), size, nil
}

func (r *memoryReader) at() (io.ReaderAt, int64, error) { return r, r.Size(), nil }

// at reads the pipe to its end, so that all of it is in the spool.
func (r *pipeReader) at() (io.ReaderAt, int64, error) {
	for {
		r.mu.Lock()
		have, end, closed, lost := r.total, r.end, r.closed, r.lost
		r.mu.Unlock()
		switch {
		case lost != nil:
			return nil, 0, lost
		case end == io.EOF:
			return r, have, nil
		case end != nil:
			return nil, 0, end
		case closed:
			return nil, 0, io.ErrClosedPipe
		}
		if err := r.more(r.ctx, have); err != nil {
			return nil, 0, err
		}
	}
}

// ReadAt implements io.ReaderAt for what was read of the pipe.
func (r *pipeReader) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = r.readAt(b[n:], off+int64(n))
		if n += m; m == 0 && err == nil {
			return n, io.ErrNoProgress
		}
	}
	return n, err
}

// seeks reports whether a stretch of a place can be reached without reading what
// is before it.
func seeks(p place) bool {
	switch p := p.(type) {
	case *file, *shared, memory:
		return true
	case *span:
		return !p.packed() && seeks(p.of)
	}
	return false
}

// span is a place that is a stretch of another: a member of an archive that can be
// reached by itself.
type span struct {
	of    place
	opt   *Options
	piece piece
}

// piece says where in an archive a member is, and what it must come to.
type piece struct {
	off, size int64  // where its bytes stand
	method    uint16 // of zip; 0 is stored
	checked   bool   // the archive knows what follows
	want      int64  // bytes it has when decoded
	sum       uint32 // their CRC-32
}

func (s *span) packed() bool { return s.piece.method != 0 }

func (s *span) open(ctx context.Context) (raw, error) {
	of, err := s.of.open(ctx)
	if err != nil {
		return nil, err
	}
	r, _, err := of.(seekable).at()
	if err != nil {
		of.Close()
		return nil, err
	}
	in := &counter{r: io.NewSectionReader(r, s.piece.off, s.piece.size)}
	text := s.piece.read(in, s.opt, newMeter(s.opt, func() int64 { return in.n }))
	return &openSpan{checkedReader: text, all: r, piece: s.piece, of: of}, nil
}

func (s *span) again() error { return s.of.again() }
func (s *span) close() error { return nil }

// openSpan is a span during one pass.
type openSpan struct {
	*checkedReader
	all   io.ReaderAt
	piece piece
	of    raw
}

func (o *openSpan) at() (io.ReaderAt, int64, error) {
	return io.NewSectionReader(o.all, o.piece.off, o.piece.size), o.piece.size, nil
}

func (o *openSpan) skipTo(off int64) error {
	if o.piece.method == 0 {
		o.checkedReader.skip(io.NewSectionReader(o.all, o.piece.off, o.piece.size), off)
		return nil
	}
	_, err := io.CopyN(io.Discard, o.checkedReader, off-o.n)
	return err
}

func (o *openSpan) ended(int64) string { return "" }

func (o *openSpan) Close() error {
	o.checkedReader.close()
	return o.of.Close()
}

// checkedReader gives a member's decoded bytes and holds them against what the
// archive says of them. Its errors are worded, but for those of reading.
type checkedReader struct {
	r      io.Reader
	in     *counter
	layer  *layer // nil for stored bytes
	piece  piece
	n      int64
	sum    uint32
	unsure bool // a part was skipped: the checksum cannot be made
}

// read decodes a piece, of which in gives the bytes.
func (p piece) read(in *counter, opt *Options, m *meter) *checkedReader {
	r := &checkedReader{r: in, in: in, piece: p}
	if p.method != 0 {
		r.layer = openLayer(&decoder{name: "zip", open: zipMethods[p.method]}, in, newBuffer(in), opt, m)
		r.r = r.layer
	}
	return r
}

func (r *checkedReader) Read(b []byte) (int, error) {
	want := r.want()
	if r.n == want && len(b) > 0 {
		return 0, r.behind(want)
	}
	n, err := r.r.Read(b[:min(int64(len(b)), want-r.n)])
	r.n += int64(n)
	if r.piece.checked {
		r.sum = crc32.Update(r.sum, crc32.IEEETable, b[:n])
	}
	if err == io.EOF {
		err = r.end(want)
	}
	return n, err
}

// behind says what comes after the last byte that there should be.
func (r *checkedReader) behind(want int64) error {
	var one [1]byte
	switch n, err := io.ReadFull(r.r, one[:]); {
	case n > 0:
		return worded(fmt.Sprintf("zip data is damaged: it is longer than the %d bytes that the archive says it has", want))
	case err != io.EOF:
		return err
	}
	return r.end(want)
}

func (r *checkedReader) want() int64 {
	switch {
	case r.piece.checked:
		return r.piece.want
	case r.piece.method == 0:
		return r.piece.size
	}
	return math.MaxInt64 - 1
}

// end holds what was read against what should have been.
func (r *checkedReader) end(want int64) error {
	switch {
	case r.in.n < r.piece.size && r.layer == nil:
		return cutOff(r.n, want)
	case r.n < want && r.piece.checked:
		return worded(fmt.Sprintf("zip data is damaged: it has %d bytes, the archive says %d", r.n, want))
	case r.piece.checked && r.sum != r.piece.sum && !r.unsure:
		return worded(fmt.Sprintf("zip data is damaged: the checksum of its %d bytes is wrong", r.n))
	}
	return io.EOF
}

// cutOff is what a member says when its archive ends in the middle of it.
func cutOff(n, of int64) error {
	return worded(fmt.Sprintf("is cut off with its archive: %d of its %d bytes were read", n, of))
}

// skip goes on at an offset of stored bytes.
func (r *checkedReader) skip(all *io.SectionReader, off int64) {
	off = min(off, r.piece.size)
	all.Seek(off, io.SeekStart)
	r.in.r, r.in.n, r.n, r.unsure = all, off, off, true
}

func (r *checkedReader) close() {
	if r.layer != nil {
		r.layer.r.Close()
	}
}
