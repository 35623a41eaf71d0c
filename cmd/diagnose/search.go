package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"diagnose/index"
	"diagnose/report"
)

const searchHelp = `diagnose search finds past incidents of the corpus.

Examples
  diagnose search 'jwt 401'                 both words, in any part of an incident
  diagnose search '无法解析 bkrepo'
  diagnose search '"connection refused" (7)'   a phrase; codes stay whole
  diagnose search job-733                   ids, codes, paths and names stay whole
  diagnose search 'rule:curl/* host:db-01 after:2026-01-01'
  diagnose search 'timeout -rule:ssh/* fixed:yes' --facets

Usage
  diagnose search [flags] QUERY...

Words
  word  "a phrase"  begin*  -without
  rule:GLOB  host:NAME  id:ID  system:NAME  lang:en|zh  fixed:yes|no
  after:2026-01-31  before:2026-02
Incidents that have all of it are shown; where there is none, those that have
some of the words, which is said.

Flags
%s
Exit status
  0  something was found
  1  nothing was
  2  something went wrong: wrong flags, a query that cannot be asked
`

type searchOptions struct {
	common
	corpus string
	limit  int
	facets bool
	help   bool
}

func (o *searchOptions) addFlags(fs *pflag.FlagSet) {
	fs.IntVarP(&o.limit, "limit", "n", 10, "`number` of incidents to show")
	fs.BoolVar(&o.facets, "facets", false, "count the systems, rules, languages and years of everything found")
	fs.StringVar(&o.corpus, "corpus", "", "`directory` of the incidents (default: DIAGNOSE_CORPUS, or the user's data directory)")
	fs.StringVar(&o.format, "format", "text", "output: text or json")
	fs.StringVar(&o.lang, "lang", "", "language of the answer: en or zh (default: the locale's); errors are English")
	fs.StringVar(&o.color, "color", "auto", "colour: auto, always or never")
	fs.BoolVarP(&o.help, "help", "h", false, "this text")
	fs.SortFlags = false
}

// maxLimit bounds --limit.
const maxLimit = 1000

func runSearch(ctx context.Context, std stdio, args []string) int {
	var o searchOptions
	fs := pflag.NewFlagSet("search", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.addFlags(fs)
	if err := fs.Parse(args); err != nil {
		return std.usage("search", err)
	}
	if o.help {
		fmt.Fprintf(std.out, searchHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("search", err)
	}
	if o.limit < 1 || o.limit > maxLimit {
		return std.usage("search", fmt.Errorf("--limit takes 1 to %d, not %d", maxLimit, o.limit))
	}
	if fs.NArg() == 0 {
		return std.usage("search", errors.New("search needs words to look for"))
	}
	return o.search(ctx, std, strings.Join(fs.Args(), " "))
}

func (o *searchOptions) search(ctx context.Context, std stdio, text string) int {
	lang := std.language(o.lang)
	q, err := index.Parse(text)
	if err != nil {
		return std.fail("%s", queryFault(err, lang))
	}
	past := openIncidents(std, o.corpus)
	past.lang = lang
	r, err := past.openIndex(ctx, std)
	if err != nil {
		return std.fail("%v", err)
	}
	defer r.Close()
	a, err := r.Search(q, index.Options{Limit: o.limit, Facets: o.facets})
	if err != nil {
		return std.fail("%v", err)
	}
	f := foundOf(text, q, a, past, lang)
	f.Corpus = r.Len()
	if o.format == "json" {
		err = report.SearchJSON(std.out, f)
	} else {
		style := report.Style{Lang: lang, Color: std.useColor(o.color)}
		if std.terminal(std.out) {
			style.Width = min(std.width(), 120)
		}
		err = report.Search(std.out, f, style)
	}
	switch {
	case err != nil && !closedPipe(err):
		return std.fail("%v", err)
	case len(f.Results) == 0:
		return exitNone
	}
	return exitFound
}

// foundOf reads the incidents of an answer and says why each is there.
func foundOf(text string, q *index.Query, a *index.Answer, past incidents, lang string) *report.Found {
	f := &report.Found{Query: text, Total: a.Total, Any: a.Any,
		Missing: []report.FoundMissing{}, Notes: notesOf(q, a, lang), Results: []report.FoundResult{}, Try: []string{}}
	for _, m := range a.Missing {
		f.Missing = append(f.Missing, report.FoundMissing{Word: m.Word, Suggest: append([]string{}, m.Suggest...), Parts: m.Parts})
	}
	for _, x := range a.Results {
		d, err := past.load(x.ID)
		if err != nil {
			// Removed or broken since it was indexed.
			f.Total--
			f.Notes = append(f.Notes, err.Error())
			continue
		}
		d.ID = x.ID
		f.Results = append(f.Results, foundResult(q, &d))
	}
	for _, x := range a.Facets {
		facet := report.FoundFacet{Field: x.Field, More: x.More}
		for _, v := range x.Values {
			facet.Values = append(facet.Values, report.FoundValue(v))
		}
		f.Facets = append(f.Facets, facet)
	}
	if len(f.Results) == 0 {
		f.Try = try(a, lang)
	}
	return f
}

func foundResult(q *index.Query, d *index.Document) report.FoundResult {
	why := q.Explain(d)
	r := report.FoundResult{ID: d.ID, Title: d.Title, Systems: append([]string{}, d.Systems...), Rules: append([]string{}, d.Rules...),
		Fix: d.Fix, Confirmed: d.Confirmed, ConfirmedBy: d.By, Shipped: d.Shipped, Words: []report.FoundWord{}, Excerpts: []report.FoundExcerpt{}}
	if !d.Time.IsZero() {
		t := d.Time.UTC().Truncate(time.Second)
		r.Time = &t
	}
	for _, w := range why.Words {
		r.Words = append(r.Words, report.FoundWord(w))
	}
	for _, x := range why.Excerpts {
		r.Excerpts = append(r.Excerpts, report.FoundExcerpt{Section: x.Section, Text: x.Text, Marks: append([][2]int{}, x.Marks...)})
	}
	return r
}

// notesOf are what of the query was not asked.
func notesOf(q *index.Query, a *index.Answer, lang string) []string {
	notes := []string{}
	say := func(en, zh string, args ...any) {
		if lang == "zh" {
			en = zh
		}
		notes = append(notes, fmt.Sprintf(en, args...))
	}
	if q.Left > 0 {
		say("of the query %d words were left out: it takes %d", "查询太长，略去了 %d 个词（最多 %d 个）", q.Left, index.MaxWords)
	}
	for _, w := range a.Wide {
		say("%s stands for more words than were looked at", "%s 匹配的词太多，只查了其中一部分", w)
	}
	return notes
}

// try is what may help where nothing was found.
func try(a *index.Answer, lang string) []string {
	var out []string
	for _, m := range a.Missing {
		out = append(out, m.Suggest...)
	}
	if lang == "zh" {
		return append(out, "减少词语，或只写错误代码、主机名、任务号", "按规则查找：rule:curl/*；按时间：after:2026-01-01", "用整份日志查找类似事件：diagnose similar LOG")
	}
	return append(out, "fewer words, or only an error code, a host or a job's number", "by rule: rule:curl/*, or by time: after:2026-01-01", "by a whole log: diagnose similar LOG")
}

// queryFault says what is wrong with a query.
func queryFault(err error, lang string) string {
	var e *index.QueryError
	if lang != "zh" || !errors.As(err, &e) {
		return err.Error()
	}
	switch text := report.Printable(e.Text); e.Fault {
	case index.FaultLong:
		return fmt.Sprintf("查询超过 %d 字节；查找整份日志请用 diagnose similar", index.MaxQuery)
	case index.FaultQuote:
		return fmt.Sprintf("第 %d 个字符：引号没有结束", e.At)
	case index.FaultWildcard:
		return fmt.Sprintf("第 %d 个字符：%q：* 只能写在词尾（前面至少两个字符）或字段的值里", e.At, text)
	case index.FaultValue:
		return fmt.Sprintf("第 %d 个字符：%q 后面没有值", e.At, text)
	case index.FaultDate:
		return fmt.Sprintf("第 %d 个字符：%q 不是日期，请写 2026-01-31、2026-01 或 2026", e.At, text)
	case index.FaultYesNo:
		return fmt.Sprintf("第 %d 个字符：%q：请写 yes 或 no", e.At, text)
	case index.FaultOnlyNot:
		return "查询里只有要排除的内容：请写出要找的词或字段"
	}
	return "查询里没有要找的内容"
}
