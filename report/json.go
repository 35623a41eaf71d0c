package report

import (
	"io"
	"strings"
	"time"

	"diagnose"
)

// Schema names the shape of the JSON report; docs/report.schema.json defines
// it. Optional fields may be added within v1.
const Schema = "diagnose/report/v1"

type jsonReport struct {
	Schema      string        `json:"schema"`
	Verdict     string        `json:"verdict"`
	Quality     []jsonQuality `json:"quality"`
	Causes      []jsonCause   `json:"causes"`
	Symptoms    []jsonCause   `json:"symptoms"`
	Unexplained []jsonGroup   `json:"unexplained"`
	Stated      *jsonEvidence `json:"stated,omitempty"`
	Reason      *jsonCause    `json:"reason,omitempty"`
	Warnings    []jsonCause   `json:"warnings"`
	Seen        []jsonSeen    `json:"seen_before,omitempty"`
	Stats       jsonStats     `json:"stats"`
}

type jsonQuality struct {
	Place  string `json:"place,omitempty"`
	Text   string `json:"text"`
	Weighs bool   `json:"weighs"`
}

type jsonCause struct {
	Rule       string            `json:"rule"`
	Title      string            `json:"title"`
	System     string            `json:"system"`
	Severity   string            `json:"severity"`
	Confidence string            `json:"confidence"`
	WhyFirst   string            `json:"why_first,omitempty"`
	Cause      string            `json:"cause"`
	Fix        []diagnose.Step   `json:"fix"`
	Verify     []diagnose.Step   `json:"verify"`
	References []string          `json:"references"`
	Captures   map[string]string `json:"captures"`
	Side       string            `json:"side,omitempty"`
	Cases      []jsonCase        `json:"cases"`
	Candidates []jsonCandidate   `json:"candidates"`
	Evidence   []jsonEvidence    `json:"evidence"`
	Explains   []jsonExplains    `json:"explains"`
	SeenBefore []string          `json:"seen_before"`

	// How many there are where a list was cut.
	CaseCount     int        `json:"case_count,omitempty"`
	EvidenceCount int        `json:"evidence_count,omitempty"`
	Reason        *jsonCause `json:"reason,omitempty"`
}

type jsonCase struct {
	ID       string              `json:"id"`
	IDs      map[string][]string `json:"ids"`
	First    *time.Time          `json:"first"`
	Last     *time.Time          `json:"last"`
	Outcome  string              `json:"outcome"`
	Inferred bool                `json:"inferred"`
}

type jsonCandidate struct {
	Rule       string `json:"rule"`
	Title      string `json:"title"`
	TellsApart string `json:"tells_apart"`
}

type jsonEvidence struct {
	File    string     `json:"file"`
	Line    int        `json:"line"`
	EndLine int        `json:"end_line"`
	Time    *time.Time `json:"time"`
	Text    string     `json:"text"`
	Signal  string     `json:"signal,omitempty"`
	// Match is the line that shows it, of the entry or of a text hidden inside, cut
	// to what is near; MatchLine is its line in the file.
	Match     string `json:"match,omitempty"`
	MatchLine int    `json:"match_line,omitempty"`
	// MatchIn is the place of the hidden text: results[2].stderr.
	MatchIn string `json:"match_in,omitempty"`
}

type jsonExplains struct {
	Rule     string         `json:"rule"`
	Title    string         `json:"title"`
	Evidence []jsonEvidence `json:"evidence"`

	EvidenceCount int `json:"evidence_count,omitempty"` // where the list was cut
}

type jsonGroup struct {
	Level    string         `json:"level"`
	Count    int            `json:"count"`
	Text     string         `json:"text"`
	Evidence []jsonEvidence `json:"evidence"`
}

type jsonStats struct {
	Files   int              `json:"files"`
	Bytes   int64            `json:"bytes"`
	Lines   int64            `json:"lines"`
	Entries int64            `json:"entries"`
	Cases   int              `json:"cases"`
	Skipped []diagnose.Count `json:"skipped"`
	Cut     []diagnose.Count `json:"cut"`
}

// Bounds of one list in a JSON report; what is beyond is counted beside it.
const (
	maxEvidence = 200
	maxCases    = 200
	maxText     = 8 << 10
)

// kindJSON is the answer in one word: what could not be read is not called clean.
func kindJSON(v *diagnose.Verdict) string {
	if v.Kind == diagnose.VerdictClean && unread(v) {
		return "unread"
	}
	return string(v.Kind)
}

// JSON writes the verdict as one document.
func JSON(w io.Writer, v *diagnose.Verdict, lang string) error {
	r := jsonReport{
		Schema: Schema, Verdict: kindJSON(v),
		Quality:     each(v.Quality, func(q diagnose.Quality) jsonQuality { return jsonQuality(q) }),
		Causes:      seenCauses(each(v.Causes, func(c *diagnose.Cause) jsonCause { return causeJSON(c, lang) }), v.Seen),
		Symptoms:    each(v.Symptoms, func(c *diagnose.Cause) jsonCause { return causeJSON(c, lang) }),
		Warnings:    each(v.Warnings, func(c *diagnose.Cause) jsonCause { return causeJSON(c, lang) }),
		Unexplained: each(v.Unexplained, groupJSON),
		Seen:        seenJSON(v.Seen),
		Stats: jsonStats{v.Stats.Files, v.Stats.Bytes, v.Stats.Lines, v.Stats.Entries, v.Stats.Cases,
			each(v.Stats.Skipped, same), each(v.Stats.Cut, same)},
	}
	if v.Stated != nil {
		stated := evidenceJSON(*v.Stated)
		r.Stated = &stated
	}
	if v.Reason != nil {
		reason := causeJSON(v.Reason, lang)
		r.Reason = &reason
	}
	return writeJSON(w, r)
}

func same(c diagnose.Count) diagnose.Count { return c }

// each maps a list; an empty one stays an empty list, not null.
func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

func causeJSON(c *diagnose.Cause, lang string) jsonCause {
	t := c.Rule.Texts(lang)
	j := jsonCause{
		Rule: c.Rule.ID, Title: Title(c.Rule, c.Captures, lang), System: c.Rule.System,
		Severity: string(c.Rule.Severity), Confidence: string(c.Rule.Confidence),
		Cause: fillText(t.Cause, c.Captures), Side: c.Rule.Side, Captures: filled(c.Captures),
		Fix: fillSteps(t.Fix, c.Captures), Verify: fillSteps(t.Verify, c.Captures),
		References: append([]string{}, c.Rule.References...), SeenBefore: []string{},
		Cases: each(first(c.Cases, maxCases), caseJSON),
		Candidates: each(c.Candidates, func(r *diagnose.Rule) jsonCandidate {
			return jsonCandidate{r.ID, Title(r, c.Captures, lang), fillText(r.Texts(lang).TellsApart, c.Captures)}
		}),
		Evidence: each(first(c.Evidence, maxEvidence), evidenceJSON),
		Explains: each(c.Explains, func(x *diagnose.Consequence) jsonExplains {
			return jsonExplains{x.Rule.ID, Title(x.Rule, x.Captures, lang), each(first(x.Evidence, maxEvidence), evidenceJSON), beyond(x.Evidence, maxEvidence)}
		}),
		CaseCount: beyond(c.Cases, maxCases), EvidenceCount: beyond(c.Evidence, maxEvidence),
	}
	if c.Why.Reason != "" {
		j.WhyFirst = why(c.Why, lang)
	}
	if c.Reason != nil {
		reason := causeJSON(c.Reason, lang)
		j.Reason = &reason
	}
	return j
}

func first[T any](list []T, n int) []T {
	if len(list) > n {
		return list[:n]
	}
	return list
}

// filled is captures as an object, also where there are none.
func filled(captures map[string]string) map[string]string {
	if captures == nil {
		return map[string]string{}
	}
	return captures
}

// beyond is the length of a list that first cuts at n, 0 for one that it leaves.
func beyond[T any](list []T, n int) int {
	if len(list) > n {
		return len(list)
	}
	return 0
}

func caseJSON(c *diagnose.Case) jsonCase {
	ids := map[string][]string{}
	for kind, values := range c.IDs {
		ids[string(kind)] = values
	}
	return jsonCase{ID: c.ID, IDs: ids, First: stamp(c.First), Last: stamp(c.Last), Outcome: c.Outcome.String(), Inferred: c.Inferred}
}

// stamp leaves out times that are no dates.
func stamp(t time.Time) *time.Time {
	if !diagnose.Dated(t) {
		return nil
	}
	t = t.UTC()
	return &t
}

func evidenceJSON(e diagnose.Evidence) jsonEvidence {
	text := e.Entry.Text
	if len(text) > maxText {
		text = text[:runeEnd(text, maxText)] + "…"
	}
	j := jsonEvidence{File: e.Entry.Stream, Line: e.Entry.Line, EndLine: e.Entry.EndLine,
		Time: stamp(e.Entry.Time), Text: strings.ToValidUTF8(text, "�"), Signal: e.Signal}
	if e.Excerpt != "" {
		j.Match, j.MatchLine = strings.ToValidUTF8(e.Excerpt, "�"), e.Line()
		j.MatchIn = strings.ToValidUTF8(e.In, "�")
	}
	return j
}

func groupJSON(g *diagnose.Group) jsonGroup {
	return jsonGroup{Level: g.Level.String(), Count: g.Count, Text: strings.ToValidUTF8(g.Text, "�"), Evidence: each(g.Evidence, evidenceJSON)}
}

// Title is a rule's title with captures filled in, on one line.
func Title(r *diagnose.Rule, captures map[string]string, lang string) string {
	return fillText(r.Texts(lang).Title, captures)
}

// fillText fills a sentence; values are made printable and kept on one line, with one blank
// where the log has several or breaks the line.
func fillText(text string, captures map[string]string) string {
	return diagnose.Fill(strings.TrimSpace(text), captures, func(value string) string {
		return Printable(strings.Join(strings.Fields(value), " "))
	})
}

func fillSteps(steps []diagnose.Step, captures map[string]string) []diagnose.Step {
	return each(steps, func(s diagnose.Step) diagnose.Step {
		return diagnose.Step{
			Say:    fillText(s.Say, captures),
			Run:    diagnose.FillCommand(s.Run, printable(captures)),
			Expect: fillText(s.Expect, captures),
		}
	})
}

// printable makes every value safe to show before it is quoted for a shell.
func printable(captures map[string]string) map[string]string {
	out := make(map[string]string, len(captures))
	for name, v := range captures {
		out[name] = Printable(v)
	}
	return out
}
