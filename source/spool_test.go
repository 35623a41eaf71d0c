package source

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// A pipe is replayed from memory and from the temporary file, which nobody else
// can see and which is gone afterwards.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	text := logText(20_000)
	for _, memory := range []int64{-1, 1, 1000, spoolChunk, spoolChunk + 1, 1 << 20, 1 << 30} {
		s := one(t, "-", iotest.HalfReader(strings.NewReader(text)), Options{SpoolMemory: memory})
		for range 3 {
			if got, st := readAll(t, s); got != text || len(st.Problems) > 0 {
				t.Fatalf("memory %d: %d bytes, want %d; %v", memory, len(got), len(text), st.Problems)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("memory %d: files %v are visible", memory, left)
		}
		if err := errors.Join(s.Again(), s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

// Beyond the limit a pipe is read to its end once, and says that it was once.
func TestSpoolLimit(t *testing.T) {
	text := logText(20_000)
	for _, limit := range []int64{-1, 1, int64(len(text)) - 1, int64(len(text))} {
		s := one(t, "-", strings.NewReader(text), Options{SpoolMemory: 1000, SpoolLimit: limit})
		if got, _ := readAll(t, s); got != text {
			t.Errorf("limit %d: %d bytes, want %d", limit, len(got), len(text))
		}
		want := text
		if limit < int64(len(text)) {
			want = ""
		}
		if err := s.Again(); (err == nil) != (want != "") {
			t.Errorf("limit %d: Again = %v", limit, err)
		}
		got, st := readAll(t, s)
		if got != want || (len(st.Problems) > 0) != (want == "") {
			t.Errorf("limit %d: again %d bytes, want %d; %v", limit, len(got), len(want), st.Problems)
		}
		if want == "" && !strings.Contains(said("", st.Problems), "unread -: is longer than the ") {
			t.Errorf("limit %d: %v", limit, st.Problems)
		}
	}
}

// A full disk, or no place for the file at all, costs the second pass only.
func TestSpoolWithoutDisk(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	text := logText(5000)
	s := one(t, "-", strings.NewReader(text), Options{SpoolMemory: 1000})
	got, st := readAll(t, s)
	if p := said("", st.Problems); got != text || !strings.HasPrefix(p, "noted -: could not be kept, so it cannot be read again: ") {
		t.Errorf("%d bytes, want %d; %q", len(got), len(text), p)
	}
	if s.Again() == nil {
		t.Error("Again = nil")
	}
}

// Passes at the same time see the same bytes, whoever asks the pipe for more.
func TestSpoolPassesAtOnce(t *testing.T) {
	text := logText(20_000)
	s := one(t, "-", strings.NewReader(text), Options{SpoolMemory: 100_000, BlockSize: 10_000})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var got strings.Builder
			_, err := s.Blocks(t.Context(), func(b *Block) error {
				got.Write(b.Text[b.From:b.To])
				b.Release()
				return nil
			})
			if got.String() != text || err != nil {
				t.Errorf("%d bytes, want %d; %v", got.Len(), len(text), err)
			}
		})
	}
	all.Wait()
}

// A pipe that breaks keeps what came before.
func TestPipeBreaks(t *testing.T) {
	for _, text := range []string{"", "before\n", logText(1000)} {
		s := one(t, "-", io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("input/output error"))), Options{})
		got, st := readAll(t, s)
		if p := said("", st.Problems); got != text || !strings.Contains(p, "input/output error") {
			t.Errorf("%d bytes, want %d; %q", len(got), len(text), p)
		}
	}
	s := one(t, "-", mute{}, Options{})
	_, st := readAll(t, s)
	if p := said("", st.Problems); !strings.Contains(p, io.ErrNoProgress.Error()) {
		t.Errorf("a reader that reads nothing: %q", p)
	}
}

// mute breaks io.Reader's contract by never reading and never ending.
type mute struct{}

func (mute) Read([]byte) (int, error) { return 0, nil }

// Standard input that was redirected from a file is read where it stands.
func TestStdinIsFile(t *testing.T) {
	f, err := os.Open(write(t, filepath.Join(t.TempDir(), "a.log"), "read before\nthe rest\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Read(make([]byte, len("read before\n")))
	s := one(t, "-", f, Options{SpoolLimit: -1})
	for range 2 {
		if got, st := readAll(t, s); got != "the rest\n" || len(st.Problems) > 0 {
			t.Errorf("%q, %v", got, st.Problems)
		}
	}
	if got, err := s.ReadAt(t.Context(), 4, 4); string(got) != "rest" || err != nil {
		t.Errorf("ReadAt = %q, %v", got, err)
	}
	if s.Size != 9 {
		t.Errorf("Size = %d, want 9", s.Size)
	}
}
