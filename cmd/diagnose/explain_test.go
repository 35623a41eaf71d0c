package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"diagnose"
	"diagnose/rules"
	"diagnose/source"
)

// explainText diagnoses and explains one log.
func explainText(t *testing.T, base *rules.Base, id, text string) *diagnose.Explanation {
	t.Helper()
	e := newEngine(base, []*source.Stream{source.Memory("log", text, exampleTime, source.Options{})})
	list, err := e.explain(context.Background(), base.Select(id))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d explanations, %v", len(list), err)
	}
	return list[0]
}

// A capture of 10 MB is cut, in the finding as in its explanation.
func TestHugeCapture(t *testing.T) {
	base := shippedBase(t)
	text := "curl: (6) Could not resolve host: " + strings.Repeat("a", 10<<20) + "\n"
	x := explainText(t, base, "curl/could-not-resolve-host", text)
	if x.Standing != diagnose.StandsCause {
		t.Fatalf("%s", x.Standing)
	}
	host := x.Groups[0].By[0][1]
	if len(host) > 1024 || !strings.HasSuffix(host, "…") || !utf8.ValidString(host) {
		t.Errorf("a capture of %d bytes", len(host))
	}
}

// Of a rule that is explained every match is kept, where a diagnosis keeps the
// first and the last.
func TestExplainKeepsEveryMatch(t *testing.T) {
	var log strings.Builder
	for i := range 500 {
		fmt.Fprintf(&log, "2026-01-31 10:%02d:%02d login: wrong password from 192.0.2.7\n", i/60, i%60)
	}
	r := docRules(t)["SingleWithThreshold"]
	x := explainText(t, rules.NewBase([]*rules.Rule{r}), r.ID, log.String())
	g := x.Groups[0]
	if n := len(g.When.Evidence) + g.When.More; g.Truth != diagnose.True || n != 61 {
		t.Errorf("%s with %d matches in the first window, wanted 61", g.Truth, n)
	}
}

// The lines of an explanation are those that hold for the whole input, whatever
// the size of the blocks.
func TestExplainSameBytes(t *testing.T) {
	base := shippedBase(t)
	var log strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&log, "step %d is done\n", i)
		if i%700 == 0 {
			log.WriteString("curl: (6) Could not resolve host: get.corp.example\nWarning: Problem: timeout. Will retry in 1 seconds. 3 retries left.\n")
		}
	}
	var want string
	for _, size := range []int{1 << 20, 64 << 10, 4 << 10} {
		for _, workers := range []int{1, 4} {
			e := newEngine(base, []*source.Stream{source.Memory("log", log.String(), exampleTime, source.Options{BlockSize: size})})
			e.workers = workers
			list, err := e.explain(context.Background(), base.Select("curl/*"))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, x := range list {
				fmt.Fprintf(&got, "%s %s %.2f", x.Rule.ID, x.Standing, x.Nearness)
				for _, g := range x.Groups {
					fmt.Fprintf(&got, " %s", g.Truth)
					if g.Miss != nil && g.Miss.At != nil {
						fmt.Fprintf(&got, " %s %d", g.Miss.Kind, g.Miss.At.Line())
					}
				}
				got.WriteString("\n")
			}
			if want == "" {
				want = got.String()
			}
			if got.String() != want {
				t.Fatalf("blocks of %d, %d workers:\n%s\nwanted\n%s", size, workers, got.String(), want)
			}
		}
	}
	if !strings.Contains(want, "curl/could-not-resolve-host none 0.75") {
		t.Error(want)
	}
}
