package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"

	bleve "github.com/blevesearch/bleve_index_api"
)

// Reader answers questions about one state of the index. It is for one
// goroutine.
type Reader struct {
	store   bleve.Index
	reader  bleve.IndexReader
	count   int    // documents
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
	r := &Reader{store: store, release: release}
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

// walk calls f for the documents that hold a term, in order; within limits it to
// those, in order. Frequencies and positions are read on demand.
func (r *Reader) walk(term, field string, within []uint32, freq, positions bool, f func(doc uint32, d *bleve.TermFieldDoc)) (total int, err error) {
	t, err := r.reader.TermFieldReader(context.Background(), []byte(term), field, freq, freq, positions)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	total = int(t.Count())
	var d bleve.TermFieldDoc
	if within != nil && len(within)*advanceCost < total {
		return total, advance(t, within, &d, f)
	}
	i := 0
	for {
		got, err := t.Next(&d)
		if err != nil || got == nil {
			return total, err
		}
		doc := uint32(got.ID.Value())
		if within != nil {
			for i < len(within) && within[i] < doc {
				i++
			}
			if i == len(within) {
				return total, nil
			}
			if within[i] != doc {
				continue
			}
		}
		f(doc, got)
	}
}

// advanceCost is how many steps a jump within a list costs.
const advanceCost = 8

func advance(t bleve.TermFieldReader, within []uint32, d *bleve.TermFieldDoc, f func(uint32, *bleve.TermFieldDoc)) error {
	var id bleve.IndexInternalID
	at := int64(-1)
	for _, want := range within {
		if int64(want) < at {
			continue
		}
		if int64(want) > at {
			id = bleve.NewIndexInternalID(id, uint64(want))
			got, err := t.Advance(id, d)
			if err != nil {
				return err
			}
			if got == nil {
				return nil
			}
			at = int64(got.ID.Value())
		}
		if at == int64(want) {
			f(want, d)
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

// term finds the documents with a term, scored.
func (r *Reader) term(term, field string, within []uint32, scored bool) (hits, error) {
	var h hits
	n, err := r.walk(term, field, within, scored, false, func(doc uint32, d *bleve.TermFieldDoc) {
		h.docs = append(h.docs, doc)
		w := 1.0
		if scored {
			w = weight(d.Freq, d.Norm)
		}
		h.scores = append(h.scores, w)
	})
	idf := r.idf(n)
	for i := range h.scores {
		h.scores[i] *= idf
	}
	return h, err
}

// intersect keeps what both have and adds the scores.
func intersect(a, b hits) hits {
	var out hits
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

// phrase finds the documents that hold the parts at their distances.
func (r *Reader) phrase(parts []Token, within []uint32) (hits, error) {
	if len(parts) == 0 {
		return hits{}, nil
	}
	order, err := r.rarestFirst(parts)
	if err != nil {
		return hits{}, err
	}
	set := hits{docs: within}
	for i, p := range order {
		limit := set.docs
		if i == 0 {
			limit = within
		}
		got, err := r.term(p.Term, fieldText, limit, i == 0)
		if err != nil || got.len() == 0 {
			return hits{}, err
		}
		if i > 0 {
			got = intersect(set, got)
		}
		set = got
	}
	if len(parts) == 1 {
		return set, nil
	}
	return r.adjacent(order, set)
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

// adjacent keeps the documents of set in which the parts stand at their
// distances.
func (r *Reader) adjacent(parts []Token, set hits) (hits, error) {
	starts := make([][]int, set.len()) // where the phrase may begin
	for n, p := range parts {
		next := make([][]int, set.len())
		i := 0
		_, err := r.walk(p.Term, fieldText, set.docs, true, true, func(doc uint32, d *bleve.TermFieldDoc) {
			for set.docs[i] < doc {
				i++
			}
			if set.docs[i] != doc {
				return
			}
			for _, v := range d.Vectors {
				at := int(v.Pos) - p.Pos
				if n == 0 || slices.Contains(starts[i], at) {
					next[i] = append(next[i], at)
				}
			}
		})
		if err != nil {
			return hits{}, err
		}
		starts = next
		var left hits
		var alive [][]int
		for i, s := range starts {
			if len(s) > 0 {
				left.docs, left.scores = append(left.docs, set.docs[i]), append(left.scores, set.scores[i])
				alive = append(alive, s)
			}
		}
		set, starts = left, alive
		if set.len() == 0 {
			break
		}
	}
	return set, nil
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

// anyTerm is the union of the documents of terms.
func (r *Reader) anyTerm(terms []string, field string, within []uint32, scored bool) (hits, error) {
	best := map[uint32]float64{}
	for _, t := range terms {
		h, err := r.term(t, field, within, scored)
		if err != nil {
			return hits{}, err
		}
		if len(terms) == 1 {
			return h, nil
		}
		for i, doc := range h.docs {
			best[doc] = max(best[doc], h.scores[i])
		}
	}
	out := hits{docs: make([]uint32, 0, len(best))}
	for doc := range best {
		out.docs = append(out.docs, doc)
	}
	slices.Sort(out.docs)
	for _, doc := range out.docs {
		out.scores = append(out.scores, best[doc])
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
