package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"

	"diagnose"
	"diagnose/rules"
	"diagnose/source"
)

// maxPasted bounds the lines that make a rule, in bytes.
const maxPasted = 256 << 10

// ruleID is how ids are written, which are paths below a rule directory.
var ruleID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$`)

// newRule writes the skeleton of a rule made of the lines on standard input, and
// says on standard error which rules hold on them already.
func (o *rulesOptions) newRule(ctx context.Context, std stdio, args []string) int {
	if len(args) > 1 {
		return std.usage("rules", fmt.Errorf("new takes one id, such as ssh/connection-refused"))
	}
	id := "shared/new-rule"
	if len(args) == 1 {
		if id = args[0]; !ruleID.MatchString(id) {
			return std.usage("rules", fmt.Errorf("%q is no id of a rule: directory and name of its file, of lower-case letters, digits and -, such as ssh/connection-refused", id))
		}
	}
	base, status := loadWhole(std, o.rules)
	if base == nil {
		return status
	}
	text, err := io.ReadAll(io.LimitReader(interruptible{ctx, std.in}, maxPasted+1))
	if err != nil {
		return std.fail("standard input: %v", err)
	}
	if len(text) > maxPasted {
		return std.fail("more than %d bytes: paste the lines that show the failure, not the log", maxPasted)
	}
	messages, known, err := pasted(ctx, base, string(text))
	if err != nil {
		return std.fail("%v", err)
	}
	lang := std.language(o.lang)
	for _, r := range known {
		std.note("%s", inLanguage(lang, "these lines are known to %s: %s", "规则 %s 已认得这些日志：%s", r.ID, r.Texts(lang).Title))
	}
	if slices.ContainsFunc(base.All(), func(r *rules.Rule) bool { return r.ID == id }) {
		std.note("%s", inLanguage(lang, "there is a rule %s: yours would replace it", "已有规则 %s：新规则会取代它", id))
	}
	skeleton, err := rules.Skeleton(id, messages, string(text))
	if err != nil {
		return std.fail("%v", err)
	}
	if _, err := std.out.Write(skeleton); err != nil {
		return exitWrong
	}
	std.note("%s", inLanguage(lang, "write it to DIR/%s.yaml and fill in what says %s; `diagnose rules check DIR` names the places", "写入 DIR/%s.yaml 并补全标有 %s 的地方；`diagnose rules check DIR` 会列出这些位置", id, rules.Unwritten))
	return 0
}

// pasted reads lines as a log: the messages of the entries that look bad, of all
// where none does, and the rules that hold.
func pasted(ctx context.Context, base *rules.Base, text string) (messages []string, known []*diagnose.Rule, err error) {
	e := newEngine(base, []*source.Stream{source.Memory("log", text, exampleTime, source.Options{BlockSize: 64 << 10})})
	e.workers = 1
	if _, err := e.diagnose(ctx); err != nil {
		return nil, nil, err
	}
	for _, f := range e.findings {
		if !slices.Contains(known, f.Rule) {
			known = append(known, f.Rule)
		}
	}
	if err := e.streams[0].Again(); err != nil {
		return nil, nil, err
	}
	var bad, all []string
	p := e.newPass(e.streams)
	p.uncounted = true
	p.work = func(_ int, r *reader) []found {
		var out []found
		r.all(e.clock, func(entry *diagnose.Entry) { out = append(out, found{entry: entry}) })
		return out
	}
	p.deliver = func(_ int, f found) {
		all = append(all, f.entry.Message)
		if f.entry.Trouble {
			bad = append(bad, f.entry.Message)
		}
	}
	if err := p.run(ctx); err != nil {
		return nil, nil, err
	}
	if len(bad) > 0 {
		return bad, known, nil
	}
	return all, known, nil
}
