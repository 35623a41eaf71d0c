package diagnose

import (
	"strings"
	"time"
)

// Level is the severity that a log line gives itself.
type Level uint8

// Levels in ascending order. LevelUnknown is a line that names no level.
const (
	LevelUnknown Level = iota
	LevelTrace
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

var levelNames = [...]string{"", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// String returns the upper-case name, empty for LevelUnknown.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return ""
}

// ParseLevel reads a level word in any of its usual spellings (WARNING, ERR,
// SEVERE, I, E ...), in any case. Words that are no level give LevelUnknown.
func ParseLevel(word string) Level {
	switch strings.ToUpper(word) {
	case "TRACE", "FINEST", "FINER", "T":
		return LevelTrace
	case "DEBUG", "FINE", "DBG", "D", "CONFIG":
		return LevelDebug
	case "INFO", "NOTICE", "INFORMATION", "I", "N":
		return LevelInfo
	case "WARN", "WARNING", "W":
		return LevelWarn
	case "ERROR", "ERR", "SEVERE", "E":
		return LevelError
	case "FATAL", "CRIT", "CRITICAL", "ALERT", "EMERG", "PANIC", "F":
		return LevelFatal
	}
	return LevelUnknown
}

// IDKind names what an ID identifies. The kinds are shared vocabulary: parsers
// emit them, correlate ties cases by the strong ones, rules join on any.
type IDKind string

// Strong kinds: entries that bear the same one belong to the same case.
const (
	KindJob        IDKind = "job"        // CloudStack async job number
	KindLogID      IDKind = "logid"      // CloudStack logid: first 8 hex of the job's or context's uuid
	KindCtx        IDKind = "ctx"        // CloudStack ctx-xxxxxxxx of one thread run
	KindSeq        IDKind = "seq"        // CloudStack agent command sequence, "hostID-number"
	KindRequest    IDKind = "request"    // request id
	KindTrace      IDKind = "trace"      // distributed trace id
	KindTask       IDKind = "task"       // task or pipeline id (BlueKing, CI)
	KindConnection IDKind = "connection" // one connection: "host sshd[pid]" or "address:port"
)

// KindRun marks, in OutcomeOf, the outcome of a whole run of commands in a
// stream: what a build server says at its end.
const KindRun IDKind = "run"

// Weak kinds: they never merge cases; causes are joined across cases on them.
const (
	KindHost    IDKind = "host"    // host id, name or address
	KindVM      IDKind = "vm"      // instance name, i-2-940-VM
	KindPod     IDKind = "pod"     // Kubernetes pod or container
	KindAddress IDKind = "address" // address, or address:port
	KindUser    IDKind = "user"    // account name
)

// Strong reports whether entries with an equal ID of this kind belong together.
func (k IDKind) Strong() bool {
	switch k {
	case KindJob, KindLogID, KindCtx, KindSeq, KindRequest, KindTrace, KindTask, KindConnection:
		return true
	}
	return false
}

// ID is a typed correlation key. Scope is where the value is unique (a host, a
// bundle); empty means the whole input.
type ID struct {
	Kind  IDKind
	Scope string
	Value string
}

// String returns the ID as people write it: job-733, logid:5fa4d6ef, host:49.
func (id ID) String() string {
	if id.Kind == KindJob {
		return "job-" + id.Value
	}
	return string(id.Kind) + ":" + id.Value
}

// Outcome is how a case ended, as its own log says.
type Outcome uint8

// Outcomes. A case whose log does not say stays OutcomeUnknown.
const (
	OutcomeUnknown Outcome = iota
	OutcomeSucceeded
	OutcomeFailed
)

// String returns unknown, succeeded or failed.
func (o Outcome) String() string {
	return [...]string{"unknown", "succeeded", "failed"}[o]
}

// Entry is one log event: its head line and the lines that continue it.
type Entry struct {
	Stream  string // name of the stream, as given by the user
	Line    int    // 1-based physical line of the head
	EndLine int    // 1-based physical line of the last continuation
	Offset  int64  // byte offset of the head in the decoded stream
	Size    int    // bytes of its own lines, line ends included

	// Apart says where other writers' lines stand between those of the entry, in
	// ascending order: the entry is then in several pieces, Text and Message hold its
	// own lines only, and EndLine and Offset+Size do not follow from their number and
	// length. Nearly all entries have none.
	Apart []Apart

	Format       string    // name of the parser format that read the head
	Time         time.Time // zero when the entry has none of its own
	TimeInferred bool      // the year or day was not in the line
	// Stamp is what the line itself says: a time whose zone is not known as if it
	// were UTC, one without a year in year 0, one without a day in year -10. Lacks
	// says what is missing in it; Time is the stamp completed.
	Stamp   time.Time
	Lacks   Lacks
	Level   Level
	Host    string // the host that wrote it, when the line says so
	Process string // program name: sshd, agent, xapi
	PID     string
	Thread  string
	Logger  string // logger, category or function

	Message string // what the head leaves over, then the continuation lines, joined by \n
	Text    string // the whole entry as it stands in the log, without the last line end

	// Inner holds the texts that an encoding or a document hides in the message.
	Inner []Inner
	// InnerCut counts those beyond the parser's bounds, which were not opened.
	InnerCut int

	// IDs this entry belongs to (strong kinds tie it to a case) and those it
	// mentions (weak kinds). A strong id that is merely mentioned, such as another
	// job's number in a watchdog's line, stands in Mentions.
	IDs      []ID
	Mentions []ID

	Outcome Outcome // what this entry says of how its case ended
	// OutcomeOf is whose outcome it is where a case holds several (a parent and a
	// child job, the hosts of a play); zero means the whole case's.
	OutcomeOf ID
	Boundary  bool // a prompt, command, play or file header: id-less entries before it are another case
	Step      bool // the boundary is a step inside a run: it parts cases only after the run's outcome was seen
	Detached  bool // a build begins to run a program, whose failure is not the build's
	Trouble   bool // level ERROR or above, or shaped like a failure
	Binary    bool // text of a program or an image: no rule looks at it
	Ignored   bool // a failure that the run itself was told to ignore
}

// Apart is a run of lines of others inside an entry.
type Apart struct {
	After int // how many of the entry's own lines stand above it
	Lines int // how many lines it has
}

// LineOf returns the physical line of the entry's own line n, counted from 0.
func (e *Entry) LineOf(n int) int {
	line := e.Line + n
	for _, a := range e.Apart {
		if a.After > n {
			break
		}
		line += a.Lines
	}
	return line
}

// InEnglish is the place of a text that reads in English what the outer one says in
// another language.
const InEnglish = "English"

// AsTyped is the place of a text that has plain signs where the outer one has typographic
// ones. Some programs print these (GNU's ‘x’), so it counts only where the outer one tells
// nothing.
const AsTyped = "plain quotes"

// Unboxed is the place of a text whose sentences the outer one has broken at the width of a
// box; it too counts only where the outer one tells nothing.
const Unboxed = "whole sentences"

// Inner is a text that stands inside a message under an encoding: a string of a
// JSON result, a doubly escaped stderr, a base64 Java exception. It is an entry of
// its own, with its place in the outer one.
type Inner struct {
	// Place leads to it from the message, keys and encodings by their names:
	// results[2].stderr, msg > stderr, base64 exception > cause.
	Place string
	Text  string // decoded

	// Outer is the number of the text that it stands in among those of the entry, -1
	// for the message; From and To are the bytes of that text which hold it.
	Outer    int
	From, To int
	At       int // line of the message that it begins on, 0 for the head's

	// Entries are the log lines of which the text consists, where it does: with
	// their formats, times, levels, ids. Their lines and offsets count from its
	// beginning.
	Entries []Entry
}
