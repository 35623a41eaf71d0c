package parser

import (
	"bytes"

	"diagnose"
)

// eventFormat reads Windows events that the Event Viewer saved as text, in English
// and Chinese, tabs or commas between level, time, source, event id, task and text,
// which may have several lines:
//
//	Error	1/2/2024 10:00:00 AM	Service Control Manager	7000	None	The x service failed to start ...
//	错误	2024/1/2 10:00:00	Service Control Manager	7000	无	text
var eventFormat = Format{
	Name:    "winevent",
	Absorbs: true,
	Head:    eventHead,
	First:   "EWICV" + firstHigh,
	Finish:  levelFinish,
	Marks:   []string{"\tService Control Manager\t70", ",Service Control Manager,70", "\tApplication Error\t1000", ",Application Error,1000"},
}

var eventStarts = newStarts("Error", "Warning", "Information", "Critical", "Verbose", "错误", "警告", "信息", "关键", "详细")

func eventHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || !eventStarts.match(line) {
		return -1
	}
	end := bytes.IndexAny(line[:16], "\t,")
	if end < 0 {
		return -1
	}
	c := cursor{line: line, at: end + 1}
	level := eventLevel(line[:end])
	t, n := readStamp(c.rest())
	if n == 0 || level == diagnose.LevelUnknown {
		return -1
	}
	stop := "\t"
	if line[end] == ',' {
		stop = ","
	}
	c.at += n
	c.literal(stop)
	source := c.until(stop)
	id := c.until(stop)
	c.until(stop)
	if c.bad || len(id) == 0 || digits(id, 0) != len(id) {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Process, e.Logger = string(source), string(id)
	}
	return c.at
}

func eventLevel(word []byte) diagnose.Level {
	switch string(word) {
	case "Error", "错误":
		return diagnose.LevelError
	case "Critical", "关键":
		return diagnose.LevelFatal
	case "Warning", "警告":
		return diagnose.LevelWarn
	case "Information", "信息":
		return diagnose.LevelInfo
	case "Verbose", "详细":
		return diagnose.LevelDebug
	}
	return diagnose.LevelUnknown
}
