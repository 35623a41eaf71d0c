package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// casesDir has one folder per failure: its logs, expect.txt with what the facts
// say, and want.txt with the whole answer.
const casesDir = "../../testdata/cases"

// loadedBase is the shipped rule base; what is wrong with it is for other tests
// to say.
func loadedBase(t testing.TB) *rules.Base {
	t.Helper()
	base, _ := shipped()
	if base == nil {
		t.Fatal("no rule base")
	}
	return base
}

// shipped is the rule base of the program, which all tests share, and its problems.
var shipped = sync.OnceValues(func() (*rules.Base, []error) {
	base, problems, _ := openBase("", nil)
	return base, problems
})

// expectation is one line of expect.txt.
type expectation struct {
	line        int
	word, value string
}

// readExpectations returns the lines of expect.txt, and the reason when the case
// is marked as open.
func readExpectations(t *testing.T, file string) (list []expectation, open string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(text)) {
		if reason, ok := strings.CutPrefix(l, "# open: "); ok {
			open = strings.TrimSpace(reason)
		}
	}
	return parseExpectations(t, file, string(text)), open
}

func parseExpectations(t *testing.T, file, text string) (list []expectation) {
	t.Helper()
	for i, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if strings.HasPrefix(l, "#") {
			continue
		}
		word, value, ok := strings.Cut(strings.TrimSpace(l), " ")
		if !ok {
			t.Fatalf("%s:%d: want a word and a value, got %q", file, i+1, l)
		}
		list = append(list, expectation{i + 1, word, strings.TrimSpace(value)})
	}
	return list
}

// caseLogs returns the logs of a case by name, and the names in order.
func caseLogs(t *testing.T, dir string) (map[string]string, []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	logs := map[string]string{}
	var names []string
	for _, e := range entries {
		if e.Name() == "expect.txt" || e.Name() == "want.txt" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		logs[e.Name()] = string(text)
		names = append(names, e.Name())
	}
	return logs, names
}

// caseDirs are the folders of the cases, in order of their names.
func caseDirs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(casesDir, "*", "expect.txt"))
	if err != nil || len(files) < 45 {
		t.Fatalf("%d cases, want at least 45 (%v)", len(files), err)
	}
	for i, f := range files {
		files[i] = filepath.Dir(f)
	}
	return files
}

// TestCases compares the answer to each case with what the facts say, and with
// the answer of before.
func TestCases(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is for people: it must not run where CI is set")
	}
	base := loadedBase(t)
	for _, dir := range caseDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			checkCase(t, base, dir)
		})
	}
}

// demoExpect is what happened in the night of the demo; its README.md tells it.
const demoExpect = `verdict cause
cause cloudstack/libvirtd-unreachable
evidence agent.log:218
explains cloudstack/host-disconnected
explains cloudstack/job-failed
explains cloudstack/agent-start-failed
cause ssh/mux-master-died | blueking/bkrepo-unresolvable
cause ssh/mux-master-died | blueking/bkrepo-unresolvable
not blueking/remote-*
not ansible/*`

// TestDemo wants the causes of the shipped incident, and no other.
func TestDemo(t *testing.T) {
	files := demoFiles(t)
	r := diagnoseFiles(t, loadedBase(t), slices.Sorted(maps.Keys(files)), files)
	for _, p := range compare(parseExpectations(t, "demo", demoExpect), r) {
		t.Error(p)
	}
	for _, g := range r.Unexplained {
		t.Errorf("unexplained: %s:%d %.200s", g.Evidence[0].File, g.Evidence[0].Line, g.Text)
	}
}

const foundUp = "CloudStack does not say which host an investigation found up, so missed pings count only where none was"

// amongOpen are cases whose answer still changes among healthy logs, with the
// reason.
var amongOpen = map[string]string{
	"cs-2.1.2-libvirtd":           foundUp,
	"cs-another-host-is-gone":     foundUp,
	"cs-demo-host-line-elsewhere": foundUp,
	"cs-zones-differ":             foundUp,
	"sshd-maxstartups":            "a client whose greeting is not answered is a witness, whichever server it speaks of: ssh does not say",
}

// TestCasesAmongHealthyLogs gives each case together with a third of the healthy
// logs, which third goes round; with DIAGNOSE_TEST_ALL set, with all of them, some 5,000
// lines: the causes and their evidence stay the same.
func TestCasesAmongHealthyLogs(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million lines")
	}
	base := loadedBase(t)
	healthy, _ := healthyLogs(t)
	all := os.Getenv("DIAGNOSE_TEST_ALL") != ""
	for i, dir := range caseDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			logs, names := caseLogs(t, dir)
			alone := diagnoseFiles(t, base, names, logs)
			for k, name := range slices.Sorted(maps.Keys(healthy)) {
				if all || k%6 == i%6 { // each log stands among a sixth of them; all takes minutes
					logs["healthy/"+name] = healthy[name]
				}
			}
			among := diagnoseFiles(t, base, slices.Sorted(maps.Keys(logs)), logs)
			if a, b := summary(alone), summary(among); a != b {
				say := t.Errorf
				if amongOpen[filepath.Base(dir)] != "" {
					say = t.Logf
				}
				say("alone:\n%samong healthy logs:\n%s", a, b)
			}
		})
	}
}

// summary is what must not depend on what else is in the input. What is wrongly
// found in a healthy log is for TestHealthyLogsAreSilent to say.
func summary(r reading) string {
	var b strings.Builder
	for _, c := range r.Causes {
		if !slices.ContainsFunc(c.Evidence, func(e readEvidence) bool { return !strings.HasPrefix(e.File, "healthy/") }) && len(c.Explains) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\t%s %v %v explains %v\n", c.Rule, c.Captures, placesOf(c.Evidence), rulesOf(c.Explains))
	}
	return b.String()
}

func checkCase(t *testing.T, base *rules.Base, dir string) {
	logs, names := caseLogs(t, dir)
	list, open := readExpectations(t, filepath.Join(dir, "expect.txt"))
	text, r := answerBoth(t, base, names, logs)
	var problems []string
	if open == "" || !*update {
		problems = compare(list, r)
	}
	for _, p := range problems {
		if open != "" {
			t.Logf("open (%s): %s", open, p)
		} else {
			t.Errorf("expect.txt:%s", p)
		}
	}
	if open != "" && len(problems) == 0 && !*update {
		t.Logf("this holds now: remove the line \"# open: %s\"", open)
	}
	checkWant(t, filepath.Join(dir, "want.txt"), text, open != "")
}

// answerBoth is the answer as text and as data.
func answerBoth(t *testing.T, base *rules.Base, names []string, logs map[string]string) (string, reading) {
	t.Helper()
	var streams []*source.Stream
	for _, name := range names {
		streams = append(streams, source.Memory(name, logs[name], exampleTime, source.Options{}))
	}
	v, err := newEngine(base, streams).diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := report.JSON(&data, v, "en"); err != nil {
		t.Fatal(err)
	}
	var r reading
	if err := json.Unmarshal(data.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return answerText(t, v), r
}

// parsedCount is how many entries had to be parsed: with every new rule another
// number, and nothing about the case.
var parsedCount = regexp.MustCompile(`; \d+ entr(?:y|ies) parsed`)

func checkWant(t *testing.T, file, got string, open bool) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got && !open {
		t.Errorf("the answer is another one than want.txt; if the new one is right: go test ./cmd/diagnose -run Cases -update\n%s", firstDifference(string(want), got))
	}
}

// firstDifference shows the first line that differs.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant: %s\n got: %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(w), len(g))
}

// compare returns what differs from the expectations. A word that belongs to a
// cause is about the last one named, in an unexplained answer about its symptom.
func compare(list []expectation, r reading) []string {
	var problems []string
	say := func(x expectation, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%d: %s %s: %s", x.line, x.word, x.value, fmt.Sprintf(format, args...)))
	}
	named := 0
	var about readCause
	for _, x := range list {
		switch x.word {
		case "verdict":
			if r.Verdict != x.value {
				say(x, "the verdict is %q, causes %v", r.Verdict, rulesOf(r.Causes))
			}
		case "cause":
			about = readCause{}
			if named < len(r.Causes) {
				about = r.Causes[named]
			}
			if named++; !matchesAny(x.value, about.Rule) {
				say(x, "the causes are %v", rulesOf(r.Causes))
			}
		case "symptom":
			i := slices.IndexFunc(r.Symptoms, func(c readCause) bool { return matchesAny(x.value, c.Rule) })
			if i < 0 {
				say(x, "the symptoms are %v", rulesOf(r.Symptoms))
				continue
			}
			about = r.Symptoms[i]
		case "reason":
			if !matchesAny(x.value, r.Reason.Rule) {
				say(x, "the reason is %q", r.Reason.Rule)
			}
		case "not":
			for _, c := range slices.Concat(r.Causes, r.Symptoms) {
				if matchesAny(x.value, c.Rule) {
					say(x, "it is there: %s", c.Rule)
				}
			}
		default:
			if why := compareCause(x, about); why != "" {
				say(x, "%s", why)
			}
		}
	}
	if len(r.Causes) > named {
		problems = append(problems, fmt.Sprintf("0: causes: %d more than expected: %v", len(r.Causes)-named, rulesOf(r.Causes[named:])))
	}
	return problems
}

// compareCause compares one cause with a line that is about it; empty is right.
func compareCause(x expectation, c readCause) string {
	switch x.word {
	case "capture":
		name, value, _ := strings.Cut(x.value, "=")
		if c.Captures[name] != value {
			return fmt.Sprintf("%s captured %v", c.Rule, c.Captures)
		}
	case "evidence":
		file, number, _ := strings.Cut(x.value, ":")
		line, _ := strconv.Atoi(number)
		if !slices.ContainsFunc(c.Evidence, func(e readEvidence) bool { return e.File == file && e.Line <= line && line <= e.EndLine }) {
			return fmt.Sprintf("the evidence of %s is at %v", c.Rule, placesOf(c.Evidence))
		}
	case "explains":
		if !slices.ContainsFunc(c.Explains, func(y readCause) bool { return matchesAny(x.value, y.Rule) }) {
			return fmt.Sprintf("%s explains %v", c.Rule, rulesOf(c.Explains))
		}
	case "candidate":
		if !slices.ContainsFunc(c.Candidates, func(y struct {
			Rule string `json:"rule"`
		}) bool {
			return matchesAny(x.value, y.Rule)
		}) {
			return fmt.Sprintf("the candidates of %s are %v", c.Rule, c.Candidates)
		}
	case "confidence":
		if c.Confidence != x.value {
			return fmt.Sprintf("%s is %s", c.Rule, c.Confidence)
		}
	default:
		return "no such word in expect.txt"
	}
	return ""
}

// matchesAny reports whether a rule's id matches one of several globs.
func matchesAny(globs, id string) bool {
	return slices.ContainsFunc(strings.Split(globs, " | "), func(g string) bool {
		ok, err := path.Match(g, id)
		return ok && err == nil
	})
}

func rulesOf(causes []readCause) []string {
	var ids []string
	for _, c := range causes {
		ids = append(ids, c.Rule)
	}
	return ids
}

func placesOf(evidence []readEvidence) []string {
	var places []string
	for _, e := range evidence {
		places = append(places, fmt.Sprintf("%s:%d", e.File, e.Line))
	}
	return places
}
