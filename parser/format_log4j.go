package parser

import (
	"bytes"
	"time"

	"diagnose"
)

// log4jFormat reads the customary patterns of log4j, logback and slf4j-simple, as
// Hadoop, Spark, Kafka and ZooKeeper use them too:
//
//	2024-01-02 10:00:00,123 ERROR [main] org.x.Some: text
//	2024-01-02 10:00:00,123 ERROR org.x.Some: text
//	2024-01-02 10:00:00,123 - ERROR [main:Some@12] - text
//	2024-01-02 10:00:00.123 [main] ERROR org.x.Some - text
//	10:00:00.123 [main] ERROR org.x.Some - text
//	[main] ERROR org.x.Some - text
//	[2024-01-02 10:00:00,123] ERROR text (org.x.Some)
//	24/01/02 10:00:00 ERROR Some: text
//	240102 100000 148 ERROR org.x.Some: text
//	01-02 10:00:00,123[main][x.Some:12][ERROR]-text
var log4jFormat = Format{
	Name:   "log4j",
	Head:   log4jHead,
	First:  "[" + firstDigits,
	Finish: levelFinish,
	Marks: append(append(marksBefore("] ERROR ", "abcdefghijklmnopqrstuvwxyz"), marksBefore("] FATAL ", "cdioj")...),
		" ERROR Executor: ", " ERROR TaskSetManager: ", " ERROR SparkContext: ", " ERROR TaskSchedulerImpl: ",
		" ERROR org.", " ERROR com.", " ERROR io.", " FATAL org.", " FATAL com.", " ERROR [main", " FATAL [main", " ERROR executor.", " ERROR dfs.",
		" - ERROR [", " ERROR [Thread-", " ERROR [http-", " ERROR [pool-", "][ERROR]-", "][FATAL]-"),
}

func log4jHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 20 {
		return -1
	}
	if line[0] == '[' {
		if line[1]-'0' <= 9 && line[2]-'0' <= 9 {
			return kafkaHead(line, e)
		}
		return slf4jHead(line, e)
	}
	if line[0]-'0' > 9 {
		return -1
	}
	if line[2] == '-' {
		return gluedHead(line, e)
	}
	at, loose := afterLog4jStamp(line)
	if at == 0 || at >= len(line) || line[at] != ' ' {
		return -1
	}
	f := log4jFields{cursor: cursor{line: line, at: at}, loose: loose}
	f.blanks()
	f.read()
	if f.bad {
		return -1
	}
	t, n := log4jStamp(line)
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time = t
		f.fill(e)
	}
	return f.at
}

// gluedHead reads "01-02 10:00:00,123[thread][logger:line][LEVEL]-text".
func gluedHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("01-02 10:00:00,123")
	if line[5] != ' ' || line[8] != ':' || line[14] != ',' || line[stamp] != '[' {
		return -1
	}
	f := log4jFields{cursor: cursor{line: line, at: stamp}}
	f.thread = f.nestedBracket()
	f.logger = f.bracket()
	f.literal("[")
	f.level = f.level3()
	f.literal("]-")
	t, n := readMonthDay(line)
	if f.bad || n != stamp {
		return -1
	}
	if e != nil {
		e.Time = t
		f.fill(e)
	}
	return f.at
}

// afterLog4jStamp returns where the text behind the stamp begins, 0 without one. In
// a loose layout, Hadoop's and Spark's, a logger needs no package.
func afterLog4jStamp(line []byte) (at int, loose bool) {
	switch {
	case line[4] == '-' || line[4] == '/':
		return afterISO(line), false
	case line[2] == ':' && line[5] == ':':
		if at = digits(line, 9); at > 9 && (line[8] == '.' || line[8] == ',') {
			return at, false
		}
		return 8, false
	case line[2] == '/' && line[5] == '/' && line[11] == ':':
		return len("24/01/02 10:00:00"), true
	case line[6] == ' ' && digits(line, 0) == 6 && digits(line, 7) == 13:
		return len("240102 100000"), true
	}
	return 0, false
}

func log4jStamp(line []byte) (t time.Time, n int) {
	switch {
	case line[4] == '-' || line[4] == '/':
		return readISO(line)
	case line[2] == ':':
		return readClock(line)
	case line[2] == '/':
		return readYearFirst(line)
	}
	return readShortCompact(line)
}

// log4jFields are what stands between the time and the text.
type log4jFields struct {
	cursor
	loose          bool
	level          diagnose.Level
	thread, logger []byte
}

func (f *log4jFields) fill(e *diagnose.Entry) {
	e.Level = f.level
	e.Thread, e.Logger = string(f.thread), string(f.logger)
}

func (f *log4jFields) read() {
	switch {
	case f.bad || f.at >= len(f.line):
		f.fail()
	case f.line[f.at] == '[':
		f.thread = f.nestedBracket()
		f.gap()
		if f.try("- ") {
			f.zooKeeper()
			return
		}
		f.level = f.level3()
		f.gap()
		f.name(false)
	case f.line[f.at] == '-':
		f.literal("- ")
		f.zooKeeper()
	case f.loose && f.line[f.at]-'0' <= 9: // Hadoop's thread
		f.thread = f.number()
		f.gap()
		fallthrough
	default:
		f.level = f.level3()
		f.gap()
		if !f.bad && f.at < len(f.line) && f.line[f.at] == '[' {
			f.thread = f.nestedBracket()
			f.gap()
			f.name(true)
			return
		}
		f.name(false)
	}
}

// level3 reads a level in capitals.
func (f *log4jFields) level3() diagnose.Level {
	if f.bad {
		return diagnose.LevelUnknown
	}
	end := letters(f.line, f.at)
	level := levelWord(f.line[f.at:end])
	f.bad, f.at = level == diagnose.LevelUnknown, end
	return level
}

// zooKeeper reads "ERROR [thread:Class@12] - ".
func (f *log4jFields) zooKeeper() {
	f.level = f.level3()
	f.gap()
	f.thread = f.nestedBracket()
	if at := bytes.LastIndexByte(f.thread, ':'); at > 0 && bytes.IndexByte(f.thread[at:], '@') > 0 {
		f.thread, f.logger = f.thread[:at], f.thread[at+1:]
	}
	f.gap()
	f.literal("- ")
}

// nestedBracket reads "[thread]", whose name may have brackets itself.
func (f *log4jFields) nestedBracket() []byte {
	f.literal("[")
	start, depth := f.at, 1
	for ; !f.bad && f.at < len(f.line) && f.at-start < maxHeadField; f.at++ {
		switch f.line[f.at] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				f.at++
				return f.line[start : f.at-1]
			}
		}
	}
	f.fail()
	return nil
}

// name reads the logger and what parts it from the text: "org.x.Some: ",
// "org.x.Some - ", "Some:12 - ", "(Some.java:12) - ", "org.x.Some [Some.java:12] - ".
// Without a thread before it a word alone is no logger: prose may begin with one.
func (f *log4jFields) name(threaded bool) {
	word := f.word()
	if f.bad {
		return
	}
	f.try(" [") // logback's position
	if f.line[f.at-1] == '[' {
		f.until("]")
	}
	word = bytes.TrimSuffix(bytes.TrimPrefix(word, []byte("(")), []byte(")"))
	bare, colon := bytes.CutSuffix(word, []byte(":"))
	dotted := bytes.IndexByte(bare, '.') > 0 || bytes.LastIndexByte(bare, ':') > 0
	if !isLoggerName(bare) || !dotted && !threaded && !f.loose || colon && isExceptionLine(word) {
		f.fail()
		return
	}
	f.logger = bare
	if colon {
		f.try(" ")
		return
	}
	f.blanks()
	if !f.try("- ") && !f.try(": ") {
		f.bad = f.bad || f.at >= len(f.line) || f.rest()[0] != '-' && f.rest()[0] != ':' || f.at+1 < len(f.line)
		f.at = min(len(f.line), f.at+1)
	}
}

// slf4jHead reads "[main] ERROR org.x.Some - text".
func slf4jHead(line []byte, e *diagnose.Entry) int {
	f := log4jFields{cursor: cursor{line: line}}
	f.thread = f.nestedBracket()
	f.gap()
	f.level = f.level3()
	f.gap()
	from := f.at
	f.name(false)
	if f.bad || bytes.IndexByte(f.logger, '.') < 0 || !contains(line[from:f.at], " - ") {
		return -1
	}
	if e != nil {
		f.fill(e)
	}
	return f.at
}

// kafkaHead reads "[TIME] ERROR text (logger)".
func kafkaHead(line []byte, e *diagnose.Entry) int {
	at := afterISO(line[1:]) + 1
	if at == 1 || !hasPrefix(line[at:], "] ") {
		return -1
	}
	f := log4jFields{cursor: cursor{line: line, at: at + 2}}
	f.level = f.level3()
	f.gap()
	text := bytes.TrimRight(line, " \r")
	open := bytes.LastIndexByte(text, '(')
	if f.bad || open <= f.at || text[len(text)-1] != ')' || !isClassName(text[open+1:len(text)-1]) {
		return -1
	}
	t, n := readISO(line[1:])
	if n == 0 {
		return -1
	}
	f.logger = text[open+1 : len(text)-1]
	if e != nil {
		e.Time = t
		f.fill(e)
	}
	return f.at
}
