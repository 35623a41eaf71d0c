package verdict

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"diagnose"
)

// randomScene draws findings at random over few rules, cases and minutes, so
// that ties, shared entries and links both ways are common.
func randomScene(t *testing.T, r *rand.Rand) *scene {
	ids := []string{"a/x", "a/y", "a/z", "c/x", "c/y", "s/login", "s/deploy", "w/slow", "b/noise", "ws/login"}
	links := []string{"a/*", "c/*", "a/x", "class login across", "class deploy on host", "c/* across within 3m", "class login within 2m", "a/* on host"}
	var rules []*diagnose.Rule
	for _, id := range ids {
		made := rule(id, specificity(r.IntN(2)))
		for range r.IntN(3) {
			explains(links[r.IntN(len(links))])(made)
		}
		if r.IntN(4) == 0 {
			refines([]string{"a/*", "c/x", "s/*", "a/y"}[r.IntN(4)])(made)
		}
		rules = append(rules, made)
	}
	item := func() string {
		if r.IntN(4) == 0 {
			return fmt.Sprintf("!%s lost", []string{"disk", "login", "host"}[r.IntN(3)])
		}
		s := ids[r.IntN(len(ids))]
		if r.IntN(2) == 0 {
			s += fmt.Sprintf("{host=%d,n=%d}", r.IntN(2), r.IntN(2))
		}
		if r.IntN(4) == 0 {
			s += fmt.Sprintf("[..%d]", r.IntN(12))
		}
		if r.IntN(3) == 0 {
			s += "*"
		}
		return s
	}
	var b strings.Builder
	for c := range 1 + r.IntN(4) {
		fmt.Fprintf(&b, "job-%d%s", c, []string{"", "=failed", "=succeeded"}[r.IntN(3)])
		at := 0
		for range 1 + r.IntN(5) {
			at += r.IntN(3)
			when := fmt.Sprint(at)
			if r.IntN(5) == 0 {
				when = "-"
			}
			fmt.Fprintf(&b, " | %s %s", when, item())
			for range r.IntN(3) {
				b.WriteString(" + " + item())
			}
		}
		b.WriteString("\n")
	}
	return draw(t, b.String(), rules...)
}

func TestTheOrderOfFindingsDoesNotMatter(t *testing.T) {
	several := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := randomScene(t, r)
		if len(s.findings) > 3 {
			several++
		}
		want := full(Judge(s.input(s.findings)))
		for range 6 {
			r.Shuffle(len(s.findings), func(i, j int) { s.findings[i], s.findings[j] = s.findings[j], s.findings[i] })
			if got := full(Judge(s.input(s.findings))); got != want {
				t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, want)
			}
		}
	}
	if several < 200 {
		t.Errorf("only %d of 400 scenes have several findings", several)
	}
}
