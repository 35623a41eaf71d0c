package parser

import "diagnose"

// criWrapper is the layout of container log files under /var/log/pods
// (kubernetes/cri-api and containerd's internal/cri/io/logger.go). P marks a part
// of a line that the next one of its stream goes on with, F its end:
//
//	2022-11-04T23:27:51.747589212Z stderr F text
var criWrapper = wrapper{name: "CRI", first: firstDigits, take: takeCRI, part: cutByCRI}

func takeCRI(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	n := fineStamp(line)
	if n == 0 {
		return nil, 0
	}
	for _, stream := range [...]string{"stdout F ", "stderr F ", "stdout P ", "stderr P "} {
		if hasPrefix(line[n:], stream) {
			noteISO(line, e)
			return line[n+len(stream):], writerOf(line[n : n+len("stdout")])
		}
	}
	return nil, 0
}
