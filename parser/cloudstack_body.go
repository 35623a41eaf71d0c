package parser

import (
	"strings"

	"diagnose"
)

// finishCloudStack reads what the message says: the ids it belongs to and names,
// how a job ended, whether it is trouble, and the texts that an encoding hides.
func finishCloudStack(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError
	gluedHeads(e)
	bodyIDs(e)
	readCompletion(e)
	readAPICall(e)
	if !e.Trouble {
		e.Trouble = failureShaped(e.Message) && !knownNoise(e.Message)
	}
	e.Inner, e.InnerCut = openCloudStack(e.Message)
}

// maxGlued bounds how many heads are looked for inside one entry.
const maxGlued = 16

// gluedHeads takes the ids of heads in mid-line: a post that lost its line ends
// has the next entry right behind the end of the one before. They need a time
// stamp, because commands carry log lines in their output too.
func gluedHeads(e *diagnose.Entry) {
	const hyphens = len("2014-07")
	s := e.Message
	for at, n := 0, 0; n < maxGlued; n++ {
		i := strings.Index(s[at:], "] (")
		if i < 0 {
			return
		}
		at += i + 1
		open := strings.LastIndexByte(s[:at], '[')
		if open < 0 {
			continue
		}
		stamp := strings.LastIndex(s[max(0, open-40):open], "-")
		start := max(0, open-40) + stamp - hyphens
		if stamp < 0 || start < 0 {
			continue
		}
		var h cloudHead
		line := []byte(s[start:min(len(s), at+maxNDC)])
		if h.readOwn(line, 0) && h.stamp == 0 {
			contextIDs(e, h.ndc.of(line))
			addLogID(e, h.logid.of(line))
			e.Trouble = e.Trouble || h.level >= diagnose.LevelError
		}
	}
}

// readCompletion reads "Complete async job-733, jobStatus: 2, resultCode: 530".
// The numbers are those of 4.2 and before. The job that ended becomes the first
// id, because a child's line bears its parent's id as well, and a parent may
// succeed although a child failed.
func readCompletion(e *diagnose.Entry) {
	const lead = "Complete async job-"
	_, after, ok := strings.Cut(e.Message, lead)
	if !ok {
		return
	}
	number := leadingDigits(after)
	// 4.2 prints "job-1131 = [ 5fa4d6ef-... ], jobStatus: ".
	identity, after, ok := strings.Cut(after[len(number):], "jobStatus: ")
	if !ok || number == "" || len(identity) > 64 {
		return
	}
	if _, uuid, ok := strings.Cut(identity, "[ "); ok {
		addLogID(e, uuid[:min(len(uuid), 36)])
	}
	status := after[:strings.IndexFunc(after+",", func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })]
	switch status {
	case "1", "SUCCEEDED":
		e.Outcome = diagnose.OutcomeSucceeded
	case "2", "3", "FAILED", "CANCELLED":
		e.Outcome = diagnose.OutcomeFailed
		e.Trouble = true
	}
	e.OutcomeOf = diagnose.ID{Kind: diagnose.KindJob, Value: number}
	moveFirst(e.IDs, e.OutcomeOf)
}

func moveFirst(ids []diagnose.ID, id diagnose.ID) {
	for i := range ids {
		if ids[i] == id {
			copy(ids[1:i+1], ids[:i])
			ids[0] = id
			return
		}
	}
}

// readAPICall reads a line of apilog.log: "(userId=2 accountId=2 sessionId=...)
// 10.1.1.1 -- GET command=... 530 {...}". From 530 on the status is ApiErrorCode's
// for a call that failed inside (api/ApiErrorCode.java); below it the caller's
// request was wrong. A polled job reports its own status in the answer.
func readAPICall(e *diagnose.Entry) {
	call := e.Message[:min(len(e.Message), 512)]
	if !strings.Contains(call, "sessionId=") {
		return
	}
	_, after, ok := strings.Cut(e.Message, " -- ")
	if !ok {
		return
	}
	_, after, _ = strings.Cut(after, " ") // GET
	after = strings.TrimLeft(after, " ")
	_, after, _ = strings.Cut(after, " ") // command=...
	status := leadingDigits(strings.TrimLeft(after, " "))
	if len(status) == 3 && status >= "530" && status <= "599" {
		e.Outcome = diagnose.OutcomeFailed
		e.Trouble = true
		return
	}
	if !strings.Contains(after, `"queryasyncjobresultresponse"`) {
		return
	}
	_, job, _ := strings.Cut(after, `"jobstatus":`)
	switch leadingDigits(job) {
	case "1":
		e.Outcome = diagnose.OutcomeSucceeded
	case "2":
		e.Outcome = diagnose.OutcomeFailed
		e.Trouble = true
	}
}

// failureShaped reports whether a message tells of a failure whatever its level: a
// Java exception with its text or stack, a XenServer task that failed, an agent's
// answer that says no.
func failureShaped(s string) bool {
	if strings.Contains(s, "Task failed! Task record") {
		return true
	}
	if isRequestDump(s) {
		return strings.Contains(s, "Ans:") &&
			(strings.Contains(s, `"result":false`) || strings.Contains(s, `"result": false`))
	}
	return namesException(s)
}

// isRequestDump reports whether the message is a command or an answer as JSON
// (com.cloud.agent.transport.Request), where words of failure may be data.
func isRequestDump(s string) bool {
	return strings.Contains(s, "{ Cmd") || strings.Contains(s, "{ Ans:")
}

// knownNoise knows messages that are shaped like a failure and, below ERROR, are
// none: CloudStack writes them on a healthy run.
func knownNoise(s string) bool {
	for _, w := range []string{
		"Could not find exception: ",
		"Ignored SQL Exception",
		"Unable to register active job",
		"Was unable to find lock for the key",
		"Failed to load keystore, using trust all manager",
		"Connection with libvirtd is broken: invalid connection pointer",
	} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// namesException reports whether s holds a Java exception as it is printed: class
// and text ("com.cloud.exception.X: text"), or a class with its package that ends a
// line.
func namesException(s string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], "xception")
		if i < 0 {
			break
		}
		at += i + len("xception")
		if isThrown(s, at) {
			return true
		}
	}
	for at := 0; ; {
		i := strings.Index(s[at:], "Error")
		if i < 0 {
			return false
		}
		at += i + len("Error")
		if isThrown(s, at) {
			return true
		}
	}
}

// isThrown looks at the class name that ends at s[end:].
func isThrown(s string, end int) bool {
	start := end
	for start > 0 && end-start < maxWord && (isASCIIWord(s[start-1]) || s[start-1] == '.' || s[start-1] == '$') {
		start--
	}
	name := s[start:end]
	class := name[strings.LastIndexByte(name, '.')+1:]
	if class == "" || class[0]-'A' > 25 || class == "Exception" && class == name || class == "Error" && class == name {
		return false
	}
	if start > 0 && (s[start-1] == '"' || s[start-1] == '\\' || s[start-1] == '/') {
		return false
	}
	qualified := len(class) < len(name)
	rest := s[end:]
	if strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, ":\n") {
		return qualified || strings.HasSuffix(class, "Exception")
	}
	return qualified && (rest == "" || rest[0] == '\n')
}
