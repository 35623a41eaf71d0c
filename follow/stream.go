package follow

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// stream is one log, through its rotations.
type stream struct {
	name   string
	queue  []*segment   // to be read in this order; the last is, or was, under the name
	late   []*segment   // read to the end, newest last; a writer may still have them open
	past   []Checkpoint // of files before those that were not found again, newest first
	gone   bool         // there is no file under the name now
	goneAt time.Time
	listed map[string]time.Time  // by log, the time of its directory when rotated files were looked for there last
	looked time.Time             // the last time when all files of the places were listed before it was looked at
	back   []byte                // text before the checkpoint, to be handed out first
	known  map[fileKey]time.Time // the rotated files of the log as they were seen last
}

// lateFor is how long a file that was rotated away and then deleted is still read:
// a service that was told to reopen its log may take a while. A compressed file
// that is not complete is waited for as long.
const lateFor = 30 * time.Second

// maxLate bounds the files that are looked at after the stream went on in others.
const maxLate = 4

func (s *stream) live() *segment {
	if len(s.queue) == 0 {
		return nil
	}
	return s.queue[len(s.queue)-1]
}

// real is the path that the name leads to, whether there is a file or not: rotation
// happens there.
func (s *stream) real() string {
	if p, err := filepath.EvalSymlinks(s.name); err == nil {
		return p
	}
	path := s.name
	for range maxLinks {
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// maxLinks bounds links that lead to links, as Linux does.
const maxLinks = 40

func (s *stream) checkpoints() []Checkpoint {
	if len(s.queue) == 0 {
		return nil
	}
	c, waiting := s.queue[0].checkpoint(s.name), s.queue[1:]
	if s.queue[0].gap != nil {
		c, waiting = s.queue[0].instead, s.queue
		c.Missing = nil
	}
	out := []Checkpoint{c}
	for i, g := range waiting {
		c := g.checkpoint(s.name)
		c.Late = -1 - i
		out = append(out, c)
	}
	late := 0
	for _, g := range slices.Backward(s.late) {
		c := g.checkpoint(s.name)
		late++
		c.Late = late
		out = append(out, c)
	}
	for _, c := range s.past {
		if late++; late <= maxLate {
			c.Late = late
			out = append(out, c)
		}
	}
	for i := range out {
		out[i].Looked = s.looked
	}
	return out
}

// has returns the segment of a stream that is about a file.
func (s *stream) has(info fileInfo) *segment {
	for _, list := range [][]*segment{s.queue, s.late} {
		for _, g := range list {
			if g.info.same(info) {
				return g
			}
		}
	}
	return nil
}

// note remembers which rotated files of the log there are, without a copy that was
// made of the one under the name to cut that one next.
func (s *stream) note(relatives []relative) {
	s.known = map[fileKey]time.Time{}
	now, live := currentOf(relatives), s.live()
	for _, r := range relatives {
		if isCopy(r, now) {
			continue
		}
		s.known[r.info.key()] = r.info.modTime
		if live != nil && r.info.same(live.info) {
			break // those after it come later
		}
	}
}

// currentOf returns the file under the name, the last of a log; nil if there is none.
func currentOf(relatives []relative) *relative {
	if n := len(relatives); n > 0 && relatives[n-1].current {
		return &relatives[n-1]
	}
	return nil
}

// isCopy reports whether a rotated file is a copy of what the file under the name
// begins with: that one is about to be cut.
func isCopy(r relative, now *relative) bool {
	if now == nil || r.current || isPacked(r.path) || r.info.size == 0 || r.info.size > now.info.size ||
		!r.info.birth.IsZero() && r.info.birth.Before(now.info.birth) {
		return false
	}
	for _, at := range []int64{0, max(0, r.info.size-sampleSize)} {
		a, b := sampleAt(r.path, at), sampleAt(now.path, at)
		n := min(int64(sampleSize), r.info.size-at)
		if int64(len(a)) < n || int64(len(b)) < n || !bytes.Equal(a[:n], b[:n]) {
			return false
		}
	}
	return true
}

func sampleAt(path string, offset int64) []byte {
	f, err := openFile(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b := make([]byte, sampleSize)
	n, _ := f.ReadAt(b, offset)
	return b[:n]
}

// isNew reports whether a rotated file was not there, or was another, when files
// were noted last, and nothing of it is read.
func (s *stream) isNew(r relative) bool {
	if isPacked(r.path) {
		for _, at := range s.known {
			if at.Equal(r.info.modTime) {
				return false // one that was there was compressed, which keeps the time
			}
		}
	}
	at, ok := s.known[r.info.key()]
	return !r.current && !(ok && at.Equal(r.info.modTime)) && s.has(r.info) == nil
}

// owner is whose a file is.
type owner struct {
	s *stream
	g *segment
}

func (f *Follower) own(s *stream, g *segment) {
	if !g.packed() && g.info.inode != 0 {
		f.owners[g.info.key()] = owner{s, g}
	}
}

// look compares the file that a stream is read from with what stands under its
// name now.
func (f *Follower) look(s *stream) error {
	s.looked = f.scanned
	info, err := statPath(s.name)
	switch {
	case err == nil && !info.regular:
		if err := f.sayReplaced(s); err != nil {
			return err
		}
		return f.missing(s, errors.New("is no regular file any more"))
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return f.missing(s, err)
	case err != nil:
		return f.problem(s.name, err) // what is open is read on
	}
	live := s.live()
	switch {
	case live == nil:
		return f.start(s)
	case !info.same(live.info):
		return f.replaced(s, info)
	}
	if s.gone || live.dead {
		s.gone, live.dead = false, false
		live.path = s.real()
	}
	if info.size == live.info.size && info.modTime.Equal(live.info.modTime) {
		return nil
	}
	return f.changed(s, info, time.Time{})
}

// sayReplaced says once that a directory has the name of a file that was followed.
// Of other things that are no files the scan says it.
func (f *Follower) sayReplaced(s *stream) error {
	if info, err := os.Stat(s.name); s.gone || err != nil || !info.IsDir() {
		return nil
	}
	return f.problem(s.name, errors.New("is a directory now: what was the file is read to its end"))
}

// changed looks into a file that was written to. Copies of it were made until a
// time, zero for now.
func (f *Follower) changed(s *stream, info fileInfo, until time.Time) error {
	live := s.live()
	if info.links == 0 && (until.IsZero() || info.changed.Before(until)) {
		until = info.changed // it lost its name then, or was written to since
	}
	if err := f.ensure(live); err == errAway {
		return nil // the next look knows more
	} else if err != nil {
		return f.problem(s.name, err)
	}
	if !live.intact() {
		return f.cut(s, info, until)
	}
	if live.offset == 0 && len(live.head) == 0 {
		f.unseen(s, live, until)
	}
	if lost := live.info.size - max(info.size, live.offset, live.zeros); lost > 0 {
		if err := f.handle(Event{Kind: Gap, Stream: s.name, File: live.path, Lost: lost, Reason: "the end of the file was cut off before it was read"}); err != nil {
			return err
		}
	}
	live.grow(info)
	return nil
}

// unseen looks for copies of a file that was empty when it was looked at last: it
// may have been written to, copied and cut since.
func (f *Follower) unseen(s *stream, live *segment, until time.Time) {
	relatives := withoutItself(live, writtenUntil(f.relatives(live.log), until))
	next := f.between(s, live, -1, relatives)
	if len(next) == 0 {
		return
	}
	s.queue = s.queue[:len(s.queue)-1]
	for _, g := range append(next, live) {
		g.enters, g.cut, g.unsure = true, true, true
	}
	f.goOn(s, append(next, live), relatives)
}

// withoutItself leaves out what holds the whole text of an open file as it is now:
// what was made of it when it was compressed.
func withoutItself(g *segment, relatives []relative) []relative {
	return slices.DeleteFunc(relatives, func(r relative) bool { return isPacked(r.path) && g.isIn(r) })
}

// isIn reports whether a compressed file holds the text of an open one, all of it
// and nothing else.
func (g *segment) isIn(r relative) bool {
	file, ok := g.file.(*os.File)
	if !ok {
		return false
	}
	text, err := openText(r.path)
	if err != nil {
		return false
	}
	defer text.Close()
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for at := int64(0); ; {
		n, err := io.ReadFull(text, a)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return false
		}
		m, _ := file.ReadAt(b, at)
		if !bytes.Equal(a[:n], b[:m]) {
			return false
		}
		at += int64(n)
		if n < len(a) {
			return at > 0
		}
	}
}

// settle brings up to date what is known of the file that had the name until now:
// where it is, and whether it was cut before that. Copies of it were made until a
// time, zero for now.
func (f *Follower) settle(s *stream, until time.Time) error {
	live := s.live()
	at := slices.IndexFunc(f.relatives(live.log), func(r relative) bool { return !isPacked(r.path) && r.info.same(live.info) })
	info := live.info
	if file, ok := live.file.(*os.File); ok {
		now, err := statFile(file)
		if err != nil {
			return nil
		}
		info = now
	}
	if at >= 0 {
		r := f.relatives(live.log)[at]
		live.path, info = r.path, r.info
	} else if live.file == nil {
		return nil
	}
	live.dead = false
	if info.size == live.info.size && info.modTime.Equal(live.info.modTime) {
		return nil
	}
	return f.changed(s, info, until)
}

// writtenUntil leaves out the files that were written to after a time; a zero time
// is none.
func writtenUntil(relatives []relative, until time.Time) []relative {
	if until.IsZero() {
		return relatives
	}
	return slices.DeleteFunc(relatives, func(r relative) bool { return !r.current && r.info.modTime.After(until) })
}

// missing notes that there is no file under the name. The last one is read on: a
// writer may still have it open.
func (f *Follower) missing(s *stream, err error) error {
	if len(s.queue) == 0 {
		return nil
	}
	if s.gone {
		if err := f.recheck(s); err != nil {
			return err
		}
		f.passed(s)
		return nil
	}
	if err := f.settle(s, time.Time{}); err != nil {
		return err
	}
	live := s.live()
	if live.file == nil && !f.find(s, live) {
		if err := f.bury(s, live); err != nil {
			return err
		}
	}
	if err := f.handle(Event{Kind: Gone, Stream: s.name, File: live.path, Reason: reason(err)}); err != nil {
		return err
	}
	s.gone, s.goneAt = true, f.opt.Now()
	return nil
}

// recheck looks at an open file that lost its name: it may still be written to, and
// cut.
func (f *Follower) recheck(s *stream) error {
	live := s.live()
	file, ok := live.file.(*os.File)
	if !ok {
		return nil
	}
	info, err := statFile(file)
	if err != nil || info.size == live.info.size && info.modTime.Equal(live.info.modTime) {
		return nil
	}
	gone := s.gone
	err = f.changed(s, info, time.Time{})
	s.gone = gone
	return err
}

// passed looks for files that had the name and were rotated away while nobody
// looked, when there is none under the name now. The name may be a link that was
// switched since.
func (f *Follower) passed(s *stream) {
	live := s.live()
	var relatives []relative
	var next []*segment
	if s.listChanged(live.log) {
		relatives = f.relatives(live.log)
		next = f.between(s, live, position(s, live, relatives), relatives)
	}
	if to := s.real(); to != live.log && s.listChanged(to) {
		relatives = f.relatives(to)
		next = append(next, f.newer(s, to, live.info.modTime)...)
	}
	if len(next) == 0 {
		return
	}
	for _, g := range next {
		g.enters = true
	}
	markCopies(next)
	f.goOn(s, next, relatives)
	s.gone = true
}

// listChanged reports whether the listing of a log's directory changed since it was
// asked for that log last.
func (s *stream) listChanged(log string) bool {
	dir, err := statPath(filepath.Dir(log))
	if err != nil || dir.modTime.Equal(s.listed[log]) {
		return false
	}
	if s.listed == nil || len(s.listed) >= maxLinks {
		s.listed = map[string]time.Time{}
	}
	s.listed[log] = dir.modTime
	return true
}

// bury says what is lost with a file that cannot be found any more. Where nothing
// is known to be, it may come back, and that waits until another takes its place or
// the stream is forgotten.
func (f *Follower) bury(s *stream, g *segment) error {
	lost := g.unread()
	if len(s.queue) == 1 && !g.dead && lost > 0 {
		if err := f.sayBuried(s, g, lost); err != nil {
			return err
		}
	}
	g.dead = true
	return nil
}

func (f *Follower) sayBuried(s *stream, g *segment, lost int64) error {
	if err := f.handle(Event{Kind: Gap, Stream: s.name, File: g.path, Lost: lost, Reason: "the file is gone, and was not open"}); err != nil {
		return err
	}
	g.said = true
	return nil
}

// find looks for a file that is not under its path any more, among the rotated
// ones of its log.
func (f *Follower) find(s *stream, g *segment) bool {
	relatives := f.relatives(g.log)
	at := position(s, g, relatives)
	if at < 0 {
		return false
	}
	r := relatives[at]
	if g.path != r.path && (isPacked(r.path) || !r.info.same(g.info)) {
		f.shut(g)
	}
	g.path, g.dead = r.path, false
	g.info = r.info
	f.own(s, g)
	return true
}

// position returns where a file stands among the files of a log: by its number
// when it holds what was handed out, else by its text alone; -1 if nowhere.
func position(s *stream, g *segment, relatives []relative) int {
	c := g.checkpoint("")
	at := slices.IndexFunc(relatives, func(r relative) bool {
		return g.packed() == isPacked(r.path) && r.info.same(g.info) && (c.Offset == 0 || c.fits(r.path))
	})
	if at >= 0 {
		return at
	}
	return copyOf(s, g, c, relatives)
}

// compressed reports whether a compressed file was made of one that the stream has,
// beside one segment. Compressing keeps the time.
func (s *stream) compressed(r relative, beside *segment) bool {
	if !isPacked(r.path) {
		return false
	}
	var head []byte
	for _, g := range append(slices.Clone(s.queue), s.late...) {
		if g == beside || g.packed() || !g.info.modTime.Equal(r.info.modTime) {
			continue
		}
		if head == nil {
			head = firstBytes(r.path)
		}
		if alike(head, g.head) {
			return true
		}
	}
	return false
}

// copyOf returns the first file that holds the text of a checkpoint, and is not
// read as another part of the stream. Where nothing was handed out yet only the
// beginning is known, which proves little: then the file must be a new one.
func copyOf(s *stream, g *segment, c Checkpoint, relatives []relative) int {
	return slices.IndexFunc(relatives, func(r relative) bool {
		if r.current || s.has(r.info) != nil || s.compressed(r, g) {
			return false
		}
		if c.Offset == 0 {
			// Compressing keeps the time.
			return (s.isNew(r) || r.info.modTime.Equal(c.ModTime)) && alike(firstBytes(r.path), g.head)
		}
		return c.fits(r.path)
	})
}

// replaced goes on in another file that took the name.
func (f *Follower) replaced(s *stream, info fileInfo) error {
	path := s.real()
	if o, ok := f.owners[info.key()]; ok && o.s != s {
		if o.g != o.s.live() {
			o.g.path = s.name
		}
		return f.missing(s, errors.New("is followed as "+o.s.name))
	}
	if f.cameBack(s, info, path) {
		return nil
	}
	var until time.Time // a later copy is one of the other file
	if path == s.live().log {
		until = info.birth
	}
	if err := f.settle(s, until); err != nil {
		return err
	}
	old := s.live()
	relatives := f.relatives(old.log)
	at := position(s, old, relatives)
	if f.sameText(s, old, at, info, path, relatives) {
		return nil
	}
	if at >= 0 && old.file == nil {
		old.path, old.info, old.dead = relatives[at].path, relatives[at].info, false
	}
	next := f.between(s, old, at, relatives)
	if path != old.log {
		next = append(next, f.newer(s, path, old.info.modTime)...)
	}
	live := newSegment(path, path, info)
	next = append(next, live)
	for _, g := range next {
		g.enters = true
	}
	markCopies(next)
	if at < 0 && old.file == nil {
		s.queue = s.queue[:len(s.queue)-1]
		if !old.said || old.gap != nil {
			next[0].miss(old, s.name, old.unread(), "the file was replaced, and the old one is gone")
		}
		f.finish(old)
		if old.offset > 0 {
			f.keep(s, old.nameless())
		}
	}
	f.goOn(s, next, relatives)
	return nil
}

// markCopies finds files that are older than what was rotated away before them:
// that is a copy, and they were cut. Of a compressed file only the time of its text
// is known, which compressing keeps.
func markCopies(list []*segment) {
	for i := 1; i < len(list); i++ {
		a := list[i-1]
		made := a.info.birth
		if a.packed() {
			made = a.info.modTime
		}
		for _, b := range list[i:] {
			if !b.packed() && !b.info.birth.IsZero() && b.info.birth.Before(made) {
				list[i].cut, list[i].unsure = true, true
			}
		}
	}
}

// goOn appends the next files of a stream.
func (f *Follower) goOn(s *stream, next []*segment, relatives []relative) {
	s.gone = false
	s.queue = append(s.queue, next...)
	for _, g := range next {
		f.own(s, g)
	}
	live := s.live()
	f.byPath[live.path] = s.name
	f.wake.add(filepath.Dir(live.path))
	f.ensure(live) // while it is there; what does not work now is tried again
	s.note(relatives)
}

// miss notes that text before a segment is gone: the end of another one.
func (g *segment) miss(before *segment, stream string, lost int64, why string) {
	if g.gap != nil {
		g.gap.Bytes += lost
		return
	}
	g.gap = &Missing{lost, why}
	g.instead = before.checkpoint(stream)
	if before.gap != nil {
		g.instead = before.instead
		g.gap.Bytes, g.gap.Reason = max(0, g.gap.Bytes)+max(0, before.gap.Bytes), before.gap.Reason
	}
}

// cameBack goes on in a file of the stream that has the name again: a link that
// was switched back, a directory that was moved and put back.
func (f *Follower) cameBack(s *stream, info fileInfo, path string) bool {
	g := s.has(info)
	if g == nil {
		return false
	}
	was := g.path
	g.path = path
	if f.ensure(g) != nil || !g.intact() {
		g.path = was
		return false
	}
	g.log, g.dead, g.enters = path, false, true
	s.late = slices.DeleteFunc(s.late, func(x *segment) bool { return x == g })
	s.queue = append(s.queue, g)
	s.gone = false
	f.byPath[path] = s.name
	return true
}

// sameText goes on at the same offset of another file that has the text of the old
// one, which has no name any more: an editor wrote it, or a directory was copied.
func (f *Follower) sameText(s *stream, old *segment, at int, info fileInfo, path string, relatives []relative) bool {
	if at >= 0 || old.offset == 0 || info.size < old.info.size || !old.checkpoint(s.name).fits(s.name) || old.named() {
		return false
	}
	f.shut(old)
	old.info, old.path, old.log, old.dead = info, path, path, false
	f.goOn(s, nil, relatives)
	f.own(s, old)
	return true
}

// named reports whether a file that is open still has a name somewhere.
func (g *segment) named() bool {
	file, ok := g.file.(*os.File)
	if !ok {
		return false
	}
	info, err := statFile(file)
	return err == nil && info.links > 0
}

// between returns the files that were written after the one at position at, and
// before the one that is, or was, under the name: there were several rotations since
// the last look. Where the old one is not among them, those before it and time
// stamps have to do.
func (f *Follower) between(s *stream, old *segment, at int, relatives []relative) []*segment {
	var out []*segment
	now := currentOf(relatives)
	from := at
	if at < 0 {
		from = s.anchor(old, relatives)
	}
	for i, r := range relatives {
		if r.info.same(old.info) && i > from && !isPacked(r.path) {
			break // what comes later is newer than the old one itself
		}
		if i <= from || !s.isNew(r) || f.foreign(s, r) || isCopy(r, now) || s.compressed(r, old) {
			continue
		}
		if at < 0 && (r.info.modTime.Before(old.info.modTime) && from < 0 || old.covers(r) || s.covers(r)) {
			continue
		}
		out = append(out, newSegment(r.path, old.log, r.info))
	}
	return out
}

// anchor returns where the newest file stands that was read before a segment; -1
// when there is none.
func (s *stream) anchor(g *segment, relatives []relative) int {
	newest := after(s.past, relatives)
	for _, b := range append(slices.Clone(s.late), s.queue...) {
		if b != g {
			newest = max(newest, position(s, b, relatives))
		}
	}
	return newest
}

// foreign reports whether a file belongs to another stream.
func (f *Follower) foreign(s *stream, r relative) bool {
	o, ok := f.owners[r.info.key()]
	return ok && o.s != s
}

// covers reports whether everything that a file holds was handed out of the
// segment: it is a copy that was made before the last of that was written.
func (g *segment) covers(r relative) bool {
	if g.was != nil {
		return g.was.covers(r)
	}
	if r.info.modTime.After(g.info.modTime) || !isPacked(r.path) && r.info.size > g.offset {
		return false
	}
	text, err := openText(r.path)
	if err != nil {
		return false
	}
	defer text.Close()
	head := make([]byte, len(g.head))
	n, size, tail := sizeOf(text, head, g.offset-int64(len(g.tail)), len(g.tail))
	if n == 0 || size > g.offset || !bytes.HasPrefix(g.head, head[:n]) || n < len(g.head) && int64(n) < size {
		return false
	}
	return bytes.HasPrefix(g.tail, tail)
}

// covers reports whether everything that a file holds was handed out of a file that
// the stream has left.
func (s *stream) covers(r relative) bool {
	return slices.ContainsFunc(s.late, func(g *segment) bool { return g.offset > 0 && g.covers(r) })
}

// newer returns the rotated files of a log that a stream begins to be read from,
// as far as they were written at a time or later.
func (f *Follower) newer(s *stream, path string, after time.Time) []*segment {
	var out []*segment
	relatives := f.relatives(path)
	now := currentOf(relatives)
	for _, r := range relatives {
		if isCopy(r, now) {
			continue
		}
		if !r.current && s.has(r.info) == nil && !f.foreign(s, r) && !f.wasRead(r) && !r.info.modTime.Before(after) {
			out = append(out, newSegment(r.path, path, r.info))
		}
	}
	return out
}

// wasRead reports whether a file was read to its end and forgotten.
func (f *Follower) wasRead(r relative) bool {
	at, ok := f.read[r.info.key()]
	return ok && at == r.info.size
}

// cut goes on at the beginning of a file that was truncated or written anew. What
// stood behind the offset may be in a copy.
func (f *Follower) cut(s *stream, info fileInfo, until time.Time) error {
	old := s.live()
	relatives := withoutItself(old, writtenUntil(f.relatives(old.log), until))
	s.queue = s.queue[:len(s.queue)-1]
	at := copyOf(s, old, old.checkpoint(s.name), relatives)
	var rest *segment
	if at >= 0 {
		rest = old.in(relatives[at])
		s.queue = append(s.queue, rest)
		f.own(s, rest)
	}
	next := f.between(s, old, at, relatives)
	next = append(next, f.cutSegment(old, info))
	for _, g := range next {
		g.enters, g.cut, g.unsure = true, true, at >= 0
	}
	switch {
	case rest == nil:
		f.keep(s, old.nameless())
		next[0].miss(old, s.name, old.unread(), "the file was cut; what was written last before that may not have been read")
	case !rest.packed() && old.info.size > rest.info.size:
		next[0].miss(rest, s.name, old.info.size-rest.info.size, copiedAndCut)
	}
	f.goOn(s, next, relatives)
	return nil
}

// cutSegment returns the segment for a file that was cut. It takes over the open
// file: there may be no name for it any more.
func (f *Follower) cutSegment(old *segment, info fileInfo) *segment {
	g := newSegment(old.path, old.log, info)
	g.head = nil
	if old.file != nil {
		g.file, old.file, g.used = old.file, nil, old.used
		delete(f.open, old)
		f.open[g] = true
		g.grow(info)
	}
	return g
}

// nameless returns a segment that stands for text that was handed out and is in no
// file any more: a copy that was made of it before its end is known by it.
func (g *segment) nameless() *segment {
	c := *g
	c.file, c.dead, c.gap, c.enters = nil, true, nil, false
	c.info.device, c.info.inode, c.info.size = 0, 0, g.offset
	return &c
}

// nameless returns a segment that stands for the text of a checkpoint that is in no
// file any more.
func (c Checkpoint) nameless() *segment {
	c.Device, c.Inode, c.Size, c.Missing, c.Enters, c.Continues, c.Unsure = 0, 0, c.Offset, nil, false, false, false
	return &segment{path: c.Path, log: c.log(), offset: c.Offset, line: c.Line, counting: -1, dead: true, said: true, was: &c}
}

// in returns the segment as it goes on in a copy of its file.
func (g *segment) in(r relative) *segment {
	c := *g
	c.path, c.info, c.file, c.at = r.path, r.info, nil, 0
	c.head, c.tail = slices.Clone(g.head), slices.Clone(g.tail)
	return &c
}

// relatives lists the files of a log, twice when a rotation is under way.
func (f *Follower) relatives(log string) []relative {
	list := f.list(log)
	for range 3 {
		again := f.list(log)
		if slices.EqualFunc(list, again, func(a, b relative) bool { return a.path == b.path && a.info.same(b.info) }) {
			break
		}
		list = again
	}
	return list
}

func (f *Follower) list(log string) []relative {
	entries, err := os.ReadDir(filepath.Dir(log))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return family(log, names, statPath)
}
