package parser

import (
	"strings"
	"time"

	"diagnose"
)

// redisFormat reads the log of Redis and Valkey. The sign before the text is the
// level: . debug, - verbose, * notice, # warning, which is all there is for errors.
//
//	1:M 02 Jan 2024 10:00:00.123 # Can't save in background: fork: Cannot allocate memory
//	[12] 02 Jan 10:00:00.123 # text
var redisFormat = Format{
	Name:   "redis",
	Head:   redisHead,
	First:  "[" + firstDigits,
	Finish: redisFinish,
	Marks: []string{"Can't save in background", "Background saving error", "Failed opening the RDB file", "Could not create server TCP",
		"Bad file format reading the append only file", "Can't handle RDB format", "MISCONF Redis", "# Fatal error", "Failed opening .rdb",
		"OOM command not allowed", "=== REDIS BUG REPORT START", "Wrong signature trying to load DB"},
}

func redisHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 24 || line[0]-'0' > 9 && line[0] != '[' {
		return -1
	}
	c := cursor{line: line}
	bracketed := c.try("[")
	if !bracketed && digits(line, 0) > 10 {
		return -1
	}
	pid := c.number()
	var role []byte
	switch {
	case c.bad || c.at+1 >= len(line):
		return -1
	case bracketed:
		c.literal("] ")
	default:
		c.literal(":")
		role = line[c.at : c.at+1]
		switch role[0] {
		case 'X', 'C', 'S', 'M':
			c.at++
		default:
			return -1
		}
		c.literal(" ")
	}
	if c.bad {
		return -1
	}
	t, n := redisStamp(c.rest())
	c.at += n
	if n == 0 || c.at+3 > len(line) || line[c.at] != ' ' || line[c.at+2] != ' ' {
		return -1
	}
	level := redisLevel(line[c.at+1])
	if level == diagnose.LevelUnknown {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.PID, e.Thread = string(pid), string(role)
	}
	return c.at + 3
}

func redisLevel(sign byte) diagnose.Level {
	switch sign {
	case '.':
		return diagnose.LevelDebug
	case '-', '*':
		return diagnose.LevelInfo
	case '#':
		return diagnose.LevelWarn
	}
	return diagnose.LevelUnknown
}

// redisTroubles begin the warnings that are failures.
var redisTroubles = newStarts("Fatal", "Can't ", "Failed ", "Could not ", "Background saving error", "Bad file format", "Error ", "Short read",
	"Unrecoverable error", "MISCONF", "Out Of Memory", "Wrong signature", "Creating Server TCP listening socket", "=== REDIS BUG REPORT",
	"Warning: Could not create server TCP")

func redisFinish(e *diagnose.Entry) {
	levelFinish(e)
	e.Trouble = e.Level == diagnose.LevelWarn && (redisTroubles.match([]byte(e.Message)) || endsInErrno([]byte(diagnose.FirstLine(e.Message)))) ||
		strings.Contains(e.Message, "OOM command not allowed")
}

// redisStamp reads "02 Jan 2024 10:00:00.123", and without the year before Redis 3.
func redisStamp(b []byte) (t time.Time, n int) {
	if t, n = readDayFirst(b); n > 0 || len(b) < 19 || b[2] != ' ' || b[6] != ' ' {
		return t, n
	}
	day, month := digits2(b), englishMonth(b[3:])
	clock, n := readTimeOfDay(b[7:])
	if n == 0 || !validDay(yearUnknown, month, day) {
		return t, 0
	}
	return clock.on(yearUnknown, month, day), n + 7
}
