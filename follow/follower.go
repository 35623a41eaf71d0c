package follow

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func (o Options) withDefaults() Options {
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Idle = cmp.Or(o.Idle, time.Second)
	o.MaxLine = max(cmp.Or(o.MaxLine, 64<<10), 8)
	o.MaxOpen = max(cmp.Or(o.MaxOpen, 512), 8)
	o.Chunk = max(cmp.Or(o.Chunk, 1<<20), o.MaxLine)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Follower follows the files of some places. Its methods may be called from any
// goroutine; what it knows belongs to the goroutine of Run.
type Follower struct {
	places  []string
	opt     Options
	stored  map[string]Checkpoint // of streams that have not been seen yet
	streams map[string]*stream
	names   []string // of streams, sorted
	handle  func(Event) error
	do      chan func()
	done    chan struct{}
	buf     []byte
	began   bool // the first scan is over
	caught  bool // CaughtUp was handed out
	scanned time.Time
	said    map[string]string // the last problem of a place, so that it is said once
	wake    *wake
}

// stream is one log, through its rotations.
type stream struct {
	name  string
	queue []*segment // to be read in this order; the last is the file under the name
	late  []*segment // rotated away and read to the end; a writer may still have them open
	gone  bool       // there is no file under the name now
	used  time.Time  // when it was read last
	back  []byte     // text before the checkpoint, to be handed out first
	known map[fileKey]bool
}

type fileKey struct{ device, inode uint64 }

func (i fileInfo) key() fileKey { return fileKey{i.device, i.inode} }

// late files are looked at for so long: a service that was told to reopen its log
// may take a while.
const lateFor = 30 * time.Second

// New returns a follower of places, which goes on where checkpoints stand.
func New(places []string, from []Checkpoint, opt Options) (*Follower, error) {
	if len(places) == 0 {
		return nil, errors.New("nothing to follow")
	}
	f := &Follower{opt: opt.withDefaults(), stored: map[string]Checkpoint{}, streams: map[string]*stream{}, said: map[string]string{},
		do: make(chan func(), 64), done: make(chan struct{})}
	for _, p := range places {
		if _, err := filepath.Match(p, ""); err != nil {
			return nil, fmt.Errorf("%s: is no file name, and as a pattern it is malformed", p)
		}
		f.places = append(f.places, filepath.Clean(p))
	}
	for _, c := range from {
		f.stored[c.Stream] = c
	}
	f.buf = make([]byte, f.opt.Chunk)
	return f, nil
}

// Do runs fn in the goroutine of Run between two events. After Run has returned fn
// is dropped.
func (f *Follower) Do(fn func()) {
	select {
	case f.do <- fn:
	case <-f.done:
	}
}

// Checkpoints returns how far each stream was handed out, those included that were
// known from the start and have not been seen. It may be called in a handler and
// in Do; elsewhere only when Run has returned.
func (f *Follower) Checkpoints() []Checkpoint {
	out := slices.Collect(maps.Values(f.stored))
	for _, s := range f.streams {
		if len(s.queue) > 0 {
			out = append(out, s.queue[0].checkpoint(s.name))
		} else if n := len(s.late); n > 0 {
			out = append(out, s.late[n-1].checkpoint(s.name))
		}
	}
	slices.SortFunc(out, func(a, b Checkpoint) int { return cmp.Compare(a.Stream, b.Stream) })
	return out
}

// Stats says how each stream stands. It may be called where Checkpoints may.
func (f *Follower) Stats() []StreamStats {
	var out []StreamStats
	for _, name := range f.names {
		s := f.streams[name]
		st := StreamStats{Stream: name}
		for i, g := range s.queue {
			st.Path = g.path
			st.Open = st.Open || g.file != nil
			st.Lag += max(0, g.info.size-g.offset)
			if i == 0 && g.info.size > g.offset && !g.info.modTime.IsZero() {
				st.Behind = max(0, f.opt.Now().Sub(g.info.modTime))
			}
		}
		out = append(out, st)
	}
	return out
}

// Run follows until the context ends or handle returns an error, which it returns.
// An event whose handler failed counts as not handed out.
func (f *Follower) Run(ctx context.Context, handle func(Event) error) error {
	f.handle = handle
	defer close(f.done)
	defer f.close()
	f.wake = newWake()
	defer f.wake.close()
	for {
		if err := f.scan(); err != nil {
			return err
		}
		for {
			more, err := f.turn(ctx)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		if !f.caught {
			f.caught = true
			if err := f.handle(Event{Kind: CaughtUp}); err != nil {
				return err
			}
		}
		if err := f.wait(ctx); err != nil {
			return err
		}
	}
}

// wait returns when something may have happened.
func (f *Follower) wait(ctx context.Context) error {
	timer := time.NewTimer(f.opt.Poll)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case fn := <-f.do:
			fn()
		case <-f.wake.up:
			return nil
		case <-timer.C:
			f.wake.everything()
			return nil
		}
	}
}

// turn looks at every stream that may have something, each for a chunk, and
// reports whether there is more.
func (f *Follower) turn(ctx context.Context) (more bool, err error) {
	dirty := f.wake.take()
	for _, name := range f.names {
		s := f.streams[name]
		if !dirty.has(s) && len(s.queue) < 2 && s.back == nil {
			continue
		}
		if err := f.pending(ctx); err != nil {
			return false, err
		}
		m, err := f.poll(s)
		if err != nil {
			return false, err
		}
		if m {
			f.wake.again(s.name)
			more = true
		}
	}
	return more, nil
}

// pending runs what Do was given, without waiting.
func (f *Follower) pending(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case fn := <-f.do:
			fn()
		default:
			return nil
		}
	}
}

// poll looks at one stream: first what was rotated away, then what it is read
// from, then what stands under its name.
func (f *Follower) poll(s *stream) (more bool, err error) {
	if s.back != nil {
		if err := f.context(s); err != nil {
			return false, err
		}
	}
	if err := f.readLate(s); err != nil {
		return false, err
	}
	if len(s.queue) < 2 {
		if err := f.look(s); err != nil {
			return false, err
		}
	}
	if len(s.queue) == 0 {
		return false, nil
	}
	return f.read(s)
}

// look compares the file that a stream is read from with what stands under its
// name now.
func (f *Follower) look(s *stream) error {
	info, err := statPath(s.name)
	switch {
	case err != nil:
		return f.missing(s, err)
	case !info.regular:
		return f.missing(s, errors.New("is no regular file any more"))
	}
	f.fine(s.name)
	if len(s.queue) == 0 {
		return f.appear(s, info)
	}
	live := s.queue[0]
	switch {
	case !info.same(live.info):
		return f.replaced(s, info)
	case info.size < live.offset, (info.size != live.info.size || !info.modTime.Equal(live.info.modTime)) && !live.intact():
		return f.cut(s, info)
	}
	live.info = info
	return nil
}

// missing says that there is no file under the name. What is open is read to its
// end.
func (f *Follower) missing(s *stream, err error) error {
	for len(s.queue) > 0 && !s.gone {
		if more, err := f.read(s); err != nil || more {
			return err
		}
		break
	}
	if s.gone {
		return nil
	}
	s.gone = true
	if len(s.queue) > 0 {
		s.retire(f.opt.Now())
	}
	if !errors.Is(err, fs.ErrNotExist) {
		if err := f.problem(s.name, err); err != nil {
			return err
		}
	}
	return f.handle(Event{Kind: Gone, Stream: s.name, Reason: reason(err)})
}

// retire puts the first segment among those that are read to the end, and may
// grow a little.
func (s *stream) retire(now time.Time) {
	g := s.queue[0]
	s.queue = s.queue[1:]
	g.until = now.Add(lateFor)
	if g.file == nil {
		return
	}
	s.late = append(s.late, g)
}

// appear begins a file where there was none.
func (f *Follower) appear(s *stream, info fileInfo) error {
	if n := len(s.late); n > 0 && info.same(s.late[n-1].info) && info.size >= s.late[n-1].offset {
		// It was away for a moment, as a directory that is moved and put back.
		g := s.late[n-1]
		s.late = s.late[:n-1]
		g.path, g.info, g.until = s.real(), info, time.Time{}
		s.queue, s.gone = []*segment{g}, false
		return nil
	}
	kind := Appeared
	if s.gone {
		kind = Rotated
	}
	s.gone = false
	s.queue = []*segment{{path: s.real(), info: info, line: 1}}
	return f.handle(Event{Kind: kind, Stream: s.name, File: s.queue[0].path, ModTime: info.modTime})
}

// real is the path that the name leads to: rotation happens there.
func (s *stream) real() string {
	if p, err := filepath.EvalSymlinks(s.name); err == nil {
		return p
	}
	return s.name
}

// replaced goes on in another file that took the name.
func (f *Follower) replaced(s *stream, info fileInfo) error {
	old := s.queue[0]
	relatives := f.relatives(old.path)
	at := slices.IndexFunc(relatives, func(r relative) bool { return !r.current && r.info.same(old.info) })
	if at < 0 && old.file == nil {
		at = slices.IndexFunc(relatives, func(r relative) bool { return !r.current && old.checkpoint(s.name).fits(r.path) })
	}
	if at < 0 && info.size >= old.offset && old.offset > 0 && old.checkpoint(s.name).fits(s.name) && !f.stillThere(old) {
		// The same text in another file: an editor, or a directory that was copied.
		old.close()
		old.info, old.path = info, s.real()
		return nil
	}
	if old.file == nil {
		if at >= 0 {
			old.path, old.info = relatives[at].path, relatives[at].info
		} else if lost := old.info.size - old.offset; lost > 0 {
			if err := f.gap(s, lost, "the file was replaced, and the old one is gone"); err != nil {
				return err
			}
			s.queue = nil
		}
	}
	s.queue = append(s.queue, f.between(s, relatives, at, old)...)
	live := &segment{path: s.real(), info: info, line: 1}
	s.queue = append(s.queue, live)
	s.note(relatives)
	return nil
}

// stillThere reports whether a file that is open still has a name somewhere.
func (f *Follower) stillThere(g *segment) bool {
	file, ok := g.file.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && links(info) > 0
}

// between returns the files that were written after the one at position at, and
// before the one under the name: there were several rotations since the last look.
func (f *Follower) between(s *stream, relatives []relative, at int, old *segment) []*segment {
	var out []*segment
	for i, r := range relatives {
		if r.current || r.info.same(old.info) {
			continue
		}
		if at >= 0 && i > at || at < 0 && !s.known[r.info.key()] && s.known != nil && r.info.modTime.After(old.info.modTime) {
			out = append(out, &segment{path: r.path, info: r.info, line: 1})
		}
	}
	return out
}

// cut goes on at the beginning of a file that was truncated or written anew. What
// stood behind the offset may be in a copy.
func (f *Follower) cut(s *stream, info fileInfo) error {
	old := s.queue[0]
	relatives := f.relatives(old.path)
	c := old.checkpoint(s.name)
	at := slices.IndexFunc(relatives, func(r relative) bool {
		return !r.current && r.info.modTime.After(old.info.modTime.Add(-time.Hour)) && c.fits(r.path)
	})
	old.close()
	s.queue = nil
	if at >= 0 {
		rest := &segment{path: relatives[at].path, info: relatives[at].info, offset: old.offset, line: old.line, head: old.head, tail: old.tail}
		s.queue = append(s.queue, rest)
		s.queue = append(s.queue, f.between(s, relatives, at, rest)...)
	} else if lost := old.info.size - old.offset; lost > 0 {
		if err := f.gap(s, lost, "the file was cut before it was read to its end"); err != nil {
			return err
		}
	}
	s.queue = append(s.queue, &segment{path: s.real(), info: info, line: 1})
	s.note(relatives)
	if len(s.queue) == 1 {
		return f.handle(Event{Kind: Rotated, Stream: s.name, File: s.queue[0].path, Continues: true, ModTime: info.modTime})
	}
	return nil
}

// note remembers which files of the log are known.
func (s *stream) note(relatives []relative) {
	s.known = map[fileKey]bool{}
	for _, r := range relatives {
		s.known[r.info.key()] = true
	}
}

func (f *Follower) relatives(path string) []relative {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return family(path, names, func(p string) (fileInfo, bool) {
		info, err := statPath(p)
		return info, err == nil && info.regular
	})
}

// read hands out one chunk of what a stream is read from.
func (f *Follower) read(s *stream) (more bool, err error) {
	g := s.queue[0]
	ended := len(s.queue) > 1
	n, err := f.hand(s, g, ended)
	if err != nil {
		return false, err
	}
	if n > 0 {
		s.used = f.opt.Now()
		return true, nil
	}
	if !ended {
		return false, nil
	}
	s.retire(f.opt.Now())
	next := s.queue[0]
	continues := next.info.same(g.info)
	return true, f.handle(Event{Kind: Rotated, Stream: s.name, File: next.path, Continues: continues, ModTime: next.info.modTime})
}

// hand hands out the next text of a file, and returns how much. ended says that
// nothing more will be written to it.
func (f *Follower) hand(s *stream, g *segment, ended bool) (int, error) {
	if err := f.makeRoom(s, g); err != nil {
		return 0, err
	}
	n, err := g.readAt(f.buf, g.offset)
	if err != nil && err != io.EOF && n == 0 {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, nil // a gzip that is being written or was cut
		}
		return 0, f.problem(s.name, err)
	}
	if n == 0 {
		return 0, nil
	}
	text := f.buf[:n]
	partial := false
	if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 {
		text = text[:end]
	} else if n >= f.opt.MaxLine {
		text, partial = text[:f.opt.MaxLine], true
	} else if n < len(f.buf) {
		now := f.opt.Now()
		if g.waits.IsZero() {
			g.waits = now
		}
		if !ended && now.Sub(g.waits) < f.opt.Idle {
			return 0, nil
		}
		partial = true
	}
	ev := Event{Kind: Text, Stream: s.name, File: g.path, Offset: g.offset, Line: g.line, Text: text, Partial: partial, ModTime: g.info.modTime}
	if err := f.handle(ev); err != nil {
		return 0, err
	}
	g.advance(text)
	return len(text), nil
}

// readLate hands out what was still written to files after they were rotated away.
func (f *Follower) readLate(s *stream) error {
	now := f.opt.Now()
	kept := s.late[:0]
	for _, g := range s.late {
		if _, err := f.hand(s, g, now.After(g.until)); err != nil {
			return err
		}
		if now.After(g.until) {
			g.close()
		} else {
			kept = append(kept, g)
		}
	}
	s.late = kept
	return nil
}

// makeRoom closes the file that was not read for the longest time when too many
// are open.
func (f *Follower) makeRoom(s *stream, g *segment) error {
	if g.file != nil {
		return nil
	}
	open := 0
	var oldest *stream
	for _, o := range f.streams {
		if len(o.queue) == 0 || o.queue[0].file == nil || o == s {
			continue
		}
		open++
		if oldest == nil || o.used.Before(oldest.used) {
			oldest = o
		}
	}
	if open >= f.opt.MaxOpen {
		oldest.queue[0].close()
	}
	return nil
}

// context hands out the text before a checkpoint.
func (f *Follower) context(s *stream) error {
	text := s.back
	s.back = nil
	if len(s.queue) == 0 {
		return nil
	}
	g := s.queue[0]
	return f.handle(Event{Kind: Context, Stream: s.name, File: g.path, Offset: g.offset - int64(len(text)),
		Line: max(1, g.line-bytes.Count(text, []byte{'\n'})), Text: text, ModTime: g.info.modTime})
}

func (f *Follower) gap(s *stream, lost int64, why string) error {
	return f.handle(Event{Kind: Gap, Stream: s.name, Lost: lost, Reason: why})
}

// problem says once what cannot be followed.
func (f *Follower) problem(place string, err error) error {
	text := reason(err)
	if f.said[place] == text {
		return nil
	}
	f.said[place] = text
	return f.handle(Event{Kind: Problem, Stream: place, Reason: text})
}

func (f *Follower) fine(place string) { delete(f.said, place) }

// reason is an error without the path, which is said beside it.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func (f *Follower) close() {
	for _, s := range f.streams {
		for _, g := range slices.Concat(s.queue, s.late) {
			g.close()
		}
	}
}
