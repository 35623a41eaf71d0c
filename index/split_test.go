package index

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Read by several goroutines or by one, a list gives the same answer.
func TestSplitAnswersAreTheSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	r := rand.New(rand.NewPCG(11, 7))
	words := strings.Fields("the of server connection refused host agent lost 主机 连接 disk full job-7 /etc/hosts")
	var docs []Document
	for i := range 900 {
		var text []string
		for range 30 {
			text = append(text, words[int(float64(len(words))*r.Float64()*r.Float64())])
		}
		docs = append(docs, Document{ID: fmt.Sprintf("i%04d", i), Title: text[0], Lang: "en", Time: day("2024-01-01").Add(time.Duration(r.IntN(900*24)) * time.Hour),
			Sections: []Section{{"evidence", strings.Join(text, " ")}}})
	}
	x := memory(t, docs)
	for _, query := range []string{"the", "of server", `"the of"`, `"the of server"`, `"主机 连接"`, `"server connection" after:2025-03-02`, "refused before:2024-07-19",
		"the -agent", "nosuch of the", `"of /etc/hosts"`, "job-7 disk"} {
		x.whole = whole
		one, _ := ask(t, x, query)
		x.whole = 4
		many, _ := ask(t, x, query)
		if !reflect.DeepEqual(one, many) {
			t.Errorf("%s: one %+v, many %+v", query, one, many)
		}
		if one.Total == 0 {
			t.Errorf("%s: nothing found", query)
		}
	}
}
