package follow

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"time"
)

// fileInfo is what the system says of a file.
type fileInfo struct {
	device, inode uint64
	links         uint64    // names that the file has; 0 where the system does not say
	birth         time.Time // zero where the system does not know
	size          int64
	modTime       time.Time
	changed       time.Time // when anything of it was, its names included; zero where the system does not say
	regular       bool
}

func plainInfo(info os.FileInfo) fileInfo {
	return fileInfo{size: info.Size(), modTime: info.ModTime(), regular: info.Mode().IsRegular(), links: 1}
}

// same reports whether two infos are of one file. The birth time tells a file from
// an older one whose inode it got.
func (i fileInfo) same(o fileInfo) bool {
	return i.device == o.device && i.inode == o.inode && (i.birth.IsZero() || o.birth.IsZero() || i.birth.Equal(o.birth))
}

func (id Identity) of(i fileInfo) bool {
	return fileInfo{device: id.Device, inode: id.Inode, birth: id.Birth}.same(i)
}

// sampleSize is how much of a file's beginning, and of the text before an offset,
// it is known by.
const sampleSize = 1 << 10

func hashOf(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// startSize is how many first bytes of a file a checkpoint holds as they are, and the
// least distance of the beginnings that it knows by their sums.
const startSize = 16

// beginsOf returns the sums of ever longer beginnings: those that end with a line,
// where copies end too, and where lines are long each that doubles.
func beginsOf(head []byte) []Begin {
	var out []Begin
	last, double := 0, 2*startSize
	for n := 1; n < len(head); n++ {
		if n-last >= startSize && head[n-1] == '\n' || n == double {
			out = append(out, Begin{int64(n), crc32.ChecksumIEEE(head[:n])})
			last = n
		}
		if n == double {
			double *= 2
		}
	}
	return out
}

// beginsLike reports whether a text begins as the file of a checkpoint does. Of a
// text that is shorter than what the checkpoint knows, that is compared as far as
// it can be.
func (c Checkpoint) beginsLike(text []byte) bool {
	n := int64(len(text))
	if n >= c.HeadLen {
		return c.HeadLen > 0 && hashOf(text[:c.HeadLen]) == c.Head
	}
	k := min(len(text), len(c.Start))
	if k == 0 || !bytes.Equal(text[:k], c.Start[:k]) {
		return false
	}
	for _, b := range c.Begins {
		if b.Len > 0 && b.Len <= n && crc32.ChecksumIEEE(text[:b.Len]) != b.Sum {
			return false
		}
	}
	return true
}

// covers reports whether a file seems to be a copy of the text before the offset
// that was made before the last of it was written: it is shorter, not younger, and
// begins alike.
func (c Checkpoint) covers(r relative) bool {
	if r.info.modTime.After(c.ModTime) || !isPacked(r.path) && r.info.size >= c.Offset {
		return false
	}
	text, err := openText(r.path)
	if err != nil {
		return false
	}
	defer text.Close()
	head := make([]byte, sampleSize)
	n, size, _ := sizeOf(text, head, 0, 0)
	return size < c.Offset && c.beginsLike(head[:n])
}

// valid reports whether a checkpoint is one that a follower makes.
func (c Checkpoint) valid() bool {
	return c.Offset >= 0 && c.Line >= 0 && c.HeadLen >= 0 && c.HeadLen <= sampleSize && c.TailLen >= 0 && c.TailLen <= min(sampleSize, c.Offset)
}

// errOther says that a file does not hold the text that was handed out of it.
var errOther = errors.New("the file holds other text than it did")

// fits reports whether a file holds, up to an offset, the text that a checkpoint
// was made of: the same beginning, and the same bytes before the offset. Neither
// alone proves it: copies share their beginnings.
func (c Checkpoint) fits(path string) bool {
	if c.HeadLen == 0 {
		return false
	}
	r, err := openText(path)
	if err != nil {
		return false
	}
	defer r.Close()
	_, _, err = c.prove(r)
	return err == nil
}

// prove reads a text from its beginning to the checkpoint's offset, and returns its
// first bytes and those before the offset when they are those of the checkpoint.
func (c Checkpoint) prove(r io.Reader) (head, tail []byte, err error) {
	// The tail may begin inside the head, and the head may end behind the offset.
	from := c.Offset - c.TailLen
	first := make([]byte, max(c.HeadLen, min(c.Offset, sampleSize)))
	n, err := io.ReadFull(r, first)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, nil, err
	}
	first = first[:n]
	if int64(n) < c.HeadLen || hashOf(first[:c.HeadLen]) != c.Head {
		return nil, nil, errOther
	}
	tail = make([]byte, c.TailLen)
	k := 0
	if from < int64(n) {
		k = copy(tail, first[from:])
	} else if err := skip(r, from-int64(n)); err != nil {
		return nil, nil, err
	}
	if _, err := io.ReadFull(r, tail[k:]); err != nil {
		return nil, nil, errOther
	}
	if hashOf(tail) != c.Tail {
		return nil, nil, errOther
	}
	return first[:min(n, sampleSize)], tail, nil
}

// skip moves a text forward, by seeking where that is possible.
func skip(r io.Reader, n int64) error {
	if s, ok := r.(io.Seeker); ok {
		_, err := s.Seek(n, io.SeekCurrent)
		return err
	}
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

// openText opens a file, decompressed when its name says gzip.
func openText(path string) (io.ReadCloser, error) {
	f, err := openFile(path)
	if err != nil || !isPacked(path) {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &unzipped{z, f}, nil
}

func isPacked(path string) bool { return strings.HasSuffix(path, ".gz") }

type unzipped struct {
	*gzip.Reader
	file *os.File
}

func (u *unzipped) Close() error {
	u.Reader.Close()
	return u.file.Close()
}

// firstBytes returns the beginning of a text, up to sampleSize.
func firstBytes(path string) []byte {
	r, err := openText(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	b := make([]byte, sampleSize)
	n, _ := io.ReadFull(r, b)
	return b[:n]
}

// alike reports whether one of two beginnings is that of the other.
func alike(a, b []byte) bool {
	n := min(len(a), len(b))
	return n > 0 && bytes.Equal(a[:n], b[:n])
}
