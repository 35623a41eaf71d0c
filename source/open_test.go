package source

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestOpen(t *testing.T) {
	d := t.TempDir()
	for _, name := range []string{"a.log", "b.log", "sub/c.log", "sub/.hidden", ".git/config", "sub/.svn/entries", "[x].log", "sub2/a.log"} {
		write(t, filepath.Join(d, filepath.FromSlash(name)), name)
	}
	f := func(want, wantProblems string, paths ...string) {
		t.Helper()
		for i := range paths {
			paths[i] = filepath.Join(d, filepath.FromSlash(paths[i]))
		}
		streams, problems := Open(paths, nil, Options{})
		if got := filepath.ToSlash(names(d, streams)); got != want {
			t.Errorf("streams %q, want %q", got, want)
		}
		if got := filepath.ToSlash(said(d, problems)); got != wantProblems {
			t.Errorf("problems %q, want %q", got, wantProblems)
		}
	}
	f("a.log b.log", "", "b.log", "a.log", "b.log")
	f("[x].log a.log b.log sub/.hidden sub/c.log sub2/a.log", "skipped D: holds version control directories, which are not read: 2", "")
	f("sub/.hidden sub/c.log", "skipped D/sub: holds version control directories, which are not read: 1", "sub", "sub/c.log")
	f("[x].log a.log b.log", "", "*.log")
	f("[x].log", "", "[x].log")
	f("a.log sub2/a.log", "", "*/a.log", "[a].log")
	f("", "unread D/*.none: no file has this name or matches it as a pattern", "*.none")
	f("", "unread D/a[: no such file, and as a pattern it is malformed", "a[")
	f("a.log", "unread D/none.log: no such file or directory", "none.log", "a.log")
}

func TestOpenStdin(t *testing.T) {
	f := func(want string, paths ...string) {
		t.Helper()
		streams, problems := Open(paths, nil, Options{})
		if got := said("", problems); len(streams) > 0 || got != want {
			t.Errorf("%d streams, %q, want %q", len(streams), got, want)
		}
	}
	f("unread -: there is no standard input")
	f("unread -: there is no standard input", "-", "-")
	f("unread : no such file or directory", "")
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, problems := Open(nil, dir, Options{}); said("", problems) != "unread -: is a directory" {
		t.Errorf("%v", problems)
	}
}

// One file is one stream, whatever names it was given by and in whatever order.
func TestOpenOnce(t *testing.T) {
	d := t.TempDir()
	p := func(name string) string { return filepath.Join(d, name) }
	write(t, p("logs/real.log"), "x")
	write(t, p("logs/z.log"), "z")
	write(t, p("elsewhere/e.log"), "e")
	must := func(err error) {
		if err != nil {
			t.Skip("no links here:", err)
		}
	}
	must(os.Symlink("real.log", p("logs/current.log")))
	must(os.Link(p("logs/z.log"), p("logs/hard.log")))
	must(os.Symlink(p("elsewhere"), p("logs/dirlink")))
	must(os.Symlink(p("logs"), p("also")))
	paths := []string{p("logs"), p("also"), p("logs/current.log"), p("logs/z.log"), p("logs/dirlink/e.log"), p("elsewhere/e.log"), p("*/r*.log")}
	want := "elsewhere/e.log logs/hard.log logs/real.log"
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(1, seed)).Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		streams, problems := Open(paths, nil, Options{})
		if got := filepath.ToSlash(names(d, streams)); got != want || len(problems) > 0 {
			t.Errorf("%v: %q, want %q; %v", paths, got, want, problems)
		}
	}
}

// However many files there are, none is held open, and their number has a bound.
func TestManyFiles(t *testing.T) {
	d := t.TempDir()
	for i := range 2000 {
		write(t, filepath.Join(d, fmt.Sprintf("%04d.log", i)), "x\n")
	}
	streams, problems := Open([]string{d}, nil, Options{MaxFiles: 1500})
	want := "unread D" + string(filepath.Separator) + "1500.log: there are more than 1500 files; this one and those after it are not read"
	if got := said(d, problems); len(streams) != 1500 || got != want {
		t.Errorf("%d streams, %q, want %q", len(streams), got, want)
	}
	for _, s := range streams {
		if got, _ := readAll(t, s); got != "x\n" {
			t.Fatalf("%s: %q", s.Name, got)
		}
	}
}
