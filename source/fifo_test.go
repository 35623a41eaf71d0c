//go:build unix

package source

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no FIFO here:", err)
	}
	return path
}

// A FIFO is read to its writer's end, and can be read again.
func TestFIFO(t *testing.T) {
	path := fifo(t)
	text := strings.Repeat("from a FIFO\n", 50_000)
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(path, []byte(text), 0) }()
	s := one(t, path, nil, Options{})
	for range 2 {
		if got, st := readAll(t, s); got != text || len(st.Problems) > 0 {
			t.Errorf("%d bytes, want %d; %v", len(got), len(text), st.Problems)
		}
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	if s.Size != -1 || !s.ModTime.IsZero() {
		t.Errorf("Size %d, ModTime %v, want -1 and none", s.Size, s.ModTime)
	}
}

// A writer that fills one FIFO before it opens the next is not waited for in vain.
func TestFIFOsInTurn(t *testing.T) {
	a, b := fifo(t), fifo(t)
	text := strings.Repeat("from a FIFO\n", 100_000)
	go func() {
		os.WriteFile(a, []byte(text), 0)
		os.WriteFile(b, []byte(gz(tarOf(m{"x.log", text}))), 0)
	}()
	streams, _ := Open([]string{a, b}, nil, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	streams, problems, err := Unpack(ctx, streams)
	if err != nil || len(problems) > 0 || len(streams) != 2 {
		t.Fatalf("%d streams, %v, %v", len(streams), problems, err)
	}
	for _, s := range streams {
		if got, st := readAll(t, s); got != text || len(st.Problems) > 0 {
			t.Errorf("%s: %d bytes, want %d; %v", s.Name, len(got), len(text), st.Problems)
		}
		s.Close()
	}
}

// Without a writer the end of the context ends the waiting; the next pass waits
// anew.
func TestFIFOWithoutWriter(t *testing.T) {
	path := fifo(t)
	s := one(t, path, nil, Options{})
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := s.Blocks(ctx, func(*Block) error { return nil })
			ended <- err
		}()
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("Blocks = %v, want %v", err, context.Canceled)
		}
	}
	go os.WriteFile(path, []byte("late\n"), 0)
	if got, _ := readAll(t, s); got != "late\n" {
		t.Errorf("%q, want late", got)
	}
}

// A writer that falls silent does not keep a cancelled pass, and the next one
// reads on from where the pipe was, with nothing lost.
func TestFIFOSilentWriter(t *testing.T) {
	path := fifo(t)
	s := one(t, path, nil, Options{MaxLine: 8, Context: -1, BlockSize: 1 << 10})
	ctx, cancel := context.WithCancel(t.Context())
	handed, ended := make(chan bool, 100), make(chan error)
	go func() {
		_, err := s.Blocks(ctx, func(b *Block) error {
			b.Release()
			handed <- true
			return nil
		})
		ended <- err
	}()
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	first, second := strings.Repeat("first\n", 8000), strings.Repeat("second\n", 200)
	w.WriteString(first)
	<-handed
	cancel()
	if err := <-ended; err != context.Canceled {
		t.Errorf("Blocks = %v, want %v", err, context.Canceled)
	}
	w.WriteString(second)
	w.Close()
	if got, _ := readAll(t, s); got != first+second {
		t.Errorf("%d bytes, want %d", len(got), len(first+second))
	}
}

// Close ends a pass that waits for a FIFO's writer to go on.
func TestCloseWhileReading(t *testing.T) {
	path := fifo(t)
	s := one(t, path, nil, Options{MaxLine: 8, Context: -1, BlockSize: 1 << 10})
	handed, ended := make(chan bool, 100), make(chan Stats)
	go func() {
		st, _ := s.Blocks(t.Context(), func(b *Block) error {
			b.Release()
			handed <- true
			return nil
		})
		ended <- st
	}()
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.WriteString(strings.Repeat("line\n", 8000))
	<-handed
	if runtime.GOOS == "darwin" {
		w.Close() // there the read itself cannot be ended
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if st := <-ended; runtime.GOOS != "darwin" && !strings.Contains(said("", st.Problems), "file already closed") {
		t.Errorf("%v", st.Problems)
	}
	_, st := readAll(t, s)
	if p := said("", st.Problems); p != "unread "+path+": file already closed" {
		t.Errorf("%q", p)
	}
	if err := s.Again(); !errors.As(err, new(Problem)) {
		t.Errorf("Again = %v", err)
	}
}

// Sockets and devices are named when given, and counted in a directory.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir) // the name of a socket must be short
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Skip("no sockets here:", err)
	}
	defer l.Close()
	syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600)
	write(t, filepath.Join(dir, "a.log"), "a\n")
	os.Symlink(os.DevNull, filepath.Join(dir, "null"))
	streams, problems := Open([]string{dir, filepath.Join(dir, "socket"), os.DevNull}, nil, Options{})
	if got := names(dir, streams); got != "a.log" {
		t.Errorf("streams %q, want a.log", got)
	}
	want := "unread " + os.DevNull + ": is a device, which is not read\n" +
		"skipped D: holds sockets, devices or pipes, which are not read: 3\n" +
		"unread D/socket: is a socket, which is not read"
	if got := said(dir, problems); got != want {
		t.Errorf("problems:\n%s\nwant\n%s", got, want)
	}
}
