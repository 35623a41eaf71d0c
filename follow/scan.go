package follow

import (
	"errors"
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

// maxDepth bounds directories inside one another.
const maxDepth = 32

// scan is one look at all places.
type scan struct {
	f     *Follower
	dirs  map[fileKey]bool // that were listed; links may lead to them again
	links []string         // looked at last: what they lead to may have a name of its own
}

// scan looks for files that were not there before.
func (f *Follower) scan(changed bool) error {
	now := f.opt.Now()
	if f.began && !changed && now.Sub(f.scanned) < scanEvery && now.After(f.scanned) {
		return nil
	}
	f.scanned = now
	x := scan{f: f, dirs: map[fileKey]bool{}}
	for _, place := range f.places {
		if err := x.place(place); err != nil {
			return err
		}
	}
	for len(x.links) > 0 {
		path := x.links[0]
		x.links = x.links[1:]
		if err := x.link(path); err != nil {
			return err
		}
	}
	f.began = true
	return f.absent()
}

func (x *scan) place(place string) error {
	info, err := os.Stat(place)
	switch {
	case err == nil:
		return x.thing(place, info, depthOf(place))
	case !errors.Is(err, fs.ErrNotExist):
		return x.f.problem(place, err)
	case strings.ContainsAny(place, "*?["):
		return x.glob(place)
	}
	x.f.wake.add(nearest(filepath.Dir(place)))
	return nil
}

func depthOf(path string) int { return strings.Count(path, string(filepath.Separator)) }

// nearest is a directory or the first above it that exists: where it will appear.
func nearest(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func (x *scan) glob(pattern string) error {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return x.f.problem(pattern, err)
	}
	x.f.wake.add(nearest(fixedDir(pattern)))
	listed := setOf(names)
	for _, name := range names {
		if x.f.isOld(name, listed) {
			continue
		}
		info, err := os.Lstat(name)
		if err != nil {
			continue // it went away
		}
		if err := x.thing(name, info, depthOf(name)); err != nil {
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

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// thing takes a name in; top is the depth of the place that led to it.
func (x *scan) thing(path string, info os.FileInfo, top int) error {
	switch mode := info.Mode(); {
	case slices.ContainsFunc(x.f.opt.Except, func(e os.FileInfo) bool { return os.SameFile(e, info) }):
		return x.f.problem(path, errors.New("is written by the follower itself: it is not followed"))
	case mode&fs.ModeSymlink != 0:
		x.links = append(x.links, path)
		return nil
	case mode.IsDir():
		return x.directory(path, top)
	case mode.IsRegular():
		return x.f.found(path)
	default:
		return x.f.problem(path, errors.New("is no regular file ("+kindOf(mode)+"): it is not followed"))
	}
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return mode.Type().String()
}

// link takes in what a link leads to.
func (x *scan) link(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it may lead somewhere later
	case err != nil:
		return x.f.problem(path, err)
	}
	return x.thing(path, info, depthOf(path))
}

func (x *scan) directory(dir string, top int) error {
	f := x.f
	info, err := statPath(dir)
	if err != nil {
		return f.vanished(dir, err)
	}
	if x.dirs[info.key()] && info.inode != 0 {
		return nil
	}
	x.dirs[info.key()] = true
	if depthOf(dir)-top > maxDepth {
		return f.problem(dir, errors.New("lies too deep: it is not followed"))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f.vanished(dir, err)
	}
	f.fine(dir)
	f.wake.add(dir)
	listed := make(map[string]bool, len(entries))
	for _, e := range entries {
		listed[filepath.Join(dir, e.Name())] = true
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if f.streams[path] != nil && e.Type().IsRegular() || !e.IsDir() && f.isOld(path, listed) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it went away
		}
		if err := x.thing(path, info, top); err != nil {
			return err
		}
	}
	return nil
}

// vanished says what is wrong with a directory, unless it just went away.
func (f *Follower) vanished(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return f.problem(dir, err)
}

// isOld reports whether a name is that of a rotated file, whose log is followed
// under its own name, or of a compressed one.
func (f *Follower) isOld(path string, listed map[string]bool) bool {
	dir, name := filepath.Split(path)
	base, _, ok := baseName(name)
	if !ok || f.streams[path] != nil || f.stored[path] != nil {
		return false
	}
	log := dir + base
	return isPacked(name) || listed[log] || f.streams[log] != nil || f.stored[log] != nil
}

// found begins to follow a file that is not followed yet.
func (f *Follower) found(path string) error {
	if f.streams[path] != nil {
		return nil
	}
	if isPacked(path) {
		return f.problem(path, errors.New("is compressed: it is not followed"))
	}
	info, err := statPath(path)
	if err != nil {
		return f.vanished(path, err)
	}
	if o, ok := f.owners[info.key()]; ok && o.g.info.same(info) {
		if o.g != o.s.live() || o.s.gone {
			o.g.path = path // it was renamed
		}
		return nil
	}
	if len(f.streams) >= maxStreams {
		return f.problem(filepath.Dir(path), errors.New("holds more files than are followed at once"))
	}
	s := f.add(path)
	f.wake.add(filepath.Dir(path))
	f.wake.add(filepath.Dir(s.real()))
	return f.start(s)
}

// add makes a stream.
func (f *Follower) add(name string) *stream {
	s := &stream{name: name, looked: f.scanned}
	f.streams[name] = s
	at, _ := slices.BinarySearch(f.names, name)
	f.names = slices.Insert(f.names, at, name)
	f.byPath[name] = name
	f.byPath[s.real()] = name
	f.busy[name] = true
	return s
}
