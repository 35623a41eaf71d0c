package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// shellFormat reads what shells and build servers print around commands: prompts,
// the trace of set -x, the headers of steps, and how a build ended.
var shellFormat = Format{
	Name:   "shell",
	Head:   shellHead,
	Finish: shellFinish,
	Marks: []string{
		"Finished: SUCCESS", "Finished: FAILURE", "Finished: UNSTABLE", "Finished: ABORTED", "Job succeeded", "Job failed: ",
		"Process completed with exit code", "marked build as failure", "BUILD FAILED", "BUILD FAILURE", "BUILD SUCCESS",
		"script returned exit code",
	},
}

// stepHeaders begin a step of a build; buildEnds say how it ended.
var (
	stepHeaders = newStarts("##[group]", "##[command]", "##[section]", "[Pipeline] stage", "[Pipeline] { (", "[Pipeline] sh",
		"section_start:", "==> ", "Step ", "Executing step ", "Post job cleanup.")
	buildEnds = newStarts("Finished: ", "Job succeeded", "ERROR: Job failed", "##[error]Process completed", "Error: Process completed",
		"BUILD SUCCESS", "BUILD FAIL", "[INFO] BUILD ", "[ERROR] BUILD ", "FAILURE: Build failed", "Build step '", "ERROR: script returned exit code",
		"exit status ", "exit code ", "rc=")

	// runEnds are those that a build server says of the whole run.
	runEnds = newStarts("Finished: ", "Job succeeded", "ERROR: Job failed")
)

func shellHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 3 {
		return -1
	}
	if buildEnds.match(line) && buildOutcome(string(line)) != diagnose.OutcomeUnknown {
		return 0
	}
	if isStepHeader(line) || commandStart(line) > 0 {
		return 0
	}
	return -1
}

func isStepHeader(line []byte) bool {
	if !stepHeaders.match(line) {
		return false
	}
	switch line[0] {
	case '=': // tail's "==> file <=="
		return bytes.HasSuffix(bytes.TrimRight(line, " \r"), []byte(" <=="))
	case 'S': // docker's "Step 4/16 : RUN"
		n := digits(line, len("Step "))
		return n > len("Step ") && n < len(line) && line[n] == '/'
	}
	return true
}

// commandStart returns where the command behind a prompt begins, 0 when the line
// begins with no prompt.
func commandStart(line []byte) int {
	switch c := line[0]; {
	case c == '+':
		return tracedCommand(line)
	case c == '$':
		return dollarCommand(line)
	case c == '[':
		return bracketPrompt(line)
	case c == 'P':
		return powerShellPrompt(line)
	case c|0x20-'a' < 26 || c == '_' || c == '(':
		return accountPrompt(line)
	}
	return 0
}

// tracedCommand reads "+ cmd" and "++ cmd" of set -x.
func tracedCommand(line []byte) int {
	if hasPrefix(line, "+++ after") || hasPrefix(line, "+++ before") || hasPrefix(line, "+++ b/") || hasPrefix(line, "+++ /dev/null") {
		return 0 // the head of a diff
	}
	n := skip(line, 0, '+')
	if n > 8 || n+1 >= len(line) || line[n] != ' ' {
		return 0
	}
	if n == 1 && isPowerShellCode(line[n+1:]) {
		return 0
	}
	if c := line[n+1]; isWordByte(c) || c == '/' || c == '.' || c == '[' || c == '\'' || c == '"' || c == ':' || c == '(' {
		return n + 1
	}
	return 0
}

func dollarCommand(line []byte) int {
	if len(line) < 3 || line[1] != ' ' || !isWordByte(line[2]) && line[2] != '.' && line[2] != '/' && line[2] != '[' {
		return 0
	}
	return 2
}

// maxPrompt bounds the prompt before a command.
const maxPrompt = 120

// bracketPrompt reads "[root@host dir]# cmd".
func bracketPrompt(line []byte) int {
	near := line[:min(len(line), maxPrompt)]
	closing := bytes.IndexByte(near, ']')
	if closing < 0 || closing+2 > len(near) || bytes.IndexByte(near[:closing], '@') < 2 {
		return 0
	}
	return afterPrompt(line, closing+1)
}

// accountPrompt reads "user@host:~$ cmd", also behind "(venv) ".
func accountPrompt(line []byte) int {
	near := line[:min(len(line), maxPrompt)]
	start := 0
	if near[0] == '(' {
		closing := bytes.IndexByte(near, ')')
		if closing < 0 || closing+2 >= len(near) || near[closing+1] != ' ' {
			return 0
		}
		start = closing + 2
	}
	at := start
	for at < len(near) && (isASCIIWord(near[at]) || near[at] == '-' || near[at] == '.') {
		at++
	}
	if at == start || at >= len(near) || near[at] != '@' {
		return 0
	}
	host := at + 1
	for at = host; at < len(near) && (isASCIIWord(near[at]) || near[at] == '-' || near[at] == '.'); at++ {
	}
	if at == host || at >= len(near) || near[at] != ':' {
		return 0
	}
	sign := bytes.IndexAny(near[at:], "$#")
	if sign < 0 || bytes.IndexByte(near[at:at+sign], ' ') >= 0 {
		return 0
	}
	return afterPrompt(line, at+sign)
}

// afterPrompt returns where the command behind "$ " or "# " begins. A bare prompt
// counts.
func afterPrompt(line []byte, sign int) int {
	if sign >= len(line) || line[sign] != '$' && line[sign] != '#' {
		return 0
	}
	if sign+1 < len(line) && line[sign+1] != ' ' {
		return 0
	}
	return min(sign+2, len(line))
}

// powerShellPrompt reads "PS C:\dir> cmd".
func powerShellPrompt(line []byte) int {
	near := line[:min(len(line), maxPrompt)]
	if !hasPrefix(near, "PS ") || len(near) < 7 || near[4] != ':' {
		return 0
	}
	end := bytes.IndexByte(near, '>')
	if end < 0 {
		return 0
	}
	return min(end+1, len(line))
}

func shellFinish(e *diagnose.Entry) {
	line := []byte(e.Message)
	if len(line) == 0 {
		return
	}
	if e.Outcome = buildOutcome(e.Message); e.Outcome != diagnose.OutcomeUnknown && buildEnds.match(line) {
		e.Trouble = e.Outcome == diagnose.OutcomeFailed
		if runEnds.match(line) {
			e.OutcomeOf.Kind = diagnose.KindRun
		}
		return
	}
	e.Outcome = diagnose.OutcomeUnknown
	at := commandStart(line)
	if at > 0 && line[0] == '+' && goesOnAnyway(line[at:]) {
		e.Outcome = diagnose.OutcomeSucceeded
		return
	}
	// A bare prompt begins nothing: it is where the output above ended.
	e.Boundary = at == 0 || len(bytes.TrimSpace(line[at:])) > 0
	if at > 0 {
		e.Host = promptHost(line[:at])
		e.Mentions = addID(e.Mentions, diagnose.KindHost, e.Host)
	}
	mentionHosts(e)
}

// goesOnAnyway knows what the trace of "command || true" has below a command that failed:
// its script does without it. PS4 may have put a place before it: "lib/mysql:104 :   true".
func goesOnAnyway(command []byte) bool {
	if i := bytes.LastIndex(command, []byte(":   ")); i >= 0 {
		command = command[i+1:]
	}
	switch string(bytes.TrimSpace(command)) {
	case "true", ":", "/bin/true":
		return true
	}
	return false
}

// promptHost returns host of "user@host:~$ " and "[user@host ~]# ".
func promptHost(prompt []byte) string {
	_, rest, ok := bytes.Cut(prompt, []byte("@"))
	if !ok {
		return ""
	}
	end := bytes.IndexAny(rest, ": ]")
	if end < 0 {
		return ""
	}
	return string(rest[:end])
}

// buildOutcome reads how a build or a command ended from the line that says so.
func buildOutcome(line string) diagnose.Outcome {
	line = strings.TrimRight(line, " .\r\n")
	for _, word := range [...]string{"exit status ", "exit code ", "rc="} {
		if _, status, ok := strings.Cut(line, word); ok && digitsIn(status) == len(status) && status != "" {
			return outcomeOf(status == "0")
		}
	}
	switch {
	case line == "Finished: SUCCESS", line == "Job succeeded", strings.HasPrefix(line, "BUILD SUCCESS"), line == "[INFO] BUILD SUCCESS":
		return diagnose.OutcomeSucceeded
	case strings.HasPrefix(line, "Finished: "):
		return diagnose.OutcomeFailed
	case strings.HasPrefix(line, "ERROR: Job failed"), strings.HasPrefix(line, "BUILD FAIL"), strings.HasPrefix(line, "FAILURE: Build failed"),
		strings.HasSuffix(line, "BUILD FAILURE"), strings.HasSuffix(line, "' marked build as failure"):
		return diagnose.OutcomeFailed
	}
	return diagnose.OutcomeUnknown
}

func outcomeOf(succeeded bool) diagnose.Outcome {
	if succeeded {
		return diagnose.OutcomeSucceeded
	}
	return diagnose.OutcomeFailed
}
