package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// SearchSchema names the shape of the JSON of search. Optional fields may be
// added within v1.
const SearchSchema = "diagnose/search/v1"

// Found is what a search of past incidents found.
type Found struct {
	Schema  string         `json:"schema"`
	Query   string         `json:"query"`
	Total   int            `json:"total"` // incidents found; Results are the best of them
	Corpus  int            `json:"corpus"`
	Any     bool           `json:"any"` // none has all the words: these have some
	Missing []FoundMissing `json:"missing"`
	Notes   []string       `json:"notes"`
	Results []FoundResult  `json:"results"`
	Facets  []FoundFacet   `json:"facets,omitempty"`
	Try     []string       `json:"try"` // where nothing was found: what to try
}

// FoundMissing is a word that no incident has.
type FoundMissing struct {
	Word    string   `json:"word"`
	Suggest []string `json:"suggest"`
	Parts   bool     `json:"parts,omitempty"` // incidents that have parts of it are found
}

// FoundResult is one incident.
type FoundResult struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Time        *time.Time     `json:"time"`
	Systems     []string       `json:"systems"`
	Rules       []string       `json:"rules"`
	Fix         string         `json:"fix,omitempty"`
	Confirmed   bool           `json:"confirmed"`
	ConfirmedBy string         `json:"confirmed_by,omitempty"`
	Shipped     bool           `json:"shipped"`
	Words       []FoundWord    `json:"words"` // which words of the query stand where
	Excerpts    []FoundExcerpt `json:"excerpts"`
}

// FoundWord is a word, phrase or field of the query with the parts of the
// incident that have it.
type FoundWord struct {
	Word  string   `json:"word"`
	Where []string `json:"where"`
	Parts bool     `json:"parts,omitempty"` // parts of it only
}

// FoundExcerpt is a line of an incident; Marks are the bytes of Text that are
// words of the query.
type FoundExcerpt struct {
	Section string   `json:"section"`
	Text    string   `json:"text"`
	Marks   [][2]int `json:"marks"`
}

// FoundFacet is how many results have each value of a field.
type FoundFacet struct {
	Field  string       `json:"field"`
	Values []FoundValue `json:"values"`
	More   int          `json:"more,omitempty"` // values that are not listed
}

// FoundValue is one of them.
type FoundValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

type searchWords struct {
	parts, partsIn                                                                   string
	any, missing, mean, none, empty, more, fixed, tried, unfixed, shipped, in, count string
	try                                                                              string
	sections                                                                         map[string]string
}

var searchEnglish = searchWords{
	parts: "no incident has %q as a whole: parts of it count", partsIn: "parts of %s in %s",
	any: "No incident has all of it. These have some:", missing: "no incident has %q", mean: "; did you mean %s?",
	none: "Nothing found in %d incidents.", empty: "The corpus is empty: diagnose corpus add LOG keeps an incident.", more: "… %d more: --limit shows them", fixed: "fixed by", tried: "tried, not confirmed",
	unfixed: "what fixed it was not noted", shipped: "shipped with diagnose", in: "%s in %s", count: "%d found", try: "Try",
	sections: map[string]string{},
}

var searchChinese = searchWords{
	parts: "没有事件含有完整的“%s”：按其中的部分查找", partsIn: "%s 的一部分见于 %s",
	any: "没有事件包含全部词语；以下包含其中一部分：", missing: "没有事件含有“%s”", mean: "；您是否想找 %s？",
	none: "%d 个历史事件中没有找到。", empty: "还没有历史事件：用 diagnose corpus add LOG 保存一个。", more: "… 另有 %d 个，用 --limit 显示", fixed: "当时的处理", tried: "试过，未确认",
	unfixed: "没有记下是怎么解决的", shipped: "随 diagnose 附带", in: "%s 见于 %s", count: "共 %d 个", try: "可以试试",
	sections: map[string]string{"title": "标题", "cause": "原因", "fix": "处理", "evidence": "证据", "notes": "备注", "captures": "取值", "rule": "规则", "host": "主机", "system": "系统", "time": "时间", "lang": "语言", "fixed": "已解决", "year": "年份"},
}

// SearchJSON writes what was found as one document.
func SearchJSON(w io.Writer, f *Found) error {
	f.Schema = SearchSchema
	return writeJSON(w, f)
}

// Search writes what was found for a person.
func Search(w io.Writer, f *Found, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	words := &searchEnglish
	if style.Lang == "zh" {
		words = &searchChinese
	}
	p := &searchPrinter{&printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}, words}
	p.head(f)
	for _, r := range f.Results {
		p.result(r)
	}
	if n := f.Total - len(f.Results); n > 0 && len(f.Results) > 0 {
		p.line("%s", p.dim(fmt.Sprintf(words.more, n)))
	}
	p.facets(f.Facets)
	return p.Flush()
}

type searchPrinter struct {
	*printer
	words *searchWords
}

func (p *searchPrinter) head(f *Found) {
	for _, n := range f.Notes {
		p.prose("  - ", Printable(n))
	}
	for _, m := range f.Missing {
		form := p.words.missing
		if m.Parts {
			form = p.words.parts
		}
		text := fmt.Sprintf(form, Printable(m.Word))
		if len(m.Suggest) > 0 {
			text += fmt.Sprintf(p.words.mean, Printable(strings.Join(m.Suggest, ", ")))
		}
		p.prose("  - ", text)
	}
	switch {
	case len(f.Results) == 0 && f.Corpus == 0:
		p.line("%s", p.bold(p.words.empty))
	case len(f.Results) == 0:
		p.line("%s", p.bold(fmt.Sprintf(p.words.none, f.Corpus)))
	case f.Any:
		p.line("%s", p.bold(p.words.any))
	}
	for i, t := range f.Try {
		label := p.words.try
		if i > 0 {
			label = ""
		}
		p.label(label, Printable(t))
	}
}

func (p *searchPrinter) result(r FoundResult) {
	var notes []string
	if r.Time != nil {
		notes = append(notes, r.Time.Format("2006-01-02"))
	}
	notes = append(notes, r.Rules...)
	if r.Shipped {
		notes = append(notes, p.words.shipped)
	}
	p.line("%s  %s  %s", p.bold(Printable(r.ID)), shown(r.Title), p.dim("("+Printable(strings.Join(first(notes, 6), ", "))+")"))
	for _, x := range r.Excerpts {
		p.line("  %s%s", p.pad(p.section(x.Section)), p.marked(x))
	}
	switch {
	case r.Fix == "":
	case r.Confirmed:
		p.label("", p.words.fixed+": "+shown(oneLine(r.Fix)))
	default:
		p.label("", p.words.tried+": "+shown(r.Fix))
	}
	var why []string
	for _, w := range r.Words {
		var where []string
		for _, s := range w.Where {
			where = append(where, p.section(s))
		}
		form := p.words.in
		if w.Parts {
			form = p.words.partsIn
		}
		why = append(why, fmt.Sprintf(form, Printable(w.Word), Printable(strings.Join(where, ", "))))
	}
	if len(why) > 0 {
		p.line("  %s%s", p.pad(""), p.dim(shown(strings.Join(why, "; "))))
	}
	p.line("")
}

func (p *searchPrinter) section(name string) string {
	if s := p.words.sections[name]; s != "" {
		return s
	}
	return name
}

// marked is an excerpt that is safe to print, with the words of the query bold.
func (p *searchPrinter) marked(x FoundExcerpt) string {
	var b strings.Builder
	last := 0
	for _, m := range x.Marks {
		if m[0] < last || m[1] > len(x.Text) || m[0] > m[1] {
			continue
		}
		b.WriteString(Printable(x.Text[last:m[0]]) + p.bold(Printable(x.Text[m[0]:m[1]])))
		last = m[1]
	}
	b.WriteString(Printable(x.Text[last:]))
	return strings.TrimSpace(b.String())
}

func (p *searchPrinter) facets(list []FoundFacet) {
	for _, f := range list {
		var parts []string
		for _, v := range f.Values {
			parts = append(parts, fmt.Sprintf("%s %d", Printable(v.Value), v.Count))
		}
		if f.More > 0 {
			parts = append(parts, fmt.Sprintf(p.printer.words.more, f.More))
		}
		p.label(p.section(f.Field), strings.Join(parts, ", "))
	}
}

// oneLine puts text of several lines on one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
