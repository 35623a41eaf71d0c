package parser

import "diagnose"

// barsFormat reads lines whose fields bars part, as apps on Android write them: a
// compact stamp, the component, the process, the text.
//
//	20171223-22:15:29:606|Step_LSC|30002312|text
var barsFormat = Format{
	Name:   "bars",
	Head:   barsHead,
	First:  "2",
	Finish: textFinish,
}

func barsHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 20 || line[0] != '2' || line[8] != '-' {
		return -1
	}
	t, n := readCompact(line)
	if n == 0 || n >= len(line) || line[n] != '|' {
		return -1
	}
	c := cursor{line: line, at: n + 1}
	component := c.until("|")
	pid := c.number()
	c.literal("|")
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Logger, e.PID = t, string(component), string(pid)
	}
	return c.at
}
