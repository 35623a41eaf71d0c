package parser

import "diagnose"

// stampWrapper is the time that GitHub Actions, Azure Pipelines, kubectl logs
// --timestamps and docker logs -t put before each line:
//
//	2022-11-04T23:27:51.7475892Z text
var stampWrapper = wrapper{name: "timestamps", first: firstDigits, take: takeStamp}

func takeStamp(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	n := fineStamp(line)
	if n == 0 {
		return nil, 0
	}
	noteISO(line, e)
	return line[n:], 0
}

// fineStamp returns the length of a stamp finer than a microsecond, with the blank
// behind it: rsyslog, journald and programs themselves write six digits at most.
func fineStamp(line []byte) int {
	const toSeconds = len("2006-01-02T15:04:05.")
	if len(line) < toSeconds+9 || line[10] != 'T' || line[toSeconds-1] != '.' {
		return 0
	}
	end := digits(line, toSeconds)
	if end-toSeconds < 7 || end+1 >= len(line) || line[end] != 'Z' || line[end+1] != ' ' {
		return 0
	}
	if _, n := readISO(line); n == 0 {
		return 0
	}
	return end + 2
}

// noteISO gives e, unless it is nil, the time that b begins with.
func noteISO(b []byte, e *diagnose.Entry) {
	if e == nil {
		return
	}
	if t, n := readISO(b); n > 0 {
		e.Time = t
	}
}
