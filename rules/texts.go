package rules

import (
	"slices"
	"sort"
	"strings"

	"diagnose"
)

const maxMatches = 16

// match returns a hit for each different set of captures that patterns of the signal
// have in an entry: in its message, and in the texts hidden inside. Where a hidden text
// shows what its encoded form shows too, it is the one that counts.
func (s *Signal) match(r *Rule, e *diagnose.Entry, patterns []*Pattern) []*Hit {
	m := matching{signal: s, rule: r, entry: e}
	m.run(patterns)
	return m.hits()
}

// matching is one signal over the texts of one entry.
type matching struct {
	signal *Signal
	rule   *Rule
	entry  *diagnose.Entry
	places []foundAt
	inside []bool // texts in which, or in whose texts, something matched
}

// foundAt is a match in one of the entry's texts.
type foundAt struct {
	hit   *Hit
	text  int // -1 for the message
	at    int // where in that text it begins
	again bool
}

func (m *matching) run(patterns []*Pattern) {
	seen := m.rule.sees(m.entry.Format)
	for _, p := range patterns {
		if seen {
			m.look(p, -1, m.entry.Message)
		}
		for i := range m.entry.Inner {
			inner := &m.entry.Inner[i]
			if len(m.places) > 0 && m.retyped(i) {
				continue
			}
			if seen {
				m.look(p, i, inner.Text)
			}
			for k := range inner.Entries {
				if line := &inner.Entries[k]; m.rule.sees(line.Format) {
					m.lookInLine(p, i, line)
				}
			}
		}
	}
}

// retyped reports whether a text is, or stands in, the message written in another way, with
// plain signs or whole sentences.
func (m *matching) retyped(text int) bool {
	for ; text >= 0; text = m.entry.Inner[text].Outer {
		switch m.entry.Inner[text].Place {
		case diagnose.AsTyped, diagnose.Unboxed:
			return true
		}
	}
	return false
}

// look adds the matches in one of the entry's texts.
func (m *matching) look(p *Pattern, text int, s string) {
	m.add(p, text, s, m.entry, 0)
}

// lookInLine adds the matches in a log line of a hidden text, which has a format,
// level and time of its own.
func (m *matching) lookInLine(p *Pattern, text int, line *diagnose.Entry) {
	own := *line
	own.Stream = m.entry.Stream
	m.add(p, text, line.Message, &own, int(line.Offset))
}

func (m *matching) add(p *Pattern, text int, s string, as *diagnose.Entry, base int) {
	// An expression is compiled when it is first asked: later than the texts are looked for.
	if !p.possible(s) || m.signal.Where != nil && !m.signal.Where.may(as) {
		return
	}
	for _, at := range p.find(s, maxMatches) {
		captures := map[string]string{}
		for i, name := range p.regexp().SubexpNames() {
			if name != "" && at[2*i] >= 0 && at[2*i] < at[2*i+1] {
				captures[name] = clip(s[at[2*i]:at[2*i+1]])
			}
		}
		if text < 0 && m.rule.Role != diagnose.RoleBenign && as.Format == "text" && diagnose.Quotes(lineAt(s, at[0])) {
			continue
		}
		if m.signal.Where != nil && !m.signal.Where.holds(as, captures) {
			continue
		}
		hit := &Hit{Rule: m.rule, Signal: m.signal.Name, Entry: m.entry, Captures: captures, Excerpt: excerpt(s, at[0], at[1]), size: at[1] - at[0]}
		if text >= 0 {
			hit.In = m.entry.Inner[text].Place
		}
		hit.At = m.line(text, strings.Count(s[:at[0]], "\n"))
		m.places = append(m.places, foundAt{hit: hit, text: text, at: base + at[0]})
		m.note(text)
	}
}

// lineAt is the line of a text that position at is on.
func lineAt(text string, at int) string {
	line, _, _ := strings.Cut(text[strings.LastIndexByte(text[:at], '\n')+1:], "\n")
	return line
}

// line is the line of the message for the n-th of a text. The lines of a text that
// stands in the message under as many lines are those; a decoded text has one line,
// on which it begins.
func (m *matching) line(text, n int) int {
	if text < 0 {
		return n
	}
	inner := &m.entry.Inner[text]
	if inner.Outer >= 0 || n == 0 {
		return inner.At
	}
	return inner.At + min(n, strings.Count(m.entry.Message[inner.From:inner.To], "\n"))
}

// note remembers that something matched in a text and in those that hold it.
func (m *matching) note(text int) {
	if text >= 0 && m.inside == nil {
		m.inside = make([]bool, len(m.entry.Inner))
	}
	for text >= 0 && !m.inside[text] {
		m.inside[text] = true
		text = m.entry.Inner[text].Outer
	}
}

// hits returns the matches in the order in which they begin, each set of captures
// once, without those that a text inside shows better.
func (m *matching) hits() []*Hit {
	var out []*Hit
	for i := range m.places {
		f := &m.places[i]
		f.again = m.shownInside(f)
		f.hit.pos = f.at
		for t := f.text; t >= 0; t = m.entry.Inner[t].Outer {
			f.hit.pos += m.entry.Inner[t].From
		}
	}
	sort.SliceStable(m.places, func(i, j int) bool { return m.places[i].hit.pos < m.places[j].hit.pos })
	for _, f := range m.places {
		if f.again || len(out) >= maxMatches || hasCaptures(out, f.hit.Captures) {
			continue
		}
		out = append(out, f.hit)
	}
	return out
}

// shownInside reports whether a match lies in the encoded form of a text in which
// the signal matches too. A match that is only in the encoded form is at least
// given that place.
func (m *matching) shownInside(f *foundAt) bool {
	for i := range m.entry.Inner {
		inner := &m.entry.Inner[i]
		if inner.Outer != f.text || inner.Place == "" || f.at < inner.From || f.at >= inner.To {
			continue
		}
		if m.inside != nil && m.inside[i] {
			return true
		}
		if !sameWords[inner.Place] {
			f.hit.In = inner.Place
		}
	}
	return false
}

// sameWords are the places that hide nothing: what they read stands in the outer text as it is.
var sameWords = map[string]bool{diagnose.InEnglish: true, diagnose.AsTyped: true, diagnose.Unboxed: true}

// seesAny reports whether the rule is offered the entry, or a log line inside it.
func (r *Rule) seesAny(e *diagnose.Entry) bool {
	if r.sees(e.Format) {
		return true
	}
	return slices.ContainsFunc(e.Inner, func(inner diagnose.Inner) bool {
		return slices.ContainsFunc(inner.Entries, func(line diagnose.Entry) bool { return r.sees(line.Format) })
	})
}
