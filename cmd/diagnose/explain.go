package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"diagnose"
	"diagnose/correlate"
	"diagnose/report"
	"diagnose/rules"
)

const explainHelp = `diagnose explain says why a rule holds in logs, or what it lacks.

Examples
  diagnose explain curl/could-not-resolve-host job.log   the condition as a tree, with the lines
  diagnose explain 'ssh/*' job.log                       every rule of a system
  ./deploy.sh 2>&1 | diagnose explain ssh/connect-timeout
  diagnose explain ssh/kex-closed --format json job.log
  diagnose --near job.log                                which rules nearly matched

Usage
  diagnose explain [flags] RULE [PATH...]    RULE is an id or a glob; - or no PATH is standard input

Flags
%s
Exit status
  0  a rule of that name holds
  1  none does
  2  something went wrong: wrong flags, no such rule, unreadable input
`

type explainOptions struct {
	diagnoseOptions
}

func (o *explainOptions) addFlags(fs *pflag.FlagSet) {
	o.diagnoseOptions.addFlags(fs)
	// These narrow a verdict, and there is none here.
	for _, name := range []string{"case", "since", "until", "show", "fail-on", "near", "version", "quiet"} {
		if fs.Lookup(name) != nil {
			_ = fs.MarkHidden(name)
		}
	}
}

func runExplain(ctx context.Context, std stdio, args []string) int {
	var o explainOptions
	fs := pflag.NewFlagSet("explain", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.addFlags(fs)
	if err := fs.Parse(args); err != nil {
		return std.usage("explain", err)
	}
	if o.help {
		fmt.Fprintf(std.out, explainHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("explain", err)
	}
	if fs.NArg() == 0 {
		return std.usage("explain", fmt.Errorf("explain needs the id of a rule, or a glob of ids"))
	}
	return o.explain(ctx, std, fs.Arg(0), fs.Args()[1:])
}

func (o *explainOptions) explain(ctx context.Context, std stdio, name string, paths []string) int {
	base, status := loadBase(std, o.rules)
	if base == nil {
		return status
	}
	selected := base.Select(name)
	if len(selected) == 0 {
		std.fail("there is no rule %q", name)
		if near := base.Nearest(name); len(near) > 0 {
			std.hint("did you mean %s?", strings.Join(near, ", "))
		} else {
			std.hint("diagnose rules list shows them all")
		}
		return exitWrong
	}
	e, status := o.open(ctx, std, base, paths)
	if e == nil {
		return status
	}
	defer e.close()
	list, err := e.explain(ctx, selected)
	if err == nil {
		err = o.printExplained(std, list)
	}
	return o.exitExplained(std, e, list, err)
}

// open makes an engine over the paths.
func (o *diagnoseOptions) open(ctx context.Context, std stdio, base *rules.Base, paths []string) (*engine, int) {
	streams, problems := o.streams(ctx, std, paths)
	e := newEngine(base, streams)
	e.problems = problems
	err := o.times(e, time.Now())
	for _, zone := range o.zones {
		if zoneErr := e.clock.addZone(zone); err == nil && zoneErr != nil {
			err = fmt.Errorf("--tz: %w", zoneErr)
		}
	}
	if err != nil {
		e.close()
		return nil, std.usage("explain", err)
	}
	return e, 0
}

func (e *engine) close() {
	for _, s := range e.streams {
		s.Close()
	}
}

func (o *explainOptions) printExplained(std stdio, list []*diagnose.Explanation) error {
	lang := std.language(o.lang)
	if o.format == "json" {
		return report.ExplainJSON(std.out, list, lang)
	}
	return report.Explain(std.out, list, o.style(std))
}

func (o *common) style(std stdio) report.Style {
	style := report.Style{Lang: std.language(o.lang), Color: std.useColor(o.color)}
	if std.terminal(std.out) {
		style.Width = min(std.width(), 120)
	}
	return style
}

func (o *explainOptions) exitExplained(std stdio, e *engine, list []*diagnose.Explanation, err error) int {
	if status := o.exit(std, e, nil, err); status != exitFound || err != nil {
		return status
	}
	if slices.ContainsFunc(list, func(x *diagnose.Explanation) bool {
		return x.Standing != diagnose.StandsNot && x.Standing != diagnose.StandsOver
	}) {
		return exitFound
	}
	return exitNone
}

// explain diagnoses, then reads the logs once more for all that the selected
// rules match, or nearly do.
func (e *engine) explain(ctx context.Context, selected []*rules.Rule) ([]*diagnose.Explanation, error) {
	v, err := e.diagnose(ctx)
	if err != nil {
		return nil, err
	}
	near, err := e.nearPass(ctx, selected, true)
	if err != nil {
		return nil, err
	}
	return e.explained(v, selected, near), nil
}

// near explains the rules that do not hold and of which something matched or
// nearly did, nearest first.
func (e *engine) nearly(ctx context.Context, v *diagnose.Verdict) ([]*diagnose.Explanation, error) {
	near, err := e.nearPass(ctx, e.base.All(), false)
	if err != nil {
		return nil, err
	}
	touched := map[*rules.Rule]bool{}
	for _, n := range near {
		touched[n.Rule] = true
	}
	for _, k := range e.keepers {
		for _, c := range k.hits {
			touched[c.first[0].Rule] = true
		}
	}
	var selected []*rules.Rule
	for _, r := range e.base.All() {
		if touched[r] && r.Role != diagnose.RoleBenign {
			selected = append(selected, r)
		}
	}
	list := slices.DeleteFunc(e.explained(v, selected, near), func(x *diagnose.Explanation) bool {
		return x.Standing != diagnose.StandsNot || x.Nearness == 0
	})
	sort.SliceStable(list, func(i, j int) bool { return list[i].Nearness > list[j].Nearness })
	return list, nil
}

// explained judges the rules over what is kept, and says where the verdict put
// them.
func (e *engine) explained(v *diagnose.Verdict, selected []*rules.Rule, near []rules.Near) []*diagnose.Explanation {
	var c collected
	for _, k := range e.keepers {
		k.collect(&c)
	}
	for _, h := range e.reasons {
		if !slices.Contains(selected, h.Rule) {
			continue
		}
		c.hits = append(c.hits, h)
		if !slices.Contains(c.entries, h.Entry) {
			c.entries = append(c.entries, h.Entry)
		}
	}
	tied := correlate.Tie(c.entries)
	order := newChronicle(c.entries)
	sort.SliceStable(c.hits, func(i, j int) bool { return order.before(c.hits[i].Entry, c.hits[j].Entry) })
	list := rules.Explain(selected, c.hits, near, e.scene(&c, tied, order, e.chronologies(c.entries)))
	for _, x := range list {
		x.Standing, x.By = e.standing(v, x.Rule.ID)
	}
	return list
}

// standing is what the verdict made of a rule, and the rule that took its place.
func (e *engine) standing(v *diagnose.Verdict, id string) (diagnose.Standing, string) {
	if slices.ContainsFunc(e.reasons, func(h *rules.Hit) bool { return h.Rule.ID == id }) {
		return diagnose.StandsReason, ""
	}
	for _, list := range []struct {
		causes []*diagnose.Cause
		as     diagnose.Standing
	}{{v.Causes, diagnose.StandsCause}, {v.Symptoms, diagnose.StandsSymptom}, {v.Warnings, diagnose.StandsWarning}} {
		for _, c := range list.causes {
			if c.Rule.ID == id {
				return list.as, ""
			}
		}
		for _, c := range list.causes {
			if slices.ContainsFunc(c.Explains, func(x *diagnose.Consequence) bool { return x.Rule.ID == id }) {
				return diagnose.StandsConsequence, c.Rule.ID
			}
		}
	}
	for _, f := range e.findings {
		switch {
		case f.Rule.ID != id:
		case f.Rule.Role == diagnose.RoleBenign:
			return diagnose.StandsBenign, ""
		case f.Cleared:
			return diagnose.StandsOver, ""
		default:
			return diagnose.StandsRefined, e.refiner(f)
		}
	}
	return diagnose.StandsNot, ""
}

// refiner is the rule that reads the entries of a finding more specially.
func (e *engine) refiner(f *diagnose.Finding) string {
	for _, other := range e.findings {
		if !slices.ContainsFunc(other.Rule.Refines, func(pattern string) bool { return diagnose.MatchID(pattern, f.Rule.ID) }) {
			continue
		}
		for _, a := range other.Evidence {
			if slices.ContainsFunc(f.Evidence, func(b diagnose.Evidence) bool { return a.Entry == b.Entry }) {
				return other.Rule.ID
			}
		}
	}
	return ""
}

// Bounds of what the pass for explanations keeps of one stream.
const (
	explainHits  = 2048 // first and last matches of a signal with the same captures
	explainKinds = 8192 // different captures of all signals
	keepNear     = 16   // entries of a signal that lack the same
)

// nearby collects, on any goroutine, the entries that hold a literal and do not
// match. A nil one collects nothing.
type nearby struct {
	mu    sync.Mutex
	found map[*diagnose.Entry][]rules.Near
}

// see notes what the entry lacks and reports whether it lacks anything.
func (n *nearby) see(base *rules.Base, entry *diagnose.Entry, literals []int) bool {
	if n == nil || len(literals) == 0 {
		return false
	}
	list := base.Near(entry, literals)
	if len(list) == 0 {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.found[entry] = list
	return true
}

// take returns what was noted of an entry, once.
func (n *nearby) take(entry *diagnose.Entry) []rules.Near {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.found[entry]
	delete(n.found, entry)
	return list
}

// nearPass reads the logs again for the literals of the selected rules: it
// returns the entries that hold one and do not match, and, when all is true,
// keeps every match.
func (e *engine) nearPass(ctx context.Context, selected []*rules.Rule, all bool) ([]rules.Near, error) {
	var again []int
	for i, s := range e.streams {
		if e.stats[i].Bytes > 0 && s.Again() == nil {
			again = append(again, i)
		}
	}
	sub := newEngine(rules.NewBase(selected), e.pick(again))
	sub.clock, sub.workers, sub.near = e.clock, e.workers, &nearby{found: map[*diagnose.Entry][]rules.Near{}}
	if len(again) == 0 || len(sub.base.Literals()) == 0 {
		return nil, nil
	}
	sought, err := e.sought.of(sub.base.Literals())
	if err != nil {
		return nil, err
	}
	if all {
		for _, i := range again {
			e.keepers[i].forgetRules(selected)
		}
	}
	kept := make([][]rules.Near, len(again))
	counts := make([]map[nearKey]int, len(again))
	p := sub.newPass(sub.streams)
	p.work = func(i int, r *reader) []found { return sub.matchBlock(sought, i, r) }
	p.deliver = func(i int, f found) {
		if counts[i] == nil {
			counts[i] = map[nearKey]int{}
		}
		for _, n := range sub.near.take(f.entry) {
			k := nearKey{n.Rule, n.Signal, n.Kind}
			if counts[i][k]++; counts[i][k] <= keepNear {
				kept[i] = append(kept[i], n)
			}
		}
		if all {
			e.keepers[again[i]].keepAll(f.hits)
		}
	}
	err = p.run(ctx)
	return slices.Concat(kept...), err
}

type nearKey struct {
	rule   *rules.Rule
	signal string
	kind   diagnose.MissKind
}

// forgetRules drops the hits of rules, to be kept anew.
func (k *keeper) forgetRules(list []*rules.Rule) {
	for key, c := range k.hits {
		if slices.Contains(list, c.first[0].Rule) {
			delete(k.hits, key)
		}
	}
}

// keepAll keeps hits for an explanation, where the bounds of a diagnosis would
// hide what is asked for.
func (k *keeper) keepAll(hits []*rules.Hit) {
	for _, h := range hits {
		key := hitKey(h)
		c := k.hits[key]
		if c == nil {
			if len(k.hits) >= explainKinds {
				k.lostHits++
				continue
			}
			c = &capped[*rules.Hit]{n: explainHits}
			k.hits[key] = c
		}
		c.add(h)
	}
}

// printNear prints the rules that nearly matched in place of the answer.
func (o *diagnoseOptions) printNear(ctx context.Context, std stdio, e *engine, v *diagnose.Verdict) error {
	list, err := e.nearly(ctx, v)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return report.NearJSON(std.out, list, std.language(o.lang))
	}
	return report.Near(std.out, list, o.style(std))
}
