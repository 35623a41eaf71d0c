package parser

import "diagnose"

// nlogFormat reads the default layout of .NET's NLog (Layouts/SimpleLayout.cs,
// "${longdate}|${level:uppercase=true}|${logger}|${message:withexception=true}"):
//
//	2026-01-31 10:00:03.1234|ERROR|App.Main|text
var nlogFormat = Format{
	Name:   "nlog",
	Head:   nlogHead,
	First:  firstDigits,
	Finish: levelFinish,
}

func nlogHead(line []byte, e *diagnose.Entry) int {
	at := afterISO(line)
	if at == 0 || at >= len(line) || line[at] != '|' {
		return -1
	}
	c := cursor{line: line, at: at + 1}
	level := levelWord(c.until("|"))
	logger := c.until("|")
	if c.bad || level == diagnose.LevelUnknown || !isLoggerName(logger) {
		return -1
	}
	t, n := readISO(line)
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(logger)
	}
	return c.at
}
