package parser

import (
	"slices"
	"strings"

	"diagnose"
)

// belong adds an id that the entry belongs to.
func belong(e *diagnose.Entry, kind diagnose.IDKind, value string) {
	e.IDs = addID(e.IDs, kind, value)
}

// mention adds an id that the entry only names.
func mention(e *diagnose.Entry, kind diagnose.IDKind, value string) {
	if !slices.Contains(e.IDs, diagnose.ID{Kind: kind, Value: value}) {
		e.Mentions = addID(e.Mentions, kind, value)
	}
}

// contextIDs reads the nested diagnostic context between thread and parenthesis in
// its forms by era: "job-733", "job-1131 = [ uuid ]", "ctx-0c81b6e7
// job-40211/job-40214 ctx-71efab03", "[ctx-90f03b48, job-390/job-391]",
// "10.2.3.170, job-75/job-131, cmd: StartCommand", "null", "".
func contextIDs(e *diagnose.Entry, ndc string) {
	if e.IDs == nil {
		e.IDs = make([]diagnose.ID, 0, 6) // two contexts, parent, child, logid, sequence
	}
	for token := range strings.FieldsFuncSeq(ndc, func(r rune) bool {
		return r == ' ' || r == ',' || r == '/' || r == '[' || r == ']' || r == '='
	}) {
		kind, rest, _ := strings.Cut(token, "-")
		switch {
		case kind == "job" && isDigits(rest):
			belong(e, diagnose.KindJob, rest)
		case kind == "ctx" && isHex(rest):
			belong(e, diagnose.KindCtx, rest)
		case kind == "work" && isDigits(rest): // a work item of high availability
			belong(e, diagnose.KindTask, token)
		case isUUID(token):
			addLogID(e, token)
		case isAddress(token):
			mention(e, diagnose.KindAddress, token)
		case strings.Contains(token, "."):
			mention(e, diagnose.KindHost, token)
		}
	}
}

// addLogID adds the log id that a job's uuid begins with, or the one of a
// context; a logid is the first eight digits (AsyncJobVO.getShortUuid).
func addLogID(e *diagnose.Entry, id string) {
	if len(id) >= 8 && isHex(id[:8]) {
		belong(e, diagnose.KindLogID, strings.ToLower(id[:8]))
	}
}

// bodyIDs reads the ids that the message itself says.
func bodyIDs(e *diagnose.Entry) {
	s := withoutFrames(e.Message)
	jobIDs(e, s)
	apiJobIDs(e, s)
	commandLogIDs(e, s)
	sequenceIDs(e, s)
	hostIDs(e, s)
	instanceNames(e, s)
	addresses(e, s)
}

// withoutFrames leaves out the frames of stack traces: most of what they take is theirs,
// and they name no ids.
func withoutFrames(s string) string {
	const frame = "\n\tat "
	before, rest, ok := strings.Cut(s, frame)
	if !ok {
		return s
	}
	var b strings.Builder
	for ok {
		b.WriteString(before)
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			rest = rest[end:]
		} else {
			rest = ""
		}
		before, rest, ok = strings.Cut(rest, frame)
	}
	b.WriteString(before)
	return b.String()
}

// jobIDs reads job-733. A line that reports a step of the job's life belongs to
// it, which joins the API thread that submits a job, and the parent that queues a
// child, to it; in any other line the job is only named.
func jobIDs(e *diagnose.Entry, s string) {
	for at := 0; ; {
		i := strings.Index(s[at:], "ob-")
		if i < 0 {
			break
		}
		at += i + len("ob-")
		number := leadingDigits(s[at:])
		start := at - len("job-")
		if number == "" || start < 0 || s[start]|0x20 != 'j' || start > 0 && isLetter(s[start-1]) {
			continue
		}
		if stepOfJob(s[:start], s[at+len(number):]) {
			belong(e, diagnose.KindJob, number)
		} else {
			mention(e, diagnose.KindJob, number)
		}
	}
	if _, after, ok := strings.Cut(s, "job origin:"); ok {
		belong(e, diagnose.KindJob, leadingDigits(strings.TrimLeft(after, " ")))
	}
	if before, after, ok := strings.Cut(s, "AsyncJobVO {id:"); ok && ownsDump(before) {
		belong(e, diagnose.KindJob, leadingDigits(strings.TrimLeft(after, " ")))
	}
	if before, after, ok := strings.Cut(s, "AsyncJob {"); ok && ownsDump(before) {
		if _, uuid, ok := strings.Cut(after, `"uuid":"`); ok && !strings.HasSuffix(uuid, `\`) {
			addLogID(e, uuid[:min(len(uuid), 36)])
		}
	}
}

// stepOfJob reports whether the words around a job's number are those with which
// AsyncJobManagerImpl, AsyncJobMonitor and the dispatchers report a job's own
// progress (4.2 to 4.22).
func stepOfJob(before, after string) bool {
	if len(before) > 200 {
		before = before[len(before)-200:]
	}
	for _, w := range []string{"submit async ", "Complete async ", "Publish async ", "Sync ", "Update db status for ", "related to ", "Add "} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	if strings.HasSuffix(before, "Remove ") {
		return strings.HasPrefix(after, " from job monitoring")
	}
	// "Executing com.cloud...Cmd for job-733", also with emphasis as users paste it.
	return strings.HasSuffix(before, "for ") && strings.Contains(before, "xecuting")
}

// ownsDump reports whether the dump of a job that follows is of the line's own job.
func ownsDump(before string) bool {
	return strings.HasSuffix(before, "Executing ") || strings.HasSuffix(before, "Unable to complete ") ||
		strings.HasSuffix(before, "details: ")
}

// apiJobIDs reads the job's uuid from a response ("jobid":"5fa4d6ef-...") or a
// query (jobId=5fa4d6ef-...). One job ties the call to it; several are only named.
// "jobId" in a command is another thing: a download of the secondary storage VM.
func apiJobIDs(e *diagnose.Entry, s string) {
	var jobs []diagnose.ID
	values(s, `"jobid":`, func(v string) { jobs = appendJob(jobs, strings.Trim(v, ` "`)) })
	if strings.Contains(s, "command=") {
		values(s, "jobId=", func(v string) { jobs = appendJob(jobs, v) })
		values(s, "jobid=", func(v string) { jobs = appendJob(jobs, v) })
	}
	addOnlyOne(e, jobs)
}

// appendJob adds a job by its uuid, or by its number as releases before 3.0 have it.
func appendJob(ids []diagnose.ID, v string) []diagnose.ID {
	if len(v) >= 36 && isUUID(v[:36]) {
		return addID(ids, diagnose.KindLogID, strings.ToLower(v[:8]))
	}
	return addID(ids, diagnose.KindJob, leadingDigits(v))
}

// commandLogIDs reads the logid that the management server put into a command
// ("contextMap":{"logid":"f0bc454e"}), also with the quotes escaped.
func commandLogIDs(e *diagnose.Entry, s string) {
	var ids []diagnose.ID
	values(s, `"logid`, func(v string) {
		v = strings.TrimLeft(v, `\": `)
		if len(v) >= 8 && isHex(v[:8]) {
			ids = addID(ids, diagnose.KindLogID, strings.ToLower(v[:8]))
		}
	})
	addOnlyOne(e, ids)
}

func addOnlyOne(e *diagnose.Entry, ids []diagnose.ID) {
	for _, id := range ids {
		if len(ids) == 1 {
			belong(e, id.Kind, id.Value)
		} else {
			mention(e, id.Kind, id.Value)
		}
	}
}

// values calls f with at most 48 bytes after each place where key stands.
func values(s, key string, f func(string)) {
	for n := 0; n < maxMentions; n++ {
		i := strings.Index(s, key)
		if i < 0 {
			return
		}
		s = s[i+len(key):]
		f(s[:min(len(s), 48)])
	}
}

// sequenceIDs reads the sequence number of a command to an agent, "Seq 49-123", by
// which alone an answer is tied to its request; "SeqA 49-123" is the agent's own
// request, counted apart. "Commands 123 to Host 49 timed out" says it another way.
func sequenceIDs(e *diagnose.Entry, s string) {
	values(s, "Seq", func(v string) {
		agents := ""
		if strings.HasPrefix(v, "A") {
			agents, v = "A", v[1:]
		}
		if !strings.HasPrefix(v, " ") {
			return
		}
		host := leadingDigits(v[1:])
		v = v[1+len(host):]
		if host == "" || !strings.HasPrefix(v, "-") || leadingDigits(v[1:]) == "" {
			return
		}
		belong(e, diagnose.KindSeq, agents+host+"-"+leadingDigits(v[1:]))
		mention(e, diagnose.KindHost, host)
	})
	if _, after, ok := strings.Cut(s, "Commands "); ok {
		number := leadingDigits(after)
		if after, ok = strings.CutPrefix(after[len(number):], " to Host "); ok && number != "" {
			if host := leadingDigits(after); host != "" {
				belong(e, diagnose.KindSeq, host+"-"+number)
			}
		}
	}
}

// hostIDs reads the numbers of hosts: "via: 18(kvm22)", "[Host:18]", "Host 18",
// "host id: 49", `"hostId":18`, `Host {"id": "1", "name": "kvm1"`, "agent 18",
// "hosts: [12, 13]", "behind on ping: [4]", "still up: 4-kvm22".
func hostIDs(e *diagnose.Entry, s string) {
	for _, key := range []string{"host", "Host", "agent", "Agent"} {
		for at := 0; ; {
			i := strings.Index(s[at:], key)
			if i < 0 {
				break
			}
			at += i + len(key)
			start := at - len(key)
			if key[0] >= 'a' && start > 0 && isLetter(s[start-1]) {
				continue
			}
			readHosts(e, s[at:])
		}
	}
	for _, key := range []string{"via: ", "on ping: [", "still up: "} {
		for at := 0; ; {
			i := strings.Index(s[at:], key)
			if i < 0 {
				break
			}
			at += i + len(key)
			readHost(e, s[at:])
		}
	}
}

// readHosts reads one number or a list of them after the word host or agent.
func readHosts(e *diagnose.Entry, s string) {
	s = strings.TrimPrefix(s, "s")
	s = skipSome(s, " :={[\"(")
	if len(s) > 2 && s[0]|0x20 == 'i' && s[1]|0x20 == 'd' && !isLetter(s[2]) {
		s = skipSome(s[2:], " :=\"")
	}
	s = readHost(e, s)
	for range maxMentions {
		rest, ok := strings.CutPrefix(s, ", ")
		if !ok {
			return
		}
		s = readHost(e, rest)
	}
}

// skipSome skips up to six of the given bytes.
func skipSome(s, set string) string {
	for n := 0; n < 6 && s != "" && strings.IndexByte(set, s[0]) >= 0; n++ {
		s = s[1:]
	}
	return s
}

// readHost reads a host's number and the name that may follow it, and returns
// what is left; a number that goes on as an address or a word is none.
func readHost(e *diagnose.Entry, s string) string {
	id := leadingDigits(s)
	if id == "" || id == "0" || len(id) > 9 {
		return ""
	}
	rest := s[len(id):]
	name := ""
	switch {
	case rest == "":
	case rest[0] == '.' && len(rest) > 1 && rest[1]-'0' < 10, isLetter(rest[0]), rest[0] == '_', rest[0] == '/', rest[0] == '%':
		return ""
	case rest[0] == '-':
		if name = hostName(rest[1:]); name == "" {
			return ""
		}
	case rest[0] == '(':
		name = hostName(rest[1:])
	default:
		name = jsonName(rest)
	}
	mention(e, diagnose.KindHost, id)
	if name != "" {
		mention(e, diagnose.KindHost, name)
	}
	return rest
}

// hostName returns the name at the beginning of s; one without a letter is none.
func hostName(s string) string {
	n, letters := 0, false
	for n < len(s) && n < 64 && (isLetter(s[n]) || s[n]-'0' < 10 || s[n] == '.' || s[n] == '-' || s[n] == '_') {
		letters = letters || isLetter(s[n])
		n++
	}
	if !letters {
		return ""
	}
	return strings.TrimRight(s[:n], ".-")
}

// jsonName returns the value of "name" when that is the next member.
func jsonName(s string) string {
	s = strings.TrimPrefix(s, `"`)
	s, ok := strings.CutPrefix(s, ",")
	if !ok {
		return ""
	}
	if s, ok = strings.CutPrefix(strings.TrimLeft(s, " "), `"name":`); !ok {
		return ""
	}
	if s, ok = strings.CutPrefix(strings.TrimLeft(s, " "), `"`); !ok {
		return ""
	}
	return hostName(s)
}

// instanceNames reads the names that VMs have on the hypervisors: i-2-940-VM,
// r-4-VM, s-1-VM, v-2-VM, l-7-VM.
func instanceNames(e *diagnose.Entry, s string) {
	for at := 0; ; {
		i := strings.Index(s[at:], "-VM")
		if i < 0 {
			return
		}
		end := at + i
		at = end + len("-VM")
		if at < len(s) && (isLetter(s[at]) || s[at]-'0' < 10) {
			continue
		}
		if start := instanceStart(s[:end]); start >= 0 {
			mention(e, diagnose.KindVM, s[start:at])
		}
	}
}

// instanceStart returns where the i-2-940 begins that s ends in, -1 without one.
func instanceStart(s string) int {
	for range 2 {
		n := len(s)
		for n > 0 && s[n-1]-'0' < 10 {
			n--
		}
		if n == len(s) || n < 2 || s[n-1] != '-' {
			return -1
		}
		s = s[:n-1]
		if c := s[len(s)-1]; strings.IndexByte("irsvl", c) >= 0 {
			if len(s) > 1 && (isLetter(s[len(s)-2]) || s[len(s)-2]-'0' < 10 || s[len(s)-2] == '-') {
				return -1
			}
			return len(s) - 1
		}
	}
	return -1
}

// addresses reads IPv4 addresses, and those with a port in both forms. Versions
// ("version: 4.19.0.0"), networks (10.0.0.0/24), 0.0.0.0 and loopback are left out.
func addresses(e *diagnose.Entry, s string) {
	for i := 0; i < len(s); i++ {
		if s[i] != '.' {
			continue
		}
		start := i
		for start > 0 && s[start-1]-'0' < 10 && i-start < 4 {
			start--
		}
		n := addressLength(s[start:])
		if n == 0 {
			continue
		}
		i = start + n
		if !namesAddress(s[:start], s[i:]) || strings.HasPrefix(s[start:], "0.0.0.0") || strings.HasPrefix(s[start:], "127.") {
			continue
		}
		mention(e, diagnose.KindAddress, s[start:i])
		if port := leadingDigits(strings.TrimPrefix(s[i:], ":")); s[i:] != "" && s[i] == ':' && port != "" && len(port) <= 5 {
			mention(e, diagnose.KindAddress, s[start:i]+":"+port)
		}
	}
}

// namesAddress looks at what stands around four dotted numbers.
func namesAddress(before, after string) bool {
	if before != "" {
		c := before[len(before)-1]
		if isLetter(c) || c == '.' || c == '-' || c == '_' {
			return false
		}
		tail := strings.ToLower(before[max(0, len(before)-12):])
		if strings.Contains(tail, "version") {
			return false
		}
	}
	if len(after) > 1 && after[0] == '/' && after[1]-'0' < 10 {
		return false
	}
	return after == "" || !isLetter(after[0]) && after[0] != '-' && after[0] != '_'
}

// addressLength returns the length of the IPv4 address that s begins with, 0
// without one.
func addressLength(s string) int {
	n := 0
	for part := range 4 {
		if part > 0 {
			if n >= len(s) || s[n] != '.' {
				return 0
			}
			n++
		}
		v, digits := 0, 0
		for n < len(s) && s[n]-'0' < 10 && digits < 4 {
			v = v*10 + int(s[n]-'0')
			n++
			digits++
		}
		if digits == 0 || v > 255 {
			return 0
		}
	}
	if n+1 < len(s) && s[n] == '.' && s[n+1]-'0' < 10 {
		return 0
	}
	return n
}

func leadingDigits(s string) string {
	n := 0
	for n < len(s) && n < 20 && s[n]-'0' < 10 {
		n++
	}
	return s[:n]
}

func isDigits(s string) bool { return s != "" && leadingDigits(s) == s }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-'0' > 9 && c|0x20-'a' > 5 {
			return false
		}
	}
	return s != ""
}

// isUUID reports whether s is 8-4-4-4-12 hexadecimal digits.
func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
		isHex(s[:8]) && isHex(s[9:13]) && isHex(s[14:18]) && isHex(s[19:23]) && isHex(s[24:])
}
