package verdict

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"diagnose"
)

// Around are the entries that stand near one in its log, back and on to where its
// command began and ended, in their order.
type Around struct{ Above, Below []*diagnose.Entry }

// Stated finds, for a verdict without a known cause, the line in which the log itself
// gives a reason: what a failed task, step or unit printed, or the trouble that says
// more than that there is trouble. No rule knows it, so it is no cause; it is what a
// person would read first. It is nil where no line names a reason.
func Stated(v *diagnose.Verdict, around func(*diagnose.Entry) Around, known func(*diagnose.Evidence) bool) *diagnose.Evidence {
	if v.Kind != diagnose.VerdictUnexplained {
		return nil
	}
	s := statements{known: map[place]bool{}}
	for _, c := range v.Symptoms {
		for _, ev := range c.Evidence {
			s.known[placeOf(ev.Entry)] = true
		}
	}
	for _, c := range first(v.Symptoms, maxAsked) {
		for _, ev := range first(c.Evidence, maxAsked) {
			s.inside(ev)
		}
		at := c.Evidence[0].Entry
		s.near(at, around(at))
		if last := c.Evidence[len(c.Evidence)-1].Entry; last != at {
			s.near(last, around(last))
		}
	}
	s.trouble(lastOf(v.Unexplained), around)
	if s.best == nil {
		s.trouble(v.Unexplained, around)
	}
	for _, c := range first(v.Symptoms, maxAsked) {
		if s.best == nil {
			s.lines(c.Evidence[0], 0, 0) // what it is known by says it itself
		}
	}
	if s.best != nil && !knownOf(s.best, known) {
		return s.rather(known)
	}
	return s.best
}

// knownOf reports whether a line, or one below it in its entry, reads as a kind of reason.
func knownOf(ev *diagnose.Evidence, known func(*diagnose.Evidence) bool) bool {
	below := Below(ev)
	return known(ev) || slices.ContainsFunc(below, func(b diagnose.Evidence) bool { return known(&b) })
}

// rather is a line beside the best one, of nearly its weight, that reads as a kind of reason:
// of neighbours that say what did not go and why, the one whose words are known is more often
// the why. It is the best one where there is none.
func (s *statements) rather(known func(*diagnose.Evidence) bool) *diagnose.Evidence {
	best := s.best.Entry
	near := slices.DeleteFunc(s.others, func(o weighed) bool {
		e := o.evidence.Entry
		far := e.Stream != best.Stream || e.Line < best.Line-nearLines || e.Line > best.Line+nearLines
		return far || o.weight < s.weight-slack || goesOn(o.evidence.Text()) || best.Level >= diagnose.LevelError && e.Level != diagnose.LevelUnknown && e.Level < best.Level
	})
	slices.SortStableFunc(near, func(a, b weighed) int { return b.weight - a.weight })
	for _, o := range first(near, maxKnown) {
		if known(&o.evidence) {
			return &o.evidence
		}
	}
	return s.best
}

// slack is how much less weight than the best line one has at most that is taken in its
// place because its words are known.
const slack = 2

// Below are the next lines of the entry that a line is of, as far as they name a reason: where
// the line says nothing that is known, they may.
func Below(ev *diagnose.Evidence) (below []diagnose.Evidence) {
	if ev.In != "" {
		return nil
	}
	for i, line := range strings.Split(ev.Entry.Message, "\n") {
		if i > ev.At && len(below) < nearLines && reasonWeight(line) >= leastStated {
			below = append(below, diagnose.Evidence{Entry: ev.Entry, At: i, Excerpt: line})
		}
	}
	return below
}

// trouble looks through groups of unexplained trouble, and around those that do not say why.
func (s *statements) trouble(groups []*diagnose.Group, around func(*diagnose.Entry) Around) {
	levelled := slices.ContainsFunc(groups, func(g *diagnose.Group) bool { return g.Level >= diagnose.LevelError })
	for i, g := range groups {
		bonus := fromTrouble
		switch {
		case g.Level == diagnose.LevelFatal:
			bonus++
		case levelled && g.Level == diagnose.LevelUnknown:
			bonus-- // what else is printed into a log that knows levels
		}
		if g.Count >= often {
			bonus++
		}
		if analysed(g.Evidence[0].Entry) {
			bonus += fromAnalysis
		}
		s.lines(g.Evidence[0], bonus, 1)
		if at := g.Evidence[0].Entry; i < maxAsked && (reasonWeight(g.Text) <= 0 || tongue().heading.MatchString(g.Text)) {
			s.near(at, around(at))
		}
	}
}

// analysed reports whether an entry is Spring Boot's report of why it did not start, which
// outweighs the exceptions that it was made from (LoggingFailureAnalysisReporter).
func analysed(e *diagnose.Entry) bool {
	return strings.Contains(e.Message, "APPLICATION FAILED TO START")
}

// often is how many times a text is said that is no oddity.
const often = 10

// lastOf are the groups of trouble that the log ends with: what a program met that it served
// long after is not what one asks about. They are all where the logs are several or do not
// tell times.
func lastOf(groups []*diagnose.Group) []*diagnose.Group {
	var end time.Time
	for _, g := range groups {
		if g.Last == nil || g.Last.Time.IsZero() || g.Last.Stream != groups[0].Last.Stream {
			return groups
		}
		end = latest(end, g.Last.Time)
	}
	var last []*diagnose.Group
	for _, g := range groups {
		if end.Sub(g.Last.Time) <= longAgo {
			last = append(last, g)
		}
	}
	return last
}

// longAgo is how far before the end of a log's trouble other trouble is of another matter.
const longAgo = 10 * time.Minute

// LastWords finds, in the entries that a log ends with, the one in which a program says
// why it gave up without calling it an error; nil where there is none. lines is how many the
// log has. Lines of a log that knows levels or times are not looked at: there a failure has its
// level; one of up to PasteLines that knows times alone has none to give. Of a whole log of
// EndLines sayings or less, as people paste it, each line without a level that names a reason
// is one: nobody asks about a message that all is well; of one of up to WholeLines those of
// the last two sayings are.
// A tool's warning that such a log ends with is one too, and of few lines of a log that knows
// levels the last, if it says outright that something did not go.
// So is a trace of an exception that a log ends with, whatever the level of the line above:
// a program that prints one to its error stream gives it none.
// Of such few lines one that reads as a kind of reason is one too: known tells that.
// A line that says what is done about its reason ends nothing. Where the last sayings say
// nothing, in a log of up to PasteLines the line above them that says it outright is one.
func LastWords(end []*diagnose.Entry, lines int64, known func(*diagnose.Entry) bool) *diagnose.Entry {
	var s statements
	whole := lines <= WholeLines
	few := whole && len(end) <= maxSayings && sayings(end) <= EndLines
	n := EndLines
	var before []*diagnose.Entry
	plain := lines <= PasteLines && !slices.ContainsFunc(end, func(e *diagnose.Entry) bool { return e.Level != diagnose.LevelUnknown })
	switch {
	case few:
		n = len(end)
	case whole:
		for n = wholeEnd; n < min(len(end), maxSayings) && sayings(end[len(end)-n:]) < wholeEnd; {
			n++
		}
		if n == maxSayings {
			n = wholeEnd
		}
	}
	if lines <= PasteLines {
		before = end[:max(0, len(end)-n)]
	}
	end = end[max(0, len(end)-n):]
	if len(end) > 0 && endsInTrace(end[len(end)-1]) {
		if s.lines(diagnose.Evidence{Entry: end[len(end)-1]}, 0, 0); s.best != nil {
			return s.best.Entry
		}
	}
	for i, e := range slices.Backward(end) {
		if e.Outcome == diagnose.OutcomeSucceeded {
			return nil
		}
		warns := e.Level == diagnose.LevelWarn && e.Stamp.IsZero() && i == len(end)-1
		if (mayEnd(e) || few && i == len(end)-1 && refuses(e) || whole && warns || (whole || plain) && unlevelled(e)) && !goesOn(e.Message) {
			s.lines(diagnose.Evidence{Entry: e}, 0, 0)
		}
	}
	switch {
	case s.best == nil && few:
		if e := failedInGeneral(end); e != nil || len(end) == 0 {
			return e
		}
		if last := end[len(end)-1]; refuses(last) && !goesOn(last.Message) {
			return last
		}
		t := tongue()
		for _, e := range slices.Backward(end) {
			switch {
			case t.well.MatchString(e.Message), t.goesOn.MatchString(e.Message):
				return nil // it went on
			case (mayEnd(e) || e.Level == diagnose.LevelWarn) && says(e) && known(e):
				return e
			}
		}
		return nil
	case s.best == nil:
		return outright(before, end)
	case !whole && (s.weight < leastLast && !tongue().calls.MatchString(s.best.Text()) || !givesUp(s.best.Text())):
		return outright(before, end)
	}
	return s.best.Entry
}

// outright finds, in a short log, the line that says most outright why something gave up,
// where nothing behind it says that all is well or what is done about it.
func outright(lines, after []*diagnose.Entry) *diagnose.Entry {
	t := tongue()
	well := func(e *diagnose.Entry) bool {
		return e.Outcome == diagnose.OutcomeSucceeded || t.well.MatchString(e.Message) || t.goesOn.MatchString(e.Message)
	}
	if slices.ContainsFunc(after, well) {
		return nil
	}
	var s statements
	for _, e := range slices.Backward(lines) {
		if well(e) {
			break
		}
		if mayEnd(e) {
			s.lines(diagnose.Evidence{Entry: e}, 0, 0)
		}
	}
	if s.best == nil || s.weight < leastLast {
		return nil
	}
	if line := s.best.Text(); !givesUp(line) && !t.raised.MatchString(line) && !t.calls.MatchString(line) {
		return nil
	}
	return s.best.Entry
}

// Midst finds, in all entries of a log of up to MidstLines that ends in no last words, the
// line without a level in which a program says outright what did not go and which reads as a
// kind of reason; nil where there is none, where a line behind it says what is done about it or
// that all is well, and in the output of tests, which print such lines on purpose.
func Midst(entries []*diagnose.Entry, known func(*diagnose.Entry) bool) *diagnose.Entry {
	type candidate struct {
		entry  *diagnose.Entry
		weight int
	}
	t := tongue()
	var list []candidate
	seen := map[string]bool{}
	for i, e := range entries {
		switch {
		case e.Outcome == diagnose.OutcomeSucceeded, t.tests.MatchString(e.Message):
			return nil
		case mayEnd(e) && (givesUp(e.Message) || t.han.MatchString(e.Message)):
			mask := diagnose.Mask(e.Message)
			if seen[mask] {
				continue // many lines that say the same are weighed once
			}
			seen[mask] = true
			var s statements
			if s.lines(diagnose.Evidence{Entry: e}, 0, 0); s.weight < leastLast || goesOn(e.Message) || !says(e) ||
				slices.ContainsFunc(first(entries[i+1:], nearLines), func(next *diagnose.Entry) bool { return t.goesOn.MatchString(next.Message) }) {
				continue
			}
			list = append(list, candidate{e, s.weight})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return b.weight - a.weight })
	for _, c := range first(list, maxKnown) {
		if known(c.entry) {
			return c.entry
		}
	}
	return nil
}

// maxKnown bounds the lines of a log's midst of which it is asked what kind of reason they
// are, which takes some milliseconds each.
const maxKnown = 8

// refuses reports whether an entry, whatever its level, says outright that something did
// not go.
func refuses(e *diagnose.Entry) bool { return says(e) && tongue().refuses.MatchString(e.Message) }

// says reports whether an entry may say that something is wrong: it does not quote, and does
// not say that all is well.
func says(e *diagnose.Entry) bool {
	return !e.Ignored && !e.Binary && !diagnose.Quotes(e.Message) && !tongue().well.MatchString(e.Message)
}

// sayings counts what the lines of an output say: a blank line says nothing, and one that is
// set in, or goes on with a sentence that was broken at the width of a terminal, belongs to
// the one above.
func sayings(lines []*diagnose.Entry) int {
	n, above := 0, ""
	for _, e := range lines {
		line := strings.TrimRight(e.Message, " \t\r\n")
		if line == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(line)
		if above == "" || !unicode.IsSpace(first) && !(len(above) > brokenAt && unicode.IsLower(first) && unicode.IsLetter(rune(above[len(above)-1]))) {
			n++
		}
		above = line
	}
	return n
}

// brokenAt is the length of a line, in bytes, from which it may be broken in a sentence.
// maxSayings bounds the lines of few sayings: what has more that is set in is a listing.
const (
	brokenAt   = 50
	maxSayings = 2 * EndLines
)

// failedInGeneral is the first entry that says that something failed, without why.
func failedInGeneral(entries []*diagnose.Entry) *diagnose.Entry {
	t := tongue()
	i := slices.IndexFunc(entries, func(e *diagnose.Entry) bool {
		return mayEnd(e) && !diagnose.Quotes(e.Message) && (t.general.MatchString(e.Message) || t.says.MatchString(e.Message)) && !t.well.MatchString(e.Message) && !goesOn(e.Message)
	})
	if i < 0 {
		return nil
	}
	return entries[i]
}

// MayBeLastWords reports whether a line, read as an entry of its own, can be what
// LastWords finds. It is a cheap test for logs that are well, which most are.
func MayBeLastWords(line *diagnose.Entry) bool {
	return mayEnd(line) && givesUp(line.Message) || isFrame(line.Message)
}

// endsInTrace reports whether an entry that is no trouble ends in the trace of an exception.
func endsInTrace(e *diagnose.Entry) bool {
	if e.Trouble || e.Ignored || e.Binary || e.Level != diagnose.LevelInfo && e.Level != diagnose.LevelUnknown {
		return false
	}
	text := strings.TrimRight(e.Message, " \t\r\n")
	return isFrame(text[strings.LastIndexByte(text, '\n')+1:])
}

// isFrame reports whether a line is one of a Java trace.
func isFrame(line string) bool {
	line, set := strings.CutPrefix(line, "\t")
	return set && (strings.HasPrefix(line, "at ") && strings.HasSuffix(line, ")") || strings.HasPrefix(line, "... ") && strings.HasSuffix(line, " more"))
}

// mayEnd reports whether an entry may be a program's last word: it has neither level nor time.
// The kernel's ring tells the time since the machine started.
func mayEnd(e *diagnose.Entry) bool {
	return unlevelled(e) && e.Stamp.IsZero() && e.Process != "kernel"
}

func unlevelled(e *diagnose.Entry) bool {
	return e.Level == diagnose.LevelUnknown && !e.Ignored && !e.Binary
}

func givesUp(line string) bool { return len(line) <= maxLast && tongue().gaveUp.MatchString(line) }

// goesOn reports whether a text says what is done about its reason, and names no other in a
// sentence behind that.
func goesOn(text string) bool {
	found := tongue().goesOn.FindAllStringIndex(text, -1)
	if len(found) == 0 {
		return false
	}
	rest := text[found[len(found)-1][1]:]
	i := strings.IndexAny(rest, ".\n")
	return i < 0 || !tongue().reason.MatchString(rest[i:])
}

// How many of the last entries of a program's output are looked at; how many lines a log
// has at most of which the last wholeEnd need not look like a program's last words, and of
// which the lines above them, or all of them, are looked at, too.
const (
	EndLines   = 3
	WholeLines = 12
	PasteLines = 40
	MidstLines = 300
	wholeEnd   = 2
)

// What a program ends with must name a reason and the thing that it is about.
const (
	leastLast = 4
	maxLast   = 600 // bytes of a line; longer ones are data
)

func first[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// maxAsked bounds the symptoms, the pieces of evidence of each and the groups of
// trouble whose surroundings are looked at.
const maxAsked = 3

// What a line's place adds to its weight: the output of what failed is nearer to the
// reason than trouble anywhere, and that nearer than a line that only stands by.
const (
	fromOutput   = 2
	fromAnalysis = 4
	fromTrouble  = 2
	fromNear     = 1
	nearLines    = 4
	leastStated  = 3 // a line of less weight does not tell why
)

// statements keeps the line of the greatest weight, of equals the first that is no heading
// of what follows.
type statements struct {
	best   *diagnose.Evidence
	weight int
	heads  bool           // the best one is the heading of what follows
	others []weighed      // the first maxOthers of those that were weighed
	known  map[place]bool // what symptoms are known by, which is no reason for them
}

type weighed struct {
	evidence diagnose.Evidence
	weight   int
}

// maxOthers bounds the lines that are kept beside the best one.
const maxOthers = 200

// add weighs a line. least is the weight of one that says nothing general and names no
// reason in words that are known.
func (s *statements) add(ev diagnose.Evidence, line string, bonus, least int) {
	w := reasonWeight(line)
	if w == 0 && strings.TrimSpace(line) != "" {
		w = least
	}
	if w <= 0 {
		return
	}
	w += bonus
	heads := tongue().heading.MatchString(line)
	if w < leastStated {
		return
	}
	if heads {
		if (least > 0 || tongue().names.MatchString(line)) && !tongue().reason.MatchString(line) {
			return // it says what it is about, and what stands below it why
		}
		w -= 2
	}
	if !heads && len(s.others) < maxOthers {
		s.others = append(s.others, weighed{ev, w})
	}
	if w > s.weight || w == s.weight && s.heads && !heads {
		s.best, s.weight, s.heads = &ev, w, heads
	}
}

// inside looks through what the entry of a symptom holds: the texts hidden in it, and
// its lines below the one that the symptom is known by.
func (s *statements) inside(ev diagnose.Evidence) {
	for _, in := range ev.Entry.Inner {
		bonus, said := outputWeight(in.Place)
		if !said {
			continue
		}
		for _, l := range telling(in.Text) {
			s.add(diagnose.Evidence{Entry: ev.Entry, At: in.At, Excerpt: l.text, In: in.Place}, l.text, bonus, bonus-1)
		}
	}
	for i, line := range strings.Split(ev.Entry.Message, "\n") {
		if i > ev.At && i < maxLines {
			s.add(diagnose.Evidence{Entry: ev.Entry, At: i, Excerpt: line}, line, fromOutput, 0)
		}
	}
}

// outputs are the fields in which a result holds what a command wrote or a module says.
var outputs = map[string]int{"stderr": fromOutput + 1, "module_stderr": fromOutput + 1, "msg": fromOutput, "message": fromOutput, "reason": fromOutput,
	"exception": fromOutput, "error": fromOutput, "stdout": fromOutput - 1, "module_stdout": fromOutput - 1, "details": fromOutput - 1}

// outputWeight tells whether a hidden text is output, by the name of its field.
func outputWeight(place string) (bonus int, said bool) {
	name := place[strings.LastIndexAny(place, ".> ")+1:]
	if i := strings.IndexByte(name, '['); i > 0 {
		name = name[:i]
	}
	bonus, said = outputs[name]
	return bonus, said
}

// near looks through the entries that stand around the one of a symptom.
func (s *statements) near(symptom *diagnose.Entry, around Around) {
	look := func(e *diagnose.Entry, far bool) {
		if s.known[placeOf(e)] || e.Process == "systemd" || ofOthers(e, symptom) {
			return // systemd tells of the failure, and is not what failed
		}
		bonus := 0
		if !far {
			bonus += fromNear
		}
		switch {
		case e.Trouble:
			bonus++
		case e.Level >= diagnose.LevelTrace && e.Level <= diagnose.LevelInfo:
			bonus--
			if e.Level <= diagnose.LevelDebug && !slices.ContainsFunc(e.IDs, func(a diagnose.ID) bool { return a.Kind.Strong() }) {
				bonus-- // what a program notes of everything; of a case it may be the reason
			}
		}
		s.lines(diagnose.Evidence{Entry: e}, bonus, 0)
	}
	for i, e := range slices.Backward(around.Above) {
		look(e, len(around.Above)-i > nearLines)
	}
	for i, e := range around.Below {
		look(e, i >= nearLines)
	}
}

// ofOthers reports whether both entries name their cases and these differ.
func ofOthers(e, symptom *diagnose.Entry) bool {
	named, same := false, false
	for _, a := range e.IDs {
		for _, b := range symptom.IDs {
			named = named || a.Kind == b.Kind && a.Kind.Strong()
			same = same || a == b && a.Kind.Strong()
		}
	}
	return named && !same
}

// lines looks through an entry that is about one thing.
func (s *statements) lines(ev diagnose.Evidence, bonus, least int) {
	for i, l := range telling(ev.Entry.Message) {
		if i > 0 {
			least = 0
		}
		ev.At, ev.Excerpt = l.at, ""
		if l.at > 0 || l.part {
			ev.Excerpt = l.text
		}
		s.add(ev, l.text, bonus, least)
	}
}

// maxLines bounds the lines of one text that are weighed.
const maxLines = 400

type toldLine struct {
	text string
	at   int
	part bool // it is only a part of its line
}

// telling are the lines of a text that may name a reason: of a crash the one that says
// what went wrong, of a chain of causes the last that says anything, else all.
func telling(text string) []toldLine {
	lines := strings.SplitN(text, "\n", maxLines+1)
	lines = lines[:min(len(lines), maxLines)]
	begin := slices.IndexFunc(lines, func(line string) bool { return strings.TrimSpace(line) != "" })
	if line, at := diagnose.TellingLine(text); at > max(begin, 0) {
		return []toldLine{{text: line, at: at}}
	}
	var out []toldLine
	for i, line := range slices.Backward(lines) {
		if strings.HasPrefix(strings.TrimSpace(line), "Caused by: ") && reasonWeight(line) > 0 {
			return []toldLine{innermost(line, i)}
		}
	}
	for i, line := range lines {
		if i > 0 && pythonFrame(lines[i-1]) && strings.HasPrefix(line, "    ") {
			continue // the source text of the frame
		}
		out = append(out, innermost(strings.TrimRight(line, "\r"), i))
	}
	return out
}

// pythonFrame reports whether a line is the head of a frame of CPython's traceback.
func pythonFrame(line string) bool {
	return strings.HasPrefix(line, `  File "`) && strings.Contains(line, `", line `)
}

// innermost is the last part of a line in which Spring nests exceptions.
func innermost(line string, at int) toldLine {
	const nested = "; nested exception is "
	if i := strings.LastIndex(line, nested); i >= 0 && reasonWeight(line[i+len(nested):]) > 0 {
		return toldLine{line[i+len(nested):], at, true}
	}
	return toldLine{line, at, false}
}
