package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diagnose/corpus"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// scanned is what a rule does to one past incident.
type scanned struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Caught  []string `json:"caught"`           // rules tried that hold
	Before  []string `json:"before"`           // root causes without them
	After   []string `json:"after"`            // and with them
	Changes bool     `json:"changes"`          // the verdict
	Fix     string   `json:"fix,omitempty"`    // what really fixed it
	Really  []string `json:"really,omitempty"` // rules that somebody who confirmed named
}

// scan tries rules over the evidence of past incidents.
func (c *corpusRun) scan(ctx context.Context, args []string) int {
	if len(c.ruleIDs) == 0 || len(args) > 0 {
		return c.std.usage("corpus", errors.New("scan needs --rule FILE or --rule DIR"))
	}
	before, after, tried, err := scanBases(cacheDir(c.std), c.ruleIDs)
	if err != nil {
		return c.failed(err)
	}
	list, status := c.all()
	var out []scanned
	without := 0
	for _, in := range list {
		if len(in.Evidence) == 0 {
			without++
			continue
		}
		s, err := scanOne(ctx, before, after, tried, in.Incident)
		if err != nil {
			return c.std.fail("%v", err)
		}
		if len(s.Caught) > 0 || s.Changes {
			out = append(out, s)
		}
	}
	if failed := c.printScan(out, len(list), without); failed != 0 {
		return failed
	}
	if status == 0 && len(out) == 0 {
		return exitNone
	}
	return status
}

// scanBases returns the rules as shipped, the same with those of the files and
// directories, and the ids of the latter.
func scanBases(cache string, places []string) (before, after *rules.Base, tried []string, err error) {
	shipped, _ := rules.Shipped(cache)
	var all []error
	var mine []*rules.Rule
	for _, place := range places {
		set, problems := readRules(place)
		mine = append(mine, set...)
		all = append(all, problems...)
	}
	if len(all) > 0 {
		return nil, nil, nil, errors.Join(all...)
	}
	for _, r := range mine {
		tried = append(tried, r.ID)
	}
	if len(tried) == 0 {
		return nil, nil, nil, fmt.Errorf("%s: there is no rule", strings.Join(places, ", "))
	}
	return rules.NewBase(shipped), rules.NewBase(shipped, mine), tried, nil
}

// readRules reads a rule file or a directory of them. The id of a single file is
// made of its directory and its name, as below rules/base.
func readRules(place string) (list []*rules.Rule, problems []error) {
	info, err := os.Stat(place)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("--rule %s: is neither a file nor a directory", place)
		}
		return nil, []error{err}
	}
	if info.IsDir() {
		set, found := rules.Load(os.DirFS(place), place)
		for _, p := range found {
			problems = append(problems, p)
		}
		return set, problems
	}
	text, err := os.ReadFile(place)
	if err != nil {
		return nil, []error{err}
	}
	full, err := filepath.Abs(place)
	if err != nil {
		full = place
	}
	id := filepath.Base(filepath.Dir(full)) + "/" + strings.TrimSuffix(filepath.Base(full), filepath.Ext(full))
	r, found := rules.Parse(id, place, text)
	for _, p := range found {
		problems = append(problems, p)
	}
	if r != nil {
		list = append(list, r)
	}
	return list, problems
}

// scanOne diagnoses the evidence of an incident without and with the rules tried.
func scanOne(ctx context.Context, before, after *rules.Base, tried []string, in *corpus.Incident) (scanned, error) {
	s := scanned{ID: in.ID, Title: in.Title, Fix: in.Fix, Caught: []string{}}
	if in.Fixed() {
		s.Really = in.Rules
	}
	var err error
	if s.Before, _, err = causesOf(ctx, before, in); err != nil {
		return s, err
	}
	var held []string
	if s.After, held, err = causesOf(ctx, after, in); err != nil {
		return s, err
	}
	for _, id := range tried {
		if slices.Contains(held, id) {
			s.Caught = appendNew(s.Caught, id)
		}
	}
	s.Changes = !slices.Equal(s.Before, s.After)
	return s, nil
}

// causesOf returns the root causes and all findings that rules give for the evidence
// that an incident keeps.
func causesOf(ctx context.Context, base *rules.Base, in *corpus.Incident) (causes, held []string, err error) {
	e := newEngine(base, evidenceStreams(in))
	defer e.close()
	e.workers = 1
	v, err := e.diagnose(ctx)
	if err != nil {
		return nil, nil, err
	}
	causes = []string{}
	for _, c := range v.Causes {
		causes = appendNew(causes, c.Rule.ID)
	}
	for _, f := range e.findings {
		held = appendNew(held, f.Rule.ID)
	}
	return causes, held, nil
}

// evidenceStreams are the kept lines of each file as a log.
func evidenceStreams(in *corpus.Incident) []*source.Stream {
	texts := map[string]*strings.Builder{}
	var names []string
	for _, e := range in.Evidence {
		name := cmp.Or(e.File, "log")
		if texts[name] == nil {
			texts[name] = &strings.Builder{}
			names = append(names, name)
		}
		texts[name].WriteString(strings.TrimRight(e.Text, "\n") + "\n")
	}
	at := exampleTime
	if !in.Time.IsZero() {
		at = in.Time.AddDate(0, 0, 1) // what stamps without a year are read against
	}
	var streams []*source.Stream
	for _, name := range names {
		streams = append(streams, source.Memory(name, texts[name].String(), at, source.Options{BlockSize: 64 << 10}))
	}
	return streams
}

func (c *corpusRun) printScan(out []scanned, all, without int) int {
	limit := c.say("only excerpts of the logs are kept: a rule that counts lines, waits for one that is missing, or needs a line that nobody kept may do otherwise on the whole log",
		"语料只保留日志摘录：需要计数、等待缺失的行、或依赖未保留的行的规则，在完整日志上可能有不同结果")
	changed := 0
	for _, s := range out {
		if s.Changes {
			changed++
		}
	}
	if c.format == "json" {
		if out == nil {
			out = []scanned{}
		}
		return c.json(map[string]any{"scanned": all - without, "without_evidence": without, "changed": changed, "incidents": out, "limit": limit})
	}
	none := c.say("none", "无")
	for _, s := range out {
		fmt.Fprintf(c.std.out, "%s  %s\n", s.ID, report.Printable(s.Title))
		if len(s.Caught) > 0 {
			fmt.Fprintln(c.std.out, "  "+c.say("caught by  %s", "命中规则  %s", strings.Join(s.Caught, ", ")))
		}
		if s.Changes {
			fmt.Fprintln(c.std.out, "  "+c.say("verdict    %s  ->  %s", "结论变化  %s  ->  %s", cmp.Or(strings.Join(s.Before, ", "), none), cmp.Or(strings.Join(s.After, ", "), none)))
		}
		if s.Fix != "" {
			fmt.Fprintln(c.std.out, "  "+c.say("fixed by   %s", "实际解法  %s", report.Printable(firstLineOf(s.Fix))))
		}
	}
	fmt.Fprintln(c.std.out, c.say("%d of %d incidents caught or changed, %d verdicts changed, %d have no evidence to try", "%d / %d 个事件命中或变化，其中 %d 个结论变化，%d 个没有可供尝试的证据", len(out), all-without, changed, without))
	c.std.note("%s", limit)
	return 0
}

func firstLineOf(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
