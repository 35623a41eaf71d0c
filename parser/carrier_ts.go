package parser

import (
	"bytes"

	"diagnose"
)

// tsWrapper is a time stamp that something put before the lines of a program: ts of
// moreutils in its layouts, a shell loop, an appender that knows no more. Programs
// write stamps themselves, so it is taken off only where the head of a format
// stands behind it, or a line of a stack trace; of an exception's text alone behind
// a full date nobody can tell which it is:
//
//	Nov 21 02:04:15 text        ts
//	00:00:01 text               ts -i, ts -s
//	1667604471.747589 text      ts %.s
//	[2022-11-04 23:27:51] text
//	2025-07-06 19:42:40.995 | text    Docker Desktop, before what has a head of its own, and its stack
var tsWrapper = wrapper{name: "ts", first: firstDigits + firstLetters + "[", guarded: true, take: takeTS}

func takeTS(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !mayStamp(line) {
		return nil, 0
	}
	n := textStamp(line, nil)
	if n > 0 && string(line[n:]) == " | " {
		noteStamp(line, e)
		return line[len(line):], 0
	}
	if n == 0 || n+4 > len(line) || line[n] != ' ' {
		return nil, 0
	}
	if rest, bar := bytes.CutPrefix(line[n:], []byte(" | ")); bar {
		if len(rest) < 3 || !isFormatHead(rest) && !isStackText(rest) && (len(rest) < 12 || textStamp(rest, nil) == 0) {
			return nil, 0 // a logger whose columns have bars between them
		}
		noteStamp(line, e)
		return rest, 0
	}
	inner := line[n+1:]
	dated := line[4] == '-' || line[0] == '['
	if dated && inner[0] == '[' && isFormatHead(line) {
		return nil, 0 // most are those of loggers, whose thread alone looks like another's line
	}
	if !isOwnLine(inner) && (dated || !isStackText(inner)) {
		return nil, 0
	}
	if isFormatHead(line) && !((line[3] == ' ' || line[10] == '.') && (isFormatHead(inner) || isExceptionLine(inner))) {
		return nil, 0 // syslog's prefix without a host is as "Nov 21 02:04:15 ssh: text"
	}
	noteStamp(line, e)
	return inner, 0
}

// noteStamp gives e, unless it is nil, the time that line begins with.
func noteStamp(line []byte, e *diagnose.Entry) {
	if e == nil {
		return
	}
	var told diagnose.Entry
	if textStamp(line, &told); !told.Time.IsZero() {
		e.Time = told.Time
	}
}

// mayStamp is a cheap test that keeps ordinary lines away from textStamp.
func mayStamp(line []byte) bool {
	switch c := line[0]; {
	case len(line) < 12:
		return false
	case c-'0' <= 9:
		return !levelFollows(line)
	case c == '[':
		return line[1]-'0' <= 9
	}
	return line[3] == ' ' && (line[4] == ' ' || line[4]-'0' <= 9)
}

// levelFollows reports whether a level in capitals stands behind the date and time
// that line begins with, as in most logs.
func levelFollows(line []byte) bool {
	if len(line) < 26 || line[4] != '-' {
		return false
	}
	at := 19
	for at < 32 && at < len(line) && line[at] > ' ' {
		at++
	}
	at = skip(line, at, ' ')
	end := letters(line, at)
	return end < len(line) && line[end] != ':' && levelWord(line[at:end]) != diagnose.LevelUnknown
}
