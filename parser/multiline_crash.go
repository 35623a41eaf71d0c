package parser

import (
	"strings"

	"diagnose"
)

// crashMarks are literals of what programs print when they crash. Those of Java,
// Python and Go's runtime errors are among the generic format's.
var crashMarks = []string{"panicked at ", "goroutine 1 [", "fatal error: all goroutines", "WARNING: DATA RACE", "Node.js v1", "Node.js v2", "SyntaxError: ",
	"IndentationError: ", "Unhandled exception", "PHP Fatal error", ": Uncaught ", "AddressSanitizer: ", "LeakSanitizer: ", "Program received signal", ": ERROR:  "}

// crashLines is how many lines of an entry are looked at for signs of a crash.
const crashLines = 64

// crashes are shapes that only a program that crashed prints.
const crashes = shJavaThread | shTraceback | shPyFile | shRustPanic | shRustOld | shGDBSignal | shSanitizer | shRaceHead | shSpring

// noteCrash marks an entry as trouble that holds what a program printed when it
// crashed, where its head does not say how grave it is. firstLine is that of the
// message.
func noteCrash(e *diagnose.Entry, firstLine []byte) {
	if e.Trouble || e.Ignored || e.Level != diagnose.LevelUnknown && e.Level != diagnose.LevelWarn {
		return
	}
	first, rest, more := strings.Cut(e.Message, "\n")
	shapes := shapeOf(firstLine)
	if e.Level == diagnose.LevelWarn {
		e.Trouble = shapes&shRaceHead != 0
		return
	}
	postgres := strings.Contains(first, ":  ") && (strings.Contains(first, ": ERROR:  ") || strings.Contains(first, ": FATAL:  "))
	e.Trouble = shapes&crashes != 0 || postgres ||
		strings.HasPrefix(first, "Unhandled exception") || strings.HasPrefix(first, "PHP Fatal error:")
	if e.Trouble || !more {
		return
	}
	all := shapes
	for range crashLines {
		line, below, ok := strings.Cut(rest, "\n")
		all |= shapeOf([]byte(line))
		if !ok {
			break
		}
		rest = below
	}
	switch {
	case all&crashes != 0,
		shapes&shNodePlace != 0 && all&shCaret != 0 && all&(shNodeError|shException) != 0,
		shapes&shGoPanic != 0 && all&shGoroutine != 0,
		shapes&shRubyFrame != 0 && strings.HasSuffix(first, "Error)"),
		shapes&shRule != 0 && all&shStage != 0:
		e.Trouble = true
	}
}
