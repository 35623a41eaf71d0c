package rules

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
	"testing"

	"diagnose"
)

func TestHiddenForms(t *testing.T) {
	f := func(lit string, want ...string) {
		t.Helper()
		got := hidden(lit)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q is not sought as %q, only as %q", lit, w, got)
			}
		}
		if len(want) == 0 && len(got) > 0 {
			t.Errorf("%q is sought as %q too", lit, got)
		}
	}
	f("Connection refused")
	f(`user "root" is`, `user \"root\" is`, `user \\\"root\\\" is`, "user &quot;root&quot; is")
	f("命令返回", `\u547d\u4ee4\u8fd4\u56de`, `\\u547d\\u4ee4\\u8fd4\\u56de`)
	f("can't open", `can\u0027t open`, "can&#39;t open", "can&#x27;t open")
	f("no such /etc/hosts", `no such \/etc\/hosts`)
	f("<nil> && b", `\u003cnil\u003e \u0026\u0026 b`, "&lt;nil&gt; &amp;&amp; b")
	f(`C:\Windows\x`, `C:\\Windows\\x`)
	f("a\ttab here", `a\ttab here`)
}

// What writers of the standard library make of the shipped literals is sought, but
// for the references that only Go's html package writes for quotes.
func TestShippedLiteralsAreSoughtHidden(t *testing.T) {
	b := NewBase(embeddedRules(t))
	sought := map[string]bool{}
	for _, lit := range b.literals {
		sought[asciiLower(string(lit))] = true
	}
	n := 0
	for _, r := range b.All() {
		for _, s := range r.Signals {
			for _, p := range s.Patterns {
				for _, lit := range p.Literals {
					quoted, err := json.Marshal(lit)
					if err != nil {
						t.Fatal(err)
					}
					escaped := strings.ReplaceAll(html.EscapeString(lit), "&#34;", "&quot;")
					for _, form := range []string{string(quoted[1 : len(quoted)-1]), escaped} {
						n++
						if !sought[asciiLower(form)] {
							t.Errorf("%s: %q is not sought", r.ID, form)
						}
					}
				}
			}
		}
	}
	if n < 2000 {
		t.Errorf("%d literals", n)
	}
}

// A text that the filter could not see is searched for literals when it is opened.
func TestMatchInside(t *testing.T) {
	r := &Rule{Rule: diagnose.Rule{ID: "x/full", System: "x"}}
	p, err := newPattern(`No space left on (?P<what>\w+)`)
	if err != nil {
		t.Fatal(err)
	}
	r.Signals = []Signal{{Name: "full", Patterns: []*Pattern{p}}}
	b := NewBase([]*Rule{r})
	f := func(e *diagnose.Entry, want ...string) {
		t.Helper()
		var got []string
		for _, h := range b.Match(e, nil) {
			got = append(got, strings.Join([]string{h.In, h.Excerpt, h.Captures["what"], string(rune('0' + h.At))}, "|"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", e.Message, got, want)
		}
	}
	inner := func(place, text string, outer, from, to, at int) diagnose.Inner {
		return diagnose.Inner{Place: place, Text: text, Outer: outer, From: from, To: to, At: at}
	}
	f(&diagnose.Entry{Message: "rO0ABXNy", Inner: []diagnose.Inner{inner("base64 exception", "x: NO SPACE\nno space: No space left on disk", -1, 0, 8, 0)}},
		"base64 exception|no space: No space left on disk|disk|0")
	// The deepest text counts, in the order in which they stand in the message.
	message := "head\n{b: No space left on b, a: No space left on a}"
	f(&diagnose.Entry{Message: message, Inner: []diagnose.Inner{
		inner("b", "No space left on b", -1, 9, 27, 1),
		inner("a", "xx No space left on a", -1, 29, len(message), 1),
		inner("a > c", "No space left on a", 1, 3, 21, 1),
	}}, "b|No space left on b|b|1", "a > c|No space left on a|a|1")
	// A block that keeps its lines shows which one it is.
	f(&diagnose.Entry{Message: "x: |\n  one\n  No space left on z", Inner: []diagnose.Inner{inner("x", "one\nNo space left on z", -1, 5, 31, 1)}},
		"x|No space left on z|z|2")
	// Signs made plain count where the message itself tells nothing, and hide nothing.
	f(&diagnose.Entry{Message: "no space left: ‘No space left on d’", Inner: []diagnose.Inner{inner(diagnose.AsTyped, "no space left: 'No space left on d'", -1, 0, 39, 0)}},
		"|no space left: ‘No space left on d’|d|0")
	f(&diagnose.Entry{Message: "No space – left", Inner: []diagnose.Inner{inner(diagnose.AsTyped, "No space left on d", -1, 0, 15, 0)}},
		diagnose.AsTyped+"|No space left on d|d|0")
}

func BenchmarkMatchInside(b *testing.B) {
	base := NewBase(embeddedRules(b))
	e := &diagnose.Entry{Message: "x", Format: "text", Inner: []diagnose.Inner{{Place: "a", Text: strings.Repeat("No connection could be made, as it was refused. ", 32<<10/48), Outer: -1}}}
	base.Match(e, nil)
	b.SetBytes(int64(len(e.Inner[0].Text)))
	for b.Loop() {
		base.Match(e, nil)
	}
}

func embeddedRules(t testing.TB) []*Rule {
	t.Helper()
	rs, problems := Load(Embedded(), "rules/base")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return rs
}

// A message that is put together of a line's fields is looked through too: no literal that
// crosses two fields stands in the log.
func TestMatchInAComposedMessage(t *testing.T) {
	p, err := newPattern("cannot start: address in use")
	if err != nil {
		t.Fatal(err)
	}
	b := NewBase([]*Rule{{Rule: diagnose.Rule{ID: "x/start", System: "x"}, Signals: []Signal{{Name: "failed", Patterns: []*Pattern{p}}}}})
	text := `level=error msg="cannot start" err="address in use"`
	e := &diagnose.Entry{Text: text, Message: "cannot start: address in use"}
	if hits := b.Match(e, nil); len(hits) != 1 {
		t.Errorf("composed: %d hits", len(hits))
	}
	e = &diagnose.Entry{Text: "ERROR cannot start: address in use", Message: "cannot start: address in use"}
	if hits := b.Match(e, nil); len(hits) != 0 {
		t.Errorf("as it stands, without the literal that the filter would have found: %d hits", len(hits))
	}
}
