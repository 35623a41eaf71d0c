package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// gradleFormat reads what Gradle prints with --info and --debug: the time of day, or since
// Gradle 6 the whole stamp, the level and the logger in brackets. LIFECYCLE and QUIET are
// what it prints without those options.
//
//	22:52:03.418 [LIFECYCLE] [org.gradle.BuildResultLogger] BUILD FAILED
//	2021-03-02T22:52:03.418+0100 [ERROR] [org.gradle.internal.buildevents.BuildExceptionReporter] FAILURE: Build failed with an exception.
var gradleFormat = Format{
	Name:   "gradle",
	Head:   gradleHead,
	First:  firstDigits,
	Finish: gradleFinish,
	Marks:  []string{" [ERROR] [org.gradle", " [ERROR] [system.err", "BuildExceptionReporter] "},
}

func gradleHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 24 || line[0]-'0' > 9 {
		return -1
	}
	at := len("22:52:03.418")
	if line[2] != ':' {
		at = afterISO(line)
	} else if line[5] != ':' || line[8] != '.' {
		return -1
	}
	if at == 0 || !hasPrefix(line[at:], " [") {
		return -1
	}
	c := cursor{line: line, at: at + 2}
	level := c.gradleLevel()
	c.literal(" [")
	logger := c.until("]")
	if c.bad || !isLoggerName(logger) || bytes.IndexByte(logger, '.') < 0 {
		return -1
	}
	c.try(" ")
	t, n := readClock(line)
	if line[2] != ':' {
		t, n = readISO(line)
	}
	if n != at {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(logger)
	}
	return c.at
}

// gradleLevel reads a level and the bracket behind it.
func (c *cursor) gradleLevel() diagnose.Level {
	if c.try("LIFECYCLE]") || c.try("QUIET]") {
		return diagnose.LevelInfo
	}
	end := letters(c.line, c.at)
	level := levelWord(c.line[c.at:end])
	c.at = end
	c.literal("]")
	c.bad = c.bad || level == diagnose.LevelUnknown
	return level
}

// gradleReport is how the loggers end that report a failed build line by line; a report
// begins with one of gradleReports.
const gradleReport = "BuildExceptionReporter"

var gradleReports = newStarts("FAILURE: ")

// goesOnWithReport reports whether a line of Gradle's, with its head or without, is one of
// a report that another line began.
func goesOnWithReport(head, message []byte) bool {
	return bytes.Contains(head, []byte(gradleReport)) && !gradleReports.match(message)
}

func gradleFinish(e *diagnose.Entry) {
	first := diagnose.FirstLine(e.Message)
	if strings.TrimSpace(e.Message) == "" || e.Logger == "system.err" && e.Level == diagnose.LevelError {
		// A blank line, and what a program wrote to stderr: all of it is an error to Gradle.
		e.Level = textLevel(e.Message)
	}
	levelFinish(e)
	if e.Logger == "system.err" || e.Logger == "system.out" {
		e.Trouble = e.Trouble || soundsLikeTrouble(e.Message)
	}
	if strings.HasPrefix(first, "BUILD ") || strings.HasPrefix(first, "FAILURE: ") {
		e.Outcome = buildOutcome(first)
		e.Trouble = e.Trouble || e.Outcome == diagnose.OutcomeFailed
	}
}
