package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// costWords are the sentences of the table.
type costWords struct {
	head, shared, more, moreLiterals, none   string
	log, cpu, rest, how, cpuClock, wallClock string
	rules                                    [2]string // one, or several
}

var costEnglish = costWords{
	head: "time\tshare\tliteral hits\tentries\talone\ttried\tmatches", shared: "  (also of %s)", rules: [2]string{"another rule", "%d other rules"}, more: "… %d more: --limit shows them",
	moreLiterals: "… %d more", none: "No literal of a rule stands in the log.",
	log:  "Log: bytes %d, lines %d, places where a literal or a mark of trouble stands %d, entries parsed there %d, of these (also) for a mark of trouble %d.",
	cpu:  "Time (%s, one core): %s in all: the filter %s for all literals at once (what one of them costs it cannot be told), parsing %s, patterns %s, conditions %s, the rest %s.",
	rest: "A rule's time is what its patterns (%s) and conditions (%s) took, which is measured, and its part of parsing, which is estimated: the time of an entry in equal parts for the rules and marks that lead to it.",
	how:  "entries: parsed where its literals stand; alone: that nothing else leads to; tried: times that a signal was tried on one. Times differ from run to run.",

	cpuClock: "CPU", wallClock: "by the clock on the wall",
}

var costChinese = costWords{
	head: "耗时\t占比\t字面量命中\t日志条目\t独有\t尝试\t匹配", shared: "  （%s也需要它）", rules: [2]string{"另一条规则", "另外 %d 条规则"}, more: "… 另有 %d 条规则，用 --limit 显示",
	moreLiterals: "… 另有 %d 个字面量", none: "日志中没有任何规则的字面量。",
	log:  "日志：%d 字节，%d 行。字面量和故障标记出现在 %d 处；在那里解析了 %d 条日志，其中 %d 条（也）因为故障标记。",
	cpu:  "耗时（%s，单核）：共 %s：过滤器 %s（所有字面量一起，无法分摊到单个字面量），解析 %s，模式 %s，条件 %s，其余 %s。",
	rest: "规则的耗时 = 模式（%s）和条件（%s），为实测；加上解析的份额，为估算：一条日志的解析时间由引向它的规则和标记平分。",
	how:  "日志条目：在其字面量处解析的；独有：只有它引向的；尝试：用信号去匹配的次数。每次运行的耗时会有出入。",

	cpuClock: "CPU", wallClock: "墙上时钟",
}

func writeCostJSON(w io.Writer, r *costReport) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// printCost writes the table for a person.
func printCost(w io.Writer, r *costReport, lang string) error {
	words := &costEnglish
	if lang == "zh" {
		words = &costChinese
	}
	var b strings.Builder
	heads := strings.Split(words.head, "\t")
	row := func(cells ...string) {
		for i, c := range cells {
			b.WriteString(padLeft(c, max(9, width(heads[i]))+2))
		}
	}
	if len(r.Rules) == 0 {
		b.WriteString(words.none + "\n")
	} else {
		row(heads...)
		b.WriteString("\n")
	}
	match, judge := r.CPU.Match, r.CPU.Judge
	all := match + judge + r.CPU.Parse - r.CPU.Marks
	for _, x := range r.Rules {
		row(took(x.CPU), share(x.CPU, all), strconv.FormatInt(x.Hits, 10), strconv.FormatInt(x.Entries, 10), strconv.FormatInt(x.Alone, 10), strconv.FormatInt(x.Tried, 10), strconv.FormatInt(x.Matches, 10))
		b.WriteString("  " + x.Rule + "\n")
		printLiterals(&b, x.Literals, words)
	}
	if r.More > 0 {
		fmt.Fprintf(&b, words.more+"\n", r.More)
	}
	clock := words.cpuClock
	if r.Clock != "cpu" {
		clock = words.wallClock
	}
	rest := max(0, r.CPU.Whole-r.CPU.Filter-r.CPU.Parse-match-judge)
	fmt.Fprintf(&b, "\n"+words.log+"\n", r.Bytes, r.Lines, r.Places, r.Entries, r.Marked)
	fmt.Fprintf(&b, words.cpu+"\n", clock, took(r.CPU.Whole), took(r.CPU.Filter), took(r.CPU.Parse), took(match), took(judge), took(rest))
	fmt.Fprintf(&b, words.rest+"\n"+words.how+"\n", took(match), took(judge))
	_, err := io.WriteString(w, b.String())
	return err
}

func printLiterals(b *strings.Builder, list []literalCost, words *costWords) {
	for _, l := range list[:min(len(list), shownCostLiterals)] {
		fmt.Fprintf(b, "%21d × %s", l.Hits, strconv.Quote(l.Text))
		switch l.Shared {
		case 0:
		case 1:
			fmt.Fprintf(b, words.shared, words.rules[0])
		default:
			fmt.Fprintf(b, words.shared, fmt.Sprintf(words.rules[1], l.Shared))
		}
		b.WriteString("\n")
	}
	if n := len(list) - shownCostLiterals; n > 0 {
		fmt.Fprintf(b, "%24s"+words.moreLiterals+"\n", "", n)
	}
}

// took is a time for a person.
func took(s seconds) string {
	d := time.Duration(float64(s) * float64(time.Second))
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d µs", d/time.Microsecond)
}

func share(part, all seconds) string {
	if all <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*part/all)
}

// width is how many columns a heading takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

func padLeft(s string, n int) string { return strings.Repeat(" ", max(0, n-width(s))) + s }
