package source

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say how places are read. A zero field means its default.
type Options struct {
	// MaxLine bounds a line, in bytes, its line end included. A longer line is cut
	// into pieces of that size (up to 3 bytes less, so that no UTF-8 sequence and
	// no CRLF is torn). Default 64 KiB, which is also the parser's bound of an
	// entry; at least 8.
	MaxLine int

	// Context is how many bytes of text, at least, a block holds before and after
	// its core, where the stream has them; negative means none. Default 64 KiB.
	// Text begins and ends at a line or a piece of one, so it holds every entry of
	// up to Context bytes that a byte of the core belongs to.
	Context int

	// BlockSize bounds a core, in bytes; only a line or piece that is itself longer
	// makes a longer core. Default 1 MiB.
	BlockSize int

	// SpoolMemory is how much of a pipe is kept in memory, to read it again; what
	// follows goes to a private temporary file. Default 8 MiB; negative means
	// nothing.
	SpoolMemory int64

	// SpoolLimit is how much of a pipe is kept at all, memory and file together.
	// A longer pipe is read to its end once and cannot be read again. Default
	// 4 GiB; negative means that nothing is kept.
	SpoolLimit int64

	// MaxExpanded is the most bytes taken out of one compressed stream or archive,
	// those of archives and streams inside it counted too. Default 64 GiB.
	MaxExpanded int64

	// MaxRatio stops a compressed stream or archive of more than 100 MiB that is
	// larger than MaxRatio times what was read of it. Default 1000, just below the 1032 that
	// deflate can reach: real logs stay below 200.
	MaxRatio int64

	// MaxFiles is the most streams that Open and Unpack return. Default 100,000.
	MaxFiles int

	// MaxDepth is how many archives may lie in one another, and how many
	// compressions around one of them or around a log. Default 8.
	MaxDepth int

	// KeepMemory is how much text of archives' members is kept in memory, of all
	// archives together, so that they are decoded once. An archive that does not fit
	// is decoded again in each pass. Default 64 MiB; negative means nothing.
	KeepMemory int64

	// HoldMemory is how large zip archives may be that lie in an archive that can
	// only be read in sequence, together: their list of members is at their end. A
	// larger one is read without it. Default 128 MiB.
	HoldMemory int64
}

func (o Options) withDefaults() Options {
	o.MaxLine = max(cmp.Or(o.MaxLine, 64<<10), 8)
	o.Context = max(cmp.Or(o.Context, 64<<10), 0)
	o.BlockSize = max(cmp.Or(o.BlockSize, 1<<20), 1)
	o.SpoolMemory = max(cmp.Or(o.SpoolMemory, 8<<20), 0)
	o.SpoolLimit = max(cmp.Or(o.SpoolLimit, 4<<30), 0)
	o.MaxExpanded = max(cmp.Or(o.MaxExpanded, 64<<30), 1)
	o.MaxRatio = max(cmp.Or(o.MaxRatio, 1000), 1)
	o.MaxFiles = max(cmp.Or(o.MaxFiles, 100_000), 1)
	o.MaxDepth = max(cmp.Or(o.MaxDepth, 8), 1)
	o.KeepMemory = max(cmp.Or(o.KeepMemory, 64<<20), 0)
	o.HoldMemory = max(cmp.Or(o.HoldMemory, 128<<20), 0)
	return o
}

// Grade says how much a Problem took away.
type Grade uint8

// Grades, mildest first. From Partial on, something that was asked for was not
// read.
const (
	Noted   Grade = iota // everything was read; something about it is worth saying
	Skipped              // left out on purpose: sockets in a directory, a directory loop
	Partial              // a part was read, the rest was not
	Unread               // a place that was asked for was not read at all
)

// String returns noted, skipped, partial or unread.
func (g Grade) String() string {
	if g > Unread {
		return fmt.Sprintf("grade %d", uint8(g))
	}
	return [...]string{"noted", "skipped", "partial", "unread"}[g]
}

// Problem is something that was not read as it stands, and why. Problems are
// comparable; Tidy puts those of several passes into one order.
type Problem struct {
	Place  string // name of a stream, or a path as the user gave it
	Grade  Grade
	Reason string // without the place, lower case, no final period
}

// Error returns the place and the reason.
func (p Problem) Error() string { return p.Place + ": " + p.Reason }

// Counted returns the reason without the number of things that it ends in, and
// that number: ": 3", or ": programs 2, images 1" by kinds. A reason that counts
// nothing stands for one thing.
func (p Problem) Counted() (reason string, n int64) {
	at := strings.LastIndex(p.Reason, ": ")
	if at < 0 {
		return p.Reason, 1
	}
	for part := range strings.SplitSeq(p.Reason[at+2:], ", ") {
		one, err := strconv.ParseUint(part[strings.LastIndexByte(part, ' ')+1:], 10, 32)
		if err != nil {
			return p.Reason, 1
		}
		n += int64(one)
	}
	return p.Reason[:at], n
}

// Tidy sorts problems by place, grade (worst first) and reason, and drops those
// that stand there twice, as a second pass repeats what the first one said. It
// reuses the slice.
func Tidy(problems []Problem) []Problem {
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(b.Grade, a.Grade), cmp.Compare(a.Reason, b.Reason))
	})
	return slices.Compact(problems)
}

// Stream is one ordered source of lines. Its methods may be called from several
// goroutines.
type Stream struct {
	// Name is the path as the user gave it, below a directory joined with it; "-"
	// is standard input. A member of an archive has the archive's name, a colon and
	// its own name there, what does not print escaped: "b.tar.gz:var/log/x.log".
	Name string

	// ModTime is the file's time stamp, for logs without a year, or the one that an
	// archive has of its member; zero for a pipe.
	ModTime time.Time

	// Size is the size in bytes when Open saw it, compressed where the stream is
	// compressed; -1 where it is not known before the end, or where a piece of the
	// stream is only to be had by decoding the archive up to there.
	Size int64

	place place
	opt   *Options
	pool  *pool

	owner *owner // of the archive that it is a member of, if so

	mu     sync.Mutex
	closed bool
	first  *firstPass // what the first complete pass saw; nil before it
}

// firstPass is what later passes are held to.
type firstPass struct {
	raw   int64    // bytes of the place, before decompression
	head  string   // the first of them
	plain bool     // it was read to its end, and transcoding changed nothing
	cut   bool     // a window cut its lines
	notes []string // what there was to say of its encoding
}

// Stats are the sums of one pass.
type Stats struct {
	Format   string    // what the stream was decompressed from, outermost first: gzip, xz+gzip; empty for plain text
	Bytes    int64     // bytes of text handed out in cores
	RawBytes int64     // bytes read of the place, before decompression; of a member decoded with its archive, after it
	Blocks   int       // blocks handed out
	CutLines int64     // lines longer than MaxLine
	Problems []Problem // in the order of Tidy
}

// Close gives back what keeps a pipe: memory, the temporary file, the open FIFO;
// of an archive when all its members are closed. A stream cannot be read
// afterwards. Files need no Close.
func (s *Stream) Close() error {
	if s.owner == nil {
		return s.place.close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.owner.streams.Add(-1) == 0 {
		return s.owner.place.close()
	}
	return nil
}

// Again returns nil when the stream can be read (again) from its start, and
// otherwise why not: a pipe was longer than Options.SpoolLimit, or could not be
// written to the temporary file. It is final only after a complete pass.
func (s *Stream) Again() error {
	if err := s.place.again(); err != nil {
		return Problem{s.Name, Partial, err.Error()}
	}
	return nil
}
