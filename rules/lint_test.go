package rules

import (
	"errors"
	"strings"
	"testing"
)

// linted is the problems of a rule made of a good one by replacing one text, as
// one text; next to rules that are as they are.
func linted(t *testing.T, old, new string, others ...string) string {
	t.Helper()
	texts := map[string]string{"s/x": strings.Replace(lintGood, old, new, 1)}
	if old != "" && texts["s/x"] == lintGood {
		t.Fatalf("%q is not in the rule", old)
	}
	for i, other := range others {
		texts["s/a"+string(rune('0'+i))] = other
	}
	var rules []*Rule
	for id, text := range texts {
		r, problems := Parse(id, id+".yaml", []byte(text))
		for _, p := range problems {
			t.Fatal(p)
		}
		rules = append(rules, r)
	}
	var out []string
	for _, p := range Lint(rules, func(r *Rule) ([]byte, error) { return []byte(texts[r.ID]), nil }) {
		out = append(out, p.Error())
	}
	return strings.Join(out, "\n")
}

const lintGood = `title: Disk {{disk}} of {{host|a host}} does not answer
system: shared
side: storage server
signals:
  failed: {match: "I/O error, dev <disk>, sector"}
  named: {match: "I/O error of host <host>, dev <disk>"}
cause: The disk or the path to it is broken.
fix:
  - say: Replace {{disk}}.
    run: smartctl -a /dev/{{disk}}
references: [drivers/block]
zh:
  title: "{{host|某主机}} 的磁盘 {{disk}} 无应答"
  cause: 磁盘或通往它的路径已损坏。
  fix:
    - say: "更换 {{disk}}。"
      run: smartctl -a /dev/{{disk}}
examples:
  - {name: error, log: "I/O error, dev sdb, sector 2048", expect: {disk: sdb}}
  - {name: a test, log: "TODO I/O error, device sdb, no sector", expect: none}
`

const lintOther = `title: Another
system: shared
side: client
signals: {other: {match: "something else here"}}
cause: Another.
fix: [Do it.]
references: [x]
zh: {title: 另一个, cause: 另一个原因。, fix: [照做。]}
examples:
  - {name: a, log: something else here, expect: {}}
  - {name: b, log: something else, expect: none}
`

func TestLint(t *testing.T) {
	f := func(old, new, want string) {
		t.Helper()
		if got := linted(t, old, new); got != want {
			t.Errorf("%q -> %q:\n got %s\nwant %s", old, new, got, want)
		}
	}
	f("", "", "")
	f(`"{{host|某主机}} 的磁盘 {{disk}} 无应答"`, `"{{host|x}}: disk {{disk}}"`, `s/x.yaml:13:10: zh.title holds no Chinese character: is it translated?`)
	f(`"{{host|某主机}} 的磁盘 {{disk}} 无应答"`, `"磁盘 {{disk}} 无应答"`, `s/x.yaml:13:10: zh.title lacks {{host}}, which the English text has`)
	f(`"更换 {{disk}}。"`, `更换磁盘。`, `s/x.yaml:16:12: zh.fix[0].say lacks {{disk}}, which the English text has`)
	f("      run: smartctl -a /dev/{{disk}}\n", "", `s/x.yaml:16:7: zh.fix[0] lacks the command of fix[0]`)
	f("    - say: \"更换 {{disk}}。\"\n      run", "    - run", `s/x.yaml:16:7: zh.fix[0] says nothing where fix[0] does`)
	f("cause: The disk or the path to it is broken.", "cause: 'TODO: why'", `s/x.yaml:7:8: still to be written: TODO: why`)
	f("references: [drivers/block]\n", "", `s/x.yaml:1:1: no references: name the upstream file or the public issue that it follows from`)
	f("side: storage server", "side: storage server\nrole: symptom", `s/x.yaml:4:7: a symptom without a class: no cause of another case can explain it`)
	f("side: storage server", "role: symptom\nclass: host-problem", `s/x.yaml:4:8: no rule explains the class "host-problem"`)
}

func TestLintFindsDuplicates(t *testing.T) {
	f := func(other, old, new, want string) {
		t.Helper()
		if got := linted(t, old, new, other); got != want {
			t.Errorf("%q -> %q:\n got %s\nwant %s", old, new, got, want)
		}
	}
	f(lintOther, "", "", "")
	f(lintOther, "The disk or the path to it is broken.", "Another.", "s/x.yaml:7:8: the same cause as s/a0")
	f(lintOther, "磁盘或通往它的路径已损坏。", "另一个原因。", "s/x.yaml:14:10: the same Chinese cause as s/a0")
	twin := strings.NewReplacer("title: Disk", "title: The disk", "的磁盘", "的硬盘", "cause: The", "cause: Its", "已损坏", "坏了").Replace(lintGood)
	f(twin, "", "", "s/x.yaml:5:3: the same evidence as s/a0")
	f(twin, "side: storage server", "side: storage server\nrefines: [s/a0]", "")
	f(twin, "side: storage server", "side: storage server\nexplains: [s/a0]", "")
	f(twin, "I/O error of host", "I/O failure of host", "")
}

// A file that cannot be read again costs the place, nothing else.
func TestLintWithoutTheFile(t *testing.T) {
	r, _ := Parse("s/x", "s/x.yaml", []byte(strings.Replace(lintGood, "references: [drivers/block]\n", "", 1)))
	got := Lint([]*Rule{r}, func(*Rule) ([]byte, error) { return nil, errors.New("gone") })
	if len(got) != 1 || got[0].Line != 1 {
		t.Errorf("got %v", got)
	}
}
