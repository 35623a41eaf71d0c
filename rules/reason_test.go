package rules

import (
	"fmt"
	"strings"
	"testing"

	"diagnose"
)

const reasonHead = `title: 'Not there: {{what|it}}'
system: shared
role: reason
cause: It is not there.
fix: [look]
zh: {title: '没有 {{what|它}}', cause: 没有, fix: [看]}
examples:
  - {log: "no such file", expect: {}}
  - {log: "well", expect: none}
`

// A reason needs no literal, and none of its texts is one of the base.
func TestReasonIsNotSought(t *testing.T) {
	r := parse(t, "reason/gone", reasonHead+"signals: {said: {regex: 'no (?P<what>x\\w*)'}}\n")
	b := NewBase([]*Rule{r})
	if n := len(b.Literals()); n != 0 {
		t.Errorf("%d literals, want none", n)
	}
	h := b.Reason(&diagnose.Entry{Level: diagnose.LevelError}, "no xyz here")
	if h == nil || h.Captures["what"] != "xyz" {
		t.Fatalf("%+v", h)
	}
	if h := b.Reason(&diagnose.Entry{Message: "no xyz here"}, "all is well"); h != nil {
		t.Errorf("the rest of the entry was read: %+v", h)
	}
	cached := decodeBase(b.encode())
	if h := cached.Reason(&diagnose.Entry{}, "no xyz here"); h == nil {
		t.Error("a base out of the cache has no reasons")
	}
}

// readBy is the rule and the signal of it that read a line, empty for none.
func readBy(b *Base, line string) string {
	h := b.Reason(&diagnose.Entry{}, line)
	if h == nil {
		return ""
	}
	return h.Rule.ID + " " + h.Signal
}

// What went wrong stands last; a general reading falls out wherever it stands.
func TestReasonOfSeveral(t *testing.T) {
	head := strings.ReplaceAll(reasonHead, "{{what|it}}", "")
	head = strings.ReplaceAll(head, "{{what|它}}", "")
	first := parse(t, "reason/first", head+"signals: {said: {regex: 'cannot start|denied it'}}\n")
	second := parse(t, "reason/second", head+"signals: {said: {regex: 'denied'}}\n")
	general := parse(t, "reason/general", head+"signals: {said: {regex: 'failure$'}}\n")
	special := parse(t, "reason/special", head+"refines: [reason/general]\nsignals: {said: {regex: 'full'}}\n")
	b := NewBase([]*Rule{first, second, general, special})
	for line, want := range map[string]string{
		"cannot start: denied":        "reason/second said",
		"denied: cannot start":        "reason/first said",
		"cannot start: denied it":     "reason/first said", // both end there: the longer
		"disk full, which is failure": "reason/special said",
		"failure":                     "reason/general said",
		"well":                        "",
	} {
		if got := readBy(b, line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestReasonHasNothingToJudge(t *testing.T) {
	_, problems := Parse("reason/x", "x.yaml", []byte(strings.NewReplacer("{{what|it}}", "", "{{what|它}}", "").Replace(reasonHead)+"scope: stream\nexplains: [a/b]\nsignals: {said: {regex: 'no such'}}\n"))
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprint(p))
	}
	want := []string{"x.yaml:10:1: a rule of role reason has no scope: it is asked of the log's own words alone",
		"x.yaml:11:1: a rule of role reason has no explains: it is asked of the log's own words alone"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	_, problems = Parse("a/x", "x.yaml", []byte(strings.Replace(reasonHead, "role: reason", "role: symptom", 1)+"signals: {said: {regex: 'no such'}}\n"))
	if len(problems) == 0 {
		t.Error("a rule of another role needs a literal")
	}
}

// General words count where no kind reads the line by better ones, wherever these stand.
func TestReasonOtherwise(t *testing.T) {
	head := strings.ReplaceAll(reasonHead, "{{what|it}}", "")
	head = strings.ReplaceAll(head, "{{what|它}}", "")
	said := parse(t, "reason/said", head+"signals: {said: {regex: 'denied'}, otherwise: {regex: 'no \\w+ here'}}\n")
	general := parse(t, "reason/general", head+"refines: [reason/said]\nsignals: {otherwise: {regex: 'must be \\w+'}}\n")
	b := NewBase([]*Rule{said, general})
	for line, want := range map[string]string{
		"denied, it must be root": "reason/said said",
		"it must be root":         "reason/general otherwise",
		"no root here":            "reason/said otherwise",
		"well":                    "",
	} {
		if got := readBy(b, line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
