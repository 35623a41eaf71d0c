package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"diagnose"
	"diagnose/source"
)

// Last words are those of a stream that ends there: nothing but blank lines behind
// them, however long it is, and no younger file that goes on.
func TestLastWords(t *testing.T) {
	base := loadedBase(t)
	f := func(name string, logs map[string]string, want bool) {
		t.Helper()
		var streams []*source.Stream
		for _, stream := range slices.Sorted(maps.Keys(logs)) {
			streams = append(streams, source.Memory(stream, logs[stream], exampleTime, source.Options{}))
		}
		e := newEngine(base, streams)
		if _, err := e.diagnose(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(e.findings, func(x *diagnose.Finding) bool { return x.Rule.ID == "build/command-not-found" })
		if got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	const words = "./run.sh: line 3: jq: command not found"
	one := func(text string) map[string]string { return map[string]string{"job.log": text} }
	long := strings.Repeat("all is well\n", 2<<20/12)
	f("the only line", one(words), true)
	f("blank lines behind it", one(words+"\n\n  \r\n\t\n"), true)
	f("a few lines behind it", one(words+"\nleaving directory\nbye\n"), true)
	f("it goes on", one(words+"\n1\n2\n3\n"), false)
	f("many blocks in front of it", one(long+words+"\n\n"), true)
	f("many blocks behind it", one(words+"\n"+long), false)
	f("another stream ends elsewhere", map[string]string{"a.log": words, "b.out": long}, true)
	f("a younger file goes on", map[string]string{
		"job.log.1": "2024-05-01 10:00:00 start\n" + words, "job.log": "2024-05-01 11:00:00 start\n2024-05-01 11:00:01 all is well\n",
	}, false)
	f("the younger file ends by it", map[string]string{
		"job.log.1": "2024-05-01 10:00:00 start\n2024-05-01 10:00:01 all is well\n", "job.log": "2024-05-01 11:00:00 start\n" + words,
	}, true)
}

// A log of a line that has no end stands on line 1.
func TestLastWordsOfALineWithoutEnd(t *testing.T) {
	e := newEngine(loadedBase(t), []*source.Stream{source.Memory("job.log", "unable to spin up the spindle", exampleTime, source.Options{})})
	v, err := e.diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != diagnose.VerdictUnexplained || v.Unexplained[0].Evidence[0].Entry.Line != 1 {
		t.Errorf("%s, %+v", v.Kind, v.Unexplained)
	}
}
