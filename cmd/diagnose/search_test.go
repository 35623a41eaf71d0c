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
	rankingsFile        = "../../index/testdata/rankings.txt"
	rankingsWant        = "../../index/testdata/rankings.want.txt"
	shippedRankingsFile = "../../index/testdata/rankings.seed.txt"
	shippedRankingsWant = "../../index/testdata/rankings.seed.want.txt"
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
	base, _, _ := openBase("", nil)
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

// ranked is how many of the queries of a file have their incident first, and
// among the first five.
type ranked struct{ queries, first, five int }

// less reports whether fewer of a hundred are first, or among the first five.
func (r ranked) less(first, five int) bool {
	return r.first*100 < r.queries*first || r.five*100 < r.queries*five
}

// askRankings asks the queries of a file. It returns the tally of each part, by
// the heading above it, and what was found.
func askRankings(t *testing.T, r *index.Reader, file string) (parts map[string]*ranked, all ranked, found string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	parts = map[string]*ranked{}
	part := ""
	for i, l := range strings.Split(string(text), "\n") {
		if heading, ok := strings.CutPrefix(l, "# "); ok {
			part = heading
		}
		query, want, ok := strings.Cut(l, "\t")
		if strings.HasPrefix(l, "#") || !ok {
			continue
		}
		if parts[part] == nil {
			parts[part] = &ranked{}
		}
		q, err := index.Parse(query)
		if err != nil {
			t.Errorf("%s:%d: %s: %v", file, i+1, query, err)
			continue
		}
		a, err := r.Search(q, index.Options{Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		right := strings.Split(want, "|")
		place := slices.IndexFunc(a.Results, func(x index.Result) bool { return slices.Contains(right, x.ID) })
		for _, n := range []*ranked{parts[part], &all} {
			n.queries++
			if place == 0 {
				n.first++
			}
			if place >= 0 {
				n.five++
			}
		}
		switch {
		case place > 0:
			t.Logf("%d: %s: the wanted one is at place %d, first is %s", i+1, query, place+1, a.Results[0].ID)
		case place < 0:
			t.Logf("%d: %s: the wanted one is not among the first five", i+1, query)
		}
		got.WriteString(listing(query, a, right))
	}
	return parts, all, got.String()
}

// listing is a query with what it found; the wanted ones have a star.
func listing(query string, a *index.Answer, right []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", query)
	if a.Any {
		fmt.Fprintf(&b, "\tany of the words\n")
	}
	for _, x := range a.Results {
		mark := ""
		if slices.Contains(right, x.ID) {
			mark = " *"
		}
		fmt.Fprintf(&b, "\t%s%s\n", x.ID, mark)
	}
	return b.String()
}

// TestRankings asks the golden queries: the wanted incident is first in 90 of
// 100, among the first five in 98, and the first five are those of before.
func TestRankings(t *testing.T) {
	t.Parallel()
	_, all, got := askRankings(t, memoryIndex(t, caseCorpus()), rankingsFile)
	t.Logf("%d queries: first %d, among the first five %d", all.queries, all.first, all.five)
	if all.queries < 60 || all.less(90, 98) {
		t.Errorf("of %d queries %d have the wanted incident first and %d among the first five; wanted are 90 %% and 98 %%", all.queries, all.first, all.five)
	}
	checkWant(t, rankingsWant, got, false)
}

// TestShippedRankings asks those over the incidents that come with the program.
func TestShippedRankings(t *testing.T) {
	base := loadedBase(t)
	var docs []index.Document
	for _, in := range shippedIncidents() {
		docs = append(docs, incidentDocument(in, true, base))
	}
	parts, all, got := askRankings(t, memoryIndex(t, docs), shippedRankingsFile)
	for part, n := range parts {
		t.Logf("%s: %d queries: first %d, among the first five %d", part, n.queries, n.first, n.five)
	}
	if all.queries < 60 || all.less(90, 98) {
		t.Errorf("of %d queries %d have the wanted incident first and %d among the first five; wanted are 90 %% and 98 %%", all.queries, all.first, all.five)
	}
	checkWant(t, shippedRankingsWant, got, false)
}
