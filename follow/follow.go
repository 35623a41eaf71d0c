// Package follow hands out what is appended to files.
//
// In come places (files, directories, globs, some of which do not exist yet) and
// the checkpoints of an earlier run; out go events, in the order of each stream:
// text in whole lines, gaps where bytes were gone before they could be read, files
// that appear, rotate and go. A stream keeps its name through rotations. The
// package does not look into lines, decodes nothing but compressed predecessors,
// and stores nothing: checkpoints are the caller's to keep.
package follow

import (
	"os"
	"time"
)

// Options say how files are followed. A zero field means its default.
type Options struct {
	// FromStart reads the files that exist at the first start from their beginning;
	// otherwise they are read from their last complete line on. Files that appear
	// later are always read from their beginning, and so are those with a
	// checkpoint from where it stands.
	FromStart bool

	// Except are files and directories that are not followed: what the program itself
	// writes, which would otherwise never come to an end.
	Except []os.FileInfo

	// Poll is how often files are looked at when no notification came. Default 1 s.
	Poll time.Duration

	// Idle is how long a last line without a line end waits for the rest before it is
	// handed out as it is. Default 1 s.
	Idle time.Duration

	// MaxLine bounds a line, in bytes; a longer one is handed out in pieces. Default
	// 64 KiB.
	MaxLine int

	// MaxOpen bounds the files that are open at the same time. Default 512.
	MaxOpen int

	// Chunk is the most text of one event, in bytes. Default 1 MiB.
	Chunk int

	// Back is how much text before its checkpoint a stream hands out at first, as
	// Context events, where the file still has it. Default 0.
	Back int

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Kind says what an event is.
type Kind uint8

// Kinds of events.
const (
	Text     Kind = iota // lines that were appended
	Context              // lines before the checkpoint, that were handed out by an earlier run
	Gap                  // bytes that were gone before they could be read
	Appeared             // a stream begins
	Rotated              // a stream goes on in another file
	Gone                 // a stream's file is gone, and nothing took its place yet
	Problem              // something cannot be followed, with the reason; it is tried again
	CaughtUp             // everything that was there at the start has been handed out
)

// String returns the kind in lower case.
func (k Kind) String() string {
	return [...]string{"text", "context", "gap", "appeared", "rotated", "gone", "problem", "caught up"}[k]
}

// Event is one piece of news of a stream.
type Event struct {
	Kind    Kind
	Stream  string // the name people know: the path as it was matched, the same through rotations
	File    string // the path that it is read from now
	Offset  int64  // of Text[0] in the file
	Line    int    // 1-based number of the first line of Text in the file
	Text    []byte // valid until the handler returns
	Partial bool   // Text ends in a line without its end, which may go on
	// Late says of Text that it was written to a file after the stream went on in
	// another one: it stands between lines of the file that the stream is read from,
	// and continues none of them.
	Late    bool
	Lost    int64 // of a Gap: the least number of bytes; 0 where none is known of and some are likely; -1 where nothing is known
	Reason  string
	ModTime time.Time // of the file
	// Continues says of Rotated that the file was cut in place: a line that was under
	// way goes on at its beginning.
	Continues bool
	// Unsure says of Rotated that the file before was read in a copy that holds
	// everything that was seen of it; what was written between the copy and the cut is
	// in neither, and nobody can know whether there was any.
	Unsure bool
}

// Checkpoint is how far a file of a stream was handed out, and what the file is known
// by. A stream has one for the file that it is read from, those behind it that wait,
// and some before it: they tell where the next one begins when the first cannot be
// found, and a writer may still have them open. It is stored as JSON.
type Checkpoint struct {
	Stream string `json:"stream"`
	Late   int    `json:"late,omitempty"` // 0 for the file that is read, 1 for the one before it, -1 for the next, and so on
	Path   string `json:"path"`
	Log    string `json:"log,omitempty"` // where the file stood before it was rotated, if that is another path
	Offset int64  `json:"offset"`
	Line   int    `json:"line"` // the number of the line that begins at Offset; 0 when it was not counted yet

	Size    int64     `json:"size,omitempty"`   // of the file when it was looked at last; 0 for a compressed one
	ModTime time.Time `json:"modTime,omitzero"` // of the file then
	Looked  time.Time `json:"looked,omitzero"`  // when that was

	// Enters says that Rotated was not handed out yet for this file; Continues and
	// Unsure are the event's.
	Enters    bool `json:"enters,omitempty"`
	Continues bool `json:"continues,omitempty"`
	Unsure    bool `json:"unsure,omitempty"`

	// Gone says that the file was not found at a start, and that this was said.
	Gone bool `json:"gone,omitempty"`

	// Missing is the Gap before this file that was not handed out yet.
	Missing *Missing `json:"missing,omitempty"`

	Identity
}

// Missing is text that was gone before it could be read.
type Missing struct {
	Bytes  int64  `json:"bytes"` // as Event.Lost
	Reason string `json:"reason"`
}

// Identity is what a file is known by when its name says nothing.
type Identity struct {
	Device  uint64    `json:"device"`
	Inode   uint64    `json:"inode"`
	Birth   time.Time `json:"birth,omitzero"`
	Head    string    `json:"head,omitempty"` // hash of its first HeadLen bytes
	HeadLen int64     `json:"headLen,omitempty"`
	Start   []byte    `json:"start,omitempty"`  // its first bytes, at most 16
	Begins  []Begin   `json:"begins,omitempty"` // what shorter beginnings hash to, below HeadLen
	Tail    string    `json:"tail,omitempty"`   // hash of the TailLen bytes before Offset
	TailLen int64     `json:"tailLen,omitempty"`
}

// Begin is what a beginning of a file is known by.
type Begin struct {
	Len int64  `json:"len"`
	Sum uint32 `json:"sum"` // CRC-32 (IEEE)
}

// StreamStats is how a stream stands.
type StreamStats struct {
	Stream string
	Path   string
	Lag    int64         // bytes that are there and were not handed out
	Behind time.Duration // how long the oldest of them have been there; 0 without a lag
	Open   bool
}
