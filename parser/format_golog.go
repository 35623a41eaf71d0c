package parser

import (
	"bytes"

	"diagnose"
)

// goLogFormat reads Go's package log, with and without microseconds and the file:
//
//	2024/01/02 10:00:00.123456 server.go:12: text
var goLogFormat = Format{
	Name:   "golog",
	Head:   goLogHead,
	First:  firstDigits,
	Fifth:  "/",
	Finish: textFinish,
}

func goLogHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 22 || line[0]-'0' > 9 || line[4] != '/' || line[10] != ' ' || line[16] != ':' {
		return -1
	}
	at := len("2024/01/02 10:00:00")
	if line[at] == '.' {
		at = digits(line, at+1)
		if at != len("2024/01/02 10:00:00.000000") {
			return -1
		}
	}
	if at >= len(line) || line[at] != ' ' {
		return -1
	}
	t, n := readISO(line)
	if n == 0 {
		return -1
	}
	text := at + 1
	file := goFile(line[text:])
	if e == nil {
		return text + file
	}
	e.Time = t
	if file > 0 {
		e.Logger = string(line[text : text+file-2])
		text += file
	}
	level, end := nearLevel(line, text-1)
	e.Level = level
	// "fatal: text" is how another program says it whose output was logged.
	if level == diagnose.LevelUnknown || end > text+1 && bytes.HasSuffix(line[text:end], []byte(": ")) && line[text+1] >= 'a' {
		return text
	}
	return end
}

// goFile returns the length of "server.go:12: ", 0 when the text begins otherwise.
func goFile(text []byte) int {
	near := text[:min(len(text), maxHeadField)]
	i := bytes.Index(near, []byte(".go:"))
	if i <= 0 || bytes.IndexByte(near[:i], ' ') >= 0 {
		return 0
	}
	end := digits(near, i+4)
	if end == i+4 || !hasPrefix(near[end:], ": ") {
		return 0
	}
	return end + 2
}
