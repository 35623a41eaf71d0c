package parser

import (
	"time"

	"diagnose"
)

// mysqlFormat reads the error log of MySQL 5.5 to 9 and MariaDB, and of their start
// scripts:
//
//	2024-01-02T10:00:00.123456Z 0 [ERROR] [MY-010119] [Server] Aborting
//	2024-01-02 10:00:00 0 [ERROR] InnoDB: text
//	2024-01-02  9:00:00 0 [ERROR] InnoDB: text
//	2024-01-02 10:00:00+00:00 [ERROR] [Entrypoint]: text
//	141103 18:28:32 [ERROR] text
//	141103 18:28:32  InnoDB: text
var mysqlFormat = Format{
	Name:   "mysql",
	Head:   mysqlHead,
	First:  firstDigits,
	Finish: levelFinish,
}

func mysqlHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 24 || line[0]-'0' > 9 {
		return -1
	}
	at := afterISO(line)
	old := at == 0
	if old {
		if line[6] != ' ' || line[9] != ':' || line[12] != ':' {
			return -1
		}
		at = len("141103 18:28:32")
	}
	c := cursor{line: line, at: at}
	c.gap()
	thread := c.line[c.at:c.at]
	if !old && c.at < len(line) && line[c.at]-'0' <= 9 {
		thread = c.number()
		c.gap()
	}
	level := mysqlLevel(&c, old)
	if c.bad || !old && len(thread) == 0 && !hasPrefix(c.rest(), "[Entrypoint]") {
		return -1
	}
	t, n := mysqlStamp(line, old)
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Thread = t, level, string(thread)
		e.Logger = mysqlSubsystem(c)
	}
	return c.at
}

func mysqlStamp(line []byte, old bool) (time.Time, int) {
	if old {
		return readShortCompact(line)
	}
	if line[11] == ' ' { // MariaDB pads hours with a blank (log.cc: "%2d:%02d:%02d")
		var padded [len("2006-01-02 15:04:05")]byte
		copy(padded[:], line)
		padded[11] = '0'
		return readISO(padded[:])
	}
	return readISO(line)
}

// mysqlLevel reads "[ERROR] ". Old InnoDB and mysqld_safe name no level.
func mysqlLevel(c *cursor, old bool) diagnose.Level {
	if old && (hasPrefix(c.rest(), "InnoDB: ") || hasPrefix(c.rest(), "mysqld_safe ")) {
		return diagnose.LevelInfo
	}
	c.literal("[")
	level := c.level()
	c.literal("] ")
	return level
}

// mysqlSubsystem reads "[MY-010119] [Server] ", which stays in the message.
func mysqlSubsystem(c cursor) string {
	c.literal("[MY-")
	c.until("] ")
	return string(c.bracket())
}
