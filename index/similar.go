package index

import (
	"cmp"
	"slices"
	"strings"
)

// Like is one incident that is like a log.
type Like struct {
	Card
	Likeness float64 // share of what both show that is the same, 0 to 1

	Shared []Line   // lines of the log that the incident has too, the most telling first
	Rules  []string // rules that named a cause of both

	// What was different.
	OnlyHere       []Line   // lines of the log that the incident lacks
	OnlyThere      []Line   // lines of the incident that the log lacks
	OnlyHereRules  []string // rules that named a cause of the log alone
	OnlyThereRules []string
}

// Threshold is the likeness below which incidents are not called alike. It was set
// on the golden cases: variants of one reach 0.41 at least, other failures 0.41 at
// most where rules name the causes (TestLikeness and TestLikenessAbstains of
// cmd/diagnose).
const Threshold = 0.40

// Candidates is how many incidents are compared with a log, those that share the
// most of its rare features: Similar returns no more.
const Candidates = 24

// rareFeatures is how many features of a log candidates are sought by.
const rareFeatures = 32

// Similar finds incidents whose fingerprint is like f, best first, at most n;
// none where none reaches the threshold. Those with a confirmed fix come before
// those without among the equally alike.
func (r *Reader) Similar(f Fingerprint, n int, threshold float64) ([]Like, error) {
	var out []Like
	err := guarded(func() error {
		var err error
		out, err = r.similar(f, n, threshold)
		return err
	})
	return out, err
}

func (r *Reader) similar(f Fingerprint, n int, threshold float64) ([]Like, error) {
	w := &weigher{r: r, idf: map[string]float64{}, count: map[string]int{}}
	features := f.features()
	if err := w.learn(features); err != nil {
		return nil, err
	}
	ids, err := r.candidates(w, features)
	if err != nil {
		return nil, err
	}
	var out []Like
	for _, id := range ids {
		c, err := r.card(id)
		if err != nil {
			return nil, err
		}
		l, err := w.compare(f, features, c)
		if err != nil {
			return nil, err
		}
		if l.Likeness >= threshold {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, better)
	out = first(out, n)
	for i := range out {
		w.justify(f, &out[i])
	}
	return out, nil
}

// nearly is by how much a likeness may be less and still count as equal, so that
// a confirmed fix goes first.
const nearly = 0.1

// better orders by likeness in steps, then by what is known of the fix, then by
// likeness, then the newer first.
func better(a, b Like) int {
	step := func(l Like) int { return int(l.Likeness / nearly) }
	return cmp.Or(
		cmp.Compare(step(b), step(a)),
		cmp.Compare(b.known(), a.known()),
		cmp.Compare(b.Likeness, a.Likeness),
		b.Time.Compare(a.Time),
		strings.Compare(b.ID, a.ID),
	)
}

// known grades what a card says of the fix.
func (c *Card) known() int {
	switch {
	case c.Confirmed:
		return 2
	case c.Fixed:
		return 1
	}
	return 0
}

// candidates are the incidents that share the most of the rarest features.
func (r *Reader) candidates(w *weigher, features []string) ([]string, error) {
	var known []string
	for _, x := range features {
		if w.count[x] > 0 {
			known = append(known, x)
		}
	}
	slices.SortStableFunc(known, func(a, b string) int { return cmp.Compare(w.count[a], w.count[b]) })
	scores := map[uint32]float64{}
	for i, x := range first(known, rareFeatures) {
		// A feature that every incident has finds none, unless it is all there is.
		if i >= 4 && w.count[x] > 1000 && float64(w.count[x]) > 0.05*float64(r.count) {
			break
		}
		h, err := r.term(x, fieldFeature, nil, false)
		if err != nil {
			return nil, err
		}
		for _, doc := range h.docs {
			scores[doc] += w.weight(x)
		}
	}
	h := hits{docs: make([]uint32, 0, len(scores))}
	for doc := range scores {
		h.docs = append(h.docs, doc)
	}
	slices.Sort(h.docs)
	for _, doc := range h.docs {
		h.scores = append(h.scores, scores[doc])
	}
	top, err := r.best(h, Candidates)
	ids := make([]string, len(top))
	for i, x := range top {
		ids[i] = x.ID
	}
	return ids, err
}

// weigher knows how telling features are.
type weigher struct {
	r     *Reader
	idf   map[string]float64
	count map[string]int
}

func (w *weigher) learn(features []string) error {
	for _, x := range features {
		if _, ok := w.idf[x]; ok {
			continue
		}
		n, err := w.r.frequency(x, fieldFeature)
		if err != nil {
			return err
		}
		w.count[x] = n
		w.idf[x] = w.r.idf(n)
	}
	return nil
}

// weight grows with the square of the idf: what many incidents share, such as the
// umbrella above every failure of one tool, must not outweigh what few do.
func (w *weigher) weight(x string) float64 { return featureWeight(x) * w.idf[x] * w.idf[x] }

func (w *weigher) sum(features []string) float64 {
	total := 0.0
	for _, x := range features {
		total += w.weight(x)
	}
	return total
}

func same(s string) string { return s }

// What is left of a likeness where rules named a cause of both, and not the same
// one; and where they named one of only one of the two.
const (
	otherCause = 0.5
	oneCause   = 0.55
)

// compare tells how alike a log and an incident are: what both show, as a share
// of what each shows on average.
func (w *weigher) compare(f Fingerprint, features []string, c Card) (Like, error) {
	theirs := c.Fingerprint.features()
	if err := w.learn(theirs); err != nil {
		return Like{}, err
	}
	l := Like{Card: c}
	if total := w.sum(features) + w.sum(theirs); total > 0 {
		l.Likeness = 2 * w.sum(both(features, theirs, same)) / total
	}
	switch here, there := len(f.Rules) > 0, len(c.Fingerprint.Rules) > 0; {
	case here && there && len(both(f.Rules, c.Fingerprint.Rules, same)) == 0:
		l.Likeness *= otherCause
	case here != there:
		l.Likeness *= oneCause
	}
	return l, nil
}

// maxShown bounds the lists of a Like.
const maxShown = 5

// justify fills in what is the same and what is not.
func (w *weigher) justify(f Fingerprint, l *Like) {
	telling := func(lines []Line) []Line {
		lines = slices.Clone(lines)
		slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(w.sum(b.features()), w.sum(a.features())) })
		return first(lines, maxShown)
	}
	there := l.Fingerprint
	l.Shared = telling(both(f.Lines, there.Lines, Line.normal))
	l.OnlyHere = telling(without(f.Lines, there.Lines, Line.normal))
	l.OnlyThere = telling(without(there.Lines, f.Lines, Line.normal))
	l.Rules = both(f.Rules, there.Rules, same)
	l.OnlyHereRules = without(f.Rules, there.Rules, same)
	l.OnlyThereRules = without(there.Rules, f.Rules, same)
}
