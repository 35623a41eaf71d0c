package rules

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// MinLiteral is the least length in bytes of the literal text that every
// alternative of a pattern must hold: below it the filter would slow down for
// all rules.
const MinLiteral = 9

// notWord is what <name> does not take in a match: white space, quotes,
// backslash, comma, semicolon and brackets, the Chinese ones too.
const notWord = `\s"'\\,;()\[\]{}<>|` + "`" + `，；、。（）【】《》「」“”‘’`

// word is a character of a word, wordEnd its last one: also no punctuation that
// ends a sentence.
const (
	word    = `[^` + notWord + `]`
	wordEnd = `[^` + notWord + `.:!：！]`
)

// Pattern is one alternative of a signal.
type Pattern struct {
	// Regex is RE2 source; match patterns are translated to it.
	Regex string
	// Literals are texts of which at least one occurs, but for ASCII case, in
	// every match.
	Literals []string
	// Needs are sets of texts; of each set one at least occurs in every match, as it
	// is written. None for what ignores case, but for a letter or two.
	Needs [][]string
	// Captures are the names of its groups.
	Captures []string
	// OneLine says that no match holds or looks beyond a line end.
	OneLine bool

	once sync.Once
	re   *regexp.Regexp
}

// regexp compiles on first use: most rules never meet a candidate.
func (p *Pattern) regexp() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.Regex) })
	return p.re
}

// errNoLiteral is the lack of a text that the filter could seek a pattern by, which is
// no fault of a pattern that is never sought.
var errNoLiteral = fmt.Errorf("no usable literal: every alternative needs %d bytes of fixed text", MinLiteral)

// newPattern checks source and finds its literals. With errNoLiteral comes the pattern
// all the same.
func newPattern(source string) (*Pattern, error) {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("bad regular expression: %v", err)
	}
	if matchesEmpty(tree) {
		return nil, fmt.Errorf("the pattern matches the empty text")
	}
	p := &Pattern{Regex: source, Literals: fewest(required(tree, true, MinLiteral)), Needs: needsOf(tree), OneLine: inOneLine(tree)}
	for _, name := range tree.CapNames() {
		if name != "" && !slices.Contains(p.Captures, name) {
			p.Captures = append(p.Captures, name)
		}
	}
	if len(p.Literals) == 0 {
		return p, errNoLiteral
	}
	return p, nil
}

// matchesEmpty reports whether re can match without taking a byte.
func matchesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpRepeat:
		return re.Min == 0 || matchesEmpty(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, matchesEmpty)
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !matchesEmpty(sub) })
	}
	return true // assertions
}

// inOneLine reports whether every match of re lies in one line, and would be found in that
// line alone.
func inOneLine(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpBeginText, syntax.OpEndText:
		return false
	case syntax.OpLiteral:
		return !slices.Contains(re.Rune, '\n')
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] <= '\n' && '\n' <= re.Rune[i+1] {
				return false
			}
		}
	}
	return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !inOneLine(sub) })
}

// translate turns the text of `match:` into a regular expression.
func translate(match string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(match); {
		switch c := match[i]; {
		case c == '\\' && i+1 < len(match) && (match[i+1] == '<' || match[i+1] == '\\'):
			b.WriteString(regexp.QuoteMeta(match[i+1 : i+2]))
			i += 2
		case c == '<':
			end := strings.IndexByte(match[i:], '>')
			if end < 0 {
				return "", fmt.Errorf("unclosed < in match (write \\< for a literal one)")
			}
			group, err := captureGroup(match[i+1:i+end], match[i+end+1:])
			if err != nil {
				return "", err
			}
			b.WriteString(group)
			i += end + 1
		default:
			_, n := utf8.DecodeRuneInString(match[i:])
			b.WriteString(regexp.QuoteMeta(match[i : i+n]))
			i += n
		}
	}
	return b.String(), nil
}

// captureGroup translates the inside of <...>; rest is the match text behind it.
func captureGroup(inside, rest string) (string, error) {
	name, kind, _ := strings.Cut(inside, ":")
	if name == "_" && kind == "" {
		return `[^\n]*?`, nil
	}
	if !isName(name) {
		return "", fmt.Errorf("bad capture <%s>: a name of lower-case letters, digits and _ (write \\< for a literal <)", inside)
	}
	switch kind {
	case "int":
		return `(?P<` + name + `>\d+)`, nil
	case "rest":
		return `(?P<` + name + `>[^\n]*[^\s])`, nil
	case "":
		if strings.HasPrefix(rest, "<") {
			return "", fmt.Errorf("<%s> is followed by another capture: nothing tells where it ends", inside)
		}
		if rest == "" || rest[0] == ' ' {
			return `(?P<` + name + `>` + word + `*` + wordEnd + `)`, nil
		}
		return `(?P<` + name + `>` + word + `+?)`, nil
	}
	return "", fmt.Errorf("bad capture <%s>: the kinds are int and rest", inside)
}

func isName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// required returns literals of which at least one occurs, but for ASCII case,
// in every match of re; nil if there are none of the least length. Without fold they
// are told as they occur, each case of its own.
func required(re *syntax.Regexp, fold bool, least int) []string {
	seqs := exact(re, fold)
	if seqs != nil {
		return longEnough(seqs, least)
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0], fold, least)
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0], fold, least)
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			lits := required(sub, fold, least)
			if lits == nil {
				return nil
			}
			all = append(all, lits...)
		}
		return longEnough(all, least)
	case syntax.OpConcat:
		return requiredOfConcat(re.Sub, fold, least)
	}
	return nil
}

// requiredOfConcat returns the best of the sets of a sequence.
func requiredOfConcat(subs []*syntax.Regexp, fold bool, least int) []string {
	return cheapest(setsOfConcat(subs, fold, least))
}

// setsOfConcat joins neighbouring parts of fixed text and returns the sets of the
// runs and those of the other parts: of each, one literal at least is in every match.
func setsOfConcat(subs []*syntax.Regexp, fold bool, least int) [][]string {
	var sets [][]string
	add := func(lits []string) {
		if lits = longEnough(lits, least); lits != nil {
			sets = append(sets, lits)
		}
	}
	run, fixed := []string{""}, ""
	endFixed := func() {
		if fixed != run[0] {
			add([]string{fixed}) // one text in place of many with what may stand beside it
		}
		fixed = ""
	}
	for _, sub := range subs {
		e := exact(sub, fold)
		if e != nil && len(e)*len(run) <= 16 {
			run = cross(run, e)
			if len(e) > 1 {
				endFixed()
			} else {
				fixed += e[0]
			}
			continue
		}
		endFixed()
		add(run)
		if e != nil {
			run = e
			continue
		}
		run = []string{""}
		add(required(sub, fold, least))
	}
	endFixed()
	add(run)
	return sets
}

// needsOf returns all the sets of a pattern, of what it takes in one case, or a letter
// in both.
func needsOf(re *syntax.Regexp) [][]string {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	var sets [][]string
	if re.Op == syntax.OpConcat {
		sets = setsOfConcat(re.Sub, false, minNeed)
	}
	if len(sets) == 0 {
		if lits := required(re, false, minNeed); lits != nil {
			sets = [][]string{lits}
		}
	}
	return soonest(sets)
}

// soonest returns sets that say the same and are sooner seen not to be held: what all of
// a set begin or end with stands before it, and texts that hold another one are left out.
func soonest(sets [][]string) [][]string {
	var out [][]string
	for _, lits := range sets {
		if len(lits) > 2 {
			for _, same := range []string{sameBeginning(lits), sameEnd(lits)} {
				if len(same) >= minNeed && utf8.ValidString(same) {
					out = append(out, []string{same})
				}
			}
		}
		var kept []string
		for i, lit := range lits {
			if !slices.ContainsFunc(lits, func(l string) bool { return len(l) < len(lit) && strings.Contains(lit, l) }) && !slices.Contains(lits[:i], lit) {
				kept = append(kept, lit)
			}
		}
		out = append(out, kept)
	}
	slices.SortStableFunc(out, func(a, b []string) int { return len(a) - len(b) })
	return out[:min(len(out), maxNeeds)]
}

// sameBeginning returns what all texts begin with, sameEnd what they end with.
func sameBeginning(lits []string) string {
	same := lits[0]
	for _, lit := range lits {
		for !strings.HasPrefix(lit, same) {
			same = same[:len(same)-1]
		}
	}
	return same
}

func sameEnd(lits []string) string {
	same := lits[0]
	for _, lit := range lits {
		for !strings.HasSuffix(lit, same) {
			same = same[1:]
		}
	}
	return same
}

const (
	maxNeeds = 8
	minNeed  = 4 // bytes: shorter texts are in most messages
)

// possible reports whether a text has a literal of every set: much sooner known than
// that the expression, which may begin at any of a stack trace's frames, does not match.
func (p *Pattern) possible(text string) bool {
	for _, set := range p.Needs {
		if !slices.ContainsFunc(set, func(lit string) bool { return strings.Contains(text, lit) }) {
			return false
		}
	}
	return true
}

// find returns what regexp.FindAllStringSubmatchIndex does, at most n matches. The
// expression's matcher pays for all the text that it is given, and an entry may have a stack
// trace of many lines below the one that matters.
func (p *Pattern) find(text string, n int) [][]int {
	if !p.OneLine || strings.IndexByte(text, '\n') < 0 {
		return p.regexp().FindAllStringSubmatchIndex(text, n)
	}
	var found [][]int
	for from := 0; from < len(text) && len(found) < n; {
		if len(p.Needs) > 0 && len(p.Needs[0]) == 1 {
			next := strings.Index(text[from:], p.Needs[0][0])
			if next < 0 {
				break
			}
			from = 1 + strings.LastIndexByte(text[:from+next], '\n')
		}
		line, _, _ := strings.Cut(text[from:], "\n")
		if p.possible(line) {
			for _, at := range p.regexp().FindAllStringSubmatchIndex(line, n-len(found)) {
				for i := range at {
					if at[i] >= 0 {
						at[i] += from
					}
				}
				found = append(found, at)
			}
		}
		from += len(line) + 1
	}
	return found
}

// cheapest returns the set that costs the filter least, of equal ones the one that weighs
// most.
func cheapest(sets [][]string) []string {
	if len(sets) < 2 { // most patterns hold one
		return slices.Concat(sets...)
	}
	var best []string
	least := 0
	for _, lits := range sets {
		c := cost(lits)
		if best == nil || c < least || c == least && lightest(lits) > lightest(best) {
			best, least = lits, c
		}
	}
	return best
}

// cost compares what sets of literals cost the filter, in units of what one form of one
// literal does, about 4 ns a megabyte: each common gram in a window is a halt in many
// lines, and where a literal stands by chance, which each byte of its weight makes half
// as likely, an entry is read for nothing.
func cost(lits []string) int {
	const perGram = 125
	const chance = 23 // the weight from which on that costs no more than a form
	forms, grams := 0, 0
	for _, lit := range lits {
		forms += 1 + len(hidden(lit))
		grams = max(grams, commonGrams(lit))
	}
	return forms + perGram*grams + 1<<max(chance-lightest(lits), 0)
}

func lightest(lits []string) int {
	n := weight(lits[0])
	for _, l := range lits {
		n = min(n, weight(l))
	}
	return n
}

// fewest returns literals that stand wherever those given do, and cost less: of each the
// heaviest stretch that no writer changes, where that is better, and none that holds
// another.
func fewest(lits []string) []string {
	short := make([]string, len(lits))
	for i, lit := range lits {
		short[i] = lit
		if same := heaviestSame(lit); len(same) >= MinLiteral && len(same) < len(lit) {
			short[i] = cheapest([][]string{{same}, {lit}})[0]
		}
	}
	slices.SortStableFunc(short, func(a, b string) int { return len(a) - len(b) })
	var out []string
	for _, lit := range short {
		folded := asciiLower(lit)
		if !slices.ContainsFunc(out, func(kept string) bool { return strings.Contains(folded, asciiLower(kept)) }) {
			out = append(out, lit)
		}
	}
	return out
}

// heaviestSame is the heaviest part of a literal that stands as it is in every form.
func heaviestSame(lit string) string {
	best, most := "", 0
	for _, part := range strings.FieldsFunc(lit, func(r rune) bool { return !sameInAll(r) }) {
		if w := weight(part); w > most {
			best, most = part, w
		}
	}
	return best
}

func shortest(lits []string) int {
	n := len(lits[0])
	for _, l := range lits {
		n = min(n, len(l))
	}
	return n
}

func longEnough(lits []string, least int) []string {
	if len(lits) == 0 || len(lits) > 64 || shortest(lits) < least {
		return nil
	}
	return lits
}

func cross(a, b []string) []string {
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// exact returns all texts that re can match when they are few, nil otherwise.
func exact(re *syntax.Regexp, fold bool) []string {
	switch re.Op {
	case syntax.OpLiteral:
		switch {
		case re.Flags&syntax.FoldCase == 0:
			return []string{string(re.Rune)}
		case !foldsInASCII(re.Rune):
			return nil
		case fold:
			return []string{string(re.Rune)}
		}
		return inBothCases(re.Rune)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpCapture:
		return exact(re.Sub[0], fold)
	case syntax.OpConcat:
		out := []string{""}
		for _, sub := range re.Sub {
			e := exact(sub, fold)
			if e == nil || len(e)*len(out) > 16 {
				return nil
			}
			out = cross(out, e)
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			e := exact(sub, fold)
			if e == nil || len(out)+len(e) > 16 {
				return nil
			}
			out = append(out, e...)
		}
		return out
	case syntax.OpQuest:
		if e := exact(re.Sub[0], fold); e != nil && len(e) <= 8 {
			return append([]string{""}, e...)
		}
	case syntax.OpCharClass:
		return fewRunes(re.Rune, fold)
	}
	return nil
}

// inBothCases returns a text in all the ways to write its letters, nil when they are
// many. (The parser of expressions makes a text that ignores case of [Ee], too.)
func inBothCases(runes []rune) []string {
	out := []string{""}
	for _, r := range runes {
		ways := []string{string(r)}
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			ways = append(ways, string(other))
		}
		if out = cross(out, ways); len(out) > 16 {
			return nil
		}
	}
	return out
}

// foldsInASCII reports whether case folding of the runes stays inside ASCII
// letters: (?i) of k and s also matches the Kelvin sign and the long s, which
// the filter does not fold. Logs do not hold those.
func foldsInASCII(runes []rune) bool {
	for _, r := range runes {
		if r >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func fewRunes(ranges []rune, fold bool) []string {
	var out []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(out) == 6 {
				return nil
			}
			out = append(out, string(r))
		}
	}
	if !fold {
		return out
	}
	// A letter in both cases is one literal to the filter, in ASCII.
	return slices.CompactFunc(out, func(a, b string) bool { return asciiLower(a) == asciiLower(b) })
}
