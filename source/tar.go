package source

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// tarBlock is the unit of tar (POSIX.1-1988 ustar, GNU tar 1.35 "Basic Tar Format").
const tarBlock = 512

// isTar reports whether a block is a tar header: its checksum is right, and it has
// a name and a type. Old tar (v7) has nothing else to know it by; where ustar's
// magic number stands without the checksum, reading on as text loses less.
func isTar(block []byte) bool {
	if len(block) < tarBlock || block[0] == 0 {
		return false
	}
	block = block[:tarBlock]
	field := strings.Trim(string(block[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil {
		return false
	}
	// Some old writers summed signed bytes.
	var unsigned, signed int64
	for i, c := range block {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	kind := block[156]
	known := kind == 0 || kind >= '0' && kind <= '9' || kind >= 'A' && kind <= 'Z' || kind == 'g' || kind == 'x'
	return known && (want == unsigned || want == signed)
}

// tarReader reads the members of a tar archive, and goes on behind a header that
// is damaged and behind the end mark of an archive that another was appended to.
type tarReader struct {
	tr      *tar.Reader
	in      *counter          // all bytes of the archive come from it
	flow    *bufio.Reader     // the archive, in sequence; or
	section *io.SectionReader // the archive, anywhere
	of      place             // gives what section gives; nil: members cannot be reached by themselves
	opt     *Options
	zeros   *trailing // what flow gave last
	members int
	other   int64 // bytes that were neither a member nor padding
	damaged bool
	open    bool // there was no end mark
	done    bool
}

func newTar(flow *bufio.Reader, section *io.SectionReader, in *counter, of place, opt *Options) *tarReader {
	t := &tarReader{in: in, flow: flow, section: section, of: of, opt: opt}
	t.tr = tar.NewReader(t.source())
	return t
}

func (t *tarReader) source() io.Reader {
	if t.section != nil {
		return t.section
	}
	t.zeros = &trailing{r: steady{t.flow}}
	return t.zeros
}

// trailing counts the zeros that were read last.
type trailing struct {
	r io.Reader
	n int
}

func (t *trailing) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	zeros := n - len(bytes.TrimRight(p[:n], "\x00"))
	if zeros == n {
		t.n += n
	} else {
		t.n = zeros
	}
	return n, err
}

// ended reports whether the tar reader came to the blocks of zeros that end an
// archive. There should be two, but one is no accident either.
func (t *tarReader) ended() bool {
	if t.section == nil {
		return t.zeros.n >= tarBlock
	}
	pos, _ := t.section.Seek(0, io.SeekCurrent)
	block := make([]byte, tarBlock)
	n, _ := t.section.ReadAt(block, max(pos-tarBlock, 0))
	return n == tarBlock && len(bytes.Trim(block, "\x00")) == 0
}

func (t *tarReader) reaches() bool { return t.of != nil }
func (t *tarReader) close()        {}

// next returns the next member. Its error says, in words, what the archive lacks.
func (t *tarReader) next() (member, error) {
	for !t.done {
		h, err := t.tr.Next()
		switch {
		case err == nil, errors.Is(err, tar.ErrInsecurePath):
			if h.Typeflag == tar.TypeXGlobalHeader {
				continue
			}
			t.members++
			return t.member(h), nil
		case t.in.err != nil:
			return member{}, t.in.err
		case err == io.ErrUnexpectedEOF:
			return member{}, worded(fmt.Sprintf("tar data ends early: members found: %d", t.members))
		case err != io.EOF:
			t.damaged = true
			t.other += tarBlock
		default:
			t.open = !t.ended()
		}
		t.done = !t.resume()
	}
	return member{}, t.rest()
}

// rest is how an archive ends of which all was looked at.
func (t *tarReader) rest() error {
	switch {
	case t.in.err != nil:
		return t.in.err
	case t.damaged:
		return worded(fmt.Sprintf("tar data is damaged: %d bytes that belong to no member were passed over", t.other))
	case t.other > 0:
		return worded(fmt.Sprintf("tar data is followed by %d bytes of something else, which are not read", t.other))
	case t.open:
		return mild("is a tar archive without an end mark: it may have been cut off behind the last member")
	}
	return io.EOF
}

// resume looks for the next header.
func (t *tarReader) resume() bool {
	for {
		block := t.block()
		switch {
		case isTar(block):
			if t.section != nil {
				t.section.Seek(-tarBlock, io.SeekCurrent)
			}
			t.tr = tar.NewReader(t.source())
			return true
		case len(bytes.Trim(block, "\x00")) > 0:
			t.other += int64(len(block))
		}
		if t.section == nil {
			t.flow.Discard(len(block))
		}
		if len(block) < tarBlock {
			return false
		}
	}
}

// block returns the next block, or what is left; from a flow without taking it.
func (t *tarReader) block() []byte {
	if t.section == nil {
		block, _ := t.flow.Peek(tarBlock)
		return block
	}
	block := make([]byte, tarBlock)
	n, _ := io.ReadFull(t.section, block)
	return block[:n]
}

func (t *tarReader) member(h *tar.Header) member {
	m := member{name: h.Name, modTime: h.ModTime, size: h.Size}
	switch h.Typeflag {
	case tar.TypeReg, 0, tar.TypeCont:
		if isSparse(h) {
			m.broken = "is a sparse file, which is not read"
			return m
		}
	case tar.TypeDir, 'D', 'V': // GNU's lists of names, and labels
		m.left = leftDir
		return m
	case tar.TypeGNUSparse:
		m.broken = "is a sparse file, which is not read"
		return m
	case 'M':
		m.broken = "is the rest of a file that began in another volume, which is not read"
		return m
	default:
		m.left = leftSpecial
		return m
	}
	if t.section == nil {
		m.r = &tarText{r: t.tr, in: t.in, size: h.Size}
		return m
	}
	off, _ := t.section.Seek(0, io.SeekCurrent)
	p := piece{off: off, size: h.Size}
	m.at = func() (io.ReaderAt, int64, error) { return io.NewSectionReader(t.section, off, h.Size), h.Size, nil }
	m.size = max(0, min(h.Size, t.section.Size()-off))
	m.r = p.read(&counter{r: io.NewSectionReader(t.section, off, h.Size)}, t.opt, nil)
	if t.of != nil {
		m.place = &span{of: t.of, opt: t.opt, piece: p}
	}
	return m
}

// isSparse reports whether a member has holes that a reader makes up: a few bytes
// of an archive can claim any size that way.
func isSparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// tarText is a member's bytes in sequence.
type tarText struct {
	r       io.Reader
	in      *counter
	n, size int64
}

func (t *tarText) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	if err != nil && err != io.EOF {
		err = cutOff(t.n, t.size)
	}
	return n, err
}
