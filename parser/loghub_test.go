package parser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// TestLoghub measures the reading of the public samples of logpai/loghub, 2,000
// lines each, which DIAGNOSE_LOGHUB names the directory of. They are no part of
// this repository. Every line of them carries a time, and is one event.
//
//	DIAGNOSE_LOGHUB=dir go test ./parser -run Loghub -v
func TestLoghub(t *testing.T) {
	dir := os.Getenv("DIAGNOSE_LOGHUB")
	if dir == "" {
		t.Skip("DIAGNOSE_LOGHUB names no directory")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*_2k.log"))
	if err != nil || len(paths) != 16 {
		t.Fatalf("%d samples, want 16 (%v)", len(paths), err)
	}
	t.Log("| sample | lines | entries | bytes lost | with a time | formats | trouble |")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := measure(t, text)
		t.Logf("| %s | %d | %d | %d | %.2f %% | %s | %d |", strings.TrimSuffix(filepath.Base(path), "_2k.log"),
			m.lines, m.entries, m.lost, 100*float64(m.timed)/float64(m.lines), m.formatText(), m.trouble)
		if m.lost > 0 || m.entries != m.lines || m.timed*100 < m.lines*99 {
			t.Errorf("%s: %d lines, %d entries, %d lost, %d with a time", path, m.lines, m.entries, m.lost, m.timed)
		}
	}
}

// measured is how one sample was read.
type measured struct {
	lines, entries, lost, timed, trouble int
	formats                              map[string]int
}

func measure(t *testing.T, text []byte) measured {
	m := measured{formats: map[string]int{}, lines: bytes.Count(text, []byte("\n"))}
	if !bytes.HasSuffix(text, []byte("\n")) {
		m.lines++
	}
	// Stamps without a year get one, so that they count as times.
	ref := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	entries, lost := readEntries(New(), text, ref)
	for i := range entries {
		m.count(t, &entries[i])
	}
	m.lost = lost
	return m
}

func (m *measured) count(t *testing.T, e *diagnose.Entry) {
	m.entries++
	m.formats[e.Format]++
	if !e.Time.IsZero() {
		m.timed++
	} else if testing.Verbose() {
		t.Logf("no time: %.120s", e.Text)
	}
	if e.Trouble {
		m.trouble++
	}
}

func (m *measured) formatText() string {
	var list []string
	for name, n := range m.formats {
		list = append(list, fmt.Sprintf("%s %d", name, n))
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}
