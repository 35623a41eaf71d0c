package parser

import (
	"bytes"
	"strings"
	"time"

	"diagnose"
)

// jsonFormat reads objects that programs write as their log lines, one a line: zap,
// logrus, zerolog, slog, pino and bunyan, log4j2 (JSONLayout, JsonTemplateLayout,
// GelfLayout), logback's logstash encoder, ECS, structlog, python-json-logger,
// winston, Serilog (compact and not), .NET's console, GCP's severity, hclog,
// tracing, Elasticsearch.
//
//	{"level":"error","ts":1732154655.1,"caller":"a.go:1","msg":"text","error":"why"}
//
// The message is the text and, behind a colon, the error. Errors of several lines,
// and all other strings, are among the inner texts.
var jsonFormat = Format{
	Name:   "json",
	Head:   jsonHead,
	First:  "{",
	Finish: jsonFinish,
	Marks: []string{`"level":"err`, `"level": "err`, `"level":"fatal"`, `"level":"panic"`, `"level":"crit`, `"level": "crit`, `"level": "fatal"`,
		`"level":3,"`, `"level":50,`, `"level":60,`, `"severity":"err`, `"severity": "err`, `"severity":"crit`, `"log.level":"err`, `"log.level": "err`,
		`"log.level":"fatal`, `"@l":"Error"`, `"@l":"Fatal"`, `"@level":"error"`, `"levelname": "err`, `"levelname":"err`,
		`"levelname": "crit`, `"LogLevel":"Err`, `"LogLevel":"Crit`, `"severity":"fatal`, `"severity":"alert`, `"severity":"emerg`},
}

// jsonRole is what a member of a log line's object is.
type jsonRole uint8

const (
	otherRole jsonRole = iota
	timeRole
	levelRole
	messageRole
	templateRole // Serilog's, when there is no message
	errorRole
	loggerRole
	threadRole
	pidRole
	hostRole
	processRole
	traceRole
	nestedRole // an object with more of these members
	answerRole // what answers of servers have and log lines without a level do not
)

// roleOf knows the names that the libraries above give to members by default.
func roleOf(key []byte) jsonRole {
	switch string(key) {
	case "time", "ts", "timestamp", "@timestamp", "@t", "t", "Timestamp", "timeMillis", "asctime", "datetime", "eventTime", "_time", "instant", "date", "epoch_time":
		return timeRole
	case "level", "severity", "log.level", "@l", "lvl", "levelname", "Level", "LogLevel", "@level", "loglevel", "log_level", "logLevel", "LEVEL", "levelName":
		return levelRole
	case "msg", "message", "event", "@m", "Message", "@message", "short_message", "textPayload", "RenderedMessage", "MESSAGE", "MSG":
		return messageRole
	case "@mt", "MessageTemplate":
		return templateRole
	case "error", "err", "stack", "stack_trace", "stacktrace", "stackTrace", "exception", "exc_info", "Exception", "@x", "thrown", "error.message",
		"error.stack_trace", "error.type", "stderr", "cause", "reason", "errorVerbose", "full_message", "exc", "errors", "errmsg":
		return errorRole
	case "logger", "logger_name", "loggerName", "log.logger", "name", "Category", "target", "SourceContext", "@module", "component", "_logger":
		return loggerRole
	case "thread", "thread_name", "threadName", "process.thread.name", "_thread", "ctx":
		return threadRole
	case "pid", "process.pid":
		return pidRole
	case "host", "hostname", "host.name", "HOSTNAME", "source_host":
		return hostRole
	case "service", "service.name", "app", "application", "service_name":
		return processRole
	case "trace_id", "traceId", "trace.id", "traceID", "@tr":
		return traceRole
	case "log", "fields", "process", "jsonPayload":
		return nestedRole
	case "status", "path", "code", "kind", "apiVersion", "result", "changed", "success":
		return answerRole
	}
	return otherRole
}

// maxHeadMembers bounds the members that are looked at to tell a log line.
const maxHeadMembers = 64

func jsonHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 12 || line[0] != '{' || !isJSONLine(line) {
		return -1
	}
	if e != nil {
		if fields := readFields(line); fields != nil {
			readJSONHead(fields, e)
		} else {
			readJSONHead(readCutFields(line), e)
		}
	}
	return 0
}

// isJSONLine reports whether the object has a text, and a level or a time. An object
// with a time alone must not look like the answer of a server. The object may be
// cut off at its end.
func isJSONLine(line []byte) bool {
	s := jsonScanner{text: line, at: 1}
	var text, level, stamp, answer bool
	for range maxHeadMembers {
		key := s.stringToken()
		if key == nil || !s.take(':') {
			return false
		}
		switch roleOf(key[1 : len(key)-1]) {
		case messageRole, templateRole:
			text = text || s.blank() < len(line) && (line[s.at] == '"' || level)
		case levelRole:
			level = true
		case timeRole:
			stamp = true
		case answerRole:
			answer = true
		case nestedRole:
			s.blank()
			near := line[s.at:min(len(line), s.at+256)]
			text = text || contains(near, `"message":`)
			level = level || contains(near, `"level":`)
		}
		if text && level {
			return true
		}
		if s.value() == nil || !s.take(',') {
			break
		}
	}
	return text && stamp && !answer
}

// readCutFields is readFields for an object that was cut off.
func readCutFields(line []byte) jsonFields {
	s := jsonScanner{text: line, at: 1}
	var fields jsonFields
	for len(fields) < maxFields {
		key := s.stringToken()
		if key == nil || !s.take(':') {
			break
		}
		value := s.value()
		if value == nil {
			if s.blank() < len(line) && line[s.at] == '"' {
				value = append(bytes.Clone(line[s.at:]), '"')
				fields = append(fields, jsonField{key[1 : len(key)-1], value})
			}
			break
		}
		fields = append(fields, jsonField{key[1 : len(key)-1], value})
		if !s.take(',') {
			break
		}
	}
	return fields
}

// readJSONHead fills e with everything but the text.
func readJSONHead(fields jsonFields, e *diagnose.Entry) {
	gelf := fields.has("short_message")
	for _, f := range fields {
		switch roleOf(f.key) {
		case timeRole:
			if e.Time.IsZero() {
				e.Time = jsonTime(f.value)
			}
		case levelRole:
			if e.Level == diagnose.LevelUnknown {
				e.Level = jsonLevel(f.value, gelf)
			}
		case loggerRole:
			fillWord(&e.Logger, f.value)
		case threadRole:
			fillWord(&e.Thread, f.value)
		case pidRole:
			fillWord(&e.PID, f.value)
		case hostRole:
			fillWord(&e.Host, f.value)
		case processRole:
			fillWord(&e.Process, f.value)
		case traceRole:
			if id := scalar(f.value); len(id) >= minInner && strings.Trim(id, "0-") != "" {
				e.IDs = addID(e.IDs, diagnose.KindTrace, id)
			}
		case nestedRole:
			if f.value[0] == '{' {
				readNested(fields.object(string(f.key)), e)
			}
		}
	}
	if e.Level == diagnose.LevelUnknown && fields.has("@t") {
		e.Level = diagnose.LevelInfo // Serilog leaves it out
	}
}

// readNested reads the level and the logger of ECS's "log", in its nested form.
func readNested(fields jsonFields, e *diagnose.Entry) {
	for _, f := range fields {
		switch {
		case string(f.key) == "level" && e.Level == diagnose.LevelUnknown:
			e.Level = jsonLevel(f.value, false)
		case string(f.key) == "logger":
			fillWord(&e.Logger, f.value)
		case string(f.key) == "pid":
			fillWord(&e.PID, f.value)
		}
	}
}

func fillWord(to *string, value []byte) {
	if *to == "" {
		*to = diagnose.FirstLine(scalar(value))
	}
}

// scalar is a string or number as text; objects and arrays are empty.
func scalar(value []byte) string {
	switch {
	case len(value) == 0 || value[0] == '{' || value[0] == '[' || string(value) == "null":
		return ""
	case value[0] == '"' && len(value) > 1:
		return string(decodeString(value[1 : len(value)-1]))
	}
	return string(value)
}

// jsonTime reads a stamp, a number since 1970, log4j2's "instant" and GCP's pair of
// seconds and nanoseconds.
func jsonTime(value []byte) time.Time {
	if len(value) == 0 {
		return time.Time{}
	}
	switch value[0] {
	case '{':
		f := readFields(value)
		t, n := readEpoch([]byte(f.word("epochSecond", "seconds")))
		if n == 0 {
			return wordTime(f.word("$date"))
		}
		nanos, _ := readFraction([]byte("." + leadingZeros(f.word("nanoOfSecond", "nanos"))))
		return t.Add(time.Duration(nanos))
	case '"':
		text := []byte(scalar(value))
		t, n := readStamp(text)
		if n == 0 {
			return time.Time{}
		}
		return t
	}
	t, _ := readEpoch(value)
	return t
}

// leadingZeros gives a number of nanoseconds its nine digits.
func leadingZeros(number string) string {
	if !isDigits(number) || len(number) > 9 {
		return "0"
	}
	return strings.Repeat("0", 9-len(number)) + number
}

// jsonLevel reads a name, bunyan's and pino's 10 to 60, or with gelf syslog's 0 to 7.
func jsonLevel(value []byte, gelf bool) diagnose.Level {
	word := scalar(value)
	if !isDigits(word) || word == "" || len(word) > 4 {
		return spelledLevel([]byte(strings.TrimSpace(word)))
	}
	n := smallNumber([]byte(word))
	if gelf || n < 8 {
		return syslogSeverity(n)
	}
	switch {
	case n < 20:
		return diagnose.LevelTrace
	case n < 30:
		return diagnose.LevelDebug
	case n < 40:
		return diagnose.LevelInfo
	case n < 50:
		return diagnose.LevelWarn
	case n < 60:
		return diagnose.LevelError
	}
	return diagnose.LevelFatal
}

// syslogSeverity is RFC 5424's: 0 emergency to 7 debug.
func syslogSeverity(n int) diagnose.Level {
	switch {
	case n <= 2:
		return diagnose.LevelFatal
	case n == 3:
		return diagnose.LevelError
	case n == 4:
		return diagnose.LevelWarn
	case n <= 6:
		return diagnose.LevelInfo
	}
	return diagnose.LevelDebug
}

// jsonFinish puts the text in the place of the object. The hosts and the inner texts
// are those of the whole object.
func jsonFinish(e *diagnose.Entry) {
	line, body, more := strings.Cut(e.Message, "\n")
	fields := readFields([]byte(line))
	if fields == nil {
		fields = readCutFields([]byte(line))
	}
	levelFinish(e)
	openMessage(e)
	message := jsonMessage(fields)
	if e.Level == diagnose.LevelUnknown && message != "" {
		e.Trouble = soundsLikeTrouble(message) || hasError(fields)
	}
	if more {
		message += "\n" + body
	}
	if message != "" {
		moveInner(e, message)
	}
}

// moveInner replaces the message. What was found in the old one stands no longer at
// a place in the new one.
func moveInner(e *diagnose.Entry, message string) {
	for i := range e.Inner {
		if e.Inner[i].Outer < 0 {
			e.Inner[i].From, e.Inner[i].To, e.Inner[i].At = 0, 0, 0
		}
	}
	e.Message = message
}

// hasError reports whether an object without a level has an error.
func hasError(fields jsonFields) bool {
	for _, f := range fields {
		if roleOf(f.key) == errorRole && len(f.value) > 2 && string(f.value) != "null" && string(f.value) != "false" {
			return true
		}
	}
	return false
}

// maxErrorTexts bounds the errors that a message names.
const maxErrorTexts = 4

// jsonMessage joins the text and the first lines of the errors.
func jsonMessage(fields jsonFields) string {
	text := diagnose.FirstLine(jsonText(fields))
	for _, cause := range jsonErrors(fields, nil) {
		if cause = strings.TrimSpace(diagnose.FirstLine(cause)); cause != "" && !strings.Contains(text, cause) {
			if text != "" {
				text += ": "
			}
			text += cause
		}
	}
	return text
}

func jsonText(fields jsonFields) string {
	template := ""
	for _, f := range fields {
		switch roleOf(f.key) {
		case messageRole:
			if text := scalar(f.value); text != "" {
				return text
			}
			if len(f.value) > 0 && f.value[0] == '{' { // log4j2's ObjectMessage, .NET's state
				if text := readFields(f.value).word("message", "text", "msg"); text != "" {
					return text
				}
			}
		case templateRole:
			template = scalar(f.value)
		case nestedRole:
			if text := fields.object(string(f.key)).word("message", "msg"); text != "" {
				return text
			}
		}
	}
	return template
}

// jsonErrors collects the texts of errors: strings, the parts of an object, the
// first of an array.
func jsonErrors(fields jsonFields, found []string) []string {
	for _, f := range fields {
		if roleOf(f.key) != errorRole || len(f.value) == 0 || len(found) >= maxErrorTexts {
			continue
		}
		switch f.value[0] {
		case '"':
			if text := scalar(f.value); text != "" {
				found = append(found, text)
			}
		case '{':
			found = append(found, errorObject(readFields(f.value)))
		case '[':
			s := jsonScanner{text: f.value, at: 1}
			if first := s.stringToken(); first != nil {
				found = append(found, scalar(first))
			}
		}
	}
	return found
}

// errorObject joins the type and the message of an error.
func errorObject(fields jsonFields) string {
	kind := fields.word("type", "name", "exception_class", "class")
	text := fields.word("message", "localizedMessage", "exception_message", "msg", "error")
	if text == "" {
		text = fields.word("stack", "stacktrace", "stack_trace")
	}
	switch {
	case text == "":
		return kind
	case kind == "" || strings.HasPrefix(text, kind):
		return text
	}
	return kind + ": " + text
}
