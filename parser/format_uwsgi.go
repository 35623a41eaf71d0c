package parser

import (
	"bytes"

	"diagnose"
)

// uwsgiFormat reads uWSGI's line of a request, whose time stands in its midst (unbit/uwsgi,
// core/logging.c, uwsgi_logit_simple). What the program prints stands between such lines.
//
//	[pid: 5722|app: 0|req: 3/5] 10.0.0.9 () {40 vars in 682 bytes} [Thu Dec  8 16:17:32 2016] GET / => generated 7 bytes in 4 msecs (HTTP/1.1 200)
var uwsgiFormat = Format{
	Name:   "uwsgi",
	Head:   uwsgiHead,
	First:  "[",
	Finish: accessFinish,
}

// maxRequestHead bounds what stands before the stamp of a request.
const maxRequestHead = 200

func uwsgiHead(line []byte, e *diagnose.Entry) int {
	if !hasPrefix(line, "[pid: ") || len(line) < 60 {
		return -1
	}
	before, _, found := bytes.Cut(line[:min(len(line), maxRequestHead)], []byte("} ["))
	if !found {
		return -1
	}
	at := len(before) + len("} [")
	t, n := readCtime(line[at:])
	if n == 0 || at+n >= len(line) || line[at+n] != ']' {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, uwsgiLevel(line[at+n:])
		pid := line[len("[pid: "):]
		e.PID = string(pid[:digits(pid, 0)])
	}
	return skip(line, at+n+1, ' ')
}

// uwsgiLevel is that of an access log: a status of 500 and above is a warning.
func uwsgiLevel(request []byte) diagnose.Level {
	if i := bytes.LastIndex(request, []byte("(HTTP/")); i >= 0 {
		if _, status, found := bytes.Cut(request[i:], []byte(" ")); found && len(status) > 2 && status[0] == '5' && digits(status, 0) == 3 {
			return diagnose.LevelWarn
		}
	}
	return diagnose.LevelInfo
}
