package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"time"

	"diagnose"
)

// account gives each trouble entry to the cause it belongs to, and groups the
// rest. Trouble that stands in a case before its root cause is not the cause's
// doing, and stays unexplained.
func (g *graph) account(v *diagnose.Verdict) {
	owners := g.owners()
	roots, past := map[*diagnose.Case][]*node{}, map[*diagnose.Case][]*node{}
	for _, n := range g.nodes {
		if n.Past != nil && n.over() {
			for _, c := range n.Cases {
				past[c] = append(past[c], n)
			}
		}
		if n.by == nil && n.owner != nil && n.isCause() && n.isError() && !n.over() {
			for _, m := range n.all {
				for _, c := range m.Cases {
					roots[c] = append(roots[c], n)
				}
			}
		}
	}
	total := 0
	groups := newGroups()
	for _, t := range g.in.Trouble {
		owner, accounted := owners[placeOf(t.Entry)]
		c := g.in.CaseOf(t.Entry)
		if c != nil && c.OutcomeFor(t.Entry.Mentions) == diagnose.OutcomeSucceeded && owner == nil && !endedBefore(c, t.Entry) {
			continue
		}
		if accounted && owner == nil {
			continue // benign, or part of a condition that is over
		}
		if owner == nil && g.in.Past != nil && g.in.Past(t.Entry) {
			continue
		}
		if owner == nil && slices.ContainsFunc(past[c], func(n *node) bool { return n.pastWith(t.Entry) }) {
			continue
		}
		total += t.Count
		if owner == nil {
			owner = g.earlierRoot(roots[c], t.Entry)
		}
		if owner != nil {
			owner.Why.Explained += t.Count
			continue
		}
		groups.add(t)
	}
	v.Unexplained = groups.list
	v.Quality = append(v.Quality, groups.quality()...)
	for _, c := range v.Causes {
		c.Why.Trouble = total
	}
}

// endedBefore reports whether an error stands behind the end of its case: it is not what the
// case went well in spite of.
func endedBefore(c *diagnose.Case, trouble *diagnose.Entry) bool {
	return c.Told != nil && trouble.Level >= diagnose.LevelError && trouble.Stream == c.Told.Stream && trouble.Offset > c.Told.Offset
}

// pastWith reports whether trouble in a case of a finding that is past is past with it.
func (n *node) pastWith(trouble *diagnose.Entry) bool {
	return trouble.Stream == n.Past.Stream && trouble.Offset < n.Past.Offset
}

// owners maps entries that are evidence to the cause that reports them; nil for
// evidence of findings that are not reported.
func (g *graph) owners() map[place]*diagnose.Cause {
	owners := map[place]*diagnose.Cause{}
	for _, n := range g.nodes {
		for _, e := range n.Evidence {
			if n.Turn && (e.At == 0 || e.Signal == n.From) {
				continue
			}
			p := placeOf(e.Entry)
			if owners[p] == nil {
				owners[p] = n.root().owner
			}
		}
	}
	return owners
}

// earlierRoot returns the cause whose evidence stands before e in its case, the
// latest of several.
func (g *graph) earlierRoot(roots []*node, e *diagnose.Entry) *diagnose.Cause {
	var best *node
	for _, n := range roots {
		if g.in.Before(e, n.first()) {
			continue
		}
		if best == nil || g.in.Before(best.first(), n.first()) {
			best = n
		}
	}
	if best == nil {
		return nil
	}
	return best.owner
}

// groups collects unexplained trouble by masked text, the first MaxGroups kinds
// of it. Of the others their number is kept.
type groups struct {
	list    []*diagnose.Group
	at      map[string]*diagnose.Group
	beyond  map[string]bool // masks that are not listed
	entries int             // of these masks
}

func newGroups() *groups {
	return &groups{at: map[string]*diagnose.Group{}, beyond: map[string]bool{}}
}

// maxSamples is how many entries of a group are shown as evidence.
const maxSamples = 3

func (g *groups) add(t *Trouble) {
	mask := diagnose.Mask(t.Entry.Message)
	group := g.at[mask]
	if group == nil {
		if len(g.list) == MaxGroups {
			g.beyond[mask] = true
			g.entries += t.Count
			return
		}
		text, _ := diagnose.TellingLine(t.Entry.Message)
		group = &diagnose.Group{Level: t.Entry.Level, Text: text}
		g.at[mask] = group
		g.list = append(g.list, group)
	}
	group.Count += t.Count
	group.Last = t.Entry
	if len(group.Evidence) < maxSamples {
		group.Evidence = append(group.Evidence, sample(t.Entry))
	}
}

// sample is an entry as evidence: where its telling line is not its first, with that.
func sample(e *diagnose.Entry) diagnose.Evidence {
	ev := diagnose.Evidence{Entry: e}
	if text, at := diagnose.TellingLine(e.Message); at > 0 {
		ev.At, ev.Excerpt = at, text
	}
	return ev
}

// quality says what is not listed.
func (g *groups) quality() []diagnose.Quality {
	form := "%d more kinds of unexplained trouble (%d entries) are not listed"
	switch len(g.beyond) {
	case 0:
		return nil
	case 1:
		form = "%d more kind of unexplained trouble (%d entries) is not listed"
	}
	return []diagnose.Quality{{Text: fmt.Sprintf(form, len(g.beyond), g.entries)}}
}

var grades = map[diagnose.Confidence]int{diagnose.Confirmed: 0, diagnose.Likely: 1, diagnose.Possible: 2}

// rank orders causes by the trouble they account for, then specificity, then
// confidence, then earliest evidence, and says what decided. In a log of many runs, those
// of the latest run come first.
func (g *graph) rank(v *diagnose.Verdict) {
	if g.runs = g.runsOf(v.Causes); g.runs == nil {
		g.runs = startsOf(v.Causes)
	}
	for _, list := range [][]*diagnose.Cause{v.Causes, v.Symptoms, v.Warnings} {
		sort.SliceStable(list, func(i, j int) bool {
			less, _ := g.compare(list[i], list[j])
			return less
		})
	}
	for i, c := range v.Causes {
		switch {
		case len(v.Causes) == 1:
			c.Why.Reason = diagnose.WhyOnly
		case i == 0:
			_, c.Why.Reason = g.compare(c, v.Causes[1])
		default:
			c.Why.Reason = diagnose.WhyLess
			if g.runs[c].Before(g.runs[v.Causes[0]]) {
				c.Why.Reason = diagnose.WhyOlder
			} else if weight(c) == weight(v.Causes[i-1]) {
				c.Why.Reason = diagnose.WhyAfter
			}
		}
	}
}

// weight is what a cause accounts for: trouble entries, and its own evidence
// and that of its consequences where these are not trouble by level.
func weight(c *diagnose.Cause) int {
	n := len(c.Explains)
	return max(c.Why.Explained, 1) + n
}

// runsOf tells when the run of a program ended that each cause is of, as far as its
// evidence tells: the log of Ansible's log_path is appended to by each, and who asks,
// asks for the last. It is nil unless the causes are of runs that wrote to one stream.
// What bears no process there (a traceback of Ansible itself) is of the run that wrote
// before it.
func (g *graph) runsOf(causes []*diagnose.Cause) map[*diagnose.Cause]time.Time {
	var written []*diagnose.Entry // of known runs, in the order of the stream
	for _, c := range causes {
		for _, ev := range c.Evidence {
			if e := ev.Entry; e.Stream != causes[0].Evidence[0].Entry.Stream {
				return nil
			} else if isOfRun(e) {
				written = append(written, e)
			}
		}
	}
	runOf := g.runNames(written)
	ended := map[string]time.Time{}
	for _, e := range written {
		ended[runOf(e)] = latest(ended[runOf(e)], e.Time)
	}
	if len(ended) < 2 {
		return nil
	}
	slices.SortFunc(written, func(a, b *diagnose.Entry) int { return cmp.Compare(a.Offset, b.Offset) })
	out := map[*diagnose.Cause]time.Time{}
	for _, c := range causes {
		for _, ev := range c.Evidence {
			i := sort.Search(len(written), func(i int) bool { return written[i].Offset > ev.Entry.Offset })
			if i > 0 {
				out[c] = latest(out[c], ended[runOf(written[i-1])])
			}
		}
	}
	return out
}

// startsOf tells of each cause when the last start of the program had failed that it stands
// clearly after: in a log that each start appends to, what stopped an earlier one is past. It
// is nil unless all causes are of one stream that has times.
func startsOf(causes []*diagnose.Cause) map[*diagnose.Cause]time.Time {
	ends := make([]time.Time, len(causes))
	for i, c := range causes {
		see := func(list []diagnose.Evidence) bool {
			return !slices.ContainsFunc(list, func(ev diagnose.Evidence) bool {
				ends[i] = latest(ends[i], ev.Entry.Time)
				return ev.Entry.Time.IsZero() || ev.Entry.Stream != causes[0].Evidence[0].Entry.Stream
			})
		}
		if !see(c.Evidence) || slices.ContainsFunc(c.Explains, func(x *diagnose.Consequence) bool { return !see(x.Evidence) }) {
			return nil
		}
	}
	var stops []time.Time
	for i, c := range causes {
		if stopsStart(c.Rule) {
			stops = append(stops, ends[i])
		}
	}
	slices.SortFunc(stops, time.Time.Compare)
	out := map[*diagnose.Cause]time.Time{}
	for i, c := range causes {
		past := ends[i].Add(-anotherStart)
		if n := sort.Search(len(stops), func(k int) bool { return !stops[k].Before(past) }); n > 0 {
			out[c] = stops[n-1]
		}
	}
	return out
}

// anotherStart is how much later than what stopped a start something stands that is of
// another: a start waits and tries again for less.
const anotherStart = 2 * time.Minute

// stopsStart reports whether a rule's failure keeps a program from starting.
func stopsStart(r *diagnose.Rule) bool {
	return slices.ContainsFunc(r.Explains, func(x diagnose.Explains) bool { return x.Symptom == classStartFailed })
}

const classStartFailed = "service-start-failed"

// runNames returns what names the run of each entry that bears a process: the process, and
// where several runs with an end of their own have one number, as in containers, the case.
func (g *graph) runNames(entries []*diagnose.Entry) func(*diagnose.Entry) string {
	ends := map[string]*diagnose.Case{} // by process
	several := map[string]bool{}
	for _, e := range entries {
		if c := g.in.CaseOf(e); c != nil && c.Outcome != diagnose.OutcomeUnknown {
			several[e.PID] = several[e.PID] || ends[e.PID] != nil && ends[e.PID] != c
			ends[e.PID] = c
		}
	}
	return func(e *diagnose.Entry) string {
		if c := g.in.CaseOf(e); c != nil && several[e.PID] {
			return e.PID + " " + c.ID
		}
		return e.PID
	}
}

// ofOtherRuns reports whether both are of known runs, and of none in common.
func (n *node) ofOtherRuns(m *node) bool {
	runs := func(n *node) (pids []string) {
		for _, ev := range n.Evidence {
			if isOfRun(ev.Entry) && !slices.Contains(pids, ev.Entry.PID) {
				pids = append(pids, ev.Entry.PID)
			}
		}
		return pids
	}
	ours, theirs := runs(n), runs(m)
	return len(ours) > 0 && len(theirs) > 0 && !slices.ContainsFunc(ours, func(pid string) bool { return slices.Contains(theirs, pid) })
}

func isOfRun(e *diagnose.Entry) bool { return e.Format == "ansible" && e.PID != "" && !e.Time.IsZero() }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (g *graph) compare(a, b *diagnose.Cause) (less bool, why diagnose.WhyReason) {
	if x, y := g.runs[a], g.runs[b]; !x.Equal(y) {
		return x.After(y), diagnose.WhyLatest
	}
	if x, y := weight(a), weight(b); x != y {
		return x > y, diagnose.WhyShare
	}
	if x, y := grades[a.Rule.Confidence], grades[b.Rule.Confidence]; x != y {
		return x < y, diagnose.WhyGrade
	}
	if x, y := a.Rule.Specificity, b.Rule.Specificity; x != y {
		return x > y, diagnose.WhySpecific
	}
	x, y := a.Evidence[0].Entry, b.Evidence[0].Entry
	if g.in.Before(x, y) != g.in.Before(y, x) {
		return g.in.Before(x, y), diagnose.WhyEarliest
	}
	return a.Rule.ID < b.Rule.ID, diagnose.WhyOrder
}
