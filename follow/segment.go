package follow

import (
	"bytes"
	"io"
	"os"
	"strings"
	"time"
)

// segment is one file of a stream: the one that is written to, or one that was
// rotated away and is read to its end.
type segment struct {
	path   string
	info   fileInfo
	file   io.ReadCloser // nil while it is closed
	at     int64         // where a reader that cannot seek stands
	offset int64         // handed out up to here
	line   int
	head   []byte // its first bytes, up to sampleSize
	tail   []byte // those before offset, up to sampleSize

	waits time.Time // since when a line without an end is there; zero for none
	until time.Time // how long a file that was rotated away is still looked at
}

// open opens the file, if it is the one the segment is about.
func (g *segment) open() error {
	if g.file != nil {
		return nil
	}
	r, err := openText(g.path)
	if err != nil {
		return err
	}
	if f, ok := r.(*os.File); ok {
		info, err := f.Stat()
		if err == nil && !infoOf(info, "").same(fileInfo{device: g.info.device, inode: g.info.inode}) && g.info.inode != 0 {
			err = os.ErrNotExist
		}
		if err != nil {
			f.Close()
			return err
		}
	}
	g.file, g.at = r, 0
	return nil
}

func (g *segment) close() {
	if g.file != nil {
		g.file.Close()
		g.file = nil
	}
}

// readAt fills b with what stands at offset. A compressed file is read forward
// only, which is how segments are read.
func (g *segment) readAt(b []byte, offset int64) (int, error) {
	if err := g.open(); err != nil {
		return 0, err
	}
	if f, ok := g.file.(*os.File); ok {
		n, err := f.ReadAt(b, offset)
		if n > 0 && err == io.EOF {
			err = nil
		}
		return n, err
	}
	if g.at > offset {
		g.close()
		if err := g.open(); err != nil {
			return 0, err
		}
	}
	if err := skip(g.file, offset-g.at); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(g.file, b)
	g.at = offset + int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// sample reads what the file is known by, for a segment that does not begin at 0.
func (g *segment) sample() error {
	if strings.HasSuffix(g.path, ".gz") {
		return nil // its text is not asked for again
	}
	g.head = make([]byte, min(sampleSize, g.offset))
	g.tail = make([]byte, min(sampleSize, g.offset))
	for _, x := range []struct {
		b  []byte
		at int64
	}{{g.head, 0}, {g.tail, g.offset - int64(len(g.tail))}} {
		for n := 0; n < len(x.b); {
			k, err := g.readAt(x.b[n:], x.at+int64(n))
			if err != nil {
				return err
			}
			n += k
		}
	}
	return nil
}

// intact reports whether the bytes before the offset are still those that were
// handed out.
func (g *segment) intact() bool {
	if len(g.tail) == 0 {
		return true
	}
	now := make([]byte, len(g.tail))
	n, err := g.readAt(now, g.offset-int64(len(g.tail)))
	return err == nil && n == len(now) && bytes.Equal(now, g.tail)
}

// advance notes that text was handed out.
func (g *segment) advance(text []byte) {
	if g.offset == int64(len(g.head)) && len(g.head) < sampleSize {
		g.head = append(g.head, text[:min(len(text), sampleSize-len(g.head))]...)
	}
	if len(text) >= sampleSize {
		g.tail = append(g.tail[:0], text[len(text)-sampleSize:]...)
	} else {
		g.tail = append(g.tail, text...)
		g.tail = append(g.tail[:0], g.tail[max(0, len(g.tail)-sampleSize):]...)
	}
	g.offset += int64(len(text))
	g.line += bytes.Count(text, []byte{'\n'})
	g.waits = time.Time{}
}

func (g *segment) checkpoint(stream string) Checkpoint {
	return Checkpoint{Stream: stream, Path: g.path, Offset: g.offset, Line: g.line, ModTime: g.info.modTime, Identity: Identity{
		Device: g.info.device, Inode: g.info.inode, Birth: g.info.birth,
		Head: hashOf(g.head), HeadLen: int64(len(g.head)), Tail: hashOf(g.tail), TailLen: int64(len(g.tail)),
	}}
}
