package source

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// come is what data comes to when it is looked into: streams, their text, problems.
func come(t *testing.T, data string, opt Options) string {
	s := Memory("x", data, time.Time{}, opt)
	streams, problems, err := Unpack(t.Context(), []*Stream{s})
	if err != nil {
		t.Fatal(err)
	}
	texts, stats := readGroups(t, streams)
	var out strings.Builder
	for i, s := range streams {
		fmt.Fprintf(&out, "%s %q\n", s.Name, texts[i])
		problems = append(problems, stats[i].Problems...)
		s.Close()
	}
	return out.String() + said("", Tidy(problems))
}

// fuzzed are bounds that keep a fuzz target fast.
var fuzzed = Options{MaxExpanded: 1 << 20, MaxFiles: 20, BlockSize: 4 << 10, Context: 1 << 10, MaxLine: 1 << 10}

// Whatever the bytes are, nothing breaks, and neither the memory there is nor the
// size of blocks changes what they come to.
func FuzzUnpack(f *testing.F) {
	real, _ := filepath.Glob("testdata/real/*")
	for _, path := range real {
		if data, err := os.ReadFile(path); err == nil {
			f.Add(string(data))
		}
	}
	a, b := m{"a.log", "one\ntwo\n"}, m{"b.log", "three\n"}
	for _, data := range []string{
		tarOf(a, b), zipOf(a, b), zipBy(zip.Store, a, b), zipOf(m{"x", tarOf(a)}), tarOf(m{"x", zipOf(a)}), gz(tarOf(a)), zst(tarOf(b)), lz(zipOf(a)),
		encrypted(zipOf(a, b)), overlapped(zipOf(a, b)), zipOf(m{"y", zipOf(a)}), tarOf(a) + tarOf(b), "PK\x05\x06", "text\n",
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		if len(data) > 64<<10 {
			return
		}
		opt := fuzzed
		want := come(t, data, opt)
		opt.KeepMemory, opt.BlockSize = -1, 500
		if got := come(t, data, opt); got != want {
			t.Errorf("not kept: %q\nwant %q", got, want)
		}
		opt.HoldMemory = -1
		come(t, data, opt)
	})
}

// Each decoder on bytes that begin as its own do.
func FuzzDecoders(f *testing.F) {
	magics := []string{"\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\xfd7zXZ\x00", "BZh11AY&SY", "\x04\x22\x4d\x18", "\x02\x21\x4c\x18", ""}
	for i, data := range []string{gz("one\n"), zst("one\n"), "", "", lz("one\n"), "", ""} {
		f.Add(i, strings.TrimPrefix(data, magics[i]))
	}
	for i, name := range map[int]string{2: "streams.xz", 3: "streams.bz2", 4: "frames.lz4", 5: "legacy.lz4"} {
		if data, err := os.ReadFile(filepath.Join("testdata/real", name)); err == nil {
			f.Add(i, strings.TrimPrefix(string(data), magics[i]))
		}
	}
	f.Fuzz(func(t *testing.T, i int, data string) {
		data = magics[uint(i)%uint(len(magics))] + data
		if len(data) > 64<<10 {
			return
		}
		small := fuzzed
		small.BlockSize = 300
		one, _ := readAll(t, Memory("x", data, time.Time{}, fuzzed))
		if again, _ := readAll(t, Memory("x", data, time.Time{}, small)); again != one {
			t.Errorf("in blocks of 300 %q, want %q", again, one)
		}
	})
}
