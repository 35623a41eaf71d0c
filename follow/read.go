package follow

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// result is what came of an attempt to hand out text.
type result int

const (
	handed  result = iota // something was handed out, and there may be more
	drained               // there is nothing more now
	waiting               // there is something that cannot be handed out yet
	away                  // the file is not there, or not what it was
)

// readNext hands out one chunk of what a stream is read from.
func (f *Follower) readNext(s *stream) (more bool, err error) {
	if err := f.enter(s); err != nil {
		return false, err
	}
	g := s.queue[0]
	ended := len(s.queue) > 1
	if !ended && !s.gone && g.counting < 0 && !g.packed() && g.info.size <= g.offset {
		return false, nil
	}
	was, err := f.hand(s, g, ended)
	switch {
	case err != nil || was == waiting:
		return false, err
	case was == handed:
		return true, nil
	case was == away:
		return f.lose(s, g)
	case !ended:
		return false, nil
	}
	f.retire(s)
	return true, f.enter(s)
}

// enter says that the stream goes on in the first file of its queue, and what was
// lost before it.
func (f *Follower) enter(s *stream) error {
	g := s.queue[0]
	if g.gap != nil {
		if err := f.handle(Event{Kind: Gap, Stream: s.name, File: g.path, Lost: g.gap.Bytes, Reason: g.gap.Reason}); err != nil {
			return err
		}
		g.gap, g.instead = nil, Checkpoint{}
	}
	if !g.enters {
		return nil
	}
	if err := f.handle(Event{Kind: Rotated, Stream: s.name, File: g.path, Continues: g.cut, Unsure: g.unsure, ModTime: g.info.modTime}); err != nil {
		return err
	}
	g.enters = false
	return nil
}

// retire puts the first segment among those that are read to the end.
func (f *Follower) retire(s *stream) {
	g := s.queue[0]
	s.queue = s.queue[1:]
	if next := s.queue[0]; next.gap != nil {
		next.instead = g.checkpoint(s.name)
	}
	if slices.Contains(s.queue, g) {
		return
	}
	g.until = f.opt.Now().Add(lateFor)
	f.keep(s, g)
}

// keep puts a segment last among those that were read.
func (f *Follower) keep(s *stream, g *segment) {
	s.late = append(s.late, g)
	if n := len(s.late) - maxLate; n > 0 {
		for _, g := range s.late[:n] {
			f.finish(g)
		}
		s.late = slices.Delete(s.late, 0, n)
	}
}

// lose looks for a file that is not where it was. If it is nowhere the stream goes
// on in the next one, and a gap is said.
func (f *Follower) lose(s *stream, g *segment) (more bool, err error) {
	was := g.path
	if !g.damaged && f.find(s, g) {
		return g.path != was, nil // where it was: it changes right now, and is looked at again
	}
	f.shut(g)
	if len(s.queue) == 1 {
		// The next look sees what stands under the name now.
		if s.gone {
			return false, f.bury(s, g)
		}
		return false, nil
	}
	s.queue[1].miss(g, s.name, g.unread(), "a rotated file is gone before it was read to its end, or cannot be read")
	s.queue = s.queue[1:]
	f.finish(g)
	return true, nil
}

// hand hands out the next text of a file. ended says that the stream goes on in
// another one.
func (f *Follower) hand(s *stream, g *segment, ended bool) (result, error) {
	if g.dead {
		return drained, nil
	}
	if err := f.ensure(g); err != nil {
		return f.unreadable(s, g, err)
	}
	if g.counting >= 0 {
		if err := g.count(f.buf); err != nil {
			return f.unreadable(s, g, err)
		}
		return handed, nil
	}
	text, err := g.next(f.buf)
	if err != nil {
		return f.unreadable(s, g, err)
	}
	if len(text) == 0 {
		return drained, nil
	}
	f.fine(s.name)
	if text = textBefore(text); len(text) == 0 {
		return f.leap(s, g)
	}
	return f.pieces(s, g, text, ended)
}

// pieces hands out text that was read: whole lines, then what is of a line that is
// too long or does not go on.
func (f *Follower) pieces(s *stream, g *segment, text []byte, ended bool) (result, error) {
	was := waiting
	for len(text) > 0 {
		piece, partial := f.lines(g, text, ended)
		if piece == nil {
			break
		}
		ev := Event{Kind: Text, Stream: s.name, File: g.path, Offset: g.offset, Line: g.line, Text: piece, Partial: partial,
			Late: slices.Contains(s.late, g), ModTime: g.info.modTime}
		if err := f.handle(ev); err != nil {
			return 0, err
		}
		g.advance(piece)
		text, was = text[len(piece):], handed
	}
	return was, nil
}

// unreadable says what follows when a file cannot be opened or read.
func (f *Follower) unreadable(s *stream, g *segment, err error) (result, error) {
	switch {
	case err == errAway:
		return away, nil
	case err == errOther && g == s.live() && !s.gone:
		// It was cut since it was looked at: the next look has to see a change.
		g.info.modTime = time.Time{}
		return handed, nil
	case err == errOther:
		return away, nil
	case g.packed():
		f.shut(g)
		now := f.opt.Now()
		if g.waits.IsZero() {
			g.waits = now
		}
		if errors.Is(err, fs.ErrPermission) || now.Sub(g.waits) < lateFor && now.Sub(g.info.modTime) < lateFor {
			return waiting, f.problem(g.path, err)
		}
		g.damaged = true
		return away, f.problem(g.path, err)
	}
	f.shut(g)
	return waiting, f.problem(s.name, err)
}

// lines cuts text behind its last whole line. A line without an end is handed out
// when it is too long or did not grow for a while; nil means that it has to wait.
func (f *Follower) lines(g *segment, text []byte, ended bool) (out []byte, partial bool) {
	if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 {
		return text[:end], false
	}
	if len(text) >= f.opt.MaxLine {
		return text[:f.opt.MaxLine], true
	}
	now := f.opt.Now()
	if n := int64(len(text)); g.waits.IsZero() || n != g.waitSize {
		g.waits, g.waitSize = now, n
	}
	if now.Sub(g.waits) >= f.opt.Idle || ended && now.Sub(g.info.modTime) >= max(f.opt.Idle, lateFor) {
		return text, true
	}
	return nil, false
}

// maxChunks bounds what is read at once of a file that was rotated away, so that
// others have their turn.
const maxChunks = 64

// readLate hands out what was still written to files after they were rotated away.
func (f *Follower) readLate(s *stream) error {
	for _, g := range s.late {
		if g.dead || g.packed() && !g.rest || !f.stillThere(s, g) || !g.packed() && g.info.size <= g.offset {
			continue
		}
		for range maxChunks {
			was, err := f.hand(s, g, true)
			if err != nil {
				return err
			}
			if was == away {
				g.dead = true
				f.shut(g)
			}
			if was == drained {
				g.rest = false
			}
			if was != handed {
				break
			}
		}
	}
	return nil
}

// stillThere refreshes what is known of a file that was rotated away, and lets it
// go when nobody can write to it any more.
func (f *Follower) stillThere(s *stream, g *segment) bool {
	var info fileInfo
	var err error
	if file, ok := g.file.(*os.File); ok {
		info, err = statFile(file)
		if err == nil && info.links == 0 && f.opt.Now().After(g.until) && info.size <= g.offset {
			err = fs.ErrNotExist
		}
	} else if info, err = statPath(g.path); err == nil && !info.same(g.info) || errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
		more, before := g.rest || g.info.size > g.offset, g.info.modTime
		if f.find(s, g) && (!g.packed() || more || g.info.modTime.After(before)) {
			g.rest = g.packed()
			info, err = g.info, nil
		}
	}
	if err == nil && g.packed() {
		return true
	}
	if err != nil || info.size < g.offset {
		g.dead = errors.Is(err, fs.ErrNotExist) || err == nil
		f.shut(g)
		return false
	}
	if info.size > g.offset {
		g.until = f.opt.Now().Add(lateFor)
	}
	g.info = info
	if len(g.head) == 0 && info.size > 0 && g.file == nil {
		g.head = bytes.TrimRight(firstBytes(g.path), "\x00")
	}
	return true
}

// ensure opens the file of a segment. When too many are open it closes the one
// that was not read for the longest time.
func (f *Follower) ensure(g *segment) error {
	g.used = f.opt.Now()
	if g.file != nil {
		return nil
	}
	for len(f.open) >= f.opt.MaxOpen {
		var oldest *segment
		for o := range f.open {
			if oldest == nil || o.used.Before(oldest.used) || o.used.Equal(oldest.used) && o.path < oldest.path {
				oldest = o
			}
		}
		f.shut(oldest)
	}
	if err := g.openFile(); err != nil {
		return err
	}
	f.open[g] = true
	return nil
}

func (f *Follower) shut(g *segment) {
	if g.file != nil {
		g.file.Close()
		g.file = nil
	}
	delete(f.open, g)
}

// context hands out the text before a checkpoint.
func (f *Follower) context(s *stream) error {
	if len(s.queue) > 0 && len(s.back) > 0 {
		g := s.queue[0]
		err := f.handle(Event{Kind: Context, Stream: s.name, File: g.path, Offset: g.offset - int64(len(s.back)),
			Line: max(1, g.line-bytes.Count(s.back, []byte{'\n'})), Text: s.back, ModTime: g.info.modTime})
		if err != nil {
			return err
		}
	}
	s.back = nil
	return nil
}

// sizeOf reads the beginning of a text into head, and returns how much that was,
// how long the text is, and up to n bytes from an offset on.
func sizeOf(r io.Reader, head []byte, from int64, n int) (k int, size int64, tail []byte) {
	k, _ = io.ReadFull(r, head)
	size = int64(k)
	if from < size {
		tail = append(tail, head[from:k]...)
	} else {
		m, _ := io.CopyN(io.Discard, r, from-size)
		size += m
	}
	rest, _ := io.ReadAll(io.LimitReader(r, int64(max(0, n-len(tail)))))
	tail = append(tail, rest...)
	size += int64(len(rest))
	m, _ := io.Copy(io.Discard, r)
	return k, size + m, tail[:min(n, len(tail))]
}

// reason is an error without the path, which is said beside it.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
