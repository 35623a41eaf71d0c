package parser

import (
	"strings"

	"diagnose"
)

// smlogFormat reads SMlog, the log of XenServer's storage manager. A line is one of
// a process that serves one call, so its process id ties the call together; a
// traceback has the prefix on each of its lines:
//
//	Jan  8 20:26:10 xs1 SM: [23615] ***** NFS VHD: EXCEPTION <class 'xmlrpclib.Fault'>, ...
//	Mar 28 13:05:40 xs1 SMAPIv3: [10569] - ERROR - Exception in xapi.storage.plugin
//	[23615] 2014-01-08 20:26:10.123456	***** NFS VHD: EXCEPTION ...
var smlogFormat = Format{
	Name:   "smlog",
	Head:   smlogHead,
	First:  "[" + firstDigits + firstCapitals,
	Finish: finishSMlog,
	Marks:  []string{": EXCEPTION <", ": EXCEPTION SR.", ": EXCEPTION util.", "Raising exception [", "] - ERROR - "},
}

func smlogHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 20 {
		return -1
	}
	if line[0] == '[' {
		return smlogFile(line, e)
	}
	if !beginsStamp(line) || !bracketFollows(line) {
		return -1
	}
	var p syslogPrefix
	own := readLinePrefix(line, &p)
	if own == 0 || own >= len(line) || line[own] != '[' || !isStorageManager(p.process) {
		return -1
	}
	pid := span{own + 1, digits(line, own+1)}
	if pid.to == pid.from || !hasPrefix(line[pid.to:], "] ") {
		return -1
	}
	if e != nil {
		p.fill(e)
		smlogProcess(e, pid.of(line))
	}
	return pid.to + 2
}

func isStorageManager(program []byte) bool {
	switch string(program) {
	case "SM", "SMGC", "SMAPIv3":
		return true
	}
	return false
}

// smlogFile reads the layout that older releases write without syslog.
func smlogFile(line []byte, e *diagnose.Entry) int {
	pid := span{1, digits(line, 1)}
	if pid.to == pid.from || !hasPrefix(line[pid.to:], "] ") {
		return -1
	}
	t, n := readISO(line[pid.to+2:])
	if n == 0 {
		return -1
	}
	at := pid.to + 2 + n
	if at < len(line) && !isBlank(line[at]) {
		return -1
	}
	if e != nil {
		e.Time = t
		e.Process = "SM"
		smlogProcess(e, pid.of(line))
	}
	return min(len(line), at+1)
}

func smlogProcess(e *diagnose.Entry, pid string) {
	e.PID = pid
	e.IDs = append(e.IDs, diagnose.ID{Kind: diagnose.KindTask, Scope: e.Host, Value: "SM[" + pid + "]"})
}

func finishSMlog(e *diagnose.Entry) {
	s := e.Message
	switch {
	case strings.HasPrefix(s, "***** ") && strings.Contains(s, "EXCEPTION"),
		strings.HasPrefix(s, "Raising exception ["), strings.HasPrefix(s, "- ERROR - "):
		e.Level = diagnose.LevelError
		e.Trouble = true
	}
	e.Inner = smlogTraceback(s)
	addresses(e, s)
}

// smlogTraceback gives back the line ends that syslog wrote as #012.
func smlogTraceback(s string) []diagnose.Inner {
	if !strings.Contains(s, "#012") {
		return nil
	}
	return []diagnose.Inner{{Place: "#012", Text: strings.ReplaceAll(s, "#012", "\n"), Outer: -1, To: len(s)}}
}
