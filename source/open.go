package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Open finds the streams that paths mean, and returns them in the order of their
// names. Nothing is read yet, and a FIFO is not opened.
//
// A path is a file, a FIFO, a directory, or a glob (in the syntax of
// filepath.Match) when nothing has that very name. "-" is stdin, and so is an
// empty list. The same file given twice, also by links, is one stream, under the
// name that leads through no link, of several the first in order. The order of
// paths does not matter.
//
// A directory is read with all that is below it, hidden files too, but for the
// repositories .git, .hg and .svn. Links in it are followed, each directory is
// read once, and one that leads back to a directory it is in is named as a loop.
// Sockets, devices and FIFOs in it are counted; when given by name, sockets and
// devices are a Problem of their own.
func Open(paths []string, stdin io.Reader, opt Options) (streams []*Stream, problems []Problem) {
	opt = opt.withDefaults()
	w := walk{opt: &opt, dirs: map[fileID][]os.FileInfo{}}
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	paths = slices.Compact(slices.Sorted(slices.Values(paths)))
	for _, path := range paths {
		if path == "-" {
			w.stdin(stdin)
		} else {
			w.given(path, true)
		}
	}
	w.follow()
	found := unique(w.found)
	streams = make([]*Stream, len(found))
	for i, f := range found {
		streams[i] = f.stream
		f.stream.opt, f.stream.pool = &opt, poolFor(&opt)
	}
	return streams, Tidy(w.problems)
}

// walk collects what Open finds.
type walk struct {
	opt      *Options
	found    []found
	full     bool
	problems []Problem
	dirs     map[fileID][]os.FileInfo // the directories read so far
	links    []dir                    // links to directories, followed last
}

// found is a stream with what tells whether two are the same.
type found struct {
	stream *Stream
	info   os.FileInfo // nil for a stdin that is no file
	link   bool
}

// dir is a directory that is being read, with those it is in.
type dir struct {
	path string
	info os.FileInfo
	up   *dir
	root *root
	link bool // reached by a link
}

// root is a directory as it was given, and what was left out of it.
type root struct {
	path         string
	special      int
	repositories int
}

func (w *walk) say(place string, g Grade, format string, args ...any) {
	w.problems = append(w.problems, Problem{place, g, fmt.Sprintf(format, args...)})
}

// stdin adds standard input. When it was redirected from a file it is read like
// one, and nothing of it is kept.
func (w *walk) stdin(r io.Reader) {
	f, isFile := r.(*os.File)
	switch {
	case r == nil || isFile && f == nil:
		w.say("-", Unread, "there is no standard input")
		return
	case !isFile:
		w.addPipe("-", nil, func(context.Context) (io.Reader, error) { return r, nil })
		return
	}
	info, err := f.Stat()
	if err != nil {
		w.say("-", Unread, "%s", reason(err))
		return
	}
	if info.IsDir() {
		w.say("-", Unread, "is a directory")
		return
	}
	if start, err := f.Seek(0, io.SeekCurrent); err == nil && info.Mode().IsRegular() {
		w.add(found{&Stream{Name: "-", ModTime: info.ModTime(), Size: info.Size() - start, place: &shared{f, start}}, info, false})
		return
	}
	w.addPipe("-", info, func(context.Context) (io.Reader, error) { return f, nil })
}

// given adds what a path of the user's means.
func (w *walk) given(path string, mayBeGlob bool) {
	info, err := os.Stat(path)
	if err != nil {
		if mayBeGlob && strings.ContainsAny(path, "*?[") && !exists(path) {
			w.glob(path)
			return
		}
		w.say(path, Unread, "%s", reason(err))
		return
	}
	link := throughLink(path)
	switch {
	case info.IsDir() && link:
		w.links = append(w.links, dir{path: path, info: info, up: above(path)})
	case info.IsDir():
		w.root(dir{path: path, info: info, up: above(path)})
	case info.Mode().IsRegular():
		w.addFile(path, info, link)
	case info.Mode()&fs.ModeNamedPipe != 0:
		w.addPipe(path, info, func(ctx context.Context) (io.Reader, error) { return openFIFO(ctx, path) })
	default:
		w.say(path, Unread, "is a %s, which is not read", kind(info.Mode()))
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// throughLink reports whether a path is a link or leads through one.
func throughLink(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	return err != nil || real != filepath.Clean(path)
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

func (w *walk) glob(pattern string) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		w.say(pattern, Unread, "no such file, and as a pattern it is malformed")
		return
	}
	if len(names) == 0 {
		w.say(pattern, Unread, "no file has this name or matches it as a pattern")
	}
	for _, name := range names {
		w.given(name, false)
	}
}

// above returns the directories that path is in, so that a link back to one of
// them is known even when it leads out of what was given.
func above(path string) *dir {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	var chain []string
	for p := filepath.Dir(full); ; p = filepath.Dir(p) {
		chain = append(chain, p)
		if p == filepath.Dir(p) {
			break
		}
	}
	var up *dir
	for _, p := range slices.Backward(chain) {
		if info, err := os.Stat(p); err == nil {
			up = &dir{path: p, info: info, up: up}
		}
	}
	return up
}

// dir adds what is in a directory. Links to directories are left for later, so
// that a file gets the name that leads through none. It is a parameter how a
// directory is listed because a test cannot make one unreadable for root.
func (w *walk) dir(d *dir, list func(string) ([]fs.DirEntry, error)) {
	if w.full || !w.enter(d.info) {
		return
	}
	entries, err := list(d.path)
	if err != nil {
		w.say(d.path, Unread, "%s", reason(err))
	}
	for _, e := range entries {
		if w.full {
			return
		}
		path := filepath.Join(d.path, e.Name())
		switch mode := e.Type(); {
		case mode.IsDir() && isRepository(e.Name()):
			d.root.repositories++
		case mode.IsDir():
			if info, ok := w.info(path, e); ok {
				w.dir(&dir{path, info, d, d.root, d.link}, list)
			}
		case mode&fs.ModeSymlink != 0:
			w.link(path, d)
		case mode.IsRegular():
			if info, ok := w.info(path, e); ok {
				w.addFile(path, info, d.link)
			}
		default:
			d.root.special++
		}
	}
}

func isRepository(name string) bool { return name == ".git" || name == ".hg" || name == ".svn" }

// enter reports whether a directory was not read yet.
func (w *walk) enter(info os.FileInfo) bool {
	id := idOf(info)
	for _, seen := range w.dirs[id] {
		if os.SameFile(seen, info) {
			return false
		}
	}
	w.dirs[id] = append(w.dirs[id], info)
	return true
}

// info returns what is known of a directory's entry. One that went away since the
// directory was listed, as logs do, was not there.
func (w *walk) info(path string, e fs.DirEntry) (os.FileInfo, bool) {
	info, err := e.Info()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.say(path, Unread, "%s", reason(err))
	}
	return info, err == nil
}

// link adds what a link in a directory leads to.
func (w *walk) link(path string, d *dir) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		w.say(path, Skipped, "is a link that leads nowhere")
	case err != nil:
		w.say(path, Unread, "%s", reason(err))
	case info.Mode().IsRegular():
		w.addFile(path, info, true)
	case !info.IsDir():
		d.root.special++
	default:
		for up := d; up != nil; up = up.up {
			if os.SameFile(up.info, info) {
				w.say(path, Skipped, "is a directory loop: it leads back to %s", up.path)
				return
			}
		}
		w.links = append(w.links, dir{path: path, info: info, up: d})
	}
}

// follow reads the directories that links lead to.
func (w *walk) follow() {
	for len(w.links) > 0 {
		links := w.links
		w.links = nil
		slices.SortFunc(links, func(a, b dir) int { return cmp.Compare(a.path, b.path) })
		for _, d := range links {
			d.link = true
			w.root(d)
		}
	}
}

// root reads a directory with all below it, and says what was left out.
func (w *walk) root(d dir) {
	r := &root{path: d.path}
	d.root = r
	w.dir(&d, os.ReadDir)
	if r.special > 0 {
		w.say(r.path, Skipped, "holds sockets, devices or pipes, which are not read: %d", r.special)
	}
	if r.repositories > 0 {
		w.say(r.path, Skipped, "holds version control directories, which are not read: %d", r.repositories)
	}
}

func (w *walk) addFile(path string, info os.FileInfo, link bool) {
	s := &Stream{Name: path, ModTime: info.ModTime(), Size: info.Size(), place: &file{path: path}}
	w.add(found{s, info, link})
}

func (w *walk) addPipe(name string, info os.FileInfo, connect func(context.Context) (io.Reader, error)) {
	w.add(found{&Stream{Name: name, Size: -1, place: newPipe(w.opt, connect)}, info, false})
}

func (w *walk) add(f found) {
	if len(w.found) < w.opt.MaxFiles {
		w.found = append(w.found, f)
		return
	}
	if !w.full {
		w.say(f.stream.Name, Unread, "there are more than %d files; this one and those after it are not read", w.opt.MaxFiles)
	}
	w.full = true
}

// unique drops all but the best name of each file, and sorts the rest by name.
func unique(all []found) []found {
	slices.SortStableFunc(all, func(a, b found) int {
		if a.link != b.link {
			if b.link {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.stream.Name, b.stream.Name)
	})
	seen := map[fileID][]os.FileInfo{}
	kept := all[:0]
	for _, f := range all {
		if f.info != nil {
			id := idOf(f.info)
			if slices.ContainsFunc(seen[id], func(o os.FileInfo) bool { return os.SameFile(o, f.info) }) {
				continue
			}
			seen[id] = append(seen[id], f.info)
		}
		kept = append(kept, f)
	}
	slices.SortFunc(kept, func(a, b found) int { return cmp.Compare(a.stream.Name, b.stream.Name) })
	return kept
}
