package parser

import (
	"bytes"

	"diagnose"
)

// kubectlWrapper is the prefix of kubectl logs --prefix. The time of --timestamps
// stands behind it, and is a wrapper of its own:
//
//	[pod/web-0/app] text
var kubectlWrapper = wrapper{name: "kubectl --prefix", first: "[", take: takeKubectl}

func takeKubectl(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !hasPrefix(line, "[pod/") {
		return nil, 0
	}
	end := bytes.Index(line[:min(len(line), 3*maxHostColumn)], []byte("] "))
	if end < 0 || bytes.IndexByte(line[:end], ' ') >= 0 {
		return nil, 0
	}
	if e != nil {
		pod, _, _ := bytes.Cut(line[len("[pod/"):end], []byte("/"))
		e.Mentions = addID(e.Mentions, diagnose.KindPod, string(pod))
	}
	return line[end+2:], writerOf(line[:end])
}
