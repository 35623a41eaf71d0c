package parser

import "diagnose"

// rabbitFormat reads the log of RabbitMQ, and the reports of Erlang's older ones,
// whose text stands below the head:
//
//	2024-01-02 10:00:00.123456+00:00 [error] <0.123.0> text
//
//	=ERROR REPORT==== 2-Jan-2024::10:00:00 ===
//	text
var rabbitFormat = Format{
	Name:    "rabbitmq",
	Absorbs: true,
	Head:    rabbitHead,
	First:   "=" + firstDigits,
	Fifth:   "-/.",
	Finish:  bodyFinish,
	Marks:   []string{"=ERROR REPORT====", "=CRASH REPORT====", "] <0.0.0> BOOT FAILED", "BOOT FAILED", " [critical] <0."},
}

func rabbitHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 {
		return -1
	}
	if line[0] == '=' {
		return erlangReport(line, e)
	}
	at := afterISO(line)
	if at == 0 || !hasPrefix(line[at:], " [") {
		return -1
	}
	c := cursor{line: line, at: at + 2}
	level := c.level()
	c.literal("] <")
	pid := c.until("> ")
	t, n := readISO(line)
	if c.bad || n == 0 || len(pid) == 0 || pid[0]-'0' > 9 {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.PID = t, level, string(pid)
	}
	return c.at
}

// erlangReport reads "=ERROR REPORT==== 2-Jan-2024::10:00:00.123456 ===".
func erlangReport(line []byte, e *diagnose.Entry) int {
	c := cursor{line: line, at: 1}
	kind := c.until(" REPORT==== ")
	day := c.until("-")
	month := c.until("-")
	year := c.until("::")
	if c.bad || len(month) != 3 || len(year) != 4 || len(day) > 2 || digits(day, 0) != len(day) {
		return -1
	}
	clock, n := readTimeOfDay(c.rest())
	y, m, d := digits2(year)*100+digits2(year[2:]), englishMonth(month), smallNumber(day)
	if n == 0 || y < 1 || !validDay(y, m, d) {
		return -1
	}
	if e != nil {
		e.Time = clock.on(y, m, d)
		switch string(kind) {
		case "ERROR", "CRASH":
			e.Level = diagnose.LevelError
		case "WARNING":
			e.Level = diagnose.LevelWarn
		default:
			e.Level = diagnose.LevelInfo
		}
	}
	return 1
}
