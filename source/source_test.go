package source

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// one opens a single place and fails the test when that is not what it is.
func one(t *testing.T, path string, stdin io.Reader, opt Options) *Stream {
	t.Helper()
	streams, problems := Open([]string{path}, stdin, opt)
	if len(streams) != 1 || len(problems) > 0 {
		t.Fatalf("Open(%q) = %d streams, problems %v", path, len(streams), problems)
	}
	t.Cleanup(func() { streams[0].Close() })
	return streams[0]
}

// readAll joins the cores of a pass.
func readAll(t *testing.T, s *Stream) (string, Stats) {
	t.Helper()
	var text bytes.Buffer
	st, err := s.Blocks(t.Context(), func(b *Block) error {
		text.Write(b.Text[b.From:b.To])
		b.Release()
		return nil
	})
	if err != nil {
		t.Fatalf("Blocks(%s): %v", s.Name, err)
	}
	if st.Bytes != int64(text.Len()) {
		t.Fatalf("Stats.Bytes = %d, the cores hold %d", st.Bytes, text.Len())
	}
	return text.String(), st
}

func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// said are the problems as lines, with a folder's path shortened to D.
func said(folder string, problems []Problem) string {
	var lines []string
	for _, p := range problems {
		line := p.Grade.String() + " " + p.Error()
		if folder != "" {
			line = strings.ReplaceAll(line, folder, "D")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func names(folder string, streams []*Stream) string {
	var out []string
	for _, s := range streams {
		out = append(out, strings.TrimPrefix(s.Name, folder+string(filepath.Separator)))
	}
	return strings.Join(out, " ")
}

func TestBytesAreBytes(t *testing.T) {
	for name, text := range map[string]string{
		"empty":           "",
		"newline":         "\n",
		"no last newline": "a\nb",
		"CRLF":            "a\r\nb\r\n",
		"NUL":             "a\x00b\n\x00",
		"invalid UTF-8":   "\xff\xc3\n\xe5\x91",
		"lone CR":         "10\r20\r100\n",
		"gzip's first":    "\x1f\x8b",
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "x.log"), text)
			for range 2 {
				if got, _ := readAll(t, one(t, path, nil, Options{})); got != text {
					t.Errorf("file: %q, want %q", got, text)
				}
				if got, _ := readAll(t, one(t, "-", strings.NewReader(text), Options{})); got != text {
					t.Errorf("pipe: %q, want %q", got, text)
				}
			}
		})
	}
}

func TestLooksLike(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"2024-12-26 13:41:05 INFO ok\n", ""},
		{"作业执行失败\n", ""},
		{strings.Repeat("a log that lost one \x00 byte, and has \x1b[31mcolours\x1b[0m\n", 3), ""},
		{strings.Repeat("\x00", 100), "looks binary: 100% of its first 100 bytes are NULs and other control characters"},
		{strings.Repeat("\x90\xff job ", 10), "20 bytes could not be decoded"},
	} {
		s := one(t, "-", strings.NewReader(c.text), Options{})
		got, st := readAll(t, s)
		if got != c.text {
			t.Errorf("%q was read as %q", c.text, got)
		}
		want := ""
		if c.want != "" {
			want = "noted -: " + c.want
		}
		if got := said("", st.Problems); got != want {
			t.Errorf("%q: %q, want %q", c.text, got, want)
		}
	}
}

func TestLooksLikeDoesNotDependOnBlocks(t *testing.T) {
	text := strings.Repeat("plain text\n", 2000) + strings.Repeat("\x00", 1<<20)
	var want string
	for i, size := range []int{1, 1 << 10, 32 << 10, 1 << 20} {
		_, st := readAll(t, one(t, "-", strings.NewReader(text), Options{BlockSize: size, Context: 1 << 10, MaxLine: 1 << 10}))
		got := said("", st.Problems)
		if i == 0 {
			want = got
		}
		if got != want || !strings.Contains(got, "looks binary") {
			t.Errorf("blocks of %d: %q, want %q", size, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	f := func(reason, want string, n int64) {
		t.Helper()
		if got, count := (Problem{Reason: reason}).Counted(); got != want || count != n {
			t.Errorf("%q: %q, %d, want %q, %d", reason, got, count, want, n)
		}
	}
	f("holds links or devices, which are not read: 3", "holds links or devices, which are not read", 3)
	f("holds members that are not text: programs 2, other binary data 40", "holds members that are not text", 42)
	f("permission denied", "permission denied", 1)
	f("could not be read behind byte 5: input/output error", "could not be read behind byte 5: input/output error", 1)
	f("odd: -3", "odd: -3", 1)
	f("odd: ", "odd: ", 1)
	f(": 99999999999999999999", ": 99999999999999999999", 1)
}

func TestTidy(t *testing.T) {
	got := Tidy([]Problem{{"b", Noted, "x"}, {"a", Skipped, "y"}, {"a", Unread, "z"}, {"b", Noted, "x"}})
	want := []Problem{{"a", Unread, "z"}, {"a", Skipped, "y"}, {"b", Noted, "x"}}
	if !slices.Equal(got, want) {
		t.Errorf("Tidy = %v, want %v", got, want)
	}
}

func TestReadAt(t *testing.T) {
	text := strings.Repeat("0123456789abcdef line\n", 5000)
	dir := t.TempDir()
	for name, s := range map[string]*Stream{
		"plain": one(t, write(t, filepath.Join(dir, "plain"), text), nil, Options{}),
		"gzip":  one(t, write(t, filepath.Join(dir, "gzip"), gz(text)), nil, Options{}),
		"pipe":  one(t, "-", strings.NewReader(text), Options{SpoolMemory: 1000}),
	} {
		for range 2 {
			for _, at := range []struct{ off, n int }{{0, 10}, {3, 100}, {64, 64}, {99_999, 500}, {len(text) - 5, 100}, {len(text) + 9, 1}, {7, 0}} {
				want := text[min(at.off, len(text)):min(at.off+at.n, len(text))]
				got, err := s.ReadAt(t.Context(), int64(at.off), at.n)
				if err != nil || string(got) != want {
					t.Errorf("%s: ReadAt(%d, %d) = %q, %v, want %q", name, at.off, at.n, got, err, want)
				}
			}
			readAll(t, s)
		}
	}
}

// The error that fn returns, and the end of the context, end a pass at once, and
// the stream can be read again.
func TestBlocksStops(t *testing.T) {
	text := strings.Repeat("a line\n", 10_000)
	s := one(t, "-", strings.NewReader(text), Options{BlockSize: 1 << 10, Context: 100, MaxLine: 100})
	for _, cancelled := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		_, err := s.Blocks(ctx, func(b *Block) error {
			b.Release()
			if calls++; calls < 3 {
				return nil
			}
			if cancelled {
				cancel()
				return nil
			}
			return io.ErrClosedPipe
		})
		cancel()
		want := io.ErrClosedPipe
		if cancelled {
			want = context.Canceled
		}
		if err != want || calls != 3 {
			t.Errorf("cancelled %v: %d calls, error %v, want 3 and %v", cancelled, calls, err, want)
		}
	}
	if got, _ := readAll(t, s); got != text {
		t.Errorf("afterwards %d bytes, want %d", len(got), len(text))
	}
}

func TestReleaseTwice(t *testing.T) {
	s := one(t, "-", strings.NewReader("a\n"), Options{})
	s.Blocks(t.Context(), func(b *Block) error {
		b.Release()
		b.Release()
		if b.Text != nil {
			t.Error("a released block still has text")
		}
		return nil
	})
}
