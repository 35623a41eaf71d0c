package diagnose

import "time"

// Evidence is an entry that a signal of a rule matched.
type Evidence struct {
	Entry    *Entry
	Signal   string
	Captures map[string]string
	Dropped  int // further matches that were counted, not kept
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
}

// OutcomeFor returns the outcome of the first host among ids that has one of
// its own, else the case's.
func (c *Case) OutcomeFor(ids []ID) Outcome {
	for _, id := range ids {
		if id.Kind == KindHost {
			if o, ok := c.Outcomes[id]; ok {
				return o
			}
		}
	}
	return c.Outcome
}
