package parser

import (
	"bytes"

	"diagnose"
)

// rustFormat reads Rust's env_logger and tracing-subscriber:
//
//	[2024-01-02T10:00:00Z ERROR app::net] text
//	2024-01-02T10:00:00.123456Z ERROR request{id=7}: app::net: text
var rustFormat = Format{
	Name:   "rust",
	Head:   rustHead,
	First:  "[" + firstDigits,
	Fifth:  "-/.",
	Finish: levelFinish,
	Marks:  marksBefore("Z ERROR ", "abcdefghijklmnopqrstuvwxyz"),
}

func rustHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 {
		return -1
	}
	from := 0
	if line[0] == '[' {
		from = 1
	}
	at := afterISO(line[from:]) + from
	if at == from || line[from+10] != 'T' || line[at-1] != 'Z' {
		return -1
	}
	c := cursor{line: line, at: at}
	c.gap()
	level := c.level()
	c.gap()
	var target []byte
	if from == 1 {
		target = c.until("] ")
	} else {
		target = c.rustTarget()
	}
	if c.bad || !isLoggerName(target) {
		return -1
	}
	t, n := readISO(line[from:])
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(target)
	}
	return c.at
}

// rustTarget steps over spans, "name{fields}:", and reads the target behind them.
func (c *cursor) rustTarget() []byte {
	for range maxHeadField {
		near := c.line[c.at:min(len(c.line), c.at+maxHeadField)]
		open, colon := bytes.IndexByte(near, '{'), bytes.Index(near, []byte(": "))
		if open < 0 || colon >= 0 && colon < open {
			return c.until(": ")
		}
		if !isLoggerName(near[:open]) {
			break
		}
		c.until("}:")
		c.try(" ")
		if c.bad {
			break
		}
	}
	c.fail()
	return nil
}
