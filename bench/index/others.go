package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diagnose/corpus"
)

// fewQueries is how many queries of a kind the other programs are asked: each is
// a process.
const fewQueries = 20

// words of a query as other programs take them: without field names and quotes.
func plain(text string) []string {
	text = strings.Trim(text, `"`)
	return strings.Fields(text)
}

// ripgrep looks for the query's words in every file: -l with the phrase, or with
// one word after another over the files that are left.
func ripgrep(files string, queries map[string][]query) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		return
	}
	fmt.Printf("| ripgrep | p50 ms | slowest ms |\n|---|---|---|\n")
	for _, kind := range []string{"id", "all words", "phrase", "phrase, Chinese"} {
		var took []time.Duration
		for _, q := range queries[kind][:min(fewQueries/4, len(queries[kind]))] {
			t := time.Now()
			terms := plain(q.text)
			if strings.HasPrefix(kind, "phrase") {
				terms = []string{strings.Trim(q.text, `"`)}
			}
			// The words in any order: files with the first, of those the ones with the next.
			list, _ := exec.Command(rg, "-l", "-i", "-F", "--", terms[0], files).Output()
			for _, term := range terms[1:] {
				cmd := exec.Command("xargs", "-r", rg, "-l", "-i", "-F", "-e", term)
				cmd.Stdin = bytes.NewReader(list)
				list, _ = cmd.Output()
			}
			took = append(took, time.Since(t))
		}
		slices.Sort(took)
		fmt.Printf("| %s | %.0f | %.0f |\n", kind, percentile(took, 0.5), percentile(took, 1))
	}
	fmt.Println()
}

// sqlite makes an FTS5 table with the trigram tokenizer, which finds Chinese and
// codes, and asks it the same.
func sqlite(dir string, queries map[string][]query) {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		return
	}
	for _, tokenizer := range []string{"unicode61", "trigram"} {
		db := filepath.Join(dir, tokenizer+".db")
		os.Remove(db)
		t := time.Now()
		run(program, db, fmt.Sprintf("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, rule, host, body, tokenize='%s');\n.mode csv\n.import %s t\n", tokenizer, filepath.Join(dir, rowsFile)))
		info, err := os.Stat(db)
		check(err)
		fmt.Printf("| SQLite FTS5, %s | p50 ms | slowest ms |\n|---|---|---|\n| building: %.0f s, %.0f MB | | |\n", tokenizer, time.Since(t).Seconds(), float64(info.Size())/1e6)
		for _, kind := range []string{"id", "all words", "any word", "phrase", "phrase, Chinese"} {
			took := fts(program, db, kind, queries[kind])
			fmt.Printf("| %s | %.1f | %.1f |\n", kind, percentile(took, 0.5), percentile(took, 1))
		}
		fmt.Println()
	}
}

const rowsFile = "rows.csv"

// rows writes the incidents as SQLite reads them.
func rows(dir string, list []*corpus.Incident) {
	f, err := os.Create(filepath.Join(dir, rowsFile))
	check(err)
	w := csv.NewWriter(f)
	for _, in := range list {
		d := document(in)
		var text []string
		for _, s := range d.Sections {
			text = append(text, s.Text)
		}
		check(w.Write([]string{in.ID, in.Title, in.Rules[0], in.Hosts[0], strings.Join(text, "\n") + "\n" + in.IDs[0]}))
	}
	w.Flush()
	check(w.Error())
	check(f.Close())
}

func run(program, db, script string) string {
	cmd := exec.Command(program, db)
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v: %.300s\n", program, err, out)
	}
	return string(out)
}

// fts asks all queries of a kind in one process, each timed by the shell itself.
func fts(program, db, kind string, list []query) []time.Duration {
	var script strings.Builder
	script.WriteString(".timer on\n")
	for _, q := range list[:min(fewQueries*5, len(list))] {
		terms := plain(q.text)
		for i, t := range terms {
			terms[i] = `"` + t + `"`
		}
		match := strings.Join(terms, map[bool]string{true: " OR ", false: " AND "}[kind == "any word"])
		if strings.HasPrefix(kind, "phrase") {
			match = `"` + strings.Trim(q.text, `"`) + `"`
		}
		fmt.Fprintf(&script, "SELECT id FROM t WHERE t MATCH '%s' ORDER BY rank LIMIT 10;\n", strings.ReplaceAll(match, "'", "''"))
	}
	var took []time.Duration
	for _, l := range strings.Split(run(program, db, script.String()), "\n") {
		var real, user, sys float64
		if n, _ := fmt.Sscanf(l, "Run Time: real %f user %f sys %f", &real, &user, &sys); n == 3 {
			took = append(took, time.Duration(real*float64(time.Second)))
		}
	}
	slices.Sort(took)
	if len(took) == 0 {
		took = []time.Duration{0}
	}
	return took
}
