package parser

import (
	"strings"

	"diagnose"
)

// maxHiddenText bounds one text that CloudStack hides, in bytes.
const maxHiddenText = 8 << 10

// hiddenTexts returns the texts that CloudStack hides in a message: the errortext
// of a result and the details of an answer (JSON and XML), the exception of a child
// job (a Java object in base64), each with what they hold in turn, and the message
// without the asterisks of a post that sets words in bold. Of a dump of commands the
// rest is data.
func hiddenTexts(s string) []diagnose.Inner {
	found, _ := openCloudStack(s)
	return found
}

// openCloudStack is hiddenTexts with the number of those beyond the bounds.
func openCloudStack(s string) (found []diagnose.Inner, cut int) {
	o := newOpener(s)
	h := hidden{scan{opener: o, layer: layer{text: s, parent: -1}}}
	h.look()
	if strings.Contains(s, "**") {
		h.keep(h.layer, "", strings.ReplaceAll(h.shorten(s), "**", ""), 0, len(s))
	}
	return o.found, o.cut
}

// hidden is a walk over a message of CloudStack, or over a text in it.
type hidden struct{ scan }

func (h *hidden) look() {
	for _, key := range [...]string{"errortext", "details"} {
		h.strings(key)
		h.element(key)
	}
	h.escaped()
	h.javaObjects(0, len(h.text))
}

// strings takes the values of one key. Details without an escape stand in the
// message as they are.
func (h *hidden) strings(key string) {
	mark := `"` + key + `"`
	for at := 0; ; {
		i := strings.Index(h.text[at:], mark)
		if i < 0 {
			return
		}
		at += i + len(mark)
		open := at
		for open < len(h.text) && open < at+8 && (h.text[open] == ' ' || h.text[open] == ':') {
			open++
		}
		if open == at || open >= len(h.text) || h.text[open] != '"' {
			continue
		}
		from := open + 1
		end := from + stringEnd(h.text[from:])
		h.add(h.layer, key, unescape(h.shorten(h.text[from:min(end, len(h.text))])), from, end)
		at = end
	}
}

// element takes the text of an element of the API's answers in XML.
func (h *hidden) element(key string) {
	open, end := "<"+key+">", "</"+key+">"
	for at := 0; ; {
		i := strings.Index(h.text[at:], open)
		if i < 0 {
			return
		}
		from := at + i + len(open)
		to := h.closing(from, end)
		if to < 0 {
			return
		}
		h.add(h.layer, "<"+key+">", plainText(h.shorten(h.text[from:to])), from, to)
		at = to
	}
}

// escaped undoes one level where such a key itself stands escaped: JSON inside a
// JSON string.
func (h *hidden) escaped() {
	for _, key := range [...]string{"errortext", "details"} {
		i := strings.Index(h.text, `\"`+key+`\`)
		if i < 0 || h.depth >= maxInnerDepth {
			continue
		}
		inside := hidden{scan{opener: h.opener, layer: layer{
			text: unescape(h.shorten(h.text[i:])), place: h.place, parent: h.parent, depth: h.depth + 1, base: h.base + i}}}
		inside.look()
	}
}

// javaObjects decodes the serialized Java objects in a stretch of the text and takes
// the exceptions in them, with their causes as texts inside.
func (s *scan) javaObjects(from, to int) {
	for at := from; at < to; {
		i := strings.Index(s.text[at:to], javaObjectBase64)
		if i < 0 {
			return
		}
		at += i
		stream, n := decodeBase64(s.text[at:to])
		for _, thrown := range readThrowables(stream) {
			s.thrown(s.shorten(thrown), at, at+n)
		}
		at += n
	}
}

// thrown adds a stack of exceptions, and in each its cause.
func (s *scan) thrown(text string, from, to int) {
	const caused = "\nCaused by: "
	l, place := s.layer, "base64 exception"
	for {
		n, ok := s.keep(l, place, text, from, to)
		if !ok {
			return
		}
		text = s.found[n].Text
		l = layer{text: text, place: s.found[n].Place, parent: n, depth: l.depth + 1}
		i := strings.Index(text, caused)
		if i < 0 {
			s.open(l)
			return
		}
		from, to, place = i+len(caused), len(text), "cause"
		text = text[from:]
	}
}

// shorten cuts text to maxHiddenText at the beginning of a character.
func (o *opener) shorten(text string) string {
	if len(text) <= maxHiddenText {
		return text
	}
	o.cut++
	n := maxHiddenText
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n]
}

// javaObjectBase64 is how the header of a serialized Java object (AC ED 00 05,
// then an object) begins in base64.
const javaObjectBase64 = "rO0AB"

// maxObject bounds the base64 text that is decoded, in bytes.
const maxObject = MaxEntry

// decodeBase64 decodes the run of base64 at the beginning of s in both alphabets
// (JobSerializerHelper writes the URL-safe one, older releases the standard one)
// and returns the bytes of text it took. It ends at the first byte that is neither,
// except a line end in the middle of a wrapped post.
func decodeBase64(s string) (out []byte, n int) {
	var bits uint32
	var have uint
	s = s[:min(len(s), maxObject)]
	for n < len(s) {
		v := base64Value(s[n])
		if v < 0 {
			if s[n] == '\n' && wrapped(s[n+1:]) {
				n++
				continue
			}
			break
		}
		n++
		bits = bits<<6 | uint32(v)
		if have += 6; have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
		}
	}
	return out, n
}

// wrapped reports whether a line goes on with base64: no blank in its first bytes.
func wrapped(s string) bool {
	if len(s) < 16 {
		return false
	}
	for i := range 16 {
		if base64Value(s[i]) < 0 {
			return false
		}
	}
	return true
}

func base64Value(c byte) int {
	switch {
	case c-'A' < 26:
		return int(c - 'A')
	case c-'a' < 26:
		return int(c-'a') + 26
	case c-'0' < 10:
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}
