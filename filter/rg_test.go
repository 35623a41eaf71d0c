package filter

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// ripgrepPatterns writes the literals as regular expressions, one a line. Bytes beyond
// ASCII are escaped: without Unicode, ripgrep takes them in no other form.
func ripgrepPatterns(literals [][]byte) []byte {
	var patterns []byte
	for _, literal := range literals {
		for _, c := range literal {
			if c < 0x80 {
				patterns = append(patterns, regexp.QuoteMeta(string(rune(c)))...)
			} else {
				patterns = fmt.Appendf(patterns, `\x%02X`, c)
			}
		}
		patterns = append(patterns, '\n')
	}
	return patterns
}

// TestSameLinesAsRipgrep compares the lines that hold a literal with those that
// ripgrep prints for the same patterns, on 50 MB scanned in blocks.
func TestSameLinesAsRipgrep(t *testing.T) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		t.Skip("no rg on the PATH")
	}
	if testing.Short() {
		t.Skip("50 MB are too many for -short")
	}
	literals := testLiterals(1000, 9)
	// The other case, and bytes that are no UTF-8, must not make a difference.
	for i := range literals {
		if i%3 == 0 {
			literals[i] = bytes.ToUpper(literals[i])
		}
	}
	text := logText(50_000_000, literals, 1000)
	for p := 5000; p < len(text); p += 100_000 {
		text[p] = 0xff
	}

	dir := t.TempDir()
	log, patterns := filepath.Join(dir, "log"), filepath.Join(dir, "patterns")
	if err := os.WriteFile(log, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(patterns, ripgrepPatterns(literals), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(rg, "--no-config", "-a", "--no-unicode", "--ignore-case", "--line-number", "--no-filename", "--color=never", "-f", patterns, log)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %.300s", err, complaint.Bytes())
	}
	var want []int
	for line := range bytes.Lines(printed) {
		number, _, _ := bytes.Cut(line, []byte(":"))
		n, err := strconv.Atoi(string(number))
		if err != nil {
			t.Fatalf("rg printed %q", line)
		}
		want = append(want, n)
	}

	f, err := New(literals, nil)
	if err != nil {
		t.Fatal(err)
	}
	guard := NewGuard(f)
	var got []int
	line, counted := 1, 0
	const block = 1 << 20
	for from := 0; from < len(text); from += block {
		guard.Scan(text, from, from+block, func(pos, literal int) {
			line += bytes.Count(text[counted:pos], []byte("\n"))
			counted = pos
			if len(got) == 0 || got[len(got)-1] != line {
				got = append(got, line)
			}
		})
	}
	if len(want) < 100 || !slices.Equal(got, want) {
		t.Errorf("%d lines, rg finds %d", len(got), len(want))
	}
}
