package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"diagnose"
	"diagnose/correlate"
	"diagnose/report"
)

// show prints the inside of one phase, for authors of rules and parsers.
func (e *engine) show(ctx context.Context, out io.Writer, what string) error {
	w := bufio.NewWriter(out)
	defer w.Flush()
	switch what {
	case "literals":
		return e.showLiterals(w)
	case "lines":
		return e.showLines(ctx, w)
	case "entries":
		return e.showEntries(ctx, w)
	}
	return e.showCases(ctx, w)
}

// showLiterals prints what the filter seeks, one a line: for comparing it with
// other programs.
func (e *engine) showLiterals(w io.Writer) error {
	for _, lit := range e.literals() {
		fmt.Fprintf(w, "%s\n", lit)
	}
	return nil
}

// showLines prints every entry that a literal or mark stopped at, with what
// matched there.
func (e *engine) showLines(ctx context.Context, w io.Writer) error {
	if err := e.firstPass(ctx); err != nil {
		return err
	}
	var c collected
	for _, k := range e.keepers {
		k.collect(&c)
	}
	matched := map[*diagnose.Entry][]string{}
	for _, h := range c.hits {
		matched[h.Entry] = append(matched[h.Entry], h.Rule.ID+":"+h.Signal)
	}
	for _, entry := range c.entries {
		names := slices.Compact(matched[entry])
		if entry.Trouble {
			names = append(names, "trouble")
		}
		if len(names) == 0 {
			names = []string{"outcome " + entry.Outcome.String()}
		}
		fmt.Fprintf(w, "%s:%d\t%s\t%s\n", report.Printable(entry.Stream), entry.Line, strings.Join(names, " "), report.Printable(diagnose.FirstLine(entry.Text)))
	}
	return nil
}

// allEntries parses every stream whole, in memory bounds of one entry, and
// calls f in line order inside each stream.
func (e *engine) allEntries(ctx context.Context, f func(stream int, entry *diagnose.Entry)) error {
	for i := range e.streams {
		p := e.newPass(e.streams[i : i+1])
		p.work = func(_ int, r *reader) []found {
			var out []found
			r.all(e.clock, func(entry *diagnose.Entry) { out = append(out, found{entry: entry}) })
			return out
		}
		p.deliver = func(_ int, got found) { f(i, got.entry) }
		err := p.run(ctx)
		e.stats = append(e.stats, p.stats...)
		e.lines = append(e.lines, p.lines...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) showEntries(ctx context.Context, w io.Writer) error {
	return e.allEntries(ctx, func(_ int, entry *diagnose.Entry) {
		lines := fmt.Sprint(entry.Line)
		if entry.EndLine > entry.Line {
			lines = fmt.Sprintf("%d-%d", entry.Line, entry.EndLine)
		}
		fmt.Fprintf(w, "%s:%s\t%s", report.Printable(entry.Stream), lines, entry.Format)
		if !entry.Time.IsZero() {
			fmt.Fprintf(w, "\t%s", entry.Time.UTC().Format("2006-01-02T15:04:05.000"))
		}
		fmt.Fprintf(w, "\t%s%s\n\t%s\n", entry.Level, flags(entry), report.Printable(strings.ReplaceAll(entry.Message, "\n", "⏎")))
	})
}

// flags lists what an entry says beyond its text.
func flags(e *diagnose.Entry) string {
	var b strings.Builder
	for _, f := range []struct {
		name  string
		value string
	}{{"host", e.Host}, {"process", e.Process}, {"pid", e.PID}, {"thread", e.Thread}, {"logger", e.Logger}} {
		if f.value != "" {
			fmt.Fprintf(&b, "\t%s=%s", f.name, report.Printable(f.value))
		}
	}
	for _, id := range e.IDs {
		fmt.Fprintf(&b, "\t%s", report.Printable(id.String()))
	}
	for _, id := range e.Mentions {
		fmt.Fprintf(&b, "\t(%s)", report.Printable(id.String()))
	}
	if e.Outcome != diagnose.OutcomeUnknown {
		fmt.Fprintf(&b, "\toutcome=%s", e.Outcome)
	}
	for name, set := range map[string]bool{"boundary": e.Boundary} {
		if set {
			b.WriteString("\t" + name)
		}
	}
	if e.Trouble {
		b.WriteString("\ttrouble")
	}
	return b.String()
}

func (e *engine) showCases(ctx context.Context, w io.Writer) error {
	var entries []*diagnose.Entry
	untied := 0
	err := e.allEntries(ctx, func(i int, entry *diagnose.Entry) {
		if len(entries) == maxOther {
			untied++
			return
		}
		entries = append(entries, light(entry))
	})
	if err != nil {
		return err
	}
	for _, c := range correlate.Tie(entries).Cases() {
		fmt.Fprintf(w, "%s\t%d entries\t%s", report.Printable(c.ID), c.Entries, c.Outcome)
		if !c.First.IsZero() {
			fmt.Fprintf(w, "\t%s to %s", c.First.UTC().Format("2006-01-02T15:04:05"), c.Last.UTC().Format("15:04:05"))
		}
		kinds := make([]string, 0, len(c.IDs))
		for kind := range c.IDs {
			kinds = append(kinds, string(kind))
		}
		sort.Strings(kinds)
		for _, kind := range kinds {
			fmt.Fprintf(w, "\t%s=%s", kind, report.Printable(strings.Join(c.IDs[diagnose.IDKind(kind)], ",")))
		}
		fmt.Fprintln(w)
	}
	if untied > 0 {
		fmt.Fprintf(w, "the first %d entries were tied to cases, %d more were not\n", maxOther, untied)
	}
	return nil
}
