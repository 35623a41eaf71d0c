package diagnose

import "time"

// Evidence is an entry that a signal of a rule matched.
type Evidence struct {
	Entry    *Entry
	Signal   string
	Captures map[string]string
	At       int // line of the entry that the match begins on, 0 for its head
	// Excerpt is the line that shows it, of the entry or of a text hidden inside,
	// cut to what is near the match; empty where nothing matched.
	Excerpt string
	// In is the place of the hidden text that the line is of (results[2].stderr);
	// empty for the entry's own.
	In      string
	Dropped int // further matches that were counted, not kept
	// Borrowed says that another rule found it: alone it proves nothing of this one.
	Borrowed bool
}

// Line returns the physical line that the match begins on.
func (e Evidence) Line() int { return min(e.Entry.LineOf(e.At), max(e.Entry.EndLine, e.Entry.Line)) }

// Text returns the line that shows the evidence.
func (e Evidence) Text() string {
	if e.Excerpt != "" {
		return e.Excerpt
	}
	return FirstLine(e.Entry.Message)
}

// Finding is a rule that holds.
type Finding struct {
	Rule     *Rule
	Captures map[string]string
	Evidence []Evidence // in (time, stream, line) order
	Cases    []*Case    // of the evidence, in order of their first evidence
	Start    time.Time  // earliest evidence; zero when none has a time

	// Cleared is set when the log shows that the condition ended, at End (zero when
	// it ended at an untimed line).
	Cleared bool
	End     time.Time
	// Past is the entry that shows all to be well since, where that clears it: whether its
	// own case failed matters no more.
	Past *Entry
	// Turn is set of a rule with `clears`: it says that others are over, and does not make
	// an entry harmless whose head it is known by, nor one that shows by its signal From
	// that another run begins.
	Turn bool
	From string
}

// Case is everything that ids tie together: one failed job, one deployment run,
// one SSH session.
type Case struct {
	ID       string // the id people would search for: job-733, or stream#n
	IDs      map[IDKind][]string
	First    time.Time // zero when no entry has a time
	Last     time.Time
	Entries  int
	Outcome  Outcome
	Inferred bool // membership follows from nearness in a stream, not from ids
	Streams  []string
	Outcomes map[ID]Outcome // by whose outcome it is
	Ended    *Entry         // what said last how the case ended as a whole; nil for nothing
	Told     *Entry         // what said last how anything of it ended; nil for nothing
}

// OutcomeFor returns the outcome of the first host among ids that has one of
// its own, else the case's. Where outcomes are kept by host, that of a host
// without one is unknown: another host's does not speak for it.
func (c *Case) OutcomeFor(ids []ID) Outcome {
	byHost := false
	for id := range c.Outcomes {
		byHost = byHost || id.Kind == KindHost
	}
	if !byHost {
		return c.Outcome
	}
	outcome := c.Outcome
	for _, id := range ids {
		if id.Kind == KindHost {
			if o, ok := c.Outcomes[id]; ok {
				return o
			}
			outcome = OutcomeUnknown
		}
	}
	return outcome
}
