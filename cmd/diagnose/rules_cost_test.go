package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"diagnose"
	"diagnose/rules"
	"diagnose/source"
)

// tick is a clock that goes on by a microsecond each time it is asked.
func tick() func() time.Duration {
	var now time.Duration
	return func() time.Duration {
		now += time.Microsecond
		return now
	}
}

// costOf measures the rules over a log.
func costOf(t *testing.T, base *rules.Base, log string) (*engine, *costReport) {
	t.Helper()
	e := newEngine(base, []*source.Stream{source.Memory("a.log", log, exampleTime, source.Options{BlockSize: 4 << 10})})
	r, err := e.measure(context.Background(), tick(), tick())
	if err != nil {
		t.Fatal(err)
	}
	return e, r
}

// costRules share a literal, and one has a literal of its own.
func costRules(t *testing.T) *rules.Base {
	tape := strings.ReplaceAll(strings.ReplaceAll(twinRule, " one", " tape"), "sdb does not answer", "st<_> does not answer")
	other := strings.ReplaceAll(strings.ReplaceAll(twinRule, " one", " two"), `{match: "ERROR disk sdb does not answer"}`,
		`{match: ["ERROR disk sdb does not answer", "gives up on <_> for good"], where: 'entry.message contains "disk"'}`)
	return rules.NewBase([]*rules.Rule{ruleOf(t, "shared/one", twinRule), ruleOf(t, "shared/tape", tape), ruleOf(t, "shared/two", other)})
}

// What is counted is what stands in the log: literals as a plain search finds them,
// the entries that hold them, and the matches.
func TestCostCounts(t *testing.T) {
	log := strings.Repeat("ERROR disk sdb does not answer\n", 30) +
		strings.Repeat("INFO the driver gives up on st0 for good\n", 20) +
		strings.Repeat("INFO all is well\n", 500) +
		"ERROR the disk st4 does not answer\n"
	_, r := costOf(t, costRules(t), log)
	if r.Bytes != int64(len(log)) || r.Lines != 551 {
		t.Errorf("%d bytes, %d lines", r.Bytes, r.Lines)
	}
	f := func(id string, hits, entries, alone, tried, matches int64) {
		t.Helper()
		for _, x := range r.Rules {
			if x.Rule != id {
				continue
			}
			if x.Hits != hits || x.Entries != entries || x.Alone != alone || x.Tried != tried || x.Matches != matches {
				t.Errorf("%s: %+v, want %d %d %d %d %d", id, x, hits, entries, alone, tried, matches)
			}
			sum := int64(0)
			for _, l := range x.Literals {
				sum += l.Hits
				if n := int64(strings.Count(strings.ToLower(log), strings.ToLower(l.Text))); n != l.Hits {
					t.Errorf("%s: %q is counted %d times and stands %d times", id, l.Text, l.Hits, n)
				}
			}
			if sum != x.Hits {
				t.Errorf("%s: %d hits of its literals, %d in all", id, sum, x.Hits)
			}
			return
		}
		t.Errorf("%s is missing", id)
	}
	f("shared/one", 30, 30, 0, 30, 30)
	f("shared/two", 50, 50, 20, 50, 30)
	f("shared/tape", 31, 31, 1, 31, 0)
	for _, x := range r.Rules {
		if x.CPU <= 0 || float64(x.Match) < float64(x.Tried)*1e-6*0.99 {
			t.Errorf("%s: no time for what it tried: %+v", x.Rule, x)
		}
		if d := x.CPU - x.Match - x.Judge - x.Parse; d > 1e-9 || d < -1e-9 {
			t.Errorf("%s: its time is not the sum of its parts: %+v", x.Rule, x)
		}
	}
}

// A meter changes nothing of the answer, and what the rules match is what it says.
func TestCostMeasuresTheEngine(t *testing.T) {
	base := loadedBase(t)
	for _, dir := range caseDirs(t)[:20] {
		logs, names := caseLogs(t, dir)
		plain := caseVerdict(t, base, logs, names)
		var streams []*source.Stream
		for _, name := range names {
			streams = append(streams, source.Memory(name, logs[name], exampleTime, source.Options{}))
		}
		e := newEngine(base, streams)
		r, err := e.measure(context.Background(), tick(), tick())
		if err != nil {
			t.Fatal(err)
		}
		matched := map[string]int64{}
		for _, x := range r.Rules {
			matched[x.Rule] = x.Matches
			if x.Alone > x.Entries || x.Entries > r.Entries {
				t.Errorf("%s: %s: %+v of %d entries", dir, x.Rule, x, r.Entries)
			}
		}
		for _, c := range plain.Causes {
			if len(c.Evidence) > 0 && c.Rule.Role == diagnose.RoleCause && matched[c.Rule.ID] == 0 && !usesFindings(base, c.Rule.ID) {
				t.Errorf("%s: %s is a cause and matched nothing", dir, c.Rule.ID)
			}
		}
		var a, b bytes.Buffer
		enc := json.NewEncoder(&a)
		_ = enc.Encode(ruleIDs(plain))
		_ = json.NewEncoder(&b).Encode(ruleIDs(e.judge()))
		if a.String() != b.String() {
			t.Errorf("%s: with a meter the verdict is %s, without %s", dir, b.String(), a.String())
		}
	}
}

func ruleIDs(v *diagnose.Verdict) []string {
	var out []string
	for _, c := range v.Causes {
		out = append(out, c.Rule.ID)
	}
	return out
}

func usesFindings(base *rules.Base, id string) bool {
	for _, s := range base.Rule(id).Signals {
		if s.Finding != "" {
			return true
		}
	}
	return false
}

// The table is cut, and says so; without a literal in the log it says that.
func TestCostTable(t *testing.T) {
	_, r := costOf(t, costRules(t), "ERROR disk sdb does not answer\n")
	r.cut(1)
	if len(r.Rules) != 1 || r.More != 2 {
		t.Errorf("%d rules, %d more", len(r.Rules), r.More)
	}
	f := func(r *costReport, lang, want string) {
		t.Helper()
		var b bytes.Buffer
		if err := printCost(&b, r, lang); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v\n%s\nlacks %q", err, b.String(), want)
		}
	}
	f(r, "en", `1 × "ERROR disk sdb does not answer"  (also of another rule)`)
	f(r, "en", "… 2 more: --limit shows them")
	f(r, "zh", "（另一条规则也需要它）")
	_, none := costOf(t, costRules(t), "all is well\n")
	f(none, "en", "No literal of a rule stands in the log.")
}
