package rules

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"diagnose"
)

// Clears says which findings of others a rule's matches show to be over: what a service
// needs is there when it is ready, an earlier run is past when a later one went well.
type Clears struct {
	Rules  []string // ids or globs
	Except []string // those of them that it says nothing of
	// From is the signal with which a run begins; all others are those that it is well.
	// Empty means that each process is a run. With RunsReplaced each process is one where
	// lines name it; where they do not, what a run began with tells which others replace it.
	From string
	// Runs are those whose trouble is over.
	Runs ClearedRuns
	// Programs are those of which a line of systemd speaks that matches: before version 250
	// it gives the description of a unit and not its name. [anyProgram] are all, whoever says
	// the words: those of an installer that all steps are done.
	Programs []string
}

// ClearedRuns are the runs whose trouble a match of a rule with `clears` shows to be over.
type ClearedRuns string

// Those before its own; or also its own up to there: it waited for what was missing; or
// its own alone, from where it begins: what tests print; or those before it however they
// went: only the last run of a log counts.
const (
	RunsEarlier  ClearedRuns = "earlier"
	RunsOwn      ClearedRuns = "own"
	RunsThis     ClearedRuns = "this"
	RunsReplaced ClearedRuns = "replaced"
)

func (c *Clears) of(id string) bool {
	return matchesAny(c.Rules, id) && !matchesAny(c.Except, id)
}

// Past tells what rules with `clears` show to be over.
type Past struct {
	scene    *Scene
	lives    []*lives
	lessened map[*diagnose.Rule]*diagnose.Rule // rules of findings that are over, as warnings
	despite  map[string]bool                   // ids of rules that hold in cases that ended well
}

func (b *bench) past() *Past {
	p := &Past{scene: &b.scene, lessened: map[*diagnose.Rule]*diagnose.Rule{}, despite: map[string]bool{}}
	for _, r := range b.rules {
		p.despite[r.ID] = r.DespiteSuccess
		if lives := livesOf(r, b.done[r]); lives != nil {
			p.lives = append(p.lives, lives)
		}
	}
	return p
}

// Finding returns a finding marked as over where a rule shows each piece of its evidence to
// be so, and as it is otherwise.
func (p *Past) Finding(f *diagnose.Finding) *diagnose.Finding {
	if f.Past != nil || len(f.Evidence) == 0 || f.Rule.Role == diagnose.RoleBenign || f.Rule.Severity != diagnose.SeverityError {
		return f
	}
	for _, lives := range p.lives {
		if !lives.of(f.Rule.ID) {
			continue
		}
		evidence := f.Evidence
		if !p.despite[f.Rule.ID] {
			evidence = p.failing(evidence)
		}
		well := lives.over(evidence)
		if well == nil {
			continue
		}
		if p.lessened[f.Rule] == nil {
			rule := *f.Rule
			rule.Recovered = cmp.Or(rule.Recovered, diagnose.SeverityWarning)
			p.lessened[f.Rule] = &rule
		}
		over := *f
		over.Rule, over.Cleared, over.Past, over.End = p.lessened[f.Rule], true, well.Entry, well.at
		return &over
	}
	return f
}

// failing leaves out what stands in a case that ended well by itself: no later run need show
// that to be over.
func (p *Past) failing(evidence []diagnose.Evidence) []diagnose.Evidence {
	return slices.DeleteFunc(slices.Clone(evidence), func(ev diagnose.Evidence) bool {
		c := p.scene.Case(ev.Entry)
		return c != nil && c.OutcomeFor(ev.Entry.Mentions) == diagnose.OutcomeSucceeded
	})
}

// Trouble reports whether trouble that no finding speaks of is over.
func (p *Past) Trouble(trouble *diagnose.Entry) bool {
	return slices.ContainsFunc(p.lives, func(l *lives) bool {
		return slices.Contains(l.Rules, everyRule) && l.after(trouble) != nil
	})
}

// everyRule is the glob by which a rule clears whatever stands before it, also trouble
// that no rule knows.
const everyRule = "*/*"

// lives are, by stream, the entries in which runs begin and are well, in the order of the
// stream.
type lives struct {
	*Clears
	turns map[string][]turn
}

// turn is such an entry.
type turn struct {
	*diagnose.Entry
	begins   bool
	captures map[string]string
	at       time.Time
}

// livesOf returns nil for a rule that clears nothing here.
func livesOf(r *Rule, ev *evaluation) *lives {
	if r.Clears == nil || len(ev.held) == 0 {
		return nil
	}
	l := &lives{r.Clears, map[string][]turn{}}
	for _, f := range ev.held {
		for _, h := range f.proof {
			l.turns[h.Entry.Stream] = append(l.turns[h.Entry.Stream], turn{h.Entry, h.Signal == r.Clears.From, h.Captures, h.at})
		}
	}
	for _, turns := range l.turns {
		slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.Offset, b.Offset) })
	}
	return l
}

// over returns the turn since which all of the evidence is over, nil where some is not.
func (l *lives) over(evidence []diagnose.Evidence) *turn {
	var well *turn
	for _, ev := range evidence {
		t := l.after(ev.Entry)
		if t == nil {
			return nil
		}
		if well == nil || t.Offset > well.Offset {
			well = t
		}
	}
	return well
}

// after returns the turn that shows trouble to be over; nil for none, and for trouble of
// a run that had been well before it: that another began is what it led to.
func (l *lives) after(trouble *diagnose.Entry) *turn {
	turns := l.turns[trouble.Stream]
	next := sort.Search(len(turns), func(i int) bool { return turns[i].Offset > trouble.Offset })
	switch {
	case l.Runs == RunsThis:
		return l.endOf(turns, next, trouble)
	case l.Runs == RunsReplaced && (l.From == "" || trouble.PID != ""):
		return l.otherEnd(turns[next:], trouble)
	case l.Runs == RunsReplaced && slices.ContainsFunc(turns[next:], func(t turn) bool { return !t.begins && t.PID != "" }):
		return l.secondEnd(turns[next:], trouble)
	case l.Runs == RunsReplaced:
		return l.sameAgain(turns, trouble)
	case l.wasWell(turns[:next], trouble):
		return nil
	}
	own := true
	for i := range turns[next:] {
		t := &turns[next+i]
		switch {
		case !l.by(t, trouble):
		case t.begins:
			own = false
		case l.From == "" && t.PID == trouble.PID && l.Runs != RunsOwn:
		case l.From == "" || !own || l.Runs == RunsOwn:
			return t
		}
	}
	return nil
}

// otherEnd returns the first turn in which another process ended than that of trouble.
func (l *lives) otherEnd(later []turn, trouble *diagnose.Entry) *turn {
	i := slices.IndexFunc(later, func(t turn) bool { return !t.begins && t.PID != trouble.PID && l.by(&t, trouble) })
	if i < 0 {
		return nil
	}
	return &later[i]
}

// secondEnd returns the end of a second process after trouble, a line of a longer message that
// names no process where others do: the first that ends may be the one that wrote it.
func (l *lives) secondEnd(later []turn, trouble *diagnose.Entry) *turn {
	var first *turn
	for i := range later {
		t := &later[i]
		switch {
		case t.begins || t.PID == "" || !l.by(t, trouble):
		case first == nil:
			first = t
		case t.PID != first.PID:
			return t
		}
	}
	return nil
}

// sameAgain returns the end of a later run that began as that of trouble did, in a log that
// does not name processes: of two playbooks that a script runs, the one that went well says
// nothing of the other.
func (l *lives) sameAgain(turns []turn, trouble *diagnose.Entry) *turn {
	// Trouble may be the end of its run itself: "failed=1".
	here := sort.Search(len(turns), func(i int) bool { return turns[i].Offset >= trouble.Offset })
	var began []map[string]string
	for _, t := range slices.Backward(turns[:here]) {
		if l.by(&t, trouble) {
			if !t.begins {
				break
			}
			began = append(began, t.captures)
		}
	}
	ended, again := false, false
	for i := range turns[here:] {
		switch t := &turns[here+i]; {
		case !l.by(t, trouble):
		case !t.begins && again:
			return t
		case !t.begins:
			ended = true
		case ended && slices.ContainsFunc(began, func(c map[string]string) bool { return equalMaps(c, t.captures) }):
			again = true
		}
	}
	return nil
}

// podOf is the pod or container that wrote an entry, "" where its line does not say.
func podOf(e *diagnose.Entry) string {
	for _, id := range e.Mentions {
		if id.Kind == diagnose.KindPod {
			return id.Value
		}
	}
	return ""
}

// endOf returns the turn that says the run to be well in whose midst trouble stands.
func (l *lives) endOf(turns []turn, next int, trouble *diagnose.Entry) *turn {
	theirs := func(t turn) bool { return l.by(&t, trouble) }
	began := false
	for _, t := range slices.Backward(turns[:next]) {
		if theirs(t) {
			began = t.begins
			break
		}
	}
	i := slices.IndexFunc(turns[next:], theirs)
	if !began || i < 0 || turns[next+i].begins {
		return nil
	}
	return &turns[next+i]
}

// wasWell reports whether the run of trouble was well before it. Of processes that write to
// one log side by side the own counts, where its beginning is there.
func (l *lives) wasWell(before []turn, trouble *diagnose.Entry) bool {
	own := l.From == "" || trouble.PID != "" && slices.ContainsFunc(before, func(t turn) bool { return t.begins && t.PID == trouble.PID && l.by(&t, trouble) })
	for _, t := range slices.Backward(before) {
		switch {
		case !l.by(&t, trouble) || own && t.PID != trouble.PID:
		case t.begins:
			return false
		default:
			return true
		}
	}
	return false
}

// by reports whether the same program on the same host may have written both, or systemd
// names it. The hosts of a run that replaces others are those that it worked on.
func (l *lives) by(t *turn, e *diagnose.Entry) bool {
	same := func(a, b string) bool { return a == b || a == "" || b == "" }
	if !same(podOf(t.Entry), podOf(e)) {
		return false
	}
	return (l.Runs == RunsReplaced || same(t.Host, e.Host)) && (same(t.Process, e.Process) || t.names(e.Process) ||
		t.Process == systemd && slices.Contains(l.Programs, e.Process) || slices.Contains(l.Programs, anyProgram))
}

// anyProgram stands among the programs of a rule with `clears` for all.
const anyProgram = "*"

const systemd = "systemd" // the process of its lines in a journal

// names reports whether systemd tells of the unit that runs a program: "Started ssh.service -
// OpenBSD Secure Shell server" of sshd.
func (t *turn) names(program string) bool {
	return t.Process == systemd && strings.Contains(t.Message, " "+strings.TrimSuffix(program, "d"))
}
