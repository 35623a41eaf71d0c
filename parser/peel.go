package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// A wrapper is what a build server, a container runtime, a log collector or a
// viewer put around each line of a program's output. Inside stands the program's
// own line, which the formats know. One wrapper is one file with one wrapper value;
// wrappers lists them.
type wrapper struct {
	// name is how the documentation and the tests call it.
	name string

	// first holds the bytes that a line of it can begin with; "" means any.
	first string

	// guarded says that the wrapper is taken off only where something known stands
	// behind it, because other text begins alike.
	guarded bool

	// take returns the text inside line, nil when line is none of this wrapper's,
	// and a number that is the same for the lines of one writer, 0 when the wrapper
	// does not tell its writers apart. The text is the end of line, or memory of its
	// own that was decoded from line and may then hold several lines. Line itself
	// says that nothing is taken off and only the writer is known. With e == nil
	// it only tests, and allocates nothing but what it decodes. Otherwise it notes in
	// e what the wrapper tells: Time, Level, Host, Process, PID, Mentions.
	take func(line []byte, e *diagnose.Entry) (inner []byte, writer uint64)

	// part, when set, says of a line that was taken how it goes together with others:
	// the wrapper may have cut it.
	part func(line []byte) part
}

// wrappers are tried in this order, at most maxWrappers inside one another.
var wrappers = []wrapper{
	journalWrapper,
	dockerWrapper,
	collectorWrapper,
	lokiWrapper,
	gcpWrapper,
	criWrapper,
	gitLabWrapper,
	stampWrapper,
	fluentdWrapper,
	foremanWrapper,
	jenkinsClockWrapper,
	jenkinsStampWrapper,
	teamCityWrapper,
	kubectlWrapper,
	buildKitWrapper,
	githubMarkWrapper,
	githubViewWrapper,
	composeWrapper,
	sternWrapper,
	lokiTextWrapper,
	syslogWrapper,
	composeNamedWrapper,
	ansibleLogWrapper,
	sternNamedWrapper,
	tsWrapper,
	branchWrapper,
	pdshWrapper,
	parallelWrapper,
}

// maxWrappers bounds wrappers inside one another: compose inside a build server's
// inside a collector's.
const maxWrappers = 6

// wrappersByFirst holds the wrappers by the byte that a line begins with.
var wrappersByFirst [256][]*wrapper

func init() { // not an initializer: guarded wrappers look here
	for i := range wrappers {
		w := &wrappers[i]
		for c := range wrappersByFirst {
			if w.first == "" || strings.IndexByte(w.first, byte(c)) >= 0 {
				wrappersByFirst[c] = append(wrappersByFirst[c], w)
			}
		}
	}
}

const (
	firstDigits   = "0123456789"
	firstSmall    = "abcdefghijklmnopqrstuvwxyz"
	firstCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	firstLetters  = firstSmall + firstCapitals
)

// firstHigh are all bytes of characters that are no ASCII.
var firstHigh = func() string {
	high := make([]byte, 0, 128)
	for c := 0x80; c < 0x100; c++ {
		high = append(high, byte(c))
	}
	return string(high)
}()

// peeled is a line without what carried it.
type peeled struct {
	// inner is the program's own line, without escape sequences and overwritten
	// progress. One that was decoded may hold several lines.
	inner []byte

	// writer is equal for lines of one writer in a stream, as far as the wrappers
	// tell writers apart; 0 when none does.
	writer uint64

	// part says how the line goes together with others, where a wrapper may have cut
	// it; carried is what stands in that wrapper, and carrier the writer as far as that
	// one and those around it tell.
	part    part
	carried []byte
	carrier uint64

	// decoded says that inner is not simply the end of the line.
	decoded bool
}

// head is the first line of what is inside.
func (q *peeled) head() []byte {
	if q.decoded {
		if i := bytes.IndexByte(q.inner, '\n'); i >= 0 {
			return trimLineEnd(q.inner[:i])
		}
	}
	return q.inner
}

// below are the lines inside that follow the first one.
func (q *peeled) below() []byte {
	if q.decoded {
		if i := bytes.IndexByte(q.inner, '\n'); i >= 0 {
			return q.inner[i+1:]
		}
	}
	return nil
}

// peel takes everything off a line, given without its line end, that carried it.
// It allocates only for escape sequences and for wrappers that encode the line.
func peel(line []byte) peeled { return peelInto(line, nil) }

// peelInto is peel; it notes in e, unless that is nil, what the wrappers tell. An
// inner wrapper knows better than one around it.
func peelInto(line []byte, e *diagnose.Entry) peeled {
	var q peeled
	q.inner = stripColours(line)
	stripped := false
	for range maxWrappers {
		inner, writer, part := unwrap(q.inner, e)
		if inner == nil {
			// Behind progress may stand a line with a wrapper of its own.
			shown := stripProgress(q.inner)
			stripped = true
			if len(shown) == len(q.inner) {
				break
			}
			q.inner = shown
			continue
		}
		stripped = false
		if writer != 0 {
			q.writer = q.writer*hashPrime ^ writer
		}
		if len(inner) == len(q.inner) && isTail(q.inner, inner) {
			break
		}
		if !isTail(q.inner, inner) {
			inner = stripColours(inner)
		}
		q.inner = inner
		if part != 0 && q.part == 0 {
			q.part, q.carried, q.carrier = part, inner, q.writer
		}
	}
	if !stripped {
		q.inner = stripProgress(q.inner)
	}
	q.decoded = !isTail(line, q.inner)
	return q
}

// minWrapped is the length of the shortest line in a wrapper.
const minWrapped = 6

// unwrap takes one wrapper off, nil when there is none.
func unwrap(line []byte, e *diagnose.Entry) (inner []byte, writer uint64, cut part) {
	if len(line) < minWrapped {
		return nil, 0, 0
	}
	for _, w := range wrappersByFirst[line[0]] {
		if inner, writer = w.take(line, e); inner != nil {
			if w.part != nil {
				cut = w.part(line)
			}
			return inner, writer, cut
		}
	}
	return nil, 0, 0
}

// isKnown reports whether line is one that only a program's own log has: the head
// of a format other than the generic one, text with a time stamp, a line of a stack
// trace, or a line in a wrapper that needs no guard.
func isKnown(line []byte) bool {
	if len(line) < 3 {
		return false
	}
	return isFormatHead(line) || len(line) > 3 && textHead(line, nil) > 0 || isStackText(line) || isWrapped(line)
}

// isOwnLine is isKnown without what text of a program may be as well: a time stamp,
// an exception's name.
func isOwnLine(line []byte) bool {
	return len(line) > 2 && (isFormatHead(line) || isTrace(line) || isWrapped(line))
}

// isTrace reports whether text is a line that only a stack trace has.
func isTrace(text []byte) bool {
	text = bytes.TrimLeft(text, " \t")
	return isFrame(text) || isElision(text) || hasPrefix(text, "Caused by: ")
}

// isFormatHead reports whether line is the head of a format other than the generic
// one.
func isFormatHead(line []byte) bool {
	i, _ := knownFormats.head(line, nil)
	return i >= 0
}

// knownFormats are all but the generic one.
var knownFormats = func() *dispatch {
	all := Formats()
	return newDispatch(all[:len(all)-1])
}()

// isWrapped reports whether line is in a wrapper that needs no guard.
func isWrapped(line []byte) bool {
	for _, w := range wrappersByFirst[line[0]] {
		if !w.guarded && len(line) >= minWrapped {
			if inner, _ := w.take(line, nil); inner != nil {
				return true
			}
		}
	}
	return false
}

// isTail reports whether tail is the end of line, in the same memory.
func isTail(line, tail []byte) bool {
	if len(tail) == 0 {
		return true
	}
	return len(tail) <= len(line) && &tail[0] == &line[len(line)-len(tail)]
}

// FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
const (
	hashStart uint64 = 14695981039346656037
	hashPrime uint64 = 1099511628211
)

// writerOf makes a writer's number of its name, which is never 0.
func writerOf(name []byte) uint64 {
	h := hashStart
	for _, c := range name {
		h = (h ^ uint64(c)) * hashPrime
	}
	return h | 1
}

// merge gives e what the wrappers told, where its own head says nothing. A level
// below a warning is the collector's default, not the program's word.
func merge(e, told *diagnose.Entry) {
	if e.Time.IsZero() {
		e.Time, e.TimeInferred = told.Time, told.TimeInferred
	}
	if e.Level == diagnose.LevelUnknown && told.Level >= diagnose.LevelWarn {
		e.Level = told.Level
	}
	if e.Host == "" {
		e.Host = told.Host
	}
	if e.Process == "" && told.Process != "java" { // the interpreter is not the program
		e.Process = told.Process
	}
	if e.PID == "" {
		e.PID = told.PID
	}
	for _, id := range told.Mentions {
		e.Mentions = addID(e.Mentions, id.Kind, id.Value)
	}
}
