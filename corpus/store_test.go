package corpus

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestShippedIncidents(t *testing.T) {
	list, problems := Shipped()
	for _, p := range problems {
		t.Error(p)
	}
	if len(list) < 50 {
		t.Errorf("%d incidents", len(list))
	}
	for _, in := range list {
		file, err := seed.ReadFile("seed/" + in.ID + Ext)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := in.Marshal(); err != nil || !bytes.Equal(text, file) {
			t.Errorf("corpus/seed/%s.md is not as it would be written: %v", in.ID, err)
		}
		if !in.Fixed() || in.Notes == "" && in.Lang == "zh" {
			t.Errorf("%s: has no fix that somebody stands for, or no notes", in.ID)
		}
	}
}

func TestStore(t *testing.T) {
	s := Open(filepath.Join(t.TempDir(), "deep", "corpus"))
	if list, problems := s.All(); len(list) != 0 || len(problems) != 0 {
		t.Fatal(list, problems)
	}
	in := example()
	if err := s.Add(in); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(in); !errors.Is(err, ErrThere) {
		t.Errorf("a second time: %v", err)
	}
	got, was, err := s.Get(in.ID)
	if err != nil || got.Title != in.Title {
		t.Fatal(got, err)
	}
	got.Fix = "another"
	if err := s.Replace(got, was); err != nil {
		t.Error(err)
	}
	if err := s.Replace(got, was); !errors.Is(err, ErrChanged) {
		t.Errorf("over somebody else's change: %v", err)
	}
	if err := s.Remove(in.ID); err != nil {
		t.Error(err)
	}
	if err := s.Remove(in.ID); !errors.Is(err, ErrNone) {
		t.Errorf("removed twice: %v", err)
	}
	if left, _ := os.ReadDir(s.Dir()); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestHostileIDsAreNoPaths(t *testing.T) {
	dir := t.TempDir()
	s := Open(filepath.Join(dir, "corpus"))
	for _, id := range []string{"", "..", "../x", "a/b", "/etc/passwd", "A", "a b", "-a", "a.md", strings.Repeat("a", 81), "a\x00"} {
		if _, _, err := s.Get(id); !errors.Is(err, ErrNone) {
			t.Errorf("get %q: %v", id, err)
		}
		if err := s.Remove(id); !errors.Is(err, ErrNone) {
			t.Errorf("remove %q: %v", id, err)
		}
		in := example()
		in.ID = id
		if err := s.Add(in); err == nil {
			t.Errorf("add %q went through", id)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("written: %v", left)
	}
}

func TestBrokenFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	if err := s.Add(example()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.Path(example().ID))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("another-name.md", text)
	write("broken.md", []byte("---\nid: [\n---\n"))
	write("README.md", []byte("# about"))
	write("notes.txt", []byte("x"))
	if err := os.Truncate(filepath.Join(dir, "notes.txt"), 0); err != nil {
		t.Fatal(err)
	}
	write("huge.md", nil)
	if err := os.Truncate(filepath.Join(dir, "huge.md"), 50<<20); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	list, problems := s.All()
	if len(list) != 1 {
		t.Errorf("%d incidents", len(list))
	}
	all := errors.Join(problems...).Error()
	for _, want := range []string{"is that of", "broken.md", "huge.md: has 52428800 bytes", "folder.md: is not a file"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	if len(problems) != 4 {
		t.Errorf("%d problems:\n%s", len(problems), all)
	}
}

func TestExportImportIsExact(t *testing.T) {
	whole := example()
	text, err := whole.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("\n---\n"), []byte("\nticket: OPS-1 # ours\nlater: {x: [1, 2], y: \"0x1\"}\n---\n"), 1)
	whole, err = Parse("a.md", text)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := Shipped()
	list = append([]*Incident{whole, {ID: "bare", Title: "<&>\u2028", Lang: "en"}}, list...)
	var lines bytes.Buffer
	if err := Export(&lines, list); err != nil {
		t.Fatal(err)
	}
	var got []*Incident
	problems, err := Import("x.jsonl", bytes.NewReader(lines.Bytes()), func(in *Incident) error { got = append(got, in); return nil })
	if err != nil || len(problems) > 0 || len(got) != len(list) {
		t.Fatal(err, problems, len(got))
	}
	for i := range list {
		want, _ := list[i].Marshal()
		if text, err := got[i].Marshal(); err != nil || !bytes.Equal(text, want) {
			t.Errorf("%s became\n%s\n%v", want, text, err)
		}
	}
}

func TestImportNamesBrokenLines(t *testing.T) {
	text := "{\"id\":\"a\",\"title\":\"t\",\"lang\":\"en\"}\n\nnot json\n{\"id\":\"../x\",\"title\":\"t\",\"lang\":\"en\"}\n{\"id\":\"b\",\"title\":\"t\",\"lang\":\"en\"}"
	n := 0
	problems, err := Import("x", strings.NewReader(text), func(*Incident) error { n++; return nil })
	if err != nil || n != 2 || len(problems) != 2 || !strings.Contains(problems[0].Error(), "x:3") || !strings.Contains(problems[1].Error(), "x:4") {
		t.Error(n, problems, err)
	}
	long := strings.Repeat("x", 2*MaxFile+1) + "\n{\"id\":\"b\",\"title\":\"t\",\"lang\":\"en\"}\n"
	n = 0
	if problems, err := Import("x", strings.NewReader(long), func(*Incident) error { n++; return nil }); err != nil || n != 1 || len(problems) != 1 {
		t.Error(n, len(problems), err)
	}
}

func TestNewID(t *testing.T) {
	in := example()
	if id := NewID(in, time.Time{}); !ValidID(id) || !strings.HasPrefix(id, "20261121-libvirtd-unreachable-") || id != NewID(in, time.Time{}) {
		t.Error(id)
	}
	in.Rules, in.Time = nil, time.Time{}
	if id := NewID(in, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)); !ValidID(id) || !strings.HasPrefix(id, "20260102-libvirtd-host-49-") {
		t.Error(id)
	}
	in.Title = strings.Repeat("很长的标题", 50)
	if id := NewID(in, time.Now()); !ValidID(id) {
		t.Error(id)
	}
}

func TestManyAddAtOnce(t *testing.T) {
	s := Open(t.TempDir())
	results := make(chan error)
	for range 8 {
		go func() { results <- Open(s.Dir()).Add(example()) }()
	}
	added := 0
	for range 8 {
		switch err := <-results; {
		case err == nil:
			added++
		case !errors.Is(err, ErrThere):
			t.Error(err)
		}
	}
	if list, problems := s.All(); added != 1 || len(list) != 1 || len(problems) != 0 {
		t.Error(added, len(list), problems)
	}
}

func FuzzParse(f *testing.F) {
	text, _ := example().Marshal()
	f.Add(text)
	f.Add([]byte("---\nid: a\ntitle: t\nlang: en\nlater: {x: [1, 2]}\n---\nnotes"))
	f.Add([]byte("---\nid: a\ntitle: \"\\e[2J\"\nlang: en\ncaptures: {a: \"\\0\"}\n---"))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := Parse("x.md", text)
		if err != nil {
			return
		}
		once, err := in.Marshal()
		if err != nil {
			return // grown beyond the bound
		}
		again, err := Parse("x.md", once)
		if err != nil {
			t.Fatalf("%v\n%q", err, once)
		}
		if twice, err := again.Marshal(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%v\n%q\n%q", err, once, twice)
		}
	})
}
