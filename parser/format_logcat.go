package parser

import (
	"bytes"
	"time"

	"diagnose"
)

// logcatFormat reads Android's logcat: threadtime, time and brief.
//
//	03-17 16:13:38.811  1702  2395 E WindowManager: text
//	03-17 16:13:38.811 E/WindowManager( 1702): text
//	E/WindowManager( 1702): text
var logcatFormat = Format{
	Name:   "logcat",
	Head:   logcatHead,
	First:  "01" + firstLetters,
	Finish: levelFinish,
	Marks:  []string{" E AndroidRuntime:", "E/AndroidRuntime", " F libc    :", "FATAL EXCEPTION: "},
}

func logcatHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 12 {
		return -1
	}
	var t time.Time
	c := cursor{line: line}
	if line[0]-'0' <= 1 {
		if line[2] != '-' || line[5] != ' ' || line[8] != ':' {
			return -1
		}
		var n int
		if t, n = readMonthDay(line); n == 0 {
			return -1
		}
		c.at = n
		c.gap()
	} else if line[1] != '/' {
		return -1
	}
	var f logcatFields
	f.read(&c)
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, f.level
		e.PID, e.Thread, e.Logger = string(f.pid), string(f.thread), string(bytes.TrimSpace(f.tag))
	}
	return c.at
}

type logcatFields struct {
	level            diagnose.Level
	pid, thread, tag []byte
}

func (f *logcatFields) read(c *cursor) {
	if c.bad || c.at+4 > len(c.line) {
		c.fail()
		return
	}
	brief := c.line[c.at+1] == '/'
	if !brief {
		f.pid = c.number()
		c.gap()
		f.thread = c.number()
		c.gap()
	}
	if c.bad || c.at+2 > len(c.line) {
		c.fail()
		return
	}
	f.level = logcatLevel(c.line[c.at])
	c.at++
	if brief {
		c.literal("/")
		f.tag = c.until("(")
		c.blanks()
		f.pid = c.number()
		c.literal("): ")
	} else {
		c.literal(" ")
		f.tag = c.until(":")
		c.try(" ")
	}
	c.bad = c.bad || f.level == diagnose.LevelUnknown
}

// logcatLevel reads the letter of a priority.
func logcatLevel(c byte) diagnose.Level {
	switch c {
	case 'V':
		return diagnose.LevelTrace
	case 'D':
		return diagnose.LevelDebug
	case 'I':
		return diagnose.LevelInfo
	case 'W':
		return diagnose.LevelWarn
	case 'E':
		return diagnose.LevelError
	case 'F', 'A':
		return diagnose.LevelFatal
	}
	return diagnose.LevelUnknown
}
