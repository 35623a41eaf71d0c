package parser

import (
	"strings"

	"diagnose"
)

// cloudstackFamily lists the formats of CloudStack, its agents, system VMs and
// hypervisors in the order they are tried. No two of them accept the same line.
var cloudstackFamily = []Format{
	cloudstackFormat,
	systemVMFormat,
	libvirtdFormat,
	xapiFormat,
	smlogFormat,
	setupAgentFormat,
	earlyConfigFormat,
	juliFormat,
}

// cloudstackFormat reads the log4j layouts of the management server (its apilog
// and console too), the agent, the usage server and the system VMs, of all eras:
//
//	2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) text
//	2016-04-27 10:43:11,084 INFO  [a.c.c.a.ApiServer] (catalina-exec-3:ctx-37d9f693 ctx-d2368de3) (logid:3a0fad97) text
//	2025-09-24 12:43:34,012 INFO  [o.a.c.f.j.i.AsyncJobMonitor] (API-Job-Executor-49:[ctx-525e132d, job-3306]) (logid:9fd3ccc6) text
//	Sep 03 01:12:00 ms1 java[2720]: INFO  [c.c.c.ConsoleProxyManagerImpl] (consoleproxy-1:ctx-2e62d742) (logid:cc558161) text
//
// The patterns are those of the log4j configurations of 2.x to 4.22
// (client/conf, agent/conf, usage/conf, systemvm). In front of them may stand
// the prefix of journald, syslog, docker compose or grep, or a host name.
var cloudstackFormat = Format{
	Name:    "cloudstack",
	Head:    cloudstackHead,
	Absorbs: true,
	Finish:  finishCloudStack,
	Closed:  true,
	Marks:   cloudstackMarks(),
	Strip:   stripLinePrefix,
}

// cloudHead is where the fields of a CloudStack line stand.
type cloudHead struct {
	prefix      syslogPrefix
	stamp       int // of the line's own time, -1 without one
	level       diagnose.Level
	logger      span
	thread      span
	ndc         span // nested diagnostic context: job, ctx, host
	logid       span
	message     int
	prefixGiven bool
}

func cloudstackHead(line []byte, e *diagnose.Entry) int {
	var h cloudHead
	if !h.read(line) {
		return -1
	}
	if e != nil {
		h.fill(line, e)
	}
	return h.message
}

// read reports whether line is a CloudStack line, with or without a prefix.
func (h *cloudHead) read(line []byte) bool {
	at := 0
	for at < len(line) && (isBlank(line[at]) || isQuoteMark(line[at])) {
		at++
	}
	if at == len(line) {
		return false
	}
	if h.readOwn(line, at) {
		return true
	}
	if own := readLinePrefix(line[at:], &h.prefix); own > 0 {
		h.prefixGiven = true
		return h.readOwn(line, at+own)
	}
	return isASCIIWord(line[at]) && h.readAfterWord(line, at)
}

// isQuoteMark reports what mail and issue trackers put before a quoted line.
func isQuoteMark(c byte) bool { return c == '>' || c == '`' || c == '*' }

// readAfterWord reads a line that some tool put one word in front of: a host's
// name, compose's service, grep's file and line number.
func (h *cloudHead) readAfterWord(line []byte, at int) bool {
	var colons [2]int // after the first two colons
	found := 0
	i, limit := at, min(len(line)-1, at+maxWord)
	for i < limit && line[i] > ' ' {
		if line[i] == ':' && found < len(colons) {
			colons[found] = i + 1
			found++
		}
		i++
	}
	if i >= limit || line[i] != ' ' {
		return false
	}
	switch next := line[i+1]; {
	case beginsOwn(next):
		if h.readOwn(line, i+1) {
			return true
		}
	case next == ' ' || next == '|':
		if own := readComposePrefix(line, at); own > 0 {
			return h.readOwn(line, own)
		}
	}
	for _, c := range colons[:found] {
		if beginsOwn(line[c]) && h.readOwn(line, c) {
			return true
		}
	}
	return false
}

// beginsOwn reports whether a stamp or a level can begin with c.
func beginsOwn(c byte) bool {
	return c-'0' < 10 || c == 'D' || c == 'I' || c == 'W' || c == 'E' || c == 'F' || c == 'T'
}

// readOwn reads what CloudStack itself wrote: time, level, logger, thread, NDC and
// logid, and where the message begins.
func (h *cloudHead) readOwn(line []byte, at int) bool {
	if at >= len(line) {
		return false
	}
	h.stamp = -1
	if line[at]-'0' < 10 {
		n := stampLength(line[at:])
		if n == 0 {
			return false
		}
		h.stamp = at
		at = skipBlanks(line, at+n)
	}
	level, n := readLevel(line[at:])
	if n == 0 {
		return false
	}
	h.level = level
	at = skipBlanks(line, at+n)
	if at = h.readLogger(line, at); at == 0 {
		return false
	}
	if at = h.readThread(line, skipBlanks(line, at)); at == 0 {
		return false
	}
	h.message = h.readLogID(line, at)
	return true
}

// stampLength returns the length of a stamp like 2014-07-24 04:11:08,193, 0 when
// there is none. Whether it is a day of the calendar does not matter here.
func stampLength(b []byte) int {
	if len(b) < 24 || b[4] != '-' || b[7] != '-' || b[10] != ' ' && b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0
	}
	if c := b[19]; c == ',' || c == '.' {
		if b[20]-'0' < 10 && b[21]-'0' < 10 && b[22]-'0' < 10 && b[23]-'0' > 9 && b[23] != 'Z' && b[23] != '+' {
			return 23
		}
	}
	_, n := readISO(b)
	return n
}

// readLevel reads log4j's name of a level at the beginning of b.
func readLevel(b []byte) (diagnose.Level, int) {
	if len(b) < 5 {
		return 0, 0
	}
	switch b[0] {
	case 'D':
		if string(b[:5]) == "DEBUG" {
			return diagnose.LevelDebug, 5
		}
	case 'I':
		if string(b[:4]) == "INFO" {
			return diagnose.LevelInfo, 4
		}
	case 'W':
		if string(b[:4]) == "WARN" {
			return diagnose.LevelWarn, 4
		}
	case 'E':
		if string(b[:5]) == "ERROR" {
			return diagnose.LevelError, 5
		}
	case 'F':
		if string(b[:5]) == "FATAL" {
			return diagnose.LevelFatal, 5
		}
	case 'T':
		if string(b[:5]) == "TRACE" {
			return diagnose.LevelTrace, 5
		}
	}
	return 0, 0
}

// Classes of bytes that the reading of a head meets one by one.
const (
	inLogger    = 1 << iota // stands in a logger's name
	endsContext             // parenthesis or bracket
)

var byteClass = func() (class [256]byte) {
	for c := range byte(0x80) {
		if isWordByte(c) || c == '.' || c == '$' || c == '-' {
			class[c] |= inLogger
		}
	}
	for _, c := range "()[]" {
		class[c] |= endsContext
	}
	return class
}()

// readLogger reads [c.c.v.VirtualMachineManagerImpl] and returns where it ends.
func (h *cloudHead) readLogger(line []byte, at int) int {
	if at >= len(line) || line[at] != '[' {
		return 0
	}
	i, limit := at+1, min(len(line), at+maxWord)
	for i < limit && byteClass[line[i]]&inLogger != 0 {
		i++
	}
	if i == at+1 || i == limit || line[i] != ']' {
		return 0
	}
	h.logger = span{at + 1, i}
	return i + 1
}

// maxNDC bounds the nested diagnostic context, in bytes. The longest kind, a
// VMware host with its jobs and command, takes some 200.
const maxNDC = 4 << 10

// readThread reads (thread:ndc) and returns where it ends. A thread's name may
// hold blanks, and parentheses around digits as in "RMI TCP Connection(2)"; the
// NDC may hold lists in brackets.
func (h *cloudHead) readThread(line []byte, at int) int {
	if at >= len(line) || line[at] != '(' {
		return 0
	}
	i, limit := at+1, min(len(line), at+maxWord)
	for i < limit && line[i] != ':' {
		if byteClass[line[i]]&endsContext != 0 {
			if line[i] == ')' {
				return 0
			}
			if line[i] == '(' {
				if i = closeDigits(line[:limit], i); i == 0 {
					return 0
				}
			}
		}
		i++
	}
	if i == at+1 || i >= limit || line[i] != ':' {
		return 0
	}
	h.thread = span{at + 1, i}
	h.ndc.from = i + 1
	limit = min(len(line), at+maxNDC)
	for i++; i < limit; i++ {
		if byteClass[line[i]]&endsContext == 0 {
			continue
		}
		switch line[i] {
		case ')':
			h.ndc.to = i
			return i + 1
		case '(', ']':
			return 0
		case '[':
			for i < limit && line[i] != ']' {
				i++
			}
		}
	}
	return 0
}

// closeDigits returns where the parenthesis that opens at line[at] closes after
// nothing but digits, 0 when it does not.
func closeDigits(line []byte, at int) int {
	i := at + 1
	for i < len(line) && line[i]-'0' < 10 {
		i++
	}
	if i == at+1 || i == len(line) || line[i] != ')' {
		return 0
	}
	return i
}

// readLogID reads an optional (logid:5fa4d6ef) and one space, and returns where
// the message begins.
func (h *cloudHead) readLogID(line []byte, at int) int {
	const open = "(logid:"
	h.logid = span{}
	i := skipBlanks(line, at)
	if len(line)-i > len(open) && line[i] == '(' && string(line[i:i+len(open)]) == open {
		from := i + len(open)
		for i = from; i < len(line) && i-from < maxWord && byteClass[line[i]]&inLogger != 0; i++ {
		}
		if i < len(line) && line[i] == ')' {
			h.logid = span{from, i}
			at = i + 1
		}
	}
	if at < len(line) && isBlank(line[at]) {
		at++
	}
	return at
}

func (h *cloudHead) fill(line []byte, e *diagnose.Entry) {
	if h.prefixGiven {
		h.prefix.fill(e)
	}
	if h.stamp >= 0 {
		if t, n := readISO(line[h.stamp:]); n > 0 {
			e.Time = t
		}
	}
	e.Level = h.level
	e.Logger = h.logger.of(line)
	e.Thread = h.thread.of(line)
	if p := cloudProcess(e.Thread, e.Logger); p != "" || e.Process == "java" {
		e.Process = p
	}
	contextIDs(e, h.ndc.of(line))
	addLogID(e, h.logid.of(line))
}

// cloudProcess tells the program from its threads and loggers; empty when they
// could be any program's. Thread names are those of the thread pools in the
// sources of 4.2 to 4.22.
func cloudProcess(thread, logger string) string {
	for _, p := range cloudThreads {
		if strings.HasPrefix(thread, p.thread) {
			return p.process
		}
	}
	switch {
	case strings.HasPrefix(logger, "kvm."), strings.HasPrefix(logger, "cloud.agent."):
		return "agent"
	case strings.HasPrefix(logger, "cloud.usage."), strings.HasPrefix(logger, "c.c.u.Usage"):
		return "usage"
	case strings.HasPrefix(logger, "storage.template."), strings.HasPrefix(logger, "storage.resource."),
		strings.HasPrefix(logger, "cloud.consoleproxy."):
		return "systemvm"
	}
	return ""
}

var cloudThreads = []struct{ thread, process string }{
	{"API-Job-Executor-", "management-server"},
	{"Work-Job-Executor-", "management-server"},
	{"Job-Executor-", "management-server"},
	{"catalina-exec-", "management-server"},
	{"qtp", "management-server"},
	{"AgentManager-", "management-server"},
	{"DirectAgent", "management-server"},
	{"StatsCollector-", "management-server"},
	{"HA-Worker-", "management-server"},
	{"AsyncJobMgr-", "management-server"},
	{"AgentTaskPool-", "management-server"},
	{"AgentConnectTaskPool-", "management-server"},
	{"AgentMonitor-", "management-server"},
	{"Cluster", "management-server"},
	{"CapacityChecker", "management-server"},
	{"RouterMonitor-", "management-server"},
	{"RouterStatusMonitor-", "management-server"},
	{"secstorage-", "management-server"},
	{"consoleproxy-", "management-server"},
	{"BackgroundTaskPollManager-", "management-server"},
	{"agentRequest-Handler-", "agent"},
	{"AgentRequest-Handler-", "agent"},
	{"Agent-Handler-", "agent"},
	{"Agent-Selector", "agent"},
	{"UgentTask-", "agent"},
	{"Usage-", "usage"},
}

// cloudstackMarks gives the literals around which a CloudStack entry shows
// trouble or a failed outcome. " ERROR [" is too short for the filter, so that
// the first letter of the logger is joined to it; where nothing stands before the
// level (console), the logger's first abbreviated package is.
func cloudstackMarks() []string {
	marks := []string{
		"ERROR[c.c", "ERROR[o.a", "ERROR[cloud.", "ERROR [cloud.", "ERROR [usage.", "ERROR [kvm.", "ERROR [utils.",
		"Exception: ", "NullPointerException", "OutOfMemoryError", "StackOverflowError", "NoClassDefFoundError",
		`"result":false`, `"result": false`, "Task failed! Task record",
		"jobStatus: FAILED", "jobStatus: CANCELLED", "jobStatus: 2", "jobStatus: 3", `"jobstatus":2`,
		"result: rO0ABXNyA", `"errortext"`, "Error Code: 53", `"errorcode":53`,
	}
	for c := 'a'; c <= 'z'; c++ {
		marks = append(marks,
			" ERROR ["+string(c), " FATAL ["+string(c),
			"ERROR ["+string(c)+".", "FATAL ["+string(c)+".")
	}
	return marks
}
