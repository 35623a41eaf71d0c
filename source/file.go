package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// file is a place that is opened for each pass and closed after it, so that any
// number of them can be streams.
type file struct {
	path string

	mu    sync.Mutex
	first os.FileInfo // the file that the first pass opened
	short *short      // what it will see instead
	id    fileID      // and what file that was, when known
}

// short is all of a short file, read when it was looked at. The first pass takes it,
// so that thousands of them are not opened one more time.
type short struct {
	text []byte
	id   fileID
}

func (f *file) open(context.Context) (raw, error) {
	if text, ok := f.takeShort(); ok {
		return &memoryReader{bytes.NewReader(text)}, nil
	}
	h, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	info, err := h.Stat()
	if err == nil {
		err = f.same(info)
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return &openFile{h, info.Size()}, nil
}

// same makes info the file of all passes, or says that it is another one: a log
// may be rotated between two passes.
func (f *file) same(info os.FileInfo) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		if !info.Mode().IsRegular() {
			return errors.New("is not a regular file any more")
		}
		if f.id != (fileID{}) && f.id != idOf(info) {
			return errReplaced
		}
		f.first = info
	}
	if !os.SameFile(f.first, info) {
		return errReplaced
	}
	return nil
}

func (f *file) takeShort() ([]byte, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.short == nil || f.first != nil {
		return nil, false
	}
	text := f.short.text
	f.id, f.short = f.short.id, nil
	return text, true
}

func (f *file) again() error { return nil }
func (f *file) close() error { return nil }

// openFile is a file during one pass.
type openFile struct {
	*os.File
	size int64 // when it was opened
}

func (f *openFile) skipTo(off int64) error {
	_, err := f.Seek(off, io.SeekStart)
	return err
}

func (f *openFile) ended(n int64) string {
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	return shrunk(f.size, n, info.Size())
}

// shrunk says in words that a file lost bytes while it was read: it is smaller at
// the end than it was at the start, or than what was read of it. Files that the
// kernel makes up (/proc) have no size at all.
func shrunk(start, read, end int64) string {
	if start == 0 || end >= max(start, read) {
		return ""
	}
	return fmt.Sprintf("shrank from %d to %d bytes while it was read; %d bytes were read", max(start, read), end, read)
}

// shared is a file that somebody else opened and closes: standard input that was
// redirected from a file. It begins where the file stood.
type shared struct {
	file  *os.File
	start int64
}

func (s *shared) open(context.Context) (raw, error) {
	info, err := s.file.Stat()
	if err != nil {
		return nil, err
	}
	return &openShared{s, s.start, info.Size()}, nil
}

func (s *shared) again() error { return nil }
func (s *shared) close() error { return nil }

// openShared reads a shared file without moving the position that others see.
type openShared struct {
	*shared
	pos  int64
	size int64
}

func (o *openShared) Read(p []byte) (int, error) {
	n, err := o.file.ReadAt(p, o.pos)
	o.pos += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (o *openShared) skipTo(off int64) error {
	o.pos = o.start + off
	return nil
}

func (o *openShared) ended(n int64) string {
	info, err := o.file.Stat()
	if err != nil {
		return ""
	}
	return shrunk(o.size-o.start, n, info.Size()-o.start)
}

func (o *openShared) Close() error { return nil }

// reason strips from an error the operation and the path, which a Problem's place
// says already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
