package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// jsonIncident is an incident as an object: the fields of the file by their names,
// those that this version does not know as texts of YAML, so that nothing of them
// changes on the way.
type jsonIncident struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Time        time.Time         `json:"time,omitzero"`
	Lang        string            `json:"lang"`
	Systems     []string          `json:"systems,omitempty"`
	Rules       []string          `json:"rules,omitempty"`
	Verdict     string            `json:"verdict,omitempty"`
	Causes      []jsonCause       `json:"causes,omitempty"`
	Captures    map[string]string `json:"captures,omitempty"`
	IDs         []string          `json:"ids,omitempty"`
	Hosts       []string          `json:"hosts,omitempty"`
	Fix         string            `json:"fix,omitempty"`
	ConfirmedBy string            `json:"confirmed_by,omitempty"`
	Confirmed   time.Time         `json:"confirmed,omitzero"`
	Links       []string          `json:"links,omitempty"`
	Evidence    []jsonEvidence    `json:"evidence,omitempty"`
	Fingerprint []jsonTemplate    `json:"fingerprint,omitempty"`
	Extra       []jsonExtra       `json:"extra,omitempty"`
	Notes       string            `json:"notes,omitempty"`
}

type jsonCause struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	Why   string `json:"why,omitempty"`
}

type jsonEvidence struct {
	File string    `json:"file,omitempty"`
	Line int       `json:"line,omitempty"`
	Time time.Time `json:"time,omitzero"`
	Text string    `json:"text"`
}

type jsonTemplate struct {
	Count int    `json:"count"`
	Of    string `json:"of,omitempty"`
	Text  string `json:"text"`
}

type jsonExtra struct {
	Name string `json:"name"`
	YAML string `json:"yaml"`
}

func each[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

// MarshalJSON returns the incident as one object.
func (in *Incident) MarshalJSON() ([]byte, error) {
	j := jsonIncident{in.ID, in.Title, in.Time, in.Lang, in.Systems, in.Rules, in.Verdict,
		each(in.Causes, func(c Cause) jsonCause { return jsonCause(c) }), in.Captures, in.IDs, in.Hosts,
		in.Fix, in.ConfirmedBy, in.Confirmed, in.Links,
		each(in.Evidence, func(e Evidence) jsonEvidence { return jsonEvidence(e) }),
		each(in.Fingerprint, func(t Template) jsonTemplate { return jsonTemplate(t) }), nil, in.Notes}
	for _, name := range slices.Sorted(maps.Keys(in.Extra)) {
		node := in.Extra[name]
		text, err := yaml.Marshal(&node)
		if err != nil {
			return nil, err
		}
		j.Extra = append(j.Extra, jsonExtra{name, string(text)})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(j)
	return bytes.TrimSpace(b.Bytes()), err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (in *Incident) UnmarshalJSON(text []byte) error {
	var j jsonIncident
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*in = Incident{ID: j.ID, Title: j.Title, Time: j.Time, Lang: j.Lang, Systems: j.Systems, Rules: j.Rules, Verdict: j.Verdict,
		Causes:   each(j.Causes, func(c jsonCause) Cause { return Cause(c) }),
		Captures: j.Captures, IDs: j.IDs, Hosts: j.Hosts, Fix: j.Fix, ConfirmedBy: j.ConfirmedBy, Confirmed: j.Confirmed, Links: j.Links,
		Evidence:    each(j.Evidence, func(e jsonEvidence) Evidence { return Evidence(e) }),
		Fingerprint: each(j.Fingerprint, func(t jsonTemplate) Template { return Template(t) }),
		Notes:       strings.TrimSpace(j.Notes)}
	for _, x := range j.Extra {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(x.YAML), &doc); err != nil {
			return fmt.Errorf("field %q: %w", x.Name, err)
		}
		if len(doc.Content) != 1 {
			return fmt.Errorf("field %q holds nothing", x.Name)
		}
		if in.Extra == nil {
			in.Extra = map[string]yaml.Node{}
		}
		in.Extra[x.Name] = *doc.Content[0]
	}
	return nil
}

// Export writes incidents as lines of JSON.
func Export(w io.Writer, list []*Incident) error {
	for _, in := range list {
		text, err := in.MarshalJSON()
		if err != nil {
			return fmt.Errorf("%s: %w", in.ID, err)
		}
		if _, err := w.Write(append(text, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Import reads lines of JSON and gives each incident to take. Lines that are no
// incidents are among the problems; only an error of reading or of take stops it.
func Import(place string, r io.Reader, take func(*Incident) error) (problems []error, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		text, long, err := readLine(lines)
		if err != nil && err != io.EOF {
			return problems, err
		}
		if wrong := importLine(place, n, text, long, take); wrong != nil {
			var p Problem
			if !errors.As(wrong, &p) {
				return problems, wrong
			}
			problems = append(problems, wrong)
		}
		if err == io.EOF {
			return problems, nil
		}
	}
}

func importLine(place string, n int, text []byte, long bool, take func(*Incident) error) error {
	if long {
		return Problem{Place: place, Line: n, Reason: fmt.Sprintf("is longer than the %d bytes an incident may have", 2*MaxFile)}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	var in Incident
	if err := json.Unmarshal(text, &in); err != nil {
		return Problem{Place: place, Line: n, Reason: err.Error()}
	}
	if err := in.check(fmt.Sprintf("%s:%d", place, n)); err != nil {
		return err
	}
	return take(&in)
}

// readLine reads a line of up to twice MaxFile bytes (JSON escapes); what is longer
// is skipped to its end.
func readLine(r *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(text)+len(part) > 2*MaxFile {
			long, text = true, nil
		}
		if !long {
			text = append(text, part...)
		}
		if err != bufio.ErrBufferFull {
			return text, long, err
		}
	}
}
