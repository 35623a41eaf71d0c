package index

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	MaxQuery = 2000 // bytes; what is longer is a log, and Similar is for those
	MaxWords = 32   // words and fields; those beyond are left out, and Query.Left says how many
)

// Query is what to look for.
type Query struct {
	clauses []clause
	Left    int // words beyond MaxWords
}

// clause is one word, phrase or field of a query.
type clause struct {
	raw    string // as it was written
	not    bool
	field  string // empty for words and phrases
	value  string // of a field, folded; may hold *
	day    time.Time
	phrase bool
	prefix string // the word ends in *: this stands before it
	units  []unit // of words and phrases
}

// unit is a run of a query: a word with its parts, a code, Chinese text.
type unit struct {
	whole string   // empty where there is none: Chinese, an overlong run
	parts []Token  // the smallest tokens in order, with their positions from 0
	terms []string // all terms, for highlighting
	ideo  bool
}

// Fault is why a query cannot be asked.
type Fault string

// Faults of queries.
const (
	FaultLong     Fault = "long"     // longer than MaxQuery
	FaultQuote    Fault = "quote"    // a quotation mark is not closed
	FaultEmpty    Fault = "empty"    // nothing is asked for
	FaultWildcard Fault = "wildcard" // * alone, in front, or behind one character
	FaultValue    Fault = "value"    // a field without a value
	FaultDate     Fault = "date"     // after: or before: without a date
	FaultYesNo    Fault = "yesno"    // fixed: without yes or no
	FaultOnlyNot  Fault = "onlynot"  // everything is excluded, nothing asked for
)

// QueryError says what is wrong with a query, and where.
type QueryError struct {
	Fault Fault
	At    int    // character of the query, from 1; 0 for the whole
	Text  string // what stands there
}

// Error says it in English.
func (e *QueryError) Error() string {
	switch e.Fault {
	case FaultLong:
		return fmt.Sprintf("the query is longer than %d bytes: diagnose similar takes whole logs", MaxQuery)
	case FaultQuote:
		return fmt.Sprintf("character %d: the quotation mark is not closed", e.At)
	case FaultWildcard:
		return fmt.Sprintf("character %d: %q: * stands at the end of a word, behind at least two characters, or in the value of a field", e.At, e.Text)
	case FaultValue:
		return fmt.Sprintf("character %d: %q has no value", e.At, e.Text)
	case FaultDate:
		return fmt.Sprintf("character %d: %q is no date: write 2026-01-31, 2026-01 or 2026", e.At, e.Text)
	case FaultYesNo:
		return fmt.Sprintf("character %d: %q: yes or no", e.At, e.Text)
	case FaultOnlyNot:
		return "the query only excludes: name a word or a field to look for"
	}
	return "the query names nothing to look for"
}

// fields are the names in front of a colon, with the store's field.
var fields = map[string]string{
	"rule": fieldRule, "rules": fieldRule, "host": fieldHost, "hosts": fieldHost, "id": fieldID, "ids": fieldID,
	"system": fieldSystem, "systems": fieldSystem, "lang": fieldLang, "fixed": fieldFixed, "resolved": fieldFixed,
	"after": "after", "since": "after", "before": "before", "until": "before",
}

// Fields are the names of fields for people.
var Fields = []string{"rule", "host", "id", "system", "lang", "fixed", "after", "before"}

// Parse reads a query: words, "phrases", field:value, each with - in front to
// exclude it. Its errors are of type *QueryError.
func Parse(text string) (*Query, error) {
	if len(text) > MaxQuery {
		return nil, &QueryError{Fault: FaultLong}
	}
	text = strings.ToValidUTF8(text, " ")
	q := &Query{}
	only := true
	p := queryParser{text: text}
	for {
		c, ok, err := p.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if c.field == "" && len(c.units) == 0 && c.prefix == "" {
			continue // punctuation alone
		}
		if len(q.clauses) >= MaxWords {
			q.Left++
			continue
		}
		only = only && c.not
		q.clauses = append(q.clauses, c)
	}
	switch {
	case len(q.clauses) == 0:
		return nil, &QueryError{Fault: FaultEmpty}
	case only:
		return nil, &QueryError{Fault: FaultOnlyNot}
	}
	return q, nil
}

type queryParser struct {
	text string
	i    int
}

func (p *queryParser) fail(f Fault, at int, text string) error {
	return &QueryError{Fault: f, At: utf8.RuneCountInString(p.text[:at]) + 1, Text: cutText(text, 60)}
}

// closing returns the mark that closes the quotation that r opens, 0 for none.
func closing(r rune) rune {
	switch foldWidth(r) {
	case '"':
		return '"'
	case '“', '”':
		return '”'
	}
	return 0
}

// next reads one clause.
func (p *queryParser) next() (c clause, ok bool, err error) {
	p.i += len(p.text[p.i:]) - len(strings.TrimLeftFunc(p.text[p.i:], unicode.IsSpace))
	if p.i >= len(p.text) {
		return c, false, nil
	}
	start := p.i
	if rest := p.text[p.i:]; rest[0] == '-' && len(rest) > 1 && !unicode.IsSpace(rune(rest[1])) && rest[1] != '-' {
		c.not = true
		p.i++
	}
	if name := p.fieldName(); name != "" {
		return p.fieldClause(c, start, name)
	}
	value, quoted, err := p.value()
	if err != nil {
		return c, false, err
	}
	c.raw = p.text[start:p.i]
	if quoted {
		c.phrase = true
		c.units = unitsOf(value)
		return c, true, nil
	}
	return p.word(c, start, value)
}

// fieldName takes the name of a field and its colon, if they stand here.
func (p *queryParser) fieldName() string {
	for i, r := range p.text[p.i:] {
		switch {
		case foldWidth(r) == ':':
			name := fields[strings.ToLower(p.text[p.i:p.i+i])]
			if name != "" {
				p.i += i + utf8.RuneLen(r)
			}
			return name
		case r >= utf8.RuneSelf || !isWord(r):
			return ""
		}
	}
	return ""
}

// value takes a quotation, or what stands up to the next space or quotation.
func (p *queryParser) value() (text string, quoted bool, err error) {
	if p.i >= len(p.text) {
		return "", false, nil
	}
	start := p.i
	r, n := utf8.DecodeRuneInString(p.text[p.i:])
	if end := closing(r); end != 0 {
		rest := p.text[p.i+n:]
		at := strings.IndexFunc(rest, func(r rune) bool { return closing(r) == end })
		if at < 0 {
			return "", false, p.fail(FaultQuote, start, "")
		}
		_, m := utf8.DecodeRuneInString(rest[at:])
		p.i += n + at + m
		return rest[:at], true, nil
	}
	at := strings.IndexFunc(p.text[p.i:], func(r rune) bool { return unicode.IsSpace(r) || closing(r) != 0 })
	if at < 0 {
		at = len(p.text) - p.i
	}
	p.i += at
	return p.text[start:p.i], false, nil
}

func (p *queryParser) fieldClause(c clause, start int, name string) (clause, bool, error) {
	value, _, err := p.value()
	if err != nil {
		return c, false, err
	}
	c.raw, c.field, c.value = p.text[start:p.i], name, foldKey(value)
	switch {
	case c.value == "":
		return c, false, p.fail(FaultValue, start, c.raw)
	case name == fieldFixed:
		switch c.value {
		case "yes", "true", "y", "1", "是":
			c.value = "yes"
		case "no", "false", "n", "0", "否":
			c.value = "no"
		default:
			return c, false, p.fail(FaultYesNo, start, c.raw)
		}
	case name == "after" || name == "before":
		if c.day, err = parseDay(c.value); err != nil {
			return c, false, p.fail(FaultDate, start, value)
		}
		c.field = fieldDay
		c.value = name
	}
	return c, true, nil
}

// parseDay reads a date, a month or a year; of what follows a T nothing counts.
func parseDay(s string) (time.Time, error) {
	s, _, _ = strings.Cut(strings.ToUpper(s), "T")
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/01/02", "20060102", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date", s)
}

// minPrefix is how many characters stand before a *, at least.
const minPrefix = 2

func (p *queryParser) word(c clause, start int, value string) (clause, bool, error) {
	if i := strings.IndexByte(value, '*'); i >= 0 {
		before := value[:i]
		if i != len(value)-1 || utf8.RuneCountInString(before) < minPrefix {
			return c, false, p.fail(FaultWildcard, start, value)
		}
		c.prefix = foldText(before)
		return c, true, nil
	}
	c.units = unitsOf(value)
	return c, true, nil
}

// unitsOf groups the tokens of a text into runs.
func unitsOf(text string) []unit {
	tokens := Tokens(text)
	slices.SortStableFunc(tokens, func(a, b Token) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var out []unit
	for i := 0; i < len(tokens); {
		end := tokens[i].End
		j := i + 1
		for j < len(tokens) && tokens[j].Start < end {
			end = max(end, tokens[j].End)
			j++
		}
		out = append(out, unitOf(tokens[i:j], end))
		i = j
	}
	return out
}

func unitOf(tokens []Token, end int) unit {
	var u unit
	first, _ := utf8.DecodeRuneInString(tokens[0].Term)
	u.ideo = isIdeograph(first)
	if !u.ideo && tokens[0].End == end {
		u.whole = tokens[0].Term
	}
	smallest := map[int]Token{}
	for _, t := range tokens {
		u.terms = append(u.terms, t.Term)
		if old, ok := smallest[t.Pos]; !ok || t.End-t.Start < old.End-old.Start {
			smallest[t.Pos] = t
		}
	}
	for _, t := range smallest {
		u.parts = append(u.parts, t)
	}
	slices.SortFunc(u.parts, func(a, b Token) int { return a.Pos - b.Pos })
	if n := len(u.parts); u.ideo && n > 1 {
		// The last character alone begins other words in most texts.
		u.parts, u.terms = u.parts[:n-1], u.terms[:len(u.terms)-1]
	}
	return u
}
