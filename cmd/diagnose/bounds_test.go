package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"diagnose"
	"diagnose/source"
)

// Of a log with more entries than are kept to tie cases, the commands are still told
// apart, and what was not kept is said.
func TestCommandsBehindManyLines(t *testing.T) {
	const end = "$ ssh h1\nssh: connect to host h1 port 22: Connection refused\n[root@a ~]# curl http://x\ncurl: (6) Could not resolve host: x.example.com\n"
	for _, n := range []int{10, maxOther + 1000} {
		e := newEngine(loadedBase(t), []*source.Stream{source.Memory("job.log", strings.Repeat("line x\n", n)+end, exampleTime, source.Options{})})
		v, err := e.diagnose(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, c := range v.Causes {
			for _, k := range c.Cases {
				ids[k.ID] = true
			}
		}
		if len(v.Causes) != 2 || len(ids) != 2 {
			t.Errorf("behind %d lines: %d causes of %d cases", n, len(v.Causes), len(ids))
		}
		said := slices.ContainsFunc(v.Quality, func(q diagnose.Quality) bool { return strings.Contains(q.Text, "what is kept to tie cases") })
		if said != (n > maxOther) {
			t.Errorf("behind %d lines: said %v", n, said)
		}
	}
}
