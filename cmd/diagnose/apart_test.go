package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"diagnose"
	"diagnose/source"
)

// mixedLog is what docker compose shows of three services of which each prints
// traces, a few lines at a time.
func mixedLog(r *rand.Rand, lines int) string {
	trace := []string{"2026-11-21 02:04:15,123 ERROR [pool-1] a.b.C - cannot reach agent %d", "java.net.ConnectException: Connection refused",
		"\tat a.b.C.connect(C.java:%d)", "\tat a.b.C.run(C.java:%d)", "Caused by: java.io.IOException: no route %d", "\t... 2 more"}
	var at [3]int
	var b strings.Builder
	for n := 0; n < lines; {
		w := r.IntN(len(at))
		for range 1 + r.IntN(3) {
			line := trace[at[w]%len(trace)]
			if strings.Contains(line, "%d") {
				line = fmt.Sprintf(line, n)
			}
			fmt.Fprintf(&b, "job-%d  | %s\n", w+1, line)
			at[w]++
			n++
		}
	}
	return b.String()
}

// Entries in several pieces are the same, with every line in exactly one of them,
// whatever the blocks they cross, and whether found around hits or read whole.
func TestEntriesApart(t *testing.T) {
	base := loadedBase(t)
	text := mixedLog(rand.New(rand.NewPCG(1, 1)), 3000)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	engineOf := func(blockSize, workers int) *engine {
		e := newEngine(base, []*source.Stream{source.Memory("log", text, exampleTime, source.Options{BlockSize: blockSize})})
		e.workers = workers
		return e
	}
	var want []string
	for _, size := range []int{1 << 20, 300, 5000, 70_000} {
		var got []string
		seen := make([]int, len(lines))
		last := int64(-1)
		err := engineOf(size, 2).allEntries(context.Background(), func(_ int, e *diagnose.Entry) {
			own := strings.Split(e.Text, "\n")
			for i, line := range own {
				n := e.LineOf(i) - 1
				if seen[n]++; lines[n] != line {
					t.Fatalf("blocks of %d: line %d of the entry at line %d is %q, line %d of the log is %q", size, i, e.Line, line, n+1, lines[n])
				}
			}
			if e.LineOf(len(own)-1) != e.EndLine {
				t.Fatalf("blocks of %d: the entry of %d lines at line %d ends at %d, its last line is %d", size, len(own), e.Line, e.EndLine, e.LineOf(len(own)-1))
			}
			if e.Offset <= last {
				t.Fatalf("blocks of %d: the entry at %d comes behind that at %d", size, e.Offset, last)
			}
			last = e.Offset
			got = append(got, fmt.Sprint(e.Line, e.EndLine, e.Offset, e.Size))
		})
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(seen, func(n int) bool { return n != 1 }); i >= 0 {
			t.Fatalf("blocks of %d: line %d is in %d entries", size, i+1, seen[i])
		}
		if want == nil {
			want = got
		} else if !slices.Equal(got, want) {
			t.Errorf("blocks of %d give other entries than one block", size)
		}
	}
	if n := strings.Count(text, " ERROR "); len(want) != n {
		t.Errorf("%d entries, want one a trace: %d", len(want), n)
	}
	checkHitsApart(t, engineOf)
}

// checkHitsApart compares what the first pass keeps with blocks of several sizes.
func checkHitsApart(t *testing.T, engineOf func(blockSize, workers int) *engine) {
	t.Helper()
	var want string
	for _, size := range []int{1 << 20, 300, 5000, 70_000} {
		e := engineOf(size, 2)
		if err := e.firstPass(context.Background()); err != nil {
			t.Fatal(err)
		}
		var c collected
		e.keepers[0].collect(&c)
		got := ""
		for _, x := range c.entries {
			got += fmt.Sprintln(x.Line, x.EndLine, x.Offset, x.Size)
		}
		if want == "" {
			want = got
		}
		if got != want || got == "" {
			t.Errorf("blocks of %d keep other entries of the first pass than one block:\n%.300s\nwant\n%.300s", size, got, want)
		}
	}
}
