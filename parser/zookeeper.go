package parser

import (
	"bytes"

	"diagnose"
)

// zookeeperFormat reads the log lines of ZooKeeper's C client (zk_log.c), which
// BlueKing's agent writes to agent-err.log:
//
//	2015-07-17 23:06:12,049:4242(0x7f0c):ZOO_ERROR@func@599: text
//
// alone or nested behind a glog head. The thread is missing in single-threaded
// builds. The message begins at ZOO_, because the function is part of what people
// quote.
var zookeeperFormat = Format{
	Name:   "zookeeper",
	Head:   zookeeperHead,
	First:  " IWEF" + timeLeftOut[:1] + firstDigits,
	Finish: zookeeperFinish,
	Marks:  []string{"ZOO_ERROR@", ":ZOO_WARN@"},
}

// maxZooHead bounds where ZOO_ may stand after the time.
const maxZooHead = 64

func zookeeperHead(line []byte, e *diagnose.Entry) int {
	at := 0
	if n := glogPrefix(line); n > 0 {
		at = n
	} else if len(line) > 0 && line[0] == ' ' {
		at = skip(line, 0, ' ')
	}
	if at >= len(line) || line[at]-'0' > 9 && line[at] != timeLeftOut[0] {
		return -1
	}
	near := line[at:min(len(line), at+maxZooHead)]
	zoo := bytes.Index(near, zooMark)
	if zoo < 0 {
		return -1
	}
	head := near[:zoo]
	n := readISOOrLeftOut(head, e)
	if n == 0 {
		return -1
	}
	if e != nil {
		readZooHead(head[n:], line[at+zoo+1:], e)
	}
	return at + zoo + 1
}

var zooMark = []byte(":ZOO_")

// readZooHead reads ":PID(0xTID)" and "ZOO_LEVEL@func@line: ".
func readZooHead(process, rest []byte, e *diagnose.Entry) {
	if len(process) > 0 && process[0] == ':' {
		end := digits(process, 1)
		e.PID = string(process[1:end])
		if tid := process[end:]; len(tid) > 2 && tid[0] == '(' && tid[len(tid)-1] == ')' {
			e.Thread = string(tid[1 : len(tid)-1])
		}
	}
	rest = rest[len("ZOO_"):]
	end := letters(rest, 0)
	e.Level = levelWord(rest[:end])
	if end < len(rest) && rest[end] == '@' {
		name, _, _ := bytes.Cut(rest[end+1:], []byte("@"))
		e.Logger = string(name)
	}
}

func zookeeperFinish(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError
	mentionHosts(e)
}
