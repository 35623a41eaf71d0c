package parser

import "diagnose"

// cbsFormat reads CBS.log and DISM's log of Windows:
//
//	2016-09-28 04:30:30, Info                  CBS    text
var cbsFormat = Format{
	Name:   "cbs",
	Head:   cbsHead,
	First:  firstDigits,
	Fifth:  "-",
	Finish: levelFinish,
	Marks:  []string{", Error      "},
}

func cbsHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("2016-09-28 04:30:30")
	if len(line) < stamp+10 || line[stamp] != ',' || line[stamp+1] != ' ' || line[4] != '-' {
		return -1
	}
	c := cursor{line: line, at: stamp + 2}
	level := c.level()
	c.gap()
	component := c.word()
	c.blanks()
	t, n := readISO(line)
	if c.bad || n != stamp {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(component)
	}
	return c.at
}
