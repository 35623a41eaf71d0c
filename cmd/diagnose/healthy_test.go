package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diagnose/rules"
)

// healthyDir has logs that look bad somewhere and are not.
const healthyDir = "../../testdata/healthy"

// healthyLogs returns the healthy logs by name, and the names in order.
func healthyLogs(t testing.TB) (map[string]string, []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(healthyDir, "*.log"))
	if err != nil || len(paths) < 48 {
		t.Fatalf("%d healthy logs, want at least 48 (%v)", len(paths), err)
	}
	logs := map[string]string{}
	var names []string
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		logs[filepath.Base(p)] = string(text)
		names = append(names, filepath.Base(p))
	}
	return logs, names
}

// reading is what the tests of whole logs read of the JSON report.
type reading struct {
	Verdict     string      `json:"verdict"`
	Causes      []readCause `json:"causes"`
	Symptoms    []readCause `json:"symptoms"`
	Warnings    []readCause `json:"warnings"`
	Reason      readCause   `json:"reason"`
	Unexplained []struct {
		Text     string         `json:"text"`
		Evidence []readEvidence `json:"evidence"`
	} `json:"unexplained"`
}

type readCause struct {
	Rule       string            `json:"rule"`
	Title      string            `json:"title"`
	Confidence string            `json:"confidence"`
	Captures   map[string]string `json:"captures"`
	Evidence   []readEvidence    `json:"evidence"`
	Explains   []readCause       `json:"explains"`
	Candidates []struct {
		Rule string `json:"rule"`
	} `json:"candidates"`
}

type readEvidence struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
	Text    string `json:"text"`
}

// diagnoseFiles is the report over named texts.
func diagnoseFiles(t testing.TB, base *rules.Base, names []string, files map[string]string) reading {
	t.Helper()
	var r reading
	if err := json.Unmarshal(answer(t, base, names, files, 2, 1<<20), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// complain fails for every cause, and for every piece of unexplained trouble.
func (r reading) complain(t *testing.T) {
	t.Helper()
	for _, c := range r.Causes {
		t.Errorf("cause %s: %s\n\t%s:%d %.200s", c.Rule, c.Title, c.Evidence[0].File, c.Evidence[0].Line, c.Evidence[0].Text)
	}
	for _, c := range r.Symptoms {
		t.Errorf("symptom %s: %s", c.Rule, c.Title)
	}
	for _, g := range r.Unexplained {
		t.Errorf("unexplained: %s:%d %.200s", g.Evidence[0].File, g.Evidence[0].Line, g.Text)
	}
}

// Nothing is wrong in any healthy log.
func TestHealthyLogsAreSilent(t *testing.T) {
	base := loadedBase(t)
	logs, names := healthyLogs(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := diagnoseFiles(t, base, []string{name}, logs)
			r.complain(t)
			if r.Verdict != "clean" {
				t.Errorf("verdict %q, want clean", r.Verdict)
			}
		})
	}
}

// All of them together are no reason to see a cause either: nothing joins lines
// of one with lines of another.
func TestHealthyLogsTogetherHaveNoCause(t *testing.T) {
	logs, names := healthyLogs(t)
	diagnoseFiles(t, loadedBase(t), names, logs).complain(t)
}

// Healthy logs stay silent as a runner or a container tool shows them: behind
// prefixes, and with the line ends of Windows.
func TestHealthyLogsAreSilentInCarriers(t *testing.T) {
	base := loadedBase(t)
	logs, names := healthyLogs(t)
	for carrier, carried := range map[string]func(string) string{
		"ci":      func(s string) string { return prefixed(s, ciPrefix) },
		"compose": func(s string) string { return prefixed(s, composePrefix) },
		"crlf":    func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n") },
	} {
		for _, name := range names {
			t.Run(carrier+"/"+name, func(t *testing.T) {
				t.Parallel()
				diagnoseFiles(t, base, []string{name}, map[string]string{name: carried(logs[name])}).complain(t)
			})
		}
	}
}
