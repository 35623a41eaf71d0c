package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"diagnose/rules"
)

// costs notes what rules cost while the engine works as ever, on one goroutine. A
// nil one notes nothing.
type costs struct {
	base  *rules.Base
	meter rules.Meter

	hits []int64 // of each literal; the rest are marks of trouble

	scan, parse  time.Duration
	places       int64 // where a literal stands
	entries      int64 // parsed around them
	markEntries  int64 // of these, how many a mark of trouble leads to
	byRule       map[*rules.Rule]*reach
	seen         map[*rules.Rule]bool // of one entry
	ownersOf     map[int][]*rules.Rule
	parseOfMarks time.Duration
}

// reach is what the literals of a rule lead to.
type reach struct {
	entries int64
	alone   int64         // that nothing else leads to
	parse   time.Duration // its part of parsing them
}

// newCosts notes times of a clock, which is read between two calls on one thread.
func newCosts(base *rules.Base, clock func() time.Duration) *costs {
	return &costs{base: base, meter: rules.Meter{Now: clock}, hits: make([]int64, len(base.Literals())),
		byRule: map[*rules.Rule]*reach{}, seen: map[*rules.Rule]bool{}, ownersOf: map[int][]*rules.Rule{}}
}

// hold keeps the goroutine on its thread, whose clock is read, until the function
// that it returns is called.
func (c *costs) hold() func() {
	if c == nil {
		return func() {}
	}
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}

func (c *costs) now() time.Duration {
	if c == nil {
		return 0
	}
	return c.meter.Now()
}

// rules is what the scene takes.
func (c *costs) rules() *rules.Meter {
	if c == nil {
		return nil
	}
	return &c.meter
}

// scanned notes what the filter found in a block since began.
func (c *costs) scanned(began time.Duration, places []place) {
	if c == nil {
		return
	}
	c.scan += c.now() - began
	c.places += int64(len(places))
	for _, p := range places {
		if p.literal < len(c.hits) {
			c.hits[p.literal]++
		}
	}
}

// parsed notes that an entry was read since began, for the literals in it.
func (c *costs) parsed(began time.Duration, literals []int) {
	if c == nil {
		return
	}
	took := c.now() - began
	c.parse += took
	c.entries++
	clear(c.seen)
	marked := false
	for _, n := range literals {
		if n >= len(c.hits) {
			marked = true
			continue
		}
		for _, r := range c.owners(n) {
			c.seen[r] = true
		}
	}
	parts := len(c.seen)
	if marked {
		parts++
		c.markEntries++
		c.parseOfMarks += took / time.Duration(parts)
	}
	for r := range c.seen {
		x := c.byRule[r]
		if x == nil {
			x = &reach{}
			c.byRule[r] = x
		}
		x.entries++
		x.parse += took / time.Duration(parts)
		if parts == 1 {
			x.alone++
		}
	}
}

func (c *costs) owners(literal int) []*rules.Rule {
	list, ok := c.ownersOf[literal]
	if !ok {
		list = c.base.Owners(literal)
		c.ownersOf[literal] = list
	}
	return list
}

// costSchema names the shape of the JSON of rules cost. Optional fields may be added
// within v1.
const costSchema = "diagnose/rules-cost/v1"

// costReport is what a log cost, by rule.
type costReport struct {
	Schema  string     `json:"schema"`
	Clock   string     `json:"clock"` // cpu: CPU time; wall: the clock on the wall, where the system has no other
	Bytes   int64      `json:"bytes"`
	Lines   int64      `json:"lines"`
	Places  int64      `json:"places"`       // where a literal of a rule or a mark of trouble stands
	Entries int64      `json:"entries"`      // parsed around them
	Marked  int64      `json:"mark_entries"` // of these, those that a mark of trouble leads to
	CPU     costTimes  `json:"cpu"`
	Rules   []ruleCost `json:"rules"`
	More    int        `json:"more_rules,omitempty"` // that are not listed
}

// seconds are written to the microsecond.
type seconds float64

// MarshalJSON writes them without an exponent.
func (s seconds) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%.6f", float64(s)), nil }

func secondsOf(d time.Duration) seconds { return seconds(d.Seconds()) }

// costTimes are those of a run.
type costTimes struct {
	Whole  seconds `json:"whole"`  // of the run, loading the rules left out
	Filter seconds `json:"filter"` // all literals at once: it cannot be told what one of them costs
	Parse  seconds `json:"parse"`  // around places
	Marks  seconds `json:"marks_parse_estimated"`
	Match  seconds `json:"match"`
	Judge  seconds `json:"judge"`
}

// ruleCost is what one rule took.
type ruleCost struct {
	Rule     string        `json:"rule"`
	CPU      seconds       `json:"cpu"`             // match, judge and parse_estimated
	Match    seconds       `json:"match"`           // patterns and expressions
	Judge    seconds       `json:"judge"`           // conditions
	Parse    seconds       `json:"parse_estimated"` // the time of each entry in equal parts for what leads to it
	Hits     int64         `json:"literal_hits"`
	Entries  int64         `json:"entries"`       // parsed where its literals stand
	Alone    int64         `json:"entries_alone"` // that nothing else leads to
	Tried    int64         `json:"tried"`         // times that a signal was tried on an entry
	Bytes    int64         `json:"tried_bytes"`
	Matches  int64         `json:"matches"`
	Literals []literalCost `json:"literals"` // those that were met, most first
}

type literalCost struct {
	Text   string `json:"text"`
	Hits   int64  `json:"hits"`
	Shared int    `json:"shared,omitempty"` // other rules that need it too
}

// maxCostLiterals bounds the literals of one rule in JSON, shownCostLiterals in text.
const (
	maxCostLiterals   = 64
	shownCostLiterals = 3
)

// showCost diagnoses the logs and says what each rule took of it.
func (o *rulesOptions) showCost(ctx context.Context, std stdio, paths []string) int {
	if o.limit < 1 || o.limit > maxLimit {
		return std.usage("rules", fmt.Errorf("--limit takes 1 to %d, not %d", maxLimit, o.limit))
	}
	base, status := loadBase(std, o.rules)
	if base == nil {
		return status
	}
	d := diagnoseOptions{common: o.common, spool: 4 << 30, blockSize: 1 << 20}
	e, status := d.open(ctx, std, base, paths)
	if e == nil {
		return status
	}
	defer e.close()
	report, err := e.measure(ctx, threadCPU, processCPU)
	if err != nil {
		return d.exit(std, e, nil, err)
	}
	report.cut(o.limit)
	if o.format == "json" {
		err = writeCostJSON(std.out, report)
	} else {
		err = printCost(std.out, report, std.language(o.lang))
	}
	return d.exit(std, e, nil, err)
}

// measure diagnoses on one goroutine, with a meter on the rules. thread and process
// are clocks: of the goroutine's thread, and of the whole program.
func (e *engine) measure(ctx context.Context, thread, process func() time.Duration) (*costReport, error) {
	c := newCosts(e.base, thread)
	e.cost, e.workers, e.base = c, 1, e.base.Metered(&c.meter)
	defer c.hold()()
	began := process()
	v, err := e.diagnose(ctx)
	if err != nil {
		return nil, err
	}
	r := &costReport{Schema: costSchema, Clock: cpuClock, Bytes: v.Stats.Bytes, Lines: v.Stats.Lines, Places: c.places, Entries: c.entries, Marked: c.markEntries,
		CPU: costTimes{Whole: secondsOf(process() - began), Filter: secondsOf(c.scan), Parse: secondsOf(c.parse), Marks: secondsOf(c.parseOfMarks)}}
	c.fill(r)
	return r, nil
}

// fill lists the rules, those that took most first.
func (c *costs) fill(r *costReport) {
	byRule := map[*rules.Rule]*ruleCost{}
	at := func(rule *rules.Rule) *ruleCost {
		if byRule[rule] == nil {
			byRule[rule] = &ruleCost{Rule: rule.ID, Literals: []literalCost{}}
		}
		return byRule[rule]
	}
	for rule, x := range c.byRule {
		y := at(rule)
		y.Entries, y.Alone, y.Parse = x.entries, x.alone, secondsOf(x.parse)
	}
	for _, x := range c.meter.Costs() {
		y := at(x.Rule)
		y.Tried, y.Bytes, y.Matches, y.Match, y.Judge = x.Tried, x.Bytes, x.Matches, secondsOf(x.Match), secondsOf(x.Judge)
		r.CPU.Match += y.Match
		r.CPU.Judge += y.Judge
	}
	for n, hits := range c.hits {
		if hits == 0 {
			continue
		}
		owners := c.owners(n)
		for _, rule := range owners {
			y := at(rule)
			y.Hits += hits
			y.Literals = append(y.Literals, literalCost{string(c.base.Literals()[n]), hits, len(owners) - 1})
		}
	}
	for _, y := range byRule {
		y.CPU = y.Match + y.Judge + y.Parse
		slices.SortFunc(y.Literals, func(a, b literalCost) int { return cmp.Or(cmp.Compare(b.Hits, a.Hits), cmp.Compare(a.Text, b.Text)) })
	}
	r.Rules = make([]ruleCost, 0, len(byRule))
	for y := range maps.Values(byRule) {
		r.Rules = append(r.Rules, *y)
	}
	slices.SortFunc(r.Rules, func(a, b ruleCost) int { return cmp.Or(cmp.Compare(b.CPU, a.CPU), cmp.Compare(a.Rule, b.Rule)) })
}

// cut keeps the rules that took most.
func (r *costReport) cut(n int) {
	if more := len(r.Rules) - n; more > 0 {
		r.Rules, r.More = r.Rules[:n], more
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		x.Literals = x.Literals[:min(len(x.Literals), maxCostLiterals)]
	}
}
