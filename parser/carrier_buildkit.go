package parser

import "diagnose"

// buildKitWrapper is the plain progress of docker build with BuildKit
// (util/progress/progressui/printer.go): the step's number and the seconds since
// the step began:
//
//	#7 18.62 text
var buildKitWrapper = wrapper{name: "BuildKit", first: "#", take: takeBuildKit}

func takeBuildKit(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	n := digits(line, 1)
	if n == 1 || n >= len(line) || line[n] != ' ' {
		return nil, 0
	}
	second := digits(line, n+1)
	if second == n+1 || second >= len(line) || line[second] != '.' {
		return nil, 0
	}
	end := digits(line, second+1)
	if end == second+1 || end >= len(line) || line[end] != ' ' {
		return nil, 0
	}
	return line[end+1:], writerOf(line[:n])
}
