package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"diagnose"
	"diagnose/corpus"
	"diagnose/index"
	"diagnose/report"
	"diagnose/rules"
)

const similarHelp = `diagnose similar finds past incidents that are like what a log shows.

Examples
  diagnose similar job.log               incidents of the same failure, with what fixed them
  ./deploy.sh 2>&1 | diagnose similar
  diagnose similar --format json job.log

Usage
  diagnose similar [flags] [PATH...]     - or no PATH is standard input

Each incident is shown with the lines that both have, and with what was
different. Where nothing is alike enough, nothing is shown.

Flags
%s
Exit status
  0  something like it was found
  1  nothing was
  2  something went wrong: wrong flags, unreadable input
`

type similarOptions struct {
	diagnoseOptions
	corpus string
	limit  int
}

func runSimilar(ctx context.Context, std stdio, args []string) int {
	var o similarOptions
	fs := pflag.NewFlagSet("similar", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.IntVarP(&o.limit, "limit", "n", 3, "`number` of incidents to show")
	fs.StringVar(&o.corpus, "corpus", "", "`directory` of the incidents (default: DIAGNOSE_CORPUS, or the user's data directory)")
	o.addFlags(fs)
	for _, name := range []string{"case", "show", "fail-on", "near", "version", "quiet", "save"} {
		if fs.Lookup(name) != nil {
			_ = fs.MarkHidden(name)
		}
	}
	if err := fs.Parse(args); err != nil {
		return std.usage("similar", err)
	}
	if o.help {
		fmt.Fprintf(std.out, similarHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("similar", err)
	}
	if o.limit < 1 || o.limit > maxLimit {
		return std.usage("similar", fmt.Errorf("--limit takes 1 to %d, not %d", maxLimit, o.limit))
	}
	return o.similar(ctx, std, fs.Args())
}

func (o *similarOptions) similar(ctx context.Context, std stdio, paths []string) int {
	base, status := loadBase(std, o.rules)
	if base == nil {
		return status
	}
	e, status := o.open(ctx, std, base, paths)
	if e == nil {
		return status
	}
	defer e.close()
	v, err := e.diagnose(ctx)
	if err != nil {
		return o.exit(std, e, nil, err)
	}
	past := openIncidents(std, o.corpus)
	past.lang = std.language(o.lang)
	r, err := past.openIndex(ctx, std)
	if err != nil {
		return std.fail("%v", err)
	}
	defer r.Close()
	likes, err := r.Similar(keptFingerprint(base, v), index.LikeOptions{Limit: o.limit, Threshold: index.Threshold, InUse: inUse(base)})
	if err != nil {
		return std.fail("%v", err)
	}
	seen := past.stale(ctx, base, seenOf(likes))
	if o.format == "json" {
		err = report.SimilarJSON(std.out, seen)
	} else {
		style := report.Style{Lang: std.language(o.lang), Color: std.useColor(o.color)}
		if std.terminal(std.out) {
			style.Width = min(std.width(), 120)
		}
		err = report.Similar(std.out, seen, style)
	}
	switch status := o.exit(std, e, nil, err); {
	case status != exitFound:
		return status
	case len(seen) == 0:
		return exitNone
	}
	return exitFound
}

// inUse tells which rules are there.
func inUse(base *rules.Base) func(string) bool {
	return func(id string) bool { return base.Rule(id) != nil }
}

// keptFingerprint is that of the verdict as it would be kept: incidents hold no
// secrets, and a line with one is to be like itself.
func keptFingerprint(base *rules.Base, v *diagnose.Verdict) index.Fingerprint {
	return fingerprint(redactVerdict(newRedactor(base, false), v))
}

// maxTemplates bounds a fingerprint's lines.
const maxTemplates = 60

// fingerprint is what is alike in another run of the same failure: the masked
// lines of causes, of what follows from them, and of unexplained trouble.
func fingerprint(v *diagnose.Verdict) index.Fingerprint {
	var f index.Fingerprint
	at := map[string]int{}
	add := func(text string, n int, of index.Part) {
		text = diagnose.Mask(text)
		i, ok := at[text]
		switch {
		case ok:
			f.Lines[i].Count += n
			f.Lines[i].Of = most(f.Lines[i].Of, of)
		case len(f.Lines) < maxTemplates && text != "":
			at[text] = len(f.Lines)
			f.Lines = append(f.Lines, index.Line{Text: text, Count: n, Of: of})
		}
	}
	evidence := func(list []diagnose.Evidence, r *diagnose.Rule, root bool) {
		var of index.Part
		switch {
		case r.Role == diagnose.RoleSymptom:
			of = index.PartSymptom
		case root:
			of = index.PartCause
		}
		for _, e := range list {
			add(e.Text(), 1+e.Dropped, of)
		}
	}
	for _, c := range slices.Concat(v.Causes, v.Symptoms) {
		evidence(c.Evidence, c.Rule, true)
		for _, x := range c.Explains {
			evidence(x.Evidence, x.Rule, false)
		}
	}
	for _, g := range v.Unexplained {
		add(g.Text, g.Count, "")
	}
	for _, c := range v.Causes {
		if !slices.Contains(f.Rules, c.Rule.ID) {
			f.Rules = append(f.Rules, c.Rule.ID)
		}
	}
	return f
}

// most is the part that says more of a line that is both.
func most(a, b index.Part) index.Part {
	switch {
	case a == index.PartCause || b == index.PartCause:
		return index.PartCause
	case a == index.PartSymptom && b == index.PartSymptom:
		return index.PartSymptom
	}
	return ""
}

func seenOf(likes []index.Like) []diagnose.Seen {
	lines := func(list []index.Line) []string {
		var out []string
		for _, l := range list {
			out = append(out, l.Text)
		}
		return out
	}
	var out []diagnose.Seen
	for _, l := range likes {
		out = append(out, diagnose.Seen{
			ID: l.ID, Title: l.Title, Time: l.Time, Likeness: l.Likeness, Fix: l.Fix, Confirmed: l.Confirmed, By: l.By, Shipped: l.Shipped,
			Shared: lines(l.Shared), Rules: l.Rules, OnlyHere: lines(l.OnlyHere), OnlyThere: lines(l.OnlyThere),
			OnlyHereRules: l.OnlyHereRules, OnlyThereRules: l.OnlyThereRules,
		})
	}
	return out
}

// Bounds of "seen before" in a verdict, which must cost next to nothing.
const (
	seenShown  = 3
	seenWait   = 5 * time.Millisecond // for a writer
	seenUpdate = 200                  // incidents of a corpus that is brought up to date on the way
)

// seenBefore finds past incidents of the user's own corpus that are like a
// verdict. What is wrong with the index is for search to say: the verdict does
// not hang on it.
func seenBefore(ctx context.Context, std stdio, base *rules.Base, v *diagnose.Verdict) []diagnose.Seen {
	past := openIncidents(std, "")
	stamp, dir := past.stamp(), past.indexDir(std)
	if v.Kind == diagnose.VerdictClean || stamp == "" || dir == "" {
		return nil
	}
	f := keptFingerprint(base, v)
	if f.Empty() {
		return nil
	}
	r, fresh, err := index.Open(ctx, dir, stamp, seenWait)
	if err == nil && !fresh && r.Len() <= seenUpdate || err != nil {
		if err == nil {
			r.Close()
		}
		if items, err := past.items(); err != nil || len(items) > seenUpdate {
			return nil
		}
		if _, err = index.Update(ctx, dir, past.corpus(), seenWait, false); err != nil {
			return nil
		}
		r, _, err = index.Open(ctx, dir, stamp, seenWait)
	}
	if err != nil {
		return nil
	}
	defer r.Close()
	// Shipped incidents may stand before the user's own: all candidates are asked for.
	likes, err := r.Similar(f, index.LikeOptions{Limit: index.Candidates, Threshold: index.Threshold, InUse: inUse(base)})
	if err != nil {
		return nil
	}
	likes = slices.DeleteFunc(likes, func(l index.Like) bool { return l.Shipped })
	if len(likes) > seenShown {
		likes = likes[:seenShown]
	}
	return past.stale(ctx, base, seenOf(likes))
}

// stale notes with each incident where its verdict is not the one that the rules
// would give to what was kept of it. An excerpt may lack what another rule needs,
// so that no cause at all says nothing.
func (in incidents) stale(ctx context.Context, base *rules.Base, list []diagnose.Seen) []diagnose.Seen {
	for i := range list {
		x, _, err := in.read(list[i].ID)
		if err != nil {
			continue // removed or broken since it was indexed
		}
		if s := staleOf(ctx, base, x); len(s.Gone)+len(s.Lost)+len(s.Now) > 0 {
			list[i].Stale = &s
		}
	}
	return list
}

// staleOf judges the kept evidence of an incident anew.
func staleOf(ctx context.Context, base *rules.Base, x *corpus.Incident) diagnose.Stale {
	var s diagnose.Stale
	matches := map[string]bool{}
	if len(x.Evidence) > 0 {
		e := newEngine(base, evidenceStreams(x))
		defer e.close()
		e.workers = 1
		v, err := e.diagnose(ctx)
		if err != nil {
			return s
		}
		for _, c := range v.Causes {
			s.Now = appendNew(s.Now, c.Rule.ID)
		}
		for _, k := range e.keepers {
			for _, c := range k.hits {
				matches[c.first[0].Rule.ID] = true
			}
		}
		for _, f := range e.findings {
			matches[f.Rule.ID] = true
		}
	}
	for _, id := range x.Rules {
		switch r := base.Rule(id); {
		case r == nil:
			s.Gone = append(s.Gone, id)
		case len(x.Evidence) > 0 && len(r.Signals) > 0 && !matches[id]:
			s.Lost = append(s.Lost, id)
		}
	}
	if slices.ContainsFunc(s.Now, func(id string) bool { return slices.Contains(x.Rules, id) }) {
		s.Now = nil
	}
	// Where the more general reading of a rule holds, only a part of the entry was kept.
	s.Lost = slices.DeleteFunc(s.Lost, func(id string) bool {
		general := func(now string) bool {
			return slices.ContainsFunc(base.Rule(id).Refines, func(p string) bool { return diagnose.MatchID(p, now) })
		}
		n := len(s.Now)
		s.Now = slices.DeleteFunc(s.Now, general)
		return len(s.Now) < n
	})
	if len(s.Now) > 0 {
		s.Was = x.Rules
	}
	return s
}
