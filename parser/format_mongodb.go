package parser

import (
	"strings"

	"diagnose"
)

// mongoFormat reads MongoDB's log: structured from 4.4 on, in words before.
//
//	{"t":{"$date":"2024-01-02T10:00:00.123+00:00"},"s":"E", "c":"STORAGE","id":20557,"ctx":"initandlisten","msg":"text","attr":{}}
//	2014-11-03T18:28:32.450-0500 I NETWORK  [initandlisten] text
var mongoFormat = Format{
	Name:   "mongodb",
	Head:   mongoHead,
	First:  "{" + firstDigits,
	Fifth:  "-/.",
	Finish: mongoFinish,
	Marks:  []string{`},"s":"E",`, `},"s":"F",`, `"msg":"Fatal assertion"`, " F CONTROL  [", " E STORAGE  [initandlisten", " F STORAGE  [initandlisten", " E NETWORK  [initandlisten"},
}

const mongoMark = `{"t":{"$date":"`

func mongoHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 40 || line[0] != '{' && line[0]-'0' > 9 {
		return -1
	}
	if line[0] != '{' {
		return mongoWords(line, e)
	}
	if !hasPrefix(line, mongoMark) {
		return -1
	}
	t, n := readISO(line[len(mongoMark):])
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time = t
		fields := readFields(line)
		if fields == nil {
			fields = readCutFields(line)
		}
		e.Level = mongoLevel(fields.word("s"))
		e.Logger, e.Thread = fields.word("c"), fields.word("ctx")
	}
	return 0
}

// mongoWords reads the layout of MongoDB 3.0 to 4.2.
func mongoWords(line []byte, e *diagnose.Entry) int {
	at := afterISO(line)
	if at == 0 || line[10] != 'T' || at+4 > len(line) || line[at] != ' ' || line[at+2] != ' ' {
		return -1
	}
	c := cursor{line: line, at: at + 3}
	level := mongoLevel(string(line[at+1 : at+2]))
	component := c.word()
	c.gap()
	context := c.bracket()
	c.try(" ")
	t, n := readISO(line)
	if c.bad || n == 0 || level == diagnose.LevelUnknown || component[0] != '-' && component[0]-'A' > 25 {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.Logger, e.Thread = string(component), string(context)
	}
	return c.at
}

// mongoLevel reads the letter of a severity; D may have a digit behind it.
func mongoLevel(word string) diagnose.Level {
	if word == "" {
		return diagnose.LevelUnknown
	}
	switch word[0] {
	case 'F':
		return diagnose.LevelFatal
	case 'E':
		return diagnose.LevelError
	case 'W':
		return diagnose.LevelWarn
	case 'I':
		return diagnose.LevelInfo
	case 'D':
		return diagnose.LevelDebug
	}
	return diagnose.LevelUnknown
}

// mongoErrors are the members of attr whose text belongs to the message.
var mongoErrors = [...]string{"error", "errMsg", "errmsg", "reason", "message"}

func mongoFinish(e *diagnose.Entry) {
	levelFinish(e)
	if e.Message == "" || e.Message[0] != '{' {
		return
	}
	openMessage(e)
	line := diagnose.FirstLine(e.Message)
	fields := readFields([]byte(line))
	if fields == nil {
		fields = readCutFields([]byte(line))
	}
	text := diagnose.FirstLine(fields.word("msg"))
	if text == "" {
		return
	}
	attr := fields.object("attr")
	for _, key := range mongoErrors {
		if cause := mongoCause(attr, key); cause != "" {
			text += ": " + diagnose.FirstLine(cause)
			break
		}
	}
	moveInner(e, text+e.Message[len(line):])
}

// mongoCause is what a member of attr says of the cause. WiredTiger puts its number before its
// words, which are a record of their own from version 6.0 on (mongodb/mongo,
// src/third_party/wiredtiger/src/support/err.c, __eventv).
func mongoCause(attr jsonFields, key string) string {
	cause, inside := attr.word(key), attr.object(key)
	switch {
	case cause == "" && inside.word("msg") != "":
		cause = inside.word("msg")
		if named := inside.word("error_str"); named != "" {
			cause += ": " + named
		}
	case cause == "":
		cause = inside.word("errmsg", "message")
	case attr.has("message") && digits([]byte(strings.TrimPrefix(cause, "-")), 0) == len(strings.TrimPrefix(cause, "-")):
		return "" // the words follow
	}
	return cause
}
