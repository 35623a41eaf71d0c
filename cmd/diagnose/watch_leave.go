package main

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"diagnose"
	"diagnose/corpus"
	"diagnose/incident"
	"diagnose/notify"
	"diagnose/report"
)

// outgoing is what leaves the watcher with a commit: for receivers, and for the
// corpus. It holds no secrets.
type outgoing struct {
	notices   []notify.Notice
	incidents []*corpus.Incident
}

func (o *outgoing) add(more outgoing) {
	o.notices = append(o.notices, more.notices...)
	o.incidents = append(o.incidents, more.incidents...)
}

func (o *outgoing) empty() bool { return len(o.notices)+len(o.incidents) == 0 }

// bound drops the oldest of each beyond most, and returns how many that were.
func (o *outgoing) bound(most int) int {
	notices, incidents := max(0, len(o.notices)-most), max(0, len(o.incidents)-most)
	o.notices, o.incidents = slices.Delete(o.notices, 0, notices), slices.Delete(o.incidents, 0, incidents)
	return notices + incidents
}

// leaving is what a change, without its secrets, gives to others.
func (w *watcher) leaving(c incident.Change, cause *diagnose.Cause) (out outgoing) {
	if len(w.o.notify) > 0 {
		out.notices = append(out.notices, w.notice(c, cause))
	}
	if w.o.save && c.Event == incident.Opened && cause != nil && cause.Rule.Severity == diagnose.SeverityError {
		if in := w.pastIncident(c, cause); in != nil {
			out.incidents = append(out.incidents, in)
		}
	}
	return out
}

// withoutSecrets returns a change and its cause as they may leave the machine. What
// the lines of a cause give away is hidden in its title too, then and later, when the
// lines are not at hand any more.
func (w *watcher) withoutSecrets(c incident.Change, cause *diagnose.Cause) (incident.Change, *diagnose.Cause) {
	if len(w.o.notify) == 0 && !w.o.save && !w.o.redact {
		return c, cause
	}
	r := newRedactor(w.live.base, false)
	in := &c.Incident
	if cause != nil {
		whole := &verdictRedactor{r: r, entries: map[*diagnose.Entry]*diagnose.Entry{}}
		whole.learn(cause)
		cause = whole.causes([]*diagnose.Cause{cause})[0]
		if title := report.Title(cause.Rule, cause.Captures, "en"); title != in.Title {
			w.book.Show(in.Fingerprint, title)
			in.Shown = title
		}
	}
	in.Title = cmp.Or(in.Shown, r.Text(in.Title))
	in.Why = r.Text(w.book.Hide(in.Why))
	in.Cases = slices.Clone(in.Cases)
	for i := range in.Cases {
		in.Cases[i] = r.Value(in.Cases[i])
	}
	return c, cause
}

// pastIncident is an incident that has just begun as the corpus keeps it.
func (w *watcher) pastIncident(c incident.Change, cause *diagnose.Cause) *corpus.Incident {
	v := &diagnose.Verdict{}
	if cause.Rule.Role == diagnose.RoleSymptom {
		v.Symptoms = []*diagnose.Cause{cause}
	} else {
		v.Causes = []*diagnose.Cause{cause}
	}
	v.Settle()
	in := incidentOf(v, w.std.language(w.o.lang))
	redactIncident(newRedactor(w.live.base, false), in)
	in.ID = corpus.NewID(in, c.Incident.Opened)
	// More lines may be there when it is told again after a crash; its own id stays.
	in.ID = in.ID[:len(in.ID)-savedSum] + c.Incident.ID[:savedSum]
	return in
}

// savedSum is how long the sum at the end of a corpus id is.
const savedSum = 6

// keep puts incidents into the corpus. It waits for others who write there, so it
// runs beside the watcher, and what fails there is said and given up: the corpus is
// not what people are told by.
func (w *watcher) keep(list []*corpus.Incident) {
	c := &corpusRun{corpusOptions: &corpusOptions{}, std: w.std, store: corpus.Open(openIncidents(w.std, w.o.corpus).dir)}
	for _, in := range list {
		err := c.locked(context.Background(), func() error { return c.store.Add(in) })
		if err != nil && !errors.Is(err, corpus.ErrThere) {
			w.log.Error("--save: an incident could not be kept", "incident", in.ID, "error", err)
		}
	}
}
