package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is a word of a text, or a part of one. Parts stand at the positions of
// their order in the text; a whole stands at the position of its first part.
type Token struct {
	Term       string // folded: lower case, full-width forms as the usual ones, no plural s
	Start, End int    // bytes of the text
	Pos        int    // position, from 0
}

// Bounds of terms, in bytes. A whole beyond maxTerm is found by its parts alone.
const (
	maxTerm  = 128
	maxParts = 48  // parts of one run of characters without space
	gap      = 100 // positions between the parts of a document
)

// Tokens returns the words of text: runs of letters and digits whole and by
// their parts (com.cloud.Foo, com, cloud, foo), codes with their brackets ((6)),
// and of Chinese, Japanese and Korean text each two neighbours.
func Tokens(text string) []Token {
	var out []Token
	tokenize(text, func(t Token) { out = append(out, t) })
	return out
}

func tokenize(text string, emit func(Token)) {
	z := tokenizer{text: text, emit: emit}
	for z.i < len(text) {
		r, n := z.rune(z.i)
		before := z.i
		switch {
		case text[z.i] == partBreak[0]:
			z.pos += gap
			z.i += n
		case isIdeograph(r):
			z.ideographs()
		case r == '(':
			z.bracketed()
		case isWord(r) || r == '/' || r == '\\':
			z.run()
		}
		if z.i == before { // a wide slash and the like begin no word
			z.i += n
		}
	}
}

type tokenizer struct {
	text string
	emit func(Token)
	i    int // byte
	pos  int
}

// rune is the folded character at byte i.
func (z *tokenizer) rune(i int) (rune, int) {
	if c := z.text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(z.text[i:])
	return foldWidth(r), n
}

// ideographs emits each two neighbours of a run, and its last character alone:
// so every character begins a term.
func (z *tokenizer) ideographs() {
	prev, at := rune(-1), z.i
	for z.i < len(z.text) {
		r, n := z.rune(z.i)
		if !isIdeograph(r) {
			break
		}
		if prev >= 0 {
			z.emit(Token{string(prev) + string(r), at, z.i + n, z.pos})
			z.pos++
		}
		prev, at = r, z.i
		z.i += n
	}
	z.emit(Token{string(prev), at, z.i, z.pos})
	z.pos++
}

// maxCode is how many digits a code in brackets has at most: curl's (6), (530).
const maxCode = 4

// bracketed emits a number in brackets as it stands; its digits follow as a word.
func (z *tokenizer) bracketed() {
	start := z.i
	_, n := z.rune(z.i)
	z.i += n
	j, digits := z.i, ""
	for j < len(z.text) && len(digits) <= maxCode {
		r, n := z.rune(j)
		if r >= '0' && r <= '9' {
			digits += string(r)
			j += n
			continue
		}
		if r == ')' && digits != "" {
			z.emit(Token{"(" + digits + ")", start, j + n, z.pos})
		}
		return
	}
}

// run emits a run without spaces, whole and in its parts.
func (z *tokenizer) run() {
	start := z.i
	for z.i < len(z.text) {
		r, n := z.rune(z.i)
		if !isWord(r) && (n > 1 || !isJoint(r)) { // full-width joints are punctuation
			break
		}
		z.i += n
	}
	if start, end := z.trim(start, z.i, allJoints); start < end {
		z.split(start, end, 0)
	}
}

// joints are the characters that hold a run together, the loosest first: a place
// (host:port, path:line, user@host), a path, a name.
var joints = [...]string{":@", `/\`, ".-_"}

const allJoints = `:@/\.-_`

// split emits the text from start to end and its parts at the loosest joints that
// it has.
func (z *tokenizer) split(start, end, level int) {
	s := z.text[start:end]
	for level < len(joints) && !strings.ContainsAny(s, joints[level]) {
		level++
	}
	if level == len(joints) || numbersOnly(s) {
		z.humps(start, end)
		return
	}
	at, parts := z.pos, 0
	for i := start; i < end && parts < maxParts; {
		j := i
		for j < end && strings.IndexByte(joints[level], z.text[j]) < 0 {
			j++
		}
		if from, to := z.trim(i, j, allJoints); from < to {
			z.split(from, to, level+1)
			parts++
		}
		i = j + 1
	}
	if from, to := z.trim(start, end, ":@.-_"); parts > 1 || parts == 1 && isSlash(z.text[from]) && !isSlash(z.text[from+1]) {
		z.whole(from, to, at)
	}
}

// trim leaves out joints at both ends. A slash that begins a path stays.
func (z *tokenizer) trim(start, end int, cut string) (from, to int) {
	for end > start && strings.IndexByte(allJoints, z.text[end-1]) >= 0 {
		end--
	}
	for start < end && strings.IndexByte(cut, z.text[start]) >= 0 && !isSlash(z.text[start]) {
		start++
	}
	return start, end
}

// numbersOnly reports whether parts of a run say nothing: those of an IPv4
// address, a version, a time of day.
func numbersOnly(s string) bool {
	cut := byte('.')
	if strings.Count(s, ":") == 2 {
		cut = ':'
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && c != cut {
			return false
		}
	}
	return true
}

// maxHumps is how many parts of a word in camel case are indexed.
const maxHumps = 8

// humps emits a word, and the parts of ConnectException.
func (z *tokenizer) humps(start, end int) {
	at := z.pos
	z.whole(start, end, at)
	z.pos++
	if end-start > maxTerm {
		return
	}
	var cuts []int
	for i := start + 1; i < end && len(cuts) < maxHumps; i++ {
		a, b := z.text[i-1], z.text[i]
		if isUpper(b) && isLower(a) || isUpper(a) && isUpper(b) && i+1 < end && isLower(z.text[i+1]) {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) == 0 {
		return
	}
	from := start
	for n, c := range append(cuts, end) {
		z.whole(from, c, at+n)
		z.pos = at + n + 1
		from = c
	}
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

func (z *tokenizer) whole(start, end, pos int) {
	if end-start <= maxTerm {
		z.emit(Token{foldWord(z.text[start:end]), start, end, pos})
	}
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
	}
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)) && !isIdeograph(r)
}

func isJoint(r rune) bool {
	switch r {
	case ':', '@', '/', '\\', '.', '-', '_':
		return true
	}
	return false
}

// isIdeograph reports whether r belongs to a script that is written without
// spaces.
func isIdeograph(r rune) bool {
	if r < 0x1100 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// foldWidth maps full-width forms of ASCII to the usual ones.
func foldWidth(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		return r - 0xfee0
	case r == 0x3000:
		return ' '
	}
	return r
}

// foldText is text without case and width.
func foldText(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(foldWidth(r)) }, s)
}

// foldWord is a word as it is compared: folded, an English plural as its
// singular (the S stemmer of Harman 1991).
func foldWord(s string) string {
	s = foldText(s)
	if len(s) < 4 || s[len(s)-1] != 's' {
		return s
	}
	for i := 0; i < len(s); i++ {
		if !isLower(s[i]) {
			return s
		}
	}
	switch {
	case strings.HasSuffix(s, "ss"), strings.HasSuffix(s, "us"), strings.HasSuffix(s, "is"):
		return s
	case strings.HasSuffix(s, "ies") && len(s) > 4:
		return s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "sses"), strings.HasSuffix(s, "xes"), strings.HasSuffix(s, "ches"), strings.HasSuffix(s, "shes"):
		return s[:len(s)-2]
	}
	return s[:len(s)-1]
}

// cutText is text of at most n bytes, cut between characters.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
