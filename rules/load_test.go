package rules

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"diagnose"
)

// good is a rule without problems, the base of the broken ones.
const good = `title: Host {{host}} is lost
system: shared
side: target
signals:
  lost:
    match: "lost the host <host> for good"
  back:
    match: "found the host <host> again"
when: lost
cleared_by: back
cause: It went away.
fix:
  - say: Look at {{host}}.
    run: ping {{host}}
zh:
  title: 主机 {{host}} 失联
  cause: 主机失联。
  fix: ["检查 {{host}}。"]
examples:
  - name: lost
    log: lost the host a for good
    expect: {host: a}
  - name: back
    log: found the host a again
    expect: none
`

// problemsOf loads a rule text and returns its problems, one a line.
func problemsOf(text string) string {
	_, problems := Parse("shared/x", "x.yaml", []byte(text))
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

func TestGoodRule(t *testing.T) {
	if got := problemsOf(good); got != "" {
		t.Error(got)
	}
}

// A signal that is a part of another has its patterns, and holds where both do.
func TestPartOfASignal(t *testing.T) {
	f := func(above, own, want string) {
		t.Helper()
		text := strings.Replace(good, "for good\"\n", "for good\"\n"+above+"  sure:\n    of: lost\n"+own, 1)
		text = strings.Replace(text, "when: lost", "when: {any: [lost, sure]}", 1)
		r, problems := Parse("shared/x", "x.yaml", []byte(text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s := r.signal("sure")
		got := ""
		if s.Where != nil {
			got = s.Where.Source
		}
		if got != want || len(s.Patterns) != 1 || s.Patterns[0].Regex != r.signal("lost").Patterns[0].Regex {
			t.Errorf("where is %q, wanted %q", got, want)
		}
	}
	f("", "", "")
	f("    where: host != \"b\"\n", "", `host != "b"`)
	f("", "    where: entry.level >= ERROR\n", "entry.level >= ERROR")
	f("    where: host != \"b\" or true\n", "    where: entry.level >= ERROR\n", `(entry.level >= ERROR) and (host != "b" or true)`)
}

// change returns good with one piece of text replaced.
func change(t *testing.T, old, new string) string {
	t.Helper()
	if strings.Count(good, old) < 1 {
		t.Fatalf("%q is not in the rule", old)
	}
	return strings.Replace(good, old, new, 1)
}

func TestProblems(t *testing.T) {
	f := func(old, new, want string) {
		t.Helper()
		if got := problemsOf(change(t, old, new)); got != want {
			t.Errorf("%q for %q:\n%s\nwanted\n%s", new, old, got, want)
		}
	}
	f("side: target\n", "", "x.yaml:1:1: missing side")
	f("title: Host {{host}} is lost\n", "by: [host]\n", "x.yaml:1:1: missing title")
	f("  title: 主机 {{host}} 失联\n", "", "x.yaml:1:1: missing zh.title")
	f("  cause: 主机失联。\n", "", "x.yaml:1:1: missing zh.cause")
	f("  fix: [\"检查 {{host}}。\"]\n", "", "x.yaml:1:1: missing zh.fix")
	f("cause: It went", "tells_apart: no\ncause: It went", "x.yaml:1:1: missing zh.tells_apart")
	f("cause: It went", "verify: [Look again.]\ncause: It went", "x.yaml:1:1: missing zh.verify")
	f("  - say: Look at", "  - Wait.\n  - say: Look at", "x.yaml:1:1: zh.fix has 1 steps, fix has 2")
	f("side: target", "side: targets", `x.yaml:3:7: unknown side "targets": one of `+strings.Join(diagnose.Sides, ", ")+` (did you mean "target"?)`)
	f("system:", "sistem:", "x.yaml:1:1: missing system\nx.yaml:2:1: unknown key \"sistem\" in a rule (did you mean \"system\"?)")
	f("side: target", "side: target\nside: client", `x.yaml:4:1: key "side" is given twice`)
	f("side: target", "side: target\nrole: caus", `x.yaml:4:7: unknown role "caus": one of cause, symptom, benign, reason (did you mean "cause"?)`)
	f("side: target", "side: target\nseverity: [error]", `x.yaml:4:11: unknown severity "": one of error, warning, info`)
	f("side: target", "side: target\nscope: word", `x.yaml:4:8: unknown scope "word": one of entry, case, stream, input`)
	f("side: target", "side: target\nquiet: soon", `x.yaml:4:8: quiet must be a time like 30s, 10m, 24h or any, not "soon"`)
	f("side: target", "side: target\ndespite_success: maybe", `x.yaml:4:18: despite_success must be true or false`)
	f("side: target", "side: target\nby: [hots]", `x.yaml:4:6: by: no signal captures "hots" (did you mean "host"?)`)
	f("side: target", "side: target\nexplains: [{symptom: x, on: [hots]}]", `x.yaml:4:30: on: no signal captures "hots" (did you mean "host"?)`)
	f("side: target", "side: target\nexplains: [{within: 1h}]", `x.yaml:4:12: explains needs either rule or symptom`)
	f("when: lost", "when: lots", `x.yaml:9:7: unknown signal "lots" (did you mean "lost"?)`)
	f("when: lost", "when: {al: [lost]}", "x.yaml:9:7: a condition needs exactly one of all, any, sequence, count, rate, absent, pair, duration, compare, last, not\nx.yaml:9:8: unknown key \"al\" in a condition (did you mean \"all\"?)")
	f("when: lost", "when: {all: [lost], any: [lost]}", "x.yaml:9:7: a condition needs exactly one of all, any, sequence, count, rate, absent, pair, duration, compare, last, not")
	f("when: lost", "when: {all: []}", "x.yaml:9:13: all needs conditions")
	f("when: lost", "when: {any: [lost], within: 1m}", "x.yaml:9:21: within has no meaning for any")
	f("when: lost", "when: {all: [lost, {absent: back, within: 1m}]}", "x.yaml:9:20: absent with within needs after or before")
	f("when: lost", "when: {all: [lost], after: back}", "x.yaml:9:7: after and before belong to absent")
	f("when: lost", "when: {count: {at_least: 0}}", "x.yaml:9:15: count needs of: the name of a signal\nx.yaml:9:26: at_least must be a number of 1 or more, not \"0\"")
	f("when: lost", "when: {count: {of: lost, distinct: hots}}", `x.yaml:9:36: distinct: signal lost does not capture "hots" (did you mean "host"?)`)
	f("when: lost", "when: {count: {of: lost}, within: 1m}", "x.yaml:9:27: within stands inside count")
	f("when: lost", "when: {count: {of: lost, at_least: 2, at_most: 3}}", "x.yaml:9:15: count takes at_least or at_most, not both")
	f("when: lost", "when: {rate: {of: lost}}", "x.yaml:9:14: rate needs at_least: how many in each period\nx.yaml:9:14: rate needs per: the length of a period\n"+
		"x.yaml:9:14: rate needs for: how long it is kept up (count with within judges one period)")
	f("when: lost", "when: {rate: {of: lost, at_least: 2, per: 2m, for: 5m}}", "x.yaml:9:14: for must be a multiple of per: 5m is not one of 2m")
	f("when: lost", "when: {pair: {open: lost, close: lost}}", "x.yaml:9:14: pair is between two signals, not lost and itself")
	f("when: lost", "when: {pair: {open: lost, to: back}}", "x.yaml:9:14: pair needs close: the name of a signal\nx.yaml:9:27: unknown key \"to\" in pair (did you mean \"on\"?)")
	f("when: lost", "when: {pair: {open: lost, close: back, on: [hots]}}", "x.yaml:9:45: on: signal lost does not capture \"hots\" (did you mean \"host\"?)\n"+
		"x.yaml:9:45: on: signal back does not capture \"hots\" (did you mean \"host\"?)")
	f("when: lost", "when: {duration: {from: lost, to: back}}", "x.yaml:9:18: duration needs over or under: how long it took")
	f("when: lost", "when: {duration: {from: lost, to: back, over: 5m, under: 5m}}", "x.yaml:9:18: nothing takes over 5m and under 5m")
	f("when: lost", "when: {duration: {from: lost, to: back, over: 5m}, within: 1h}", "x.yaml:9:52: within has no meaning for duration: over and under say how long")
	f("when: lost", "when: {compare: lost.host == back.hots}", "x.yaml:9:17: compare: signal back does not capture \"hots\" (did you mean \"host\"?)")
	f("when: lost", "when: {compare: lost.host = back.host}", "x.yaml:9:17: compare must be two captures with one of == != <= >= < > between them: used.size > limit.size")
	f("when: lost", "when: {compare: lots.host == back.host}", "x.yaml:9:17: unknown signal \"lots\" (did you mean \"lost\"?)")
	f("when: lost", "when: {compare: lost.host == lost.host}", "x.yaml:9:17: compare is between two signals: say it of one in its where")
	f("when: lost", "when: {compare: lost == back.host}", "x.yaml:9:17: compare: \"lost\" is no capture of a signal: write signal.capture")
	f("    match: \"found the host <host> again\"", "    match: \"found the host <host> again\"\n    finding: shared/y", "x.yaml:8:5: signal back is either a pattern or a finding, not both")
	f("    match: \"found the host <host> again\"", "    match: \"found the host <host> again\"\n    captures: [host]", "x.yaml:8:5: signal back: captures belong to finding: a pattern names its own")
	f("side: target", "side: target\nrecovered: error", "x.yaml:4:12: unknown recovered \"error\": one of warning, info")
	f("side: target", "side: target\nby: [host, job]\ntells_apart: job {{job}}", "x.yaml:1:1: missing zh.tells_apart\n"+
		"x.yaml:5:14: tells_apart asks for {{job}}, which not every way to match provides: give a fallback, {{job|the job}}")
	f("when: lost", "when: [lost, back]", "x.yaml:9:7: a condition must be a mapping of keys\nx.yaml:9:7: a condition needs exactly one of all, any, sequence, count, rate, absent, pair, duration, compare, last, not")
	f("side: target", "side: target\nclears: {rules: shared/x}", "x.yaml:4:9: clears is for rules of role benign: it shows that all is well")
	f("side: target", "side: target\nrole: benign\nclears: {from: bakc}", "x.yaml:5:9: clears needs rules: the ids or globs of those that it shows to be over\n"+
		"x.yaml:5:16: from: there is no signal \"bakc\" (did you mean \"back\"?)")
	f("side: target", "side: target\nrole: benign\nclears: {rules: [a/b], runs: all}", "x.yaml:5:30: unknown runs \"all\": one of earlier, own, this, replaced")
	f("cleared_by: back\n", "", `x.yaml:7:3: signal "back" is used by no condition`)
	f("Look at {{host}}.", "Look at {{hots}}.", `x.yaml:13:10: say asks for {{hots}}, which no signal captures (did you mean "host"?)`)
	f("ping {{host}}", "ping {{hots|x}}", `x.yaml:14:10: run asks for {{hots}}, which no signal captures (did you mean "host"?)`)
	f("主机 {{host}} 失联", "主机 {{hots}} 失联", `x.yaml:16:10: title asks for {{hots}}, which no signal captures (did you mean "host"?)`)
	f("when: lost", "when: {any: [lost, {absent: back}]}", "x.yaml:1:8: title asks for {{host}}, which not every way to match provides: give a fallback, {{host|the host}}\n"+
		"x.yaml:13:10: say asks for {{host}}, which not every way to match provides: give a fallback, {{host|the host}}\n"+
		"x.yaml:14:10: run asks for {{host}}, which not every way to match provides: give a fallback, {{host|the host}}\n"+
		"x.yaml:16:10: title asks for {{host}}, which not every way to match provides: give a fallback, {{host|the host}}\n"+
		"x.yaml:18:9: fix asks for {{host}}, which not every way to match provides: give a fallback, {{host|the host}}")
	f("<host> for good", "<host> for <reason>", `x.yaml:6:12: signal lost captures "reason", which nothing uses: write <_>`)
	f("lost the host <host> for good", "lost <host>", "x.yaml:6:12: signal lost: no usable literal: every alternative needs 9 bytes of fixed text")
	f(`match: "lost the host <host> for good"`, "regex: '(lost'", "x.yaml:6:12: signal lost: bad regular expression: error parsing regexp: missing closing ): `(lost`")
	f(`    match: "lost the host <host> for good"`, "    where: true", "x.yaml:6:5: signal lost has none of match, regex, of and finding")
	f("when: lost", "  sure:\n    of: last\nwhen: {any: [lost, sure]}", `x.yaml:10:9: signal sure is of "last", which is no signal with a pattern above it`)
	f("when: lost", "  sure:\n    of: lost\n    where: entry.level >= ERROR\nwhen: {any: [sure, {last: lost}]}", "")
	f("when: lost", "when: {last: lost, lines: many}", `x.yaml:9:27: lines must be a number of 1 or more, not "many"`)
	f("when: lost", "when: {all: [lost], lines: 2}", "x.yaml:9:7: lines belongs to last")
	f("lost:\n", "Lost:\n", "x.yaml:5:3: bad signal name \"Lost\": lower-case letters, digits and _\nx.yaml:9:7: unknown signal \"lost\" (did you mean \"Lost\"?)")
	f("expect: none", "expect: {}", "x.yaml:1:1: examples of both kinds are required: 2 must match, 0 must not")
	f("    expect: none\n", "", "x.yaml:23:5: the example has no expect: none, or the captures of the finding ({} for just the finding)")
	f("    log: found the host a again\n", "", "x.yaml:23:5: the example has no log")
	f("expect: {host: a}", "expect: {hots: a}", `x.yaml:22:14: expect: no signal captures "hots" (did you mean "host"?)`)
	f("expect: {host: a}", "expect: [a]", "x.yaml:22:13: expect must be none or a mapping of captures")
	f("cause: It went away.", "cause: &a It went away.\ntells_apart: *a", "x.yaml:11:8: anchors and aliases are not allowed in rules")
	f("cause: It went away.", "cause: [It, went]", "x.yaml:1:1: missing cause\nx.yaml:11:8: cause must be a text")
	f("cause: It went away.", "cause: It: went", "x.yaml:11:1: mapping values are not allowed in this context")
}

func TestWhereProblems(t *testing.T) {
	f := func(where, want string) {
		t.Helper()
		text := change(t, "for good\"\n", "for good\"\n    where: "+where+"\n")
		if got := problemsOf(text); got != want {
			t.Errorf("%s:\n%s\nwanted\n%s", where, got, want)
		}
	}
	f(`entry.level >= WARN && host != "0" && entry.hour < 6`, "")
	f(`mesage == "x"`, `x.yaml:7:12: unknown name "mesage"`)
	f(`host == "x" || hots == "y"`, `x.yaml:7:27: unknown name "hots" (did you mean "host"?)`)
	f(`'entry.level >= WRAN'`, `x.yaml:7:28: unknown name "WRAN" (did you mean "WARN"?)`)
	f(`entry.mesage == "x"`, `x.yaml:7:18: entry has no field "mesage" (did you mean "message"?)`)
	f(`host > 1`, `x.yaml:7:17: invalid operation: > (mismatched types string and int)`)
	f(`len(host)`, `x.yaml:7:12: expected bool, but got int`)
	f(`int(host`, `x.yaml:7:19: unexpected token EOF`)
	f(`now().Hour() < 6`, `x.yaml:7:12: unknown name "now"`) // rules run on log time
	f("|\n      host == hots", `x.yaml:7:12: unknown name "hots" (did you mean "host"?)`)
}

// All mistakes of a file are reported at once, each at its place.
func TestTenMistakes(t *testing.T) {
	const text = `title: Host {{hots}} is lost
sistem: shared
role: caus
signals:
  lost:
    match: "lost the host <host> for good"
    where: hots == "a"
  unused:
    match: "a host is <state> now"
when: {all: [lost], within: soon}
quiet: never
cause: It went away.
fix: [{sya: Look.}]
zh: {title: 失联, cause: 失联, fix: [看]}
examples:
  - {name: x, log: x, expect: none}
`
	const want = `x.yaml:1:1: missing system
x.yaml:1:1: missing side
x.yaml:1:1: examples of both kinds are required: 0 must match, 1 must not
x.yaml:1:8: title asks for {{hots}}, which no signal captures (did you mean "host"?)
x.yaml:2:1: unknown key "sistem" in a rule (did you mean "system"?)
x.yaml:3:7: unknown role "caus": one of cause, symptom, benign, reason (did you mean "cause"?)
x.yaml:6:12: signal lost captures "host", which nothing uses: write <_>
x.yaml:7:12: unknown name "hots" (did you mean "host"?)
x.yaml:8:3: signal "unused" is used by no condition
x.yaml:9:12: signal unused captures "state", which nothing uses: write <_>
x.yaml:10:29: within must be a time like 30s, 10m, 24h or any, not "soon"
x.yaml:11:8: quiet must be a time like 30s, 10m, 24h or any, not "never"
x.yaml:13:8: unknown key "sya" in a step of fix (did you mean "say"?)`
	if got := problemsOf(text); got != want {
		t.Errorf("%s\nwanted\n%s", got, want)
	}
}

func TestUnreadable(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := problemsOf(text); !strings.Contains(got, want) {
			t.Errorf("%.40q: %s, wanted %s", text, got, want)
		}
	}
	f("", "x.yaml:1:1: the file is empty")
	f("# only a comment\n", "x.yaml:1:1: the file is empty")
	f("a rule", "x.yaml:1:1: a rule must be a mapping of keys")
	f("title: [", "x.yaml:1:")
	f("title: a\n\tb: c", "x.yaml:2:1: found a tab character that violates indentation")
	f("when: "+strings.Repeat("{not: ", 60)+"x"+strings.Repeat("}", 60), "nested more than 40 deep")
	f(strings.Repeat("[", 20000), "x.yaml:")
	f("title: "+strings.Repeat("x", MaxFile), "more than 1048576")
	f("title: \xff\xfe", "x.yaml:1:1: ")
	f("--- a\n--- b", "x.yaml:1:")
}

// What is no file is named; opening a pipe would wait for somebody to write to it.
func TestNoFiles(t *testing.T) {
	files := fstest.MapFS{"x/pipe.yaml": {Mode: fs.ModeNamedPipe}, "x/good.yaml": {Data: []byte(good)}, "x/directory.yaml": {Mode: fs.ModeDir}}
	rules, problems := Load(files, "mine")
	if len(rules) != 1 || len(problems) != 1 || problems[0].Error() != "mine/x/pipe.yaml: is no regular file" {
		t.Errorf("%d rules, problems %v", len(rules), problems)
	}
}

// A hundred broken files are all reported, in order, and the good ones load.
func TestHundredBrokenFiles(t *testing.T) {
	files := fstest.MapFS{"big.yaml": {Data: make([]byte, MaxFile+1)}, "notes.txt": {Data: []byte("no rule")}}
	for i := range 100 {
		files[fmt.Sprintf("bad/%03d.yaml", i)] = &fstest.MapFile{Data: []byte("titel: x\n")}
		files[fmt.Sprintf("good/%03d.yaml", i)] = &fstest.MapFile{Data: []byte(good)}
	}
	rules, problems := Load(files, "mine")
	if len(rules) != 100 || rules[7].ID != "good/007" || rules[7].File != "mine/good/007.yaml" {
		t.Errorf("%d rules", len(rules))
	}
	bad := map[string]bool{}
	last := ""
	for _, p := range problems {
		bad[p.File] = true
		if p.File < last {
			t.Errorf("%s is reported after %s", p.File, last)
		}
		last = p.File
	}
	if len(bad) != 101 || !bad["mine/bad/099.yaml"] || !bad["mine/big.yaml"] {
		t.Errorf("%d files have problems, wanted 101", len(bad))
	}
}

// Damage anywhere in a rule is a problem with a place, or harmless; never a
// panic.
func TestDamagedRules(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 26))
	pieces := []string{"", "{", "}", "[", "]", ":", "- ", "\n", "&a ", "*a", "!!binary ", "|\n", "'", "\"", "null", "~", "{{host}}", "<x>", "\x00", "主", "absent: ", "all: "}
	for range 1500 {
		text := good
		for range 1 + r.IntN(3) {
			from := r.IntN(len(text))
			to := min(len(text), from+r.IntN(12))
			text = text[:from] + pieces[r.IntN(len(pieces))] + text[to:]
		}
		rule, problems := Parse("x", "x.yaml", []byte(text))
		if rule == nil && len(problems) == 0 {
			t.Fatalf("neither a rule nor a problem:\n%s", text)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Col < 1 || p.Text == "" || strings.Contains(p.Text, "\n") {
				t.Fatalf("a problem without a place or in several lines: %q\n%s", p, text)
			}
		}
	}
}

func TestCheckLinks(t *testing.T) {
	rule, problems := Parse("shared/x", "x.yaml", []byte(change(t, "side: target", `side: target
refines: [shared/y, "curl/*"]
candidate_of: [shared/x, shared/z]
tells_apart: this
explains: [{rule: shared/x}, {rule: shared/w}, {rule: shared/v}, {symptom: no-such-class}]`)))
	if len(problems) != 1 { // zh.tells_apart
		t.Fatal(problems)
	}
	var got []string
	for _, p := range CheckLinks([]*Rule{rule}, []Problem{{File: "base/shared/v.yaml"}}) {
		got = append(got, p.Text)
	}
	want := []string{`explains: there is no rule "shared/w"`, `explains: no rule has the class "no-such-class"`,
		`refines: there is no rule "shared/y"`, `candidate_of: there is no rule "shared/z"`}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("not reported: %s in %q", w, got)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%q", got)
	}
}

// linked parses rules that differ from good in what they say of one another.
func linked(t *testing.T, keys map[string]string) []*Rule {
	t.Helper()
	var out []*Rule
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		rule, problems := Parse(id, id+".yaml", []byte(change(t, "side: target", "side: target\n"+keys[id])))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		out = append(out, rule)
	}
	return out
}

// Rules that go in a circle are named, at the place of one link.
func TestCircles(t *testing.T) {
	f := func(keys map[string]string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range CheckLinks(linked(t, keys), nil) {
			got = append(got, p.Error())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v\ngives  %q\nwanted %q", keys, got, want)
		}
	}
	type m = map[string]string
	f(m{"a/1": "refines: [a/2]", "a/2": "refines: [a/3]", "a/3": "refines: [a/1]"}, "a/1.yaml:4:11: refines: the rules go in a circle: a/1 -> a/2 -> a/3 -> a/1")
	f(m{"a/1": "refines: [a/2]", "a/2": "refines: [a/1]"}, "a/1.yaml:4:11: refines: the rules go in a circle: a/1 -> a/2 -> a/1")
	f(m{"a/1": `refines: ["a/*"]`, "a/2": `refines: ["a/*"]`}) // neither refines the other
	f(m{"a/1": `refines: ["a/*"]`, "a/2": "refines: [b/3]", "b/3": "refines: [a/1]"}, "a/1.yaml:4:11: refines: the rules go in a circle: a/1 -> a/2 -> b/3 -> a/1")
	f(m{"a/1": "refines: [a/2]", "a/2": "refines: [a/3]", "a/3": "scope: case"})
	f(m{"a/1": "explains: [a/2]", "a/2": "explains: [{rule: a/3, on: [host]}]", "a/3": "explains: [{rule: a/1, within: 1h}]"},
		"a/1.yaml:4:12: explains: the rules go in a circle: a/1 -> a/2 -> a/3 -> a/1")
	f(m{"a/1": "explains: [a/2]", "a/2": "role: symptom\nexplains: [a/1]"}) // a symptom explains nothing
	f(m{"a/1": "refines: [a/1]"})                                           // of its own findings it drops none
}

func using(t *testing.T, id, finding, rest string) *Rule {
	t.Helper()
	text := strings.Replace(change(t, `match: "found the host <host> again"`, "finding: "+finding+rest), "cleared_by: back", "unless: back", 1)
	rule, problems := Parse(id, id+".yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return rule
}

func TestLinksOfFindings(t *testing.T) {
	f := func(want string, rules ...*Rule) {
		t.Helper()
		var got []string
		for _, p := range CheckLinks(rules, nil) {
			got = append(got, p.Error())
		}
		if g := strings.Join(got, "\n"); g != want {
			t.Errorf("got\n%s\nwanted\n%s", g, want)
		}
	}
	f("", using(t, "a/1", "a/2", "\n    captures: [host]"), linked(t, map[string]string{"a/2": ""})[0])
	f(`a/1.yaml:8:14: finding: there is no rule "a/3" (did you mean "a/1"?)`, using(t, "a/1", "a/3", ""))
	f(`a/1.yaml:8:14: finding: no other rule matches "a/*"`, using(t, "a/1", `"a/*"`, ""))
	f("a/1.yaml:8:14: finding: a/2 does not always capture \"hots\" (did you mean \"host\"?)\na/1.yaml:8:14: finding: a/2 does not always capture \"port\" (did you mean \"host\"?)",
		using(t, "a/1", "a/2", "\n    captures: [hots, port]\n    where: hots != port"), linked(t, map[string]string{"a/2": ""})[0])
	f("a/1.yaml:8:14: finding: the rules go in a circle: a/1 -> a/1", using(t, "a/1", "a/1", ""))
	f("a/1.yaml:8:14: finding: the rules go in a circle: a/1 -> a/2 -> a/3 -> a/1", using(t, "a/1", "a/2", ""), using(t, "a/2", "a/3", ""), using(t, "a/3", `"a/1"`, ""))
	f("a/1.yaml:8:14: finding: the rules go in a circle: a/1 -> a/2 -> a/1", using(t, "a/1", `"a/*"`, ""), using(t, "a/2", `"a/*"`, ""))
}

func TestCheckFormats(t *testing.T) {
	rules := linked(t, map[string]string{"a/1": "formats: [sysog, text]"})
	var got []string
	for _, p := range CheckFormats(rules, []string{"syslog", "text"}) {
		got = append(got, p.Error())
	}
	if want := []string{`a/1.yaml:4:11: there is no log format "sysog" (did you mean "syslog"?)`}; !slices.Equal(got, want) {
		t.Errorf("%q, wanted %q", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("when: {any: [{rate: {of: a, at_least: 2, per: 1m, for: 5m}}, {pair: {open: a, close: b, on: [c]}}, {compare: a.x < b.y}]}\nsignals: {a: {finding: x, captures: [c]}}"))
	f.Add([]byte("when: {all: [a, {absent: b, after: c}], within: 1m}\nsignals: {a: {regex: [x, y]}}"))
	f.Add([]byte("examples: [{logs: {a: b}, expect: {c: d}}]\nzh: []\nby: {}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rule, problems := Parse("x", "x.yaml", text)
		if rule == nil && len(problems) == 0 {
			t.Error("neither a rule nor a problem")
		}
		if len(problems) == 0 {
			b := NewBase([]*Rule{rule})
			if again := decodeBase(b.encode()); again == nil || !bytes.Equal(again.encode(), b.encode()) {
				t.Error("the cache does not hold the rule")
			}
		}
	})
}
