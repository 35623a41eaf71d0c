package parser

import (
	"bytes"

	"diagnose"
)

// lokiWrapper is a line of logcli -o jsonl, and lokiTextWrapper one of its default
// output (pkg/logcli/output of grafana/loki):
//
//	{"labels":{"pod":"web-0"},"line":"text","timestamp":"2022-11-04T23:27:51.747589212Z"}
//	2022-11-04T23:27:51Z {app="web", pod="web-0"} text
var (
	lokiWrapper     = wrapper{name: "Loki JSON", first: "{", take: takeLoki}
	lokiTextWrapper = wrapper{name: "Loki text", first: firstDigits, take: takeLokiText}
)

func takeLoki(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !contains(line, `"line"`) || !contains(line, `"labels"`) {
		return nil, 0
	}
	f := readFields(line)
	text, ok := f.text("line")
	labels := f.raw("labels")
	if !ok || len(labels) == 0 || labels[0] != '{' {
		return nil, 0
	}
	if e != nil {
		noteTime(f.word("timestamp"), e)
		e.Mentions = addID(e.Mentions, diagnose.KindPod, f.object("labels").word("pod"))
	}
	return innerLines(text), writerOf(labels)
}

// maxLabels bounds the labels before a line.
const maxLabels = 1024

func takeLokiText(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if len(line) < 24 || line[10] != 'T' {
		return nil, 0
	}
	_, n := readISO(line)
	if n == 0 || !hasPrefix(line[n:], " {") {
		return nil, 0
	}
	end := bytes.Index(line[n:min(len(line), n+maxLabels)], []byte(`"} `))
	if end < 0 || !isLabels(line[n+2:n+end+1]) {
		return nil, 0
	}
	if e != nil {
		noteISO(line, e)
		pod, _ := field(string(line[n:n+end+1]), `pod="`, `"`)
		e.Mentions = addID(e.Mentions, diagnose.KindPod, pod)
	}
	return line[n+end+len(`"} `):], writerOf(line[n : n+end+1])
}

// isLabels reports whether b begins as name="value".
func isLabels(b []byte) bool {
	n := 0
	for n < len(b) && isASCIIWord(b[n]) {
		n++
	}
	return n > 0 && hasPrefix(b[n:], `="`)
}
