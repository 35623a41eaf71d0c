package parser

import "strings"

// Bounds of what is taken out of one message: the texts, and the bytes of each.
const (
	maxHidden     = 16
	maxHiddenText = 8 << 10
)

// hiddenTexts returns the texts that CloudStack hides in a message by an encoding:
// the errortext of a result and the details of an answer (JSON), the exception of a
// child job (a Java object in base64), each down to maxInnerDepth encodings, and the
// message without the asterisks of a post that sets words in bold.
func hiddenTexts(s string) []string {
	var h hidden
	h.look(s, 1)
	if strings.Contains(s, "**") {
		h.add(strings.ReplaceAll(cut(s), "**", ""), maxInnerDepth)
	}
	return h.texts
}

type hidden struct{ texts []string }

func (h *hidden) add(text string, depth int) {
	if len(text) < minInner || len(h.texts) >= maxHidden {
		return
	}
	for _, t := range h.texts {
		if t == text {
			return
		}
	}
	h.texts = append(h.texts, text)
	h.look(text, depth+1)
}

func (h *hidden) look(s string, depth int) {
	if depth > maxInnerDepth {
		return
	}
	h.lookStrings(s, `"errortext"`, depth)
	h.lookStrings(s, `"details"`, depth)
	h.lookEscaped(s, depth)
	h.lookObjects(s, depth)
}

// lookStrings takes the values of one key. One without an escape stands in the
// message as it is; of these only errortext is repeated, on its own, as the
// sentence that a user saw.
func (h *hidden) lookStrings(s, key string, depth int) {
	for len(h.texts) < maxHidden {
		_, after, ok := strings.Cut(s, key)
		if !ok {
			return
		}
		s = after
		value := strings.TrimLeft(s[:min(len(s), 8)], ` :`)
		if value == "" || value[0] != '"' {
			continue
		}
		value = s[strings.IndexByte(s, '"')+1:]
		end := stringEnd(value)
		raw := cut(value[:min(end, len(value))])
		s = value[min(end, len(value)):]
		if key == `"errortext"` || strings.IndexByte(raw, '\\') >= 0 {
			h.add(unescape(raw), depth)
		}
	}
}

// lookEscaped undoes one level where such a key itself stands escaped: JSON inside
// a JSON string.
func (h *hidden) lookEscaped(s string, depth int) {
	for _, key := range []string{`\"errortext\`, `\"details\`} {
		if i := strings.Index(s, key); i >= 0 {
			h.look(unescape(cut(s[i:])), depth+1)
		}
	}
}

// lookObjects decodes serialized Java objects and takes the exceptions in them.
func (h *hidden) lookObjects(s string, depth int) {
	for len(h.texts) < maxHidden {
		i := strings.Index(s, javaObjectBase64)
		if i < 0 {
			return
		}
		stream, n := decodeBase64(s[i:])
		for _, thrown := range readThrowables(stream) {
			h.add(cut(thrown), depth)
		}
		s = s[i+n:]
	}
}

// cut shortens text to maxHiddenText at the beginning of a character.
func cut(text string) string {
	if len(text) <= maxHiddenText {
		return text
	}
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
