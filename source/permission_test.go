package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What may not be read is named, and the rest is read.
func TestPermission(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("root reads everything; Windows has no such modes")
	}
	d := t.TempDir()
	write(t, filepath.Join(d, "a.log"), "a")
	closed := write(t, filepath.Join(d, "closed.log"), "b")
	write(t, filepath.Join(d, "dir", "c.log"), "c")
	os.Chmod(closed, 0)
	os.Chmod(filepath.Join(d, "dir"), 0)
	defer os.Chmod(filepath.Join(d, "dir"), 0o700)
	streams, problems := Open([]string{d}, nil, Options{})
	if got, want := said(d, problems), "unread D/dir: permission denied"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := names(d, streams); got != "a.log closed.log" {
		t.Fatalf("streams %q", got)
	}
	if _, st := readAll(t, streams[1]); said(d, st.Problems) != "unread D/closed.log: permission denied" {
		t.Errorf("%v", st.Problems)
	}
	if got, _ := readAll(t, streams[0]); got != "a" {
		t.Errorf("%q", got)
	}
}

// A directory of which only a part can be listed: what was listed is read.
func TestDirectoryBreaks(t *testing.T) {
	d := t.TempDir()
	write(t, filepath.Join(d, "a.log"), "a")
	write(t, filepath.Join(d, "b.log"), "b")
	info, err := os.Stat(d)
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{}.withDefaults()
	w := walk{opt: &opt, dirs: map[fileID][]os.FileInfo{}}
	w.dir(&dir{path: d, info: info, root: &root{path: d}}, func(path string) ([]fs.DirEntry, error) {
		entries, _ := os.ReadDir(path)
		return entries[:1], &fs.PathError{Op: "readdirent", Path: path, Err: fs.ErrPermission}
	})
	if got, want := said(d, w.problems), "unread D: permission denied"; len(w.found) != 1 || got != want {
		t.Errorf("%d found, %q, want %q", len(w.found), got, want)
	}
}
