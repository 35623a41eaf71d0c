package parser

import "diagnose"

// proxifierFormat reads the log of Proxifier, whose stamps have no year:
//
//	[10.30 16:49:06] chrome.exe - proxy.example:5070 open through proxy proxy.example:5070 HTTPS
var proxifierFormat = Format{
	Name:   "proxifier",
	Head:   proxifierHead,
	First:  "[",
	Finish: textFinish,
}

func proxifierHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("[10.30 16:49:06] ")
	if len(line) < stamp+4 || line[0] != '[' || line[3] != '.' || line[6] != ' ' || line[15] != ']' {
		return -1
	}
	t, n := readMonthDay(line[1:])
	if n != len("10.30 16:49:06") {
		return -1
	}
	c := cursor{line: line, at: stamp}
	program := c.until(" - ")
	if c.bad || len(program) == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Process = t, string(program)
	}
	return c.at
}
