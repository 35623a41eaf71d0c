package parser

import (
	"strings"
)

// jsonNear is how far is looked from a bracket or a quote for what follows it.
const jsonNear = 64

// isJSON reports whether the bracket that text begins with opens an object with a
// key or an array of strings or of these; python says that it is the repr of a
// dict or list.
func isJSON(text string) (python, ok bool) {
	rest := text[1:min(len(text), jsonNear)]
	for rest != "" {
		switch c := rest[0]; c {
		case ' ', '\t', '\r', '\n', '{', '[':
			rest = rest[1:]
		case '"':
			return false, true
		case '\'':
			return true, true
		case 'b', 'u':
			return true, len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"')
		default:
			return false, false
		}
	}
	return false, false
}

// fragment reads members of an object that stand alone, as in the rest of a
// document that was cut, and returns how far it read.
func (s *scan) fragment() int {
	at := 0
	for at < len(s.text) && at < jsonNear && (s.text[at] == ' ' || s.text[at] == '\t') {
		at++
	}
	if at == len(s.text) || s.text[at] != '"' {
		return 0
	}
	end := at + 1
	for end < len(s.text) && end < at+jsonNear && isASCIIWord(s.text[end]) {
		end++
	}
	if end == at+1 || !strings.HasPrefix(s.text[end:], `":`) {
		return 0
	}
	return s.json(at, []frame{{}}, false)
}

// frame is an object or array that is being read.
type frame struct {
	array bool
	n     int    // index in an array
	key   string // of an object; empty before a key
	mute  bool   // says nothing about what went wrong
}

// maxJSON bounds how deep a document's brackets are followed; strings further
// down are read under the path of the last one that was.
const maxJSON = 64

// document is a walk over JSON or the repr of Python.
type document struct {
	*scan
	stack  []frame
	beyond int // brackets open beyond maxJSON
	python bool
}

// json adds the string values of the document that begins at a place and returns
// where it ends. It does not mind what else stands there, nor an end that was cut
// off.
func (s *scan) json(at int, stack []frame, python bool) int {
	d := document{scan: s, stack: stack, python: python}
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == '{' || c == '[':
			d.push(c == '[')
		case c == '}' || c == ']':
			if d.pop() {
				return at + 1
			}
		case c == ',':
			d.next()
		case c == '"' || c == '\'' && python:
			at = d.string(at, c)
			continue
		}
		at++
	}
	return at
}

func (d *document) push(array bool) {
	if len(d.stack) == maxJSON {
		d.beyond++
		return
	}
	mute := false
	if n := len(d.stack); n > 0 {
		mute = d.stack[n-1].silent()
	}
	d.stack = append(d.stack, frame{array: array, mute: mute})
}

// pop closes a bracket and reports whether it was the first one.
func (d *document) pop() bool {
	if d.beyond > 0 {
		d.beyond--
		return false
	}
	d.stack = d.stack[:len(d.stack)-1]
	return len(d.stack) == 0
}

func (d *document) next() {
	if top := &d.stack[len(d.stack)-1]; d.beyond == 0 {
		top.n++
		top.key = ""
	}
}

func (f *frame) silent() bool { return f.mute || saysNothing(f.key) }

// string reads the string whose quote stands at a place: a key, or a value, which
// is added. It returns the place behind it.
func (d *document) string(at int, quote byte) int {
	body := d.text[at+1:]
	end := quoteEnd(body, quote)
	body = body[:end]
	after := min(len(d.text), at+1+end+1)
	top := &d.stack[len(d.stack)-1]
	if !top.array && top.key == "" {
		rest := strings.TrimLeft(d.text[after:min(len(d.text), after+16)], " \t\r\n")
		if rest != "" && rest[0] == ':' {
			top.key = body
			return after
		}
	}
	if !top.silent() && len(body) >= minInner {
		d.add(d.layer, d.path(), unescape(body), at+1, at+1+end)
	}
	return after
}

// maxKey bounds a key in a path, in bytes.
const maxKey = 48

// path is where in the document the walk is: results[2].stderr.
func (d *document) path() string { return documentPath(d.stack) }

func documentPath(stack []frame) string {
	var b strings.Builder
	for _, f := range stack {
		switch {
		case f.array:
			b.WriteByte('[')
			b.WriteString(decimal(f.n))
			b.WriteByte(']')
		case f.key != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(shortKey(f.key))
		}
	}
	return b.String()
}

// shortKey is a key as a path shows it: of a Java class its name.
func shortKey(key string) string {
	if i := strings.LastIndexByte(key, '.'); i > 0 && i+1 < len(key) && key[i+1]-'A' < 26 {
		key = key[i+1:]
	}
	if len(key) > maxKey {
		key = strings.ToValidUTF8(key[:maxKey], "") + "…"
	}
	return key
}

// decimal writes a small number.
func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}

// stringEnd returns where the JSON string ends whose opening quote is before text.
func stringEnd(text string) int { return quoteEnd(text, '"') }

// quoteEnd is stringEnd for any quote.
func quoteEnd(text string, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return len(text)
}

// saysNothing knows the keys of an Ansible result whose values are not output: what
// was asked for, and the lines that stderr and stdout hold already.
func saysNothing(key string) bool {
	switch key {
	case "cmd", "_raw_params", "argv", "start", "end", "delta", "stdout_lines", "stderr_lines", "module_args",
		"ansible_loop_var", "item", "checksum", "dest", "src", "diff":
		return true
	}
	return false
}
