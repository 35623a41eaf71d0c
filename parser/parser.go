// Package parser makes entries of lines.
//
// In come the bytes around a place that matters (or a whole stream, read from
// its start); out go entries with time, level, ids and message. One log format
// is one file with one Format value; Formats lists them in the order they are
// tried. The package knows nothing of files, rules or cases.
//
// Whether a line begins an entry is decided by that line, or by it and the block of
// lines that a line at most MaxEntry above it opened (see multiline.go), so that the
// entries found around a hit are the same, with the same bounds, as a parse from the
// beginning of the stream gives. Lines that name their writer go on with the nearest
// line of that writer; an entry may then be in several pieces (see Span).
package parser

import (
	"diagnose"
)

// MaxEntry bounds an entry, in bytes: a line that ends further from the head
// above it than this is not part of that head's entry.
const MaxEntry = 32 << 10

// Format reads one log layout.
type Format struct {
	// Name is what Entry.Format says, and what `formats:` in a rule means.
	Name string

	// Head reports whether line (without its line end) begins an entry, and the
	// offset of the message in it; -1 means it does not. With e == nil it only
	// tests, must not allocate, and should decide on the first bytes. Otherwise it
	// fills what the head says: Time, Level, Host, Process, PID, Thread, Logger, IDs.
	Head func(line []byte, e *diagnose.Entry) int

	// First holds the bytes that a head may begin with, and Fifth those that may stand at
	// its offset 4 where it begins with a digit, where a date that begins with the year
	// has its separator. Others are not shown to Head; "" means any.
	First, Fifth string

	// Absorbs says that following lines which are no head of any format belong to
	// the entry (log4j, Spring: stack traces and wrapped dumps). Without it only
	// lines shaped like a continuation (indented, `Caused by:`, `at ...`) do.
	Absorbs bool

	// Finish is called when Message and Text are complete, to read what the body
	// says: IDs, Mentions, Outcome, Boundary, Trouble, and Inner where the format hides
	// texts in a way of its own. May be nil.
	Finish func(e *diagnose.Entry)

	// Closed says that Finish opened what is to be opened in a message, and the rest
	// is data. Otherwise what encodings and documents hide in it is opened after it.
	Closed bool

	// Marks are literals of 9 bytes or more that show trouble or an outcome in this
	// format, with their delimiters (" ERROR [c", "PLAY RECAP "). Entries are
	// looked at around them even when no rule's literal is near.
	Marks []string

	// Strip, when set, takes a repeated prefix (journald's, compose's) off a
	// continuation line before it is joined into Message.
	Strip func(line []byte) []byte
}
