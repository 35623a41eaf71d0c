package source

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLoops(t *testing.T) {
	d, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := func(name string) string { return filepath.Join(d, filepath.FromSlash(name)) }
	write(t, p("top/a.log"), "a")
	write(t, p("top/sub/deep/b.log"), "b")
	write(t, p("beside/c.log"), "c")
	link := func(target, name string) {
		if err := os.Symlink(target, p(name)); err != nil {
			t.Skip("no links here:", err)
		}
	}
	link(".", "top/self")
	link("../..", "top/sub/deep/up")
	link(d, "top/out")          // leads above what is given
	link("../beside", "top/bb") // a neighbour is read
	link("../top", "beside/back")
	link("gone", "top/dangling")
	link("around", "top/around")
	streams, problems := Open([]string{p("top")}, nil, Options{})
	if got, want := filepath.ToSlash(names(d, streams)), "top/a.log top/bb/c.log top/sub/deep/b.log"; got != want {
		t.Errorf("streams %q, want %q", got, want)
	}
	want := `unread D/top/around: too many levels of symbolic links
skipped D/top/bb/back: is a directory loop: it leads back to D/top
skipped D/top/dangling: is a link that leads nowhere
skipped D/top/out: is a directory loop: it leads back to D
skipped D/top/self: is a directory loop: it leads back to D/top
skipped D/top/sub/deep/up: is a directory loop: it leads back to D/top`
	if got := said(d, problems); got != want {
		t.Errorf("problems:\n%s\nwant\n%s", got, want)
	}
}
