package source

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// duringPass changes a file when the first of its blocks was handed out, and
// returns what the pass read and said.
func duringPass(t *testing.T, s *Stream, change func()) (string, string) {
	t.Helper()
	var text strings.Builder
	st, err := s.Blocks(t.Context(), func(b *Block) error {
		if b.Seq == 0 {
			change()
		}
		text.Write(b.Text[b.From:b.To])
		b.Release()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String(), said(filepath.Dir(s.Name), st.Problems)
}

var small = Options{BlockSize: 1 << 10, Context: 1 << 10, MaxLine: 1 << 10, SpoolMemory: 1 << 10}

func TestShrink(t *testing.T) {
	text := strings.Repeat("0123456\n", 20_000)
	f := func(to int64, want string) {
		t.Helper()
		path := write(t, filepath.Join(t.TempDir(), "a.log"), text)
		got, problems := duringPass(t, one(t, path, nil, small), func() {
			if err := os.Truncate(path, to); err != nil {
				t.Fatal(err)
			}
		})
		if !strings.HasPrefix(text, got) || len(got) < int(to) || problems != want {
			t.Errorf("to %d: %d bytes, %q, want %q", to, len(got), problems, want)
		}
	}
	f(100_000, "partial D/a.log: shrank from 160000 to 100000 bytes while it was read; 100000 bytes were read")
	f(0, "partial D/a.log: shrank from 160000 to 0 bytes while it was read; 32768 bytes were read")
}

// A file that grows is read to the end that is met; later passes stop there.
func TestGrow(t *testing.T) {
	text := strings.Repeat("0123456\n", 20_000)
	path := write(t, filepath.Join(t.TempDir(), "a.log"), text)
	add := func() {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString("more")
		f.Close()
	}
	s := one(t, path, nil, small)
	for range 2 {
		if got, problems := duringPass(t, s, add); got != text+"more" || problems != "" {
			t.Errorf("%d bytes, want %d; %q", len(got), len(text)+4, problems)
		}
		if got, err := s.ReadAt(t.Context(), int64(len(text)), 100); string(got) != "more" || err != nil {
			t.Errorf("ReadAt = %q, %v, want more", got, err)
		}
	}
}

// A log that is rotated or cut between two passes is not taken for the one that
// was read.
func TestRotatedBetweenPasses(t *testing.T) {
	text := strings.Repeat("2024-12-26 13:41:05 a line\n", 100)
	f := func(want string, change func(path string)) {
		t.Helper()
		path := write(t, filepath.Join(t.TempDir(), "a.log"), text)
		s := one(t, path, nil, Options{})
		readAll(t, s)
		change(path)
		_, st := readAll(t, s)
		if got := said(filepath.Dir(path), st.Problems); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	replaced := "unread D/a.log: was replaced by another file since it was first read"
	f(replaced, func(path string) {
		if runtime.GOOS == "windows" {
			os.Remove(path)
		}
		os.Rename(path, path+".1")
		write(t, path, text)
	})
	f(replaced, func(path string) { write(t, path, strings.ReplaceAll(text, "13:41", "13:42")) })
	f("partial D/a.log: has 270 bytes, but had 2700 when it was read first", func(path string) { os.Truncate(path, 270) })
	f("unread D/a.log: no such file or directory", func(path string) { os.Remove(path) })
	f("", func(path string) { write(t, path, text+"more\n") })
}
