package parser

import (
	"bytes"

	"diagnose"
)

// hclogFormat reads go-hclog (Consul, Vault, Nomad, Terraform's providers):
//
//	2024-01-02T10:00:00.123Z [ERROR] agent.server: text: error="why"
var hclogFormat = Format{
	Name:   "hclog",
	Head:   hclogHead,
	First:  firstDigits,
	Fifth:  "-/.",
	Finish: levelFinish,
}

func hclogHead(line []byte, e *diagnose.Entry) int {
	at := afterISO(line)
	if at == 0 || line[10] != 'T' || !hasPrefix(line[at:], " [") {
		return -1
	}
	c := cursor{line: line, at: at + 2}
	level := c.level()
	c.literal("]")
	c.gap()
	if c.bad {
		return -1
	}
	t, n := readISO(line)
	if n != at {
		return -1
	}
	colon := bytes.Index(line[c.at:min(len(line), c.at+maxHeadField)], []byte(": "))
	if colon <= 0 || !isLoggerName(line[c.at:c.at+colon]) {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Logger = string(line[c.at : c.at+colon])
	}
	return c.at + colon + 2
}

// isLoggerName reports whether name is one word of letters, digits and the marks
// that the names of packages, modules and classes have.
func isLoggerName(name []byte) bool {
	if len(name) == 0 || name[0]|0x20-'a' > 25 && name[0] != '_' {
		return false
	}
	for _, c := range name {
		if !isASCIIWord(c) && bytes.IndexByte(loggerMarks, c) < 0 {
			return false
		}
	}
	return true
}

var loggerMarks = []byte(".-$:/@#")
