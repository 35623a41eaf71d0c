package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"diagnose"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

const rulesHelp = `diagnose rules looks at, checks and tests the rule base.

Examples
  diagnose rules list                     every rule, one a line
  diagnose rules list 'ssh/*'             those of one system
  diagnose rules show ssh/connection-refused
  diagnose rules check my-rules           mistakes in your own rules, with their places
  diagnose rules check --strict my-rules  and what makes them worse is a mistake too
  diagnose rules check --healthy good-logs my-rules   do they hold where nothing is wrong?
  diagnose rules overlaps 'ssh/*'         which other rules hold on their examples, and which wins
  diagnose rules new ssh/x < lines        a rule to be filled in, made of the log lines of a failure
  diagnose rules schema                   the JSON Schema of rule files, for editors
  diagnose rules test 'cloudstack/*'      do the examples hold?
  diagnose rules test --rules my-rules
  diagnose rules test --watch --rules my-rules   again whenever a file changes
  diagnose rules cost big.log             which rules, and which of their literals, take the time

Flags
%s
Exit status
  0  fine
  1  list: no rule of that name; test: an example does not hold
  2  a mistake in the flags or in a rule file
`

type rulesOptions struct {
	common
	help     bool
	strict   bool
	overlaps bool
	limit    int
	watch    bool
	healthy  string
}

func runRules(ctx context.Context, std stdio, args []string) int {
	var o rulesOptions
	fs := pflag.NewFlagSet("rules", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.addFlags(fs)
	fs.BoolVar(&o.strict, "strict", false, "check: warnings are mistakes")
	fs.BoolVar(&o.overlaps, "overlaps", false, "check: also which other rules hold on the examples (takes seconds)")
	fs.StringVar(&o.healthy, "healthy", "", "check: also try the rules on the logs of a `directory` in which nothing is wrong")
	fs.BoolVar(&o.watch, "watch", false, "test: again whenever a file of --rules changes, until interrupted")
	fs.IntVarP(&o.limit, "limit", "n", 20, "cost: `number` of rules to show")
	fs.BoolVarP(&o.help, "help", "h", false, "this text")
	fs.SortFlags = false
	if err := fs.Parse(args); err != nil {
		return std.usage("rules", err)
	}
	if o.help || fs.NArg() == 0 {
		fmt.Fprintf(std.out, rulesHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("rules", err)
	}
	rest := fs.Args()[1:]
	switch fs.Arg(0) {
	case "list":
		return o.list(std, rest)
	case "show":
		return o.show(std, rest)
	case "check":
		return o.checkRules(ctx, std, rest)
	case "new":
		return o.newRule(ctx, std, rest)
	case "schema":
		if _, err := std.out.Write(rules.Schema()); err != nil {
			return exitWrong
		}
		return 0
	case "overlaps":
		return o.showOverlaps(ctx, std, rest)
	case "cost":
		return o.showCost(ctx, std, rest)
	case "test":
		return o.test(ctx, std, rest)
	}
	return std.usage("rules", fmt.Errorf("unknown rules command %q: list, show, check, test, cost, new, overlaps or schema", fs.Arg(0)))
}

// selected loads the base and returns the rules that the names select, all
// without a name.
func (o *rulesOptions) selected(std stdio, names []string) (*rules.Base, []*rules.Rule, int) {
	base, status := loadWhole(std, o.rules)
	if base == nil {
		return nil, nil, status
	}
	if len(names) == 0 {
		return base, base.All(), 0
	}
	var out []*rules.Rule
	for _, name := range names {
		got := base.Select(name)
		if len(got) == 0 {
			fmt.Fprintf(std.err, "diagnose: there is no rule %q\n", name)
			std.hint("diagnose rules list shows them all")
			return nil, nil, exitNone
		}
		out = append(out, got...)
	}
	return base, out, 0
}

func (o *rulesOptions) list(std stdio, names []string) int {
	_, list, status := o.selected(std, names)
	if status != 0 {
		return status
	}
	lang := std.language(o.lang)
	for _, r := range list {
		fmt.Fprintf(std.out, "%-45s %-8s %-8s %s\n", r.ID, r.Role, r.Severity, r.Texts(lang).Title)
	}
	return 0
}

func (o *rulesOptions) show(std stdio, names []string) int {
	if len(names) == 0 {
		return std.usage("rules", fmt.Errorf("show needs the id of a rule"))
	}
	_, list, status := o.selected(std, names)
	if status != 0 {
		return status
	}
	style := report.Style{Lang: std.language(o.lang), Color: std.useColor(o.color)}
	for _, r := range list {
		if err := report.Rule(std.out, &r.Rule, patterns(r), style); err != nil {
			return exitWrong
		}
	}
	return 0
}

// patterns lists the regular expressions of a rule's signals.
func patterns(r *rules.Rule) [][2]string {
	var out [][2]string
	for _, s := range r.Signals {
		for _, p := range s.Patterns {
			out = append(out, [2]string{s.Name, p.Regex})
		}
	}
	return out
}

// test runs the examples of the selected rules through the whole program.
func (o *rulesOptions) test(ctx context.Context, std stdio, names []string) int {
	if o.watch {
		return o.watchTests(ctx, std, names)
	}
	base, list, status := o.selected(std, names)
	if status != 0 {
		return status
	}
	if failing := runExamples(ctx, std, base, list); len(failing) > 0 {
		return exitNone
	}
	return 0
}

// runExamples runs the examples of rules and says which do not hold; it returns the
// ids of their rules.
func runExamples(ctx context.Context, std stdio, base *rules.Base, list []*rules.Rule) map[string]bool {
	failing := map[string]bool{}
	failed, ran := 0, 0
	for _, r := range list {
		for _, x := range r.Examples {
			ran++
			if problem := testExample(ctx, base, r, x); problem != "" {
				failed++
				failing[r.ID] = true
				fmt.Fprintf(std.out, "%s:%d: example %q: %s\n", r.File, x.Line, x.Name, problem)
			}
		}
	}
	verb := "do"
	if failed == 1 {
		verb = "does"
	}
	fmt.Fprintf(std.out, "%s of %s, %d %s not hold\n", counted(ran, "example"), counted(len(list), "rule"), failed, verb)
	return failing
}

// counted is a number of things: 1 rule, 2 rules.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// exampleTime is the file time of examples: what stamps without a year are read
// against.
var exampleTime = time.Date(2026, 6, 30, 23, 59, 0, 0, time.UTC)

// exampleStreams are the logs of an example, in the order of their names.
func exampleStreams(x rules.Example) []*source.Stream {
	var streams []*source.Stream
	for _, name := range slices.Sorted(maps.Keys(x.Logs)) {
		streams = append(streams, source.Memory(name, x.Logs[name], exampleTime, source.Options{BlockSize: 64 << 10}))
	}
	return streams
}

// testExample returns what is wrong with an example, empty when it holds.
func testExample(ctx context.Context, base *rules.Base, r *rules.Rule, x rules.Example) string {
	if r.Role == diagnose.RoleReason {
		return testReason(base, r, x)
	}
	e := newEngine(base, exampleStreams(x))
	e.workers = 1
	if _, err := e.diagnose(ctx); err != nil {
		return err.Error()
	}
	var got []string
	for _, f := range e.findings {
		if f.Rule.ID != r.ID || x.Expect == nil && f.Cleared {
			continue
		}
		if x.Expect == nil {
			return fmt.Sprintf("must not match, but does at line %d: %s", f.Evidence[0].Entry.Line, diagnose.FirstLine(f.Evidence[0].Entry.Message))
		}
		if missing := differs(x.Expect, f.Captures); missing == "" {
			return ""
		} else {
			got = append(got, missing)
		}
	}
	if x.Expect == nil {
		return ""
	}
	if len(got) == 0 {
		return "must match, and does not"
	}
	return strings.Join(got, "; ")
}

// testReason tests an example of a rule of role reason, which is a line: whether a log's own
// words are that line is for the verdict, and no matter of the rule.
func testReason(base *rules.Base, r *rules.Rule, x rules.Example) string {
	for _, name := range slices.Sorted(maps.Keys(x.Logs)) {
		line := strings.TrimSuffix(x.Logs[name], "\n")
		h := base.Reason(&diagnose.Entry{Stream: name}, line)
		switch {
		case h != nil && h.Rule == r && x.Expect == nil:
			return "must not match, but does: " + h.Excerpt
		case h == nil && x.Expect != nil:
			return "must match, and does not"
		case h != nil && h.Rule != r && x.Expect != nil:
			return fmt.Sprintf("must match, but %s reads it: %s", h.Rule.ID, h.Excerpt)
		case h != nil && x.Expect != nil:
			if problem := differs(x.Expect, h.Captures); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func differs(want, got map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			return fmt.Sprintf("%s is %q, not %q", name, got[name], want[name])
		}
	}
	return ""
}
