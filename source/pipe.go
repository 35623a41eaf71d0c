package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipe is a place that gives its bytes only once: standard input, a FIFO, the
// shell's <(command). What is read of it goes to a spool, which any number of
// passes read; the pass that comes to the spool's end asks the pipe for more.
//
// The one goroutine it starts runs while a read is under way. A pass that is
// cancelled leaves a read that blocks behind: it ends with the next bytes, the end
// of the pipe or Close, and its bytes are not lost.
type pipe struct {
	connect func(context.Context) (io.Reader, error) // called until it succeeds once
	turn    chan struct{}                            // held while connecting

	mu      sync.Mutex
	src     io.Reader
	closed  bool
	pending chan struct{} // closed when the read under way is done
	spare   []byte        // what the next read goes to

	total int64  // bytes read so far
	last  []byte // the last of them
	end   error  // what the pipe ended with
	kept  spool
	lost  error // why the spool does not hold all
}

// pipeChunk is the size of one read; Linux gives at most 64 KiB at once unless
// the writer enlarged its pipe.
const pipeChunk = 256 << 10

func newPipe(opt *Options, connect func(context.Context) (io.Reader, error)) *pipe {
	return &pipe{connect: connect, turn: make(chan struct{}, 1), kept: spool{memory: opt.SpoolMemory, limit: opt.SpoolLimit}}
}

func (p *pipe) open(ctx context.Context) (raw, error) {
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, os.ErrClosed
	}
	if err := p.beginning(); err != nil {
		return nil, err
	}
	return &pipeReader{pipe: p, ctx: ctx}, nil
}

// begin connects the pipe at the first pass.
func (p *pipe) begin(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	connected := p.src != nil
	p.mu.Unlock()
	if connected {
		return nil
	}
	src, err := p.connect(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		closeReader(src)
		return os.ErrClosed
	}
	p.src = src
	return nil
}

func (p *pipe) again() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	return p.beginning()
}

// beginning returns why the first bytes of the pipe are not there any more. All of a
// short pipe, or what was looked at of a long one, may still be what was read last.
func (p *pipe) beginning() error {
	if p.total == int64(len(p.last)) {
		return nil
	}
	return p.lost
}

func (p *pipe) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	p.last = nil
	closeReader(p.src)
	return p.kept.close()
}

// owned is a FIFO that the package opened itself and therefore closes; standard
// input is the caller's.
type owned struct{ *os.File }

func closeReader(r io.Reader) {
	if f, ok := r.(owned); ok {
		f.Close()
	}
}

// more waits until a read of the pipe is done, and starts one if none is under
// way.
func (p *pipe) more(ctx context.Context, have int64) error {
	p.mu.Lock()
	if p.closed || p.end != nil || p.total > have {
		p.mu.Unlock()
		return nil
	}
	if p.pending == nil {
		p.pending = make(chan struct{})
		go p.read(p.pending)
	}
	done := p.pending
	p.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read does one read of the pipe. Nobody else touches p.spare meanwhile.
func (p *pipe) read(done chan struct{}) {
	if p.spare == nil {
		p.spare = make([]byte, pipeChunk)
	}
	n, err := readSome(p.src, p.spare)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.spare = p.spare[:n], p.last[:cap(p.last)]
	if cap(p.spare) < pipeChunk {
		p.spare = nil
	}
	p.keep(p.last)
	p.total += int64(n)
	p.end = err
	p.pending = nil
	close(done)
}

// readSome reads at least one byte, or says why there is none.
func readSome(r io.Reader, p []byte) (int, error) {
	for range 100 {
		if n, err := r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// keep adds bytes to the spool. When they do not fit, nothing of the pipe is
// kept any longer: a part would only seem to be the whole.
func (p *pipe) keep(text []byte) {
	if p.lost != nil || p.closed {
		return
	}
	if p.lost = p.kept.add(text); p.lost != nil {
		p.kept.close()
	}
}

// readAt copies what is known of the pipe at off. No bytes and no error mean that
// more must be read first.
func (p *pipe) readAt(b []byte, off int64) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.total - int64(len(p.last))
	switch {
	case p.closed:
		return 0, os.ErrClosed
	case off >= p.total:
		return 0, p.end
	case off >= from:
		return copy(b, p.last[off-from:]), nil
	case p.lost != nil:
		return 0, p.lost
	}
	return p.kept.readAt(b, off)
}

// pipeReader is one pass over a pipe.
type pipeReader struct {
	*pipe
	ctx context.Context
	pos int64
}

func (r *pipeReader) Read(b []byte) (int, error) {
	for {
		n, err := r.readAt(b, r.pos)
		if n > 0 || err != nil || len(b) == 0 {
			r.pos += int64(n)
			return n, err
		}
		if err := r.more(r.ctx, r.pos); err != nil {
			return 0, err
		}
	}
}

// peek reads the first bytes, as long as that does not lose what came before.
func (r *pipeReader) peek(b []byte) int {
	n := 0
	for n < len(b) && (n == 0 || r.room() >= pipeChunk) {
		m, err := r.Read(b[n:])
		if n += m; err != nil {
			break
		}
	}
	return n
}

// readAhead reads what a pass would read, as far as it can be kept, until the context
// ends: who writes to this pipe may have to come to its end before he opens another
// that is being waited for.
func (p *pipe) readAhead(ctx context.Context) {
	for ctx.Err() == nil && p.room() >= pipeChunk {
		p.mu.Lock()
		have, ended := p.total, p.end != nil || p.closed || p.src == nil
		p.mu.Unlock()
		if ended || p.more(ctx, have) != nil {
			return
		}
	}
}

func (p *pipe) room() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.limit - p.kept.inMemory - p.kept.inFile
}

func (r *pipeReader) skipTo(off int64) error {
	r.pos = off
	return nil
}

func (r *pipeReader) ended(int64) string { return "" }
func (r *pipeReader) Close() error       { return nil }

// spoolChunk is how the memory of a spool grows, so that it is never copied.
const spoolChunk = 256 << 10

// spool keeps bytes in memory, and those that come after in a temporary file that
// only this process can reach.
type spool struct {
	memory, limit int64
	chunks        [][]byte // spoolChunk bytes each, but for the last
	inMemory      int64
	file          *os.File
	inFile        int64
	named         bool // the file could not be unlinked while it is open
}

// add appends bytes, or says why they cannot be kept.
func (s *spool) add(p []byte) error {
	if s.inMemory+s.inFile+int64(len(p)) > s.limit {
		return fmt.Errorf("is longer than the %d bytes that are kept of a pipe, so it cannot be read again", s.limit)
	}
	p = p[s.remember(p):]
	if len(p) == 0 {
		return nil
	}
	if err := s.write(p); err != nil {
		return fmt.Errorf("could not be kept, so it cannot be read again: %w", err)
	}
	return nil
}

// remember takes as many bytes as memory is allowed for.
func (s *spool) remember(p []byte) int {
	p = p[:min(int64(len(p)), s.memory-s.inMemory)]
	for rest := p; len(rest) > 0; {
		last := len(s.chunks) - 1
		if last < 0 || len(s.chunks[last]) == spoolChunk {
			s.chunks = append(s.chunks, make([]byte, 0, min(spoolChunk, s.memory-s.inMemory)))
			last++
		}
		n := min(len(rest), cap(s.chunks[last])-len(s.chunks[last]))
		s.chunks[last] = append(s.chunks[last], rest[:n]...)
		s.inMemory += int64(n)
		rest = rest[n:]
	}
	return len(p)
}

func (s *spool) write(p []byte) error {
	if s.file == nil {
		f, err := os.CreateTemp("", "diagnose-pipe-*")
		if err != nil {
			return err
		}
		// Without a name the file goes away with the process, however that ends.
		// Windows refuses; there close removes it.
		s.named = os.Remove(f.Name()) != nil
		s.file = f
	}
	n, err := s.file.WriteAt(p, s.inFile)
	s.inFile += int64(n)
	return err
}

// readAt reads at least one byte at off, which the spool holds.
func (s *spool) readAt(p []byte, off int64) (int, error) {
	if off < s.inMemory {
		return copy(p, s.chunks[off/spoolChunk][off%spoolChunk:]), nil
	}
	off -= s.inMemory
	n, err := s.file.ReadAt(p[:min(int64(len(p)), s.inFile-off)], off)
	if err == io.EOF && n == 0 {
		err = io.ErrUnexpectedEOF // somebody cut the temporary file
	} else if n > 0 {
		err = nil
	}
	return n, err
}

func (s *spool) close() error {
	s.chunks, s.inMemory, s.inFile = nil, 0, 0
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	err := f.Close()
	if s.named {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// openFIFO opens a FIFO, which waits for somebody to write to it. When the context
// ends first, it opens the other end itself to let the waiting open return; only
// where that is not permitted does the open go on waiting behind its back.
func openFIFO(ctx context.Context, path string) (io.Reader, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		return owned{o.file}, nil
	case <-ctx.Done():
	}
	for {
		// ENXIO: the goroutine has not come to open yet.
		w, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			w.Close()
		} else if !errors.Is(err, syscall.ENXIO) {
			return nil, ctx.Err()
		}
		select {
		case o := <-done:
			if o.err == nil {
				o.file.Close()
			}
			return nil, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}
