package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// ansibleFormat reads the output of ansible-playbook and ansible, on a terminal and
// in the file of log_path, where each message has a prefix:
//
//	2024-05-30 11:09:00,123 p=12 u=root n=ansible | fatal: [web1]: FAILED! => {...}
var ansibleFormat = Format{
	Name:   "ansible",
	Head:   ansibleHead,
	First:  "[" + firstOfHost,
	Finish: ansibleFinish,
	Strip:  stripAnsible,
	Marks: []string{
		"UNREACHABLE!", "FAILED! =>", "]: FAILED!", "| FAILED! =", "failed: [localhost]", ") => {\"ansible_loop_var", "PLAY RECAP ",
		" unreachable=", "An exception occurred during task execution", "...ignoring", "FAILED - RETRYING:",
		"NO MORE HOSTS LEFT", "provided hosts list is empty",
	},
}

// ansibleOutputFormat reads the ad-hoc results that are followed by the raw output
// of the command: "web1 | FAILED | rc=2 >>". The output belongs to the entry.
var ansibleOutputFormat = Format{
	Name:    "ansible",
	Absorbs: true,
	Head:    ansibleOutputHead,
	First:   firstOfHost,
	Finish:  ansibleFinish,
	Strip:   stripAnsible,
	Marks:   []string{" | FAILED | rc=", " | CHANGED | rc=", " | SUCCESS | rc="},
}

// firstOfHost are the bytes that hostColumn takes.
var firstOfHost = "_.-:" + firstDigits + firstLetters + firstHigh

var ansibleTexts = newStarts("PLAY [", "PLAY RECAP ", "PLAYBOOK: ", "TASK [", "TASK: [", "RUNNING HANDLER [", "HANDLER [", "fatal: [", "failed: [",
	"ok: [", "changed: [", "skipping: [", "unreachable: [", "included: ", "FAILED - RETRYING: ", "ASYNC ", "NO MORE HOSTS LEFT", "META: ",
	"An exception occurred during task execution", "ERROR! ", "[WARNING]: ", "[DEPRECATION WARNING]: ", "[ERROR]: ",
	"The full traceback is:", "to retry, use: --limit", "task path: ", "NOTIFIED: [", "Using /etc/ansible", "rescued: [")

func ansibleHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 8 {
		return -1
	}
	if n := ansibleLogPrefix(line); n > 0 {
		return ansibleLogHead(line, n, e)
	}
	if ansibleTexts.match(line) || adHocResult(line) > 0 || recapCounters(line) > 0 {
		return 0
	}
	return -1
}

// ansibleLogHead reads the prefix of log_path. Everything behind it begins an
// entry, except Ansible's word on the failure above.
func ansibleLogHead(line []byte, n int, e *diagnose.Entry) int {
	if isElision(line[n:]) {
		return -1
	}
	if e != nil {
		e.Time, _ = readISO(line)
		e.PID = ansibleProcess(string(line[:n]))
	}
	return n
}

// ansibleProcess reads the process of such a prefix. Some versions have it and the user
// the wrong way round: p=root u=2097.
func ansibleProcess(prefix string) string {
	p, _ := field(prefix, " p=", " ")
	if u, ok := field(prefix, " u=", " "); ok && isDigits(u) && !isDigits(p) {
		return u
	}
	return p
}

// ansibleLogPrefix returns the length of "2024-05-30 11:09:00,123 p=12 u=root | ",
// 0 when the line has none.
func ansibleLogPrefix(line []byte) int {
	const stamp = len("2006-01-02 15:04:05,000")
	if len(line) < stamp+6 || line[stamp-4] != ',' || !hasPrefix(line[stamp:], " p=") || line[0]-'0' > 9 {
		return 0
	}
	near := line[:min(len(line), stamp+120)]
	bar := bytes.Index(near[stamp:], []byte("| "))
	if _, n := readISO(line); n != stamp || bar < 1 {
		return 0
	}
	if c := near[stamp+bar-1]; c != ' ' && (c < 'A' || c > 'Z') { // "INFO| " since ansible-core 2.17
		return 0
	}
	n := stamp + bar + len("| ")
	if text := skip(line, n, ' '); text > n && (ansibleTexts.match(line[text:]) || isElision(line[text:])) {
		return text // before 2.8 the line end above a message became a blank here
	}
	return n
}

func stripAnsible(line []byte) []byte { return line[ansibleLogPrefix(line):] }

// adHocResult returns where the word of "host | UNREACHABLE! => {" begins, 0 when
// the line is none.
func adHocResult(line []byte) int {
	bar := hostColumn(line)
	if bar == 0 || !hasPrefix(line[bar:], "| ") || !adHocWords.match(line[bar+2:]) {
		return 0
	}
	return bar + 2
}

var adHocWords = newStarts("UNREACHABLE!", "FAILED!", "FAILED =>", "SUCCESS =>", "CHANGED =>", "success >>", "FAILED >>", "SUCCESS: ", "SKIPPED")

func ansibleOutputHead(line []byte, e *diagnose.Entry) int {
	at := 0
	if n := ansibleLogPrefix(line); n > 0 {
		at = n
	}
	bar := hostColumn(line[at:])
	if bar == 0 || !hasPrefix(line[at+bar:], "| ") || !outputWords.match(line[at+bar+2:]) {
		return -1
	}
	if at > 0 && e != nil {
		e.Time, _ = readISO(line)
	}
	return at
}

var outputWords = newStarts("FAILED | rc=", "CHANGED | rc=", "SUCCESS | rc=")

// maxHostColumn bounds an inventory name.
const maxHostColumn = 128

// hostColumn returns where the column after the host name begins: the name has no
// blank, and one or more follow it.
func hostColumn(line []byte) int {
	end := 0
	for end < len(line) && end < maxHostColumn && (isWordByte(line[end]) || line[end] == '.' || line[end] == '-' || line[end] == ':') {
		end++
	}
	if end == 0 || end >= len(line) || line[end] != ' ' {
		return 0
	}
	return skip(line, end, ' ')
}

// recapCounters returns where "ok=2" of a recap line begins, 0 when it is none.
func recapCounters(line []byte) int {
	column := hostColumn(line)
	if column == 0 || !hasPrefix(line[column:], ": ok=") || !contains(line, " unreachable=") {
		return 0
	}
	return column + 2
}

func ansibleFinish(e *diagnose.Entry) {
	e.Process = "ansible"
	line := []byte(e.Message)
	switch {
	case isPlayHeader(line):
		// A play is one run: its recap decides, not the task.
		e.Boundary, e.Step = true, true
		return
	case hasPrefix(line, "fatal: ["), hasPrefix(line, "failed: ["), hasPrefix(line, "unreachable: ["):
		resultHost(e, line)
		failUnlessIgnored(e)
	case hasPrefix(line, "ok: ["), hasPrefix(line, "changed: ["), hasPrefix(line, "skipping: ["):
		resultHost(e, line)
		e.Level = diagnose.LevelInfo
		e.Ignored = endsIgnored(e) || // which is said of the items above
			showsFailed(e.Message)
	case hasPrefix(line, "FAILED - RETRYING: "), hasPrefix(line, "[WARNING]: "), hasPrefix(line, "[DEPRECATION"):
		e.Level = diagnose.LevelWarn
	case hasPrefix(line, "ERROR! "), hasPrefix(line, "[ERROR]: "), hasPrefix(line, "An exception occurred"):
		e.Level, e.Trouble = diagnose.LevelError, true
	case recapCounters(line) > 0:
		finishRecap(e, line)
		return
	case adHocResult(line) > 0 || ansibleOutputHead(line, nil) == 0:
		finishAdHoc(e, line)
	case bytes.IndexByte(line[:min(len(line), 16)], '[') > 0:
		resultHost(e, line)
	}
	mentionHosts(e)
}

func isPlayHeader(line []byte) bool {
	return hasPrefix(line, "TASK [") || hasPrefix(line, "TASK: [") || hasPrefix(line, "PLAY [") || hasPrefix(line, "RUNNING HANDLER [") ||
		hasPrefix(line, "PLAYBOOK: ") || hasPrefix(line, "HANDLER [")
}

// failUnlessIgnored judges a failed task: "...ignoring" below it means that the
// play goes on as if it had not failed.
func failUnlessIgnored(e *diagnose.Entry) {
	if endsIgnored(e) {
		e.Level, e.Ignored = diagnose.LevelWarn, true
		return
	}
	e.Level, e.Trouble = diagnose.LevelError, true
}

func endsIgnored(e *diagnose.Entry) bool {
	return strings.HasSuffix(strings.TrimRight(e.Message, " \r\n"), "\n...ignoring")
}

// showsFailed reports whether the result of a task that went well shows one that failed:
// "debug" prints what "register" kept. The play went on behind that failure.
func showsFailed(message string) bool {
	for _, words := range [...]string{`"failed": true`, `"failed":true`, "\n    failed: true"} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// resultHost reads the host of "fatal: [web1 -> db1]: ": the task is web1's, and
// ran on db1.
func resultHost(e *diagnose.Entry, line []byte) {
	_, rest, _ := bytes.Cut(line[:min(len(line), 2*maxHostColumn)], []byte("["))
	name, _, ok := bytes.Cut(rest, []byte("]"))
	if !ok {
		return
	}
	host, delegate, _ := strings.Cut(string(name), " -> ")
	e.Host = host
	e.Mentions = addID(e.Mentions, diagnose.KindHost, host)
	delegate, _, _ = strings.Cut(delegate, "(")
	e.Mentions = addID(e.Mentions, diagnose.KindHost, delegate)
}

func finishAdHoc(e *diagnose.Entry, line []byte) {
	e.Host = string(line[:wordEnd(line, 0)])
	e.Mentions = addID(e.Mentions, diagnose.KindHost, e.Host)
	e.OutcomeOf = diagnose.ID{Kind: diagnose.KindHost, Value: e.Host}
	switch result := line[hostColumn(line)+2:]; {
	case hasPrefix(result, "UNREACHABLE!"), hasPrefix(result, "FAILED"):
		e.Level, e.Trouble, e.Outcome = diagnose.LevelError, true, diagnose.OutcomeFailed
	case hasPrefix(result, "SUCCESS"), hasPrefix(result, "CHANGED"), hasPrefix(result, "success"):
		e.Outcome = diagnose.OutcomeSucceeded
	}
}

// finishRecap reads how the play ended for one host.
func finishRecap(e *diagnose.Entry, line []byte) {
	e.Host = string(line[:wordEnd(line, 0)])
	e.Mentions = addID(e.Mentions, diagnose.KindHost, e.Host)
	e.OutcomeOf = diagnose.ID{Kind: diagnose.KindHost, Value: e.Host}
	e.Outcome = diagnose.OutcomeSucceeded
	if counter(e.Message, " unreachable=") != "0" || counter(e.Message, " failed=") != "0" {
		e.Outcome = diagnose.OutcomeFailed
	}
}

func counter(message, name string) string {
	_, rest, _ := strings.Cut(message, name)
	return rest[:digitsIn(rest)]
}
