// Package incident keeps the life of what is wrong: what began, what goes on and
// what is over.
//
// In come observations: what a verdict over live logs names as a cause, again and
// again, with the newest evidence of it. Out come changes: an incident opened,
// was updated, was cleared. A hundred jobs that one cause broke are one incident
// with a hundred cases. The package reads no logs, judges nothing and tells
// nobody; time is an argument.
package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Observation is one cause as the latest verdict has it.
type Observation struct {
	Rule  string // id of the rule
	Title string // its rendered title, which names the cause among those of the rule

	Severity   string
	Confidence string

	Count int      // pieces of evidence, those that were counted and not kept included
	Cases []string // ids of the cases it broke

	// Newest is the arrival number of its latest evidence: what arrives later has a
	// larger one. Evidence that was there when an incident was cleared does not open
	// another.
	Newest int64
	// Place names its earliest evidence that is newer than since, as something that
	// is the same when the same bytes are read again.
	Place func(since int64) string

	Settled bool          // it may be told: it will hardly become a consequence of something else
	Over    bool          // the condition ended
	Why     string        // how that is known; empty means that the log shows a recovery
	Quiet   time.Duration // without evidence for so long it is over; 0 means DefaultQuiet
	By      string        // title of the cause that explains it now, so that it is none itself
}

// DefaultQuiet is how long a cause without a rule's own `quiet` is open after its
// last evidence.
const DefaultQuiet = 30 * time.Minute

const recovered = "the log shows that it recovered"

// Event is what happened to an incident.
type Event string

// Events.
const (
	Opened  Event = "opened"
	Updated Event = "updated"
	Cleared Event = "cleared"
)

// Incident is one cause from its first evidence until it is over.
type Incident struct {
	Fingerprint string    `json:"fingerprint"`
	ID          string    `json:"id"` // of this occurrence
	Rule        string    `json:"rule"`
	Title       string    `json:"title"`
	Shown       string    `json:"shown,omitempty"` // the title without its secrets, where it has some; the watcher sets it
	Severity    string    `json:"severity"`
	Confidence  string    `json:"confidence"`
	Opened      time.Time `json:"opened"` // when it was told, by the clock of the watcher
	Seen        time.Time `json:"seen"`   // when its latest evidence arrived
	Cleared     time.Time `json:"cleared,omitzero"`
	Why         string    `json:"why,omitempty"` // it was cleared: recovered, quiet, explained by ...
	Count       int       `json:"count"`
	Cases       []string  `json:"cases,omitempty"` // the first of them
	CaseCount   int       `json:"caseCount"`
	Newest      int64     `json:"newest"`
	Quiet       int64     `json:"quietSeconds"`

	Told      int    `json:"told"`      // cases when it was told last
	ToldGrade string `json:"toldGrade"` // confidence then
	Revision  int    `json:"revision"`  // of what was told

	LastCount int `json:"lastCount"` // of the latest observation
	LastCases int `json:"lastCases"`
}

// Change is a piece of news about an incident.
type Change struct {
	Event    Event
	Key      string // the same when the same bytes are judged again: receivers drop repeats by it
	Incident Incident
}

// maxCases bounds the ids that are kept of one incident; the rest is counted.
const maxCases = 20

// Bounds of a book; tests lower them.
var (
	maxOpen   = 10_000 // open incidents; more are counted in Book.Lost
	maxClosed = 10_000 // cleared ones that are remembered, so that old evidence does not open them again
)

// Book holds all incidents of a watcher. Its fields are exported to be stored.
type Book struct {
	Open   map[string]*Incident `json:"open"`
	Closed []*Incident          `json:"closed,omitempty"` // oldest first
	Lost   int                  `json:"lost,omitempty"`   // incidents beyond maxOpen
	// LostNewest is the newest evidence of those.
	LostNewest int64 `json:"lostNewest,omitempty"`
}

// Fingerprint is the identity of a cause: its rule and what its title names.
func Fingerprint(rule, title string) string {
	sum := sha256.Sum256([]byte(rule + "\x00" + title))
	return hex.EncodeToString(sum[:8])
}

// Show notes the title, without secrets, that an incident is told by from now on.
func (b *Book) Show(fingerprint, title string) {
	if in := b.Open[fingerprint]; in != nil {
		in.Shown = title
	}
}

// Hide puts the titles that incidents are told by in the place of those that hold
// secrets.
func (b *Book) Hide(text string) string {
	hide := func(in *Incident) {
		if in.Shown != "" {
			text = strings.ReplaceAll(text, in.Title, in.Shown)
		}
	}
	for _, fp := range slices.Sorted(maps.Keys(b.Open)) {
		hide(b.Open[fp])
	}
	for _, in := range b.Closed {
		hide(in)
	}
	return text
}

// Observe takes everything that is known at now and returns what is new, in the
// order of the observations, clearings by silence last.
func (b *Book) Observe(now time.Time, all []Observation) []Change {
	if b.Open == nil {
		b.Open = map[string]*Incident{}
	}
	var changes []Change
	for i := range all {
		changes = append(changes, b.observe(now, &all[i])...)
	}
	return append(changes, b.Tick(now)...)
}

// Tick clears what has been quiet for long enough at now.
func (b *Book) Tick(now time.Time) []Change {
	var changes []Change
	for _, fp := range slices.SortedFunc(maps.Keys(b.Open), func(x, y string) int {
		return cmp.Or(b.Open[x].Seen.Compare(b.Open[y].Seen), cmp.Compare(x, y))
	}) {
		in := b.Open[fp]
		if quiet := time.Duration(in.Quiet) * time.Second; now.Sub(in.Seen) >= quiet {
			changes = append(changes, b.clear(in, now, fmt.Sprintf("nothing more of it for %s", quiet)))
		}
	}
	return changes
}

func (b *Book) observe(now time.Time, o *Observation) []Change {
	fp := Fingerprint(o.Rule, o.Title)
	in := b.Open[fp]
	if in == nil {
		return b.open(fp, now, o)
	}
	if o.Newest > in.Newest {
		in.Seen, in.Newest = now, o.Newest
	}
	in.see(o)
	switch {
	case o.By != "":
		return []Change{b.clear(in, now, "explained by: "+o.By)}
	case o.Over:
		return []Change{b.clear(in, now, cmp.Or(o.Why, recovered))}
	case in.isNews():
		return []Change{in.tell(Updated)}
	}
	return nil
}

// open begins an incident for evidence that no earlier one of the same cause had.
func (b *Book) open(fp string, now time.Time, o *Observation) []Change {
	since := b.closedAt(fp)
	if !o.Settled || o.By != "" || o.Newest <= since {
		return nil
	}
	if len(b.Open) == maxOpen {
		if o.Newest > b.LostNewest { // not seen before
			b.Lost, b.LostNewest = b.Lost+1, o.Newest
		}
		return nil
	}
	quiet := cmp.Or(o.Quiet, DefaultQuiet)
	in := &Incident{Fingerprint: fp, Rule: o.Rule, Title: o.Title, Opened: now, Seen: now, Newest: o.Newest, Quiet: int64(quiet / time.Second)}
	sum := sha256.Sum256([]byte(fp + "\x00" + o.Place(since)))
	in.ID = hex.EncodeToString(sum[:6])
	in.see(o)
	b.Open[fp] = in
	changes := []Change{in.tell(Opened)}
	if o.Over {
		changes = append(changes, b.clear(in, now, cmp.Or(o.Why, recovered)))
	}
	return changes
}

// closedAt returns the newest evidence that a cleared incident of the cause had.
func (b *Book) closedAt(fp string) int64 {
	newest := int64(-1)
	for _, in := range b.Closed {
		if in.Fingerprint == fp {
			newest = max(newest, in.Newest)
		}
	}
	return newest
}

// see takes over what an observation says. Old evidence is forgotten in time, so
// what an observation counts may fall; what was counted once stays counted.
func (in *Incident) see(o *Observation) {
	in.Severity, in.Confidence = o.Severity, o.Confidence
	in.Count += max(0, o.Count-in.LastCount)
	in.CaseCount += max(0, len(o.Cases)-in.LastCases)
	in.LastCount, in.LastCases = o.Count, len(o.Cases)
	for _, c := range o.Cases {
		if len(in.Cases) < maxCases && !slices.Contains(in.Cases, c) {
			in.Cases = append(in.Cases, c)
		}
	}
}

// isNews reports whether people want to hear of it again: twice as many cases, or
// a better grade of certainty. A storm is told in a logarithm of its size.
func (in *Incident) isNews() bool {
	return in.CaseCount >= 2*max(in.Told, 1) || in.ToldGrade != in.Confidence && in.Confidence == "confirmed"
}

func (in *Incident) tell(event Event) Change {
	in.Revision++
	in.Told, in.ToldGrade = in.CaseCount, in.Confidence
	key := fmt.Sprintf("%s-%s", in.ID, event)
	if event == Updated {
		key += fmt.Sprintf("-%d-%s", in.Told, in.ToldGrade)
	}
	return Change{Event: event, Key: key, Incident: in.snapshot()}
}

func (in *Incident) snapshot() Incident {
	copied := *in
	copied.Cases = slices.Clone(in.Cases)
	return copied
}

func (b *Book) clear(in *Incident, now time.Time, why string) Change {
	delete(b.Open, in.Fingerprint)
	in.Cleared, in.Why = now, why
	b.Closed = append(b.Closed, in)
	if n := len(b.Closed) - maxClosed; n > 0 {
		b.Closed = slices.Delete(b.Closed, 0, n)
	}
	return in.tell(Cleared)
}
