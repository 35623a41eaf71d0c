package index

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Options of a search.
type Options struct {
	Limit  int  // results; 0 = 10
	Facets bool // count what the results have in common
}

// Answer is what a search found, best first.
type Answer struct {
	Results []Result
	Total   int  // incidents found, of which Results are the best
	Any     bool // none has all the words: these have some
	// Missing are words of the query that no incident has, with what was perhaps
	// meant.
	Missing []Missing
	// Wide are words with * that stand for more terms than were looked at.
	Wide   []string
	Facets []Facet
}

// Result is one incident that was found.
type Result struct {
	ID    string
	Score float64
}

// Missing is a word that no incident has.
type Missing struct {
	Word    string
	Suggest []string // words that are near to it, nearest first
	Parts   bool     // incidents that have parts of it are found: it is Chinese without spaces
}

// Facet is how many of the results have each value of a field, most first.
type Facet struct {
	Field  string
	Values []FacetValue
	More   int  // values that are not listed
	Cut    bool // there are more values than were counted
}

// FacetValue is one value of a facet.
type FacetValue struct {
	Value string
	Count int
}

// Search finds incidents: those that have all fields, phrases and words; where
// there is none, those that have the fields and phrases, and some of the words.
func (r *Reader) Search(q *Query, o Options) (*Answer, error) {
	a := &Answer{}
	err := guarded(func() error { return r.search(q, o, a) })
	return a, err
}

func (r *Reader) search(q *Query, o Options, a *Answer) error {
	if o.Limit <= 0 {
		o.Limit = 10
	}
	set, words, err := r.required(q, a)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		if set, err = r.words(words, set, a); err != nil {
			return err
		}
	}
	got := hits{}
	if set != nil {
		got = *set
	}
	for _, c := range q.clauses {
		if c.not && got.len() > 0 {
			out, err := r.clause(&c, got.docs, a)
			if err != nil {
				return err
			}
			got = subtract(got, out)
		}
	}
	if err := r.titles(q, got); err != nil {
		return err
	}
	a.Total = got.len()
	if a.Results, err = r.best(got, o.Limit); err != nil || !o.Facets {
		return err
	}
	a.Facets, err = r.facets(got)
	return err
}

// required is what has all fields and phrases, nil where none is asked for; the
// words are left.
func (r *Reader) required(q *Query, a *Answer) (set *hits, words []*clause, err error) {
	// Fields first: their lists are short.
	for _, fieldsFirst := range []bool{true, false} {
		for i := range q.clauses {
			c := &q.clauses[i]
			switch {
			case c.not || (c.field != "") != fieldsFirst:
				continue
			case c.field == "" && !c.phrase:
				words = append(words, c)
				continue
			}
			var within []uint32
			if set != nil {
				within = set.docs
			}
			h, err := r.clause(c, within, a)
			if err != nil {
				return nil, nil, err
			}
			if set != nil {
				h = intersect(*set, h)
			}
			if h.docs == nil {
				h.docs = []uint32{} // nothing, which is not everything
			}
			set = &h
		}
	}
	return set, words, nil
}

// words finds what has all words among set (everything where it is nil), else
// what has some.
func (r *Reader) words(words []*clause, set *hits, a *Answer) (*hits, error) {
	list, err := r.measure(words, a)
	if err != nil {
		return nil, err
	}
	if len(a.Missing) == 0 {
		all, err := r.allWords(list, set, a)
		if err != nil || all.len() > 0 || len(words) == 1 && len(words[0].units) < 2 {
			return &all, err
		}
	}
	var within []uint32
	if set != nil {
		within = set.docs
	}
	some, err := r.someWords(list, within, a)
	if err != nil {
		return nil, err
	}
	if set != nil {
		some = intersect(*set, some)
	}
	a.Any = some.len() > 0
	return &some, nil
}

// measured is a word with how many documents it may have.
type measured struct {
	*clause
	n int
}

// measure counts the words and puts the rare ones first. Words that no incident
// has are said and left out, but for what of a Chinese run some incident has: such
// a run is often a sentence.
func (r *Reader) measure(words []*clause, a *Answer) ([]measured, error) {
	var list []measured
	for _, c := range words {
		n, err := r.reach(c)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			near, err := r.suggest(c)
			if err != nil {
				return nil, err
			}
			if n, err = r.partReach(c); err != nil {
				return nil, err
			}
			a.Missing = append(a.Missing, Missing{c.raw, near, n > 0})
			if n == 0 {
				continue
			}
		}
		list = append(list, measured{c, n})
	}
	slices.SortStableFunc(list, func(a, b measured) int { return cmp.Compare(a.n, b.n) })
	return list, nil
}

// reach is at most how many documents have a word: as many as have its rarest
// part.
func (r *Reader) reach(c *clause) (int, error) {
	least := r.count
	if c.prefix != "" {
		list, _, err := r.terms(fieldText, c.prefix, nil)
		if len(list) == 0 {
			least = 0
		}
		return least, err
	}
	for i := range c.units {
		n, err := r.unitReach(&c.units[i])
		if err != nil {
			return 0, err
		}
		least = min(least, n)
	}
	return least, nil
}

// partReach is how many documents have the rarest piece of a word with Chinese
// text that any has, 0 where less than half of its pieces are in any: the rest is
// chance.
func (r *Reader) partReach(c *clause) (int, error) {
	if !slices.ContainsFunc(c.units, func(u unit) bool { return u.ideo && len(u.parts) > 1 }) {
		return 0, nil
	}
	least, there, all := 0, 0, pieces(c)
	for _, piece := range all {
		n, err := r.reach(piece)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			there++
			least = min(n, cmp.Or(least, n))
		}
	}
	if 2*there < len(all) {
		return 0, nil
	}
	return least, nil
}

func (r *Reader) unitReach(u *unit) (int, error) {
	if u.single() {
		list, _, err := r.terms(fieldText, u.parts[0].Term, nil)
		return min(len(list)*r.count, r.count), err
	}
	whole := 0
	if u.whole != "" {
		var err error
		if whole, err = r.frequency(u.whole, fieldText); err != nil || len(u.parts) < 2 {
			return whole, err
		}
	}
	least := r.count
	for _, p := range u.parts {
		n, err := r.frequency(p.Term, fieldText)
		if err != nil {
			return 0, err
		}
		least = min(least, n)
	}
	return max(least, whole), nil
}

// single reports whether the unit is one ideograph, which begins terms and is
// seldom one.
func (u *unit) single() bool {
	return u.ideo && len(u.parts) == 1 && utf8.RuneCountInString(u.parts[0].Term) == 1
}

func (r *Reader) allWords(list []measured, set *hits, a *Answer) (hits, error) {
	var got hits
	if set != nil {
		got = *set
	}
	for i, c := range list {
		var within []uint32
		if i > 0 || set != nil {
			within = got.docs
		}
		h, err := r.clause(c.clause, within, a)
		if err != nil {
			return hits{}, err
		}
		if i > 0 || set != nil {
			h = intersect(got, h)
		}
		if got = h; got.len() == 0 {
			return hits{}, nil
		}
	}
	return got, nil
}

// commonWord is the share of the incidents above which a word is left out of
// "any of the words", where rarer ones are there.
const commonWord = 0.3

// someWords finds what has some of the words; the more and the rarer, the
// better.
func (r *Reader) someWords(list []measured, within []uint32, a *Answer) (hits, error) {
	var scores []float64
	rare := false
	for _, c := range list {
		if rare && float64(c.n) > commonWord*float64(r.count) && r.count > 100 {
			continue
		}
		rare = true
		for _, u := range pieces(c.clause) {
			h, err := r.clause(u, within, a)
			if err != nil {
				return hits{}, err
			}
			for i, doc := range h.docs {
				if n := int(doc) + 1; n > len(scores) {
					scores = append(scores, make([]float64, max(n, 2*len(scores))-len(scores))...)
				}
				scores[doc] += h.scores[i]
			}
		}
	}
	var out hits
	for doc, s := range scores {
		if s > 0 {
			out.docs, out.scores = append(out.docs, uint32(doc)), append(out.scores, s)
		}
	}
	return out, nil
}

// pieces are what of a word counts for itself in "any of the words": its units,
// and the pairs of Chinese text.
func pieces(c *clause) []*clause {
	if c.prefix != "" {
		return []*clause{c}
	}
	var out []*clause
	for _, u := range c.units {
		if !u.ideo || len(u.parts) < 2 {
			out = append(out, &clause{units: []unit{u}})
			continue
		}
		for _, p := range u.parts {
			out = append(out, &clause{units: []unit{{parts: []Token{p}, ideo: true}}})
		}
	}
	return out
}

// clause finds what has one word, phrase or field.
func (r *Reader) clause(c *clause, within []uint32, a *Answer) (hits, error) {
	switch {
	case c.field == fieldDay:
		return r.days(c, within)
	case c.field != "":
		return r.field(c, within, a)
	case c.prefix != "":
		list, more, err := r.terms(fieldText, c.prefix, nil)
		if more {
			a.Wide = append(a.Wide, c.raw)
		}
		if err != nil {
			return hits{}, err
		}
		return r.anyTerm(list, fieldText, within, true)
	case c.phrase:
		return r.phrase(sequence(c.units), within)
	}
	var got hits
	for i := range c.units {
		limit := within
		if i > 0 {
			limit = got.docs
		}
		h, err := r.unit(&c.units[i], limit)
		if err != nil {
			return hits{}, err
		}
		if i > 0 {
			h = intersect(got, h)
		}
		if got = h; got.len() == 0 {
			return hits{}, nil
		}
	}
	return got, nil
}

// sequence is the parts of all units of a phrase, from position 0.
func sequence(units []unit) []Token {
	var out []Token
	for i := range units {
		out = append(out, units[i].parts...)
	}
	if len(out) > 0 {
		from := out[0].Pos
		for i := range out {
			out[i].Pos -= from
		}
	}
	return out
}

// fewParts is up to how many documents the parts of a word are sought beside the
// whole: com.cloud.Foo is also in com.cloud.Foo.bar.
const fewParts = 5000

func (r *Reader) unit(u *unit, within []uint32) (hits, error) {
	switch {
	case u.single():
		list, _, err := r.terms(fieldText, u.parts[0].Term, nil)
		if err != nil {
			return hits{}, err
		}
		return r.anyTerm(list, fieldText, within, true)
	case u.ideo:
		return r.allParts(u.parts, within)
	case u.whole == "":
		return r.phrase(u.parts, within)
	}
	whole, err := r.term(u.whole, fieldText, within, true)
	if err != nil || len(u.parts) < 2 {
		return whole, err
	}
	least := r.count
	for _, p := range u.parts {
		n, err := r.frequency(p.Term, fieldText)
		if err != nil {
			return hits{}, err
		}
		least = min(least, n)
	}
	if least == 0 || whole.len() > 0 && least > fewParts {
		return whole, nil
	}
	parts, err := r.phrase(u.parts, within)
	if err != nil {
		return hits{}, err
	}
	return union(whole, parts), nil
}

// allParts finds what has every part, anywhere.
func (r *Reader) allParts(parts []Token, within []uint32) (hits, error) {
	order, err := r.rarestFirst(parts)
	if err != nil {
		return hits{}, err
	}
	var got hits
	for i, p := range order {
		limit := within
		if i > 0 {
			limit = got.docs
		}
		h, err := r.term(p.Term, fieldText, limit, true)
		if err != nil {
			return hits{}, err
		}
		if i > 0 {
			h = intersect(got, h)
		}
		if got = h; got.len() == 0 {
			return hits{}, nil
		}
	}
	// A run of Chinese is one word, however many pairs it has.
	for i := range got.scores {
		got.scores[i] /= float64(len(order)+1) / 2
	}
	return got, nil
}

// field finds what has a value in a field; * is any text.
func (r *Reader) field(c *clause, within []uint32, a *Answer) (hits, error) {
	terms := []string{c.value}
	if i := strings.IndexByte(c.value, '*'); i >= 0 {
		list, more, err := r.terms(c.field, c.value[:i], func(t string) bool { return glob(c.value, t) })
		if err != nil {
			return hits{}, err
		}
		if more {
			a.Wide = append(a.Wide, c.raw)
		}
		terms = list
	}
	h, err := r.anyTerm(terms, c.field, within, false)
	clear(h.scores)
	return h, err
}

// days finds what happened on a day or later, or before a day.
func (r *Reader) days(c *clause, within []uint32) (hits, error) {
	widest, _, err := r.terms(fieldSpan, spanTerm(spanLevels-1, 0)[:1], nil)
	if err != nil {
		return hits{}, err
	}
	h, err := r.anyTerm(spansFrom(dayNumber(c.day), c.value == "after", widest), fieldSpan, within, false)
	clear(h.scores)
	return h, err
}

// titleWeight is what a word in the title adds, beside its weight in the text.
const titleWeight = 1.2

// titles lets words in titles weigh more.
func (r *Reader) titles(q *Query, got hits) error {
	if got.len() == 0 {
		return nil
	}
	for _, c := range q.clauses {
		if c.not || c.field != "" {
			continue
		}
		for _, u := range c.units {
			for _, p := range u.parts {
				h, err := r.term(p.Term, fieldTitle, got.docs, true)
				if err != nil {
					return err
				}
				i := 0
				for j, doc := range h.docs {
					for got.docs[i] < doc {
						i++
					}
					got.scores[i] += titleWeight * h.scores[j] / float64(len(u.parts))
				}
			}
		}
	}
	return nil
}

// best are the n documents with the highest scores; of equal ones those with the
// greater id, which are the newer.
func (r *Reader) best(h hits, n int) ([]Result, error) {
	var top []Result // ascending: the worst first
	for i, doc := range h.docs {
		score := h.scores[i]
		if len(top) == n && score < top[0].Score {
			continue
		}
		id, err := r.externalID(doc)
		if err != nil {
			return nil, err
		}
		x := Result{id, score}
		at, _ := slices.BinarySearchFunc(top, x, worse)
		if len(top) == n {
			if at == 0 {
				continue
			}
			copy(top, top[1:at])
			top[at-1] = x
			continue
		}
		top = slices.Insert(top, at, x)
	}
	slices.Reverse(top)
	return top, nil
}

func worse(a, b Result) int {
	return cmp.Or(cmp.Compare(a.Score, b.Score), strings.Compare(a.ID, b.ID))
}

// facetFields are those that facets are counted of, with how many values are
// listed.
var facetFields = []string{fieldSystem, fieldRule, fieldLang, fieldFixed, "year"}

const facetValues = 8

func (r *Reader) facets(got hits) ([]Facet, error) {
	var out []Facet
	for _, field := range facetFields {
		source := field
		keep := func(string) bool { return true }
		if field == "year" {
			source, keep = fieldDay, func(t string) bool { _, err := strconv.Atoi(t); return err == nil }
		}
		terms, more, err := r.terms(source, "", keep)
		if err != nil {
			return nil, err
		}
		f := Facet{Field: field, Cut: more}
		for _, t := range terms {
			h, err := r.term(t, source, got.docs, false)
			if err != nil {
				return nil, err
			}
			if h.len() > 0 {
				f.Values = append(f.Values, FacetValue{t, h.len()})
			}
		}
		slices.SortStableFunc(f.Values, func(a, b FacetValue) int { return b.Count - a.Count })
		if n := len(f.Values) - facetValues; n > 0 {
			f.More, f.Values = n, f.Values[:facetValues]
		}
		if len(f.Values) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}
