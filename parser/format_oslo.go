package parser

import (
	"bytes"

	"diagnose"
)

// osloFormat reads OpenStack's oslo.log, also behind the name of the file that a
// collection of several was made of:
//
//	2017-05-16 00:00:00.008 25746 ERROR nova.compute.manager [req-38101a0b-... - - -] text
var osloFormat = Format{
	Name:   "oslo",
	Head:   osloHead,
	First:  firstDigits + firstLetters,
	Fifth:  "-/.",
	Finish: levelFinish,
	Marks: []string{" ERROR nova.", " ERROR neutron", " ERROR cinder.", " ERROR glance", " ERROR keystone", " ERROR oslo", " ERROR heat.",
		" ERROR octavia.", " ERROR ironic.", " CRITICAL nova", " CRITICAL neutron"},
}

// maxLogName bounds the name of a file before a line.
const maxLogName = 64

func osloHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 40 {
		return -1
	}
	from := 0
	if line[0]|0x20-'a' < 26 {
		blank := bytes.IndexByte(line[:min(len(line), maxLogName)], ' ')
		if blank < 5 || !contains(line[:blank], ".log") {
			return -1
		}
		from = blank + 1
	}
	at := afterISO(line[from:]) + from
	if at == from || at+1 >= len(line) || line[at] != ' ' || line[at+1]-'0' > 9 {
		return -1
	}
	c := cursor{line: line, at: at + 1}
	pid := c.number()
	c.gap()
	level := c.level()
	c.gap()
	logger := c.word()
	if c.bad || !isLoggerName(logger) || bytes.IndexByte(logger, '.') < 0 && !hasPrefix(c.rest(), " [") {
		return -1
	}
	c.try(" ")
	request := c
	context := request.bracket()
	isContext := !request.bad && (hasPrefix(context, "req-") || hasPrefix(context, "-") || hasPrefix(context, "None "))
	if isContext {
		c = request
		c.blanks()
	}
	t, n := readISO(line[from:])
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.PID, e.Logger = string(pid), string(logger)
		if isContext && context[0] == 'r' {
			id, _, _ := bytes.Cut(context, []byte(" "))
			e.IDs = addID(e.IDs, diagnose.KindTrace, string(id))
		}
	}
	return c.at
}
