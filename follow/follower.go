package follow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	stored  map[string][]Checkpoint // of streams that have not been seen yet, those of one file after the other
	ran     time.Time               // when the run before this one looked last; zero when there was none
	bad     []string                // streams whose checkpoints make no sense
	streams map[string]*stream
	names   []string // of streams, sorted
	handle  func(Event) error
	do      chan func()
	done    chan struct{}
	buf     []byte
	began   bool                 // the first scan is over
	listed  map[string]time.Time // by directory, its time when absent streams were looked for there last
	caught  bool                 // CaughtUp was handed out
	scanned time.Time
	looked  time.Time         // when everything was looked at last
	busy    map[string]bool   // streams that have more
	said    map[string]string // the last problem of a place, so that it is said once
	open    map[*segment]bool // whose files are open
	byPath  map[string]string // the stream that a path belongs to
	owners  map[fileKey]owner // whose a file is
	read    map[fileKey]int64 // files that were read and forgotten, and how far
	wake    *wake
	counts  struct{ polls, events int64 }
}

type fileKey struct {
	device, inode uint64
	birth         int64
}

func (i fileInfo) key() fileKey {
	k := fileKey{device: i.device, inode: i.inode}
	if !i.birth.IsZero() {
		k.birth = i.birth.UnixNano()
	}
	return k
}

// New returns a follower of places, which goes on where checkpoints stand.
func New(places []string, from []Checkpoint, opt Options) (*Follower, error) {
	if len(places) == 0 {
		return nil, errors.New("nothing to follow")
	}
	f := &Follower{opt: opt.withDefaults(), stored: map[string][]Checkpoint{}, streams: map[string]*stream{}, said: map[string]string{},
		busy: map[string]bool{}, open: map[*segment]bool{}, byPath: map[string]string{}, read: map[fileKey]int64{}, owners: map[fileKey]owner{},
		do: make(chan func(), 64), done: make(chan struct{})}
	for _, p := range places {
		if _, err := filepath.Match(p, ""); err != nil {
			return nil, fmt.Errorf("%s: is no file name, and as a pattern it is malformed", p)
		}
		f.places = append(f.places, filepath.Clean(p))
	}
	for _, c := range from {
		if !c.valid() {
			f.bad = append(f.bad, c.Stream)
			continue
		}
		f.stored[c.Stream] = append(f.stored[c.Stream], c)
		if c.Looked.After(f.ran) {
			f.ran = c.Looked
		}
	}
	for _, list := range f.stored {
		slices.SortStableFunc(list, func(a, b Checkpoint) int { return cmp.Compare(a.Late, b.Late) })
	}
	f.buf = make([]byte, f.opt.Chunk+sampleSize)
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
// in Do, and covers the events whose handlers have returned; elsewhere only when
// Run has returned.
func (f *Follower) Checkpoints() []Checkpoint {
	out := slices.Concat(slices.Collect(maps.Values(f.stored))...)
	for _, s := range f.streams {
		out = append(out, s.checkpoints()...)
	}
	slices.SortStableFunc(out, func(a, b Checkpoint) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Late, b.Late))
	})
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
			lag := g.unread()
			st.Lag += lag
			if i == 0 && lag > 0 && !g.info.modTime.IsZero() {
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
	defer close(f.done)
	defer f.close()
	if err := f.begin(handle, newWake()); err != nil {
		return err
	}
	for {
		if err := f.round(ctx); err != nil {
			return err
		}
		if err := f.wait(ctx); err != nil {
			return err
		}
	}
}

func (f *Follower) begin(handle func(Event) error, w *wake) error {
	f.wake = w
	f.handle = func(ev Event) error {
		f.counts.events++
		return handle(ev)
	}
	for _, name := range f.bad {
		if err := f.problem(name, errors.New("its checkpoint makes no sense and is not used")); err != nil {
			return err
		}
	}
	return nil
}

// round hands out everything that is there. New files and rotations are looked for
// during a long backlog too.
func (f *Follower) round(ctx context.Context) error {
	for more := true; more; {
		if now := f.opt.Now(); now.Sub(f.looked) >= f.opt.Poll || now.Before(f.looked) {
			f.wake.everything()
		}
		var err error
		if more, err = f.step(ctx); err != nil {
			return err
		}
	}
	if f.caught {
		return nil
	}
	f.caught = true
	return f.handle(Event{Kind: CaughtUp})
}

// step looks for new files where that is due, and hands out one chunk of every
// stream that may have something.
func (f *Follower) step(ctx context.Context) (more bool, err error) {
	d := f.wake.take()
	if d.all {
		f.looked = f.opt.Now()
		f.counts.polls++
	}
	if err := f.scan(d.dirs); err != nil {
		return false, err
	}
	if err := f.sayWake(); err != nil {
		return false, err
	}
	for _, name := range f.dirty(d) {
		if err := f.pending(ctx); err != nil {
			return false, err
		}
		s := f.streams[name]
		m, err := f.poll(s, d.all)
		if err != nil {
			return false, err
		}
		if m {
			f.busy[name] = true
			more = true
		}
	}
	if d.all {
		if err := f.forget(); err != nil {
			return false, err
		}
	}
	return more, f.pending(ctx)
}

// dirty returns the streams that may have something, sorted.
func (f *Follower) dirty(d changes) []string {
	if d.all {
		f.busy = map[string]bool{}
		return slices.Clone(f.names)
	}
	for path := range d.files {
		if name, ok := f.byPath[path]; ok {
			f.busy[name] = true
		}
	}
	var out []string
	for name := range f.busy {
		if f.streams[name] != nil {
			out = append(out, name)
		}
	}
	f.busy = map[string]bool{}
	slices.Sort(out)
	return out
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

// poll looks at one stream: what stands under its name, then what it is read from.
// Files that were rotated away are looked at when everything is.
func (f *Follower) poll(s *stream, all bool) (more bool, err error) {
	if s.back != nil {
		if err := f.context(s); err != nil {
			return false, err
		}
	}
	if len(s.queue) > 0 {
		// What an earlier run had no time to say comes before text of the file that the
		// stream has left.
		if err := f.enter(s); err != nil {
			return false, err
		}
	}
	if all {
		if err := f.readLate(s); err != nil {
			return false, err
		}
	}
	if err := f.look(s); err != nil {
		return false, err
	}
	if len(s.queue) == 0 {
		return false, nil
	}
	return f.readNext(s)
}

// forgetAfter is how long a stream without a file is kept in mind; after that only
// its checkpoints are, of so many streams.
const (
	forgetAfter = time.Hour
	maxStored   = 1000
)

// forget drops streams whose files have been gone for long.
func (f *Follower) forget() error {
	now := f.opt.Now()
	for _, name := range slices.Clone(f.names) {
		s := f.streams[name]
		if !s.gone || now.Sub(s.goneAt) < forgetAfter || len(s.queue) > 1 || f.busy[name] {
			continue
		}
		if g := s.live(); g != nil && g.dead && !g.said {
			if err := f.sayBuried(s, g, 0); err != nil {
				return err
			}
		}
		if len(f.stored) < maxStored {
			if list := s.checkpoints(); len(list) > 0 {
				f.stored[name] = list
			}
		}
		f.drop(s)
	}
	return nil
}

func (f *Follower) drop(s *stream) {
	for _, g := range slices.Concat(s.queue, s.late) {
		f.finish(g)
	}
	delete(f.streams, s.name)
	delete(f.said, s.name)
	maps.DeleteFunc(f.byPath, func(_, name string) bool { return name == s.name })
	if at, ok := slices.BinarySearch(f.names, s.name); ok {
		f.names = slices.Delete(f.names, at, at+1)
	}
}

// maxRead bounds the files that are remembered as read.
const maxRead = 10_000

// finish closes a file that is not looked at any more. Should it turn up under
// another name, it is known that it was read.
func (f *Follower) finish(g *segment) {
	f.shut(g)
	g.ahead = nil
	if f.owners[g.info.key()].g == g {
		delete(f.owners, g.info.key())
	}
	if g.packed() || g.info.inode == 0 {
		return
	}
	if len(f.read) >= maxRead {
		clear(f.read)
	}
	f.read[g.info.key()] = g.offset
}

// maxSaid bounds the places whose last problem is remembered.
const maxSaid = 10_000

// problem says once what cannot be followed.
func (f *Follower) problem(place string, err error) error {
	text := reason(err)
	if f.said[place] == text {
		return nil
	}
	if err := f.handle(Event{Kind: Problem, Stream: place, Reason: text}); err != nil {
		return err
	}
	if len(f.said) >= maxSaid {
		clear(f.said)
	}
	f.said[place] = text
	return nil
}

func (f *Follower) fine(place string) { delete(f.said, place) }

// sayWake says once that the system does not notify of everything.
func (f *Follower) sayWake() error {
	if f.wake.trouble == nil {
		return nil
	}
	return f.problem("notifications", fmt.Errorf("the system does not notify of every change (%v): files are looked at every %v", f.wake.trouble, f.opt.Poll))
}

func (f *Follower) close() {
	for g := range f.open {
		f.shut(g)
	}
	f.wake.close()
}
