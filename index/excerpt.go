package index

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Why is what speaks for a result: which words of the query stand in which parts
// of it, and the lines that show them.
type Why struct {
	Words    []WordWhy
	Excerpts []Excerpt
}

// WordWhy is a word, phrase or field of the query with the parts of the incident
// that have it: title, cause, evidence ..., or the field itself.
type WordWhy struct {
	Word  string
	Where []string
	Parts bool // the incident has parts of it only: it is Chinese without spaces
}

// Excerpt is one line of an incident.
type Excerpt struct {
	Section string
	Text    string
	Marks   [][2]int // bytes of Text that are words of the query, in order, apart
	words   int
}

// Bounds of excerpts.
const (
	maxExcerpts = 3
	maxExcerpt  = 220     // bytes of one line
	maxExplain  = 1 << 20 // bytes of one incident that are looked through
)

// Explain says why a document was found. It reads the document, not the index.
func (q *Query) Explain(d *Document) Why {
	var w Why
	sections := append([]Section{{"title", d.Title}}, d.Sections...)
	keys := map[string][]string{
		fieldRule: d.Rules, fieldHost: d.Hosts, fieldID: append([]string{d.ID}, d.IDs...),
		fieldSystem: d.Systems, fieldLang: {d.Lang}, fieldFixed: {yesNo(d.Fixed)},
	}
	budget := maxExplain
	var tokens [][]Token
	for i := range sections {
		sections[i].Text = cutText(sections[i].Text, min(budget, maxSection))
		budget -= len(sections[i].Text)
		tokens = append(tokens, Tokens(sections[i].Text))
	}
	marks := make([][]mark, len(sections))
	for n, c := range q.clauses {
		if c.not {
			continue
		}
		x := WordWhy{Word: c.raw}
		if c.field != "" {
			x.Where = whereField(&c, keys)
		} else {
			for i := range sections {
				if found := c.find(tokens[i]); len(found) > 0 {
					x.Where = append(x.Where, sections[i].Name)
					for _, at := range found {
						marks[i] = append(marks[i], mark{at, n})
					}
				}
			}
			x.Parts = c.partly(tokens)
			for _, name := range []string{fieldRule, fieldSystem, fieldHost, fieldID} {
				if len(c.find(Tokens(strings.Join(keys[name], partBreak)))) > 0 {
					x.Where = append(x.Where, name)
				}
			}
		}
		if len(x.Where) > 0 {
			w.Words = append(w.Words, x)
		}
	}
	w.Excerpts = excerpts(sections, marks)
	return w
}

// partly reports whether some pair of Chinese characters of the word is in none of
// the texts.
func (c *clause) partly(texts [][]Token) bool {
	if c.phrase || c.prefix != "" {
		return false
	}
	has := map[string]bool{}
	for _, tokens := range texts {
		for _, t := range tokens {
			has[t.Term] = true
		}
	}
	return slices.ContainsFunc(c.units, func(u unit) bool {
		return u.ideo && len(u.parts) > 1 && slices.ContainsFunc(u.parts, func(p Token) bool { return !has[p.Term] })
	})
}

func whereField(c *clause, keys map[string][]string) []string {
	if c.field == fieldDay {
		return []string{"time"}
	}
	var out []string
	for _, v := range keys[c.field] {
		if glob(c.value, foldKey(v)) && len(out) < maxShown {
			out = append(out, v)
		}
	}
	return out
}

// mark is a place that a word of the query found.
type mark struct {
	at     [2]int
	clause int
}

// find returns the places of a word or phrase among tokens.
func (c *clause) find(tokens []Token) (out [][2]int) {
	if c.prefix != "" {
		for _, t := range tokens {
			if strings.HasPrefix(t.Term, c.prefix) {
				out = append(out, [2]int{t.Start, t.End})
			}
		}
		return out
	}
	if c.phrase {
		return findSequence(sequence(c.units), tokens)
	}
	for i := range c.units {
		u := &c.units[i]
		var got [][2]int
		switch {
		case u.single():
			for _, t := range tokens {
				if strings.HasPrefix(t.Term, u.parts[0].Term) {
					got = append(got, [2]int{t.Start, t.Start + len(u.parts[0].Term)})
				}
			}
		case u.ideo:
			for _, p := range u.parts {
				got = append(got, findSequence([]Token{p}, tokens)...)
			}
		default:
			for _, t := range tokens {
				if t.Term == u.whole {
					got = append(got, [2]int{t.Start, t.End})
				}
			}
			if len(u.parts) > 1 {
				got = append(got, findSequence(u.parts, tokens)...)
			}
		}
		out = append(out, got...)
	}
	return out
}

// findSequence returns where the parts stand at their distances.
func findSequence(parts []Token, tokens []Token) (out [][2]int) {
	if len(parts) == 0 {
		return nil
	}
	at := map[int][]Token{}
	for _, t := range tokens {
		at[t.Pos] = append(at[t.Pos], t)
	}
	for _, t := range tokens {
		if t.Term != parts[0].Term {
			continue
		}
		end, ok := t.End, true
		for _, p := range parts[1:] {
			i := slices.IndexFunc(at[t.Pos+p.Pos-parts[0].Pos], func(x Token) bool { return x.Term == p.Term })
			if ok = i >= 0; !ok {
				break
			}
			end = at[t.Pos+p.Pos-parts[0].Pos][i].End
		}
		if ok {
			out = append(out, [2]int{t.Start, end})
		}
	}
	return out
}

// excerpts are the lines with the most different words of the query; of equal
// ones the first. The title is no excerpt: it is shown anyhow.
func excerpts(sections []Section, marks [][]mark) []Excerpt {
	var all []Excerpt
	for i, s := range sections[1:] {
		list := marks[i+1]
		slices.SortFunc(list, func(a, b mark) int { return a.at[0] - b.at[0] })
		start := 0
		for len(list) > 0 && start < len(s.Text) {
			end := start + strings.IndexByte(s.Text[start:], '\n')
			if end < start {
				end = len(s.Text)
			}
			n := 0
			for n < len(list) && list[n].at[0] < end {
				n++
			}
			if n > 0 {
				all = append(all, excerpt(s.Name, s.Text[start:end], start, list[:n]))
			}
			list, start = list[n:], end+1
		}
	}
	slices.SortStableFunc(all, func(a, b Excerpt) int { return b.words - a.words })
	var out []Excerpt
	seen := map[string]bool{}
	for _, x := range all {
		if !seen[x.Text] && len(out) < maxExcerpts {
			seen[x.Text] = true
			out = append(out, x)
		}
	}
	return out
}

// excerpt cuts a line to what is around its first marks.
func excerpt(name, line string, offset int, list []mark) Excerpt {
	x := Excerpt{Section: name}
	kinds := map[int]bool{}
	for _, m := range list {
		kinds[m.clause] = true
	}
	x.words = len(kinds)
	from := 0
	if len(line) > maxExcerpt {
		from = max(0, list[0].at[0]-offset-maxExcerpt/3)
		for from < len(line) && !utf8.RuneStart(line[from]) {
			from++
		}
	}
	text := cutText(line[from:], maxExcerpt)
	last := 0
	for _, m := range list {
		a, b := max(m.at[0]-offset-from, last), min(m.at[1]-offset-from, len(text))
		switch {
		case a >= b || a < 0:
		case len(x.Marks) > 0 && a == last:
			x.Marks[len(x.Marks)-1][1] = b
			last = b
		default:
			x.Marks = append(x.Marks, [2]int{a, b})
			last = b
		}
	}
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if from+len(text) < len(line) {
		after = "…"
	}
	for i := range x.Marks {
		x.Marks[i][0] += len(before)
		x.Marks[i][1] += len(before)
	}
	x.Text = before + text + after
	return x
}
