package parser

import (
	"bytes"
	"time"

	"diagnose"
)

// zapFormat reads zap's console encoder (Kubernetes' controllers, etcd), whose
// fields tabs part; the stamp is ISO or seconds since 1970, logger and caller may
// be missing, fields may follow as JSON.
//
//	2024-01-02T10:00:00.123Z	ERROR	controller	app/main.go:12	text	{"error": "why"}
var zapFormat = Format{
	Name:   "zap",
	Head:   zapHead,
	First:  firstDigits,
	Finish: zapFinish,
	Marks: append(append(marksBefore("Z\tERROR\t", "abcdefghijklmnopqrstuvwxyz"), marksBefore("Z\tFATAL\t", "abcdefghijklmnopqrstuvwxyz")...),
		"0000\tERROR\t", "0000\tFATAL\t", "0800\tERROR\t", "0800\tFATAL\t"),
}

// zapFinish judges lines that have a verbosity instead of a level, "V0", as logr's adapters may
// print (aws/eks-anywhere, pkg/logger), by what they say.
func zapFinish(e *diagnose.Entry) {
	levelFinish(e)
	e.Trouble = e.Trouble || e.Level == diagnose.LevelUnknown && soundsLikeTrouble(e.Message)
}

func zapHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 20 || line[0]-'0' > 9 {
		return -1
	}
	tab := bytes.IndexByte(line[:min(len(line), 40)], '\t')
	if tab < 10 {
		return -1
	}
	c := cursor{line: line, at: tab + 1}
	var level diagnose.Level
	if verbosity := line[c.at:]; len(verbosity) > 2 && verbosity[0] == 'V' && verbosity[1]-'0' <= 9 && verbosity[2] == '\t' {
		c.at += len("V0")
	} else {
		level = c.level()
	}
	c.literal("\t")
	if c.bad {
		return -1
	}
	t, n := readISO(line)
	if n == 0 {
		t, n = readSecondsSince1970(line[:tab])
	}
	if n != tab {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
	}
	return zapText(line, c.at, e)
}

// zapText steps over the logger and the caller.
func zapText(line []byte, at int, e *diagnose.Entry) int {
	text := at
	for range 2 {
		end := bytes.IndexByte(line[at:min(len(line), at+maxHeadField)], '\t')
		if end <= 0 {
			break
		}
		field := line[at : at+end]
		colon := bytes.LastIndexByte(field, ':')
		caller := colon > 0 && digits(field, colon+1) == len(field) && contains(field, ".go:")
		if !caller && bytes.IndexByte(field, ' ') >= 0 {
			break
		}
		at += end + 1
		if e != nil {
			e.Logger = string(field)
		}
		text = at
		if caller {
			break
		}
	}
	return text
}

// readSecondsSince1970 reads 1732154655.123, and 1.732154655123e+09, zap's default.
func readSecondsSince1970(b []byte) (t time.Time, n int) {
	if t, n = readEpoch(b); n > 0 {
		return t, n
	}
	digitsOf, exponent, ok := bytes.Cut(b, []byte("e+09"))
	if !ok || len(exponent) > 0 || len(digitsOf) < 3 || len(digitsOf) > 24 || digitsOf[1] != '.' {
		return t, 0
	}
	// The point is moved behind the tenth digit.
	plain := [40]byte{}
	for i := range plain {
		plain[i] = '0'
	}
	plain[0], plain[10] = digitsOf[0], '.'
	for i, c := range digitsOf[2:] {
		at := i + 1
		if at >= 10 {
			at++
		}
		plain[at] = c
	}
	if t, n = readEpoch(plain[:max(12, len(digitsOf)+1)]); n == 0 {
		return t, 0
	}
	return t, len(b)
}
