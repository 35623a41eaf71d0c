package main

import (
	"cmp"
	"slices"

	"diagnose/filter"
	"diagnose/parser"
)

// places finds literals in text: where they stand, and where they stand once colours
// between their characters are taken away. Text without escape sequences costs one
// search for them.
type places struct {
	guard *filter.Guard
	// literals is how many of the guard's are literals. Those behind them are marks of
	// spelled out escape sequences, which are no places.
	literals int
}

// newPlaces looks for the literals, and with spelled also for lines in which JSON
// spells out the escape sequences.
func newPlaces(literals [][]byte, sample []byte) (places, error) {
	f, err := filter.New(withEscapeMarks(literals), sample)
	if err != nil {
		return places{}, err
	}
	return placesFrom(f), nil
}

func placesFrom(f *filter.Filter) places {
	return places{guard: filter.NewGuard(f), literals: f.Len() - len(escapeMarks)}
}

var escapeMarks = parser.EscapeMarks()

func withEscapeMarks(literals [][]byte) [][]byte {
	all := slices.Clip(literals)
	for _, m := range escapeMarks {
		all = append(all, []byte(m))
	}
	return all
}

// in returns the places of literals that begin in text[from:to], in their order.
func (p places) in(text []byte, from, to int) []place {
	var out []place
	var spelled []int
	p.guard.Scan(text, from, to, func(pos, literal int) {
		if literal < p.literals {
			out = append(out, place{pos, literal})
		} else {
			spelled = append(spelled, pos)
		}
	})
	clean := parser.Clean(text, from, to, spelled)
	if clean == nil {
		return out
	}
	p.guard.Scan(clean.Text, 0, len(clean.Text), func(pos, literal int) {
		if at := clean.Place(pos); literal < p.literals && at < to {
			out = append(out, place{at, literal})
		}
	})
	slices.SortFunc(out, func(a, b place) int { return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.literal, b.literal)) })
	return slices.Compact(out)
}
