package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"diagnose"
)

// Timeline prints entries of a case one below the other, earliest first, and
// nothing when there are none.
func Timeline(w io.Writer, entries []*diagnose.Entry, style Style) error {
	if len(entries) == 0 {
		return nil
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	for _, e := range entries {
		mark := "  "
		if e.Trouble {
			mark = p.red("! ")
		}
		p.line("%s%s  %s", mark, p.entryText(diagnose.Evidence{Entry: e}), p.dim(fmt.Sprintf("%s:%d", Printable(e.Stream), e.Line)))
	}
	p.line("")
	return p.Flush()
}

// Rule prints everything that is known of one failure.
func Rule(w io.Writer, r *diagnose.Rule, patterns [][2]string, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	t := r.Texts(style.Lang)
	p.line("%s  %s", p.red(t.Title), p.dim("["+r.ID+"]"))
	p.label("role", fmt.Sprintf("%s, %s", r.Role, r.Severity))
	p.label(p.words.cause, t.Cause)
	p.steps(p.words.fix, t.Fix)
	p.steps(p.words.verify, t.Verify)
	p.label(p.words.side, side(r.Side, style.Lang))
	p.label(p.words.confidence, grade(r.Confidence, style.Lang))
	p.label(p.words.candidates, t.TellsApart)
	for i, x := range patterns {
		label := ""
		if i == 0 {
			label = "signals"
		}
		p.line("  %s%s: %s", p.pad(label), x[0], x[1])
	}
	for _, x := range r.Explains {
		p.label("explains", strings.TrimSpace(x.Rule+" "+x.Symptom+" "+strings.Join(x.On, ",")))
	}
	p.label(p.words.refs, strings.Join(r.References, ", "))
	p.line("")
	return p.Flush()
}
