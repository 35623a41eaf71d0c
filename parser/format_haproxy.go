package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// haproxyFormat reads what HAProxy prints itself; behind syslog's prefix its lines
// are syslog's.
//
//	[ALERT]    (1) : config : parsing [/etc/haproxy.cfg:3] : unknown keyword
//	[WARNING] 038/121500 (12) : Server web/a is DOWN, reason: Layer4 connection problem
//	10.0.0.1:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"
var haproxyFormat = Format{
	Name:   "haproxy",
	Head:   haproxyHead,
	First:  "[" + firstDigits,
	Finish: haproxyFinish,
	Marks:  []string{"[ALERT]    (", "is DOWN, reason: ", "has no server available!"},
}

func haproxyHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 16 {
		return -1
	}
	if line[0]-'0' <= 9 {
		return haproxyRequest(line, e)
	}
	if line[0] != '[' || line[1]-'A' > 25 {
		return -1
	}
	c := cursor{line: line, at: 1}
	level := c.level()
	c.literal("]")
	c.gap()
	if !c.bad && c.at < len(line) && line[c.at]-'0' <= 9 {
		c.number() // day of the year
		c.literal("/")
		c.number()
		c.gap()
	}
	c.literal("(")
	pid := c.number()
	c.literal(") : ")
	if c.bad {
		return -1
	}
	if e != nil {
		e.Level, e.PID, e.Process = level, string(pid), "haproxy"
	}
	return c.at
}

// haproxyRequest reads the line of one connection or request.
func haproxyRequest(line []byte, e *diagnose.Entry) int {
	c := cursor{line: line}
	client := c.until(" [")
	if c.bad || len(line) < c.at+26 || line[c.at+2] != '/' || line[c.at+11] != ':' || line[c.at+20] != '.' {
		return -1
	}
	t, n := readDayFirst(c.rest())
	c.at += n
	c.literal("] ")
	from := c.at
	c.word()
	c.gap()
	server := c.word()
	host, _, _ := bytes.Cut(client, []byte(":"))
	if c.bad || n == 0 || bytes.IndexByte(server, '/') < 1 {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Process = t, diagnose.LevelInfo, "haproxy"
		if contains(server, "<NOSRV>") {
			e.Level = diagnose.LevelWarn
		}
		if isAddress(string(host)) {
			e.Mentions = addID(e.Mentions, diagnose.KindAddress, string(host))
		}
	}
	return from
}

func haproxyFinish(e *diagnose.Entry) {
	levelFinish(e)
	e.Trouble = e.Trouble || strings.Contains(e.Message, " is DOWN, reason: ") || strings.Contains(e.Message, " has no server available!")
}
