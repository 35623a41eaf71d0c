package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"diagnose"
	"diagnose/rules"
	"diagnose/source"
	"diagnose/testdata/healthy"
)

// A literal costs much where it stands in so many lines of a healthy log, at least:
// each of them is parsed, and found to be nothing.
const (
	costlyHits  = 20
	costlyShare = 0.05
)

// shownFires bounds the places at which one rule is said to fire.
const shownFires = 3

// trial is what rules make of one healthy input.
type trial struct {
	name  string
	lines int64
	fires []fire
	hits  []int64 // of each literal of the base
}

// fire is a rule that holds where nothing is wrong.
type fire struct {
	rule *rules.Rule
	diagnose.Evidence
}

// tryHealthy diagnoses the healthy logs that come with the program, each by itself,
// and those of a directory together; empty is none.
func tryHealthy(ctx context.Context, std stdio, base *rules.Base, dir string) ([]trial, error) {
	var inputs [][]*source.Stream
	entries, err := fs.ReadDir(healthy.Logs, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		text, err := fs.ReadFile(healthy.Logs, e.Name())
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, []*source.Stream{source.Memory(e.Name(), string(text), exampleTime, source.Options{})})
	}
	if dir != "" {
		if err := usableDir(dir); err != nil {
			return nil, fmt.Errorf("--healthy %s: %w", dir, err)
		}
		o := diagnoseOptions{spool: 4 << 30, blockSize: 1 << 20}
		streams, problems := o.streams(ctx, std, []string{dir})
		for _, p := range problems {
			std.fail("%v", p)
		}
		defer func() {
			for _, s := range streams {
				s.Close()
			}
		}()
		inputs = append(inputs, streams)
	}
	out := make([]trial, len(inputs))
	errs := make([]error, len(inputs))
	onAllCores(len(inputs), func(i int) { out[i], errs[i] = tryOne(ctx, base, inputs[i]) })
	if dir != "" {
		out[len(out)-1].name = dir
	}
	return out, cmp.Or(errs...)
}

func tryOne(ctx context.Context, base *rules.Base, streams []*source.Stream) (trial, error) {
	var t trial
	if len(streams) == 0 {
		return t, nil
	}
	t.name = streams[0].Name
	e := newEngine(base, streams)
	e.workers, e.cost = 1, newCosts(base, threadCPU)
	v, err := e.diagnose(ctx)
	if err != nil {
		return t, err
	}
	t.lines, t.hits = v.Stats.Lines, e.cost.hits
	for _, f := range e.findings {
		if !f.Cleared && f.Rule.Role != diagnose.RoleBenign && f.Rule.Severity == diagnose.SeverityError && len(f.Evidence) > 0 {
			t.fires = append(t.fires, fire{base.Rule(f.Rule.ID), f.Evidence[0]})
		}
	}
	return t, nil
}

// healthyWarnings names the rules that hold on healthy logs, and their literals that
// stand in many lines of one.
func healthyWarnings(base *rules.Base, trials []trial, concerns []*rules.Rule, read func(r *rules.Rule) ([]byte, error)) []rules.Problem {
	var out []rules.Problem
	for _, r := range concerns {
		text, err := read(r)
		if err != nil {
			text = nil
		}
		warn := func(signal, format string, args ...any) {
			line, col := rules.Place(text, "signals", signal)
			out = append(out, rules.Problem{File: r.File, Line: line, Col: col, Text: fmt.Sprintf(format, args...)})
		}
		fires := 0
		for _, t := range trials {
			for _, f := range t.fires {
				if f.rule != r {
					continue
				}
				if fires++; fires <= shownFires {
					warn(f.Signal, "it holds on the healthy log %s:%d: %s", f.Entry.Stream, f.Line(), diagnose.FirstLine(f.Text()))
				}
			}
		}
		if fires > shownFires {
			warn("", "it holds in %d more places of healthy logs", fires-shownFires)
		}
		for _, s := range r.Signals {
			for _, c := range costly(base, trials, &s) {
				warn(s.Name, "cost: the literal %q stands %d times in the %d lines of the healthy log %s, and each time an entry is parsed for it: choose words with more text around them", c.literal, c.hits, c.lines, c.log)
			}
		}
	}
	return out
}

// costlyLiteral is a literal with the healthy log that has it most.
type costlyLiteral struct {
	literal, log string
	hits, lines  int64
}

// costly lists the literals of a signal that stand in many lines of a healthy log.
func costly(base *rules.Base, trials []trial, s *rules.Signal) []costlyLiteral {
	var out []costlyLiteral
	for _, p := range s.Patterns {
		for _, literal := range p.Literals {
			n := base.Literal(literal)
			worst := costlyLiteral{literal: literal}
			for _, t := range trials {
				if t.hits != nil && t.hits[n] > worst.hits && t.hits[n] >= costlyHits && float64(t.hits[n]) >= costlyShare*float64(t.lines) {
					worst.log, worst.hits, worst.lines = t.name, t.hits[n], t.lines
				}
			}
			if worst.hits > 0 && !slices.Contains(out, worst) {
				out = append(out, worst)
			}
		}
	}
	return out
}

// readRule returns the file of a rule: of the last of the directories that has it,
// else the embedded one.
func readRule(dirs []string) func(r *rules.Rule) ([]byte, error) {
	embedded := rules.Embedded()
	return func(r *rules.Rule) ([]byte, error) {
		for _, dir := range slices.Backward(dirs) {
			if text, err := os.ReadFile(ruleFile(dir, r)); !os.IsNotExist(err) {
				return text, err
			}
		}
		return fs.ReadFile(embedded, r.ID+".yaml")
	}
}
