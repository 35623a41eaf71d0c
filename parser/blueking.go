package parser

import (
	"bytes"
	"strings"

	"diagnose"
)

// blueKingFormat reads the task log of BlueKing's NodeMan and the log that its
// setup_agent.sh leaves on the host:
//
//	[2024-05-30 11:09:00 ERROR] [3803009] text
//	[script] text
//	2024-05-30 11:09:00 ERROR check_env FAILED text
//
// also with the time left out (时间略), as the product's documents quote it. The
// error code stays in the message.
var blueKingFormat = Format{
	Name:   "blueking",
	Head:   blueKingHead,
	First:  "[" + timeLeftOut[:1] + firstDigits,
	Finish: blueKingFinish,
	Marks: []string{
		"ERROR] [38", "[ERROR] [13", "exit_status -> ", "check_env FAILED ", "download_pkg FAILED ",
		"setup_agent FAILED ", "get_config FAILED ", "remove_agent FAILED ", "backup_config FAILED ",
		"check_deploy_result FAILED ", "check_deploy_result DONE ", " ERROR] 安装", " ERROR] 远程",
		" ERROR] agent(PID", "命令返回非零值", "作业平台执行失败",
	},
}

func blueKingHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 9 {
		return -1
	}
	switch c := line[0]; {
	case c == '[':
		if hasPrefix(line, scriptMark) {
			return 0
		}
		return nodeManHead(line, e)
	case c == timeLeftOut[0]:
		return leftOutHead(line, e)
	case c-'0' <= 9:
		return setupScriptHead(line, e)
	}
	return -1
}

const scriptMark = "[script] "

// nodeManHead reads "[TIME LEVEL] ".
func nodeManHead(line []byte, e *diagnose.Entry) int {
	if line[1]-'0' > 9 && line[1] != timeLeftOut[0] {
		return -1
	}
	n := 1
	if hasPrefix(line[1:], timeLeftOut) {
		n += len(timeLeftOut)
	} else if _, w := readISO(line[1:]); w > 0 {
		n += w
	} else {
		return -1
	}
	if n >= len(line) || line[n] != ' ' {
		return -1
	}
	end := letters(line, n+1)
	level := levelWord(line[n+1 : end])
	if level == diagnose.LevelUnknown || end >= len(line) || line[end] != ']' {
		return -1
	}
	if e != nil {
		readISOOrLeftOut(line[1:], e)
		e.Level = level
	}
	return skip(line, end+1, ' ')
}

// leftOutHead reads "时间略 [LEVEL] ".
func leftOutHead(line []byte, e *diagnose.Entry) int {
	if !hasPrefix(line, timeLeftOut+" [") {
		return -1
	}
	n := len(timeLeftOut) + 2
	end := letters(line, n)
	level := levelWord(line[n:end])
	if level == diagnose.LevelUnknown || end >= len(line) || line[end] != ']' {
		return -1
	}
	if e != nil {
		e.Level = level
	}
	return skip(line, end+1, ' ')
}

// setupScriptHead reads "TIME LEVEL step STATUS ". The step and the status stay in
// the message.
func setupScriptHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("2006-01-02 15:04:05")
	if len(line) < stamp+10 || line[stamp] != ' ' || line[stamp+1]-'A' > 25 {
		return -1
	}
	end := letters(line, stamp+1)
	level := levelWord(line[stamp+1 : end])
	if level == diagnose.LevelUnknown {
		return -1
	}
	step := skip(line, end, ' ')
	after := step
	for after < len(line) && (line[after]-'a' < 26 || line[after] == '_') {
		after++
	}
	if after == step || !isStepStatus(line[after:]) {
		return -1
	}
	t, n := readISO(line)
	if n != stamp {
		return -1
	}
	if e != nil {
		e.Time, e.Level, e.Logger = t, level, string(line[step:after])
	}
	return step
}

func isStepStatus(rest []byte) bool {
	return hasPrefix(rest, " - ") || hasPrefix(rest, " DONE ") || hasPrefix(rest, " FAILED ")
}

func blueKingFinish(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError || strings.Contains(e.Message, " FAILED ")
	e.Outcome = blueKingOutcome(e.Message)
	if e.Outcome == diagnose.OutcomeFailed {
		e.Trouble = true
	}
	if text, ok := strings.CutPrefix(e.Message, scriptMark); ok && e.Level < diagnose.LevelError {
		e.Trouble = e.Trouble || soundsLikeTrouble(text)
	}
	if id, ok := field(e.Message, nodeManTask, "]"); ok {
		e.IDs = addID(e.IDs, diagnose.KindTask, id)
	}
	mentionHosts(e)
}

// nodeManTask stands before the number of bk-job's task in a NodeMan log.
const nodeManTask = "作业任务ID为["

// blueKingOutcome reads how a wrapped command or the installation ended.
func blueKingOutcome(message string) diagnose.Outcome {
	if status, ok := exitStatus(message); ok && status != "0" {
		return diagnose.OutcomeFailed
	}
	switch {
	case strings.Contains(message, "check_deploy_result DONE "):
		return diagnose.OutcomeSucceeded
	case strings.Contains(message, "check_deploy_result FAILED "):
		return diagnose.OutcomeFailed
	}
	return diagnose.OutcomeUnknown
}

// exitStatus returns N of "exit_status -> N".
func exitStatus(message string) (string, bool) {
	_, rest, ok := strings.Cut(message, "exit_status -> ")
	if !ok {
		return "", false
	}
	end := 0
	for end < len(rest) && (rest[end]-'0' <= 9 || rest[end] == '-') {
		end++
	}
	return rest[:end], end > 0
}

// bkciFormat reads the logs of bk-ci's services:
//
//	2023.02.14 17:37:52,623|traceid| [thread] ERROR logger 88 text
var bkciFormat = Format{
	Name:    "bkci",
	Absorbs: true,
	Head:    bkciHead,
	First:   firstDigits,
	Fifth:   ".",
	Finish:  levelFinish,
	Marks:   []string{"] ERROR c.t.", "] ERROR com.tencent."},
}

func bkciHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || line[4] != '.' || line[7] != '.' || line[0]-'0' > 9 {
		return -1
	}
	t, n := readISO(line)
	if n == 0 || n >= len(line) || line[n] != '|' {
		return -1
	}
	trace := n + 1
	bar := bytes.IndexByte(line[trace:], '|')
	if bar < 0 {
		return -1
	}
	open := skip(line, trace+bar+1, ' ')
	if open >= len(line) || line[open] != '[' {
		return -1
	}
	closing := bytes.IndexByte(line[open:], ']')
	if closing < 0 {
		return -1
	}
	word := skip(line, open+closing+1, ' ')
	end := letters(line, word)
	level := levelWord(line[word:end])
	if level == diagnose.LevelUnknown {
		return -1
	}
	logger := skip(line, end, ' ')
	after := logger
	for after < len(line) && line[after] != ' ' {
		after++
	}
	message := skip(line, digits(line, skip(line, after, ' ')), ' ')
	if e != nil {
		e.Time, e.Level = t, level
		e.Thread = string(line[open+1 : open+closing])
		e.Logger = string(line[logger:after])
		e.IDs = addID(e.IDs, diagnose.KindTrace, string(line[trace:trace+bar]))
	}
	return message
}

// bkciAgentFormat reads the log of bk-ci's build agent:
//
//	2021/09/14 14:18:19.757 [E]  text
var bkciAgentFormat = Format{
	Name:   "bkci",
	Head:   bkciAgentHead,
	First:  firstDigits,
	Fifth:  "/",
	Finish: levelFinish,
}

func bkciAgentHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 26 || line[4] != '/' || line[7] != '/' || line[0]-'0' > 9 {
		return -1
	}
	t, n := readISO(line)
	if n == 0 || !hasPrefix(line[n:], " [") || len(line) < n+4 || line[n+3] != ']' {
		return -1
	}
	switch line[n+2] {
	case 'D', 'I', 'W', 'E', 'F':
	default:
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, diagnose.ParseLevel(string(line[n+2:n+3]))
	}
	return skip(line, n+4, ' ')
}
