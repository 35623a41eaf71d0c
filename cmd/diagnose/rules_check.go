package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"diagnose/rules"
)

// checkRules reports every mistake of the base and of the directories, and what
// the lints say of them: with directories, of their rules only.
func (o *rulesOptions) checkRules(ctx context.Context, std stdio, dirs []string) int {
	dirs = append(slices.Clone(o.rules), dirs...)
	base, problems, theirs := openBase(cacheDir(std), dirs)
	problems = append(problems, theirs...)
	for _, p := range problems {
		fmt.Fprintln(std.out, p)
	}
	if base == nil {
		return exitWrong
	}
	concerns := mine(base, dirs)
	warnings := lint(base, dirs, concerns)
	if o.overlaps {
		more, err := overlapWarnings(ctx, base, concerns)
		if err != nil {
			fmt.Fprintf(std.err, "diagnose: %v\n", err)
			return exitWrong
		}
		warnings = append(warnings, more...)
	}
	if len(dirs) > 0 || o.healthy != "" {
		trials, err := tryHealthy(ctx, std, base, o.healthy)
		if err != nil {
			return std.fail("%v", err)
		}
		warnings = append(warnings, healthyWarnings(base, trials, concerns, readRule(dirs))...)
	}
	for _, w := range warnings {
		fmt.Fprintf(std.out, "%v (warning)\n", w)
	}
	switch {
	case len(problems) > 0:
		fmt.Fprintf(std.err, "diagnose: %s, %s\n", counted(len(problems), "problem"), counted(len(warnings), "warning"))
		return exitWrong
	case len(warnings) > 0 && o.strict:
		fmt.Fprintf(std.err, "diagnose: %s\n", counted(len(warnings), "warning"))
		return exitWrong
	case len(warnings) > 0:
		fmt.Fprintf(std.out, "%s, no problems, %s\n", counted(base.Len(), "rule"), counted(len(warnings), "warning"))
	default:
		fmt.Fprintf(std.out, "%s, no problems\n", counted(base.Len(), "rule"))
	}
	return 0
}

// ruleFile is where a directory has the file of a rule, if it has one.
func ruleFile(dir string, r *rules.Rule) string {
	return filepath.Join(dir, filepath.FromSlash(r.ID)+".yaml")
}

// mine are the rules that stand in one of the directories; all where there is
// none.
func mine(base *rules.Base, dirs []string) []*rules.Rule {
	if len(dirs) == 0 {
		return base.All()
	}
	var out []*rules.Rule
	for _, r := range base.All() {
		if slices.ContainsFunc(dirs, func(dir string) bool { _, err := os.Stat(ruleFile(dir, r)); return err == nil }) {
			out = append(out, r)
		}
	}
	return out
}

// lint returns what the lints say of the rules that it concerns; others are
// looked at for what they share.
func lint(base *rules.Base, dirs []string, concerns []*rules.Rule) []rules.Problem {
	var out []rules.Problem
	for _, p := range rules.Lint(base.All(), readRule(dirs)) {
		if slices.ContainsFunc(concerns, func(r *rules.Rule) bool { return r.File == p.File }) {
			out = append(out, p)
		}
	}
	return out
}
