package correlate

import (
	"strings"

	"diagnose"
)

// detached follows a program that a build runs in the end ([diagnose.Entry.Detached]), in
// the entries of a case.
type detached struct{ runs, fell bool }

// outlives reports whether an entry only tells the success of a build whose program said
// before that it does not start, in the words of Spring Boot's SpringApplication.
func (d *detached) outlives(e *diagnose.Entry) bool {
	switch {
	case e.Detached:
		*d = detached{runs: true}
	case d.runs && e.Level >= diagnose.LevelError && strings.HasPrefix(e.Message, "Application run failed"):
		d.fell = true
	}
	return d.fell && e.Outcome == diagnose.OutcomeSucceeded && e.OutcomeOf == (diagnose.ID{})
}
