package filter

import (
	"sync"
	"sync/atomic"
)

const (
	// MaxCandidates is how many candidates in a megabyte [Guard] accepts. At this
	// number looking closer costs about as much as the scan itself.
	MaxCandidates = 10_000

	// guardSpan is how many bytes are judged together, and how much of a block is
	// sampled at most.
	guardSpan = 256 << 10
	// Making a filter anew takes as long as scanning some 20 MB. The n-th time is
	// followed by a rest of guardSpan<<n bytes, 64 MiB at most, so that a text that
	// changes for ever is scanned at a fraction of full speed, not at none.
	maxRestShift = 8
	// firstRest is how much is scanned before the first time: a shorter text is scanned
	// sooner than a filter is made.
	firstRest = 4 << 20
)

// Guard scans with a filter that it adapts to the text as it goes: when candidates
// become too many, it samples the block in hand and has the windows chosen anew.
// What is found does not depend on it. Safe for concurrent use.
type Guard struct {
	current atomic.Pointer[Filter]

	mu        sync.Mutex
	span      tally
	judging   bool // the span is the first since the last resampling
	inherent  int  // candidates a megabyte that resampling did not get rid of
	rest      int  // bytes until resampling is allowed again
	resampled int  // times
}

// tally counts candidates over bytes.
type tally struct{ bytes, candidates int }

func (t tally) perMB() int { return t.candidates << 20 / t.bytes }

// NewGuard returns a guard that begins with the filter.
func NewGuard(f *Filter) *Guard {
	g := &Guard{rest: firstRest}
	g.current.Store(f)
	return g
}

// Filter returns the filter in use.
func (g *Guard) Filter() *Filter { return g.current.Load() }

// Resampled returns how often the windows were chosen anew.
func (g *Guard) Resampled() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.resampled
}

// Scan is [Filter.Scan] with the filter in use.
func (g *Guard) Scan(text []byte, from, to int, hit func(pos, literal int)) (candidates int) {
	f := g.current.Load()
	candidates = f.Scan(text, from, to, hit)
	from, to = max(from, 0), min(to, len(text))
	if from < to && g.tooMany(tally{to - from, candidates}, f.expected) {
		middle := text[max(from, (from+to-guardSpan)/2):]
		g.current.Store(f.Resample(middle[:min(guardSpan, len(middle))]))
	}
	return candidates
}

// tooMany counts what a scan met and reports whether its text is to be sampled. Text that
// is much like the sample, by the number of candidates expected in a megabyte, has nothing
// to teach.
func (g *Guard) tooMany(scanned tally, expected int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rest -= min(g.rest, scanned.bytes)
	g.span.bytes += scanned.bytes
	g.span.candidates += scanned.candidates
	if g.span.bytes < guardSpan {
		return false
	}
	rate, judging := g.span.perMB(), g.judging
	g.span, g.judging = tally{}, false
	switch {
	case rate <= MaxCandidates:
		g.inherent = 0
		return false
	case judging:
		// No choice of windows suits this text better: a literal really stands on every
		// line, or they are very many. Only what is much worse is worth another attempt.
		g.inherent = rate
		return false
	case rate <= 2*max(g.inherent, expected) || g.rest > 0:
		return false
	}
	g.resampled++
	g.judging = true
	g.rest = guardSpan << min(g.resampled, maxRestShift)
	return true
}
