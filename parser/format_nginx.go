package parser

import "diagnose"

// nginxFormat reads nginx's error log:
//
//	2024/01/02 10:00:00 [error] 12#12: *1 connect() failed (111: Connection refused), client: 10.0.0.1, upstream: "http://..."
var nginxFormat = Format{
	Name:   "nginx",
	Head:   nginxHead,
	First:  firstDigits,
	Fifth:  "/",
	Finish: levelFinish,
	Marks:  append(marksBefore(" [crit] ", "123456789"), " [emerg] ", " [alert] "),
}

func nginxHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("2024/01/02 10:00:00")
	if len(line) < stamp+8 || line[4] != '/' || line[stamp] != ' ' || line[stamp+1] != '[' {
		return -1
	}
	c := cursor{line: line, at: stamp + 2}
	level := c.level()
	c.literal("] ")
	pid := c.number()
	c.literal("#")
	thread := c.number()
	c.literal(": ")
	t, n := readISO(line)
	if c.bad || n != stamp {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.PID, e.Thread = string(pid), string(thread)
	}
	return c.at
}
