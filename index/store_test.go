package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// numbered are n incidents; edition says what version their texts are of.
func numbered(n, edition int) []Document {
	var docs []Document
	for i := range n {
		docs = append(docs, Document{ID: fmt.Sprintf("2026-%03d", i), Title: fmt.Sprintf("incident %d", i), Time: day("2026-01-01").AddDate(0, 0, i), Lang: "en",
			Rules: []string{fmt.Sprintf("x/rule-%d", i%5)}, Sections: []Section{{"evidence", fmt.Sprintf("job-%d failed with word%d edition%d", i, i%7, edition)}}})
	}
	return docs
}

// corpusOf is a corpus of documents; a document's stamp is its hash.
func corpusOf(docs []Document, loaded func(id string)) Corpus {
	return Corpus{
		Name: "test", Stamp: fmt.Sprint(len(docs)),
		Items: func() ([]Item, error) {
			var out []Item
			for i := range docs {
				out = append(out, Item{docs[i].ID, docs[i].Hash()})
			}
			return out, nil
		},
		Load: func(id string) (Document, error) {
			if loaded != nil {
				loaded(id)
			}
			i := slices.IndexFunc(docs, func(d Document) bool { return d.ID == id })
			if i < 0 {
				return Document{}, fmt.Errorf("%s: no such incident", id)
			}
			return docs[i], nil
		},
	}
}

var questions = []string{"job-3", "word2", "failed", "edition1", "edition2", "rule:x/rule-1", "after:2026-01-20", `"failed with word3"`, "incident 4 nothing"}

// answers are those of an index to the questions.
func answers(t testing.TB, r *Reader) string {
	t.Helper()
	var b strings.Builder
	for _, text := range questions {
		a, ids := ask(t, r, text)
		fmt.Fprintln(&b, text, a.Total, a.Any, ids)
	}
	return b.String()
}

func openIndex(t testing.TB, dir, stamp string) (*Reader, bool) {
	t.Helper()
	r, fresh, err := Open(context.Background(), dir, stamp, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return r, fresh
}

func mustUpdate(t testing.TB, dir string, c Corpus) Change {
	t.Helper()
	ch, err := Update(context.Background(), dir, c, time.Minute, false)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// wantSame fails when the index in dir answers otherwise than one that is made of
// docs in memory.
func wantSame(t *testing.T, dir string, docs []Document) {
	t.Helper()
	r, _ := openIndex(t, dir, "")
	defer r.Close()
	if got, want := answers(t, r), answers(t, memory(t, docs)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// An index that is changed in place answers as one that is made anew.
func TestUpdateInPlace(t *testing.T) {
	dir := t.TempDir()
	docs := numbered(60, 1)
	if ch := mustUpdate(t, dir, corpusOf(docs, nil)); ch.Added != 60 || ch.Rebuilt == "" {
		t.Fatalf("%+v", ch)
	}
	wantSame(t, dir, docs)
	read := 0
	if ch := mustUpdate(t, dir, corpusOf(docs, func(string) { read++ })); ch.Added+ch.Changed+ch.Removed != 0 || read != 0 {
		t.Errorf("nothing changed, %d read: %+v", read, ch)
	}
	docs = append(docs[3:], numbered(63, 2)[60:]...)
	docs[5] = numbered(60, 2)[8]
	ch := mustUpdate(t, dir, corpusOf(docs, func(string) { read++ }))
	if ch.Added != 3 || ch.Changed != 1 || ch.Removed != 3 || ch.Rebuilt != "" || read != 4 {
		t.Errorf("%+v, %d read", ch, read)
	}
	wantSame(t, dir, docs)
	if r, fresh := openIndex(t, dir, fmt.Sprint(len(docs))); !fresh {
		t.Error("the index is of this corpus, and does not say so")
	} else {
		r.Close()
	}
}

// A corpus may be empty, and become so.
func TestEmptyCorpus(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{0, 12, 0, 1, 0} {
		docs := numbered(n, 1)
		mustUpdate(t, dir, corpusOf(docs, nil))
		wantSame(t, dir, docs)
	}
}

// What cannot be used is made again, and it is said why.
func TestUnusableIndex(t *testing.T) {
	docs := numbered(30, 1)
	f := func(name string, spoil func(t *testing.T, dir, gen string), why string) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustUpdate(t, dir, corpusOf(docs, nil))
			gen, err := current(dir)
			if err != nil {
				t.Fatal(err)
			}
			spoil(t, dir, gen)
			if r, _, err := Open(context.Background(), dir, "", time.Minute); err == nil {
				r.Close()
				t.Error("it was opened")
			} else if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNone) {
				t.Errorf("opening: %v", err)
			}
			if ch := mustUpdate(t, dir, corpusOf(docs, nil)); !strings.Contains(ch.Rebuilt, why) {
				t.Errorf("rebuilt because %q, want %q", ch.Rebuilt, why)
			}
			wantSame(t, dir, docs)
		})
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	segment := func(t *testing.T, gen string) string {
		list, _ := filepath.Glob(filepath.Join(gen, storeDir, "*.zap"))
		if len(list) == 0 {
			t.Fatal("no segments")
		}
		return list[0]
	}
	f("another version", func(t *testing.T, _, gen string) {
		text, err := os.ReadFile(filepath.Join(gen, stateFile))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(gen, stateFile), []byte(strings.Replace(string(text), `"version":`, `"version":9`, 1)), 0o600))
	}, "version")
	f("no state", func(t *testing.T, _, gen string) { must(t, os.Remove(filepath.Join(gen, stateFile))) }, "damaged")
	f("no generation", func(t *testing.T, _, gen string) { must(t, os.RemoveAll(gen)) }, "damaged")
	f("no current", func(t *testing.T, dir, _ string) { must(t, os.Remove(filepath.Join(dir, currentFile))) }, "none")
	f("nonsense for current", func(t *testing.T, dir, _ string) {
		must(t, os.WriteFile(filepath.Join(dir, currentFile), []byte("../../etc"), 0o600))
	}, "damaged")
	f("no segment", func(t *testing.T, _, gen string) { must(t, os.Remove(segment(t, gen))) }, "missing")
	f("half a segment", func(t *testing.T, _, gen string) {
		s := segment(t, gen)
		info, err := os.Stat(s)
		must(t, err)
		must(t, os.Truncate(s, info.Size()/2))
	}, "bytes")
	f("half a state", func(t *testing.T, _, gen string) {
		text, err := os.ReadFile(filepath.Join(gen, stateFile))
		must(t, err)
		cut := strings.LastIndexByte(string(text[:len(text)-5]), '\n')
		must(t, os.WriteFile(filepath.Join(gen, stateFile), text[:cut+4], 0o600))
		head, _, _ := strings.Cut(string(text), "\n")
		must(t, os.WriteFile(filepath.Join(gen, stateFile), []byte(head[:len(head)/2]), 0o600))
	}, "damaged")
}

// Readers and a writer keep one another waiting for as long as was said.
func TestLocks(t *testing.T) {
	dir := t.TempDir()
	docs := numbered(30, 1)
	mustUpdate(t, dir, corpusOf(docs, nil))
	a, _ := openIndex(t, dir, "")
	b, _ := openIndex(t, dir, "")
	more := numbered(31, 1)
	if _, err := Update(context.Background(), dir, corpusOf(more, nil), 5*time.Millisecond, false); !errors.Is(err, ErrBusy) {
		t.Errorf("changing in place under readers: %v", err)
	}
	if _, err := Update(context.Background(), dir, corpusOf(numbered(60, 1), nil), 5*time.Millisecond, false); err != nil {
		t.Errorf("building beside readers: %v", err)
	}
	if got, want := answers(t, a), answers(t, memory(t, docs)); got != want {
		t.Errorf("a reader's answers changed\n%swant\n%s", got, want)
	}
	a.Close()
	b.Close()
	wantSame(t, dir, numbered(60, 1))
	alone, err := lockAlone(context.Background(), filepath.Join(dir, lockFile), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(context.Background(), dir, "", 5*time.Millisecond); !errors.Is(err, ErrBusy) {
		t.Errorf("opening under a writer: %v", err)
	}
	alone.unlock()
	build, _ := lockAlone(context.Background(), filepath.Join(dir, buildFile), 0)
	if _, err := Update(context.Background(), dir, corpusOf(more, nil), 5*time.Millisecond, false); !errors.Is(err, ErrBusy) {
		t.Errorf("updating beside a writer: %v", err)
	}
	build.unlock()
}

// An incident that cannot be read is said; the others are found, and it stays
// found as it was.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	docs := numbered(30, 1)
	mustUpdate(t, dir, corpusOf(docs, nil))
	changed := slices.Clone(docs)
	changed[4] = numbered(30, 2)[4]
	c := corpusOf(changed, nil)
	load := c.Load
	c.Load = func(id string) (Document, error) {
		if id == docs[4].ID {
			return Document{}, errors.New("broken.md:3:1: no YAML")
		}
		return load(id)
	}
	ch := mustUpdate(t, dir, c)
	if len(ch.Unread) != 1 || ch.Rebuilt != "" {
		t.Errorf("%+v", ch)
	}
	wantSame(t, dir, docs)
	if ch := mustUpdate(t, dir, corpusOf(changed, nil)); ch.Changed != 1 {
		t.Errorf("readable again: %+v", ch)
	}
	wantSame(t, dir, changed)
}

func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	docs := numbered(30, 1)
	mustUpdate(t, dir, corpusOf(docs, nil))
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Update(context.Background(), filepath.Join(file, "x"), corpusOf(docs, nil), 0, false); err == nil {
		t.Error("a directory below a file was made")
	}
	if _, _, err := Open(context.Background(), filepath.Join(dir, "none"), "", 0); !errors.Is(err, ErrNone) {
		t.Errorf("opening nothing: %v", err)
	}
}

// childEnv names the directory that a child process of this test writes to.
const childEnv = "DIAGNOSE_INDEX_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		killed(dir)
	}
	os.Exit(m.Run())
}

// killed updates an index over and over, between two editions and between
// building and changing in place, and says each step.
func killed(dir string) {
	for edition := 1; ; edition++ {
		n := 200
		if edition%3 == 0 {
			n = 190 // in place
		}
		docs := numbered(n, 1+edition%2)
		if edition%3 == 0 {
			docs = numbered(n, 1+(edition-1)%2)
		}
		c := corpusOf(docs, func(id string) { fmt.Println("load", id) })
		if _, err := Update(context.Background(), dir, c, 0, edition%7 == 0); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("done")
	}
}

// TestKilled kills a writer at many points. What it leaves can be updated and
// answers as an index that was made at once.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir()
	docs := numbered(200, 1)
	for _, lines := range []int{1, 60, 199, 200, 201, 400, 401, 402, 403, 415, 600, 601, 777} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childEnv+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		scan := bufio.NewScanner(out)
		for n := 0; n < lines && scan.Scan(); n++ {
			if strings.HasPrefix(scan.Text(), "error") {
				t.Error(scan.Text())
			}
		}
		child.Process.Kill()
		for scan.Scan() { // until the pipe is closed
		}
		child.Wait()
		if r, _, err := Open(context.Background(), dir, "", time.Minute); err == nil {
			answers(t, r)
			r.Close()
		} else if !errors.Is(err, ErrNone) {
			t.Errorf("after %d lines: %v", lines, err)
		}
		if _, err := Update(context.Background(), dir, corpusOf(docs, nil), time.Minute, false); err != nil {
			t.Fatalf("after %d lines: %v", lines, err)
		}
		wantSame(t, dir, docs)
		if list, _ := filepath.Glob(filepath.Join(dir, genPrefix+"*")); len(list) != 1 {
			t.Errorf("after %d lines %d generations are left", lines, len(list))
		}
	}
}
