package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// logfmtFormat reads lines of key=value pairs: logrus without a terminal (dockerd,
// containerd), Go's slog text, Prometheus and Loki (go-kit), Grafana, Traefik.
//
//	time="2024-01-02T10:00:00.123Z" level=error msg="text" error="why"
//
// The message is the text, behind a colon the error, and the pairs that are left.
var logfmtFormat = Format{
	Name:   "logfmt",
	Head:   logfmtHead,
	First:  firstSmall,
	Finish: logfmtFinish,
	Marks: []string{"level=panic", "level=crit", "level=eror", "lvl=error", "lvl=eror ", "level=\"error", "level=\"fatal", "severity=err",
		"level=alert", "level=emerg"},
}

// logfmtStarts are the keys that such lines begin with.
var logfmtStarts = newStarts("time=", "ts=", "t=", "timestamp=", "level=", "lvl=", "severity=", "logger=", "caller=", "component=", "msg=", "at=")

// logfmtPair reads the pair at the cursor and steps over the blanks behind it.
// Quotes stay around the value.
func logfmtPair(c *cursor) (key, value []byte) {
	start := c.at
	c.at += keyEnd(c.line[c.at:])
	key = c.line[start:c.at]
	c.bad = c.bad || c.at == start
	c.literal("=")
	if c.bad {
		return nil, nil
	}
	start = c.at
	if c.at < len(c.line) && c.line[c.at] == '"' {
		c.at = min(len(c.line), c.at+2+valueEnd(c.line[c.at+1:]))
	} else {
		c.at = wordEnd(c.line, c.at)
	}
	value = c.line[start:c.at]
	c.blanks()
	return key, value
}

// valueEnd returns where the quoted value at the beginning of text ends. A quote that a word
// follows at once stands in the value: pastes lose the backslashes before such.
func valueEnd(text []byte) int {
	end := stringEndBytes(text)
	for at := end; at < len(text); {
		rest := text[at+1:]
		if pairFollows(rest) {
			return at
		}
		next := stringEndBytes(rest)
		if next == len(rest) {
			break
		}
		at += 1 + next
	}
	return end
}

// pairFollows reports whether a further pair stands behind a blank, or nothing at all.
func pairFollows(rest []byte) bool {
	word := bytes.TrimLeft(rest, " \t\r\n")
	if len(word) == 0 {
		return true
	}
	n := keyEnd(word)
	return len(word) < len(rest) && n > 0 && n < len(word) && word[n] == '='
}

// keyEnd returns where the key at the beginning of text ends.
func keyEnd(text []byte) (n int) {
	for n < len(text) && (isASCIIWord(text[n]) || text[n] == '.' || text[n] == '-' || text[n] == '@') {
		n++
	}
	return n
}

// stringEndBytes is stringEnd over bytes.
func stringEndBytes(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// logfmtRole is roleOf for what stands in logfmt.
func logfmtRole(key []byte) jsonRole {
	switch string(key) {
	case "time", "ts", "t", "timestamp", "@timestamp", "date":
		return timeRole
	case "level", "lvl", "severity", "at", "log.level":
		return levelRole
	case "msg", "message", "event":
		return messageRole
	case "err", "error", "stderr", "cause", "reason", "exception", "stack", "stacktrace":
		return errorRole
	case "logger", "component", "caller", "module", "source":
		return loggerRole
	case "host", "hostname":
		return hostRole
	case "pid":
		return pidRole
	case "app", "service":
		return processRole
	case "traceID", "trace_id", "traceId":
		return traceRole
	}
	return otherRole
}

// maxPairs bounds the pairs of one line that are looked at.
const maxPairs = 64

func logfmtHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 12 || line[0]-'a' > 25 || !logfmtStarts.match(line) {
		return -1
	}
	c := cursor{line: line}
	var known, text bool
	for range maxPairs {
		if c.at >= len(line) {
			break
		}
		key, value := logfmtPair(&c)
		if c.bad {
			break
		}
		switch role := logfmtRole(key); role {
		case messageRole, errorRole:
			text = true
		case levelRole, timeRole:
			known = known || role == levelRole && spelledLevel(unquoted(value)) != diagnose.LevelUnknown || role == timeRole && len(value) >= 8
		}
		if known && text && e == nil {
			return 0
		}
	}
	if !known || !text {
		return -1
	}
	if e != nil {
		readLogfmt(line, e)
	}
	return 0
}

func unquoted(value []byte) []byte {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

func readLogfmt(line []byte, e *diagnose.Entry) {
	c := cursor{line: line}
	for range maxPairs {
		key, value := logfmtPair(&c)
		if c.bad {
			return
		}
		value = unquoted(value)
		switch logfmtRole(key) {
		case timeRole:
			if t, n := readStamp(value); n > 0 && e.Time.IsZero() {
				e.Time = t
			}
		case levelRole:
			if e.Level == diagnose.LevelUnknown {
				e.Level = spelledLevel(value)
			}
		case loggerRole:
			if e.Logger == "" {
				e.Logger = string(value)
			}
		case hostRole:
			e.Host = string(value)
		case pidRole:
			e.PID = string(value)
		case processRole:
			e.Process = string(value)
		case traceRole:
			if len(value) >= minInner {
				e.IDs = addID(e.IDs, diagnose.KindTrace, string(value))
			}
		}
	}
}

// logfmtFinish puts the text in the place of the pairs.
func logfmtFinish(e *diagnose.Entry) {
	levelFinish(e)
	openMessage(e)
	line, body, more := strings.Cut(e.Message, "\n")
	message := logfmtMessage([]byte(line))
	if message == "" {
		return
	}
	if e.Level == diagnose.LevelUnknown {
		e.Trouble = soundsLikeTrouble(message)
	}
	if more {
		message += "\n" + body
	}
	moveInner(e, message)
}

func logfmtMessage(line []byte) string {
	var text, causes, others []string
	c := cursor{line: line}
	for c.at < len(line) && len(text)+len(causes)+len(others) < maxPairs {
		start := c.at
		key, value := logfmtPair(&c)
		if c.bad {
			others = append(others, string(line[start:]))
			break
		}
		switch logfmtRole(key) {
		case messageRole:
			text = append(text, firstLineOf(value))
		case errorRole:
			causes = append(causes, firstLineOf(value))
		case otherRole:
			others = append(others, strings.TrimRight(string(line[start:c.at]), " \t"))
		}
	}
	message := strings.Join(append(text, causes...), ": ")
	if message == "" {
		return ""
	}
	return strings.TrimRight(message+" "+strings.Join(others, " "), " ")
}

// firstLineOf is the first line of a value, with the next where it says no more than that
// something follows: "yaml: unmarshal errors:".
func firstLineOf(value []byte) string {
	text := unescape(string(unquoted(value)))
	first := diagnose.FirstLine(text)
	if head, rest, ok := strings.Cut(text, "\n"); ok && head == first && strings.HasSuffix(first, ":") {
		return first + " " + strings.TrimSpace(diagnose.FirstLine(rest))
	}
	return first
}
