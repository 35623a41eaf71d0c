package parser

import "diagnose"

// sternWrapper is stern's default output: the pod, the container and an arrow:
//
//	web-0 app › text
var sternWrapper = wrapper{name: "stern", first: firstLetters, take: takeStern}

func takeStern(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	const mark = " › "
	container := hostColumn(line)
	if container == 0 {
		return nil, 0
	}
	end := container + hostLen(line[container:])
	if !hasPrefix(line[end:], mark) {
		return nil, 0
	}
	if e != nil {
		e.Mentions = addID(e.Mentions, diagnose.KindPod, string(line[:wordEnd(line, 0)]))
	}
	return line[end+len(mark):], writerOf(line[:end])
}

// hostLen returns the length of the name that b begins with.
func hostLen(b []byte) int {
	n := 0
	for n < len(b) && (isASCIIWord(b[n]) || b[n] == '-' || b[n] == '.') {
		n++
	}
	return n
}
