package main

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diagnose"
	"diagnose/index"
	"diagnose/rules"
)

// alike is a log that shows the failure of a golden case anew.
type alike struct {
	name string
	kase string
	v    *diagnose.Verdict
}

// alikes makes variants of the golden cases: other hosts, addresses, ids and
// dates; in every second one a third of the lines that do not prove the cause is
// missing; every second one stands among healthy lines. Those in which nothing is left of the failure are
// counted, not kept.
func alikes(t *testing.T, base *rules.Base, f *filler, n int) (list []alike, nothing int) {
	t.Helper()
	dirs := caseDirs(t)
	for i := 0; len(list) < n && i < 4*n; i++ {
		dir := dirs[i%len(dirs)]
		round := i / len(dirs)
		logs, names := caseLogs(t, dir)
		v := caseVerdict(t, base, logs, names)
		if len(caseDocument("x", v).Sections) == 0 {
			continue
		}
		h := fnv.New64a()
		h.Write([]byte(dir))
		r := rand.New(rand.NewPCG(h.Sum64(), uint64(round)))
		captures := map[string]string{}
		for _, c := range v.Causes {
			for name, value := range c.Captures {
				captures[name] = value
			}
		}
		w := newRewriter(dir+string(rune('a'+round)), rules.Example{Expect: captures})
		partial, noisy := (i+round)%2 == 0, i%2 == 1
		for _, name := range names {
			text := w.rewrite(logs[name])
			lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
			if partial {
				lines = thinned(lines, decisive(v, name), r)
			}
			if noisy {
				lines = slices.Concat(f.plain[:min(20, len(f.plain))], lines, f.plain[:min(30, len(f.plain))])
			}
			logs[name] = strings.Join(lines, "\n") + "\n"
		}
		changed := caseVerdict(t, base, logs, names)
		if fingerprint(changed).Empty() {
			nothing++
			continue
		}
		list = append(list, alike{filepath.Base(dir) + string(rune('a'+round)), filepath.Base(dir), changed})
	}
	return list, nothing
}

// decisive are the lines of a stream, from 0, that prove the root causes.
func decisive(v *diagnose.Verdict, stream string) map[int]bool {
	keep := map[int]bool{}
	for _, c := range v.Causes {
		for _, e := range c.Evidence {
			for l := e.Entry.Line; e.Entry.Stream == stream && l <= e.Entry.EndLine; l++ {
				keep[l-1] = true
			}
		}
	}
	return keep
}

// thinned drops a third of the lines. Those that prove the cause stay: without
// them the log shows another failure, or none.
func thinned(lines []string, keep map[int]bool, r *rand.Rand) []string {
	var out []string
	for i, l := range lines {
		if keep[i] || r.IntN(3) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// TestLikeness finds the incident of a failure by a log that shows it anew: the
// right one first in 95 of 100. The right one is the incident of the case itself,
// or one of which the same rules named the causes.
func TestLikeness(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hundreds of diagnoses")
	}
	base := loadedBase(t)
	logs, _ := healthyLogs(t)
	docs := caseCorpus()
	rulesOf := map[string][]string{}
	for _, d := range docs {
		rulesOf[d.ID] = d.Rules
	}
	r := memoryIndex(t, docs)
	list, nothing := alikes(t, base, newFiller(logs), 200)
	first, itself := 0, 0
	lowest := 1.0
	for _, x := range list {
		got, err := r.Similar(fingerprint(x.v), index.LikeOptions{Limit: 3, Threshold: index.Threshold})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case len(got) == 0:
			all, _ := r.Similar(fingerprint(x.v), index.LikeOptions{Limit: 1})
			near := index.Like{}
			if len(all) > 0 {
				near = all[0]
			}
			t.Logf("%s: nothing; nearest is %s, %.2f", x.name, near.ID, near.Likeness)
		case got[0].ID == x.kase:
			first++
			itself++
			lowest = min(lowest, got[0].Likeness)
		case len(rulesOf[x.kase]) > 0 && slices.Equal(rulesOf[got[0].ID], rulesOf[x.kase]):
			first++
		default:
			t.Logf("%s: %s, %.2f", x.name, got[0].ID, got[0].Likeness)
		}
	}
	t.Logf("%d variants, %d more without anything of the failure left: right %d, of them the very case %d, the lowest likeness of one %.2f", len(list), nothing, first, itself, lowest)
	if len(list) < 200 || first*100 < 95*len(list) {
		t.Errorf("right in %d of %d, wanted are 95 %% of 200", first, len(list))
	}
}

// maxFalse is how many of the cases that are new may be called alike to another,
// maxFalseUnknown how many where no rule knows the new one: some show the very
// lines that prove another cause elsewhere.
const (
	maxFalse        = 3
	maxFalseUnknown = 10
)

// unknownTo is the fingerprint that rules give which do not know the cause: its
// lines are trouble that nothing explains.
func unknownTo(f index.Fingerprint) index.Fingerprint {
	var out index.Fingerprint
	for _, l := range f.Lines {
		if l.Of == index.PartCause {
			l.Of = ""
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}

// TestLikenessAbstains asks with each case an index that lacks it and every other
// incident of the same rules: there is nothing like it.
func TestLikenessAbstains(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a hundred indexes")
	}
	docs := caseCorpus()
	asked, wrong, wrongUnknown := 0, 0, 0
	for i, d := range docs {
		if len(d.Rules) == 0 || i%12 != 0 && os.Getenv("DIAGNOSE_TEST_ALL") == "" {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(docs), func(x index.Document) bool {
			return x.ID == d.ID || slices.ContainsFunc(x.Rules, func(r string) bool { return slices.Contains(d.Rules, r) })
		})
		r, err := index.Memory(others)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Similar(d.Fingerprint, index.LikeOptions{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		unknown, err := r.Similar(unknownTo(d.Fingerprint), index.LikeOptions{Limit: 1, Threshold: index.Threshold})
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if len(unknown) > 0 {
			wrongUnknown++
			t.Logf("without a rule: %s: %s, %.2f", d.ID, unknown[0].ID, unknown[0].Likeness)
		}
		asked++
		if len(got) > 0 && got[0].Likeness >= index.Threshold {
			wrong++
			t.Logf("%s: %s, %.2f", d.ID, got[0].ID, got[0].Likeness)
		} else if len(got) > 0 && got[0].Likeness > 0.2 {
			t.Logf("near: %s: %s, %.2f", d.ID, got[0].ID, got[0].Likeness)
		}
	}
	t.Logf("%d new cases, %d called alike to another; without a rule for the new one %d", asked, wrong, wrongUnknown)
	if wrong > maxFalse || wrongUnknown > maxFalseUnknown {
		t.Errorf("of %d new cases %d and %d were called alike to another, %d and %d may be", asked, wrong, wrongUnknown, maxFalse, maxFalseUnknown)
	}
}
