package parser

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"diagnose"
)

// An envelope is a wrapper that encodes the line: a JSON object of a log collector
// with the program's line as one of its strings. An object that a program wrote as
// its own log line is no envelope; the formats read those.

// maxFields bounds the members of an object that are looked at; a journal record
// has some forty.
const maxFields = 128

// jsonField is one member of an object: its key without quotes, and its value as it
// is written.
type jsonField struct {
	key, value []byte
}

// jsonFields are the members of one object in their order.
type jsonFields []jsonField

// readFields reads the members of the object that line begins with, nil when it is
// none. The object's end must be the line's.
func readFields(line []byte) jsonFields {
	s := jsonScanner{text: line}
	if !s.take('{') {
		return nil
	}
	fields := make(jsonFields, 0, 16)
	for len(fields) < maxFields {
		key := s.stringToken()
		if key == nil || !s.take(':') {
			return nil
		}
		value := s.value()
		if value == nil {
			return nil
		}
		fields = append(fields, jsonField{key[1 : len(key)-1], value})
		if s.take(',') {
			continue
		}
		if s.take('}') && s.blank() == len(line) {
			return fields
		}
		return nil
	}
	return nil
}

// raw returns the value of key as it is written, nil when there is none.
func (f jsonFields) raw(key string) []byte {
	for i := range f {
		if string(f[i].key) == key {
			return f[i].value
		}
	}
	return nil
}

// has reports whether one of the keys is there.
func (f jsonFields) has(keys ...string) bool {
	for _, key := range keys {
		if f.raw(key) != nil {
			return true
		}
	}
	return false
}

// text returns the decoded string at key; ok is false when there is none.
func (f jsonFields) text(key string) (text []byte, ok bool) {
	v := f.raw(key)
	if len(v) < 2 || v[0] != '"' {
		return nil, false
	}
	return decodeString(v[1 : len(v)-1]), true
}

// word returns the decoded string, or the number as it is written, at the first of
// the keys that has one.
func (f jsonFields) word(keys ...string) string {
	for _, key := range keys {
		if v, ok := f.text(key); ok {
			return string(v)
		}
		if v := f.raw(key); len(v) > 0 && (v[0] == '-' || v[0]-'0' <= 9) {
			return string(v)
		}
	}
	return ""
}

// object returns the members of the object at key.
func (f jsonFields) object(key string) jsonFields {
	if v := f.raw(key); len(v) > 0 && v[0] == '{' {
		return readFields(v)
	}
	return nil
}

// decodeString undoes the escapes of a JSON string, and takes off the colours that
// they spell. The result shares no memory with body when there are any; it is not
// longer.
func decodeString(body []byte) []byte {
	if bytes.IndexByte(body, '\\') < 0 {
		return body
	}
	return stripColours([]byte(unescape(string(body))))
}

var (
	jsonEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`)
	htmlEscapes = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`)
)

// escapedMarks returns the forms that a mark takes inside an envelope: encoding/json
// writes <, > and & as escapes, others do not.
func escapedMarks(mark string) []string {
	if !strings.ContainsAny(mark, "\\\"\t<>&") {
		return nil
	}
	plain := jsonEscapes.Replace(mark)
	html := htmlEscapes.Replace(plain)
	var forms []string
	for _, form := range [...]string{plain, html} {
		if form != mark && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// innerLines is a decoded text as lines: without the line end that it brought.
func innerLines(text []byte) []byte {
	text = trimLineEnd(text)
	if text == nil {
		return []byte{}
	}
	return text
}

// jsonScanner steps over JSON without reading its values.
type jsonScanner struct {
	text []byte
	at   int
}

// blank skips blanks and returns the position behind them.
func (s *jsonScanner) blank() int {
	for s.at < len(s.text) && isBlank(s.text[s.at]) {
		s.at++
	}
	return s.at
}

// take skips blanks and c, if c is next.
func (s *jsonScanner) take(c byte) bool {
	if s.blank() < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// stringToken returns the string that is next with its quotes, nil when none is.
func (s *jsonScanner) stringToken() []byte {
	start := s.blank()
	if start >= len(s.text) || s.text[start] != '"' {
		return nil
	}
	for i := start + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			return s.text[start:s.at]
		}
	}
	return nil
}

// value returns the value that is next: a string, an object or array with
// everything in it, or a word. It checks no more than that brackets are balanced.
func (s *jsonScanner) value() []byte {
	start := s.blank()
	if start >= len(s.text) {
		return nil
	}
	switch s.text[start] {
	case '"':
		return s.stringToken()
	case '{', '[':
		return s.nested(start)
	}
	for s.at < len(s.text) && bytes.IndexByte([]byte(",}] \t\r\n"), s.text[s.at]) < 0 {
		s.at++
	}
	if s.at == start {
		return nil
	}
	return s.text[start:s.at]
}

func (s *jsonScanner) nested(start int) []byte {
	depth := 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			if s.stringToken() == nil {
				return nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return s.text[start:s.at]
		}
	}
	return nil
}

// noteTime gives e the time in word, when it is one: ISO, or a number of seconds,
// milliseconds, microseconds or nanoseconds since 1970.
func noteTime(word string, e *diagnose.Entry) {
	if t := wordTime(word); !t.IsZero() {
		e.Time = t
	}
}

func wordTime(word string) time.Time {
	if t, n := readISO([]byte(word)); n > 0 {
		return t
	}
	t, _ := readEpoch([]byte(word))
	return t
}

// notePod gives e the pod, and the host it runs on, of what Kubernetes' metadata
// filters add to a record.
func notePod(kubernetes jsonFields, e *diagnose.Entry) {
	e.Mentions = addID(e.Mentions, diagnose.KindPod, kubernetes.word("pod_name", "podName"))
	if host := kubernetes.word("host", "node_name", "nodeName"); host != "" {
		e.Host = host
	}
}

// writerOfWords makes a writer's number of several names, 0 when all are empty.
func writerOfWords(words ...string) uint64 {
	var name []byte
	for _, w := range words {
		name = append(append(name, w...), 0)
	}
	if len(name) == len(words) {
		return 0
	}
	return writerOf(name)
}
