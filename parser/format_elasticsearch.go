package parser

import (
	"bytes"

	"diagnose"
)

// elasticFormat reads the plain log of Elasticsearch, OpenSearch and Logstash:
//
//	[2024-01-02T10:00:00,123][ERROR][o.e.b.Bootstrap          ] [node-1] text
var elasticFormat = Format{
	Name:   "elasticsearch",
	Head:   elasticHead,
	First:  "[",
	Finish: levelFinish,
	Marks:  []string{"][ERROR][", "][FATAL]["},
}

func elasticHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 36 || line[0] != '[' || line[11] != 'T' {
		return -1
	}
	at := afterISO(line[1:]) + 1
	if at == 1 || !hasPrefix(line[at:], "][") {
		return -1
	}
	c := cursor{line: line, at: at + 2}
	level := c.level()
	c.blanks()
	c.literal("][")
	logger := bytes.TrimRight(c.until("]"), " ")
	c.blanks()
	node := c
	host := node.bracket()
	if !node.bad {
		c = node
		c.blanks()
	}
	t, n := readISO(line[1:])
	if c.bad || n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Logger, e.Host = string(logger), string(host)
	}
	return c.at
}
