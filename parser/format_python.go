package parser

import (
	"bytes"
	"time"

	"diagnose"
)

// pythonFormat reads Python's logging in its default and customary layouts, and
// what gunicorn, Celery, Airflow and loguru make of it:
//
//	2024-01-02 10:00:00,123 - app.db - ERROR - text
//	ERROR:root:text
//	[2024-01-02 10:00:00 +0000] [12] [ERROR] text
//	[2024-01-02 10:00:00,123: ERROR/MainProcess] text
//	[2024-01-02T10:00:00.123+0000] {task.py:12} ERROR - text
//	2024-01-02 10:00:00.123 | ERROR    | app.db:connect:12 - text
//	2024-01-02 10:00:00,123 - ERROR db.py:12 -- text
//	2024-01-02 10:00:00,123	ERROR db.py:12 -- text
//	ERROR 2024-01-02 10:00:00,123 views 12 139872 text
//	ERROR 2024-01-02 10:00:00 text
//	[2024-01-02][10:00:00] [ERROR] text
//
// The last but two is what Django's documentation calls verbose (docs/topics/logging.txt):
// module, process and thread; other programs have only the text there.
//
// A line without a time keeps its level in the message, because people quote it so.
var pythonFormat = Format{
	Name:   "python",
	Head:   pythonHead,
	First:  "[" + firstDigits + firstCapitals,
	Finish: levelFinish,
	Marks: []string{" - CRITICAL - ", " [CRITICAL] ", "ERROR:root:", "CRITICAL:root:", ": ERROR/MainProcess]", ": ERROR/ForkPoolWorker", ": CRITICAL/MainProcess]",
		"} ERROR - ", "} CRITICAL - ", " | ERROR    | ", " | CRITICAL | ", "ERROR:__main__:", " - ERROR ", "\tERROR worker.py:", "\tERROR node.py:"},
}

func pythonHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 12 {
		return -1
	}
	switch c := line[0]; {
	case c == '[':
		return pythonBracket(line, e)
	case c-'0' <= 9:
		return pythonStamped(line, e)
	case c-'A' <= 25:
		return pythonPlain(line, e)
	}
	return -1
}

// pythonPlain reads LEVEL:logger:text.
func pythonPlain(line []byte, e *diagnose.Entry) int {
	end := letters(line, 0)
	if end < len(line) && line[end] == ' ' {
		return pythonVerbose(line, end, e)
	}
	if end >= len(line)-2 || end < 4 || line[end] != ':' || line[end+1] == ' ' {
		return -1
	}
	level := levelWord(line[:end])
	colon := bytes.IndexByte(line[end+1:min(len(line), end+maxHeadField)], ':')
	if level == diagnose.LevelUnknown || colon <= 0 || !isLoggerName(line[end+1:end+1+colon]) {
		return -1
	}
	if e != nil {
		e.Level, e.Logger = level, string(line[end+1:end+1+colon])
	}
	return 0
}

// pythonVerbose reads "LEVEL stamp module process thread text" or "LEVEL stamp text", the
// level of which ends at the place end.
func pythonVerbose(line []byte, end int, e *diagnose.Entry) int {
	const whole, second = len("2024-01-02 10:00:00,123"), len("2024-01-02 10:00:00")
	at := end + 1
	// A datefmt of its own leaves the milliseconds out.
	stamp := afterISO(line[at:])
	if stamp != second && (stamp != whole || line[at+stamp-4] != ',') {
		return -1
	}
	level := levelWord(line[:end])
	t, n := readISO(line[at : at+stamp])
	if level == diagnose.LevelUnknown || n == 0 {
		return -1
	}
	c := cursor{line: line, at: at + stamp}
	c.literal(" ")
	if c.bad || c.at == len(line) || line[c.at] == '[' {
		return -1
	}
	// Without the numbers behind it, a word may be the module or the text's first.
	numbered := c
	module := numbered.word()
	numbered.literal(" ")
	pid := numbered.number()
	numbered.literal(" ")
	numbered.number()
	numbered.literal(" ")
	if numbered.bad || !isLoggerName(module) {
		module, pid = nil, nil
	} else {
		c = numbered
	}
	if e != nil {
		e.Time, e.Level, e.Logger, e.PID = t, level, string(module), string(pid)
	}
	return c.at
}

// pythonStamped reads fields behind a stamp that " - " or " | " part.
func pythonStamped(line []byte, e *diagnose.Entry) int {
	at := afterISO(line)
	if at == 0 || at+3 > len(line) {
		return -1
	}
	mark := " - "
	if n := pythonPlaced(line, at, e); n > 0 {
		return n
	}
	if !hasPrefix(line[at:], mark) {
		if mark = " | "; !hasPrefix(line[at:], mark) {
			return -1
		}
	}
	c := cursor{line: line, at: at + len(mark)}
	var level diagnose.Level
	var logger []byte
	for range maxBeforeLevel {
		field := bytes.TrimRight(c.until(mark), " ")
		if c.bad {
			return -1
		}
		if level = levelWord(field); level != diagnose.LevelUnknown {
			break
		}
		if !isLoggerName(field) && digits(field, 0) != len(field) {
			return -1
		}
		logger = field
	}
	t, n := readISO(line)
	if level == diagnose.LevelUnknown || n == 0 {
		return -1
	}
	if mark == " | " { // loguru: module:function:line - text
		from := c
		if where := c.until(" - "); !c.bad && isLoggerName(where) {
			logger = where
		} else {
			c = from
		}
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Logger = string(logger)
	}
	return c.at
}

// pythonPlaced reads "LEVEL file.py:12 -- " behind a stamp that ends at the place at, and
// returns 0 when the line has none.
func pythonPlaced(line []byte, at int, e *diagnose.Entry) int {
	c := cursor{line: line, at: at}
	if !c.try(" - ") && !c.try("\t") {
		return 0
	}
	end := letters(line, c.at)
	level := levelWord(line[c.at:end])
	if level == diagnose.LevelUnknown {
		return 0
	}
	c.at = end
	c.literal(" ")
	place := c.word()
	c.literal(" -- ")
	if c.bad || !isLoggerName(place) || !contains(place, ".py:") {
		return 0
	}
	t, n := readISO(line)
	if n == 0 {
		return 0
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(place)
	}
	return c.at
}

// pythonBracket reads the layouts that begin with a stamp in brackets.
func pythonBracket(line []byte, e *diagnose.Entry) int {
	at := afterISO(line[1:])
	t, comma := time.Time{}, false
	if at == 0 && hasPrefix(line[min(11, len(line)):], "][") {
		return pythonTwoBrackets(line, e)
	}
	if at == 0 {
		if t, at = airflowStamp(line[1:]); at == 0 {
			return -1
		}
		comma = true
	}
	c := cursor{line: line, at: at + 1}
	var level diagnose.Level
	var thread, logger, pid []byte
	switch {
	case c.try("] {"): // Airflow
		logger = c.until("} ")
		level = c.level()
		c.literal(" - ")
	case c.try(": "): // Celery
		level = c.level()
		c.literal("/")
		thread = c.until("] ")
	case c.try("] ["): // gunicorn
		pid = c.number()
		c.literal("] [")
		level = c.level()
		c.literal("] ")
	default:
		return -1
	}
	if !comma {
		var n int
		if t, n = readISO(line[1:]); n == 0 {
			return -1
		}
	}
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Thread, e.Logger, e.PID = string(thread), string(logger), string(pid)
	}
	return c.at
}

// pythonTwoBrackets reads "[date][time] [LEVEL] text".
func pythonTwoBrackets(line []byte, e *diagnose.Entry) int {
	const stamp = len("[2024-01-02][10:00:00]")
	if len(line) < stamp || line[stamp-1] != ']' {
		return -1
	}
	var plain [stamp - 3]byte
	copy(plain[:], line[1:11])
	plain[10] = ' '
	copy(plain[11:], line[13:stamp-1])
	t, n := readISO(plain[:])
	c := cursor{line: line, at: stamp}
	c.literal(" [")
	level := c.level()
	c.literal("] ")
	if c.bad || n != len(plain) {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
	}
	return c.at
}

// airflowStamp reads Airflow's own "2024-01-02, 10:00:00 UTC".
func airflowStamp(b []byte) (t time.Time, n int) {
	if len(b) < 24 || b[10] != ',' || b[0]-'0' > 9 {
		return t, 0
	}
	var plain [23]byte
	copy(plain[:10], b)
	copy(plain[10:], b[11:24])
	if t, n = readISO(plain[:]); n == 0 {
		return t, 0
	}
	return t, n + 1
}
