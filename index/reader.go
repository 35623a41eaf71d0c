package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	bleve "github.com/blevesearch/bleve_index_api"
)

// Reader answers questions about one state of the index. It is for one
// goroutine.
type Reader struct {
	store   bleve.Index
	reader  bleve.IndexReader
	count   int    // documents
	whole   int    // up to how many documents of a list one goroutine reads
	release func() // gives the lock back
}

// bleveStore is an opened store with the workers that analyse for it.
type bleveStore struct {
	bleve.Index
	queue *bleve.AnalysisQueue
}

// Close ends both.
func (s bleveStore) Close() error {
	err := s.Index.Close()
	s.queue.Close()
	return err
}

func bleveQueue() *bleve.AnalysisQueue { return bleve.NewAnalysisQueue(1) }

// Memory is an index of documents that lives in memory only.
func Memory(docs []Document) (*Reader, error) {
	store, err := openStore("", false)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(docs, batchSize) {
		batch := bleve.NewBatch()
		for i := range chunk {
			add(batch, &chunk[i])
		}
		if err := store.Batch(batch); err != nil {
			store.Close()
			return nil, err
		}
	}
	return newReader(store, func() {})
}

// batchSize is how many documents are written at once: larger ones take more
// memory and gain nothing.
const batchSize = 1000

func add(batch *bleve.Batch, d *Document) {
	doc := d.stored()
	doc.AddIDField()
	batch.Update(doc)
}

func newReader(store bleve.Index, release func()) (*Reader, error) {
	r := &Reader{store: store, release: release, whole: whole}
	var err error
	if r.reader, err = store.Reader(); err == nil {
		var n uint64
		n, err = r.reader.DocCount()
		r.count = int(n)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close lets writers go on.
func (r *Reader) Close() error {
	var err error
	if r.reader != nil {
		err = r.reader.Close()
	}
	err = errors.Join(err, r.store.Close())
	r.release()
	return err
}

// Len is how many incidents the index holds.
func (r *Reader) Len() int { return r.count }

// ErrDamaged is an index whose files are not what they were when it was written;
// Update with Fresh set makes it again.
var ErrDamaged = errors.New("the index is damaged")

// guarded runs f; a fault in the files that are mapped into memory becomes an
// error, where the runtime would end the program.
func guarded(f func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}

// hits are documents in ascending order, with their scores.
type hits struct {
	docs   []uint32
	scores []float64
}

func (h *hits) len() int { return len(h.docs) }

// span is a range of documents: from the first up to, but without, the last.
type span struct{ from, to uint32 }

// whole is up to how many documents of a list one goroutine reads.
const whole = 4096

// split divides all documents into spans that are read at the same time; n is how many
// documents there are to read.
func (r *Reader) split(n int) []span {
	parts := min(runtime.GOMAXPROCS(0), 8, 2*n/r.whole)
	if parts < 2 {
		return []span{{0, math.MaxUint32}}
	}
	out := make([]span, parts)
	for i := range out {
		out[i] = span{uint32(r.count * i / parts), uint32(r.count * (i + 1) / parts)}
	}
	out[parts-1].to = math.MaxUint32 // numbers go on behind what was deleted
	return out
}

// inSpans calls read for each of the spans, at the same time.
func inSpans(spans []span, read func(i int, s span) error) error {
	if len(spans) == 1 {
		return read(0, spans[0])
	}
	failed := make([]error, len(spans))
	var all sync.WaitGroup
	for i, s := range spans {
		all.Go(func() { failed[i] = guarded(func() error { return read(i, s) }) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// walk calls f for the documents of a span that hold a term, in order; within limits it
// to those, in order. Frequencies and positions are read on demand.
func (r *Reader) walk(term, field string, s span, within []uint32, freq, positions bool, f func(doc uint32, d *bleve.TermFieldDoc)) error {
	t, err := r.reader.TermFieldReader(context.Background(), []byte(term), field, freq, freq, positions)
	if err != nil {
		return err
	}
	defer t.Close()
	if within != nil {
		from, _ := slices.BinarySearch(within, s.from)
		to, _ := slices.BinarySearch(within, s.to)
		if within = within[from:to]; len(within)*advanceCost < int(t.Count()) {
			return advance(t, within, f)
		}
	}
	var d bleve.TermFieldDoc
	next := func() (*bleve.TermFieldDoc, error) { return t.Next(&d) }
	got, err := (*bleve.TermFieldDoc)(nil), error(nil)
	if s.from > 0 {
		got, err = t.Advance(bleve.NewIndexInternalID(nil, uint64(s.from)), &d)
	} else {
		got, err = next()
	}
	for i := 0; err == nil && got != nil; got, err = next() {
		doc := uint32(got.ID.Value())
		if doc >= s.to {
			return nil
		}
		if within != nil {
			for i < len(within) && within[i] < doc {
				i++
			}
			if i == len(within) {
				return nil
			}
			if within[i] != doc {
				continue
			}
		}
		f(doc, got)
	}
	return err
}

// advanceCost is how many steps a jump within a list costs.
const advanceCost = 8

func advance(t bleve.TermFieldReader, within []uint32, f func(uint32, *bleve.TermFieldDoc)) error {
	var id bleve.IndexInternalID
	var d bleve.TermFieldDoc
	at := int64(-1)
	for _, want := range within {
		if int64(want) < at {
			continue
		}
		if int64(want) > at {
			id = bleve.NewIndexInternalID(id, uint64(want))
			got, err := t.Advance(id, &d)
			if err != nil {
				return err
			}
			if got == nil {
				return nil
			}
			at = int64(got.ID.Value())
		}
		if at == int64(want) {
			f(want, &d)
		}
	}
	return nil
}

// frequency is how many documents hold a term.
func (r *Reader) frequency(term, field string) (int, error) {
	t, err := r.reader.TermFieldReader(context.Background(), []byte(term), field, false, false, false)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	return int(t.Count()), nil
}

// idf is the weight of something that n of the documents have.
func (r *Reader) idf(n int) float64 {
	return math.Log(1 + (float64(max(r.count, n))-float64(n)+0.5)/(float64(n)+0.5))
}

// Parameters of BM25. The usual length of a text is taken as fixed, so that the
// order of results does not hang on which documents were deleted.
const (
	bm25K   = 1.2
	bm25B   = 0.4
	usually = 250.0 // tokens
)

// weight is what one term with a frequency in a text of a length says, between 0
// and bm25K+1; norm is 1/sqrt(length).
func weight(freq uint64, norm float64) float64 {
	length := usually
	if norm > 0 {
		length = 1 / (norm * norm)
	}
	tf := float64(freq)
	return tf * (bm25K + 1) / (tf + bm25K*(1-bm25B+bm25B*length/usually))
}

// usual is from how many incidents on a word that commonWord of them have is
// counted as there or not: how often it stands in one says nothing, and reading
// that takes most of the time.
const usual = 1000

// term finds the documents with a term; scored tells whether each is weighed by
// how often it has it.
func (r *Reader) term(term, field string, within []uint32, scored bool) (hits, error) {
	n, err := r.frequency(term, field)
	if err != nil || n == 0 {
		return hits{}, err
	}
	scored = scored && (r.count <= usual || float64(n) < commonWord*float64(r.count))
	spans := r.split(toRead(n, within))
	found := make([]hits, len(spans))
	idf := r.idf(n)
	err = inSpans(spans, func(i int, s span) error {
		h := &found[i]
		*h = roomFor(n, within, len(spans))
		return r.walk(term, field, s, within, scored, false, func(doc uint32, d *bleve.TermFieldDoc) {
			w := idf
			if scored {
				w *= weight(d.Freq, d.Norm)
			}
			h.docs, h.scores = append(h.docs, doc), append(h.scores, w)
		})
	})
	return joined(found), err
}

// toRead is about how many documents of a term are looked at.
func toRead(n int, within []uint32) int {
	if within != nil {
		return min(n, len(within)*advanceCost)
	}
	return n
}

// roomFor holds about as many hits as one of the spans will bring of a term that n
// documents have: growing step by step takes a tenth of the time.
func roomFor(n int, within []uint32, spans int) hits {
	if within != nil {
		n = min(n, len(within))
	}
	n = n/spans + 16
	return hits{make([]uint32, 0, n), make([]float64, 0, n)}
}

// joined are the hits of one span after another.
func joined(found []hits) hits {
	if len(found) == 1 {
		return found[0]
	}
	n := 0
	for _, h := range found {
		n += h.len()
	}
	out := hits{make([]uint32, 0, n), make([]float64, 0, n)}
	for _, h := range found {
		out.docs, out.scores = append(out.docs, h.docs...), append(out.scores, h.scores...)
	}
	return out
}

// intersect keeps what both have and adds the scores.
func intersect(a, b hits) hits {
	n := min(a.len(), b.len())
	out := hits{make([]uint32, 0, n), make([]float64, 0, n)}
	i := 0
	for j, doc := range b.docs {
		for i < len(a.docs) && a.docs[i] < doc {
			i++
		}
		if i < len(a.docs) && a.docs[i] == doc {
			out.docs = append(out.docs, doc)
			out.scores = append(out.scores, a.scores[i]+b.scores[j])
		}
	}
	return out
}

// union keeps what either has; where both do, the better score.
func union(a, b hits) hits {
	if a.len() == 0 {
		return b
	}
	out := hits{make([]uint32, 0, a.len()+b.len()), make([]float64, 0, a.len()+b.len())}
	i, j := 0, 0
	for i < a.len() || j < b.len() {
		switch {
		case j == b.len() || i < a.len() && a.docs[i] < b.docs[j]:
			out.docs, out.scores = append(out.docs, a.docs[i]), append(out.scores, a.scores[i])
			i++
		case i == a.len() || b.docs[j] < a.docs[i]:
			out.docs, out.scores = append(out.docs, b.docs[j]), append(out.scores, b.scores[j])
			j++
		default:
			out.docs, out.scores = append(out.docs, a.docs[i]), append(out.scores, max(a.scores[i], b.scores[j]))
			i++
			j++
		}
	}
	return out
}

// subtract drops what b has.
func subtract(a, b hits) hits {
	var out hits
	j := 0
	for i, doc := range a.docs {
		for j < b.len() && b.docs[j] < doc {
			j++
		}
		if j == b.len() || b.docs[j] != doc {
			out.docs, out.scores = append(out.docs, doc), append(out.scores, a.scores[i])
		}
	}
	return out
}

// phrase finds the documents that hold the parts at their distances: where the
// rarest part stands, then of those where the next does as well.
func (r *Reader) phrase(parts []Token, within []uint32) (hits, error) {
	if len(parts) == 0 {
		return hits{}, nil
	}
	order, err := r.rarestFirst(parts)
	if err != nil {
		return hits{}, err
	}
	if len(parts) == 1 {
		return r.term(parts[0].Term, fieldText, within, true)
	}
	set, err := r.places(order[0], within)
	for _, p := range order[1:] {
		if err != nil || set.len() == 0 {
			return hits{}, err
		}
		set, err = r.followed(p, set)
	}
	return set.hits, err
}

// rarestFirst orders the parts by how many documents hold them.
func (r *Reader) rarestFirst(parts []Token) ([]Token, error) {
	n := map[string]int{}
	for _, p := range parts {
		var err error
		if n[p.Term], err = r.frequency(p.Term, fieldText); err != nil {
			return nil, err
		}
	}
	order := slices.Clone(parts)
	slices.SortStableFunc(order, func(a, b Token) int { return cmp.Compare(n[a.Term], n[b.Term]) })
	return order, nil
}

// spots are positions in documents, those of one after those of another.
type spots struct {
	end []int // by document, where its positions end
	at  []int // ascending within a document
}

func (s *spots) of(i int) []int {
	from := 0
	if i > 0 {
		from = s.end[i-1]
	}
	return s.at[from:s.end[i]]
}

// append adds the spots of documents that follow.
func (s *spots) append(more spots) {
	for _, end := range more.end {
		s.end = append(s.end, len(s.at)+end)
	}
	s.at = append(s.at, more.at...)
}

// placed are documents and where in them a phrase would begin.
type placed struct {
	hits
	starts spots
}

func joinedPlaces(found []placed) placed {
	all := found[0]
	for _, p := range found[1:] {
		all.docs, all.scores = append(all.docs, p.docs...), append(all.scores, p.scores...)
		all.starts.append(p.starts)
	}
	return all
}

// places finds the documents with one part of a phrase, scored, and where the
// phrase would begin in each.
func (r *Reader) places(p Token, within []uint32) (placed, error) {
	n, err := r.frequency(p.Term, fieldText)
	if err != nil || n == 0 {
		return placed{}, err
	}
	spans := r.split(toRead(n, within))
	found := make([]placed, len(spans))
	idf := r.idf(n)
	err = inSpans(spans, func(i int, s span) error {
		set := &found[i]
		set.hits = roomFor(n, within, len(spans))
		set.starts = spots{make([]int, 0, cap(set.docs)), make([]int, 0, 2*cap(set.docs))}
		return r.walk(p.Term, fieldText, s, within, true, true, func(doc uint32, d *bleve.TermFieldDoc) {
			set.docs, set.scores = append(set.docs, doc), append(set.scores, idf*weight(d.Freq, d.Norm))
			for _, v := range d.Vectors {
				set.starts.at = append(set.starts.at, int(v.Pos)-p.Pos)
			}
			set.starts.end = append(set.starts.end, len(set.starts.at))
		})
	})
	return joinedPlaces(found), err
}

// followed keeps the documents in which a part stands where the phrase wants it,
// and of the places where the phrase would begin those.
func (r *Reader) followed(p Token, set placed) (placed, error) {
	spans := r.split(set.len() * advanceCost)
	found := make([]placed, len(spans))
	err := inSpans(spans, func(k int, s span) error {
		left := &found[k]
		left.hits = roomFor(set.len(), nil, len(spans))
		left.starts = spots{make([]int, 0, cap(left.docs)), make([]int, 0, cap(left.docs))}
		i, _ := slices.BinarySearch(set.docs, s.from)
		return r.walk(p.Term, fieldText, s, set.docs, true, true, func(doc uint32, d *bleve.TermFieldDoc) {
			for set.docs[i] < doc {
				i++
			}
			before, old := len(left.starts.at), set.starts.of(i)
			for _, v := range d.Vectors {
				at := int(v.Pos) - p.Pos
				for len(old) > 0 && old[0] < at {
					old = old[1:]
				}
				if len(old) > 0 && old[0] == at {
					left.starts.at = append(left.starts.at, at)
				}
			}
			if len(left.starts.at) > before {
				left.docs, left.scores = append(left.docs, doc), append(left.scores, set.scores[i])
				left.starts.end = append(left.starts.end, len(left.starts.at))
			}
		})
	})
	return joinedPlaces(found), err
}

// maxTerms bounds the terms that a * stands for.
const maxTerms = 500

// terms are those of a field that begin with prefix and that keep holds of; more
// reports whether there are more than maxTerms.
func (r *Reader) terms(field, prefix string, keep func(string) bool) (list []string, more bool, err error) {
	d, err := r.reader.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return nil, false, err
	}
	defer d.Close()
	for {
		e, err := d.Next()
		if err != nil || e == nil {
			return list, false, err
		}
		if keep != nil && !keep(e.Term) {
			continue
		}
		if len(list) == maxTerms {
			return list, true, nil
		}
		list = append(list, e.Term)
	}
}

// anyTerm is the union of the documents of terms; where it is scored, each with
// the best of its scores.
func (r *Reader) anyTerm(terms []string, field string, within []uint32, scored bool) (hits, error) {
	var there []uint64 // a bit for each document
	var best []float64
	for _, t := range terms {
		h, err := r.term(t, field, within, scored)
		if err != nil {
			return hits{}, err
		}
		if len(terms) == 1 {
			return h, nil
		}
		for i, doc := range h.docs {
			for int(doc)/64 >= len(there) {
				there = append(there, make([]uint64, len(there)+16)...)
			}
			there[doc/64] |= 1 << (doc % 64)
			for scored && int(doc) >= len(best) {
				best = append(best, make([]float64, len(best)+1024)...)
			}
			if scored {
				best[doc] = max(best[doc], h.scores[i])
			}
		}
	}
	var out hits
	for i, w := range there {
		for ; w != 0; w &= w - 1 {
			out.docs = append(out.docs, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	out.scores = make([]float64, len(out.docs))
	for i, doc := range out.docs {
		if scored {
			out.scores[i] = best[doc]
		}
	}
	return out, nil
}

// card reads what is stored of a document.
func (r *Reader) card(id string) (Card, error) {
	var c Card
	doc, err := r.reader.Document(id)
	if err != nil || doc == nil {
		return c, err
	}
	doc.VisitFields(func(f bleve.Field) {
		if f.Name() == fieldCard {
			err = json.Unmarshal(f.Value(), &c)
		}
	})
	return c, err
}

func (r *Reader) externalID(doc uint32) (string, error) {
	return r.reader.ExternalID(bleve.NewIndexInternalID(nil, uint64(doc)))
}

// glob reports whether s is what pattern says, in which * is any text.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, last)
}
