package parser

import (
	"html"
	"strings"
	"unicode/utf8"

	"diagnose"
)

// Bounds of what is opened in one message. What is beyond them is counted in
// Entry.InnerCut.
const (
	maxInnerDepth = 6       // encodings inside one another
	maxInner      = 256     // texts
	maxInnerBytes = 4 << 20 // of all texts together
)

// minInner is the length of the shortest literal that a rule can look for.
const minInner = 9

// openMessage fills what an encoding or a document hides in the message: the
// values of JSON, YAML results and repr, quoted and escaped text, error pages,
// CLIXML, serialized Java exceptions, each opened again where it holds more of
// the kind.
func openMessage(e *diagnose.Entry) {
	o := newOpener(e.Message)
	message := layer{text: e.Message, parent: -1}
	if !o.openYAML(message) {
		o.openOutput(message)
		o.open(message)
	}
	e.Inner, e.InnerCut = o.found, o.cut
}

// openOutput parts what a command printed from Ansible's own words behind it, which
// the minimal callback joins without a line end:
//
//	web1 | FAILED | rc=6 >>
//	curl: (6) Could not resolve host: xnon-zero return code
func (o *opener) openOutput(l layer) {
	const words = "non-zero return code"
	output, ok := strings.CutSuffix(strings.TrimRight(l.text, "\r\n "), words)
	if !ok || output == "" || strings.IndexByte(" \t\n\"':=", output[len(output)-1]) >= 0 {
		return
	}
	from := 0
	if head, rest, ok := strings.Cut(output, "\n"); ok && strings.Contains(head, " | rc=") {
		from = len(output) - len(rest)
	}
	o.add(l, "output", output[from:], from, len(output))
}

// opener collects the texts of one message.
type opener struct {
	message string
	found   []diagnose.Inner
	seen    map[string]bool
	bytes   int
	cut     int

	pos, line int // a place in the message and the line that it is on
}

func newOpener(message string) *opener { return &opener{message: message} }

// layer is a text that is looked through: the message, or one that was found.
type layer struct {
	text   string
	place  string
	parent int // its number among the found ones, -1 for the message
	depth  int
	base   int // where text begins in the outer one, when it is only a part of it
}

// add keeps text, which stands encoded in l.text[from:to] under the name place,
// and looks through it.
func (o *opener) add(l layer, place, text string, from, to int) {
	if n, ok := o.keep(l, place, text, from, to); ok {
		o.open(layer{text: o.found[n].Text, place: o.found[n].Place, parent: n, depth: l.depth + 1})
	}
}

// keep is add without looking through the text.
func (o *opener) keep(l layer, place, text string, from, to int) (n int, ok bool) {
	if strings.IndexByte(text, escape) >= 0 {
		text = string(stripEscapes([]byte(text)))
	}
	if len(text) < minInner || o.seen[text] || text == l.text {
		return 0, false
	}
	if l.depth >= maxInnerDepth || len(o.found) >= maxInner || o.bytes+len(text) > maxInnerBytes {
		o.cut++
		return 0, false
	}
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	o.seen[text] = true
	o.bytes += len(text)
	from, to = l.base+from, l.base+to
	at := 0
	if l.parent >= 0 {
		at = o.found[l.parent].At
	} else {
		at = o.lineOf(from)
	}
	o.found = append(o.found, diagnose.Inner{Place: joinPlace(l.place, place), Text: text, Outer: l.parent, From: from, To: to, At: at})
	return len(o.found) - 1, true
}

// lineOf returns the line of the message that pos is on. Texts are found at
// mostly ascending places, so that each line end is counted about once.
func (o *opener) lineOf(pos int) int {
	if pos >= o.pos {
		o.line += strings.Count(o.message[o.pos:pos], "\n")
	} else {
		o.line -= strings.Count(o.message[pos:o.pos], "\n")
	}
	o.pos = pos
	return o.line
}

// maxPlace bounds the path that leads to a text, in bytes; its end says most.
const maxPlace = 160

func joinPlace(outer, inner string) string {
	place := inner
	switch {
	case outer == "":
	case inner == "":
		place = outer
	default:
		place = outer + " > " + inner
	}
	if len(place) > maxPlace {
		cut := len(place) - maxPlace
		for cut < len(place) && !utf8.RuneStart(place[cut]) {
			cut++
		}
		place = "…" + place[cut:]
	}
	return place
}

// scan is one walk over a layer. Each byte is looked at a bounded number of
// times: a container that is read is stepped over, a closing mark that was not
// found once is not sought again.
type scan struct {
	*opener
	layer
	unclosed map[string]bool
}

// opens marks the bytes with which a container can begin.
var opens = func() (table [256]bool) {
	for _, c := range []byte(`{["'<#%`) {
		table[c] = true
	}
	return table
}()

// open looks through a text: it takes the containers in it one after another, and
// undoes what encodes the text between them.
func (o *opener) open(l layer) {
	if english, ok := inEnglish(l.text); ok {
		o.add(l, diagnose.InEnglish, english, 0, len(l.text))
	}
	s := &scan{opener: o, layer: l}
	gap := 0
	if n := s.fragment(); n > 0 {
		gap = n
	}
	for at := gap; at < len(l.text); {
		if !opens[l.text[at]] {
			at++
			continue
		}
		from, to := s.container(at)
		if to == 0 {
			at++
			continue
		}
		s.between(gap, max(from, gap))
		gap, at = to, to
	}
	s.between(gap, len(l.text))
	s.remote()
	if l.parent < 0 {
		if plain, ok := asTyped(l.text); ok {
			o.add(l, diagnose.AsTyped, plain, 0, len(l.text))
		}
		if whole, ok := unboxed(l.text); ok {
			o.add(l, diagnose.Unboxed, whole, 0, len(l.text))
		}
	}
}

// container reads the container that begins at a place and returns its bounds; to
// is 0 when none does.
func (s *scan) container(at int) (from, to int) {
	switch s.text[at] {
	case '{', '[':
		if python, ok := isJSON(s.text[at:]); ok {
			return at, s.json(at, nil, python)
		}
	case '"':
		return at, s.quoted(at)
	case '\'':
		return at, s.reprString(at)
	case '<':
		return at, s.markup(at)
	case '#':
		if strings.HasPrefix(s.text[at:], clixmlMark) {
			return at, s.clixml(at)
		}
	case '%':
		return s.percent(at)
	}
	return 0, 0
}

// between opens what is no container: serialized objects, and text whose
// characters are escaped.
func (s *scan) between(from, to int) {
	if to-from < minInner {
		return
	}
	text := s.text[from:to]
	s.javaObjects(from, to)
	if hasEscape(text) {
		s.add(s.layer, "unescaped", unescape(text), from, to)
	}
	if hasEntity(text) {
		s.add(s.layer, "HTML-escaped", html.UnescapeString(text), from, to)
	}
}

// remote takes off the prefix with which git passes on what the server prints.
func (s *scan) remote() {
	const mark = "remote: "
	at := 0
	if !strings.HasPrefix(s.text, mark) {
		if at = strings.Index(s.text, "\n"+mark) + 1; at == 0 {
			return
		}
	}
	var b strings.Builder
	end := at
	for end < len(s.text) && strings.HasPrefix(s.text[end:], mark) {
		line := s.text[end:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		b.WriteString(line[len(mark):])
		end += len(line)
	}
	s.add(s.layer, "remote", strings.TrimRight(b.String(), "\r\n"), at, end)
}

// hasEntity reports whether text holds a character reference of HTML that hides
// what rules look for.
func hasEntity(text string) bool {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '&')
		if i < 0 {
			return false
		}
		at += i
		rest := text[at+1 : min(len(text), at+8)]
		for _, name := range [...]string{"lt;", "gt;", "quot;", "apos;", "amp;", "nbsp;"} {
			if strings.HasPrefix(rest, name) {
				return true
			}
		}
		if len(rest) > 2 && rest[0] == '#' && (rest[1]-'0' < 10 || rest[1]|0x20 == 'x') && strings.IndexByte(rest, ';') > 1 {
			return true
		}
	}
}
