package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"diagnose"
)

// Style is how a text report looks.
type Style struct {
	Lang  string // "zh", or anything else for English
	Color bool
	Width int // columns; 0 = 100
}

// How much of each list a person is shown; the rest is counted.
const (
	shownCauses    = 12
	shownOfRule    = 3  // causes of one rule with their fix; that of the others reads the same
	shownTitles    = 30 // of further causes
	shownEvidence  = 6
	shownOfSymptom = 2
	shownExplains  = 8
	shownCases     = 5
	shownGroups    = 12
)

// Text writes the verdict for a person.
func Text(w io.Writer, v *diagnose.Verdict, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	p.quality(v.Quality, true)
	if len(v.Causes) > 0 && v.Causes[0].Rule.Confidence == diagnose.Possible {
		p.line("%s", p.bold(p.words.undecided))
		p.line("")
	}
	of := map[string][]int{} // the numbers of the causes of each rule
	for i, c := range first(v.Causes, shownCauses) {
		of[c.Rule.ID] = append(of[c.Rule.ID], i)
		if same := of[c.Rule.ID]; len(same) > shownOfRule {
			p.causeAs(i, same[0], c)
			continue
		}
		p.cause(i, len(v.Causes), c)
	}
	p.furtherCauses(v.Causes)
	switch v.Kind {
	case diagnose.VerdictClean:
		p.line("%s", p.bold(p.cleanWords(v)))
	case diagnose.VerdictUnexplained:
		p.stated(v)
	}
	p.symptoms(v)
	p.unexplained(v)
	p.seenBefore(v.Seen)
	p.warnings(v.Warnings)
	p.quality(v.Quality, false)
	p.totals(v)
	return p.Flush()
}

// looksBinary begins what source notes of a stream that is no text.
const looksBinary = "looks binary: "

// unread reports whether nothing was read at all, and that is said.
func unread(v *diagnose.Verdict) bool {
	return v.Stats.Files == 0 && slices.ContainsFunc(v.Quality, func(q diagnose.Quality) bool { return q.Weighs })
}

// cleanWords does not call well what was not read at all, or had nothing in it.
func (p *printer) cleanWords(v *diagnose.Verdict) string {
	if unread(v) {
		return p.words.unread
	}
	if v.Stats.Bytes == 0 {
		return p.words.empty
	}
	noText := 0
	for _, q := range v.Quality {
		if strings.HasPrefix(q.Text, looksBinary) {
			noText++
		}
	}
	if noText > 0 && noText >= v.Stats.Files {
		return p.words.noText
	}
	return p.words.clean
}

type printer struct {
	*bufio.Writer
	style Style
	words *words
}

// line prints a line, without spaces at its end.
func (p *printer) line(format string, args ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	p.WriteByte('\n')
}

func (p *printer) paint(code, s string) string {
	if !p.style.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) bold(s string) string { return p.paint("1", s) }
func (p *printer) red(s string) string  { return p.paint("1;31", s) }
func (p *printer) dim(s string) string  { return p.paint("2", s) }

// quality prints what weighs before the verdict, the rest after it.
func (p *printer) quality(list []diagnose.Quality, weighs bool) {
	printed := false
	for _, q := range list {
		if q.Weighs != weighs {
			continue
		}
		if !printed {
			head := p.words.notes
			if weighs {
				head = p.words.before
			}
			p.line("%s", p.bold(head))
			printed = true
		}
		text := Printable(translate(q.Text, p.style.Lang))
		if q.Place != "" {
			text = Printable(q.Place) + ": " + text
		}
		p.prose("  - ", text)
	}
	if printed {
		p.line("")
	}
}

// labelWidth is the column of a cause's paragraphs.
const labelWidth = 12

func (p *printer) cause(i, n int, c *diagnose.Cause) {
	lang := p.style.Lang
	t := c.Rule.Texts(lang)
	title := Title(c.Rule, c.Captures, lang)
	if n > 1 {
		title = fmt.Sprintf("%d. %s", i+1, title)
	}
	p.found(title, c)
	p.label(p.words.cause, fillText(t.Cause, c.Captures))
	fix := fillSteps(t.Fix, c.Captures)
	if r := c.Reason; r != nil {
		p.means(r)
		fix = append(fillSteps(r.Rule.Texts(lang).Fix, r.Captures), fix...)
	}
	p.steps(p.words.fix, fix)
	p.steps(p.words.verify, fillSteps(t.Verify, c.Captures))
	if c.Rule.Side != "" {
		p.label(p.words.side, side(c.Rule.Side, lang))
	}
	p.label(p.words.confidence, grade(c.Rule.Confidence, lang))
	if n > 1 {
		p.label(p.words.why, why(c.Why, lang))
	}
	p.candidates(c)
	p.line("")
}

// found prints what of a cause is in the log.
func (p *printer) found(title string, c *diagnose.Cause) {
	p.line("%s  %s", p.red(title), p.dim("["+c.Rule.ID+"]"))
	p.cases(c.Cases)
	p.evidence(p.words.evidence, c.Evidence, shownEvidence)
	p.explains(c.Explains)
}

// causeAs prints cause i whose rule's texts stand with cause as.
func (p *printer) causeAs(i, as int, c *diagnose.Cause) {
	p.found(fmt.Sprintf("%d. %s", i+1, Title(c.Rule, c.Captures, p.style.Lang)), c)
	p.label(p.words.fix, fmt.Sprintf(p.words.asFor, as+1))
	p.line("")
}

// furtherCauses names the causes beyond those that are shown, as when each host of a
// hundred refuses its connection: their texts would say the same once more.
func (p *printer) furtherCauses(causes []*diagnose.Cause) {
	rest := causes[min(len(causes), shownCauses):]
	if len(rest) == 0 {
		return
	}
	p.line("%s", p.bold(fmt.Sprintf(p.words.furtherCauses, len(rest))))
	for i, c := range first(rest, shownTitles) {
		p.line("  %d. %s  %s", shownCauses+i+1, Title(c.Rule, c.Captures, p.style.Lang), p.dim("["+c.Rule.ID+"]"))
	}
	if n := len(rest) - shownTitles; n > 0 {
		p.line("  %s", p.dim(fmt.Sprintf(p.words.more, n)))
	}
	p.line("")
}

func (p *printer) cases(cases []*diagnose.Case) {
	var parts []string
	for _, c := range first(cases, shownCases) {
		s := Printable(c.ID)
		var notes []string
		if c.Outcome != diagnose.OutcomeUnknown {
			notes = append(notes, p.words.outcome[c.Outcome.String()])
		}
		if c.Inferred {
			notes = append(notes, p.words.inferred)
		}
		if len(notes) > 0 {
			s += " (" + strings.Join(notes, ", ") + ")"
		}
		parts = append(parts, s)
	}
	if n := len(cases) - shownCases; n > 0 {
		parts = append(parts, fmt.Sprintf(p.words.moreCases, n))
	}
	if len(parts) > 0 {
		p.label(p.words.cases, strings.Join(parts, ", "))
	}
}

// evidence prints places, those of one masked text together.
func (p *printer) evidence(label string, list []diagnose.Evidence, most int) {
	type group struct {
		first  diagnose.Evidence
		places map[string]bool
		more   int
	}
	var groups []*group
	at := map[string]*group{}
	for _, e := range list {
		mask := e.Entry.Stream + "\x00" + diagnose.Mask(e.Text())
		g := at[mask]
		if g == nil {
			g = &group{first: e, places: map[string]bool{}}
			at[mask] = g
			groups = append(groups, g)
		}
		g.places[fmt.Sprint(e.Line())] = true
		g.more += e.Dropped
	}
	for i, g := range first(groups, most) {
		if i > 0 {
			label = ""
		}
		times := ""
		if n := len(g.places) + g.more; n > 1 {
			times = "  " + p.dim(fmt.Sprintf("("+p.words.groups+")", n))
		}
		p.line("  %s%s:%d  %s%s", p.pad(label), Printable(g.first.Entry.Stream), g.first.Line(), p.entryText(g.first), times)
	}
	if n := len(groups) - most; n > 0 {
		p.line("  %s%s", p.pad(""), p.dim(fmt.Sprintf(p.words.more, n)))
	}
}

// entryText is the time and the line that matters of an entry whose place has
// been named.
func (p *printer) entryText(ev diagnose.Evidence) string {
	e := ev.Entry
	text := shown(ev.Text())
	if strings.TrimSpace(text) == "" {
		text = shown(diagnose.FirstLine(e.Text))
	}
	if ev.In != "" {
		text = fmt.Sprintf(p.words.inside, shown(ev.In)) + text
	}
	if e.Level >= diagnose.LevelWarn {
		text = e.Level.String() + " " + text
	}
	if !e.Time.IsZero() {
		text = p.dim(diagnose.ClockText(e.Time)) + "  " + text
	}
	return text
}

func (p *printer) explains(list []*diagnose.Consequence) {
	label := p.words.explains
	for i, x := range first(list, shownExplains) {
		if i > 0 {
			label = ""
		}
		at := x.Evidence[0]
		more := ""
		if n := entries(x.Evidence); n > 1 {
			more = fmt.Sprintf(" ("+p.words.groups+")", n)
		}
		p.line("  %s%s:%d  %s%s  %s", p.pad(label), Printable(at.Entry.Stream), at.Line(), Title(x.Rule, x.Captures, p.style.Lang), more, p.dim("["+x.Rule.ID+"]"))
	}
	if n := len(list) - shownExplains; n > 0 {
		p.line("  %s%s", p.pad(""), p.dim(fmt.Sprintf(p.words.more, n)))
	}
}

// entries counts the different entries of evidence.
func entries(list []diagnose.Evidence) int {
	seen := map[*diagnose.Entry]bool{}
	for _, e := range list {
		seen[e.Entry] = true
	}
	return len(seen)
}

func (p *printer) steps(label string, steps []diagnose.Step) {
	for i, s := range steps {
		if i > 0 {
			label = ""
		}
		number := ""
		if len(steps) > 1 {
			number = fmt.Sprintf("%d. ", i+1)
		}
		if s.Say != "" {
			p.label(label, number+s.Say)
			label = ""
		}
		for _, cmd := range strings.Split(strings.TrimSpace(s.Run), "\n") {
			if cmd != "" {
				p.line("  %s%s", p.pad(label), "    "+p.bold(cmd))
				label = ""
			}
		}
		if s.Expect != "" {
			p.label(label, "    "+p.words.expect+": "+s.Expect)
		}
	}
}

func (p *printer) candidates(c *diagnose.Cause) {
	label := p.words.candidates
	for _, r := range c.Candidates {
		text := Title(r, c.Captures, p.style.Lang)
		if apart := fillText(r.Texts(p.style.Lang).TellsApart, c.Captures); apart != "" {
			text += ": " + apart
		}
		p.label(label, text+" ["+r.ID+"]")
		label = ""
	}
}

func (p *printer) symptoms(v *diagnose.Verdict) {
	if len(v.Symptoms) == 0 {
		return
	}
	if v.Kind != diagnose.VerdictUnexplained || !says(v) {
		p.line("%s", p.bold(p.words.symptoms))
	}
	for _, c := range v.Symptoms {
		p.line("  %s  %s", Title(c.Rule, c.Captures, p.style.Lang), p.dim("["+c.Rule.ID+"]"))
		p.evidence("", c.Evidence, shownOfSymptom)
		p.label("", fillText(c.Rule.Texts(p.style.Lang).Cause, c.Captures))
		p.steps(p.words.likely, fillSteps(c.Rule.Texts(p.style.Lang).Fix, c.Captures))
		p.candidates(c)
	}
	p.line("")
}

// stated prints that no cause is known, and what the log says itself and what kind of reason
// that is, but for the line that a symptom is known by: that is shown with it.
func (p *printer) stated(v *diagnose.Verdict) {
	head, own, note := p.words.noCause, p.words.stated, p.words.statedNote
	if len(v.Symptoms) > 0 {
		head, own, note = p.words.noReason, p.words.noReasonStated, p.words.statedNear
	}
	if says(v) {
		p.line("%s", p.bold(head))
		return
	}
	ev := v.Stated
	p.line("%s", p.bold(own))
	p.line("  %s:%d  %s", Printable(ev.Entry.Stream), ev.Line(), p.entryText(*ev))
	p.label("", note)
	if r := v.Reason; r != nil {
		t := r.Rule.Texts(p.style.Lang)
		p.means(r)
		p.steps(p.words.fix, fillSteps(t.Fix, r.Captures))
		p.steps(p.words.verify, fillSteps(t.Verify, r.Captures))
	}
	p.line("")
}

// means prints what kind of reason the log's own words give.
func (p *printer) means(r *diagnose.Cause) {
	p.label(p.words.means, Title(r.Rule, r.Captures, p.style.Lang)+"  "+p.dim("["+r.Rule.ID+"]"))
	p.label("", fillText(r.Rule.Texts(p.style.Lang).Cause, r.Captures))
}

// says reports whether what is shown anyway has all that the log says itself.
func says(v *diagnose.Verdict) bool {
	return v.Stated == nil || slices.ContainsFunc(v.Symptoms, func(c *diagnose.Cause) bool { return isEvidence(c, v.Stated) })
}

// isEvidence reports whether a line is one that is shown with a symptom.
func isEvidence(c *diagnose.Cause, line *diagnose.Evidence) bool {
	return slices.ContainsFunc(first(c.Evidence, shownOfSymptom), func(ev diagnose.Evidence) bool {
		return ev.Entry.Stream == line.Entry.Stream && ev.Line() == line.Line() && ev.In == line.In
	})
}

// unexplained lists trouble, but for what was printed as the log's own words.
func (p *printer) unexplained(v *diagnose.Verdict) {
	left := slices.DeleteFunc(slices.Clone(v.Unexplained), func(g *diagnose.Group) bool {
		return v.Stated != nil && g.Count == 1 && g.Evidence[0].Entry.Stream == v.Stated.Entry.Stream && g.Evidence[0].Line() == v.Stated.Line()
	})
	if len(left) == 0 {
		return
	}
	most := shownGroups
	if len(v.Causes) > 0 {
		most = 3
	}
	p.line("%s", p.bold(p.words.unexplained))
	for _, g := range first(left, most) {
		e := g.Evidence[0]
		times := ""
		if g.Count > 1 {
			times = "  " + p.dim(fmt.Sprintf("("+p.words.groups+")", g.Count))
		}
		p.line("  %s:%d  %s%s", Printable(e.Entry.Stream), e.Line(), p.entryText(e), times)
	}
	if n := len(left) - most; n > 0 {
		p.line("  %s", p.dim(fmt.Sprintf(p.words.more, n)))
	}
	p.line("")
}

func (p *printer) warnings(list []*diagnose.Cause) {
	if len(list) == 0 {
		return
	}
	p.line("%s", p.bold(p.words.warnings))
	for _, c := range list {
		e := c.Evidence[0]
		p.line("  %s:%d  %s  %s", Printable(e.Entry.Stream), e.Line(), Title(c.Rule, c.Captures, p.style.Lang), p.dim("["+c.Rule.ID+"]"))
	}
	p.line("")
}

func (p *printer) totals(v *diagnose.Verdict) {
	s := v.Stats
	text := fmt.Sprintf(p.words.totals, p.count(int64(s.Files), "file", "个文件"), p.count(s.Lines, "line", "行"),
		p.count(s.Bytes, "byte", "字节"), p.count(s.Entries, "entry", "条"))
	for _, list := range [][]diagnose.Count{s.Skipped, s.Cut} {
		for _, c := range list {
			text += fmt.Sprintf(p.words.total, Printable(translate(c.Reason, p.style.Lang)), c.Count)
		}
	}
	p.prose("", text)
}

func (p *printer) count(n int64, one, zh string) string {
	switch {
	case p.style.Lang == "zh":
		return fmt.Sprintf("%d %s", n, zh)
	case n == 1:
		return "1 " + one
	case one == "entry":
		return fmt.Sprintf("%d entries", n)
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// pad writes a label to the column where paragraphs begin.
func (p *printer) pad(label string) string {
	return p.bold(label) + strings.Repeat(" ", max(labelWidth-width(label), 1))
}

// label writes a labelled paragraph.
func (p *printer) label(label, text string) {
	if text == "" {
		return
	}
	indent := "  " + strings.Repeat(" ", labelWidth)
	for i, l := range wrap(text, p.style.Width-len(indent)) {
		if i == 0 {
			p.line("  %s%s", p.pad(label), l)
		} else {
			p.line("%s%s", indent, l)
		}
	}
}

// prose writes a paragraph behind a prefix.
func (p *printer) prose(prefix, text string) {
	indent := strings.Repeat(" ", len(prefix))
	for i, l := range wrap(text, p.style.Width-len(prefix)) {
		if i == 0 {
			p.line("%s%s", prefix, l)
		} else {
			p.line("%s%s", indent, l)
		}
	}
}
