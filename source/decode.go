package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// decoder is a compression that is known by the first bytes of its data.
type decoder struct {
	name  string
	magic string
	open  func(*bufio.Reader) (io.ReadCloser, error) // nil: known, but not opened
}

// decoders are tried in order. Magic numbers: RFC 1952 §2.3.1 (with the only
// method there is, 8), RFC 8878 §3.1 (the second is the skippable frame that pzstd
// begins with), the xz file format 1.2.1 §2.1.1.1, bzip2's header at its default
// level with the block magic behind it, the LZ4 frame format 1.6.1, PKWARE's
// APPNOTE 4.3.7.
var decoders = []decoder{
	{"gzip", "\x1f\x8b\x08", openGzip},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"zstd", "\x50\x2a\x4d\x18", openZstd},
	{"xz", "\xfd7zXZ\x00", nil},
	{"bzip2", "BZh91AY&SY", nil},
	{"lz4", "\x04\x22\x4d\x18", nil},
	{"zip", "PK\x03\x04", nil},
}

// headSize is how much of a place is looked at before it is decoded: enough for
// every magic number, and for the time stamp that tells a log from its successor
// under the same name.
const headSize = 64

func openGzip(r *bufio.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

// maxWindow bounds the memory of one zstd stream. 128 MiB is what zstd(1) accepts
// too unless told otherwise.
const maxWindow = 128 << 20

func openZstd(r *bufio.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// findDecoder returns the decoder for data that begins with head, or nil.
func findDecoder(head []byte) *decoder {
	for i, d := range decoders {
		if len(head) >= len(d.magic) && string(head[:len(d.magic)]) == d.magic {
			return &decoders[i]
		}
	}
	return nil
}

// decodeReason says in words why decompression ended early.
func decodeReason(format string, decoded int64, err error) string {
	var limit expandError
	switch {
	case errors.As(err, &limit):
		return fmt.Sprintf("%s data stopped after %d bytes: %v", format, decoded, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("%s data ends early: %d bytes were decoded", format, decoded)
	case errors.Is(err, gzip.ErrHeader) && decoded > 0:
		return fmt.Sprintf("gzip data is followed by something else, which is not read: %d bytes were decoded", decoded)
	}
	return fmt.Sprintf("%s data is damaged after %d decoded bytes: %v", format, decoded, err)
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
	r        io.Reader
	consumed func() int64
	opt      *Options
	out      int64
	check    int64 // the position at which the ratio is looked at next
}

func (g *guard) Read(p []byte) (int, error) {
	if g.out == g.check {
		if g.out/g.opt.MaxRatio > g.consumed() {
			return 0, expandError(fmt.Sprintf("it expands more than %d times", g.opt.MaxRatio))
		}
		g.check += ratioStep
	}
	room := min(g.check, g.opt.MaxExpanded) - g.out
	if room == 0 {
		return g.atLimit()
	}
	n, err := g.r.Read(p[:min(int64(len(p)), room)])
	g.out += int64(n)
	return n, err
}

// atLimit tells a stream that ends exactly at the limit from a larger one.
func (g *guard) atLimit() (int, error) {
	var one [1]byte
	n, err := g.r.Read(one[:])
	if n > 0 {
		err = expandError(fmt.Sprintf("it expands to more than %d bytes", g.opt.MaxExpanded))
	}
	return 0, err
}
