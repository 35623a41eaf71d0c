package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diagnose"
	"diagnose/index"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// rankingsFile has the queries and the incidents that they are about;
// rankingsWant the first five that were found, which -update rewrites.
const (
	rankingsFile = "../../index/testdata/rankings.txt"
	rankingsWant = "../../index/testdata/rankings.want.txt"
)

// caseVerdict is the verdict on the logs of a golden case.
func caseVerdict(t testing.TB, base *rules.Base, logs map[string]string, names []string) *diagnose.Verdict {
	t.Helper()
	var streams []*source.Stream
	for _, name := range names {
		streams = append(streams, source.Memory(name, logs[name], exampleTime, source.Options{}))
	}
	v, err := newEngine(base, streams).diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// chinesePrefixes are the cases whose incidents are in Chinese.
var chinesePrefixes = []string{"bk-", "ca-", "cs-", "win-"}

// caseDocument is the incident that a golden case would be kept as.
func caseDocument(name string, v *diagnose.Verdict) index.Document {
	d := index.Document{ID: name, Title: name, Lang: "en", Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Fingerprint: fingerprint(v)}
	if slices.ContainsFunc(chinesePrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
		d.Lang = "zh"
	}
	var causes, fixes, lines []string
	line := func(list []diagnose.Evidence) {
		for _, e := range list {
			if s := diagnose.FirstLine(e.Text()); !slices.Contains(lines, s) {
				lines = append(lines, s)
			}
		}
	}
	for i, c := range slices.Concat(v.Causes, v.Symptoms) {
		texts := c.Rule.Texts(d.Lang)
		if i == 0 {
			d.Title = report.Title(c.Rule, c.Captures, d.Lang)
		}
		causes = append(causes, report.Title(c.Rule, c.Captures, d.Lang), diagnose.Fill(texts.Cause, c.Captures, report.Printable))
		for _, s := range texts.Fix {
			fixes = append(fixes, diagnose.Fill(s.Say, c.Captures, report.Printable))
		}
		if !slices.Contains(d.Systems, c.Rule.System) {
			d.Systems = append(d.Systems, c.Rule.System)
		}
		line(c.Evidence)
		for _, x := range c.Explains {
			line(x.Evidence)
		}
		for _, k := range c.Cases {
			d.IDs = append(d.IDs, k.ID)
			d.Hosts = append(d.Hosts, k.IDs[diagnose.KindHost]...)
		}
	}
	d.Rules = d.Fingerprint.Rules
	for _, g := range v.Unexplained {
		lines = append(lines, g.Text)
	}
	for _, s := range []index.Section{{Name: "cause", Text: strings.Join(causes, "\n")}, {Name: "fix", Text: strings.Join(fixes, "\n")}, {Name: "evidence", Text: strings.Join(lines, "\n")}} {
		if s.Text != "" {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

// caseCorpus are the incidents of all golden cases that have something to find.
var caseCorpus = sync.OnceValue(func() []index.Document {
	t := &testing.T{}
	base, _, _ := openBase(nil)
	var out []index.Document
	for _, dir := range caseDirs(t) {
		logs, names := caseLogs(t, dir)
		v := caseVerdict(t, base, logs, names)
		if d := caseDocument(filepath.Base(dir), v); len(d.Sections) > 0 {
			out = append(out, d)
		}
	}
	return out
})

func memoryIndex(t testing.TB, docs []index.Document) *index.Reader {
	t.Helper()
	r, err := index.Memory(docs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestRankings asks the golden queries: the wanted incident is first in 90 of
// 100, among the first five in 98, and the first five are those of before.
func TestRankings(t *testing.T) {
	r := memoryIndex(t, caseCorpus())
	text, err := os.ReadFile(rankingsFile)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	queries, first, five := 0, 0, 0
	for i, l := range strings.Split(string(text), "\n") {
		query, want, ok := strings.Cut(l, "\t")
		if strings.HasPrefix(l, "#") || !ok {
			continue
		}
		queries++
		q, err := index.Parse(query)
		if err != nil {
			t.Errorf("%d: %s: %v", i+1, query, err)
			continue
		}
		a, err := r.Search(q, index.Options{Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		right := strings.Split(want, "|")
		place := slices.IndexFunc(a.Results, func(x index.Result) bool { return slices.Contains(right, x.ID) })
		switch {
		case place == 0:
			first++
			five++
		case place > 0:
			five++
			t.Logf("%d: %s: the wanted one is at place %d, first is %s", i+1, query, place+1, a.Results[0].ID)
		default:
			t.Logf("%d: %s: the wanted one is not among the first five", i+1, query)
		}
		fmt.Fprintf(&got, "%s\n", query)
		if a.Any {
			fmt.Fprintf(&got, "\tany of the words\n")
		}
		for _, x := range a.Results {
			mark := ""
			if slices.Contains(right, x.ID) {
				mark = " *"
			}
			fmt.Fprintf(&got, "\t%s%s\n", x.ID, mark)
		}
	}
	t.Logf("%d queries: first %d, among the first five %d", queries, first, five)
	if queries < 60 || first*100 < queries*90 || five*100 < queries*98 {
		t.Errorf("of %d queries %d have the wanted incident first and %d among the first five; wanted are 90 %% and 98 %%", queries, first, five)
	}
	checkWant(t, rankingsWant, got.String(), false)
}
