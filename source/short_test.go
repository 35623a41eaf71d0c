//go:build unix

package source

import (
	"os"
	"path/filepath"
	"testing"
)

// A short file is read once when it is looked at; the first pass sees that, and later
// passes are held to it.
func TestShortFile(t *testing.T) {
	f := func(name string, change func(path string), want string) {
		t.Helper()
		path := write(t, filepath.Join(t.TempDir(), "x.log"), "one\ntwo\n")
		streams, _ := unpacked(t, path, nil, Options{})
		change(path)
		if text, st := readAll(t, streams[0]); text != "one\ntwo\n" || len(st.Problems) > 0 {
			t.Errorf("%s: %q, %v", name, text, st.Problems)
		}
		if _, st := readAll(t, streams[0]); said(path, st.Problems) != want {
			t.Errorf("%s: %q, want %q", name, said(path, st.Problems), want)
		}
	}
	f("unchanged", func(string) {}, "")
	f("grown", func(path string) { write(t, path, "one\ntwo\nthree\n") }, "")
	f("gone", func(path string) { os.Remove(path) }, "unread D: no such file or directory")
	f("rewritten", func(path string) { write(t, path, "other\n") }, "unread D: was replaced by another file since it was first read")
	f("shrunk", func(path string) { os.Truncate(path, 4) }, "unread D: was replaced by another file since it was first read")
	f("rotated", func(path string) {
		os.Rename(path, path+".1")
		write(t, path, "one\ntwo\n")
	}, "unread D: was replaced by another file since it was first read")
}
