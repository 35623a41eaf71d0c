package main

import (
	"diagnose"
	"diagnose/corpus"
	"diagnose/redact"
	"diagnose/rules"
)

// newRedactor returns a redactor that, with hosts, keeps the words of the rules:
// what a rule says everybody knows, and hiding it would hide the failure.
func newRedactor(base *rules.Base, hosts bool) *redact.Redactor {
	opt := redact.Options{Hosts: hosts}
	if hosts && base != nil {
		known := wordsOf(base.Literals())
		opt.Keep = func(word string) bool { return known[word] }
	}
	return redact.New(opt)
}

// wordsOf are the words, in small letters, that literals hold.
func wordsOf(literals [][]byte) map[string]bool {
	known := map[string]bool{}
	for _, l := range literals {
		from := -1
		for i := 0; i <= len(l); i++ {
			if i < len(l) && (l[i] >= 'a' && l[i] <= 'z' || l[i] >= 'A' && l[i] <= 'Z' || l[i] >= '0' && l[i] <= '9' || l[i] == '-' || l[i] == '.') {
				if from < 0 {
					from = i
				}
				continue
			}
			if from >= 0 {
				known[lowerASCII(l[from:i])] = true
			}
			from = -1
		}
	}
	return known
}

func lowerASCII(b []byte) string {
	out := []byte(string(b))
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// redactVerdict returns a verdict without secrets, with the same causes in the same
// order. v stays as it is.
func redactVerdict(r *redact.Redactor, v *diagnose.Verdict) *diagnose.Verdict {
	c := &verdictRedactor{r: r, entries: map[*diagnose.Entry]*diagnose.Entry{}}
	for _, cause := range v.Causes {
		c.learn(cause)
	}
	for _, cause := range v.Symptoms {
		c.learn(cause)
	}
	for _, cause := range v.Warnings {
		c.learn(cause)
	}
	for _, g := range v.Unexplained {
		c.learnEvidence(g.Evidence)
		r.Learn(g.Text)
	}
	if v.Stated != nil {
		c.learnEvidence([]diagnose.Evidence{*v.Stated})
	}
	out := *v
	out.Causes, out.Symptoms, out.Warnings = c.causes(v.Causes), c.causes(v.Symptoms), c.causes(v.Warnings)
	out.Unexplained = nil
	for _, g := range v.Unexplained {
		copied := *g
		copied.Text, copied.Evidence = r.Text(g.Text), c.evidence(g.Evidence)
		out.Unexplained = append(out.Unexplained, &copied)
	}
	if v.Stated != nil {
		out.Stated = &c.evidence([]diagnose.Evidence{*v.Stated})[0]
	}
	if v.Reason != nil {
		out.Reason = c.causes([]*diagnose.Cause{v.Reason})[0]
	}
	out.Quality = nil
	for _, q := range v.Quality {
		q.Place, q.Text = r.Text(q.Place), r.Text(q.Text)
		out.Quality = append(out.Quality, q)
	}
	return &out
}

type verdictRedactor struct {
	r       *redact.Redactor
	entries map[*diagnose.Entry]*diagnose.Entry
}

func (c *verdictRedactor) learn(cause *diagnose.Cause) {
	c.learnEvidence(cause.Evidence)
	for _, x := range cause.Explains {
		c.learnEvidence(x.Evidence)
	}
}

func (c *verdictRedactor) learnEvidence(list []diagnose.Evidence) {
	for _, e := range list {
		c.r.Learn(e.Entry.Text, e.Excerpt)
	}
}

func (c *verdictRedactor) causes(list []*diagnose.Cause) []*diagnose.Cause {
	var out []*diagnose.Cause
	for _, x := range list {
		copied := *x
		copied.Captures, copied.Evidence = c.captures(x.Captures), c.evidence(x.Evidence)
		copied.Explains, copied.Cases = nil, nil
		if x.Reason != nil {
			copied.Reason = c.causes([]*diagnose.Cause{x.Reason})[0]
		}
		for _, y := range x.Explains {
			copied.Explains = append(copied.Explains, &diagnose.Consequence{Rule: y.Rule, Captures: c.captures(y.Captures), Evidence: c.evidence(y.Evidence)})
		}
		for _, k := range x.Cases {
			copied.Cases = append(copied.Cases, c.caseOf(k))
		}
		out = append(out, &copied)
	}
	return out
}

func (c *verdictRedactor) caseOf(k *diagnose.Case) *diagnose.Case {
	copied := *k
	copied.ID = c.r.Value(k.ID)
	copied.IDs = map[diagnose.IDKind][]string{}
	for kind, values := range k.IDs {
		for _, v := range values {
			copied.IDs[kind] = append(copied.IDs[kind], c.r.Value(v))
		}
	}
	return &copied
}

func (c *verdictRedactor) captures(captures map[string]string) map[string]string {
	if captures == nil {
		return nil
	}
	out := map[string]string{}
	for _, name := range sortedKeys(captures) {
		out[name] = c.r.Value(captures[name])
	}
	return out
}

func (c *verdictRedactor) evidence(list []diagnose.Evidence) []diagnose.Evidence {
	var out []diagnose.Evidence
	for _, e := range list {
		e.Entry, e.Excerpt, e.Captures = c.entry(e.Entry), c.r.Text(e.Excerpt), c.captures(e.Captures)
		out = append(out, e)
	}
	return out
}

func (c *verdictRedactor) entry(e *diagnose.Entry) *diagnose.Entry {
	if known := c.entries[e]; known != nil {
		return known
	}
	copied := *e
	copied.Text, copied.Message, copied.Stream = c.r.Text(e.Text), c.r.Text(e.Message), c.r.Text(e.Stream)
	copied.Inner = nil // hidden texts are shown by their excerpts only
	c.entries[e] = &copied
	return &copied
}

// redactIncident takes secrets out of everything that an incident says, whoever
// wrote it. It returns how many replacements it made.
func redactIncident(r *redact.Redactor, in *corpus.Incident) int {
	for _, e := range in.Evidence {
		r.Learn(e.Text)
	}
	r.Learn(in.Notes, in.Fix)
	fields := []*string{&in.Title, &in.Fix, &in.ConfirmedBy, &in.Notes}
	for i := range in.Causes {
		fields = append(fields, &in.Causes[i].Title, &in.Causes[i].Why)
	}
	for i := range in.Evidence {
		fields = append(fields, &in.Evidence[i].File, &in.Evidence[i].Text)
	}
	for i := range in.Fingerprint {
		fields = append(fields, &in.Fingerprint[i].Text)
	}
	for i := range in.Links {
		fields = append(fields, &in.Links[i])
	}
	for _, f := range fields {
		*f = r.Text(*f)
	}
	for _, list := range [][]string{in.IDs, in.Hosts} {
		for i := range list {
			list[i] = r.Value(list[i])
		}
	}
	for _, name := range sortedKeys(in.Captures) {
		in.Captures[name] = r.Value(in.Captures[name])
	}
	return r.Count()
}
