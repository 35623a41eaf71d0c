package parser

import "diagnose"

// thunderbirdFormat reads the syslogs of Thunderbird, Spirit and Liberty as they
// were collected, with a label, an epoch, a date and the node before each line:
//
//   - 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2915]: text
var thunderbirdFormat = Format{
	Name:   "thunderbird",
	Head:   thunderbirdHead,
	First:  "-" + firstCapitals,
	Finish: syslogFinish,
}

func thunderbirdHead(line []byte, e *diagnose.Entry) int {
	if !isLabel(line) {
		return -1
	}
	c := cursor{line: line}
	epoch := c.labelled()
	node := c.word()
	c.literal(" ")
	if c.bad || englishMonth(c.rest()) == 0 {
		return -1
	}
	t, n := readEpoch(line[epoch:])
	c.word() // the month
	c.gap()
	c.number()
	c.gap()
	clock := c.word()
	c.gap()
	c.word() // node/node
	c.try(" ")
	if c.bad || n == 0 || len(clock) != 8 || clock[2] != ':' {
		return -1
	}
	var p syslogPrefix
	named := p.readProcess(line, c.at)
	if e != nil {
		e.Time, e.Host = t, string(node)
		if named {
			e.Process, e.PID = string(p.process), string(p.pid)
		}
	}
	if named {
		return p.messageAt
	}
	return c.at
}
