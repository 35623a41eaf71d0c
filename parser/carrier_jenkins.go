package parser

import "diagnose"

// jenkinsStampWrapper is the prefix of Jenkins' timestamper in pipelines, and
// jenkinsClockWrapper the same in older jobs, which two blanks follow:
//
//	[2022-11-04T23:27:51.747Z] text
//	17:45:39  text
var (
	jenkinsStampWrapper = wrapper{name: "Jenkins timestamps", first: "[", take: takeJenkinsStamp}
	jenkinsClockWrapper = wrapper{name: "Jenkins clock", first: firstDigits, take: takeJenkinsClock}
)

func takeJenkinsStamp(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if len(line) < 23 || line[11] != 'T' {
		return nil, 0
	}
	_, n := readISO(line[1:])
	if n == 0 || line[n] != 'Z' || !hasPrefix(line[1+n:], "] ") {
		return nil, 0
	}
	noteISO(line[1:], e)
	return line[n+3:], 0
}

func takeJenkinsClock(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if _, n := readTimeOfDay(line); n == 8 && hasPrefix(line[n:], "  ") {
		noteClock(line, e)
		return line[n+2:], 0
	}
	return nil, 0
}
