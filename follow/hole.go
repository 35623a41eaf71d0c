package follow

import (
	"bytes"
	"fmt"
	"os"
)

// A file has a hole where nothing was written: a service that does not append goes
// on at its old offset after its log was cut, a file system comes back from a crash
// with a file that is longer than what was stored of it. A hole reads as NUL, as
// does what some services allocate ahead of their writing.

// leastHole is how many NULs in a row are no text any more. The encodings of text
// have three at most.
const leastHole = 64

var noText [leastHole]byte

// textBefore returns the text before the first hole.
func textBefore(text []byte) []byte {
	if at := bytes.Index(text, noText[:]); at >= 0 {
		return text[:at]
	}
	return text
}

// leap goes on behind a hole at the offset, and says how long it was. A hole that
// reaches to the end may still be written to: it is not left until there is text
// behind it.
func (f *Follower) leap(s *stream, g *segment) (result, error) {
	end, was, err := g.holeEnd(f.buf)
	if err != nil {
		return f.unreadable(s, g, err)
	}
	if was != handed || end == g.offset {
		return was, nil
	}
	ev := Event{Kind: Gap, Stream: s.name, File: g.path, Reason: fmt.Sprintf("a hole of %d bytes, where nothing was written", end-g.offset)}
	if err := f.handle(ev); err != nil {
		return 0, err
	}
	return handed, g.leapTo(end)
}

// holeEnd looks for the end of a hole at the offset. It reads a bounded part, and
// goes on from there when it is called again: drained says that the hole reaches to
// the end of the file, and handed with the offset that the end is not known yet.
func (g *segment) holeEnd(b []byte) (end int64, was result, err error) {
	g.zeros = max(g.zeros, g.offset)
	for range maxChunks {
		if file, ok := g.file.(*os.File); ok {
			g.zeros = nextData(file, g.zeros)
		}
		n, err := g.readAt(b, g.zeros)
		if err != nil || n == 0 {
			return g.offset, drained, err
		}
		rest := bytes.TrimLeft(b[:n], "\x00")
		g.zeros += int64(n - len(rest))
		if len(rest) > 0 {
			return g.zeros, handed, nil
		}
	}
	return g.offset, handed, nil
}

// leapTo moves the offset forward over a hole.
func (g *segment) leapTo(end int64) error {
	g.ahead = g.ahead[:0]
	if g.packed() {
		g.offset, g.tail = end, g.tail[:0]
		return nil
	}
	tail := make([]byte, min(sampleSize, end))
	n, err := g.readAt(tail, end-int64(len(tail)))
	if err == nil && n < len(tail) {
		err = errOther
	}
	if err == nil {
		g.offset, g.tail = end, tail
		g.grow(g.info)
	}
	return err
}
