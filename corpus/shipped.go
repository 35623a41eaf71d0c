package corpus

import (
	"embed"
	"sync"
)

//go:embed seed/*.md
var seed embed.FS

// Shipped returns the incidents that come with the program, in order of their ids:
// the cases of public manuals and reports, with what is known to fix them. Nobody
// may change them. What is wrong with one, which no release has, is among the
// problems.
var Shipped = sync.OnceValues(func() (list []*Incident, problems []error) {
	entries, err := seed.ReadDir("seed")
	if err != nil {
		return nil, []error{err}
	}
	for _, e := range entries {
		place := "corpus/seed/" + e.Name()
		text, err := seed.ReadFile("seed/" + e.Name())
		if err != nil {
			problems = append(problems, err)
			continue
		}
		in, err := Parse(place, text)
		if err == nil && e.Name() != in.ID+Ext {
			err = Problem{Place: place, Reason: "its name must be " + in.ID + Ext}
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		list = append(list, in)
	}
	return list, problems
})
