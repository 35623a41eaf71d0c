package main

import (
	"bytes"
	"cmp"
	"slices"

	"diagnose/filter"
	"diagnose/parser"
)

// places finds literals in text: where they stand, where they stand once colours
// between their characters are taken away, and where the parts of a line that was cut
// meet. Text without escape sequences and cut lines costs one search for the former.
type places struct {
	guard *filter.Guard
	// literals is how many of the guard's are literals. Those behind them are marks of
	// spelled out escape sequences, then of lines in parts.
	literals int
}

// of returns what finds other literals in text of which p has read some.
func (p places) of(literals [][]byte) (places, error) {
	f, err := p.guard.Filter().For(withMarks(literals))
	if err != nil {
		return places{}, err
	}
	return placesFrom(f), nil
}

func placesFrom(f *filter.Filter) places {
	return places{guard: filter.NewGuard(f), literals: f.Len() - len(escapeMarks) - len(seamMarks)}
}

var escapeMarks, seamMarks = parser.EscapeMarks(), parser.SeamMarks()

// withMarks adds the marks of lines whose text is not what stands in the log.
func withMarks(literals [][]byte) [][]byte {
	all := slices.Clip(literals)
	for _, m := range slices.Concat(escapeMarks, seamMarks) {
		all = append(all, []byte(m))
	}
	return all
}

// isColoured reports whether text holds what escape sequences begin with.
func isColoured(text []byte) bool { return bytes.IndexByte(text, 0x1b) >= 0 }

// in returns the places of literals that begin in text[from:to], in their order. Text
// that is not coloured holds no escape sequence, or only ones that are spelled out.
func (p places) in(text []byte, from, to int, coloured bool) []place {
	var out []place
	var spelled, cut []int
	p.guard.Scan(text, from, to, func(pos, literal int) {
		switch {
		case literal < p.literals:
			out = append(out, place{pos, literal})
		case literal < p.literals+len(escapeMarks):
			spelled = append(spelled, pos)
		default:
			cut = append(cut, pos)
		}
	})
	var clean *parser.Cleaned
	if coloured || len(spelled) > 0 {
		clean = parser.Clean(text, from, to, spelled)
	}
	seams := parser.Seams(text, from, to, cut)
	if clean == nil && seams == nil {
		return out
	}
	if clean != nil {
		p.guard.Scan(clean.Text, 0, len(clean.Text), func(pos, literal int) {
			if at := clean.Place(pos); literal < p.literals && at < to {
				out = append(out, place{at, literal})
			}
		})
	}
	for _, s := range seams {
		p.guard.Scan(s.Text, 0, len(s.Text), func(_, literal int) {
			if literal < p.literals {
				out = append(out, place{s.At, literal})
			}
		})
	}
	slices.SortFunc(out, func(a, b place) int { return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.literal, b.literal)) })
	return slices.Compact(out)
}
