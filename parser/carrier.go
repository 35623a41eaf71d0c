package parser

import (
	"bytes"

	"diagnose"
)

// A carrier is what a build server, a container runtime or a log viewer puts before
// each line of a program's output. Behind it stands the program's own line, which
// the formats know. syslog's prefix is none: it names the program and is a format.

// carrier returns the length of the carriers that line begins with, 0 without one:
//
//	2022-11-04T23:27:51.7475892Z text          GitHub Actions, kubectl and docker logs -t
//	2022-11-04T23:27:51.747589212Z stderr F text    CRI
//	[2022-11-04T23:27:51.747Z] text            Jenkins' timestamper
//	17:45:39  text                             the same, older
//	[17:45:39][Step 6/11] text                 TeamCity
//	[pod/web-0/app] text                       kubectl logs --prefix
//	web-0 app › text                           stern
//	#7 18.62 text                              BuildKit
//	web-1  | text                              docker compose
func carrier(line []byte) int {
	at := 0
	for range maxCarriers {
		n := oneCarrier(line[at:])
		if n == 0 {
			break
		}
		at += n
	}
	return at
}

// maxCarriers bounds carriers inside one another: compose inside a build server's.
const maxCarriers = 3

func oneCarrier(line []byte) int {
	if len(line) < 6 {
		return 0
	}
	switch c := line[0]; {
	case c-'0' <= 9:
		return max(stampCarrier(line), clockCarrier(line))
	case c == '[':
		return bracketCarrier(line)
	case c == '#':
		return buildKitCarrier(line)
	case c|0x20-'a' < 26:
		return max(composeCarrier(line), sternCarrier(line))
	}
	return 0
}

// readCarrier fills e with what the carrier knows: the time, unless the program's
// own line had one, and the pod.
func readCarrier(prefix []byte, e *diagnose.Entry) {
	at := 0
	if len(prefix) > 0 && prefix[0] == '[' {
		at = 1
	}
	if t, n := readISO(prefix[at:]); n > 0 && e.Time.IsZero() {
		e.Time = t
	}
	if pod, ok := field(string(prefix), "[pod/", "/"); ok {
		e.Mentions = addID(e.Mentions, diagnose.KindPod, pod)
	}
}

// stampCarrier takes only stamps finer than a microsecond: rsyslog, journald and
// programs themselves write six digits at most.
func stampCarrier(line []byte) int {
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
	n := end + 2
	for _, stream := range [...]string{"stdout F ", "stderr F ", "stdout P ", "stderr P "} {
		if hasPrefix(line[n:], stream) {
			return n + len(stream)
		}
	}
	return n
}

// clockCarrier reads Jenkins' clock, which two blanks follow.
func clockCarrier(line []byte) int {
	if _, n := readTimeOfDay(line); n == 8 && hasPrefix(line[n:], "  ") {
		return n + 2
	}
	return 0
}

func bracketCarrier(line []byte) int {
	switch {
	case hasPrefix(line, "[pod/"):
		end := bytes.Index(line[:min(len(line), 3*maxHostColumn)], []byte("] "))
		if end < 0 || bytes.IndexByte(line[:end], ' ') >= 0 {
			return 0
		}
		return end + 2
	case len(line) > 22 && line[11] == 'T':
		if _, n := readISO(line[1:]); n > 0 && line[n] == 'Z' && hasPrefix(line[1+n:], "] ") {
			return n + 3
		}
	case len(line) > 11 && line[3] == ':':
		return teamCityCarrier(line)
	}
	return 0
}

func teamCityCarrier(line []byte) int {
	if _, n := readTimeOfDay(line[1:]); n != 8 || line[9] != ']' {
		return 0
	}
	rest := line[10:]
	if len(rest) > 1 && (rest[0] == ':' || hasPrefix(rest, "W:") || hasPrefix(rest, "E:")) {
		rest = bytes.TrimLeft(rest, "WE: ")
	}
	if !hasPrefix(rest, "[Step ") {
		return 0
	}
	closing := bytes.IndexByte(rest, ']')
	if closing < 0 {
		return 0
	}
	return skip(line, len(line)-len(rest)+closing+1, ' ')
}

func buildKitCarrier(line []byte) int {
	n := digits(line, 1)
	if n == 1 || n >= len(line) || line[n] != ' ' {
		return 0
	}
	second := digits(line, n+1)
	if second == n+1 || second >= len(line) || line[second] != '.' {
		return 0
	}
	end := digits(line, second+1)
	if end == second+1 || end >= len(line) || line[end] != ' ' {
		return 0
	}
	return end + 1
}

// composeCarrier reads "web-1  | " and "web_1 | ". The number of the instance is
// required: tables have bars too.
func composeCarrier(line []byte) int {
	bar := hostColumn(line)
	if bar == 0 || !hasPrefix(line[bar:], "| ") {
		return 0
	}
	name := wordEnd(line, 0)
	number := name
	for number > 0 && line[number-1]-'0' <= 9 {
		number--
	}
	if number == name || number < 2 || line[number-1] != '-' && line[number-1] != '_' {
		return 0
	}
	if n := bar + 2; !adHocWords.match(line[n:]) && !outputWords.match(line[n:]) {
		return n
	}
	return 0 // web-1 | UNREACHABLE! is Ansible's
}

// sternCarrier reads "POD CONTAINER › ".
func sternCarrier(line []byte) int {
	const mark = " › "
	container := hostColumn(line)
	if container == 0 {
		return 0
	}
	if end := container + hostLen(line[container:]); hasPrefix(line[end:], mark) {
		return end + len(mark)
	}
	return 0
}

// hostLen returns the length of the name that b begins with.
func hostLen(b []byte) int {
	n := 0
	for n < len(b) && (isASCIIWord(b[n]) || b[n] == '-' || b[n] == '.') {
		n++
	}
	return n
}
