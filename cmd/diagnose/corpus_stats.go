package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"diagnose/report"
)

// failing is a rule with the incidents that it explains.
type failing struct {
	Rule      string    `json:"rule"`
	Count     int       `json:"count"`
	Fixed     int       `json:"fixed"`
	Last      time.Time `json:"last,omitzero"`
	Incidents []string  `json:"incidents"`
}

// returned is an incident after one of the same rule was confirmed as fixed.
type returned struct {
	Rule  string    `json:"rule"`
	Fixed string    `json:"fixed"` // the incident whose fix was confirmed
	When  time.Time `json:"confirmed"`
	Again []string  `json:"again"` // later incidents
}

// corpusStats are the totals of a corpus.
type corpusStats struct {
	Incidents   int        `json:"incidents"`
	Fixed       int        `json:"fixed"`
	Confirmed   int        `json:"confirmed"`
	Most        []failing  `json:"most"`
	CameBack    []returned `json:"came_back"`
	Unexplained []row      `json:"unexplained"`
}

// shownMost bounds the rules of a text.
const shownMost = 10

// stats says what fails most, what came back after its fix, and which incidents no
// rule explains.
func (c *corpusRun) stats(_ context.Context, args []string) int {
	if len(args) > 0 {
		return c.std.usage("corpus", errors.New("stats takes no names"))
	}
	list, status := c.all()
	s := statsOf(list)
	if c.format == "json" {
		return max(status, c.json(s))
	}
	out := c.std.out
	fmt.Fprintln(out, c.say("%d incidents, %d with a fix, %d confirmed", "%d 个事件，%d 个有解法，%d 个已确认", s.Incidents, s.Fixed, s.Confirmed))
	fmt.Fprintln(out, c.say("\nwhat fails most", "\n最常见的故障"))
	for _, f := range s.Most[:min(shownMost, len(s.Most))] {
		fmt.Fprintf(out, "  %4d  %s\n", f.Count, f.Rule)
	}
	if n := len(s.Most) - shownMost; n > 0 {
		fmt.Fprintln(out, c.say("        and %d more rules", "        另有 %d 条规则", n))
	}
	fmt.Fprintln(out, c.say("\nwhat came back after its fix", "\n修复后再次发生"))
	for _, r := range s.CameBack {
		fmt.Fprintln(out, "  "+c.say("%s: fixed in %s on %s, again in %v", "%s：%s 于 %s 修复，之后又发生于 %v", r.Rule, r.Fixed, r.When.Format(time.DateOnly), r.Again))
	}
	if len(s.CameBack) == 0 {
		fmt.Fprintln(out, "  "+c.say("nothing", "无"))
	}
	fmt.Fprintln(out, c.say("\nwhat no rule explains", "\n没有规则能解释"))
	for _, r := range s.Unexplained {
		fmt.Fprintf(out, "  %s  %s\n", r.ID, report.Printable(r.Title))
	}
	if len(s.Unexplained) == 0 {
		fmt.Fprintln(out, "  "+c.say("nothing", "无"))
	}
	return status
}

func statsOf(list []kept) corpusStats {
	s := corpusStats{Incidents: len(list), Most: []failing{}, CameBack: []returned{}, Unexplained: []row{}}
	byRule := map[string][]kept{}
	for _, in := range list {
		if in.Fix != "" {
			s.Fixed++
		}
		if in.Fixed() {
			s.Confirmed++
		}
		for _, r := range in.Rules {
			byRule[r] = append(byRule[r], in)
		}
		if len(in.Rules) == 0 {
			s.Unexplained = append(s.Unexplained, row{in.ID, in.Title, in.Time, in.Systems, in.Rules, in.Fix != "", in.Fixed(), in.shipped})
		}
	}
	for rule, list := range byRule {
		f := failing{Rule: rule, Count: len(list)}
		for _, in := range list {
			f.Incidents = append(f.Incidents, in.ID)
			if in.Fix != "" {
				f.Fixed++
			}
			if in.Time.After(f.Last) {
				f.Last = in.Time
			}
		}
		s.Most = append(s.Most, f)
		if back, ok := cameBack(rule, list); ok {
			s.CameBack = append(s.CameBack, back)
		}
	}
	slices.SortFunc(s.Most, func(a, b failing) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule)) })
	slices.SortFunc(s.CameBack, func(a, b returned) int {
		return cmp.Or(cmp.Compare(len(b.Again), len(a.Again)), cmp.Compare(a.Rule, b.Rule))
	})
	return s
}

// cameBack finds the first confirmed fix of a rule's incidents that others follow.
func cameBack(rule string, list []kept) (returned, bool) {
	out := returned{Rule: rule}
	for _, in := range list {
		if in.Fixed() && !in.Confirmed.IsZero() && (out.Fixed == "" || in.Confirmed.Before(out.When)) {
			out.Fixed, out.When = in.ID, in.Confirmed
		}
	}
	if out.Fixed == "" {
		return out, false
	}
	for _, in := range list {
		if in.ID != out.Fixed && in.Time.After(out.When) {
			out.Again = append(out.Again, in.ID)
		}
	}
	return out, len(out.Again) > 0
}
