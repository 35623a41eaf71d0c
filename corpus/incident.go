// Package corpus keeps past incidents: what broke, what the logs showed, and what
// really fixed it.
//
// In come verdicts and what people add by hand; out come incidents, one readable
// file each: YAML between two lines of dashes, then notes in Markdown. The files are
// the truth: they can be edited, compared and kept in Git. The package knows no
// index, runs no rules and redacts nothing; what is given to it is kept.
package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Incident is one past incident. The order of the fields is that of the file.
type Incident struct {
	ID      string    `yaml:"id"`
	Title   string    `yaml:"title"`
	Time    time.Time `yaml:"time,omitempty"` // when it happened; zero when nobody knows
	Lang    string    `yaml:"lang"`           // of what people wrote: en or zh
	Systems []string  `yaml:"systems,omitempty,flow"`
	Rules   []string  `yaml:"rules,omitempty,flow"` // that held as root causes
	Verdict string    `yaml:"verdict,omitempty"`    // cause, unexplained or clean

	Causes   []Cause           `yaml:"causes,omitempty"`
	Captures map[string]string `yaml:"captures,omitempty"` // of the causes, by name
	IDs      []string          `yaml:"ids,omitempty,flow"` // job-733, logid:5fa4d6ef
	Hosts    []string          `yaml:"hosts,omitempty,flow"`

	Fix         string    `yaml:"fix,omitempty"` // what really fixed it
	ConfirmedBy string    `yaml:"confirmed_by,omitempty"`
	Confirmed   time.Time `yaml:"confirmed,omitempty"`
	Links       []string  `yaml:"links,omitempty"`

	Evidence    []Evidence `yaml:"evidence,omitempty"`
	Fingerprint []Template `yaml:"fingerprint,omitempty"`

	// Extra holds the fields that this version does not know, so that rewriting a
	// file loses none.
	Extra map[string]yaml.Node `yaml:",inline"`

	// Notes are the Markdown below the front.
	Notes string `yaml:"-"`
}

// Cause is what the verdict named.
type Cause struct {
	Rule  string `yaml:"rule"`
	Title string `yaml:"title"`
	Why   string `yaml:"why,omitempty"` // the rule's explanation, filled in
}

// Evidence is a line of the log, redacted.
type Evidence struct {
	File string    `yaml:"file,omitempty"`
	Line int       `yaml:"line,omitempty"`
	Time time.Time `yaml:"time,omitempty"`
	Text string    `yaml:"text"`
}

// Template is a masked text of a trouble entry (diagnose.Mask), and how often it
// stood there: what likeness is measured by.
type Template struct {
	Count int    `yaml:"count"`
	Of    string `yaml:"of,omitempty"` // cause: it proves the root cause; symptom: it is an umbrella's
	Text  string `yaml:"text"`
}

// Bounds of one incident. What is beyond them was cut before it was kept.
const (
	MaxFile     = 4 << 20 // bytes of a file; a larger one is refused
	MaxEvidence = 200
	MaxTemplate = 200
	MaxText     = 4 << 10 // bytes of one evidence or template
)

// maxID bounds an id, which is a file's name too.
const maxID = 80

// ValidID reports whether id can be the id of an incident: small letters, digits and
// dashes, the first no dash.
func ValidID(id string) bool {
	other := func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') }
	return id != "" && len(id) <= maxID && id[0] != '-' && !strings.ContainsFunc(id, other)
}

// Problem is a mistake in an incident's file.
type Problem struct {
	Place     string // the file
	Line, Col int    // 0 where they are not known
	Reason    string

	field string // that it is about
}

// Error returns place:line:col: reason.
func (p Problem) Error() string {
	switch {
	case p.Col > 0:
		return fmt.Sprintf("%s:%d:%d: %s", p.Place, p.Line, p.Col, p.Reason)
	case p.Line > 0:
		return fmt.Sprintf("%s:%d: %s", p.Place, p.Line, p.Reason)
	}
	return p.Place + ": " + p.Reason
}

const fence = "---\n"

// Parse reads an incident's file. The error joins every Problem that was found.
func Parse(place string, text []byte) (*Incident, error) {
	if len(text) > MaxFile {
		return nil, Problem{Place: place, Reason: fmt.Sprintf("has %d bytes; an incident may have %d", len(text), MaxFile)}
	}
	if !utf8.Valid(text) {
		return nil, Problem{Place: place, Reason: "is not UTF-8"}
	}
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	rest, ok := bytes.CutPrefix(text, []byte(fence))
	if !ok {
		return nil, Problem{Place: place, Line: 1, Reason: "does not begin with a line of three dashes"}
	}
	front, notes, ok := bytes.Cut(rest, []byte("\n"+fence))
	if !ok {
		if front, ok = bytes.CutSuffix(rest, []byte("\n---")); !ok {
			return nil, Problem{Place: place, Line: 1, Reason: "has no second line of three dashes"}
		}
	}
	var in Incident
	var doc yaml.Node
	if err := yaml.Unmarshal(front, &doc); err != nil {
		return nil, errors.Join(each(yamlProblems(place, err, &doc), asError)...)
	}
	var all []Problem
	if err := yaml.Unmarshal(front, &in); err != nil {
		all = yamlProblems(place, err, &doc)
	}
	in.Notes = strings.TrimSpace(string(notes))
	for _, p := range in.problems(place) {
		p.Line, p.Col = keyPlace(&doc, p.field)
		if !slices.ContainsFunc(all, func(q Problem) bool { return p.Line > 0 && q.Line == p.Line }) {
			all = append(all, p)
		}
	}
	if len(all) > 0 {
		return nil, errors.Join(each(all, asError)...)
	}
	return &in, nil
}

func asError(p Problem) error { return p }

// keyPlace is where the value of a field begins in the file, one line below the
// front's; zeros where it is not there.
func keyPlace(doc *yaml.Node, field string) (line, col int) {
	if len(doc.Content) != 1 {
		return 0, 0
	}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value == field {
			return pairs[i+1].Line + 1, pairs[i+1].Column
		}
	}
	return 0, 0
}

// column is that of the last value that begins on a line of the front.
func column(n *yaml.Node, line int) int {
	col := 0
	if n.Line == line {
		col = n.Column
	}
	for _, c := range n.Content {
		col = max(col, column(c, line))
	}
	return col
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// yamlProblems turns the decoder's errors into problems; its lines begin below the
// first dashes.
func yamlProblems(place string, err error, doc *yaml.Node) []Problem {
	var typed *yaml.TypeError
	texts := []string{err.Error()}
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	var all []Problem
	for _, t := range texts {
		p := Problem{Place: place, Reason: strings.TrimPrefix(t, "yaml: ")}
		if m := yamlLine.FindStringSubmatch(t); m != nil {
			fmt.Sscan(m[1], &p.Line)
			p.Col = column(doc, p.Line)
			p.Line++
			p.Reason = m[2]
		}
		all = append(all, p)
	}
	return all
}

// check says what an incident lacks.
func (in *Incident) check(place string) error {
	return errors.Join(each(in.problems(place), asError)...)
}

func (in *Incident) problems(place string) []Problem {
	var all []Problem
	say := func(field, format string, args ...any) {
		all = append(all, Problem{Place: place, Reason: fmt.Sprintf(format, args...), field: field})
	}
	if !ValidID(in.ID) {
		say("id", "id %q: an id has small letters, digits and dashes, 80 at most", in.ID)
	}
	if strings.TrimSpace(in.Title) == "" {
		say("title", "has no title")
	}
	if in.Lang != "en" && in.Lang != "zh" {
		say("lang", "lang is %q: it is en or zh", in.Lang)
	}
	if in.Verdict != "" && !slices.Contains([]string{"cause", "unexplained", "clean"}, in.Verdict) {
		say("verdict", "verdict is %q: it is cause, unexplained or clean", in.Verdict)
	}
	for _, t := range in.Fingerprint {
		if t.Of != "" && t.Of != "cause" && t.Of != "symptom" {
			say("fingerprint", "a line of the fingerprint is of %q: it is of a cause or a symptom", t.Of)
			break
		}
	}
	if in.Fix == "" && (in.ConfirmedBy != "" || !in.Confirmed.IsZero()) {
		say("confirmed_by", "is confirmed, but says no fix")
	}
	return all
}

// Marshal returns the file of an incident. The same incident gives the same bytes.
func (in *Incident) Marshal() ([]byte, error) {
	if err := in.check(in.ID); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(fence)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(in); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	b.WriteString(fence)
	if in.Notes != "" {
		b.WriteString("\n" + strings.TrimSpace(in.Notes) + "\n")
	}
	if b.Len() > MaxFile {
		return nil, Problem{Place: in.ID, Reason: fmt.Sprintf("would have %d bytes; an incident may have %d", b.Len(), MaxFile)}
	}
	return b.Bytes(), nil
}

// Fixed reports whether somebody said what fixed it and stands for it.
func (in *Incident) Fixed() bool { return in.Fix != "" && in.ConfirmedBy != "" }
