package parser

import (
	"bytes"

	"diagnose"
)

// bglFormat reads the RAS log of Blue Gene/L. The word before the epoch is the
// label that the collection's editors gave the alert, - for none.
//
//   - 1117838570 2005.06.03 R02-M1-N0 2005-06-03-15.42.50.675872 R02-M1-N0 RAS KERNEL INFO text
var bglFormat = Format{
	Name:   "bgl",
	Head:   bglHead,
	First:  "-" + firstCapitals,
	Finish: levelFinish,
	Marks:  []string{" RAS KERNEL FATAL", " RAS APP FATAL", " RAS KERNEL SEVERE", " RAS LINKCARD FATAL"},
}

// labelled steps over a label, an epoch and a date, which logs of several
// supercomputers begin with, and returns where the epoch begins.
func (c *cursor) labelled() (epoch int) {
	c.word()
	c.literal(" ")
	epoch = c.at
	if seconds := c.number(); len(seconds) != 10 {
		c.fail()
	}
	c.literal(" ")
	if day := c.word(); !c.bad && (len(day) != 10 || day[4] != '.' || day[7] != '.') {
		c.fail()
	}
	c.literal(" ")
	return epoch
}

// isLabel is a cheap look at what such a line begins with.
func isLabel(line []byte) bool {
	return len(line) > 40 && (line[0] == '-' && line[1] == ' ' && line[2]-'0' <= 9 || line[0]-'A' <= 25)
}

func bglHead(line []byte, e *diagnose.Entry) int {
	if !isLabel(line) {
		return -1
	}
	c := cursor{line: line}
	c.labelled()
	node := c.word()
	c.literal(" ")
	if c.bad {
		return -1
	}
	t, n := readDB2(c.rest())
	if n == 0 {
		return -1
	}
	c.at += n
	c.literal(" ")
	c.word()
	c.literal(" ")
	kind := c.word()
	c.literal(" ")
	component := c.word()
	c.literal(" ")
	level := diagnose.LevelError
	if !c.try("FAILURE") { // of the machine's parts
		level = c.level()
	}
	c.try(" ")
	if c.bad || bytes.IndexByte(kind, '.') >= 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Host, e.Logger = string(node), string(component)
	}
	return c.at
}
