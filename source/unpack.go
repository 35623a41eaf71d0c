package source

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Unpack puts in place of each stream that is an archive, tar or zip, compressed or
// not, those of its members and of the archives inside it, under the name of the
// archive, a colon and their own. What an archive is, its content says; a compressed
// log stays what it is. The streams are in the order of their names again.
//
// It looks at the first bytes of every stream, so it waits for pipes, and reads
// archives once. Members that are no text are counted and left out. The text of
// members is kept in memory as far as Options.KeepMemory allows. Streams that are
// not returned are closed. The error is the context's.
func Unpack(ctx context.Context, streams []*Stream) ([]*Stream, []Problem, error) {
	all := unpackAll(ctx, streams, archives(ctx, streams))
	if err := ctx.Err(); err != nil {
		return streams, nil, err
	}
	var out []*Stream
	var problems []Problem
	for i, s := range streams {
		if all[i] == nil {
			out = append(out, s)
			continue
		}
		out = append(out, all[i].streams...)
		problems = append(problems, all[i].problems...)
	}
	if len(out) > 0 {
		sortStreams(out)
		var full []Problem
		out, full = atMost(out, out[0].opt.MaxFiles)
		problems = append(problems, full...)
	}
	return out, Tidy(problems), nil
}

// maxUnpackers bounds how many archives are looked into at the same time: each may
// take KeepMemory before it is known whether that remains.
const maxUnpackers = 4

// unpackAll looks into the streams at some positions. Memory is given to archives in
// their order, so that it does not depend on which was looked into first.
func unpackAll(ctx context.Context, streams []*Stream, likely []int) []*contents {
	all := make([]*contents, len(streams))
	if len(likely) == 0 {
		return all
	}
	room := streams[likely[0]].opt.KeepMemory
	done := make([]chan struct{}, len(likely)+1)
	for i := range done {
		done[i] = make(chan struct{})
	}
	close(done[0])
	each(len(likely), maxUnpackers, func(i int) {
		c := unpack(ctx, streams[likely[i]])
		<-done[i]
		if c != nil {
			room = c.settle(room)
			all[likely[i]] = c
		}
		close(done[i+1])
	})
	return all
}

// sortStreams sorts by name, and tells streams apart that have the same.
func sortStreams(all []*Stream) {
	byName := func(a, b *Stream) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortStableFunc(all, byName)
	twice := false
	for i := 1; i < len(all); i++ {
		twice = twice || all[i].Name == all[i-1].Name
	}
	if !twice {
		return
	}
	taken := map[string]bool{}
	for _, s := range all {
		taken[s.Name] = true
	}
	for i := len(all) - 1; i > 0; i-- {
		name := all[i].Name
		if name != all[i-1].Name {
			continue
		}
		for n := 2; taken[all[i].Name]; n++ {
			all[i].Name = fmt.Sprintf("%s#%d", name, n)
		}
		taken[all[i].Name] = true
	}
	slices.SortStableFunc(all, byName)
}

// atMost closes the streams beyond a number.
func atMost(all []*Stream, n int) ([]*Stream, []Problem) {
	if len(all) <= n {
		return all, nil
	}
	for _, s := range all[n:] {
		s.Close()
	}
	return all[:n], []Problem{tooMany(all[n].Name, n)}
}

func tooMany(name string, n int) Problem {
	return Problem{name, Unread, fmt.Sprintf("there are more than %d files; this one and those after it are not read", n)}
}

// each calls f with 0 to n-1, in this order, on as many goroutines as there are
// processors, but for at most so many.
func each(n, most int, f func(int)) {
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(n, most, runtime.GOMAXPROCS(0)) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	work.Wait()
}

// archives returns the positions of the streams that begin like an archive, or with
// a compression that may hold one.
func archives(ctx context.Context, streams []*Stream) []int {
	found := make([]bool, len(streams))
	var room atomic.Int64
	room.Store(shortMemory)
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	pipes := 0
	for _, s := range streams {
		if _, ok := s.place.(*pipe); ok {
			pipes++
		}
	}
	each(len(streams), len(streams), func(i int) {
		found[i] = streams[i].looksPacked(ctx, &room)
		if p, ok := streams[i].place.(*pipe); ok && pipes > 1 {
			go p.readAhead(waiting)
		}
	})
	var out []int
	for i, yes := range found {
		if yes {
			out = append(out, i)
		}
	}
	return out
}

// shortFile is the size up to which a file is kept when it was looked at, and
// shortMemory what all of them may take.
const (
	shortFile   = 16 << 10
	shortMemory = 16 << 20
)

// looksPacked looks at the first bytes of a stream. A short file is then read.
func (s *Stream) looksPacked(ctx context.Context, room *atomic.Int64) bool {
	f, isFile := s.place.(*file)
	if !isFile {
		head := make([]byte, tarBlock)
		return isPacked(head[:s.peek(ctx, head)])
	}
	b := make([]byte, tarBlock)
	if s.Size > 0 && s.Size <= shortFile {
		b = make([]byte, max(s.Size+1, tarBlock))
	}
	n, id := peekFile(f.path, b)
	if isPacked(b[:n]) {
		return true
	}
	// Files that the kernel makes up (/proc) have no size, and give less than all.
	if n == int(s.Size) && n < len(b) && n > 0 && id != (fileID{}) && room.Add(-s.Size) >= 0 {
		f.mu.Lock()
		f.short = &short{b[:n:n], id}
		f.mu.Unlock()
	}
	return false
}

func isPacked(head []byte) bool {
	return findDecoder(head) != nil || isTar(head) || isZip(head)
}

// peek reads the first bytes of a stream's place. What is wrong with it the first
// pass says.
func (s *Stream) peek(ctx context.Context, b []byte) int {
	r, err := s.place.open(ctx)
	if err != nil {
		return 0
	}
	defer r.Close()
	if p, ok := r.(*pipeReader); ok {
		return p.peek(b)
	}
	n, _ := io.ReadFull(r, b)
	return n
}

// contents is what an archive turned out to hold.
type contents struct {
	streams  []*Stream
	problems []Problem

	place   place
	members []packed
	room    int64 // left to keep text in
}

// packed is a member, with where it is when it is not kept.
type packed struct {
	stream *Stream
	place  place
	bundle *bundle
}

// unpack looks into a stream. It returns nil when it is no archive.
func unpack(ctx context.Context, s *Stream) *contents {
	t, err := newTour(ctx, s.Name, s.place, s.ModTime, 0, s.opt)
	if err != nil {
		return nil
	}
	defer t.close()
	c := &contents{place: s.place, room: s.opt.KeepMemory}
	own := &owner{place: s.place}
	for l := t.next(); l != nil; l = t.next() {
		if l.whole {
			return nil
		}
		if len(c.streams) == s.opt.MaxFiles {
			p := tooMany(l.shown, s.opt.MaxFiles)
			t.say(p.Place, p.Grade, p.Reason)
			break
		}
		own.streams.Add(1)
		c.add(l, &Stream{Name: l.shown, ModTime: l.modTime, Size: l.size, opt: s.opt, pool: s.pool, owner: own})
	}
	if ctx.Err() != nil {
		return nil
	}
	if len(c.streams) == 0 {
		if len(t.problems) == 0 {
			t.say(s.Name, Skipped, "is an archive without members")
		}
		s.Close()
	}
	c.problems = t.said(s.Name)
	return c
}

func (c *contents) add(l *leaf, s *Stream) {
	s.place = l.place
	if l.bundle != nil {
		s.place = &bundled{l.bundle, l.index, l.shown}
		s.Size = -1
	}
	c.streams = append(c.streams, s)
	c.members = append(c.members, packed{s, s.place, l.bundle})
	if l.format != "" || !seeks(s.place) {
		if k := c.keep(l); k != nil {
			s.place, s.Size = k, int64(len(k.text))
		}
	}
}

// keep reads a member into memory. One that does not fit ends that for the rest of
// the archive, which is read again in each pass then.
func (c *contents) keep(l *leaf) *kept {
	if c.room <= 0 || l.format == "" && l.size > c.room {
		c.room = 0
		return nil
	}
	var text strings.Builder
	if l.format == "" && l.size > 0 {
		text.Grow(int(l.size))
	}
	n, err := io.Copy(&text, io.LimitReader(l.text, c.room+1))
	if n > c.room {
		c.room = 0
		return nil
	}
	c.room -= n
	return &kept{text: text.String(), err: err, layers: l.format}
}

// settle gives the archive so much memory, and returns what it leaves. When not all
// members of a bundle are kept none is: it is decoded anyway. What cannot be read
// again stays as far as it was kept.
func (c *contents) settle(room int64) int64 {
	used, partly := int64(0), map[*bundle]bool{}
	for _, m := range c.members {
		if k, ok := m.stream.place.(*kept); ok {
			used += int64(len(k.text))
		} else if m.bundle != nil {
			partly[m.bundle] = true
		}
	}
	again := c.place.again() == nil
	for _, m := range c.members {
		k, ok := m.stream.place.(*kept)
		if ok && again && (used > room || partly[m.bundle]) {
			m.stream.place, m.stream.Size = m.place, -1
			used -= int64(len(k.text))
		}
	}
	c.members = nil
	return room - used
}

// owner is a place that several streams read.
type owner struct {
	place   place
	streams atomic.Int32 // not closed yet
}
