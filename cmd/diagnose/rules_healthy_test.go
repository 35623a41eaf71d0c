package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diagnose/rules"
)

// The logs that are built in are those of the directory.
func TestHealthyLogsAreBuiltIn(t *testing.T) {
	trials, err := tryHealthy(context.Background(), stdio{err: io.Discard}, rules.NewBase(nil), "")
	if err != nil {
		t.Fatal(err)
	}
	_, names := healthyLogs(t)
	for i, name := range names {
		if i >= len(trials) || trials[i].name != name {
			t.Fatalf("%d: %s is not built in", i, name)
		}
	}
}

// A rule that holds where nothing is wrong is named with the places, and a literal
// that stands in many healthy lines with their number; a rule that does neither is
// not.
func TestHealthyWarnings(t *testing.T) {
	loud := strings.NewReplacer("one disk", "loud disk", " one", " loud", `"ERROR disk sdb does not answer"`, `"good day, nothing"`).Replace(twinRule)
	quiet := strings.ReplaceAll(twinRule, " one", " quiet")
	weak := strings.NewReplacer("one disk", "weak disk", " one", " weak", `"ERROR disk sdb does not answer"}`, `"all is well on <_> at last"}`).Replace(twinRule)
	base := rules.NewBase([]*rules.Rule{ruleOf(t, "shared/loud", loud), ruleOf(t, "shared/quiet", quiet), ruleOf(t, "shared/weak", weak)})
	dir := t.TempDir()
	log := strings.Repeat("all is well on web-1\n", 40) + strings.Repeat("tick\n", 100) + "exit\n" + strings.Repeat("good day, nothing 7\n", 2)
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	trials, err := tryHealthy(context.Background(), stdio{err: io.Discard}, base, dir)
	if err != nil {
		t.Fatal(err)
	}
	read := func(r *rules.Rule) ([]byte, error) {
		return []byte(map[string]string{"shared/loud": loud, "shared/quiet": quiet, "shared/weak": weak}[r.ID]), nil
	}
	var got []string
	for _, p := range healthyWarnings(base, trials, base.All(), read) {
		got = append(got, strings.ReplaceAll(p.Error(), dir, "DIR"))
	}
	want := []string{
		`shared/loud.yaml:4:19: it holds on the healthy log DIR/a.log:142: good day, nothing 7`,
		`shared/weak.yaml:4:19: cost: the literal "all is well on " stands 40 times in the 143 lines of the healthy log DIR, and each time an entry is parsed for it: choose words with more text around them`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := tryHealthy(context.Background(), stdio{err: io.Discard}, base, filepath.Join(dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "--healthy") {
		t.Errorf("a directory that is not there: %v", err)
	}
}
