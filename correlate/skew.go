package correlate

import (
	"cmp"
	"slices"
	"time"

	"diagnose"
)

// Bounds of what offsets are looked for in.
const (
	maxPairStreams = 8    // streams that one id is compared in
	maxPairIDs     = 4096 // ids that one pair of streams is compared by
)

// Offset is how far the clock of stream B stands ahead of that of stream A: between
// Low and High, as far as Votes of the Of ids that both bear agree.
//
// A request leaves A before B sees it, and its answer leaves B before A sees it, so
// the first entry of an id in the two streams and the last one bound the offset from
// its two sides, whichever of them asked.
type Offset struct {
	A, B      string
	Low, High time.Duration
	Votes, Of int
}

// Away is how far zero lies outside the interval: what the order of entries of the two
// streams is at least wrong by; 0 when the clocks may agree.
func (o Offset) Away() time.Duration {
	return max(o.Low, -o.High, 0)
}

// Middle is the likeliest offset.
func (o Offset) Middle() time.Duration { return o.Low + (o.High-o.Low)/2 }

// Error is how far the order of entries of the two streams may be wrong.
func (o Offset) Error() time.Duration { return max(o.Low.Abs(), o.High.Abs()) }

// calls are the kinds of ids that one request and its answer bear on both sides.
func calls(k diagnose.IDKind) bool {
	return k == diagnose.KindSeq || k == diagnose.KindRequest || k == diagnose.KindConnection
}

// Offsets compares the clocks of streams by the ids they share, those of single calls
// only: what they say holds to the second. Pairs come in the order of their names.
func Offsets(entries []*diagnose.Entry) []Offset {
	return offsets(entries, func(k diagnose.IDKind) bool { return calls(k) }, 0)
}

// RoughOffsets is Offsets by all strong ids. Streams that work for one job one after
// another differ by what they took, so an interval is widened by slack on both sides.
func RoughOffsets(entries []*diagnose.Entry, slack time.Duration) []Offset {
	return offsets(entries, diagnose.IDKind.Strong, slack)
}

// stay is when an id was first and last seen in a stream.
type stay struct {
	stream      string
	first, last time.Time
	entries     int
}

func offsets(entries []*diagnose.Entry, kinds func(diagnose.IDKind) bool, slack time.Duration) []Offset {
	intervals := map[[2]string][]interval{}
	for _, stays := range shared(entries, kinds) {
		for i := range stays {
			for _, b := range stays[i+1:] {
				key := [2]string{stays[i].stream, b.stream}
				if list := intervals[key]; len(list) < maxPairIDs {
					if v, ok := between(stays[i], b, slack); ok {
						intervals[key] = append(list, v)
					}
				}
			}
		}
	}
	var out []Offset
	for key, list := range intervals {
		v, votes := agree(list)
		out = append(out, Offset{A: key[0], B: key[1], Low: v.low, High: v.high, Votes: votes, Of: len(list)})
	}
	slices.SortFunc(out, func(a, b Offset) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return out
}

// shared returns, for each id that several streams bear, its stays by name of stream,
// in the order of the ids.
func shared(entries []*diagnose.Entry, kinds func(diagnose.IDKind) bool) [][]stay {
	seen := map[diagnose.ID]*stays{}
	var above *diagnose.Entry // the entry before that has a time
	var noted []*stays        // of its ids
	for _, e := range entries {
		if e.Time.IsZero() {
			continue
		}
		if above == nil || !slices.Equal(above.IDs, e.IDs) {
			noted = noted[:0]
			for _, id := range e.IDs {
				if !kinds(id.Kind) {
					continue
				}
				if seen[id] == nil {
					seen[id] = &stays{}
				}
				noted = append(noted, seen[id])
			}
		}
		for _, s := range noted {
			s.note(e)
		}
		above = e
	}
	var ids []diagnose.ID
	for id, s := range seen {
		if len(*s) > 1 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b diagnose.ID) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Value, b.Value))
	})
	var out [][]stay
	for _, id := range ids {
		list := *seen[id]
		slices.SortFunc(list, func(a, b stay) int { return cmp.Compare(a.stream, b.stream) })
		out = append(out, list)
	}
	return out
}

// stays are those of one id in different streams.
type stays []stay

func (s *stays) note(e *diagnose.Entry) {
	list := *s
	for i := range list {
		x := &list[i]
		if x.stream != e.Stream {
			continue
		}
		if e.Time.Before(x.first) {
			x.first = e.Time
		}
		if e.Time.After(x.last) {
			x.last = e.Time
		}
		x.entries++
		return
	}
	if len(list) < maxPairStreams {
		*s = append(list, stay{e.Stream, e.Time, e.Time, 1})
	}
}

type interval struct{ low, high time.Duration }

// between is the offset that one id allows. Without slack both streams must have seen
// a beginning and an end, or one line says nothing of which side waited.
func between(a, b stay, slack time.Duration) (interval, bool) {
	if slack == 0 && (a.entries < 2 || b.entries < 2) {
		return interval{}, false
	}
	first, last := b.first.Sub(a.first), b.last.Sub(a.last)
	return interval{min(first, last) - slack, max(first, last) + slack}, true
}

// agree returns the stretch that most intervals hold, of several the one nearest to
// zero (Marzullo's algorithm), and how many hold it.
func agree(list []interval) (best interval, votes int) {
	type edge struct {
		at   time.Duration
		step int // 1 where an interval begins, -1 where one ends
	}
	edges := make([]edge, 0, 2*len(list))
	for _, v := range list {
		edges = append(edges, edge{v.low, 1}, edge{v.high, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), -cmp.Compare(a.step, b.step)) })
	depth := 0
	for i, e := range edges {
		depth += e.step
		if e.step < 0 || i+1 == len(edges) || depth < votes {
			continue
		}
		next := interval{e.at, edges[i+1].at}
		if depth > votes || next.away() < best.away() {
			best, votes = next, depth
		}
	}
	return best, votes
}

func (v interval) away() time.Duration { return max(v.low, -v.high, 0) }
