package source

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/therootcompany/xz"
)

// decoder is a compression that is known by the first bytes of its data.
type decoder struct {
	name string
	is   func(head string) bool
	open func(*bufio.Reader) (io.ReadCloser, error)
}

// decoders have magic numbers from RFC 1952 §2.3.1 (with the only method there
// is, 8), RFC 8878 §3.1 (the second is the skippable frame that pzstd begins
// with), the xz file format 1.2.1 §2.1.1.1 and the LZ4 frame format 1.6.1 (the
// second is its legacy frame, which Linux kernels use).
var decoders = []decoder{
	{"gzip", begins("\x1f\x8b\x08"), openGzip},
	{"zstd", begins("\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18"), openZstd},
	{"xz", begins("\xfd7zXZ\x00"), openXZ},
	{"bzip2", isBzip2, openBzip2},
	{"lz4", begins("\x04\x22\x4d\x18", "\x02\x21\x4c\x18"), openLZ4},
}

// unopened are formats that are known by their first bytes and have no decoder.
var unopened = []struct {
	name string
	is   func(head string) bool
}{
	{"7z", begins("7z\xbc\xaf\x27\x1c")},
	{"rar", begins("Rar!\x1a\x07")},
	{"compress", begins("\x1f\x9d")},
	{"lzip", begins("LZIP\x01")},
}

func begins(magics ...string) func(string) bool {
	return func(head string) bool {
		for _, magic := range magics {
			if strings.HasPrefix(head, magic) {
				return true
			}
		}
		return false
	}
}

// isBzip2 looks for the header and behind it for the magic number of a block or,
// in an empty stream, of the end: a text may begin with BZh.
func isBzip2(head string) bool {
	return len(head) >= 10 && head[:3] == "BZh" && head[3] >= '1' && head[3] <= '9' &&
		(head[4:10] == "1AY&SY" || head[4:10] == "\x17\x72\x45\x38\x50\x90")
}

// headSize is how much of a stream is looked at before it is decoded: enough for
// every magic number, and for the time stamp that tells a log from its successor
// under the same name.
const headSize = 64

// findDecoder returns the decoder for data that begins with head, or nil.
func findDecoder(head []byte) *decoder {
	for i := range decoders {
		if decoders[i].is(string(head)) {
			return &decoders[i]
		}
	}
	return nil
}

// findUnopened returns the name of a format that is known and not opened, or "".
func findUnopened(head []byte) string {
	for _, u := range unopened {
		if u.is(string(head)) {
			return u.name
		}
	}
	return ""
}

func openGzip(r *bufio.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

// maxWindow bounds the memory of one zstd or xz stream. 128 MiB is what zstd(1)
// accepts too unless told otherwise; xz -9 needs 64.
const maxWindow = 128 << 20

func openZstd(r *bufio.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

func openXZ(r *bufio.Reader) (io.ReadCloser, error) {
	d, err := xz.NewReader(r, maxWindow)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(d), nil
}

func openBzip2(r *bufio.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }

func openLZ4(r *bufio.Reader) (io.ReadCloser, error) { return io.NopCloser(lz4.NewReader(r)), nil }

// bufferedSize is what is read ahead of a layer.
const bufferedSize = 16 << 10

// layer is one decompression: of a place's bytes, or of what another layer made.
// Its errors are worded.
type layer struct {
	format string
	in     *counter // what it reads from
	out    *counter // what it is read by
	r      io.ReadCloser
	guard  guard
	meter  *meter
	err    error // what it ended with
}

// newBuffer is what a layer reads through.
func newBuffer(in *counter) *bufio.Reader { return bufio.NewReaderSize(in, bufferedSize) }

// openLayer begins to decode what ahead gives, which reads from in.
func openLayer(d *decoder, in *counter, ahead *bufio.Reader, opt *Options, m *meter) *layer {
	l := &layer{format: d.name, in: in, meter: m}
	l.out = &counter{r: l}
	start := in.n - int64(ahead.Buffered())
	l.guard = guard{consumed: func() int64 { return in.n - int64(ahead.Buffered()) - start }, opt: opt, check: ratioFloor}
	r, err := open(d, ahead)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r = failing{err}
	}
	l.r = r
	return l
}

// open is a decoder's own, which must not bring the program down.
func open(d *decoder, ahead *bufio.Reader) (r io.ReadCloser, err error) {
	defer recovered(&err)
	return d.open(ahead)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("its decoder failed: %v", r)
	}
}

func (l *layer) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.read(p)
	if err != nil && err != io.EOF {
		err = l.word(err)
	}
	l.err = err
	return n, err
}

// read reads as much as the layer's own bound and that of all layers allow.
func (l *layer) read(p []byte) (int, error) {
	room, err := l.guard.room()
	if err != nil {
		l.meter.forgive(l.guard.out)
		return 0, err
	}
	all, err := l.meter.room()
	if err != nil {
		return 0, err
	}
	if room = min(room, all); room == 0 {
		return 0, l.atLimit()
	}
	n, err := l.decode(p[:min(int64(len(p)), room)])
	l.guard.out += int64(n)
	l.meter.out += int64(n)
	return n, err
}

// atLimit tells data that end exactly at the limit from longer ones.
func (l *layer) atLimit() error {
	var one [1]byte
	n, err := l.decode(one[:])
	if n > 0 {
		err = expandError(fmt.Sprintf("it expands to more than %d bytes", l.guard.opt.MaxExpanded))
	}
	return err
}

func (l *layer) decode(p []byte) (n int, err error) {
	defer recovered(&err)
	return l.r.Read(p)
}

// word says in words why decoding ended early. What is wrong with the layer below
// is said as that one said it.
func (l *layer) word(err error) error {
	if l.in.err != nil {
		return l.in.err
	}
	var limit expandError
	format, decoded := l.format, l.guard.out
	switch {
	case errors.As(err, &limit):
		return worded(fmt.Sprintf("%s data stopped after %d bytes: %v", format, decoded, err))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, xz.ErrBuf) && l.in.ended:
		return worded(fmt.Sprintf("%s data ends early: %d bytes were decoded", format, decoded))
	case decoded > 0 && isTrailer(err):
		return worded(fmt.Sprintf("%s data is followed by something else, which is not read: %d bytes were decoded", format, decoded))
	}
	return worded(fmt.Sprintf("%s data is damaged after %d decoded bytes: %v", format, decoded, err))
}

// isTrailer reports whether a decoder met something that is no further member,
// stream or frame behind one that was whole.
func isTrailer(err error) bool {
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, xz.ErrFormat) || errors.Is(err, lz4.ErrInvalidFrame) ||
		err == bzip2.StructuralError("bad magic value in continuation file")
}

// worded is an error whose text is all that is to be said.
type worded string

func (w worded) Error() string { return string(w) }

// mild is an error behind which nothing is missing.
type mild string

func (m mild) Error() string { return string(m) }

// failing is data that could not even be begun: their decoder's error comes where
// the first bytes would.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error             { return nil }

// unwrap opens every compression that data begin with, one inside another.
// It returns what is inside, at its first byte. The layers are to be closed.
func unwrap(in *counter, ahead *bufio.Reader, opt *Options, m *meter) (*bufio.Reader, chain) {
	var c chain
	for {
		head, _ := ahead.Peek(headSize)
		d := findDecoder(head)
		if d == nil {
			return ahead, c
		}
		if len(c) == opt.MaxDepth {
			deep := worded(fmt.Sprintf("is compressed more than %d times over: it is not opened further", opt.MaxDepth))
			return bufio.NewReader(failing{deep}), c
		}
		l := openLayer(d, in, ahead, opt, m)
		c = append(c, l)
		in = l.out
		ahead = newBuffer(in)
	}
}

// chain is the layers around a text, outermost first.
type chain []*layer

// format names the decoders, outermost first.
func (c chain) format() string {
	names := make([]string, len(c))
	for i, l := range c {
		names[i] = l.format
	}
	return strings.Join(names, "+")
}

func (c chain) close() {
	for _, l := range c {
		l.r.Close()
	}
}

// steady hands out what its buffer holds, so that how much the layers below read at
// once does not depend on who reads.
type steady struct{ *bufio.Reader }

func (s steady) Read(p []byte) (int, error) {
	if _, err := s.Peek(1); err != nil {
		return 0, err
	}
	return s.Reader.Read(p[:min(len(p), s.Buffered())])
}

// expandError stops data that expands beyond a limit.
type expandError string

func (e expandError) Error() string { return string(e) }

// ratioFloor is the decoded size below which no ratio is suspicious, and
// ratioStep how often the ratio is looked at behind it.
const (
	ratioFloor = 100 << 20
	ratioStep  = 1 << 20
)

// guard stops a decoder that makes too much of too little. It looks at fixed
// positions of the decoded text and at what the decoder has consumed, not at what
// was read ahead for it, so that it stops at the same byte every time.
type guard struct {
	consumed func() int64
	opt      *Options
	out      int64
	check    int64 // the position at which the ratio is looked at next
}

// room returns how much may be decoded before room is asked again.
func (g *guard) room() (int64, error) {
	for g.out >= g.check {
		if g.out/g.opt.MaxRatio > g.consumed() {
			return 0, expandError(fmt.Sprintf("it expands more than %d times", g.opt.MaxRatio))
		}
		g.check += ratioStep
	}
	return max(0, min(g.check, g.opt.MaxExpanded)-g.out), nil
}

// meter is the guard over all layers that are opened in one reading of a place,
// one after another and inside one another.
type meter struct {
	guard
	forgiven int
}

func newMeter(opt *Options, consumed func() int64) *meter {
	// A single bomb is its own layer's to stop.
	return &meter{guard: guard{consumed: consumed, opt: opt, check: 2 * ratioFloor}}
}

// maxForgiven is how many bombs one place may hold before the rest of it is taken
// for one, too.
const maxForgiven = 8

// forgive takes back what a layer made that was stopped by its own guard, so that
// what is behind it can be read.
func (m *meter) forgive(out int64) {
	if m.forgiven++; m.forgiven <= maxForgiven {
		m.out -= out
	}
}
