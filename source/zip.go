package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// zipMethods decode members, by their number in PKWARE's APPNOTE 6.3.10 §4.4.5.
var zipMethods = map[uint16]func(*bufio.Reader) (io.ReadCloser, error){
	8:  func(r *bufio.Reader) (io.ReadCloser, error) { return flate.NewReader(r), nil },
	12: openBzip2,
	93: openZstd,
	95: openXZ,
}

func methodReadable(method uint16) bool { return method == 0 || zipMethods[method] != nil }

// Signatures of APPNOTE §4.3.
const (
	zipLocal      = "PK\x03\x04"
	zipDescriptor = "PK\x07\x08"
	zipEnd        = "PK\x05\x06"
	zipEnd64      = "PK\x06\x06"
	zipLocator64  = "PK\x06\x07"
)

// isZip reports whether data begin as zip archives do: with the header of a
// member, behind the mark of a split archive perhaps, or with the end of an empty
// one. A text may begin with PK.
func isZip(head []byte) bool {
	s := strings.TrimPrefix(string(head), zipDescriptor)
	if strings.HasPrefix(s, zipEnd) {
		return true
	}
	return strings.HasPrefix(s, zipLocal) && isLocal([]byte(s[4:]))
}

// isLocal reports whether what follows a signature can be the header of a member.
// Versions up to 6.3 and methods up to 99 are given out (§4.4.3, §4.4.5).
func isLocal(h []byte) bool {
	return len(h) >= localSize && h[0] <= 63 && binary.LittleEndian.Uint16(h[4:]) < 100 && binary.LittleEndian.Uint16(h[22:]) > 0
}

// localSize is the size of a member's header behind its signature (§4.3.7).
const localSize = 26

// maxZipMembers and maxZipDirectory bound the list of members that is read into
// memory.
const (
	maxZipMembers   = 1_000_000
	maxZipDirectory = 64 << 20
)

// bounded fails when more than n bytes were read through it.
type bounded struct {
	r io.ReaderAt
	n int64
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if b.n -= int64(len(p)); b.n < 0 {
		return 0, errLongDirectory
	}
	return b.r.ReadAt(p, off)
}

var errLongDirectory = mild(fmt.Sprintf("holds more than %d members or %d bytes of names: they are read without the archive's list", maxZipMembers, maxZipDirectory))

// readDirectory reads the list of members at the end of a zip archive.
func readDirectory(r io.ReaderAt, size int64) (*zip.Reader, error) {
	n, err := directoryRecords(r, size)
	if err != nil {
		return nil, err
	}
	if n > maxZipMembers {
		return nil, errLongDirectory
	}
	b := &bounded{r, maxZipDirectory}
	z, err := zip.NewReader(b, size)
	if z == nil {
		return nil, err
	}
	b.n = math.MaxInt64
	return z, nil
}

// directoryRecords returns how many members the end of the archive claims: memory
// is taken for them before one is seen.
func directoryRecords(r io.ReaderAt, size int64) (uint64, error) {
	tail := make([]byte, min(size, 22+math.MaxUint16+20))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return 0, err
	}
	end := bytes.LastIndex(tail, []byte(zipEnd))
	if end < 0 || len(tail)-end < 22 {
		return 0, zip.ErrFormat
	}
	n := uint64(binary.LittleEndian.Uint16(tail[end+10:]))
	if end >= 20 && string(tail[end-20:end-16]) == zipLocator64 {
		var end64 [56]byte
		off := int64(binary.LittleEndian.Uint64(tail[end-12:]))
		if off < 0 || off > size {
			return 0, zip.ErrFormat
		}
		if _, err := r.ReadAt(end64[:], off); err == nil && string(end64[:4]) == zipEnd64 {
			n = max(n, binary.LittleEndian.Uint64(end64[32:]))
		}
	}
	return n, nil
}

// zipReader gives the members of a zip archive in the order of its list.
type zipReader struct {
	r       io.ReaderAt
	size    int64
	files   []*zip.File
	of      place // gives what r gives; nil: members cannot be reached by themselves
	opt     *Options
	meter   *meter
	taken   []extent // of r, by members so far; ascending
	current *checkedReader
}

// extent is where a member's bytes stand.
type extent struct{ from, to int64 }

func (z *zipReader) next() (member, error) {
	z.close()
	if len(z.files) == 0 {
		return member{}, io.EOF
	}
	f := z.files[0]
	z.files = z.files[1:]
	m := member{name: f.Name, modTime: f.Modified, size: int64(min(f.UncompressedSize64, math.MaxInt64))}
	if m.left, m.broken = leftOut(f); m.left != leftNot || m.broken != "" {
		return m, nil
	}
	off, err := f.DataOffset()
	packed := int64(min(f.CompressedSize64, math.MaxInt64))
	switch {
	case err != nil || off > z.size-packed:
		m.broken = "is not where the archive's list says it is"
		return m, nil
	case !z.take(off, packed):
		m.broken = "shares bytes with another member, as bombs do: it is not read"
		return m, nil
	}
	p := piece{off: off, size: packed, method: f.Method, checked: true, want: m.size, sum: f.CRC32}
	z.current = p.read(&counter{r: io.NewSectionReader(z.r, off, packed)}, z.opt, z.meter)
	m.r = z.current
	if p.method == 0 {
		m.at = func() (io.ReaderAt, int64, error) { return io.NewSectionReader(z.r, off, packed), packed, nil }
	}
	if z.of != nil {
		m.place = &span{of: z.of, opt: z.opt, piece: p}
	}
	return m, nil
}

// leftOut says why a member is not read, if so.
func leftOut(f *zip.File) (left, string) {
	switch mode := f.Mode(); {
	case strings.HasSuffix(f.Name, "/") || strings.HasSuffix(f.Name, `\`) && f.UncompressedSize64 == 0:
		return leftDir, ""
	case !mode.IsRegular() && !mode.IsDir():
		return leftSpecial, ""
	case f.Flags&1 != 0:
		return leftNot, "is encrypted"
	case !methodReadable(f.Method):
		return leftNot, fmt.Sprintf("is compressed by zip's method %d, which is not read", f.Method)
	}
	return leftNot, ""
}

// take notes where a member is, unless another one is there.
func (z *zipReader) take(off, size int64) bool {
	if size == 0 {
		return true
	}
	i, _ := slices.BinarySearchFunc(z.taken, off, func(s extent, off int64) int {
		if s.to <= off {
			return -1
		}
		return 1
	})
	if i < len(z.taken) && z.taken[i].from < off+size {
		return false
	}
	z.taken = slices.Insert(z.taken, i, extent{off, off + size})
	return true
}

func (z *zipReader) reaches() bool { return z.of != nil }

func (z *zipReader) close() {
	if z.current != nil {
		z.current.close()
		z.current = nil
	}
}

// zipScanner gives the members of a zip archive that has no list of them, by the
// headers in front of each: of one that was cut off, or that is too large to hold.
type zipScanner struct {
	r       *bufio.Reader
	in      *counter // r reads from it
	opt     *Options
	meter   *meter
	why     error // there is no list
	members int

	current *checkedReader
	packed  io.Reader // its bytes, where their end is known
	trailer bool      // a descriptor follows them
	err     error
}

func (z *zipScanner) next() (member, error) {
	if z.err == nil {
		z.err = z.pass()
	}
	if z.err != nil {
		return member{}, z.err
	}
	head, _ := z.r.Peek(4)
	if string(head) == zipDescriptor && z.members == 0 {
		z.r.Discard(4) // the mark of a split archive
		head, _ = z.r.Peek(4)
	}
	if string(head) != zipLocal {
		return member{}, z.end(head)
	}
	z.r.Discard(4)
	h := make([]byte, localSize)
	if _, err := io.ReadFull(z.r, h); err != nil || !isLocal(h) {
		return member{}, z.end(nil)
	}
	names := make([]byte, int(binary.LittleEndian.Uint16(h[22:]))+int(binary.LittleEndian.Uint16(h[24:])))
	if _, err := io.ReadFull(z.r, names); err != nil {
		return member{}, z.end(nil)
	}
	z.members++
	return z.member(h, string(names[:binary.LittleEndian.Uint16(h[22:])]), names[binary.LittleEndian.Uint16(h[22:]):]), nil
}

// end says what an archive without a list comes to: when the list begins here, all
// members were met.
func (z *zipScanner) end(head []byte) error {
	switch {
	case z.in.err != nil:
		return z.in.err
	case strings.HasPrefix(string(head), "PK"):
		return z.why
	}
	return worded(fmt.Sprintf("zip data ends early or is damaged: members found: %d", z.members))
}

// pass goes to the end of the current member.
func (z *zipScanner) pass() error {
	if z.current == nil {
		return nil
	}
	var err error
	if z.packed != nil {
		io.Copy(io.Discard, z.packed)
	} else {
		_, err = io.Copy(io.Discard, z.current)
	}
	z.close()
	switch {
	case z.in.err != nil:
		return z.in.err
	case err != nil:
		return z.end(nil)
	case z.trailer:
		z.skipDescriptor()
	}
	return nil
}

// skipDescriptor passes over the sums behind a member (§4.3.9): with a signature or
// without, with sizes of 4 bytes or of 8. What follows tells.
func (z *zipScanner) skipDescriptor() {
	head, _ := z.r.Peek(4)
	sign := 0
	if string(head) == zipDescriptor {
		sign = 4
	}
	for _, size := range []int{sign + 12, sign + 20} {
		if head, _ = z.r.Peek(size + 2); len(head) == size+2 && string(head[size:]) == "PK" {
			z.r.Discard(size)
			return
		}
	}
	z.r.Discard(min(len(head), sign+12))
}

func (z *zipScanner) member(h []byte, name string, extra []byte) member {
	flags, method := binary.LittleEndian.Uint16(h[2:]), binary.LittleEndian.Uint16(h[4:])
	m := member{name: name, modTime: dosTime(binary.LittleEndian.Uint16(h[8:]), binary.LittleEndian.Uint16(h[6:]))}
	packed, want := localSizes(h, extra)
	p := piece{size: packed, method: method, checked: true, want: want, sum: binary.LittleEndian.Uint32(h[10:])}
	z.trailer = flags&8 != 0
	m.size = want
	open := z.trailer && packed == 0
	if open {
		m.size = -1
	}
	readable := flags&1 == 0 && methodReadable(method)
	switch {
	case strings.HasSuffix(name, "/"):
		m.left = leftDir
	case flags&1 != 0:
		m.broken = "is encrypted"
	case !readable:
		m.broken = fmt.Sprintf("is compressed by zip's method %d, which is not read", method)
	}
	if open && method != 8 {
		if m.left == leftNot && m.broken == "" {
			m.broken = "has an end that only the archive's list knows, which is missing"
		}
		if m.left == leftNot {
			z.err = worded(fmt.Sprintf("zip data without a list of members: not read behind %s", shownName(name)))
			return m
		}
	}
	z.current = z.open(p, open, readable)
	if m.left == leftNot && m.broken == "" {
		m.r = z.current
	}
	return m
}

// open reads the bytes of a member; when the end is open, its decoder finds it.
func (z *zipScanner) open(p piece, open, readable bool) *checkedReader {
	if open && p.method == 8 && readable {
		z.packed = nil
		r := &checkedReader{in: z.in, piece: piece{method: p.method}}
		r.layer = openLayer(&decoder{name: "zip", open: zipMethods[8]}, z.in, z.r, z.opt, z.meter)
		r.r = r.layer
		return r
	}
	in := &counter{r: io.LimitReader(z.r, p.size)}
	z.packed = in
	if !readable {
		p = piece{size: p.size}
	}
	return p.read(in, z.opt, z.meter)
}

// localSizes returns the sizes in a member's header, packed and not. Where they do
// not fit they are in an extra field (§4.5.3), the unpacked size first.
func localSizes(h, extra []byte) (packed, want int64) {
	packed, want = int64(binary.LittleEndian.Uint32(h[14:])), int64(binary.LittleEndian.Uint32(h[18:]))
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		if id == 1 && n >= 16 && (packed == math.MaxUint32 || want == math.MaxUint32) {
			want = int64(binary.LittleEndian.Uint64(extra[4:]) & math.MaxInt64)
			packed = int64(binary.LittleEndian.Uint64(extra[12:]) & math.MaxInt64)
		}
		extra = extra[4+n:]
	}
	return packed, want
}

// dosTime is a time stamp of §4.4.6: no zone, taken as UTC, to two seconds.
func dosTime(date, clock uint16) time.Time {
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

func (z *zipScanner) reaches() bool { return false }

func (z *zipScanner) close() {
	if z.current != nil {
		z.current.close()
		z.current = nil
	}
}
