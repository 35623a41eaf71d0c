package rules

import (
	"strings"
	"testing"
)

func TestGeneralized(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got, _ := generalized(in); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
	f("ssh: connect to host 10.0.0.7 port 22: Connection refused", "ssh: connect to host <host> port <port:int>: Connection refused")
	f("cannot open /var/lib/app/state.json: disk failure", "cannot open <path>: disk failure")
	f("GET https://mirror.example/a/b.tgz failed with status 404", "GET <url> failed with status 404")
	f("job 4711 of 10.0.0.7 and 10.0.0.8 died", "job <_> of <host> and <_> died")
	f(`a <b> \ c`, `a \<b> \\ c`)
	f("first line\nsecond 12", "first line")
}

func TestSkeletonNeedsFixedText(t *testing.T) {
	if text, err := Skeleton("x/y", []string{"12 34", ""}, "12 34"); err == nil {
		t.Errorf("a skeleton of nothing: %s", text)
	}
}

// Whatever is pasted, the skeleton is a rule that loads, and the lints name what
// is to be written.
func FuzzSkeleton(f *testing.F) {
	f.Add("ssh: connect to host 10.0.0.7 port 22: Connection refused", "connection to db.example:5432 timed out after 30 s")
	f.Add("命令执行失败，退出码 127：/opt/agent/bin/run.sh", "'\"\\<x>: {{host}} #\t\x00\xff failed again")
	f.Add("命令执行失败，退出码 127：/opt/agent/bi\x7f", "x \u0085 failed")
	f.Add("TODO: nothing here at all 1.2.3.4:80", "<<<< >>>> |||| ;;;; a very long text")
	f.Fuzz(func(t *testing.T, one, two string) {
		text, err := Skeleton("shared/new", []string{one, two}, one+"\n"+two)
		if err != nil {
			return
		}
		r, problems := Parse("shared/new", "new.yaml", text)
		for _, p := range problems {
			t.Errorf("%v\n%s", p, text)
		}
		if r == nil {
			t.Fatal("no rule")
		}
		var todo int
		for _, p := range Lint([]*Rule{r}, func(*Rule) ([]byte, error) { return text, nil }) {
			if strings.HasPrefix(p.Text, "still to be written: ") {
				todo++
			}
		}
		if len(problems) == 0 && todo < 9 {
			t.Errorf("%d texts to be written, want at least 9\n%s", todo, text)
		}
	})
}
