package follow

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// scanEvery is how often directories are listed when nothing says that they
// changed.
const scanEvery = 2 * time.Second

// maxStreams bounds the files that are followed.
const maxStreams = 10_000

// scan looks for files that were not there before.
func (f *Follower) scan() error {
	now := f.opt.Now()
	if f.began && !f.wake.listed() && now.Sub(f.scanned) < scanEvery && now.After(f.scanned) {
		return nil
	}
	f.scanned = now
	for _, place := range f.places {
		if err := f.place(place); err != nil {
			return err
		}
	}
	f.began = true
	return nil
}

func (f *Follower) place(place string) error {
	info, err := os.Stat(place)
	switch {
	case err == nil && info.IsDir():
		return f.directory(place, 0)
	case err == nil:
		return f.found(place, info)
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(place, "*?["):
		return f.glob(place)
	case errors.Is(err, fs.ErrNotExist):
		f.wake.add(filepath.Dir(place))
		return nil
	}
	return f.problem(place, err)
}

func (f *Follower) glob(pattern string) error {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return f.problem(pattern, err)
	}
	f.wake.add(fixedDir(pattern))
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			continue
		}
		if info.IsDir() {
			err = f.directory(name, 0)
		} else if !f.isOld(name, names) {
			err = f.found(name, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fixedDir is the directory of a pattern that has no wildcard in it.
func fixedDir(pattern string) string {
	dir := filepath.Dir(pattern)
	for strings.ContainsAny(dir, "*?[") {
		dir = filepath.Dir(dir)
	}
	return dir
}

// maxDepth bounds directories inside one another; links may lead round.
const maxDepth = 16

func (f *Follower) directory(dir string, depth int) error {
	if depth > maxDepth {
		return f.problem(dir, errors.New("lies too deep, or its links lead round: it is not followed"))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f.problem(dir, err)
	}
	f.fine(dir)
	f.wake.add(dir)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = filepath.Join(dir, e.Name())
	}
	for _, path := range names {
		info, err := os.Stat(path)
		switch {
		case err != nil: // it went away, or its link leads nowhere: it may come back
		case info.IsDir():
			err = f.directory(path, depth+1)
		case info.Mode().IsRegular() && !f.isOld(path, names):
			err = f.found(path, info)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			var p *fs.PathError
			if !errors.As(err, &p) {
				return err
			}
			if err := f.problem(path, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// isOld reports whether a name is that of a rotated file, whose log is followed
// under its own name, or of a compressed one.
func (f *Follower) isOld(path string, names []string) bool {
	dir, name := filepath.Split(path)
	base, _, ok := baseName(name)
	if !ok {
		return false
	}
	if strings.HasSuffix(name, ".gz") {
		return true
	}
	return slices.Contains(names, dir+base) || f.streams[dir+base] != nil || f.has(dir+base)
}

func (f *Follower) has(name string) bool {
	_, ok := f.stored[name]
	return ok
}

// found begins to follow a file that is not followed yet.
func (f *Follower) found(path string, info os.FileInfo) error {
	if f.streams[path] != nil {
		return nil
	}
	if !info.Mode().IsRegular() {
		return f.problem(path, errors.New("is no regular file: it is not followed"))
	}
	if len(f.streams) >= maxStreams {
		return f.problem(filepath.Dir(path), errors.New("holds more files than are followed at once"))
	}
	s := &stream{name: path}
	f.streams[path] = s
	at, _ := slices.BinarySearch(f.names, path)
	f.names = slices.Insert(f.names, at, path)
	f.wake.add(filepath.Dir(path))
	f.wake.add(filepath.Dir(s.real()))
	f.wake.again(path)
	return f.start(s)
}

// start finds where a stream begins: at its checkpoint, at its end, or at its
// beginning.
func (f *Follower) start(s *stream) error {
	info, err := statPath(s.name)
	if err != nil {
		return f.missing(s, err)
	}
	live := &segment{path: s.real(), info: info, line: 1}
	relatives := f.relatives(live.path)
	s.note(relatives)
	c, stored := f.stored[s.name]
	switch {
	case stored:
		delete(f.stored, s.name)
		if err := f.resume(s, c, live, relatives); err != nil {
			return err
		}
	case f.opt.FromStart && !f.began:
		for _, r := range relatives {
			if !r.current {
				s.queue = append(s.queue, &segment{path: r.path, info: r.info, line: 1})
			}
		}
		s.queue = append(s.queue, live)
	case !f.began:
		if err := live.toEnd(); err != nil {
			return f.problem(s.name, err)
		}
		s.queue = []*segment{live}
	default:
		s.queue = []*segment{live}
	}
	return f.handle(Event{Kind: Appeared, Stream: s.name, File: s.queue[0].path, ModTime: info.modTime})
}

// resume goes on at a checkpoint: in the file under the name if it still is the
// one, or else through those that were rotated away since.
func (f *Follower) resume(s *stream, c Checkpoint, live *segment, relatives []relative) error {
	at := slices.IndexFunc(relatives, func(r relative) bool {
		return c.Identity.of(r.info) && r.info.size >= c.Offset && (c.Offset == 0 || c.fits(r.path))
	})
	if at < 0 {
		at = slices.IndexFunc(relatives, func(r relative) bool { return c.fits(r.path) })
	}
	for i, r := range relatives {
		switch {
		case at >= 0 && i < at, at < 0 && !r.info.modTime.After(c.ModTime) && !r.current:
			continue
		case r.current:
			s.queue = append(s.queue, live)
		default:
			s.queue = append(s.queue, &segment{path: r.path, info: r.info, line: 1})
		}
	}
	if len(s.queue) == 0 || !slices.Contains(s.queue, live) {
		s.queue = append(s.queue, live)
	}
	if at < 0 {
		if c.Offset == 0 {
			return nil
		}
		return f.gap(s, -1, "the file that was read before is gone, and no rotated one has its text")
	}
	first := s.queue[0]
	first.offset, first.line = c.Offset, c.Line
	if err := first.sample(); err != nil {
		return f.problem(s.name, err)
	}
	if f.opt.Back > 0 {
		s.back = first.before(int64(f.opt.Back))
	}
	return nil
}

// before returns up to n bytes of whole lines before the offset.
func (g *segment) before(n int64) []byte {
	if strings.HasSuffix(g.path, ".gz") {
		return nil
	}
	n = min(n, g.offset)
	b := make([]byte, n)
	for k := 0; k < len(b); {
		m, err := g.readAt(b[k:], g.offset-n+int64(k))
		if err != nil {
			return nil
		}
		k += m
	}
	if n < g.offset {
		b = b[bytes.IndexByte(b, '\n')+1:]
	}
	if len(b) == 0 {
		return nil
	}
	return b
}

// toEnd moves a segment behind its last complete line.
func (g *segment) toEnd() error {
	if err := g.open(); err != nil {
		return err
	}
	buf := make([]byte, 1<<20)
	at := int64(0)
	for {
		n, err := g.readAt(buf, at)
		if end := bytes.LastIndexByte(buf[:n], '\n') + 1; end > 0 {
			g.line += bytes.Count(buf[:end], []byte{'\n'})
			g.offset = at + int64(end)
		}
		at += int64(n)
		if err == io.EOF || n == 0 {
			break
		}
		if err != nil {
			return err
		}
	}
	return g.sample()
}
