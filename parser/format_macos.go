package parser

import (
	"bytes"

	"diagnose"
)

// macFormat reads what macOS' logs have beyond syslog: names of programs with
// blanks, a sender or a level behind the process, and `log show`.
//
//	Jul  1 09:00:55 mac Google Chrome He[123]: text
//	Jul  1 09:00:55 mac com.apple.xpc.launchd[1] (com.apple.x[12]) <Error>: text
//	2024-01-02 10:00:00.123456+0100 0x1a2b     Error       0x0                  12     0    x: (lib) text
var macFormat = Format{
	Name:   "macos",
	Head:   macHead,
	First:  firstDigits + firstLetters + firstHigh,
	Finish: levelFinish,
}

func macHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 {
		return -1
	}
	if line[0]-'0' <= 9 {
		return macUnified(line, e)
	}
	if line[3] != ' ' || line[9] != ':' {
		return -1
	}
	t, n := readRFC3164(line)
	if n == 0 {
		return -1
	}
	c := cursor{line: line, at: n}
	c.literal(" ")
	host := c.word()
	c.literal(" ")
	if hasPrefix(c.rest(), "--- last message repeated ") {
		if e != nil {
			e.Time, e.Host = t, string(host)
		}
		return c.at
	}
	process := c.until("[")
	pid := c.number()
	c.literal("]")
	if c.try(" (") {
		c.until(")")
	}
	level := diagnose.LevelUnknown
	if c.try(" <") {
		level = c.level()
		c.literal(">")
	}
	c.literal(": ")
	if c.bad || bytes.IndexByte(process, ':') >= 0 || isStackText(c.rest()) {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Host, e.Process, e.PID = string(host), string(process), string(pid)
	}
	return c.at
}

// macUnified reads the default style of `log show`.
func macUnified(line []byte, e *diagnose.Entry) int {
	const stamp = len("2024-01-02 10:00:00.123456+0100")
	if len(line) < stamp+24 || line[26] != '+' && line[26] != '-' || !hasPrefix(line[stamp:], " 0x") {
		return -1
	}
	t, n := readISO(line)
	c := cursor{line: line, at: stamp + 1}
	thread := c.word()
	c.gap()
	kind := c.word()
	c.gap()
	c.literal("0x")
	c.word()
	c.gap()
	pid := c.number()
	c.gap()
	c.number()
	c.gap()
	process := c.until(": ")
	if c.bad || n != stamp {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, spelledLevel(kind)
		if string(kind) == "Fault" {
			e.Level = diagnose.LevelFatal
		}
		e.Thread, e.PID, e.Process = string(thread), string(pid), string(process)
	}
	return c.at
}
