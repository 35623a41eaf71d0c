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

// LikeOptions are what Similar is asked for.
type LikeOptions struct {
	Limit     int     // incidents
	Threshold float64 // of likeness, usually Threshold
	// InUse tells whether a rule can still name a cause: an incident whose rules
	// cannot is compared by its lines. Nil means that all can.
	InUse func(rule string) bool
}

// Similar finds incidents whose fingerprint is like f, best first; none where none
// reaches the threshold. Those with a confirmed fix come before those without among
// the equally alike.
func (r *Reader) Similar(f Fingerprint, o LikeOptions) ([]Like, error) {
	var out []Like
	err := guarded(func() error {
		var err error
		out, err = r.similar(f, o)
		return err
	})
	return out, err
}

func (r *Reader) similar(f Fingerprint, o LikeOptions) ([]Like, error) {
	w := &weigher{r: r, inUse: o.InUse, idf: map[string]float64{}, count: map[string]int{}}
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
		l, err := w.compare(f, c)
		if err != nil {
			return nil, err
		}
		if l.Likeness >= o.Threshold {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, better)
	out = first(out, o.Limit)
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
func (r *Reader) candidates(w *weigher, features []feature) ([]string, error) {
	known := slices.DeleteFunc(slices.Clone(features), func(x feature) bool { return w.count[x.term] == 0 })
	slices.SortStableFunc(known, func(a, b feature) int { return cmp.Compare(w.count[a.term], w.count[b.term]) })
	scores := map[uint32]float64{}
	for i, x := range first(known, rareFeatures) {
		// A feature that every incident has finds none, unless it is all there is.
		if n := w.count[x.term]; i >= 4 && n > 1000 && float64(n) > 0.05*float64(r.count) {
			break
		}
		h, err := r.term(x.term, fieldFeature, nil, false)
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
	inUse func(rule string) bool
	idf   map[string]float64
	count map[string]int
}

func (w *weigher) learn(features []feature) error {
	for _, x := range features {
		if _, ok := w.idf[x.term]; ok {
			continue
		}
		n, err := w.r.frequency(x.term, fieldFeature)
		if err != nil {
			return err
		}
		w.count[x.term] = n
		w.idf[x.term] = w.r.idf(n)
	}
	return nil
}

// weight grows with the square of the idf: what many incidents share, such as the
// umbrella above every failure of one tool, must not outweigh what few do.
func (w *weigher) weight(x feature) float64 { return x.weight * w.idf[x.term] * w.idf[x.term] }

func (w *weigher) sum(features []feature) float64 {
	total := 0.0
	for _, x := range features {
		total += w.weight(x)
	}
	return total
}

// shared are the features of both, with the less that either says.
func shared(a, b []feature) []feature {
	has := map[string]float64{}
	for _, x := range b {
		has[x.term] = x.weight
	}
	var out []feature
	for _, x := range a {
		if weight, ok := has[x.term]; ok {
			out = append(out, feature{x.term, min(x.weight, weight)})
		}
	}
	return out
}

func same(s string) string { return s }

// What is left of a likeness where rules named a cause of both, and not the same
// one; where they named one of only one of the two; and, beside the latter, where
// the other lacks the lines that prove that cause: then what they share is what
// follows from it.
const (
	otherCause = 0.5
	oneCause   = 0.55
	otherProof = 0.7
)

// provenBy is the share of a line's features by which it counts as the same line.
const provenBy = 0.5

// compare tells how alike a log and an incident are: what both show, as a share
// of what each shows on average.
func (w *weigher) compare(f Fingerprint, c Card) (Like, error) {
	l := Like{Card: c}
	there := w.used(c.Fingerprint)
	if len(there.Rules) == 0 && len(c.Fingerprint.Rules) > 0 {
		f.Rules = nil // nobody knows whether they would have named that cause
	}
	features, theirs := f.features(), there.features()
	if err := w.learn(theirs); err != nil {
		return Like{}, err
	}
	if total := w.sum(features) + w.sum(theirs); total > 0 {
		l.Likeness = 2 * w.sum(shared(features, theirs)) / total
	}
	switch here, there := len(f.Rules) > 0, len(there.Rules) > 0; {
	case here && there:
		if len(both(f.Rules, c.Fingerprint.Rules, same)) == 0 {
			l.Likeness *= otherCause
		}
	case here || there:
		l.Likeness *= oneCause
		if !w.proven(f, theirs) || !w.proven(c.Fingerprint, features) {
			l.Likeness *= otherProof
		}
	}
	return l, nil
}

// used is a fingerprint with those of its rules that are in use.
func (w *weigher) used(f Fingerprint) Fingerprint {
	if w.inUse != nil {
		f.Rules = slices.DeleteFunc(slices.Clone(f.Rules), func(r string) bool { return !w.inUse(r) })
	}
	return f
}

// proven reports whether each line that proves the cause of f is among others as
// well; of one that does not tell them from the rest it is not asked.
func (w *weigher) proven(f Fingerprint, others []feature) bool {
	return !slices.ContainsFunc(f.Lines, func(l Line) bool {
		if l.Of != PartCause {
			return false
		}
		list := l.features()
		return w.sum(shared(list, others)) < provenBy*w.sum(list)
	})
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
