package parser

import (
	"strings"

	"diagnose"
)

// dotnetFormat reads the console logger of .NET, whose text stands indented below
// the category:
//
//	fail: Microsoft.Hosting.Lifetime[0]
//	      text
var dotnetFormat = Format{
	Name:   "dotnet",
	Head:   dotnetHead,
	First:  "tdiwfc",
	Finish: dotnetFinish,
	Marks:  []string{"fail: Microsoft.", "crit: Microsoft.", "fail: System.", "fail: Grpc."},
}

func dotnetHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 10 || line[4] != ':' || line[5] != ' ' {
		return -1
	}
	level := dotnetLevel(line[:4])
	c := cursor{line: line, at: len("fail: ")}
	category := c.until("[")
	c.number()
	c.literal("]")
	if c.bad || level == diagnose.LevelUnknown || !isLoggerName(category) || c.at < len(line) && line[c.at] != ' ' && line[c.at] != '\r' {
		return -1
	}
	if e != nil {
		e.Level, e.Logger = level, string(category)
	}
	return len("fail: ")
}

func dotnetLevel(word []byte) diagnose.Level {
	switch string(word) {
	case "trce":
		return diagnose.LevelTrace
	case "dbug":
		return diagnose.LevelDebug
	case "info":
		return diagnose.LevelInfo
	case "warn":
		return diagnose.LevelWarn
	case "fail":
		return diagnose.LevelError
	case "crit":
		return diagnose.LevelFatal
	}
	return diagnose.LevelUnknown
}

// dotnetFinish takes the indentation off the text.
func dotnetFinish(e *diagnose.Entry) {
	e.Message = strings.ReplaceAll(e.Message, "\n      ", "\n")
	levelFinish(e)
}
