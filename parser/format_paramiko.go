package parser

import "diagnose"

// paramikoFormat reads the log that paramiko writes to a file (util.py, log_to_file):
//
//	DEB [20231026-15:04:51.358] thr=1   paramiko.transport: text
var paramikoFormat = Format{
	Name:   "paramiko",
	Head:   paramikoHead,
	First:  "DIWEC",
	Marks:  []string{"paramiko.transport"},
	Finish: levelFinish,
}

// paramikoLevels are the names of the levels, which are cut to three letters.
var paramikoLevels = map[string]diagnose.Level{
	"DEB": diagnose.LevelDebug, "INF": diagnose.LevelInfo, "WAR": diagnose.LevelWarn, "ERR": diagnose.LevelError, "CRI": diagnose.LevelFatal,
}

func paramikoHead(line []byte, e *diagnose.Entry) int {
	const stamp = "20231026-15:04:51"
	if len(line) < len("DEB [")+len(stamp) || line[3] != ' ' || line[4] != '[' || line[13] != '-' {
		return -1
	}
	level, ok := paramikoLevels[string(line[:3])]
	if !ok {
		return -1
	}
	year, month, day := digits2(line[5:])*100+digits2(line[7:]), digits2(line[9:]), digits2(line[11:])
	clock, n := readTimeOfDay(line[14:])
	if n == 0 || year < 1 || !validDay(year, month, day) {
		return -1
	}
	c := cursor{line: line, at: 14 + n}
	c.literal("] thr=")
	thread := c.number()
	c.gap()
	logger := c.until(": ")
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Level = clock.on(year, month, day), level
		e.Thread, e.Logger = string(thread), string(logger)
	}
	return c.at
}
