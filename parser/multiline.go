package parser

import "bytes"

// Some lines go on with an entry only where they stand: a blank line in a dump of
// goroutines, a function in it, a line of a diff. A small machine knows where. Its
// states are the blocks that may be open behind a line; a line opens blocks by what
// it looks like (move.from outside), and belongs to the entry above when a block that
// is open takes it.
//
// The machine is nondeterministic: every block that the lines allow is open, and
// none closes another. A block also knows the line that opened it, and takes
// nothing that ends further than MaxEntry from there. So what is open behind a line
// is decided by the lines that near, wherever reading began, and the entry around a
// place is the one that a parse from the beginning gives.

// shape is a set of what a line may be, decided by that line alone.
type shape uint64

const (
	shContinues shape = 1 << iota // goes on with the line above, whatever that is
	shBlank
	shIndented
	shText      // neither a head nor blank
	shAbsorbs   // head of a format that absorbs
	shTextHead  // head of the generic format, with a time
	shCarried   // behind a syslog's prefix, indented or ending in a colon
	shKnownTail // goes on with a dump of threads, a report of a race, curl's advice: they have no line in common

	shFrame      // "at pkg.Class.method(File.java:1)", "... 3 more"
	shException  // "pkg.SomeException: text"
	shJavaThread // Exception in thread "main"
	shDumpHead   // Full thread dump

	shTraceback
	shPyRaise // the last line of a traceback
	shPyChain // During handling of the above exception
	shPyFile  // the first line of a SyntaxError
	shPyGroup // + Exception Group Traceback
	shSQLTail // what SQLAlchemy and PostgreSQL put below an error

	shGoPanic
	shGoroutine
	shGoLine
	shRaceHead

	shNodePlace // file.js:3
	shCaret
	shNodeError
	shNodeFrame
	shNodeTail
	shNodeVersion

	shRustPanic   // thread 'main' panicked at file:1:2:
	shRustOld     // thread 'main' panicked at 'text', file:1:2
	shRustNote    // note: run with, stack backtrace:
	shRustcHead   // error[E0382]:
	shRustcArrow  // --> file:1:2
	shRustcSource // 5 |     x

	shRubyFrame
	shPHPTrace // Stack trace:
	shHashed   // #0 text
	shGDBSignal
	shGDBFrame
	shGDBLine
	shSanitizer
	shSanitizerLine

	shDiffOld
	shDiffNew
	shDiffHunk
	shDiffLine
	shDiffMeta
	shResult  // head of an Ansible result that goes on below
	shSection // STDERR:

	shRule     // ------
	shStage    // > [stage 2/5]
	shPlace    // Dockerfile:5
	shLongRule // --------------------, ***************

	shGradle
	shGradleStar
	shCurlTLS

	shSpring       // APPLICATION FAILED TO START
	shSpringReason // Description:
	shSpringAction // Action:

	shRecord      // "git : fatal: ..." of PowerShell
	shRecordPlace // "At line:1 char:1" and what PowerShell prints below it
	shRecordEnd   // the last of that

	shGroupHead // "│ Error: text", "failed: [web1] => {...}"
	shGroupLine // a line that begins as those below such a head do
)

// state is a block that may be open.
type state uint8

const (
	outside state = iota // always open: what opens blocks
	stAbsorb
	stTextHead
	stJava
	stDump
	stPyTrace
	stPyRaised
	stPyGap
	stPyChain
	stGoPanic
	stGoStack
	stRace
	stNodePlace
	stNodeSource
	stNodeCaret
	stNodeTrace
	stRustPanic
	stRustBody
	stRustcHead
	stRustc
	stRuby
	stPHP
	stGDBSignal
	stGDB
	stSanitizer
	stDiffOld
	stDiffNew
	stDiff
	stDiffMeta
	stResult
	stSection
	stExcerptRule
	stExcerpt
	stExcerptEnd
	stSourcePlace
	stSource
	stGradle
	stGradleText
	stCurlTLS
	stSpring
	stSpringReason
	stSpringText
	stSpringGap
	stSpringAction
	stSpringAdvice
	stRecord
	stRecordPlace
	stGroup
	numStates
	ended = numStates // the line belongs to the block and nothing after it does
)

// move says that the block from, where it is open, takes a line of one of the
// shapes on, and is then the block to.
type move struct {
	from state
	on   shape
	to   state

	not   shape // unless the line has one of these too
	ahead shape // only if a line of such a shape follows near below
	error bool  // only if the line that opened the block has level ERROR or above
}

// anyLine is every line that is no head.
const anyLine = shText | shBlank

// moves are the machines of all blocks. To one kind of block belong the lines here,
// its shapes in shapes.go, and an example in testdata/multiline.
var moves = []move{
	{from: outside, on: shAbsorbs, to: stAbsorb},
	{from: stAbsorb, on: anyLine | shCarried, to: stAbsorb},

	// Java: a message of several lines above the frames.
	{from: outside, on: shTextHead, to: stTextHead},
	{from: stTextHead, on: shText, to: stTextHead, ahead: shFrame, not: shContinues, error: true},
	{from: stTextHead, on: shTraceback, to: stPyTrace, error: true},
	{from: outside, on: shJavaThread | shException, to: stJava},
	{from: stJava, on: shText, to: stJava, ahead: shFrame, not: shContinues},
	{from: outside, on: shDumpHead, to: stDump},
	{from: stDump, on: shBlank | shIndented | shKnownTail, to: stDump},

	// Python
	{from: outside, on: shTraceback | shPyFile, to: stPyTrace},
	{from: stPyTrace, on: shIndented, to: stPyTrace},
	{from: stPyTrace, on: shPyRaise, to: stPyRaised, not: shIndented},
	{from: stPyTrace, on: shIndented, to: stPyRaised}, // the end of a group
	{from: stPyRaised, on: shSQLTail | shIndented, to: stPyRaised},
	{from: stPyRaised, on: shText, to: stPyRaised, ahead: shPyChain}, // notes, messages of several lines
	{from: stPyRaised, on: shBlank, to: stPyGap},
	{from: stPyGap, on: shBlank, to: stPyGap},
	{from: stPyGap, on: shSQLTail, to: stPyRaised},
	{from: stPyGap, on: shPyChain, to: stPyChain},
	{from: stPyChain, on: shBlank, to: stPyChain},
	{from: stPyChain, on: shTraceback, to: stPyTrace},

	// Go
	{from: outside, on: shGoPanic, to: stGoPanic},
	{from: outside, on: shGoroutine, to: stGoStack},
	{from: stGoPanic, on: shBlank | shIndented | shGoPanic | shGoLine, to: stGoPanic},
	{from: stGoPanic, on: shText, to: stGoPanic, ahead: shGoroutine},
	{from: stGoPanic, on: shGoroutine, to: stGoStack},
	{from: stGoStack, on: shBlank | shIndented | shGoLine | shGoroutine, to: stGoStack},
	{from: outside, on: shRaceHead, to: stRace},
	{from: stRace, on: shBlank | shIndented | shKnownTail, to: stRace},

	// Node
	{from: outside, on: shNodePlace, to: stNodePlace},
	{from: stNodePlace, on: shText, to: stNodeSource, ahead: shCaret},
	{from: stNodeSource, on: shCaret, to: stNodeCaret},
	{from: stNodeCaret, on: shBlank, to: stNodeCaret},
	{from: stNodeCaret, on: shNodeError | shException | shContinues, to: stNodeTrace},
	{from: outside, on: shNodeFrame, to: stNodeTrace},
	{from: stNodeTrace, on: shBlank | shIndented | shContinues | shNodeTail, to: stNodeTrace},
	{from: stNodeTrace, on: shText, to: stNodeTrace, ahead: shNodeFrame},
	{from: stNodeTrace, on: shNodeVersion, to: ended},

	// Rust
	{from: outside, on: shRustPanic, to: stRustPanic},
	{from: outside, on: shRustOld, to: stRustBody},
	{from: stRustPanic, on: shText, to: stRustBody},
	{from: stRustBody, on: shIndented | shRustNote, to: stRustBody},
	{from: stRustBody, on: shText, to: stRustBody, ahead: shRustNote},
	{from: outside, on: shRustcHead, to: stRustcHead},
	{from: stRustcHead, on: shRustcArrow, to: stRustc},
	{from: stRustc, on: shIndented | shRustcSource | shRustNote, to: stRustc},

	// Ruby, PHP
	{from: outside, on: shRubyFrame, to: stRuby},
	{from: stRuby, on: shRubyFrame | shIndented, to: stRuby},
	{from: outside, on: shPHPTrace, to: stPHP},
	{from: stPHP, on: shHashed | shIndented | shPHPTrace, to: stPHP},

	// gdb, sanitizers
	{from: outside, on: shGDBSignal, to: stGDBSignal},
	{from: outside, on: shGDBFrame, to: stGDB},
	{from: stGDBSignal, on: shGDBLine, to: stGDBSignal},
	{from: stGDBSignal, on: shGDBFrame, to: stGDB},
	{from: stGDB, on: shGDBFrame | shIndented | shGDBLine, to: stGDB},
	{from: outside, on: shSanitizer, to: stSanitizer},
	{from: stSanitizer, on: shBlank | shIndented | shSanitizerLine, to: stSanitizer},

	// Ansible: --diff, results in YAML, the sections of the debug callback. A section
	// ends where the next head of Ansible stands.
	{from: outside, on: shDiffOld, to: stDiffOld},
	{from: stDiffOld, on: shDiffNew, to: stDiffNew},
	{from: stDiffNew, on: shDiffHunk, to: stDiff},
	{from: stDiff, on: shDiffLine | shDiffHunk | shIndented | shBlank, to: stDiff},
	{from: outside, on: shDiffMeta, to: stDiffMeta},
	{from: stDiffMeta, on: shDiffMeta, to: stDiffMeta},
	{from: stDiffMeta, on: shDiffOld, to: stDiffOld},
	{from: outside, on: shResult, to: stResult},
	{from: stResult, on: shBlank | shIndented | shContinues, to: stResult},
	{from: stResult, on: shSection, to: stSection},
	{from: stSection, on: anyLine, to: stSection},

	// docker build: the excerpts of output and Dockerfile below a step that failed.
	{from: outside, on: shRule, to: stExcerptRule},
	{from: stExcerptRule, on: shStage, to: stExcerpt},
	{from: stExcerpt, on: anyLine, to: stExcerpt, not: shRule},
	{from: stExcerpt, on: shRule, to: stExcerptEnd},
	{from: stExcerptEnd, on: shPlace, to: stSourcePlace},
	{from: outside, on: shPlace, to: stSourcePlace},
	{from: stSourcePlace, on: shLongRule, to: stSource},
	{from: stSource, on: shIndented, to: stSource},
	{from: stSource, on: shLongRule, to: ended},

	// Gradle; curl's advice below a certificate that it does not trust.
	{from: outside, on: shGradle, to: stGradle},
	{from: stGradle, on: shBlank, to: stGradle},
	{from: stGradle, on: shGradleStar, to: stGradleText},
	{from: stGradleText, on: shText, to: stGradleText},
	{from: stGradleText, on: shBlank, to: stGradle},
	{from: outside, on: shCurlTLS, to: stCurlTLS},
	{from: stCurlTLS, on: shBlank | shKnownTail, to: stCurlTLS},

	// Spring Boot's report of a failed start (LoggingFailureAnalysisReporter.java), below
	// an otherwise empty line of the logger or by itself.
	{from: stTextHead, on: shBlank | shLongRule, to: stTextHead, ahead: shSpring, error: true},
	{from: stTextHead, on: shSpring, to: stSpring, error: true},
	{from: outside, on: shSpring, to: stSpring},
	{from: stSpring, on: shBlank | shLongRule, to: stSpring},
	{from: stSpring, on: shSpringReason, to: stSpringReason},
	{from: stSpringReason, on: shBlank, to: stSpringReason},
	{from: stSpringReason, on: shText, to: stSpringText, not: shSpringReason | shSpringAction},
	{from: stSpringText, on: shText, to: stSpringText, not: shSpringAction},
	{from: stSpringText, on: shBlank, to: stSpringGap},
	{from: stSpringGap, on: shBlank, to: stSpringGap},
	{from: stSpringGap, on: shText, to: stSpringText, ahead: shSpringAction, not: shSpringAction},
	{from: stSpringGap, on: shSpringAction, to: stSpringAction},
	{from: stSpringText, on: shSpringAction, to: stSpringAction},
	{from: stSpringAction, on: shBlank, to: stSpringAction},
	{from: stSpringAction, on: shText, to: stSpringAdvice, not: shSpringAction},
	{from: stSpringAdvice, on: shText, to: stSpringAdvice},
	{from: stSpringAdvice, on: shBlank, to: ended},

	// PowerShell's record of a program's stderr, whose window may cut every line of it.
	{from: outside, on: shRecord, to: stRecord},
	{from: stRecord, on: shText, to: stRecord, ahead: shRecordPlace, not: shRecordPlace},
	{from: stRecord, on: shRecordPlace, to: stRecordPlace},
	{from: stRecordPlace, on: shRecordEnd, to: ended},
	{from: stRecordPlace, on: shRecordPlace | shIndented, to: stRecordPlace, not: shRecordEnd},
	{from: stRecordPlace, on: shText, to: stRecordPlace, ahead: shRecordPlace, not: shRecordEnd},

	// Terraform's diagnostics, the results of Ansible 1.
	{from: outside, on: shGroupHead, to: stGroup},
	{from: stGroup, on: shGroupLine, to: stGroup},
}

// movesFrom holds the moves by the block they leave; openers and soft are the shapes
// that open a block, and those that one takes behind a prefix. Text as such is not
// among the latter: what a service prints line by line is entries of its own.
var (
	movesFrom [numStates][]move
	openers   shape
	soft      shape
)

func init() {
	for _, m := range moves {
		movesFrom[m.from] = append(movesFrom[m.from], m)
		if m.from == outside {
			openers |= m.on
		} else {
			soft |= m.on &^ (shText | shContinues | shException)
		}
	}
}

// run is what one writer has written so far, as far as it matters for the next line.
type run struct {
	writer uint64
	owner  int  // start of the line that began the writer's last entry
	begun  bool // there is a line above
	known  bool // what is open is known exactly, not only what was opened nearby
	sure   bool // owner is known exactly

	last      mark // behind the last line that names the writer
	lastStart int  // where that one begins

	open  uint64 // set of states
	roots [numStates]int
}

// take lets the run go on with line and reports whether the line belongs to what
// stands above it.
func (r *run) take(f *Finder, line *lineInfo) bool {
	joined := r.begun && line.kind == plainLine && line.shapes&shContinues != 0
	if line.kind == hardHead {
		r.open = 0
	}
	if r.open != 0 {
		joined = r.advance(f, line) || joined
	}
	if line.kind == softHead && !joined {
		r.open = 0
	}
	for shapes := line.shapes & openers; shapes != 0; {
		for i := range movesFrom[outside] {
			if m := &movesFrom[outside][i]; m.on&shapes != 0 {
				r.open |= 1 << m.to
				r.roots[m.to] = line.start
			}
		}
		break
	}
	r.begun = true
	return joined
}

// advance makes the moves of the open blocks on line and reports whether there was
// one.
func (r *run) advance(f *Finder, line *lineInfo) (taken bool) {
	var next uint64
	var roots [numStates]int
	shapes := line.shapes
	if line.kind == softHead {
		shapes &= soft
	}
	for s := stAbsorb; s < numStates; s++ {
		if r.open&(1<<s) == 0 || line.end-r.roots[s] > MaxEntry {
			continue
		}
		for i := range movesFrom[s] {
			m := &movesFrom[s][i]
			if shapes&m.on == 0 || line.shapes&m.not != 0 || m.ahead != 0 && !f.ahead(line, m.ahead) || m.error && !f.isError(r.roots[s]) {
				continue
			}
			taken = true
			if m.to == ended {
				continue
			}
			if bit := uint64(1) << m.to; next&bit == 0 || roots[m.to] < r.roots[s] {
				next |= bit
				roots[m.to] = r.roots[s]
			}
		}
	}
	r.open = next
	if next != 0 {
		r.roots = roots
	}
	return taken
}

// shapeTest recognises lines that begin with one of the bytes first.
type shapeTest struct {
	first string
	shape shape
	test  func(line []byte) bool
}

var (
	shapesByFirst    [256][]shapeTest // lines that are not indented
	shapesByIndented [256][]shapeTest // indented ones, by the byte behind the blanks
)

func init() {
	for _, t := range shapeTests {
		for _, c := range []byte(t.first) {
			shapesByFirst[c] = append(shapesByFirst[c], t)
		}
	}
	for _, t := range indentedTests {
		for _, c := range []byte(t.first) {
			shapesByIndented[c] = append(shapesByIndented[c], t)
		}
	}
}

// maxShaped bounds the beginning of a line by which its shape is decided.
const maxShaped = 1 << 10

// shapeOf returns what a line, without its line end and what carried it, may be.
func shapeOf(line []byte) shape {
	text := bytes.TrimLeft(line, " \t\r")
	if len(text) == 0 {
		if string(line) == " " { // what a line leaves that was cut by a window and put together
			return shText | shIndented | shContinues
		}
		return shBlank
	}
	s, tests := shText, &shapesByFirst
	if len(text) < len(line) {
		s, tests = shText|shIndented, &shapesByIndented
	}
	for _, t := range tests[text[0]] {
		if t.test(line[:min(len(line), maxShaped)]) {
			s |= t.shape
		}
	}
	if isTracebackHead(line) {
		s |= shTraceback
	}
	return s
}
