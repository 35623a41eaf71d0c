package parser

import (
	"bytes"

	"diagnose"
)

// accessFormat reads access logs in the common and combined layouts, also with the
// virtual host before them:
//
//	10.0.0.1 - alice [21/Nov/2026:02:04:15 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8.5"
//
// A status of 500 and above is a warning: who asked may have tried again, and the
// server's own log says why.
var accessFormat = Format{
	Name:   "access",
	Head:   accessHead,
	First:  ":_" + firstDigits + firstLetters,
	Finish: accessFinish,
}

// maxClient bounds what stands before the stamp: host, client, identity, user.
const maxClient = 160

func accessHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 50 || !isASCIIWord(line[0]) && line[0] != ':' {
		return -1
	}
	open := bytes.IndexByte(line[:min(len(line), maxClient)], '[')
	if open < 5 || line[open-1] != ' ' || !hasPrefix(line[min(len(line), open+28):], ` "`) {
		return -1
	}
	t, n := readCommonLog(line[open:])
	if n == 0 || bytes.Count(line[:open], []byte(" ")) < 3 {
		return -1
	}
	if e != nil {
		e.Time = t
		for word := range bytes.FieldsSeq(line[:open]) {
			host, _, _ := bytes.Cut(word, []byte(":"))
			if isAddress(string(host)) {
				e.Mentions = addID(e.Mentions, diagnose.KindAddress, string(host))
			}
		}
		e.Level = accessLevel(line[open+n+1:])
	}
	return open + n + 1
}

// accessLevel reads the status behind the request.
func accessLevel(request []byte) diagnose.Level {
	end := 2 + stringEndBytes(request[1:])
	if end+4 <= len(request) && request[end] == ' ' && request[end+1] == '5' && digits(request, end+1) == end+4 {
		return diagnose.LevelWarn
	}
	return diagnose.LevelInfo
}

func accessFinish(e *diagnose.Entry) { mentionHosts(e) }
