package parser

import (
	"bytes"
	"strings"
	"time"

	"diagnose"
)

// textFormat is the generic one. Its Head takes lines that begin with a time stamp
// or a level; any other line is an entry of its own whose message is the whole
// line.
var textFormat = Format{
	Name:   "text",
	Head:   textHead,
	Finish: textFinish,
	Marks: []string{
		"Traceback (most recent", "Exception in thread \"", "No space left on device", ": Permission denied", ": Connection refused",
		"Connection timed out", ": Connection reset by peer", ": No route to host", "Network is unreachable", ": command not found",
		": No such file or directory", ": Operation not permitted", "not in gzip format", "Name or service not known",
		"Temporary failure in name resolution", "Segmentation fault", "Error response from daemon", "Cannot connect to the Docker daemon",
		"level=error", "level=fatal", "\"level\":\"error\"", " [ERROR] ", " [FATAL] ", " - ERROR - ", "/ERROR]: ", "/FATAL]: ", "/ERROR] [", "/FATAL] [", "] [ERRO] ", "] [FATA] ", "npm ERR! code", "] ERROR   ",
		"core dumped", "Read-only file system", "Exec format error", "panic: runtime error", "x509: certificate", "marked build as failure",
		"\tReferenceError: ", "\tTypeError: ", "\tRangeError: ", `"statusCode":500`, `"status":400,"error"`, `"status":500,"error"`, `"trace":"org.`, `"trace":"java`, `"trace":"com.`,
	},
}

// textHead reads "TIME [LEVEL] text" and "LEVEL: text" in their usual forms.
// Without a time the level stays in the message, because people quote it with it.
func textHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 4 {
		return -1
	}
	n := textStamp(line, e)
	if n == 0 {
		level, end := headLevel(line)
		if end == 0 {
			return -1
		}
		if e != nil {
			e.Level = level
		}
		return 0
	}
	if isPrefixedContinuation(line) || isPostgresDetail(line) {
		return -1
	}
	if e == nil {
		return n
	}
	level, end := nearLevel(line, n)
	if level == diagnose.LevelUnknown && n == len("2006-01-02T15:04:05") && line[10] == 'T' {
		level, end = smallLevel(line, n, end)
	}
	e.Level = level
	return end
}

// smallLevel reads the level of "2006-01-02T15:04:05 error text", which sealos prints
// (labring/sealos, lifecycle/pkg/utils/logger): behind any other stamp such a word is text.
func smallLevel(line []byte, n, text int) (diagnose.Level, int) {
	at := skip(line, n, ' ')
	end := letters(line, at)
	if end == at || end >= len(line) || line[end] != ' ' || line[at]-'a' > 25 {
		return diagnose.LevelUnknown, text
	}
	if level := anyCaseLevel(line[at:end]); level != diagnose.LevelUnknown {
		return level, skip(line, end, ' ')
	}
	return diagnose.LevelUnknown, text
}

// textStamp reads a time at the beginning of line, in brackets or not, and returns
// where the rest begins.
func textStamp(line []byte, e *diagnose.Entry) int {
	at := 0
	if line[0] == '[' {
		at = 1
	}
	c := line[at]
	if c-'0' > 9 && c|0x20-'a' > 25 && c < 0x80 && c != ' ' {
		return 0
	}
	t, n := readStamp(line[at:])
	if n == 0 && at == 1 {
		if t, n = readCommonLog(line); n > 0 {
			at = 0
		}
	}
	if n > 0 && digits(line, at) >= at+10 && at+n < len(line) && strings.IndexByte(" ]\t", line[at+n]) < 0 {
		n = 0 // a number, and no stamp: 1732154655 goes on otherwise
	}
	if n == 0 && c-'0' <= 9 {
		if t, n = readClock(line[at:]); n == 0 {
			t, n = readLevelledDay(line[at:])
		}
	}
	known := n > 0
	if n == 0 && hasPrefix(line[at:], timeLeftOut) {
		n = len(timeLeftOut)
	}
	if n == 0 {
		return 0
	}
	if known && e != nil {
		e.Time = t
	}
	n += at
	if n < len(line) && line[n] == ']' && line[0] == '[' {
		n++
	}
	return n
}

// readLevelledDay reads "12-04 18:35:29" where "[error]" stands behind it: without a year
// such numbers may be anything.
func readLevelledDay(b []byte) (t time.Time, n int) {
	if t, n = readMonthDay(b); n == 0 || !hasPrefix(b[n:], " [") {
		return t, 0
	}
	end := letters(b, n+2)
	if !hasPrefix(b[end:], "]") || anyCaseLevel(b[n+2:end]) == diagnose.LevelUnknown {
		return t, 0
	}
	return t, n
}

// separators may stand between the time, the level and the text.
const separators = " \t|-:"

// maxBeforeLevel bounds the fields between the time and the level.
const maxBeforeLevel = 4

// nearLevel finds the level that follows the time, also behind fields such as a
// thread, a pid or a logger ("- name - ERROR - ", "[main] ERROR ", "812 ERROR "). It
// returns where the text begins: behind the level, or behind the time when there is
// no level.
func nearLevel(line []byte, n int) (level diagnose.Level, end int) {
	first := skipSeparators(line, n)
	at := first
	for range maxBeforeLevel {
		if level, end = levelField(line, at); level != diagnose.LevelUnknown {
			return level, skipSeparators(line, end)
		}
		if level = quotedLevel(line, at); level != diagnose.LevelUnknown {
			return level, at
		}
		next := skipField(line, at)
		if next == at {
			level, _ = levelField(line, skipSidekiq(line, at))
			return level, first
		}
		at = next
	}
	return diagnose.LevelUnknown, first
}

// quotedLevel reads a level that stays in the text, since people quote it with that: of
// "[Server thread/ERROR]", which Minecraft's servers and mods print, and one that a logger
// cut to the width of its column, "[ERRO]".
func quotedLevel(line []byte, at int) diagnose.Level {
	if at >= len(line) || line[at] != '[' {
		return diagnose.LevelUnknown
	}
	near := line[at+1 : min(len(line), at+maxHeadField)]
	near = near[:max(bytes.IndexByte(near, ']'), 0)]
	if slash := bytes.LastIndexByte(near, '/'); slash >= 0 {
		return levelWord(near[slash+1:])
	}
	switch string(near) { // "[LOG]" and "[FAIL]", which loggers spell so too, are mostly something else
	case "DEBU", "DBUG", "DBG", "INF", "WRN", "ERRO", "EROR", "FATA", "FTL", "CRT":
		return spelledLevel(near)
	}
	return diagnose.LevelUnknown
}

// skipSidekiq steps over what Sidekiq puts before the level: "TID-1jx96x UploadWorker
// JID-8a0de7e2 INFO: " and, from version 6 on, "pid=7 tid=2 class=UploadWorker jid=8a INFO: "
// (sidekiq/sidekiq, lib/sidekiq/logger.rb). Other text comes back.
func skipSidekiq(line []byte, at int) int {
	if !hasPrefix(line[at:], "TID-") && !hasPrefix(line[at:], "pid=") {
		return at
	}
	for i, n := at, 0; n < maxSidekiq; n++ {
		end := wordEnd(line, i)
		if end >= len(line) {
			break
		}
		if word := line[i:end]; len(word) > 1 && word[len(word)-1] == ':' && levelWord(word[:len(word)-1]) != diagnose.LevelUnknown {
			return i
		}
		i = end + 1
	}
	return at
}

// maxSidekiq is how many fields Sidekiq has before its level, and the level.
const maxSidekiq = 6

// skipSeparators returns where text begins at or behind i. Dashes that the text itself
// begins with are no separators: those of a mode, of an attribute list, of a rule.
func skipSeparators(line []byte, i int) int {
	for i < len(line) && strings.IndexByte(separators, line[i]) >= 0 {
		if line[i] == '-' && i > 0 && isBlank(line[i-1]) {
			end := skip(line, i, '-')
			if end < len(line) && !isBlank(line[end]) || end-i > maxDashes {
				break
			}
			i = end
			continue
		}
		i++
	}
	return i
}

// maxDashes is how many dashes separate fields at most.
const maxDashes = 2

// levelField reads ERROR, [error], <Warning> and "error:" at position at.
func levelField(line []byte, at int) (level diagnose.Level, end int) {
	bracketed := at < len(line) && (line[at] == '[' || line[at] == '<' || line[at] == '(')
	if bracketed {
		at++
	}
	end = letters(line, at)
	level = levelWord(line[at:end])
	if level == diagnose.LevelUnknown && end < len(line) && (bracketed || line[end] == ':') {
		level = anyCaseLevel(line[at:end])
	}
	if end < len(line) && isASCIIWord(line[end]) {
		return diagnose.LevelUnknown, at
	}
	if end < len(line) && strings.IndexByte("]>)", line[end]) >= 0 {
		end++
	}
	return level, end
}

// skipField returns where the field behind the one at position at begins: one in
// brackets, a number, or a name that a dash or bar ends. Other words are text, and
// at comes back.
func skipField(line []byte, at int) int {
	if at >= len(line) {
		return at
	}
	end := wordEnd(line, at)
	switch c := line[at]; {
	case c == '[' || c == '(':
		closing := bytes.IndexByte(line[at:min(len(line), at+maxPrompt)], closer(c))
		if closing < 0 {
			return at
		}
		return skipSeparators(line, at+closing+1)
	case digits(line, at) == end:
		return skipSeparators(line, end)
	}
	if hasPrefix(line[end:], " - ") || hasPrefix(line[end:], " | ") {
		return skipSeparators(line, end)
	}
	if isLogger(line[at:end]) { // "app.tasks.mail ERROR text", as Python's basicConfig may be told
		next := skipSeparators(line, end)
		if levelWord(line[next:letters(line, next)]) != diagnose.LevelUnknown {
			return next
		}
	}
	return at
}

// isLogger reports whether a word is the dotted path of a module or a class.
func isLogger(word []byte) bool {
	dots := 0
	for i, c := range word {
		switch {
		case c == '.' && i > 0 && i < len(word)-1:
			dots++
		case !isASCIIWord(c):
			return false
		}
	}
	return dots > 0 && digits(word, 0) == 0
}

func closer(open byte) byte {
	if open == '[' {
		return ']'
	}
	return ')'
}

// anyCaseLevel reads error, Warning and their kin.
func anyCaseLevel(word []byte) diagnose.Level {
	if len(word) < 3 || len(word) > 8 {
		return diagnose.LevelUnknown
	}
	var up [8]byte
	for i, c := range word {
		up[i] = c &^ 0x20
	}
	return levelWord(up[:len(word)])
}

// headLevel reads a level that a line begins with: "ERROR text", "ERROR: text",
// "[ERROR] text", "DEBUG:root:text". end is 0 when there is none.
func headLevel(line []byte) (level diagnose.Level, end int) {
	at := 0
	if line[0] == '[' {
		at = 1
	}
	if line[at]-'A' > 25 && at == 0 {
		return diagnose.LevelUnknown, 0
	}
	end = letters(line, at)
	if end == len(line) {
		return diagnose.LevelUnknown, 0
	}
	switch {
	case at == 1 && line[end] == ']':
		level = anyCaseLevel(line[at:end])
	case at == 0 && (line[end] == ':' || line[end] == ' ' || line[end] == '\t'):
		level = levelWord(line[:end])
	}
	if level == diagnose.LevelUnknown {
		return level, 0
	}
	return level, end
}

func textFinish(e *diagnose.Entry) {
	record := readRecord(e)
	if e.Level == diagnose.LevelUnknown {
		e.Level = max(textLevel(e.Message), barredLevel(e.Message))
	}
	e.Trouble = e.Level >= diagnose.LevelError || soundsLikeTrouble(e.Message) || record && recordComplains(e.Message) || e.Level == diagnose.LevelUnknown && complainsUnlevelled(e.Message)
	if status, ok := exitStatus(e.Message); ok && status != "0" || strings.Contains(e.Message, "did not complete successfully: exit code: ") {
		e.Outcome, e.Trouble = diagnose.OutcomeFailed, true
	}
	if endsWell(e.Message) {
		e.Outcome = diagnose.OutcomeSucceeded
	}
	if outcome := actionOutcome(e); outcome != diagnose.OutcomeUnknown {
		e.Outcome = outcome
	}
	if isStartingProbe(e.Message) {
		e.Ignored, e.Trouble, e.Outcome = true, false, diagnose.OutcomeUnknown
	}
	e.Detached = runsDetached(e.Message)
	mentionHosts(e)
}

// complainsUnlevelled knows failures by shapes that mean something else behind a level.
func complainsUnlevelled(message string) bool {
	line := []byte(diagnose.FirstLine(message))
	return errorInColumn(line) || isSmallErrorDoing(line) || isErrorAnswer(message)
}

// runsDetached reports whether Maven begins to run the program that it built (the goal
// spring-boot:run). It succeeds where it could start it: what becomes of it in threads of
// its own, as with spring-boot-devtools, which restarts it there, only the program tells.
func runsDetached(message string) bool {
	goal, ok := strings.CutPrefix(message, "[INFO] --- ")
	if !ok {
		return false
	}
	goal, _, _ = strings.Cut(goal, " ")
	return strings.HasSuffix(goal, ":run") && (strings.HasPrefix(goal, "spring-boot:") || strings.HasPrefix(goal, "spring-boot-maven-plugin:"))
}

// endsWell reports whether a line ends in the statement that a command, or the
// script that ran it, ended with status 0. npm says it of itself ("npm verbose exit 0")
// in the midst of a build, JitPack of a build that failed and may have left something.
func endsWell(message string) bool {
	line := strings.TrimRight(diagnose.FirstLine(message), " .)\r")
	if strings.HasSuffix(line, "verbose exit 0") || strings.HasSuffix(line, "verb exit 0") || line == "Build tool exit code: 0" {
		return false
	}
	for _, end := range [...]string{" exit 0", " exit code 0", " exit status 0", " exit code: 0", " exit status: 0", " rc=0", "(rc=0", "(exit 0"} {
		if strings.HasSuffix(line, end) {
			return true
		}
	}
	return false
}

// actionOutcome reads what GitHub's actions say of a command that failed (the error of
// @actions/exec): a warning is of one that they do without, as actions/checkout does while
// it cleans up; one that matters they call an error.
func actionOutcome(e *diagnose.Entry) diagnose.Outcome {
	rest, warned := strings.CutPrefix(e.Message, "Warning: ")
	rest, failed := strings.CutPrefix(rest, "Error: ")
	if !strings.HasPrefix(rest, "The process '") || !strings.Contains(rest, "' failed with exit code ") {
		return diagnose.OutcomeUnknown
	}
	switch {
	case warned || e.Level == diagnose.LevelWarn:
		return diagnose.OutcomeSucceeded
	case failed || e.Level >= diagnose.LevelError:
		return diagnose.OutcomeFailed
	}
	return diagnose.OutcomeUnknown
}

// isStartingProbe knows the health of a container that is starting or well, as
// `docker inspect` prints it (types.Health of the Docker API): probes fail while
// a service starts, and what they printed is no failure before the status says
// unhealthy.
func isStartingProbe(message string) bool {
	near := message[:min(len(message), 2048)]
	return strings.Contains(near, `"FailingStreak":`) && (strings.Contains(near, `"Status":"starting"`) || strings.Contains(near, `"Status":"healthy"`) ||
		strings.Contains(near, `"Status": "starting"`) || strings.Contains(near, `"Status": "healthy"`))
}

// textLevel reads the level of a message that begins with it in any case, and of
// logfmt and JSON lines.
func textLevel(message string) diagnose.Level {
	if level := prefixLevel(message); level != diagnose.LevelUnknown {
		return level
	}
	near := message[:min(len(message), 512)]
	if !strings.Contains(near, "level") && !strings.Contains(near, "severity") {
		return diagnose.LevelUnknown
	}
	for _, mark := range [...][2]string{{"level=", " "}, {`"level":"`, `"`}, {`"level": "`, `"`}, {`"severity":"`, `"`}} {
		if word, ok := field(near+" ", mark[0], mark[1]); ok {
			return diagnose.ParseLevel(strings.Trim(word, `"`))
		}
	}
	return diagnose.LevelUnknown
}

// maxTabs bounds the columns in which errorInColumn looks.
const maxTabs = 4

// errorInColumn reports whether an exception's name and its text stand behind a tab, where
// a logger puts its text.
func errorInColumn(line []byte) bool {
	for range maxTabs {
		tab := bytes.IndexByte(line[:min(len(line), maxHeadField)], '\t')
		if tab < 0 {
			return false
		}
		if line = line[tab+1:]; tab > 0 && isExceptionLine(line) && contains(line, ": ") {
			return true
		}
	}
	return false
}

// isErrorAnswer knows the JSON with which a server (Spring Boot, Quarkus, NestJS) answers a
// request that failed: a status and the error in words. That nothing is there, or something
// is already, may be what was asked.
func isErrorAnswer(message string) bool {
	if message == "" || message[0] != '{' {
		return false
	}
	traced := strings.Contains(message, `\n\tat `)
	if !traced && !strings.Contains(message, `"status`) {
		return false
	}
	fields := readFields([]byte(strings.TrimRight(message, " \r\n")))
	if traced && fields.has("trace", "exception") && fields.has("error", "message") {
		return true
	}
	status := fields.raw("status")
	if status == nil {
		status = fields.raw("statusCode")
	}
	if len(status) != 3 || digits(status, 0) != 3 || status[0] != '4' && status[0] != '5' {
		return false
	}
	return fields.has("trace", "exception") || fields.has("error", "errors", "message") && string(status) != "404" && string(status) != "409"
}
