package parser

import (
	"strings"

	"diagnose"
)

// xapiFormat reads xensource.log, which the toolstack of XenServer and XCP-ng
// (xapi, xenopsd, squeezed ...) writes through syslog. XenServer 6 put a time into
// the bracket, and wrote it into the file without syslog too:
//
//	Sep 26 11:16:57 xs1 xapi: [debug|xs1|53 UNIX /var/lib/xcp/xapi|dispatch:session.get_uuid D:955e364b01b9|api_readonly] text
//	Sep 26 11:16:57 xs1 xapi: [ warn||51 INET :::80|VM.import R:a4377873c2e6|xapi] text
//	[20140101T10:00:00.123Z|debug|xs1|12 inet-RPC|VM.start R:7321d8dea9e4|xapi] text
//
// The fields are level, host, thread, task and module (ocaml/libs/log/debug.ml of
// xen-api). A task's "R:" or "D:" number ties the lines of one call together.
var xapiFormat = Format{
	Name:   "xapi",
	Head:   xapiHead,
	First:  "[" + firstDigits + firstCapitals,
	Finish: finishXapi,
	Marks: []string{
		": [error|", "0Z|error|", "1Z|error|", "2Z|error|", "3Z|error|", "4Z|error|",
		"5Z|error|", "6Z|error|", "7Z|error|", "8Z|error|", "9Z|error|",
	},
}

func xapiHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 16 {
		return -1
	}
	if line[0] == '[' {
		return readXapi(line, 0, e)
	}
	if !beginsStamp(line) || !bracketFollows(line) {
		return -1
	}
	var p syslogPrefix
	own := readLinePrefix(line, &p)
	if own == 0 || len(line)-own < 12 || line[own] != '[' {
		return -1
	}
	n := readXapi(line, own, nil)
	if n >= 0 && e != nil {
		p.fill(e)
		readXapi(line, own, e)
	}
	return n
}

// readXapi reads the bracket at line[at:] and returns where the message begins, -1
// when it is none.
func readXapi(line []byte, at int, e *diagnose.Entry) int {
	i := at + 1
	if line[i]-'0' < 10 {
		if i = xapiStamp(line, i, e); i == 0 {
			return -1
		}
	}
	i = skipBlanks(line, i)
	word := span{i, letters(line, i)}
	level := xapiLevel(line[word.from:word.to])
	if level == diagnose.LevelUnknown || word.to == len(line) || line[word.to] != '|' {
		return -1
	}
	var fields [4]span // host, thread, task, module
	i = word.to + 1
	for f := range fields {
		from := i
		limit := min(len(line), i+2*maxWord)
		for i < limit && line[i] != '|' && (line[i] != ']' || f < len(fields)-1) {
			i++
		}
		if i == limit || (line[i] == ']') != (f == len(fields)-1) {
			return -1
		}
		fields[f] = span{from, i}
		i++
	}
	if i < len(line) && line[i] == ' ' {
		i++
	}
	if e != nil {
		e.Level = level
		if host := fields[0].of(line); host != "" {
			e.Host = host
		}
		e.Thread = fields[1].of(line)
		e.Logger = fields[3].of(line)
		xapiTask(e, fields[2].of(line))
	}
	return i
}

// xapiStamp reads "20140101T10:00:00.123Z|" and returns where it ends, 0 without it.
func xapiStamp(line []byte, at int, e *diagnose.Entry) int {
	b := line[at:]
	if len(b) < 20 || b[8] != 'T' {
		return 0
	}
	clock, n := readTimeOfDay(b[9:])
	end := 9 + n
	if n == 0 || end+1 >= len(b) || b[end] != 'Z' || b[end+1] != '|' {
		return 0
	}
	year, month, day := digits2(b)*100+digits2(b[2:]), digits2(b[4:]), digits2(b[6:])
	if year < 1 || !validDay(year, month, day) {
		return 0
	}
	if e != nil {
		e.Time = clock.on(year, month, day)
	}
	return at + end + 2
}

func xapiLevel(word []byte) diagnose.Level {
	switch string(word) {
	case "debug":
		return diagnose.LevelDebug
	case "info":
		return diagnose.LevelInfo
	case "warn":
		return diagnose.LevelWarn
	case "error":
		return diagnose.LevelError
	}
	return diagnose.LevelUnknown
}

// xapiTask takes the number of the task: "VM.start R:7321d8dea9e4".
func xapiTask(e *diagnose.Entry, task string) {
	for w := range strings.FieldsSeq(task) {
		if isXapiTask(w) {
			belong(e, diagnose.KindTask, w)
		}
	}
}

func isXapiTask(s string) bool {
	return len(s) > 8 && len(s) < 40 && (s[0] == 'R' || s[0] == 'D') && s[1] == ':' && isHex(strings.ReplaceAll(s[2:], "-", ""))
}

func finishXapi(e *diagnose.Entry) {
	// The frames of an exception follow as entries of their own: "13/14 xapi Called
	// from file ocaml/...". The one that raised it is the trouble.
	frame := e.Logger == "backtrace" && leadingDigits(e.Message) != "" && !strings.HasPrefix(e.Message, "1/")
	e.Trouble = e.Level >= diagnose.LevelError && !frame
	instanceNames(e, e.Message)
	addresses(e, e.Message)
}
