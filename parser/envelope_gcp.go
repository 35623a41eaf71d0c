package parser

import "diagnose"

// gcpWrapper is an entry of Google Cloud Logging: its text, or the object that the
// program wrote, which is a JSON line of its own (LogEntry of the Logging API v2):
//
//	{"insertId":"x","logName":"projects/p/logs/stderr","resource":{...},"textPayload":"text","timestamp":"..."}
var gcpWrapper = wrapper{name: "Google Cloud Logging", first: "{", take: takeGCP}

func takeGCP(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !contains(line, `Payload"`) {
		return nil, 0
	}
	f := readFields(line)
	if !f.has("logName", "resource", "insertId") {
		return nil, 0
	}
	inner, ok := f.text("textPayload")
	if !ok {
		if inner = f.raw("jsonPayload"); len(inner) == 0 || inner[0] != '{' {
			return nil, 0
		}
	}
	labels := f.object("resource").object("labels")
	if e != nil {
		noteTime(f.word("timestamp"), e)
		notePod(labels, e)
	}
	return innerLines(inner), writerOfWords(f.word("logName"), labels.word("pod_name", "instance_id"), labels.word("container_name"))
}
