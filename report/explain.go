package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"diagnose"
)

// shownNear bounds the rules that --near lists for a person.
const shownNear = 20

// Explain writes for a person why rules hold, or what they lack.
func Explain(w io.Writer, list []*diagnose.Explanation, style Style) error {
	p := newExplainPrinter(w, style)
	for _, x := range list {
		p.explanation(x)
	}
	if len(list) == 0 {
		p.line("%s", p.w.noSignals)
	}
	return p.Flush()
}

// Near writes the rules that nearly matched, nearest first, a line each with the
// first thing that each lacks.
func Near(w io.Writer, list []*diagnose.Explanation, style Style) error {
	p := newExplainPrinter(w, style)
	if len(list) == 0 {
		p.line("%s", p.w.noneNear)
	}
	for _, x := range first(list, shownNear) {
		p.line("%3.0f %%  %s  %s", 100*x.Nearness, p.bold(x.Rule.ID), p.missText(nearestMiss(x)))
	}
	if n := len(list) - shownNear; n > 0 {
		p.line("%s", p.dim(fmt.Sprintf(p.words.more, n)))
	}
	return p.Flush()
}

func nearestMiss(x *diagnose.Explanation) *diagnose.Miss {
	if len(x.Groups) > 0 {
		return x.Groups[0].Miss
	}
	return x.Miss
}

type explainPrinter struct {
	*printer
	w     *explainWords
	first string          // what failed first, of the group that is printed
	told  map[string]bool // misses of the explanation that are printed already
}

func newExplainPrinter(w io.Writer, style Style) *explainPrinter {
	if style.Width == 0 {
		style.Width = 100
	}
	return &explainPrinter{printer: &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}, w: explainWordsOf(style.Lang)}
}

func (p *explainPrinter) explanation(x *diagnose.Explanation) {
	standing := p.w.standing[x.Standing]
	if x.By != "" {
		standing += " [" + x.By + "]"
	}
	p.told = map[string]bool{}
	p.line("%s  %s", p.bold(x.Rule.ID), standing)
	switch {
	case x.Rule.Role == diagnose.RoleReason && x.Standing == diagnose.StandsNot:
		p.line("  %s", p.w.ownWords)
	case x.Miss != nil:
		p.line("  %s", p.missText(x.Miss))
	}
	for _, g := range x.Groups {
		p.judgment(g)
	}
	if x.More > 0 {
		p.line("  %s", p.dim(fmt.Sprintf(p.w.moreGroups, x.More)))
	}
	p.line("")
}

func (p *explainPrinter) judgment(g *diagnose.Judgment) {
	var about []string
	for _, by := range g.By {
		about = append(about, by[0]+" "+Printable(by[1]))
	}
	for _, c := range first(g.Cases, shownCases) {
		about = append(about, Printable(c.ID))
	}
	p.line("  %s  %s", p.mark(g.Truth), strings.Join(about, ", "))
	p.first = p.missText(g.Miss)
	p.node(g.When, "when: ", 2)
	if g.Unless != nil {
		p.node(g.Unless, "unless: ", 2)
	}
	if p.first != "" {
		p.line("    → %s", p.first)
	}
}

// miss prints what failed: what did first with an arrow, once in a group; what was
// said of an earlier condition or group only by its name.
func (p *explainPrinter) miss(m *diagnose.Miss, indent string) {
	text := p.missText(m)
	arrow := ""
	if text == p.first {
		arrow, p.first = "→ ", ""
	}
	if p.told[text] {
		text = p.dim(strings.TrimLeft(fmt.Sprintf(p.w.again, m.Signal), ":： "))
	}
	p.told[p.missText(m)] = true
	p.line("%s    %s%s", indent, arrow, text)
}

// mark is the word for a truth, in its colour.
func (p *explainPrinter) mark(t diagnose.Truth) string {
	word := p.w.truth[t]
	switch t {
	case diagnose.True:
		return p.paint("32", word)
	case diagnose.False:
		return p.paint("31", word)
	}
	return p.paint("33", word)
}

func (p *explainPrinter) node(n *diagnose.Node, label string, depth int) {
	indent := strings.Repeat("  ", depth)
	p.line("%s%s  %s%s", indent, p.mark(n.Truth), label, n.Text)
	for _, e := range n.Evidence {
		p.line("%s    %s  %s", indent, place(&e), p.entryText(e))
	}
	if n.More > 0 {
		p.line("%s    %s", indent, p.dim(fmt.Sprintf(p.words.more, n.More)))
	}
	if n.Miss != nil {
		p.miss(n.Miss, indent)
	}
	for _, a := range n.Args {
		p.node(a, "", depth+1)
	}
}

func place(e *diagnose.Evidence) string {
	return fmt.Sprintf("%s:%d", Printable(e.Entry.Stream), e.Line())
}

// missText says in a sentence what failed, with the closest line.
func (p *explainPrinter) missText(m *diagnose.Miss) string {
	if m == nil {
		return ""
	}
	text := missText(m, p.w)
	if m.At != nil {
		text += "  " + p.dim("|") + " " + p.entryText(*m.At)
	}
	return text
}

// missText fills the sentence of a kind of miss.
func missText(m *diagnose.Miss, w *explainWords) string {
	at, other := "", ""
	if m.At != nil {
		at = place(m.At)
	}
	if m.Other != nil {
		other = place(m.Other)
	}
	var values []string
	for _, v := range m.Values {
		values = append(values, fmt.Sprintf("%s = %q", v[0], shown(v[1])))
	}
	return strings.NewReplacer("{signal}", m.Signal, "{at}", at, "{other}", other, "{want}", shown(m.Want), "{got}", shown(m.Got),
		"{short}", m.Short.String(), "{values}", strings.Join(values, ", ")).Replace(w.miss[m.Kind])
}
