package parser

import "diagnose"

// dockerWrapper is the object of Docker's json-file driver (daemon/logger/jsonfilelog)
// and those that fluentd and Fluent Bit make of such files, with or without the
// metadata of their Kubernetes filters:
//
//	{"log":"text\n","stream":"stderr","time":"2022-11-04T23:27:51.747589212Z"}
//	{"date":1667604471.7,"stream":"stdout","_p":"F","log":"text","kubernetes":{"pod_name":"web-0",...}}
var dockerWrapper = wrapper{name: "docker json-file", first: "{", take: takeDocker, part: cutByDocker}

func takeDocker(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if !contains(line, `"log"`) {
		return nil, 0
	}
	f := readFields(line)
	text, ok := f.text("log")
	if !ok || !f.has("stream", "time", "kubernetes", "container_id", "container_name", "source", "docker", "_p") {
		return nil, 0
	}
	kubernetes := f.object("kubernetes")
	if e != nil {
		noteTime(f.word("time", "@timestamp", "date", "timestamp"), e)
		notePod(kubernetes, e)
		e.Mentions = addID(e.Mentions, diagnose.KindPod, containerName(f.word("container_name")))
	}
	return innerLines(text), writerOfWords(f.word("stream", "source"), f.word("container_id", "container_name"),
		kubernetes.word("pod_name"), kubernetes.word("container_name"))
}

// containerName is a container's name without the slash that Docker's API gives it.
func containerName(name string) string {
	if name != "" && name[0] == '/' {
		return name[1:]
	}
	return name
}
