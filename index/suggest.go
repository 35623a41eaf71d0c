package index

import (
	"cmp"
	"slices"
	"unicode/utf8"

	bleve "github.com/blevesearch/bleve_index_api"
)

// Bounds of suggestions: how long a word must be, how many terms of the
// dictionary are looked at, and how many are named.
const (
	minSuggest  = 4
	maxSuggest  = 24
	maxLookedAt = 2000
	maxNamed    = 3
)

// suggest returns words of the index that are near to a word that is not in it,
// nearest first, of equally near ones the most usual: one letter more, less,
// other or swapped, two for words of eight letters or more whose first letter is
// right.
func (r *Reader) suggest(c *clause) ([]string, error) {
	fuzzy, ok := r.reader.(bleve.IndexReaderFuzzy)
	if !ok || c.prefix != "" || len(c.units) != 1 || c.units[0].ideo || c.units[0].whole == "" {
		return nil, nil
	}
	word := c.units[0].whole
	if n := utf8.RuneCountInString(word); n < minSuggest || n > maxSuggest {
		return nil, nil
	}
	near, err := r.near(fuzzy, word, 1, "")
	if err == nil && len(near) == 0 && len(word) >= 2*minSuggest {
		near, err = r.near(fuzzy, word, 2, word[:1])
	}
	return near, err
}

func (r *Reader) near(fuzzy bleve.IndexReaderFuzzy, word string, distance int, prefix string) ([]string, error) {
	d, err := fuzzy.FieldDictFuzzy(fieldText, word, distance, prefix)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var list []bleve.DictEntry
	for range maxLookedAt {
		e, err := d.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		// A number that is near is another number.
		if !holdsDigit(e.Term) {
			list = append(list, *e)
		}
	}
	slices.SortStableFunc(list, func(a, b bleve.DictEntry) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Term, b.Term))
	})
	var out []string
	for _, e := range first(list, maxNamed) {
		out = append(out, e.Term)
	}
	return out, nil
}

func holdsDigit(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}
