package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/corpus"
	"diagnose/index"
	"diagnose/report"
	"diagnose/rules"
)

// add keeps a new incident: of a log, of a JSON report, or by hand.
func (c *corpusRun) add(ctx context.Context, paths []string) int {
	base, status := loadBase(c.std, c.rules)
	if base == nil {
		return status
	}
	in := &corpus.Incident{Lang: c.lang}
	if len(paths) > 0 || c.title == "" {
		from, failed := c.incidentFrom(ctx, base, paths)
		if from == nil {
			return failed
		}
		in = from
	}
	if err := c.byHand(in, time.Now()); err != nil {
		return c.std.usage("corpus", err)
	}
	return c.keep(ctx, base, in)
}

// keep redacts an incident, gives it an id and writes it.
func (c *corpusRun) keep(ctx context.Context, base *rules.Base, in *corpus.Incident) int {
	hidden := redactIncident(newRedactor(base, c.maskHosts), in)
	if in.ID == "" {
		in.ID = corpus.NewID(in, time.Now())
	}
	if err := c.locked(ctx, func() error { return c.store.Add(in) }); err != nil {
		return c.failed(err)
	}
	if hidden > 0 {
		c.std.note("%s", c.say("%d secrets were taken out", "已去除 %d 处密钥或口令", hidden))
	}
	return c.tell(map[string]any{"id": in.ID, "file": c.store.Path(in.ID), "secrets": hidden}, "kept as %s", "已保存为 %s", in.ID)
}

// byHand sets what the flags say.
func (c *corpusRun) byHand(in *corpus.Incident, now time.Time) error {
	for _, f := range []struct {
		value string
		into  *string
	}{{c.id, &in.ID}, {c.title, &in.Title}, {c.note, &in.Notes}, {c.fix, &in.Fix}, {c.by, &in.ConfirmedBy}} {
		if f.value != "" {
			*f.into = f.value
		}
	}
	if c.id != "" && !corpus.ValidID(c.id) {
		return fmt.Errorf("--id %q: an id has small letters, digits and dashes, 80 at most", c.id)
	}
	if in.ConfirmedBy != "" && in.Fix == "" {
		return errors.New("--by needs --fix: somebody confirms a fix")
	}
	if in.ConfirmedBy != "" {
		in.Confirmed = now.UTC().Truncate(time.Second)
	}
	if c.at != "" {
		t, err := parseTime(c.at, now)
		if err != nil {
			return fmt.Errorf("--time: %w", err)
		}
		in.Time = t
	}
	in.Systems = appendNew(in.Systems, c.systems...)
	in.Rules = appendNew(in.Rules, c.ruleIDs...)
	in.Hosts = appendNew(in.Hosts, c.hosts...)
	in.Links = appendNew(in.Links, c.links...)
	return nil
}

func appendNew(list []string, more ...string) []string {
	for _, x := range more {
		if x != "" && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// maxReport bounds a JSON report that is read.
const maxReport = 64 << 20

// incidentFrom makes an incident of a report or of logs.
func (c *corpusRun) incidentFrom(ctx context.Context, base *rules.Base, paths []string) (*corpus.Incident, int) {
	if len(paths) == 1 && paths[0] != "-" {
		in, err := reportIncident(paths[0], c.lang)
		if err != nil {
			return nil, c.std.fail("%v", err)
		}
		if in != nil {
			return in, 0
		}
	}
	e, status := c.open(ctx, c.std, base, paths)
	if e == nil {
		return nil, status
	}
	defer e.close()
	v, err := e.diagnose(ctx)
	if err != nil {
		return nil, c.exit(c.std, e, nil, err)
	}
	for _, p := range e.unread() {
		c.std.fail("%v", p)
	}
	in := incidentOf(redactVerdict(newRedactor(base, c.maskHosts), v), c.lang)
	if in == nil {
		c.std.fail("%s", c.say("the log is clean: there is nothing to keep", "日志正常：没有可保存的内容"))
		c.std.hint("%s", c.say("--title keeps an incident without a log", "用 --title 可以保存没有日志的事件"))
		return nil, exitWrong
	}
	return in, 0
}

// save keeps the verdict that was just printed, for --save.
func (o *diagnoseOptions) saveVerdict(ctx context.Context, std stdio, base *rules.Base, v *diagnose.Verdict) error {
	lang := std.language(o.lang)
	in := incidentOf(redactVerdict(newRedactor(base, false), v), lang)
	if in == nil {
		std.note("%s", inLanguage(lang, "the log is clean: nothing was kept", "日志正常：没有保存任何内容"))
		return nil
	}
	redactIncident(newRedactor(base, false), in)
	in.ID = corpus.NewID(in, time.Now())
	c := &corpusRun{corpusOptions: &corpusOptions{}, std: std, store: corpus.Open(openIncidents(std, "").dir)}
	err := c.locked(ctx, func() error { return c.store.Add(in) })
	switch {
	case errors.Is(err, corpus.ErrThere):
		std.note("%s", inLanguage(lang, "it is kept already: %s", "已经保存过：%s", in.ID))
	case err != nil:
		return fmt.Errorf("--save: %w", err)
	default:
		std.note("%s", inLanguage(lang, "kept as %s", "已保存为 %s", in.ID))
		std.hint("%s", inLanguage(lang, "when it is solved: diagnose corpus resolve %s --fix '...' --by NAME", "解决之后：diagnose corpus resolve %s --fix '...' --by 姓名", in.ID))
	}
	return nil
}

// Bounds of what an incident keeps of each thing that a verdict names.
const (
	keptEvidence = 12 // of one cause or consequence
	keptValues   = 20 // ids, hosts
)

// incidentOf is a verdict as an incident; nil of a clean one.
func incidentOf(v *diagnose.Verdict, lang string) *corpus.Incident {
	if v.Kind == diagnose.VerdictClean {
		return nil
	}
	in := &corpus.Incident{Lang: lang, Verdict: string(v.Kind), Captures: map[string]string{}}
	lines := &excerpt{at: map[string]int{}}
	for _, x := range v.Causes {
		in.Rules = appendNew(in.Rules, x.Rule.ID)
		in.Causes = append(in.Causes, corpus.Cause{Rule: x.Rule.ID, Title: report.Title(x.Rule, x.Captures, lang), Why: diagnose.Fill(strings.TrimSpace(x.Rule.Texts(lang).Cause), x.Captures, report.Printable)})
	}
	for _, x := range slices.Concat(v.Causes, v.Symptoms) {
		addCause(in, x, lines)
		if in.Title == "" {
			in.Title = report.Title(x.Rule, x.Captures, lang)
		}
	}
	if v.Stated != nil {
		lines.add([]diagnose.Evidence{*v.Stated})
	}
	for _, g := range v.Unexplained {
		lines.add(g.Evidence[:min(1, len(g.Evidence))])
		if in.Title == "" {
			in.Title = report.Printable(diagnose.FirstLine(g.Text))
		}
	}
	in.Evidence = lines.list()
	for _, t := range fingerprint(v).Lines {
		in.Fingerprint = append(in.Fingerprint, corpus.Template{Count: t.Count, Of: string(t.Of), Text: t.Text})
	}
	for _, e := range in.Evidence {
		if !e.Time.IsZero() && (in.Time.IsZero() || e.Time.Before(in.Time)) {
			in.Time = e.Time
		}
	}
	return in
}

// addCause adds what a cause or an umbrella says of systems, captures, ids and hosts.
func addCause(in *corpus.Incident, x *diagnose.Cause, lines *excerpt) {
	in.Systems = appendNew(in.Systems, x.Rule.System)
	for _, name := range sortedKeys(x.Captures) {
		if _, there := in.Captures[name]; !there && x.Captures[name] != "" {
			in.Captures[name] = x.Captures[name]
		}
	}
	for _, k := range x.Cases {
		addIDs(in, k)
	}
	lines.add(x.Evidence)
	for _, y := range x.Explains {
		lines.add(y.Evidence)
	}
}

func addIDs(in *corpus.Incident, k *diagnose.Case) {
	for _, kind := range slices.Sorted(maps.Keys(k.IDs)) {
		for _, v := range k.IDs[kind] {
			switch {
			case kind == diagnose.KindHost && len(in.Hosts) < keptValues:
				in.Hosts = appendNew(in.Hosts, v)
			case kind.Strong() && len(in.IDs) < keptValues:
				in.IDs = appendNew(in.IDs, diagnose.ID{Kind: kind, Value: v}.String())
			}
		}
	}
}

// excerpt collects the entries that an incident keeps, each once.
type excerpt struct {
	at    map[string]int // place -> its place in the evidence
	files []string       // in the order they came
	all   []corpus.Evidence
}

func (x *excerpt) add(list []diagnose.Evidence) {
	for _, e := range list[:min(keptEvidence, len(list))] {
		at := e.Entry.Time
		if !diagnose.Dated(at) {
			at = time.Time{}
		}
		x.addText(e.Entry.Stream, e.Entry.Line, at, e.Entry.Text)
	}
}

func (x *excerpt) addText(file string, line int, at time.Time, text string) {
	place := fmt.Sprintf("%s\x00%d", file, line)
	if _, there := x.at[place]; there || len(x.all) >= corpus.MaxEvidence {
		return
	}
	x.at[place] = len(x.all)
	if !slices.Contains(x.files, file) {
		x.files = append(x.files, file)
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > corpus.MaxText {
		text = strings.ToValidUTF8(text[:corpus.MaxText], "") + "…"
	}
	x.all = append(x.all, corpus.Evidence{File: file, Line: line, Time: at.UTC(), Text: text})
}

// list is the evidence as the logs have it, the file of the first cause first.
func (x *excerpt) list() []corpus.Evidence {
	order := map[string]int{}
	for i, f := range x.files {
		order[f] = i
	}
	slices.SortStableFunc(x.all, func(a, b corpus.Evidence) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return x.all
}

// savedReport is what an incident needs of a JSON report.
type savedReport struct {
	Schema      string       `json:"schema"`
	Verdict     string       `json:"verdict"`
	Causes      []savedCause `json:"causes"`
	Symptoms    []savedCause `json:"symptoms"`
	Unexplained []struct {
		Count    int             `json:"count"`
		Text     string          `json:"text"`
		Evidence []savedEvidence `json:"evidence"`
	} `json:"unexplained"`
}

type savedCause struct {
	Rule     string            `json:"rule"`
	Title    string            `json:"title"`
	System   string            `json:"system"`
	Cause    string            `json:"cause"`
	Captures map[string]string `json:"captures"`
	Cases    []struct {
		IDs map[diagnose.IDKind][]string `json:"ids"`
	} `json:"cases"`
	Evidence []savedEvidence `json:"evidence"`
	Explains []struct {
		Evidence []savedEvidence `json:"evidence"`
	} `json:"explains"`
}

type savedEvidence struct {
	File  string    `json:"file"`
	Line  int       `json:"line"`
	Time  time.Time `json:"time"`
	Text  string    `json:"text"`
	Match string    `json:"match"`
}

// reportIncident reads a JSON report; nil when the file is none.
func reportIncident(file, lang string) (*corpus.Incident, error) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxReport {
		return nil, nil // what it is, reading it as a log will say
	}
	text, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) || !bytes.Contains(text[:min(len(text), 200)], []byte(report.Schema)) {
		return nil, nil
	}
	var r savedReport
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: looks like a report and is none: %w", file, err)
	}
	if r.Verdict == string(diagnose.VerdictClean) {
		return nil, fmt.Errorf("%s: the log was clean: there is nothing to keep", file)
	}
	return r.incident(lang), nil
}

func (r *savedReport) incident(lang string) *corpus.Incident {
	secrets := newRedactor(nil, false)
	in := &corpus.Incident{Lang: lang, Verdict: r.Verdict, Captures: map[string]string{}}
	lines := &excerpt{at: map[string]int{}}
	evidence := func(list []savedEvidence, of index.Part) {
		for _, e := range list[:min(keptEvidence, len(list))] {
			lines.addText(e.File, e.Line, e.Time, secrets.Text(e.Text))
			text := e.Match
			if text == "" {
				text = e.Text
			}
			addTemplate(in, diagnose.Mask(secrets.Text(text)), of)
		}
	}
	for i, x := range slices.Concat(r.Causes, r.Symptoms) {
		if i < len(r.Causes) {
			in.Rules = appendNew(in.Rules, x.Rule)
			in.Causes = append(in.Causes, corpus.Cause{Rule: x.Rule, Title: x.Title, Why: x.Cause})
		}
		in.Title = cmp.Or(in.Title, x.Title)
		in.Systems = appendNew(in.Systems, x.System)
		for _, name := range sortedKeys(x.Captures) {
			in.Captures[name] = cmp.Or(in.Captures[name], x.Captures[name])
		}
		for _, k := range x.Cases {
			addIDs(in, &diagnose.Case{IDs: k.IDs})
		}
		of := index.PartSymptom
		if i < len(r.Causes) {
			of = index.PartCause
		}
		evidence(x.Evidence, of)
		for _, y := range x.Explains {
			evidence(y.Evidence, "")
		}
	}
	for _, g := range r.Unexplained {
		in.Title = cmp.Or(in.Title, diagnose.FirstLine(g.Text))
		evidence(g.Evidence[:min(1, len(g.Evidence))], "")
	}
	in.Evidence = lines.list()
	for _, e := range in.Evidence {
		if !e.Time.IsZero() && (in.Time.IsZero() || e.Time.Before(in.Time)) {
			in.Time = e.Time
		}
	}
	return in
}

func addTemplate(in *corpus.Incident, text string, of index.Part) {
	i := slices.IndexFunc(in.Fingerprint, func(t corpus.Template) bool { return t.Text == text })
	switch {
	case i >= 0:
		in.Fingerprint[i].Count++
		in.Fingerprint[i].Of = string(most(index.Part(in.Fingerprint[i].Of), of))
	case len(in.Fingerprint) < corpus.MaxTemplate && text != "":
		in.Fingerprint = append(in.Fingerprint, corpus.Template{Count: 1, Of: string(of), Text: text})
	}
}
