package parser

import (
	"diagnose"
)

// dpkgFormat reads dpkg.log, the frame of apt's term.log, and how the runs in apt's
// history.log begin:
//
//	2024-01-02 10:00:00 status half-configured libc6:amd64 2.36-9
//	Log started: 2024-01-02  10:00:00
//	Start-Date: 2024-01-02  10:00:00
var dpkgFormat = Format{
	Name:   "dpkg",
	Head:   dpkgHead,
	First:  "LS" + firstDigits,
	Fifth:  "-/.",
	Finish: levelFinish,
	Marks:  []string{"dpkg: error processing", "dpkg: error: ", "E: Sub-process "},
}

var dpkgActions = newStarts("status ", "install ", "upgrade ", "remove ", "purge ", "configure ", "trigproc ", "startup ", "conffile ", "disappear ")

func dpkgHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("2024-01-02 10:00:00")
	if len(line) < stamp+8 {
		return -1
	}
	if line[0]-'0' > 9 {
		return termHead(line, e)
	}
	if line[10] != ' ' || line[stamp] != ' ' || !dpkgActions.match(line[stamp+1:]) {
		return -1
	}
	t, n := readISO(line)
	if n != stamp {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, diagnose.LevelInfo
	}
	return stamp + 1
}

// aptStart is what a run of apt's begins with in its history.
const aptStart = "Start-Date: "

// termHead reads the line before and behind what apt's run printed, or did.
func termHead(line []byte, e *diagnose.Entry) int {
	c := cursor{line: line}
	if !c.try("Log started: ") && !c.try("Log ended: ") && !c.try(aptStart) {
		return -1
	}
	day := c.word()
	if c.bad || !hasPrefix(c.rest(), "  ") || len(day) != 10 || len(line) < c.at+10 {
		return -1
	}
	var stamp [19]byte
	copy(stamp[:], day)
	stamp[10] = ' '
	copy(stamp[11:], line[c.at+2:])
	t, n := readISO(stamp[:])
	if n == 0 {
		return -1
	}
	if e != nil {
		e.Time, e.Boundary = t, line[4] != 'e'
	}
	return 0
}
