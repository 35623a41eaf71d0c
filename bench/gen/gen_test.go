package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"diagnose/filter"
	"diagnose/rules"
)

func generateLog(t testing.TB, o options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeLog(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameSeedSameBytes(t *testing.T) {
	o := options{seed: 7, size: 2_000_000, every: 1000, planted: 40}
	first := generateLog(t, o)
	if !bytes.Equal(first, generateLog(t, o)) {
		t.Error("the same seed gave other bytes")
	}
	o.size = 1_000_000
	if short := generateLog(t, o); !bytes.HasPrefix(first, short) {
		t.Error("a shorter log is no beginning of a longer one")
	}
	o.seed = 8
	if bytes.HasPrefix(first, generateLog(t, o)) {
		t.Error("another seed gave the same bytes")
	}
}

var head = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO |WARN |ERROR) \[[\w.]+\] \([^()]+\) \(logid:([0-9a-f]{8})?\) \S`)

// TestProportions holds the log to what docs/measurements.md says of it.
func TestProportions(t *testing.T) {
	const every = 1500
	text := generateLog(t, options{seed: 1, size: 15_000_000, every: every, planted: 40})
	if !bytes.HasSuffix(text, []byte("\n")) {
		t.Error("the last line is cut")
	}
	var lines, loud, traces, planted, failed int
	for line := range strings.Lines(string(text)) {
		lines++
		switch {
		case strings.HasPrefix(line, "java.lang."):
			traces++
			continue
		case strings.HasPrefix(line, "\tat "):
			continue
		}
		found := head.FindStringSubmatch(line)
		if found == nil {
			t.Fatalf("line %d is no entry head: %q", lines, line)
		}
		if found[1] == "WARN " || found[1] == "ERROR" {
			loud++
		}
		if strings.Contains(line, "jobStatus: FAILED") {
			failed++
		}
	}
	for i := range 40 {
		literal, _, _ := strings.Cut(generate(i).text, "{}")
		planted += bytes.Count(text, []byte(literal))
	}
	within := func(what string, got, low, high float64) {
		if got < low || got > high {
			t.Errorf("%s: %.4g, want %g to %g", what, got, low, high)
		}
	}
	n := float64(lines)
	within("bytes a line", float64(len(text))/n, 227, 247)
	within("share of WARN and ERROR", float64(loud)/n, 0.018, 0.022)
	within("lines a stack trace", n/float64(traces), 690, 710)
	within("lines a failed job", n/(float64(failed)/2), 0.9*every, 1.3*every)
	within("planted failures a failed job", float64(planted)/(float64(failed)/2), 0.7, 1.3)
}

// TestJobsInterleave: the lines of a job stand far apart and in the script's order.
// Each time a literal of the shipped rules stands in a log its entry is parsed, so a word
// that is everywhere costs more than all the rest: the two of one rule once took a quarter of
// the time. Here their hits are counted, which depends on no clock.
func TestShippedLiteralsAreRare(t *testing.T) {
	set, problems := rules.Shipped("")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	literals := rules.NewBase(set).Literals()
	f, err := filter.New(literals, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := generateLog(t, options{seed: 1, size: 8_000_000, every: 1500, planted: 40})
	hits := make([]int, len(literals))
	f.Scan(text, 0, len(text), func(_, literal int) { hits[literal]++ })
	lines := bytes.Count(text, []byte("\n"))
	for i, n := range hits {
		if n*rare > lines {
			t.Errorf("the literal %q stands in %d of %d lines: which rule looks for it says `diagnose rules cost`", literals[i], n, lines)
		}
	}
}

// rare is of how many lines a literal may stand in one.
const rare = 200

func TestJobsInterleave(t *testing.T) {
	text := string(generateLog(t, options{seed: 3, size: 3_000_000}))
	submit := strings.Index(text, "submit async job-40100,")
	done := strings.Index(text, "Complete async job-40100, jobStatus: SUCCEEDED")
	removed := strings.Index(text, "Remove job-40100 from job monitoring")
	if submit < 0 || done < submit || removed < done {
		t.Fatalf("job 40100: submitted at %d, complete at %d, removed at %d", submit, done, removed)
	}
	if others := strings.Count(text[submit:done], "submit async job-"); others < 10 {
		t.Errorf("%d jobs were submitted while job 40100 ran", others)
	}
}

func TestScriptSteps(t *testing.T) {
	text := func(step int) string { return string(script[step].appendTo(nil, &job{}, newGenerator(options{}).rand)) }
	if !strings.Contains(text(parentCompletes), "Complete async job-0, jobStatus: SUCCEEDED, resultCode: 0, result: org.apache") {
		t.Errorf("parentCompletes is %s", text(parentCompletes))
	}
	if !strings.Contains(text(afterFailure), "Publish async job-0 complete") {
		t.Errorf("afterFailure is %s", text(afterFailure))
	}
	if !strings.Contains(text(firstStrike), "(Work-Job-Executor-") || !strings.Contains(text(lastStrike), "(Work-Job-Executor-") {
		t.Error("a failure strikes outside of the work job")
	}
}

// TestRulesDiffer: no literal is part of another rule's, none is too short or long.
func TestRulesDiffer(t *testing.T) {
	const n = 5000
	seen := map[string]int{}
	for i := range n {
		g := generate(i)
		own := coin(i)
		if other, ok := seen[own[:8]]; ok {
			t.Errorf("rules %d and %d share %s", i, other, own[:8])
		}
		seen[own[:8]] = i
		_, literal, cut := strings.Cut(g.text, "{} ")
		if !cut {
			literal = g.text
		}
		if !strings.Contains(literal, own[:9]) || len(literal) < 9 || len(literal) > 60 {
			t.Errorf("rule %d: literal %q", i, literal)
		}
	}
}

func TestWriteRules(t *testing.T) {
	dir := t.TempDir()
	if err := writeRules(dir, 21); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "generated", "*.yaml"))
	if err != nil || len(files) != 21 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	text, err := os.ReadFile(files[20])
	if err != nil || string(text) != generate(20).yaml() {
		t.Errorf("file %s: %v", files[20], err)
	}
}

func TestParseSize(t *testing.T) {
	f := func(in string, want int64) {
		t.Helper()
		got, err := parseSize(in)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
	f("0", 0)
	f("64", 64)
	f("10K", 10_000)
	f("250M", 250_000_000)
	f("1G", 1_000_000_000)
	f("", -1)
	f("G", -1)
	f("-1M", -1)
	f("1T", -1)
	f("9999999999G", -1)
}

func BenchmarkLog(b *testing.B) {
	const size = 10_000_000
	b.SetBytes(size)
	for b.Loop() {
		if err := writeLog(io.Discard, options{seed: 1, size: size, every: 15_000, planted: 40}); err != nil {
			b.Fatal(err)
		}
	}
}
