package follow

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// start finds where a stream begins: at its checkpoint, at its end, or at its
// beginning.
func (f *Follower) start(s *stream) error {
	info, err := statPath(s.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return f.problem(s.name, err)
	}
	path := s.real()
	live := newSegment(path, path, info)
	list := f.stored[s.name]
	if err := f.ensure(live); err != nil {
		if err == errAway {
			return nil // it changes right now; the next look sees what it is
		}
		return f.problem(s.name, err)
	}
	f.fine(s.name)
	relatives := f.relatives(path)
	at, known := f.read[info.key()]
	switch {
	case list != nil:
		delete(f.stored, s.name)
		f.resume(s, list, live, relatives)
	case known && info.size >= at:
		if err := live.moveTo(at); err != nil {
			return f.problem(s.name, err)
		}
		s.queue = []*segment{live}
	case f.isNew(live, info):
		for _, r := range relatives {
			if _, owned := f.owners[r.info.key()]; !r.current && !owned && f.wants(r) {
				s.queue = append(s.queue, newSegment(r.path, path, r.info))
			}
		}
		s.queue = append(s.queue, live)
	default:
		if err := live.toEnd(f.opt.MaxLine); err != nil {
			f.shut(live)
			return f.problem(s.name, err)
		}
		s.queue = []*segment{live}
	}
	for _, g := range append(slices.Clone(s.late), s.queue...) {
		f.own(s, g)
	}
	s.note(relatives)
	for i, g := range s.queue {
		g.enters = i > 0 || g.enters
	}
	return f.handle(Event{Kind: Appeared, Stream: s.name, File: s.queue[0].path, ModTime: info.modTime})
}

// isNew reports whether a file that has no checkpoint is to be read from its
// beginning.
func (f *Follower) isNew(g *segment, info fileInfo) bool {
	switch {
	case f.began:
		return true
	case f.ran.IsZero():
		return f.opt.FromStart
	case f.ran.After(f.opt.Now()):
		return true // the clock was set back: times tell nothing, and nothing is lost this way
	}
	return f.opt.FromStart || sinceRun(info, f.ran)
}

// sinceRun reports whether a file began after the run before this one looked last.
// The kernel's clock for files is a little behind.
func sinceRun(info fileInfo, ran time.Time) bool {
	born := info.birth
	if born.IsZero() {
		born = info.modTime
	}
	return born.After(ran.Add(-time.Second))
}

// wants reports whether a rotated file of a log that has just appeared is read: it
// is new as the log is, or everything is asked for.
func (f *Follower) wants(r relative) bool {
	switch {
	case f.began:
		return !isPacked(r.path)
	case f.ran.IsZero() || f.opt.FromStart:
		return f.opt.FromStart
	}
	return sinceRun(r.info, f.ran)
}

// resume goes on at the checkpoints of a stream: in the file under the name if it
// still is the one, or else through those that were rotated away since. live is
// nil when there is no file under the name.
func (f *Follower) resume(s *stream, list []Checkpoint, live *segment, relatives []relative) {
	main := slices.IndexFunc(list, func(c Checkpoint) bool { return c.Late >= 0 })
	if main < 0 {
		main = 0
	}
	waiting := list[:main]
	list = list[main:]
	c := list[0]
	log := c.log()
	chain, to := relatives, s.real()
	if live == nil || log != to {
		chain = f.relatives(log)
	}
	read := after(list[1:], chain)
	first, at := f.locate(c, log, chain, live, read)
	f.resumeLate(s, list, log, chain)
	lost := first == nil
	if lost {
		at = read
		if c.Offset > 0 {
			f.keep(s, c.nameless())
		}
	} else {
		f.takeFirst(s, list, first, chain[:at], read)
		if f.opt.Back > 0 {
			s.back = first.before(int64(f.opt.Back))
		}
	}
	for i, r := range chain {
		if live != nil && r.info.same(live.info) || first != nil && r.info.same(first.info) || s.has(r.info) != nil {
			continue
		}
		if lost && !r.current && covered(list, r) {
			continue
		}
		if at >= 0 && i > at || at < 0 && !r.info.modTime.Before(c.ModTime) {
			g := newSegment(r.path, log, r.info)
			g.cut = c.Identity.of(r.info) // its text is in a copy
			g.unsure = g.cut
			s.queue = append(s.queue, g)
		}
	}
	for _, x := range slices.Backward(waiting) {
		if at := x.log(); at != log && (live == nil || at != to) {
			f.takeUp(s, append([]Checkpoint{x}, list...), f.relatives(at))
		}
	}
	if to != log {
		s.queue = append(s.queue, f.newer(s, to, c.ModTime)...)
	}
	if live != nil && live != first {
		s.queue = append(s.queue, live)
		live.cut = c.Identity.of(live.info)
		live.unsure = live.cut
	}
	markCopies(s.queue)
	s.missCopied(c, first)
	if lost && len(s.queue) > 0 && (c.Offset > 0 || c.Size > 0) && !c.Gone {
		s.queue[0].gap = &Missing{c.lost(), notFound}
		s.queue[0].instead = c
	}
	s.missWaiting(waiting, c, slices.Index(s.queue, first))
	s.missLate(c)
	if len(s.queue) > 0 {
		s.queue[0].enters = c.Enters
	}
}

// takeFirst appends the file that a checkpoint is about, behind copies of it that
// were made since it was empty.
func (f *Follower) takeFirst(s *stream, list []Checkpoint, first *segment, before []relative, read int) {
	c := list[0]
	if c.Offset == 0 && c.HeadLen == 0 {
		f.unseenSince(s, list, first.log, before, read)
		first.cut = len(s.queue) > 0
		first.unsure = first.cut
	}
	s.queue = append(s.queue, first)
	first = s.queue[0]
	first.cut, first.unsure = first.cut || c.Continues, first.unsure || c.Unsure
}

// missCopied notes what is missing behind the file that a checkpoint is about when
// it was found in a copy only.
func (s *stream) missCopied(c Checkpoint, first *segment) {
	at := slices.Index(s.queue, first)
	if first == nil || at < 0 || first.packed() || c.Identity.of(first.info) {
		return
	}
	if at+1 == len(s.queue) {
		if !s.named(first) {
			s.queue = append(s.queue, nothing(first.log))
			s.live().miss(first, s.name, max(0, c.Size-first.info.size), copiedAndCut)
		}
		return
	}
	next := s.queue[at+1]
	next.unsure = true
	if lost := c.Size - first.info.size; lost > 0 {
		next.miss(first, s.name, lost, copiedAndCut)
	}
}

// missLate notes what is gone with files that the stream had left, and of which more
// was known than had been handed out. It is said once.
func (s *stream) missLate(c Checkpoint) {
	for i := range s.past {
		lost := s.past[i].Size - s.past[i].Offset
		if lost <= 0 || len(s.queue) == 0 {
			continue
		}
		s.past[i].Size = s.past[i].Offset
		g := s.queue[min(1, len(s.queue)-1)] // a line of the first may be under way
		if g.gap == nil {
			g.gap, g.instead = &Missing{Reason: "a file that had been rotated away is gone before what was written to it last was read"}, c
		}
		g.gap.Bytes = max(0, g.gap.Bytes) + lost
	}
}

const copiedAndCut = "the file was copied and cut; what was written in between is in neither"

// log is where the file stands or stood while it was written to.
func (c Checkpoint) log() string {
	if c.Log != "" {
		return c.Log
	}
	return c.Path
}

// takeUp appends a file that waited to be read, the first of a list, and those of
// its log that are newer; where it is not found, time stamps tell.
func (f *Follower) takeUp(s *stream, list []Checkpoint, relatives []relative) {
	x := list[0]
	g, at := f.locate(x, x.log(), relatives, nil, -1)
	if g != nil && x.Offset == 0 && x.HeadLen == 0 {
		n := len(s.queue)
		f.unseenSince(s, list, x.log(), relatives[:at], -1)
		g.cut = len(s.queue) > n
		g.unsure = g.cut
	}
	for i, r := range relatives {
		switch {
		case s.has(r.info) != nil || f.foreign(s, r):
		case i == at:
			s.queue = append(s.queue, g)
		case g != nil && i > at, g == nil && !r.info.modTime.Before(x.ModTime):
			s.queue = append(s.queue, newSegment(r.path, x.log(), r.info))
		}
	}
}

// missWaiting notes which of the files that waited to be read are gone, and the
// gaps before those that are not. last is the place of the file before them, -1 when
// that is gone.
func (s *stream) missWaiting(waiting []Checkpoint, c Checkpoint, last int) {
	if len(s.queue) == 0 {
		return
	}
	broken := s.queue[0].gap != nil // the file before is not there
	for _, x := range slices.Backward(waiting) {
		missing := Missing{Reason: waitedGone}
		if x.Missing != nil {
			missing = *x.Missing
		}
		at := slices.IndexFunc(s.queue, x.isAbout)
		if at >= 0 {
			g := s.queue[at]
			if x.HeadLen == 0 && x.Offset == 0 {
				g = s.queue[min(last+1, at)] // what was copied of it since comes first
			}
			g.cut, g.unsure = (g.cut || x.Continues) && !broken, g.unsure || x.Unsure
			last = at
		} else {
			missing.Bytes = max(0, missing.Bytes) + x.Size
		}
		broken = at < 0 && (x.Size > 0 || broken)
		if x.Missing == nil && (at >= 0 || x.Size == 0) {
			continue
		}
		if at < 0 {
			at = s.behind(last, x)
		}
		if at < 0 {
			s.queue = append(s.queue, nothing(x.log()))
			at = len(s.queue) - 1
		}
		if g := s.queue[at]; g.gap == nil {
			g.gap, g.instead = &missing, c
		} else {
			g.gap.Bytes = max(0, g.gap.Bytes) + max(0, missing.Bytes)
		}
	}
}

// isAbout reports whether a segment is the one of a checkpoint.
func (x Checkpoint) isAbout(g *segment) bool {
	if x.HeadLen == 0 {
		return x.Identity.of(g.info)
	}
	return int64(len(g.head)) >= x.HeadLen && hashOf(g.head[:x.HeadLen]) == x.Head
}

// behind returns the place of the first file behind a place that was written to when
// a file that is gone had been, or later.
func (s *stream) behind(last int, x Checkpoint) int {
	for i := last + 1; i < len(s.queue); i++ {
		if !s.queue[i].info.modTime.Before(x.ModTime) {
			return i
		}
	}
	if s.named(s.live()) {
		return len(s.queue) - 1
	}
	return -1
}

// named reports whether a segment is about the file under the stream's name.
func (s *stream) named(g *segment) bool { return g.path == s.name || g.path == s.real() }

// nothing returns a segment that stands for files that are gone, where no other
// comes behind them.
func nothing(log string) *segment {
	return &segment{path: log, log: log, line: 1, counting: -1, dead: true, said: true}
}

// unseenSince takes up copies of a file that was empty when it was looked at last,
// the first of a list: those that are newer than it, and hold something that was
// not handed out of the others.
func (f *Follower) unseenSince(s *stream, list []Checkpoint, log string, chain []relative, after int) {
	c := list[0]
	for i, r := range chain {
		if i > after && s.has(r.info) == nil && !covered(list, r) && !r.info.modTime.Before(c.ModTime) && !(r.info.birth.Before(c.Birth) && !r.info.birth.IsZero()) {
			s.queue = append(s.queue, newSegment(r.path, log, r.info))
		}
	}
}

// covered reports whether everything that a file holds was handed out.
func covered(list []Checkpoint, r relative) bool {
	return slices.ContainsFunc(list, func(c Checkpoint) bool { return c.Offset > 0 && c.covers(r) })
}

// locate returns the file that a checkpoint is about, moved to its offset, and
// where it stands among the files of its log: the file of its number if that holds
// its text, or else one that does.
//
// read is the place of the newest file that is known to have been read, -1 for none.
func (f *Follower) locate(c Checkpoint, log string, chain []relative, live *segment, read int) (*segment, int) {
	try := func(r relative) *segment {
		if live != nil && r.info.same(live.info) && r.path == live.path {
			if f.ensure(live) == nil && live.resume(c) == nil {
				return live
			}
			return nil
		}
		g := newSegment(r.path, log, r.info)
		if f.ensure(g) == nil && g.resume(c) == nil {
			return g
		}
		f.shut(g)
		return nil
	}
	for i, r := range chain {
		if c.Identity.of(r.info) {
			if g := try(r); g != nil {
				return g, i
			}
		}
	}
	if c.HeadLen == 0 {
		return nil, -1
	}
	for i, r := range chain {
		if c.Offset > 0 {
			if g := try(r); g != nil {
				return g, i
			}
		} else if c.copiedTo(r, i, read) {
			return newSegment(r.path, log, r.info), i
		}
	}
	return nil, -1
}

// copiedTo reports whether a file seems to be a copy of one of which nothing was
// handed out, which may have been made before that was looked at last. The
// beginning alone proves little: it must not be an older file.
func (c Checkpoint) copiedTo(r relative, at, read int) bool {
	if r.current {
		return false
	}
	since := isPacked(r.path) && read >= 0 || !isPacked(r.path) && !c.Birth.IsZero() && !r.info.birth.Before(c.Birth)
	return (!r.info.modTime.Before(c.ModTime) || since && at > read) && c.beginsLike(firstBytes(r.path))
}

// resumeLate takes up the files of a list but the first: they had been rotated away
// and may still be written to. They may be of another log, when a link was switched.
func (f *Follower) resumeLate(s *stream, list []Checkpoint, log string, chain []relative) {
	chains := map[string][]relative{log: chain}
	for _, c := range slices.Backward(list[1:]) {
		n, at := len(s.late), c.log()
		if _, ok := chains[at]; !ok {
			chains[at] = f.relatives(at)
		}
		for _, r := range chains[at] {
			packed := isPacked(r.path)
			if packed && !c.hasMoreIn(r) && !c.mayBe(r, list) || !packed && (!c.Identity.of(r.info) || r.info.size < c.Offset) {
				continue
			}
			g := newSegment(r.path, at, r.info)
			g.rest = packed
			if f.ensure(g) == nil && g.resume(c) == nil {
				s.late = append(s.late, g)
			} else {
				f.shut(g)
			}
		}
		if len(s.late) == n {
			s.past = append([]Checkpoint{c}, s.past...)
		}
	}
}

// hasMoreIn reports whether a compressed file may hold text that was written to the
// file of a checkpoint and not read. Compressing keeps the time.
func (c Checkpoint) hasMoreIn(r relative) bool {
	switch {
	case c.HeadLen == 0 || c.Inode == 0:
		return false
	case c.ModTime.IsZero():
		return c.Identity.of(r.info)
	case c.Identity.of(r.info) || r.info.modTime.Before(c.ModTime):
		return false
	}
	return r.info.modTime.After(c.ModTime) || c.Size > c.Offset
}

// mayBe reports whether a compressed file may be that of a checkpoint of which nothing
// was read, and the system said only that there was something: one that was written to
// since, and begins like no other that is known.
func (c Checkpoint) mayBe(r relative, list []Checkpoint) bool {
	if c.HeadLen > 0 || c.Size <= c.Offset || c.Inode == 0 || r.info.modTime.Before(c.ModTime) || r.info.birth.Before(c.Looked) {
		return false
	}
	start := firstBytes(r.path)
	return !slices.ContainsFunc(list, func(other Checkpoint) bool { return other.beginsLike(start) })
}

// after returns where the newest file stands that is known to have been read.
func after(list []Checkpoint, chain []relative) int {
	newest := -1
	for _, c := range list {
		newest = max(newest, c.placeIn(chain))
	}
	return newest
}

// placeIn returns where the file of a checkpoint stands, or a copy of its text; -1
// if nowhere.
func (c Checkpoint) placeIn(chain []relative) int {
	at := slices.IndexFunc(chain, func(r relative) bool {
		return c.Identity.of(r.info) && (c.Offset == 0 || c.fits(r.path))
	})
	if at < 0 && c.Offset > 0 {
		at = slices.IndexFunc(chain, func(r relative) bool { return c.fits(r.path) })
	}
	return at
}

// absent takes up the streams that are only known by checkpoints and whose names
// have no file now: their files may stand under rotated names, with text that was
// not read.
func (f *Follower) absent() error {
	for _, name := range f.absentNames() {
		if _, err := statPath(name); !errors.Is(err, fs.ErrNotExist) || len(f.streams) >= maxStreams {
			continue
		}
		list := f.stored[name]
		s := &stream{name: name, looked: f.scanned}
		f.resume(s, list, nil, nil)
		if len(s.queue) == 0 {
			if err := f.sayAbsent(list); err != nil {
				return err
			}
			if !slices.ContainsFunc(s.late, func(g *segment) bool { return !g.dead }) {
				continue // it stays in mind until a file has the name
			}
			c := list[max(0, slices.IndexFunc(list, func(c Checkpoint) bool { return c.Late == 0 }))]
			s.queue = append(s.queue, nothing(c.log()))
			s.queue[0].enters = c.Enters
		}
		delete(f.stored, name)
		kept := f.add(name)
		kept.queue, kept.late, kept.past, kept.back = s.queue, s.late, s.past, s.back
		kept.gone, kept.goneAt = true, f.opt.Now()
		for i, g := range append(slices.Clone(s.late), s.queue...) {
			g.enters = i > len(s.late) && !g.dead || g.enters
			f.own(kept, g)
		}
		kept.note(f.relatives(s.queue[0].log))
	}
	return nil
}

// absentNames returns the streams that are known by checkpoints only, where the
// directory has changed since they were looked for there.
func (f *Follower) absentNames() []string {
	now := map[string]time.Time{}
	var names []string
	for name := range f.stored {
		if f.streams[name] != nil || !f.covers(name) {
			continue
		}
		dir := filepath.Dir(name)
		if _, ok := now[dir]; !ok {
			info, _ := statPath(dir)
			now[dir] = info.modTime
		}
		if at, ok := f.listed[dir]; !ok || !at.Equal(now[dir]) {
			names = append(names, name)
		}
	}
	f.listed = now
	slices.Sort(names)
	return names
}

// sayAbsent says what is lost with the files of a stream of which none is found
// any more, once.
func (f *Follower) sayAbsent(list []Checkpoint) error {
	var known int64
	said, why := true, notFound
	after := slices.Clone(list)
	for i := range after {
		c := &after[i]
		switch {
		case c.Late < 0:
			if c.Missing != nil {
				known += max(0, c.Missing.Bytes)
			}
			known += c.Size
			c.Size, c.Missing = 0, nil
		case c.Late == 0:
			said = c.Gone || c.Offset == 0 && c.Size == 0
			known += max(0, c.Size-c.Offset)
			c.Gone, c.Size = true, c.Offset
		}
	}
	switch {
	case known == 0 && said:
		return nil
	case known == 0:
		known = -1
	case said:
		why = waitedGone
	}
	err := f.handle(Event{Kind: Gap, Stream: list[0].Stream, Lost: known, Reason: why})
	if err == nil {
		copy(list, after)
	}
	return err
}

const waitedGone = "a rotated file is gone that was not read yet"

// lost is how much is known to be gone with a file that is not found.
func (c Checkpoint) lost() int64 {
	if lost := c.Size - c.Offset; lost > 0 {
		return lost
	}
	return -1
}

const notFound = "the file that was read before is gone, and no rotated one has its text"

// covers reports whether a name is among the places.
func (f *Follower) covers(name string) bool {
	for _, place := range f.places {
		if name == place || strings.HasPrefix(name, strings.TrimSuffix(place, string(filepath.Separator))+string(filepath.Separator)) {
			return true
		}
		for part := name; ; part = filepath.Dir(part) {
			if ok, _ := filepath.Match(place, part); ok {
				return true
			}
			if part == filepath.Dir(part) {
				break
			}
		}
	}
	return false
}
