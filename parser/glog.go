package parser

import "diagnose"

// glogFormat reads glog and klog lines, which name no year:
//
//	I0417 04:54:34.187605 14740 file.cpp:310] text
var glogFormat = Format{
	Name:   "glog",
	Head:   glogHead,
	First:  "IWEF",
	Finish: levelFinish,
}

func glogHead(line []byte, e *diagnose.Entry) int {
	n := glogPrefix(line)
	if n == 0 {
		return -1
	}
	if e == nil {
		return n
	}
	e.Level = diagnose.ParseLevel(string(line[:1]))
	clock, w := readTimeOfDay(line[6:])
	e.Time = clock.on(yearUnknown, digits2(line[1:]), digits2(line[3:]))
	thread := skip(line, 6+w, ' ')
	end := digits(line, thread)
	e.Thread = string(line[thread:end])
	file := skip(line, end, ' ')
	for end = file; line[end] != ']'; end++ {
	}
	e.Logger = string(line[file:end])
	return n
}

// glogPrefix returns the length of a glog head with the blank behind it, 0 when the
// line has none.
func glogPrefix(line []byte) int {
	if len(line) < 24 || line[5] != ' ' {
		return 0
	}
	switch line[0] {
	case 'I', 'W', 'E', 'F':
	default:
		return 0
	}
	if !validDay(yearUnknown, digits2(line[1:]), digits2(line[3:])) {
		return 0
	}
	_, w := readTimeOfDay(line[6:])
	i := skip(line, 6+w, ' ')
	end := digits(line, i)
	if w < 10 || end == i {
		return 0
	}
	i = skip(line, end, ' ')
	for ; i < len(line) && line[i] != ' '; i++ {
		if line[i] == ']' {
			if i+1 < len(line) && line[i+1] == ' ' {
				i++
			}
			return i + 1
		}
	}
	return 0
}

// levelFinish is the Finish of formats whose heads name a level.
func levelFinish(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError
	mentionHosts(e)
}
