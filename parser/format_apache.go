package parser

import (
	"bytes"

	"diagnose"
)

// apacheFormat reads the error log of Apache's httpd, 2.2 and 2.4:
//
//	[Sun Dec 04 04:47:44 2005] [error] [client 10.0.0.1] text
//	[Sun Dec 04 04:47:44.123456 2005] [core:error] [pid 12:tid 34] (13)Permission denied: [client 10.0.0.1:5] AH00035: text
var apacheFormat = Format{
	Name:   "apache",
	Head:   apacheHead,
	First:  "[",
	Finish: levelFinish,
	Marks:  []string{":error] [pid ", ":crit] [pid ", ":emerg] [pid ", ":alert] [pid ", "] [emerg] ", "] [alert] ", "] [crit] "},
}

func apacheHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 32 || line[0] != '[' || line[4] != ' ' || line[8] != ' ' {
		return -1
	}
	t, n := readCtime(line[1:])
	if n == 0 {
		return -1
	}
	c := cursor{line: line, at: n + 1}
	c.literal("] [")
	word := c.until("]")
	c.try(" ")
	if c.bad {
		return -1
	}
	module, name, ok := bytes.Cut(word, []byte(":"))
	if !ok {
		module, name = nil, word
	}
	level := spelledLevel(bytes.TrimRight(name, "12345678")) // trace1 to trace8
	if level == diagnose.LevelUnknown && (!ok || len(name) > 0) {
		return -1
	}
	var pid, thread []byte
	if c.try("[pid ") {
		pid, thread, _ = bytes.Cut(c.until("]"), []byte(":tid "))
		c.try(" ")
	}
	client := c
	if client.try("[client ") || client.try("[remote ") {
		client.until("]")
		client.try(" ")
	}
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Logger, e.PID, e.Thread = string(module), string(pid), string(thread)
		mentionClient(line[c.at:client.at], e)
	}
	if client.bad {
		return c.at
	}
	return client.at
}

// mentionClient notes the address in "[client 10.0.0.1:5] ".
func mentionClient(text []byte, e *diagnose.Entry) {
	address, _, _ := bytes.Cut(bytes.TrimRight(text, "] "), []byte("]"))
	address = address[bytes.LastIndexByte(address, ' ')+1:]
	host, _, _ := bytes.Cut(address, []byte(":"))
	if isAddress(string(host)) {
		e.Mentions = addID(e.Mentions, diagnose.KindAddress, string(host))
	}
}
