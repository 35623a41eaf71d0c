package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"diagnose"
)

// SimilarSchema names the shape of the JSON of similar. Optional fields may be
// added within v1.
const SimilarSchema = "diagnose/similar/v1"

type jsonSeen struct {
	ID             string     `json:"id"`
	Title          string     `json:"title"`
	Time           *time.Time `json:"time"`
	Likeness       float64    `json:"likeness"`
	Fix            string     `json:"fix,omitempty"`
	Confirmed      bool       `json:"confirmed"`
	By             string     `json:"confirmed_by,omitempty"`
	Shipped        bool       `json:"shipped"`
	Shared         []string   `json:"shared"`
	Rules          []string   `json:"rules"`
	OnlyHere       []string   `json:"only_here"`
	OnlyThere      []string   `json:"only_there"`
	OnlyHereRules  []string   `json:"only_here_rules"`
	OnlyThereRules []string   `json:"only_there_rules"`
	Stale          *jsonStale `json:"stale,omitempty"`
}

type jsonStale struct {
	Gone []string `json:"gone"` // rules that it names and that are not in use
	Lost []string `json:"lost"` // rules that it names, and that match nothing of what was kept of it
	Was  []string `json:"was"`  // the rules that it names
	Now  []string `json:"now"`  // root causes of what was kept of it
}

func staleJSON(s *diagnose.Stale) *jsonStale {
	if s == nil {
		return nil
	}
	list := func(l []string) []string { return append([]string{}, l...) }
	return &jsonStale{list(s.Gone), list(s.Lost), list(s.Was), list(s.Now)}
}

func seenJSON(list []diagnose.Seen) []jsonSeen {
	list2 := func(l []string) []string {
		return each(l, func(s string) string { return strings.ToValidUTF8(s, "�") })
	}
	return each(list, func(s diagnose.Seen) jsonSeen {
		return jsonSeen{s.ID, s.Title, stamp(s.Time), math.Round(s.Likeness*100) / 100, s.Fix, s.Confirmed, s.By, s.Shipped,
			list2(s.Shared), list2(s.Rules), list2(s.OnlyHere), list2(s.OnlyThere), list2(s.OnlyHereRules), list2(s.OnlyThereRules), staleJSON(s.Stale)}
	})
}

// seenCauses notes with each cause the incidents that have it too.
func seenCauses(causes []jsonCause, seen []diagnose.Seen) []jsonCause {
	for i := range causes {
		for _, s := range seen {
			if slices.Contains(s.Rules, causes[i].Rule) {
				causes[i].SeenBefore = append(causes[i].SeenBefore, s.ID)
			}
		}
	}
	return causes
}

type seenWords struct {
	head, alike, fixed, tried, unknown, by, shipped, same, here, there, cause, none string
	gone, lost, now, known                                                          string
}

var seenEnglish = seenWords{
	head: "Seen before", alike: "%d %% alike", fixed: "fixed by", tried: "tried, not confirmed", unknown: "what fixed it was not noted",
	by: " (confirmed by %s)", shipped: "shipped with diagnose", same: "same", here: "only here", there: "only there", cause: "cause %s",
	none: "Nothing like it is in the corpus.",
	gone: "its rule is not in use any more: %s", lost: "its rule no longer matches what was kept of it: %s",
	now: "what was kept of it is judged otherwise today: %s, then %s", known: "no rule knew it then, today one does: %s",
}

var seenChinese = seenWords{
	head: "以前见过", alike: "相似度 %d %%", fixed: "当时的处理", tried: "试过，未确认", unknown: "没有记下是怎么解决的",
	by: "（%s 确认）", shipped: "随 diagnose 附带", same: "相同", here: "仅此处", there: "仅彼处", cause: "原因 %s",
	none: "历史事件中没有类似的。",
	gone: "它的规则已不在使用：%s", lost: "它的规则已不再匹配当时保留的日志：%s",
	now: "按现在的规则，当时保留的日志判为 %s，当时判为 %s", known: "当时没有规则能解释，现在有：%s",
}

func seenWordsOf(lang string) *seenWords {
	if lang == "zh" {
		return &seenChinese
	}
	return &seenEnglish
}

// How much of each list of an incident a person is shown.
const (
	shownShared = 3
	shownOther  = 2
)

// seenBefore prints past incidents that are like this one.
func (p *printer) seenBefore(list []diagnose.Seen) {
	if len(list) == 0 {
		return
	}
	p.line("%s", p.bold(seenWordsOf(p.style.Lang).head))
	for _, s := range list {
		p.seen(s)
	}
	p.line("")
}

func (p *printer) seen(s diagnose.Seen) {
	w := seenWordsOf(p.style.Lang)
	notes := []string{fmt.Sprintf(w.alike, int(math.Round(s.Likeness*100)))}
	if !s.Time.IsZero() {
		notes = append(notes, s.Time.UTC().Format("2006-01-02"))
	}
	if s.Shipped {
		notes = append(notes, w.shipped)
	}
	p.line("  %s  %s  %s", p.bold(Printable(s.ID)), shown(s.Title), p.dim("("+strings.Join(notes, ", ")+")"))
	switch fix := shown(s.Fix); {
	case s.Fix == "":
		p.label("", w.unknown)
	case s.Confirmed:
		by := ""
		if s.By != "" {
			by = fmt.Sprintf(w.by, Printable(s.By))
		}
		p.label("", w.fixed+": "+fix+by)
	default:
		p.label("", w.tried+": "+fix)
	}
	p.stale(w, s.Stale)
	p.seenLines(w.same, causeLines(w, s.Rules), s.Shared, shownShared)
	p.seenLines(w.here, causeLines(w, s.OnlyHereRules), s.OnlyHere, shownOther)
	p.seenLines(w.there, causeLines(w, s.OnlyThereRules), s.OnlyThere, shownOther)
}

// stale says that the verdict of an incident is not the one that it would get.
func (p *printer) stale(w *seenWords, s *diagnose.Stale) {
	if s == nil {
		return
	}
	names := func(list []string) string { return shown(strings.Join(list, ", ")) }
	if len(s.Gone) > 0 {
		p.label("", fmt.Sprintf(w.gone, names(s.Gone)))
	}
	if len(s.Lost) > 0 {
		p.label("", fmt.Sprintf(w.lost, names(s.Lost)))
	}
	switch {
	case len(s.Now) > 0 && len(s.Was) > 0:
		p.label("", fmt.Sprintf(w.now, names(s.Now), names(s.Was)))
	case len(s.Now) > 0:
		p.label("", fmt.Sprintf(w.known, names(s.Now)))
	}
}

func causeLines(w *seenWords, rules []string) []string {
	return each(rules, func(r string) string { return fmt.Sprintf(w.cause, r) })
}

func (p *printer) seenLines(label string, causes, lines []string, most int) {
	all := append(first(causes, most), first(lines, most)...)
	for i, text := range all {
		if i > 0 {
			label = ""
		}
		p.line("  %s%s", p.pad(label), shown(diagnose.FirstLine(text)))
	}
	if n := len(causes) + len(lines) - len(all); n > 0 {
		p.line("  %s%s", p.pad(""), p.dim(fmt.Sprintf(p.words.more, n)))
	}
}

// Similar writes incidents that are like a log, for a person.
func Similar(w io.Writer, list []diagnose.Seen, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	if len(list) == 0 {
		p.line("%s", p.bold(seenWordsOf(style.Lang).none))
	}
	for i, s := range list {
		if i > 0 {
			p.line("")
		}
		p.seen(s)
	}
	return p.Flush()
}

// SimilarJSON writes them as one document.
func SimilarJSON(w io.Writer, list []diagnose.Seen) error {
	return writeJSON(w, struct {
		Schema  string     `json:"schema"`
		Similar []jsonSeen `json:"similar"`
	}{SimilarSchema, seenJSON(list)})
}

// writeJSON writes a document as JSON does, safe on a terminal.
func writeJSON(w io.Writer, v any) error {
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(doc.Bytes()))
	return err
}
