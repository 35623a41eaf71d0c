package correlate

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"diagnose"
)

const (
	// zoneStep is what the offsets of zones are multiples of.
	zoneStep = 15 * time.Minute
	// zoneSlack is how far clocks and delays may take two stamps of about the same
	// moment apart, for their difference still to be a zone.
	zoneSlack = 2 * time.Minute
)

// isZone reports whether some place keeps this offset to UTC (tz database, 2024),
// winter or summer.
func isZone(offset time.Duration) bool {
	if offset < -12*time.Hour || offset > 14*time.Hour {
		return false
	}
	switch minutes := int(offset / time.Minute); minutes % 60 {
	case 0:
		return offset%time.Hour == 0
	default:
		return slices.Contains([]int{-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825}, minutes) && offset%time.Minute == 0
	}
}

// Zone is what a stream's stamps without a zone are read in.
type Zone struct {
	Offset time.Duration
	Votes  int
}

// OwnZone finds the zone of a stream's stamps that name none by stamps of the same
// stream that do: those that stand next to them, or what carried their own lines.
// Most votes must agree.
func OwnZone(entries []*diagnose.Entry) (Zone, bool) {
	votes := map[time.Duration]int{}
	total := 0
	vote := func(d time.Duration) {
		total++
		if offset, ok := asZone(d); ok {
			votes[offset]++
		}
	}
	var last *diagnose.Entry // the last entry with a full time
	for _, e := range entries {
		if e.Time.IsZero() || partial(e) {
			continue
		}
		switch {
		case e.Lacks&diagnose.WrapperZone != 0:
			vote(e.Stamp.Sub(e.Time))
			continue
		case last != nil && zoned(e) && !zoned(last):
			vote(last.Time.Sub(e.Time))
		case last != nil && !zoned(e) && zoned(last):
			vote(e.Time.Sub(last.Time))
		}
		last = e
	}
	for offset, n := range votes {
		if n*3 > total*2 {
			return Zone{offset, n}, true
		}
	}
	return Zone{}, false
}

func zoned(e *diagnose.Entry) bool { return e.Lacks&diagnose.LacksZone == 0 }

// asZone returns the zone that a difference of clocks is.
func asZone(d time.Duration) (offset time.Duration, ok bool) {
	offset = d.Round(zoneStep)
	return offset, isZone(offset) && (d-offset).Abs() <= zoneSlack
}

// FileZone finds a zone by a file's time stamp, which is that of its last line but for
// the zone: both lie within a few seconds, once whole half hours are taken off.
func FileZone(last, stamp time.Time) (Zone, bool) {
	const few = 2 * time.Second
	d := last.Sub(stamp)
	offset := d.Round(30 * time.Minute)
	return Zone{offset, 1}, isZone(offset) && (d-offset).Abs() <= few
}

// step returns the only multiple of zoneStep that the offset of two streams allows,
// when there is one and its evidence is good: most ids agree, and more than one does.
func (o Offset) step() (time.Duration, bool) {
	low, high := ceil(o.Low), floor(o.High)
	if low != high || o.Votes < 2 || o.Votes*3 < o.Of*2 {
		return 0, false
	}
	return low, true
}

func floor(d time.Duration) time.Duration {
	f := d.Truncate(zoneStep)
	if f > d {
		f -= zoneStep
	}
	return f
}

func ceil(d time.Duration) time.Duration { return -floor(-d) }

// A Link ties the zones of two streams: the clock of Stream stands Ahead of that of
// Other, as Votes shared ids show.
type Link struct {
	Stream, Other string
	Ahead         time.Duration
	Votes         int
}

// Links returns what shared ids tell of the zones of streams. entries bear times as
// if every stamp without a zone were UTC.
func Links(entries []*diagnose.Entry) []Link {
	var out []Link
	for _, o := range RoughOffsets(entries, zoneSlack) {
		if ahead, ok := o.step(); ok {
			out = append(out, Link{Stream: o.B, Other: o.A, Ahead: ahead, Votes: o.Votes}, Link{Stream: o.A, Other: o.B, Ahead: -ahead, Votes: o.Votes})
		}
	}
	return out
}

// Spread gives streams whose zone is not known one by the links to those whose zone
// is, and returns the link that decided each. known maps streams to their offsets and
// is added to; only streams that wanted allows are. A zone that no place keeps is
// refused.
func Spread(links []Link, known map[string]time.Duration, wanted func(stream string) bool) map[string]Link {
	from := map[string][]int{} // links by what they start from
	for i := range links {
		from[links[i].Other] = append(from[links[i].Other], i)
	}
	next := &bestFirst{links: links}
	reach := func(stream string) {
		for _, i := range from[stream] {
			if _, done := known[links[i].Stream]; !done && isZone(known[stream]+links[i].Ahead) && wanted(links[i].Stream) {
				heap.Push(next, i)
			}
		}
	}
	for stream := range known {
		reach(stream)
	}
	decided := map[string]Link{}
	for next.Len() > 0 {
		best := links[heap.Pop(next).(int)]
		if _, done := known[best.Stream]; done {
			continue
		}
		known[best.Stream] = known[best.Other] + best.Ahead
		decided[best.Stream] = best
		reach(best.Stream)
	}
	return decided
}

// bestFirst is a heap of links: those with more votes first, then in their order.
type bestFirst struct {
	links []Link
	heap  []int
}

func (b *bestFirst) Len() int { return len(b.heap) }

func (b *bestFirst) Less(i, j int) bool {
	x, y := b.heap[i], b.heap[j]
	return cmp.Or(cmp.Compare(b.links[y].Votes, b.links[x].Votes), cmp.Compare(x, y)) < 0
}

func (b *bestFirst) Swap(i, j int) { b.heap[i], b.heap[j] = b.heap[j], b.heap[i] }

func (b *bestFirst) Push(x any) { b.heap = append(b.heap, x.(int)) }

func (b *bestFirst) Pop() any {
	last := b.heap[len(b.heap)-1]
	b.heap = b.heap[:len(b.heap)-1]
	return last
}

// Joined returns the streams that links lead to from one, itself included, over
// streams that wanted allows.
func Joined(links []Link, stream string, wanted func(stream string) bool) map[string]bool {
	to := map[string][]string{}
	for _, l := range links {
		to[l.Other] = append(to[l.Other], l.Stream)
	}
	joined := map[string]bool{stream: true}
	for open := []string{stream}; len(open) > 0; {
		here := open[0]
		open = open[1:]
		for _, s := range to[here] {
			if !joined[s] && wanted(s) {
				joined[s] = true
				open = append(open, s)
			}
		}
	}
	return joined
}
