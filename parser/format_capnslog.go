package parser

import (
	"bytes"

	"diagnose"
)

// capnslogFormat reads etcd before 3.4, and other programs of CoreOS:
//
//	2018-01-02 10:00:00.123456 E | etcdserver: text
var capnslogFormat = Format{
	Name:   "capnslog",
	Head:   capnslogHead,
	First:  firstDigits,
	Fifth:  "-/.",
	Finish: levelFinish,
	Marks:  []string{" E | etcd", " C | etcd", " E | rafthttp", " E | embed:"},
}

func capnslogHead(line []byte, e *diagnose.Entry) int {
	at := afterISO(line)
	if at == 0 || at+5 > len(line) || line[at] != ' ' || !hasPrefix(line[at+2:], " | ") {
		return -1
	}
	level := capnslogLevel(line[at+1])
	t, n := readISO(line)
	if n == 0 || level == diagnose.LevelUnknown {
		return -1
	}
	text := at + 5
	colon := bytes.Index(line[text:min(len(line), text+64)], []byte(": "))
	named := colon > 0 && isLoggerName(line[text:text+colon])
	if e != nil {
		e.Time, e.Level = t, level
		if named {
			e.Logger = string(line[text : text+colon])
		}
	}
	if named {
		text += colon + 2
	}
	return text
}

func capnslogLevel(c byte) diagnose.Level {
	switch c {
	case 'C':
		return diagnose.LevelFatal
	case 'E':
		return diagnose.LevelError
	case 'W':
		return diagnose.LevelWarn
	case 'N', 'I':
		return diagnose.LevelInfo
	case 'D':
		return diagnose.LevelDebug
	case 'T':
		return diagnose.LevelTrace
	}
	return diagnose.LevelUnknown
}
