package rules

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// entryOf is an entry of a format that every rule sees.
func entryOf(text string) *diagnose.Entry {
	return &diagnose.Entry{Stream: "log", Format: "text", Message: text, Text: text}
}

// A base that went through the cache is the one that was loaded: the same
// literals, rules, texts and matches.
func TestCacheHoldsTheBase(t *testing.T) {
	loaded, problems := Load(Embedded(), "rules/base")
	if len(loaded) < 100 || len(problems) > len(loaded)/2 {
		t.Fatalf("%d rules, %d problems", len(loaded), len(problems))
	}
	base := NewBase(loaded)
	again := decodeBase(base.encode())
	if again == nil {
		t.Fatal("the cache is not read")
	}
	if !reflect.DeepEqual(base.Literals(), again.Literals()) || !reflect.DeepEqual(base.owners, again.owners) || !reflect.DeepEqual(base.candidates, again.candidates) {
		t.Error("other literals, owners or candidates")
	}
	var lowered []string
	for _, lit := range base.Literals() {
		lowered = append(lowered, asciiLower(string(lit)))
	}
	in := func(log string) (literals []int) {
		log = asciiLower(log)
		for i, lit := range lowered {
			if strings.Contains(log, lit) {
				literals = append(literals, i)
			}
		}
		return literals
	}
	matches := 0
	for i, r := range base.All() {
		s := again.All()[i]
		if !reflect.DeepEqual(r.Rule, s.Rule) || !reflect.DeepEqual(r.When, s.When) || !reflect.DeepEqual(r.Unless, s.Unless) || !reflect.DeepEqual(r.ClearedBy, s.ClearedBy) ||
			r.Scope != s.Scope || r.Quiet != s.Quiet || r.DespiteSuccess != s.DespiteSuccess || !reflect.DeepEqual(r.By, s.By) || !reflect.DeepEqual(r.Formats, s.Formats) {
			t.Errorf("%s is another rule", r.ID)
		}
		if i%5 != 0 {
			continue
		}
		for _, x := range r.Examples {
			for _, log := range x.Logs {
				e, literals := entryOf(log), in(log)
				got, want := again.Match(e, literals), base.Match(e, literals)
				matches += len(want)
				if len(got) != len(want) {
					t.Fatalf("%s: example %q has %d hits, wanted %d", r.ID, x.Name, len(got), len(want))
				}
				for k := range got {
					if got[k].Rule.ID != want[k].Rule.ID || got[k].Signal != want[k].Signal || !reflect.DeepEqual(got[k].Captures, want[k].Captures) {
						t.Errorf("%s: example %q: another hit", r.ID, x.Name)
					}
				}
			}
		}
	}
	if matches < 50 {
		t.Errorf("only %d matches were compared", matches)
	}
}

// The whole rules that went through the cache are those of the files, for whoever looks
// at more of them than a match does.
func TestCacheHoldsTheShippedRules(t *testing.T) {
	dir := t.TempDir()
	loaded, problems := Shipped(dir)
	if len(loaded) < 100 || len(problems) > 0 {
		t.Fatalf("%d rules, %d problems", len(loaded), len(problems))
	}
	files, err := filepath.Glob(filepath.Join(dir, "shipped-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("caches: %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	again := decodeShipped(text)
	if len(again) != len(loaded) {
		t.Fatalf("%d rules, wanted %d", len(again), len(loaded))
	}
	for i, r := range loaded {
		s := again[i]
		if !reflect.DeepEqual(r.links, s.links) || !reflect.DeepEqual(r.Examples, s.Examples) || !reflect.DeepEqual(r.Rule, s.Rule) || r.File != s.File {
			t.Errorf("%s is another rule", r.ID)
		}
	}
	if !bytes.Equal(encodeShipped(again), text) {
		t.Error("what was read is written another way")
	}
	text[len(text)-1] ^= 0x20
	if err := os.WriteFile(files[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	if list, problems := Shipped(dir); len(list) != len(loaded) || len(problems) > 0 {
		t.Errorf("with a damaged cache: %d rules, %d problems", len(list), len(problems))
	}
}

// Whatever happens to the bytes of a cache, it is refused and not believed.
func TestDamagedCacheIsIgnored(t *testing.T) {
	text := NewBase([]*Rule{parse(t, "shared/x", good)}).encode()
	if decodeBase(text) == nil {
		t.Fatal("the sound cache is refused")
	}
	for n := range text {
		if decodeBase(text[:n]) != nil {
			t.Fatalf("cut at %d bytes it is believed", n)
		}
		bad := bytes.Clone(text)
		bad[n] ^= 0x20
		if decodeBase(bad) != nil {
			t.Fatalf("with byte %d changed it is believed", n)
		}
	}
	if decodeBase(append(bytes.Clone(text), 0)) != nil {
		t.Error("with a byte more it is believed")
	}
}

// parse loads a rule that must be free of problems.
func parse(t testing.TB, id, text string) *Rule {
	t.Helper()
	r, problems := Parse(id, id+".yaml", []byte(text))
	for _, p := range problems {
		t.Fatal(p)
	}
	return r
}

func TestCached(t *testing.T) {
	dir, mine := filepath.Join(t.TempDir(), "cache"), t.TempDir()
	file := filepath.Join(mine, "x.yaml")
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	loads := 0
	good_ := true
	open := func() *Base {
		return Cached(dir, []string{mine}, func() (*Base, bool) {
			loads++
			rules, _ := Load(os.DirFS(mine), mine)
			return NewBase(rules), good_
		})
	}
	expect := func(what string, n int) {
		t.Helper()
		if b := open(); b.Len() != 1 {
			t.Errorf("%s: %d rules", what, b.Len())
		}
		if loads != n {
			t.Errorf("%s: loaded %d times, wanted %d", what, loads, n)
		}
	}
	write(good, day)
	good_ = false
	expect("a base with problems", 1)
	expect("is not cached", 2)
	good_ = true
	expect("the first time", 3)
	expect("from the cache", 3)
	write(good+"#\n", day)
	expect("another size", 4)
	expect("from the cache", 4)
	write(good+"#\n", day.Add(time.Second))
	expect("another time stamp", 5)
	if err := os.WriteFile(filepath.Join(mine, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("a file that is no rule", 5)

	caches, _ := filepath.Glob(filepath.Join(dir, "rules-*"))
	for _, c := range caches {
		if err := os.WriteFile(c, []byte(cacheMagic+"damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect("a damaged cache", 6)
	expect("was replaced", 6)
	for i := range 20 {
		write(good+"#\n", day.Add(time.Duration(i+2)*time.Second))
		open()
	}
	if caches, _ = filepath.Glob(filepath.Join(dir, "*")); len(caches) > maxCaches+1 {
		t.Errorf("%d files are kept", len(caches))
	}
}

// What was written last is kept, whatever its name: two programs in turn must not take
// each other's place while caches that nobody asks for stay.
func TestOldestCachesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	name := func(i int) string { return filepath.Join(dir, fmt.Sprintf("rules-%02d", i)) }
	for i := range 20 {
		k := (i * 7) % 20 // names in no order of time
		writeCache(dir, name(k), []byte("x"))
		at := day.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(name(k), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		_, err := os.Stat(name((i * 7) % 20))
		if kept := i >= 20-maxCaches; (err == nil) != kept {
			t.Errorf("the cache written as number %d of 20: %v", i+1, err)
		}
	}
}

// A rule file behind a link is the file it points to.
func TestCacheSeesBehindLinks(t *testing.T) {
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(target, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, "x.yaml")); err != nil {
		t.Skip("no symbolic links:", err)
	}
	before, err := cacheKey([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, []byte(good+"#\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if after, _ := cacheKey([]string{dir}); after == before {
		t.Error("the key does not change with the file")
	}
}

// A cache that cannot be written costs time only.
func TestCacheNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		b := Cached(dir, nil, func() (*Base, bool) { return NewBase([]*Rule{parse(t, "x", good)}), true })
		if b.Len() != 1 {
			t.Errorf("cache in %q: %d rules", dir, b.Len())
		}
	}
	if os.Getuid() != 0 {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		Cached(dir, nil, func() (*Base, bool) { return NewBase(nil), true })
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Error("something was written to a read-only directory")
		}
	}
}
