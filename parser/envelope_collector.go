package parser

import "diagnose"

// collectorWrapper is the object of a collector that keeps the line as "message" and
// adds where it came from: Fluent Bit with Kubernetes' metadata, Filebeat, Vector,
// stern -o json, and CloudWatch Logs:
//
//	{"message":"text","kubernetes":{"pod_name":"web-0"}}
//	{"@timestamp":"...","message":"text","agent":{"type":"filebeat"},"log":{"file":{"path":"/var/log/x"}}}
//	{"message":"text","nodeName":"n1","namespace":"x","podName":"web-0","containerName":"app"}
//	{"timestamp":1667604471747,"message":"text","ingestionTime":1667604475000,"logStreamName":"s"}
//
// One that has a level of its own is a program's line, which the collector took apart.
var collectorWrapper = wrapper{name: "collector's message", first: "{", take: takeCollector}

func takeCollector(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !contains(line, `"message"`) {
		return nil, 0
	}
	f := readFields(line)
	text, ok := f.text("message")
	if !ok || !f.fromCollector() || f.has("level", "severity", "log.level", "levelname", "lvl") || f.object("log").has("level") {
		return nil, 0
	}
	kubernetes := f.object("kubernetes")
	if e != nil {
		noteTime(f.word("@timestamp", "timestamp", "time", "date"), e)
		notePod(kubernetes, e)
		notePod(f, e)
		if host := f.object("host").word("name", "hostname"); host != "" {
			e.Host = host
		}
	}
	return innerLines(text), writerOfWords(kubernetes.word("pod_name"), kubernetes.word("container_name"),
		f.word("podName"), f.word("containerName"), f.word("logStreamName", "@logStream"), f.word("file"),
		f.object("log").object("file").word("path"), f.word("stream"))
}

// fromCollector reports whether the object has what no program says of itself.
func (f jsonFields) fromCollector() bool {
	return f.object("kubernetes").has("pod_name", "container_name", "namespace_name") ||
		f.object("agent").has("type", "ephemeral_id") || f.has("beat", "@metadata", "source_type") ||
		f.has("podName") && f.has("containerName") ||
		f.has("ingestionTime", "@ingestionTime", "logStreamName", "@logStream")
}
