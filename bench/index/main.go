// Command index measures the search over past incidents: how fast they are
// indexed, how much room that takes, and how long questions take, beside ripgrep
// over the same files and SQLite's FTS5, where those programs are there.
//
//	go run ./bench/index -n 100000 -dir /tmp/incidents
//
// The incidents are made of the shipped rules, their texts and examples, a third
// in Chinese, with other hosts, addresses and job numbers: the same n and seed
// give the same ones. Results go to standard output as a table.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
	"unicode"

	"diagnose"
	"diagnose/corpus"
	"diagnose/index"
	"diagnose/rules"
)

func main() {
	n := flag.Int("n", 100000, "incidents")
	dir := flag.String("dir", "", "directory for the incidents and the index")
	asked := flag.Int("queries", 300, "queries of each kind")
	others := flag.Bool("others", true, "measure ripgrep and sqlite3 too")
	fromFiles := flag.Bool("files", false, "index from the files instead of from memory: reading YAML is then part of it")
	keep := flag.Bool("keep", false, "ask the index that is there")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the questions to this `file`")
	flag.Parse()
	if *dir == "" {
		log.Fatal("-dir is missing")
	}
	g := newGenerator()
	list := g.all(*n)
	files := filepath.Join(*dir, "corpus")
	source := write(files, list)
	fmt.Printf("%d incidents, %.0f MB, %.0f bytes on average; %s, %d cores, %s\n\n", *n, float64(source)/1e6, float64(source)/float64(*n), runtime.Version(), runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
	idx := filepath.Join(*dir, "index")
	if !*keep {
		build(idx, list, files, source, *fromFiles)
	}
	queries := g.queries(list, *asked)
	if *others {
		rows(*dir, list)
	}
	// What was generated is no part of a program that asks.
	list = nil
	runtime.GC()
	if *profile != "" {
		f, err := os.Create(*profile)
		check(err)
		check(pprof.StartCPUProfile(f))
	}
	ask(idx, queries, files)
	pprof.StopCPUProfile()
	if *others {
		ripgrep(files, queries)
		sqlite(*dir, queries)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// generator makes incidents of rules.
type generator struct {
	r     *rand.Rand
	rules []*rules.Rule
}

func newGenerator() *generator {
	list, _ := rules.Load(rules.Embedded(), "rules/base")
	slices.SortFunc(list, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return &generator{r: rand.New(rand.NewPCG(1, 2)), rules: list}
}

func (g *generator) all(n int) []*corpus.Incident {
	out := make([]*corpus.Incident, n)
	for i := range out {
		out[i] = g.incident(i)
	}
	return out
}

var (
	numbers     = regexp.MustCompile(`\d{2,}`)
	placeholder = regexp.MustCompile(`\{\{\w+\}\}`)
)

// incident is one failure of a rule: few rules make most of them, as in life.
func (g *generator) incident(i int) *corpus.Incident {
	rule := g.rules[int(float64(len(g.rules))*g.r.Float64()*g.r.Float64())]
	lang := "en"
	if g.r.IntN(3) == 0 {
		lang = "zh"
	}
	host := fmt.Sprintf("%s-%02d", []string{"db", "web", "cache", "node", "build", "kvm"}[g.r.IntN(6)], g.r.IntN(100))
	job := fmt.Sprintf("job-%d", 1000+g.r.IntN(9_000_000))
	fill := func(s string) string { return placeholder.ReplaceAllString(strings.TrimSpace(s), host) }
	t := rule.Texts(lang)
	in := &corpus.Incident{
		ID: fmt.Sprintf("i%07d", i), Title: fill(t.Title), Lang: lang, Systems: []string{rule.System}, Rules: []string{rule.ID},
		Time: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(g.r.IntN(4*365*24*60)) * time.Minute), Verdict: "cause",
		Hosts: []string{host}, IDs: []string{job}, Causes: []corpus.Cause{{Rule: rule.ID, Title: fill(t.Title), Why: fill(t.Cause)}},
	}
	if g.r.IntN(2) == 0 && len(t.Fix) > 0 {
		if in.Fix = fill(t.Fix[g.r.IntN(len(t.Fix))].Say); in.Fix != "" {
			in.ConfirmedBy = "li"
		}
	}
	for _, l := range g.lines(rule) {
		l = numbers.ReplaceAllStringFunc(l, func(s string) string { return fmt.Sprint(10 + g.r.IntN(90_000)) })
		in.Evidence = append(in.Evidence, corpus.Evidence{File: "job.log", Line: 1 + g.r.IntN(5000), Text: l})
		in.Fingerprint = append(in.Fingerprint, corpus.Template{Count: 1 + g.r.IntN(4), Text: diagnose.Mask(l)})
	}
	in.Notes = fmt.Sprintf("%s on %s, ticket %s-%d. %s", job, host, []string{"OPS", "NET", "APP"}[g.r.IntN(3)], g.r.IntN(100000), g.words(12))
	return in
}

// lines are up to eight lines of one of the rule's examples.
func (g *generator) lines(rule *rules.Rule) []string {
	if len(rule.Examples) == 0 {
		return nil
	}
	x := rule.Examples[g.r.IntN(len(rule.Examples))]
	var out []string
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range x.Logs {
			if !yield(k) {
				return
			}
		}
	}) {
		for l := range strings.Lines(x.Logs[name]) {
			if l = strings.TrimSpace(l); l != "" && len(out) < 8 {
				out = append(out, l)
			}
		}
	}
	return out
}

// words are made-up ones of a vocabulary of 30,000, the common ones often.
func (g *generator) words(n int) string {
	var out []string
	for range n {
		k := int(30000 * g.r.Float64() * g.r.Float64() * g.r.Float64())
		w := ""
		for ; k > 0 || w == ""; k /= 20 {
			w += []string{"ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo", "zu"}[k%20]
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func write(dir string, list []*corpus.Incident) (total int64) {
	check(os.MkdirAll(dir, 0o755))
	for _, in := range list {
		text, err := in.Marshal()
		check(err)
		total += int64(len(text))
		name := filepath.Join(dir, in.ID+".md")
		if info, err := os.Stat(name); err == nil && info.Size() == int64(len(text)) {
			continue
		}
		check(os.WriteFile(name, text, 0o644))
	}
	return total
}

func document(in *corpus.Incident) index.Document {
	d := index.Document{ID: in.ID, Title: in.Title, Time: in.Time, Lang: in.Lang, Systems: in.Systems, Rules: in.Rules, Hosts: in.Hosts, IDs: in.IDs,
		Fixed: in.Fix != "", Confirmed: in.Fixed(), Fix: in.Fix, By: in.ConfirmedBy, Fingerprint: index.Fingerprint{Rules: in.Rules}}
	var lines []string
	for _, e := range in.Evidence {
		lines = append(lines, e.Text)
	}
	for _, t := range in.Fingerprint {
		d.Fingerprint.Lines = append(d.Fingerprint.Lines, index.Line{Text: t.Text, Count: t.Count})
	}
	for _, s := range []index.Section{{Name: "cause", Text: in.Causes[0].Title + "\n" + in.Causes[0].Why}, {Name: "fix", Text: in.Fix},
		{Name: "evidence", Text: strings.Join(lines, "\n")}, {Name: "notes", Text: in.Notes}} {
		if s.Text != "" {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

func size(dir string) (total int64) {
	check(filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := d.Info()
			check(err)
			total += info.Size()
		}
		return err
	}))
	return total
}

func build(dir string, list []*corpus.Incident, files string, source int64, fromFiles bool) {
	check(os.RemoveAll(dir))
	at := map[string]*corpus.Incident{}
	for _, in := range list {
		at[in.ID] = in
	}
	c := index.Corpus{Name: "bench", Stamp: "1",
		Items: func() (out []index.Item, err error) {
			for _, in := range list {
				out = append(out, index.Item{ID: in.ID, Stamp: "1"})
			}
			return out, nil
		},
		Load: func(id string) (index.Document, error) {
			if !fromFiles {
				return document(at[id]), nil
			}
			place := filepath.Join(files, id+".md")
			text, err := os.ReadFile(place)
			if err != nil {
				return index.Document{}, err
			}
			in, err := corpus.Parse(place, text)
			if err != nil {
				return index.Document{}, err
			}
			return document(in), nil
		},
	}
	runtime.GC()
	before, started, used := peak(), time.Now(), cpu()
	ch, err := index.Update(context.Background(), dir, c, time.Minute, true)
	check(err)
	wall, spent := time.Since(started), cpu()-used
	n := float64(len(list))
	from := "memory"
	if fromFiles {
		from = "files"
	}
	fmt.Printf("| indexing from %s | |\n|---|---|\n", from)
	fmt.Printf("| documents | %d |\n| wall / CPU | %.1f / %.1f s |\n| documents a CPU second | %.0f |\n", ch.Added, wall.Seconds(), spent.Seconds(), n/spent.Seconds())
	fmt.Printf("| on disk | %.0f MB, %.2f x the source |\n", float64(size(dir))/1e6, float64(size(dir))/float64(source))
	fmt.Printf("| peak memory of the process; of that the generated incidents | %.0f MB; %.0f MB |\n\n", float64(peak())/1e6, float64(before)/1e6)
}

// query is one question of a kind.
type query struct {
	text string
	like index.Fingerprint
}

var kinds = []string{"field", "all words", "any word", "phrase", "phrase, Chinese", "id", "likeness"}

// queries are made of what stands in the incidents.
func (g *generator) queries(list []*corpus.Incident, n int) map[string][]query {
	out := map[string][]query{}
	pick := func() *corpus.Incident { return list[g.r.IntN(len(list))] }
	run := func(s string, n int, is func(rune) bool) string {
		words := strings.FieldsFunc(s, func(r rune) bool { return !is(r) })
		if len(words) < n {
			return ""
		}
		from := g.r.IntN(len(words) - n + 1)
		return strings.Join(words[from:from+n], " ")
	}
	letters := func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) }
	for len(out["phrase, Chinese"]) < n || len(out["phrase"]) < n {
		in := pick()
		if in.Lang == "zh" {
			text := []rune(run(in.Causes[0].Why, 1, func(r rune) bool { return unicode.Is(unicode.Han, r) }))
			if k := 4 + g.r.IntN(3); len(text) >= k && len(out["phrase, Chinese"]) < n {
				out["phrase, Chinese"] = append(out["phrase, Chinese"], query{text: `"` + string(text[:k]) + `"`})
			}
			continue
		}
		// Words as they stand, without punctuation between them.
		words := strings.Fields(in.Causes[0].Why)
		if k := 2 + g.r.IntN(2); len(words) > k && len(out["phrase"]) < n {
			from := g.r.IntN(len(words) - k)
			out["phrase"] = append(out["phrase"], query{text: `"` + strings.NewReplacer(`"`, "", "`", "").Replace(strings.Join(words[from:from+k], " ")) + `"`})
		}
	}
	for i := range n {
		in := pick()
		text := in.Title + " " + in.Causes[0].Why
		field := []string{"rule:" + in.Rules[0], "host:" + in.Hosts[0], "id:" + in.IDs[0], "rule:" + in.Rules[0] + " host:" + in.Hosts[0], "rule:" + in.Rules[0][:len(in.Rules[0])-2] + "* after:2025-06-01"}[i%5]
		out["field"] = append(out["field"], query{text: field})
		out["id"] = append(out["id"], query{text: in.IDs[0]})
		if s := run(text, 2+i%2, letters); s != "" {
			out["all words"] = append(out["all words"], query{text: s})
		}
		if s := run(text, 3+i%5, letters); s != "" {
			out["any word"] = append(out["any word"], query{text: s + " nosuchword"})
		}
		f := document(in).Fingerprint
		f.Lines = append(f.Lines, index.Line{Text: "something else failed on # " + g.words(4), Count: 1})
		out["likeness"] = append(out["likeness"], query{like: f})
	}
	return out
}

// percentile of sorted durations, in milliseconds.
func percentile(list []time.Duration, p float64) float64 {
	return float64(list[int(p*float64(len(list)-1))]) / float64(time.Millisecond)
}

var targets = map[string]string{"field": "1", "all words": "20", "any word": "100", "phrase": "50", "phrase, Chinese": "250", "likeness": "20", "id": ""}

func ask(dir string, queries map[string][]query, files string) {
	started := time.Now()
	r, _, err := index.Open(context.Background(), dir, "", time.Second)
	check(err)
	defer r.Close()
	fmt.Printf("open: %.1f ms\n\n", float64(time.Since(started))/float64(time.Millisecond))
	fmt.Printf("| query | p50 ms | p99 ms | CPU p50 ms | CPU p99 ms | target p99 | found on average |\n|---|---|---|---|---|---|---|\n")
	for _, kind := range kinds {
		var took, used []time.Duration
		total := 0
		for round := range 2 { // the first warms the page cache
			for _, q := range queries[kind] {
				t, c := time.Now(), cpu()
				total += one(r, q)
				if round == 1 {
					took, used = append(took, time.Since(t)), append(used, cpu()-c)
				}
			}
		}
		slices.Sort(took)
		slices.Sort(used)
		fmt.Printf("| %s | %.2f | %.2f | %.2f | %.2f | %s | %d |\n", kind, percentile(took, 0.5), percentile(took, 0.99), percentile(used, 0.5), percentile(used, 0.99), targets[kind], total/2/len(took))
	}
	fmt.Println()
	explain(r, queries["all words"], files)
}

func one(r *index.Reader, q query) int {
	if q.text == "" {
		got, err := r.Similar(q.like, index.LikeOptions{Limit: 3, Threshold: index.Threshold})
		check(err)
		return len(got)
	}
	p, err := index.Parse(q.text)
	check(err)
	a, err := r.Search(p, index.Options{Limit: 10})
	check(err)
	return a.Total
}

// explain measures what reading ten results costs, with their reasons and
// excerpts.
func explain(r *index.Reader, queries []query, files string) {
	var took []time.Duration
	for _, q := range queries {
		p, err := index.Parse(q.text)
		check(err)
		a, err := r.Search(p, index.Options{Limit: 10})
		check(err)
		t := cpu()
		for _, x := range a.Results {
			place := filepath.Join(files, x.ID+".md")
			text, err := os.ReadFile(place)
			check(err)
			in, err := corpus.Parse(place, text)
			check(err)
			d := document(in)
			p.Explain(&d)
		}
		took = append(took, cpu()-t)
	}
	slices.Sort(took)
	fmt.Printf("reading ten results, their reasons and excerpts: CPU p50 %.2f ms, p99 %.2f ms\n\n", percentile(took, 0.5), percentile(took, 0.99))
}
