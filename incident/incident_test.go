package incident

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

func seen(title string, newest int64, cases ...string) Observation {
	return Observation{Rule: "r", Title: title, Severity: "error", Confidence: "likely", Count: len(cases), Cases: cases, Newest: newest,
		Settled: true, Place: func(since int64) string { return fmt.Sprint("after ", since) }}
}

func said(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%s %s %d", c.Event, c.Incident.Title, c.Incident.CaseCount))
	}
	return strings.Join(out, "; ")
}

func TestLife(t *testing.T) {
	var b Book
	step := func(minutes int, want string, all ...Observation) {
		t.Helper()
		if got := said(b.Observe(start.Add(time.Duration(minutes)*time.Minute), all)); got != want {
			t.Errorf("at %d: %q, want %q", minutes, got, want)
		}
	}
	unsettled := seen("a", 1, "j1")
	unsettled.Settled = false
	step(0, "", unsettled)
	step(1, "opened a 1", seen("a", 1, "j1"))
	step(2, "", seen("a", 1, "j1"))
	step(3, "updated a 2", seen("a", 5, "j1", "j2"))
	step(4, "", seen("a", 6, "j1", "j2", "j3"))
	step(33, "", seen("a", 6, "j1", "j2", "j3"))
	step(34, "cleared a 3", seen("a", 6, "j1", "j2", "j3"))
	step(35, "", seen("a", 6, "j1", "j2", "j3"))
	step(36, "opened a 4", seen("a", 7, "j1", "j2", "j3", "j4"))

	over := seen("a", 8, "j1", "j2", "j3", "j4")
	over.Over = true
	step(37, "cleared a 4", over)
	step(38, "", over)

	step(40, "opened b 1", seen("b", 9, "j9"))
	explained := seen("b", 9, "j9")
	explained.By = "c"
	step(41, "opened c 1; cleared b 1", seen("c", 10, "j9"), explained)
	step(42, "", seen("c", 10, "j9"), explained)
}

func TestAStormIsToldInALogarithmOfItsSize(t *testing.T) {
	var b Book
	var cases []string
	told := 0
	for i := range 1000 {
		cases = append(cases, fmt.Sprint("job-", i))
		told += len(b.Observe(start, []Observation{seen("a", int64(i), cases...)}))
	}
	if told != 10 {
		t.Errorf("told %d times of a thousand cases, want 10", told)
	}
	if in := b.Open[Fingerprint("r", "a")]; in.CaseCount != 1000 || len(in.Cases) != maxCases {
		t.Errorf("counted %d cases, kept %d", in.CaseCount, len(in.Cases))
	}
}

// What is stored and read back goes on as if nothing had happened, and the keys
// are the same.
func TestStored(t *testing.T) {
	steps := [][]Observation{
		{seen("a", 1, "1")}, {seen("a", 2, "1", "2"), seen("b", 3, "1")}, {seen("a", 2, "1", "2"), seen("b", 4, "1")}, {}, {seen("a", 9, "7")},
	}
	run := func(store bool) (keys []string) {
		var b Book
		for i, all := range steps {
			for _, c := range b.Observe(start.Add(time.Duration(i)*20*time.Minute), all) {
				keys = append(keys, c.Key)
			}
			if store {
				text, err := json.Marshal(b)
				if err != nil {
					t.Fatal(err)
				}
				b = Book{}
				if err := json.Unmarshal(text, &b); err != nil {
					t.Fatal(err)
				}
			}
		}
		return keys
	}
	kept, stored := run(false), run(true)
	if !slices.Equal(kept, stored) {
		t.Errorf("kept:   %v\nstored: %v", kept, stored)
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(kept))); len(distinct) != len(kept) {
		t.Errorf("keys repeat: %v", kept)
	}
}

func TestBounds(t *testing.T) {
	open, closed := maxOpen, maxClosed
	maxOpen, maxClosed = 100, 100
	t.Cleanup(func() { maxOpen, maxClosed = open, closed })
	var b Book
	for i := range maxOpen + 10 {
		b.Observe(start, []Observation{seen(fmt.Sprint("t", i), int64(i))})
	}
	if len(b.Open) != maxOpen || b.Lost != 10 {
		t.Errorf("%d open, %d lost", len(b.Open), b.Lost)
	}
	for i := range maxClosed + 10 {
		at := start.Add(time.Duration(i+1) * time.Hour)
		b.Observe(at, []Observation{seen(fmt.Sprint("u", i), int64(i))})
	}
	if len(b.Closed) > maxClosed {
		t.Errorf("%d cleared incidents are remembered", len(b.Closed))
	}
}
