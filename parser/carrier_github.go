package parser

import (
	"bytes"

	"diagnose"
)

// githubViewWrapper is gh run view --log: the job and the step before the stamp.
// githubMarkWrapper is a line that the runner of GitHub Actions or Azure Pipelines
// was told to show as an error or a warning:
//
//	build\tRun make\t2022-11-04T23:27:51.7475892Z text
//	##[error]text
var (
	githubViewWrapper = wrapper{name: "gh run view", take: takeGitHubView}
	githubMarkWrapper = wrapper{name: "runner's mark", first: "#", take: takeGitHubMark}
)

// maxStepName bounds the job's and the step's name.
const maxStepName = 256

func takeGitHubView(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	near := line[:min(len(line), maxStepName)]
	job := bytes.IndexByte(near, '\t')
	if job <= 0 {
		return nil, 0
	}
	step := bytes.IndexByte(near[job+1:], '\t')
	if step < 0 || len(line) < job+step+24 {
		return nil, 0
	}
	text := bytes.TrimPrefix(line[job+step+2:], []byte(byteOrderMark))
	if fineStamp(text) == 0 {
		return nil, 0
	}
	return text, writerOf(line[:job])
}

const byteOrderMark = "\ufeff"

func takeGitHubMark(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !hasPrefix(line, "##[") || buildEnds.match(line) {
		return nil, 0
	}
	for _, mark := range [...]struct {
		text  string
		level diagnose.Level
	}{{"##[error]", diagnose.LevelError}, {"##[warning]", diagnose.LevelWarn}, {"##[debug]", diagnose.LevelDebug}, {"##[notice]", diagnose.LevelInfo}} {
		if hasPrefix(line, mark.text) {
			if e != nil {
				e.Level = mark.level
			}
			return line[len(mark.text):], 0
		}
	}
	return nil, 0
}
