package follow

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"time"
)

// fileInfo is what the system says of a file.
type fileInfo struct {
	device, inode uint64
	birth         time.Time // zero where the system does not know
	size          int64
	modTime       time.Time
	regular       bool
}

// same reports whether two infos are of one file. The birth time tells a file from
// an older one whose inode it got.
func (a fileInfo) same(b fileInfo) bool {
	return a.device == b.device && a.inode == b.inode && (a.birth.IsZero() || b.birth.IsZero() || a.birth.Equal(b.birth))
}

func (id Identity) of(i fileInfo) bool {
	return fileInfo{device: id.Device, inode: id.Inode, birth: id.Birth}.same(i)
}

func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	return infoOf(info, path), nil
}

// sampleSize is how much of a file's beginning, and of the text before an offset,
// it is known by.
const sampleSize = 1 << 10

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// fits reports whether a file holds, up to an offset, the text that a checkpoint
// was made of: the same beginning, and the same bytes before the offset. Neither
// alone proves it: copies share their beginnings.
func (c Checkpoint) fits(path string) bool {
	if c.HeadLen == 0 || c.Offset == 0 {
		return false
	}
	r, err := openText(path)
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, c.HeadLen)
	if _, err := io.ReadFull(r, head); err != nil || hashOf(head) != c.Head {
		return false
	}
	tail := make([]byte, c.TailLen)
	from := c.Offset - c.TailLen
	if overlap := int64(len(head)) - from; overlap > 0 {
		n := copy(tail, head[from:])
		_, err = io.ReadFull(r, tail[n:])
	} else if err = skip(r, from-int64(len(head))); err == nil {
		_, err = io.ReadFull(r, tail)
	}
	return err == nil && hashOf(tail) == c.Tail
}

// skip moves a text forward, by seeking where that is possible.
func skip(r io.Reader, n int64) error {
	if f, ok := r.(*os.File); ok {
		_, err := f.Seek(n, io.SeekCurrent)
		return err
	}
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

// openText opens a file, decompressed when its name says gzip.
func openText(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &unzipped{z, f}, nil
}

type unzipped struct {
	*gzip.Reader
	file *os.File
}

func (u *unzipped) Close() error {
	u.Reader.Close()
	return u.file.Close()
}
