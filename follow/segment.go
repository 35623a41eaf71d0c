package follow

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"time"
)

// segment is one file of a stream: the one that is written to, or one that was
// rotated away and is read to its end.
type segment struct {
	path   string
	log    string // where the file stands or stood while it was written to
	info   fileInfo
	file   io.ReadCloser // nil while it is closed
	at     int64         // where a reader that cannot seek stands
	ahead  []byte        // what such a reader has read behind offset
	offset int64         // handed out up to here
	line   int
	head   []byte // the first bytes of the file, up to sampleSize
	tail   []byte // those before offset, up to sampleSize

	gap     *Missing   // what was gone between the segment before and this one, until it is said
	instead Checkpoint // stands for the segment until then
	enters  bool       // that the stream goes on in it is still to be said
	cut     bool       // it goes on where the one before was cut in place
	unsure  bool

	zeros    int64       // up to here the file held nothing but NUL behind offset when it was read
	counting int64       // lines are still to be counted from here to offset; -1 for none
	damaged  bool        // it is compressed, and cannot be read
	rest     bool        // it was left with text that was not read, and compressed
	dead     bool        // the file cannot be found any more
	said     bool        // and what was lost with it has been said
	was      *Checkpoint // of a file that is gone, where nothing else is known of it
	waits    time.Time   // since when a line without an end is there; zero for none
	waitSize int64       // how long that line was
	used     time.Time   // when it was read last
	until    time.Time   // how long a file that was rotated away and lost its name is still looked at
}

func newSegment(path, log string, info fileInfo) *segment {
	g := &segment{path: path, log: log, info: info, line: 1, counting: -1}
	g.head = firstBytes(path)
	if !g.packed() {
		g.head = bytes.TrimRight(g.head, "\x00") // they may be written to yet
	}
	return g
}

// errAway says that a file does not stand under its path any more.
var errAway = errors.New("the file is gone from its place")

func (g *segment) packed() bool { return isPacked(g.path) }

// unread is how much is known to be there and not handed out. Of compressed files
// it is not known.
func (g *segment) unread() int64 {
	if g.packed() || g.dead {
		return 0
	}
	return max(0, g.info.size-max(g.offset, g.zeros))
}

// openFile opens the file, if it is the one the segment is about.
func (g *segment) openFile() error {
	r, err := openText(g.path)
	if errors.Is(err, os.ErrNotExist) {
		return errAway
	}
	if err != nil {
		return err
	}
	f, ok := r.(*os.File)
	if z, packed := r.(*unzipped); packed {
		f, ok = z.file, true
	}
	if ok {
		info, err := statFile(f)
		if err == nil && (!info.same(g.info) || !info.regular) {
			err = errAway
		}
		if err != nil {
			r.Close()
			return err
		}
	}
	g.file, g.at = r, 0
	return nil
}

// readAt fills b with what stands at offset in the open file. A compressed file is
// read forward only, which is how segments are read.
func (g *segment) readAt(b []byte, offset int64) (int, error) {
	if f, ok := g.file.(*os.File); ok {
		n, err := f.ReadAt(b, offset)
		if err == io.EOF {
			err = nil
		}
		return n, err
	}
	if g.at > offset {
		g.file.Close()
		g.file = nil
		if err := g.openFile(); err != nil {
			return 0, err
		}
	}
	if err := skip(g.file, offset-g.at); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(g.file, b)
	g.at = offset + int64(n)
	if err == io.EOF || n > 0 {
		err = nil
	}
	return n, err
}

// next reads what follows the offset. What stands before it is read along with it:
// if that is not what was handed out last, the file was cut or written anew, and
// errOther is returned.
func (g *segment) next(b []byte) ([]byte, error) {
	if g.packed() {
		b = b[:len(b)-sampleSize]
		n := copy(b, g.ahead)
		m, err := g.readAt(b[n:], g.offset+int64(n))
		if n+m > 0 {
			err = nil
		}
		g.ahead = append(g.ahead[:0], b[:n+m]...)
		return b[:n+m], err
	}
	t := len(g.tail)
	n, err := g.readAt(b[:len(b)-sampleSize+t], g.offset-int64(t))
	if err != nil {
		return nil, err
	}
	if n < t || !bytes.Equal(b[:t], g.tail) {
		return nil, errOther
	}
	return b[t:n], nil
}

// intact reports whether the file still begins as it did, and holds before the
// offset what was handed out.
func (g *segment) intact() bool {
	now := make([]byte, sampleSize)
	n, err := g.readAt(now[:len(g.head)], 0)
	if err != nil || !bytes.Equal(now[:n], g.head) {
		return false
	}
	n, err = g.readAt(now[:len(g.tail)], g.offset-int64(len(g.tail)))
	return err == nil && bytes.Equal(now[:n], g.tail)
}

// grow notes what the system says now of the file, and takes more of its beginning
// to know it by.
func (g *segment) grow(info fileInfo) {
	g.info = info
	if g.file == nil || g.packed() || len(g.head) == sampleSize || int64(len(g.head)) >= info.size {
		return
	}
	now := make([]byte, sampleSize)
	if n, err := g.readAt(now, 0); err == nil && bytes.HasPrefix(now[:n], g.head) {
		n = max(len(bytes.TrimRight(now[:n], "\x00")), int(min(g.offset, int64(n))))
		g.head = now[:n]
	}
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
	if g.packed() {
		g.ahead = g.ahead[:copy(g.ahead, g.ahead[len(text):])]
	} else {
		g.info.size = max(g.info.size, g.offset)
	}
}

// resume moves a segment that is open to a checkpoint's offset, if it holds the
// checkpoint's text.
func (g *segment) resume(c Checkpoint) error {
	var r io.Reader = g.file
	if f, ok := g.file.(*os.File); ok {
		r = io.NewSectionReader(f, 0, 1<<62)
	}
	if c.HeadLen == 0 && c.Offset > 0 {
		return errOther
	}
	head, tail, err := c.prove(r)
	if err != nil {
		return err
	}
	g.at, g.offset, g.line, g.tail = max(c.Offset, int64(len(head))), c.Offset, max(c.Line, 1), tail
	if !bytes.HasPrefix(g.head, head) {
		g.head = head // else more is known of it already
	}
	if c.Line == 0 && c.Offset > 0 && !g.packed() {
		g.counting = 0
	}
	return nil
}

// toEnd moves a segment that is open behind its last complete line. Lines are
// counted later, a chunk at a time.
func (g *segment) toEnd(maxLine int) error {
	back := make([]byte, min(int64(maxLine), g.info.size))
	n, err := g.readAt(back, g.info.size-int64(len(back)))
	if err != nil {
		return err
	}
	end := bytes.LastIndexByte(back[:n], '\n') + 1
	if end == 0 && int64(n) < g.info.size {
		end = n // inside a line that is too long
	}
	return g.moveTo(g.info.size - int64(len(back)-end))
}

// moveTo moves a segment that is open to an offset, whose lines are still to be
// counted.
func (g *segment) moveTo(offset int64) error {
	tail := make([]byte, min(sampleSize, offset))
	n, err := g.readAt(tail, offset-int64(len(tail)))
	if err == nil && n < len(tail) {
		err = errOther
	}
	if err != nil {
		return err
	}
	g.offset, g.tail = offset, tail
	if offset > 0 {
		g.counting = 0
	}
	return nil
}

// count counts the lines before the offset, as many as b holds of them.
func (g *segment) count(b []byte) error {
	b = b[:min(int64(len(b)), g.offset-g.counting)]
	n, err := g.readAt(b, g.counting)
	if err != nil {
		return err
	}
	g.line += bytes.Count(b[:n], []byte{'\n'})
	g.counting += int64(n)
	if n == 0 || g.counting >= g.offset {
		g.counting = -1
	}
	return nil
}

// before returns up to n bytes of whole lines before the offset.
func (g *segment) before(n int64) []byte {
	if g.packed() {
		return nil
	}
	n = min(n, g.offset)
	b := make([]byte, n)
	if k, err := g.readAt(b, g.offset-n); err != nil || k < len(b) {
		return nil
	}
	if n < g.offset {
		b = b[bytes.IndexByte(b, '\n')+1:]
	}
	return b
}

// checkpoint is how far the segment was handed out.
func (g *segment) checkpoint(stream string) Checkpoint {
	if g.was != nil {
		c := *g.was
		c.Stream = stream
		return c
	}
	head := g.head
	if g.offset > 0 {
		head = head[:min(int64(len(head)), g.offset)] // a copy may hold no more
	}
	c := Checkpoint{Stream: stream, Missing: g.gap, Enters: g.enters, Continues: g.cut && g.enters, Unsure: g.unsure && g.enters, Path: g.path, Offset: g.offset, Line: g.line, Size: g.info.size, ModTime: g.info.modTime, Identity: Identity{
		Device: g.info.device, Inode: g.info.inode, Birth: g.info.birth,
		Head: hashOf(head), HeadLen: int64(len(head)), Start: slices.Clone(head[:min(len(head), startSize)]), Begins: beginsOf(head), Tail: hashOf(g.tail), TailLen: int64(len(g.tail)),
	}}
	if g.packed() {
		c.Size = 0
	}
	if g.rest {
		c.ModTime = time.Time{} // it is looked for again
	}
	c.Gone = g.dead && g.said
	if g.log != g.path {
		c.Log = g.log
	}
	if g.counting >= 0 {
		c.Line = 0
	}
	return c
}
