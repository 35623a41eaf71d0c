package parser

import (
	"strings"

	"diagnose"
)

// phpFormat reads the log of PHP-FPM and PHP's own:
//
//	[02-Jan-2024 10:00:00] WARNING: [pool www] child 12 exited on signal 11 (SIGSEGV)
//	[02-Jan-2024 10:00:00 UTC] PHP Fatal error:  Uncaught Error: text in /var/www/x.php:12
var phpFormat = Format{
	Name:   "php",
	Head:   phpHead,
	First:  "[",
	Finish: phpFinish,
	Marks:  []string{"PHP Fatal error: ", "PHP Parse error: ", "] ERROR: failed ", "] ERROR: FPM ", "] ALERT: ", "server reached pm.max_children"},
}

func phpHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 24 || line[0] != '[' || line[3] != '-' || line[7] != '-' || line[12] != ' ' {
		return -1
	}
	t, n := readDayFirst(line[1:])
	if n == 0 {
		return -1
	}
	c := cursor{line: line, at: n + 1}
	c.until("]") // a zone by its place, Asia/Shanghai
	c.literal(" ")
	if c.bad || c.at > 64 {
		return -1
	}
	word := c
	level := word.level()
	word.literal(": ")
	if e != nil {
		e.Time = t
		if !word.bad {
			e.Level = level
		}
	}
	if word.bad {
		return c.at
	}
	return word.at
}

// phpFinish reads the kinds of PHP's own errors.
func phpFinish(e *diagnose.Entry) {
	if e.Level == diagnose.LevelUnknown {
		switch kind, _, _ := strings.Cut(e.Message[:min(len(e.Message), 64)], ":"); kind {
		case "PHP Fatal error", "PHP Parse error", "PHP Recoverable fatal error", "PHP Compile Error", "PHP Core Error":
			e.Level = diagnose.LevelError
		case "PHP Warning", "PHP Deprecated", "PHP Core Warning":
			e.Level = diagnose.LevelWarn
		case "PHP Notice":
			e.Level = diagnose.LevelInfo
		}
	}
	levelFinish(e)
}
