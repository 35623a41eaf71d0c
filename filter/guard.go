package filter

import (
	"sync"
	"sync/atomic"
)

const (
	// MaxCandidates is how many candidates in a megabyte [Guard] accepts. At this
	// number looking closer costs about a third of the scan itself.
	MaxCandidates = 5000

	// guardSpan is how many bytes are judged together, and how much of a block is
	// sampled at most.
	guardSpan = 256 << 10
	// Making a filter anew takes as long as scanning some megabytes. The next time
	// is not before guardSpan<<n bytes after the n-th, so that a text that no choice
	// of windows suits, because a literal really stands on every line, costs little
	// more than its candidates do.
	maxGuardShift = 10
)

// Guard scans with a filter that it adapts to the text as it goes: when candidates
// become too many, it samples the block in hand and has the windows chosen anew.
// What is found does not depend on it. Safe for concurrent use.
type Guard struct {
	current atomic.Pointer[Filter]

	mu         sync.Mutex
	bytes      int // judged next
	candidates int
	wait       int // bytes until the next resampling is allowed
	resampled  int // times
}

// NewGuard returns a guard that begins with the filter.
func NewGuard(f *Filter) *Guard {
	g := new(Guard)
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
	if from < to && g.exceeded(to-from, candidates) {
		middle := text[max(from, (from+to-guardSpan)/2):]
		g.current.Store(f.Resample(middle[:min(guardSpan, len(middle))]))
	}
	return candidates
}

// exceeded counts what a scan met and reports whether its text is to be sampled.
func (g *Guard) exceeded(bytes, candidates int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bytes += bytes
	g.candidates += candidates
	g.wait -= min(g.wait, bytes)
	if g.bytes < guardSpan {
		return false
	}
	tooMany := g.candidates*(1<<20) > g.bytes*MaxCandidates
	g.bytes, g.candidates = 0, 0
	if !tooMany || g.wait > 0 {
		return false
	}
	g.resampled++
	g.wait = guardSpan << min(g.resampled, maxGuardShift)
	return true
}
