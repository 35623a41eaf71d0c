package parser

import (
	"bytes"

	"diagnose"
)

// fluentdWrapper is a line of fluentd's out_file and stdout: the time, the tag, and
// the record, which is an envelope or a JSON line of its own:
//
//	2022-11-04T23:27:51+00:00	kube.web	{"log":"text\n",...}
//	2022-11-04 23:27:51.747589000 +0000 kube.web: {"log":"text\n",...}
var fluentdWrapper = wrapper{name: "fluentd", first: firstDigits, take: takeFluentd}

func takeFluentd(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if line[len(line)-1] != '}' || len(line) < 30 {
		return nil, 0
	}
	if !contains(line[:min(len(line), maxStepName)], `{"`) {
		return nil, 0
	}
	_, n := readISO(line)
	if n == 0 {
		return nil, 0
	}
	brace := bytes.IndexByte(line[:min(len(line), maxStepName)], '{')
	if brace < n+3 {
		return nil, 0
	}
	tag := line[n:brace]
	tabs := tag[0] == '\t' && tag[len(tag)-1] == '\t'
	if !tabs && !(tag[0] == ' ' && bytes.HasSuffix(tag, []byte(": "))) || bytes.IndexAny(tag[1:len(tag)-1], " \t[]()") >= 0 ||
		!bytes.HasPrefix(line[brace:], []byte(`{"`)) {
		return nil, 0
	}
	noteISO(line, e)
	return line[brace:], writerOf(tag)
}
