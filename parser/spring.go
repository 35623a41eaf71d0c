package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// springFormat reads Spring Boot's console layout, as bk-job and bkrepo write it:
//
//	[2024-05-30 11:09:00.240] ERROR [app,trace,span] 14 --- [  main] c.t.b.X [TID: N/A] : text
//
// with or without the brackets around the time and the trace. Class lines, stack
// frames and causes below it belong to it.
var springFormat = Format{
	Name:    "spring",
	Absorbs: true,
	Head:    springHead,
	First:   "[" + timeLeftOut[:1] + firstDigits,
	Fifth:   "-/.",
	Finish:  springFinish,
	Marks:   []string{" ERROR [,,] ", " ERROR [job-", "nested exception is ", "Application run failed", "APPLICATION FAILED TO START"},
}

// maxSpringHead bounds where the dashes before the thread may stand.
const maxSpringHead = 200

var springDashes = []byte(" --- [")

func springHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || line[0] != '[' && line[0]-'0' > 9 && line[0] != timeLeftOut[0] {
		return -1
	}
	dashes := bytes.Index(line[:min(len(line), maxSpringHead)], springDashes)
	if dashes < 0 {
		return -1
	}
	stamp, level, end := springLevel(line)
	if level == diagnose.LevelUnknown || dashes < end {
		return -1
	}
	thread := dashes + len(springDashes)
	closing := bytes.IndexByte(line[thread:], ']')
	if closing < 0 {
		return -1
	}
	logger := skip(line, thread+closing+1, ' ')
	colon := bytes.Index(line[logger:], []byte(" : "))
	if colon < 0 {
		return -1
	}
	if e != nil {
		readISOOrLeftOut(line[stamp:], e)
		e.Level = level
		readSpringContext(bytes.TrimSpace(line[end:dashes]), e)
		e.Thread = strings.TrimSpace(string(line[thread : thread+closing]))
		readSpringLogger(line[logger:logger+colon], e)
	}
	return logger + colon + len(" : ")
}

// springLevel reads the time and the level and returns where the time begins and
// where the level ends.
func springLevel(line []byte) (stamp int, level diagnose.Level, end int) {
	if line[0] == '[' {
		stamp = 1
	}
	n := readISOOrLeftOut(line[stamp:], nil)
	if n == 0 {
		return 0, diagnose.LevelUnknown, 0
	}
	n += stamp
	if stamp == 1 {
		if n >= len(line) || line[n] != ']' {
			return 0, diagnose.LevelUnknown, 0
		}
		n++
	}
	word := skip(line, n, ' ')
	end = letters(line, word)
	return stamp, levelWord(line[word:end]), end
}

// readSpringContext reads "[app,trace,span] 14" or "14".
func readSpringContext(context []byte, e *diagnose.Entry) {
	if i := bytes.LastIndexByte(context, ' '); i >= 0 {
		e.PID = string(context[i+1:])
	} else {
		e.PID = string(context)
	}
	if len(context) == 0 || context[0] != '[' {
		return
	}
	inner, _, _ := bytes.Cut(context[1:], []byte("]"))
	app, rest, _ := bytes.Cut(inner, []byte(","))
	trace, _, _ := bytes.Cut(rest, []byte(","))
	e.Process = string(app)
	e.IDs = addID(e.IDs, diagnose.KindTrace, string(trace))
}

// readSpringLogger reads the logger, the brackets that Spring Boot 3 may have before it, of
// the thread, where the first was the program's, and of the trace (logging.pattern.correlation),
// and bkrepo's trace behind it.
func readSpringLogger(text []byte, e *diagnose.Entry) {
	for len(text) > 0 && text[0] == '[' {
		i := bytes.IndexByte(text, ']')
		if i < 0 {
			break
		}
		inner := string(bytes.TrimSpace(text[1:i]))
		if trace, span, _ := strings.Cut(inner, "-"); len(trace) == 32 && len(span) == 16 && isHex(inner[:32]) && isHex(span) {
			e.IDs = addID(e.IDs, diagnose.KindTrace, trace)
		} else if inner != "" {
			e.Thread = inner
		}
		text = bytes.TrimLeft(text[i+1:], " ")
	}
	name, rest, _ := bytes.Cut(bytes.TrimSpace(text), []byte(" "))
	e.Logger = string(name)
	if trace, ok := bytes.CutPrefix(bytes.TrimSpace(rest), []byte("[TID: ")); ok {
		if trace, ok = bytes.CutSuffix(trace, []byte("]")); ok && string(trace) != "N/A" {
			e.IDs = addID(e.IDs, diagnose.KindTrace, string(trace))
		}
	}
}

func springFinish(e *diagnose.Entry) {
	levelFinish(e)
	if strings.Contains(e.Message, "Application run failed") {
		e.Outcome = diagnose.OutcomeFailed
	}
}
