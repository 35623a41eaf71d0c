package source

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds a member's name as it is shown, in bytes.
const maxName = 1024

// shownName is a member's name for people: nothing is ever opened by it. What does
// not print is escaped, and of a very long name the middle is left out.
func shownName(name string) string {
	for strings.HasPrefix(name, "./") {
		name = strings.TrimLeft(name[2:], "/")
	}
	if len(name) > 4*maxName {
		name = name[:2*maxName] + name[len(name)-2*maxName:] // shortened there below
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(name[i])|0x100, 16)[1:])
		case !unicode.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		default:
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	if b.Len() == 0 {
		return "(no name)"
	}
	return shorten(b.String())
}

func shorten(s string) string {
	if len(s) <= maxName {
		return s
	}
	head, tail := maxName/2, len(s)-maxName/2
	for !utf8.RuneStart(s[head]) {
		head--
	}
	for !utf8.RuneStart(s[tail]) {
		tail++
	}
	return s[:head] + "..." + s[tail:]
}

// inRepository reports whether a member lies in a version control directory.
func inRepository(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if isRepository(part) {
			return true
		}
	}
	return false
}

// kinds are members that are no logs, by their first bytes.
var kinds = []struct {
	name string
	is   func(head string) bool
}{
	{"images", begins("\x89PNG\r\n", "\xff\xd8\xff", "GIF8", "II*\x00", "MM\x00*", "\x00\x00\x01\x00")},
	{"documents", begins("%PDF-", "\xd0\xcf\x11\xe0")},
	{"Java classes", begins("\xca\xfe\xba\xbe")},
	{"programs", begins("\x7fELF", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\x00asm")},
	{"packages", begins("\xed\xab\xee\xdb", "!<arch>\n")},
	{"databases", begins("SQLite format 3\x00")},
	{"systemd journals", begins("LPKSHHRH")},
	{"packet captures", begins("\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x0a\x0d\x0d\x0a")},
	{"archives of other formats", func(head string) bool { return findUnopened([]byte(head)) != "" }},
}

// otherBinary is the kind of members that are no text and nothing that is known.
const otherBinary = "other binary data"

// notLog returns what a member is that begins with head and is no log, or "".
func notLog(head []byte) string {
	for _, k := range kinds {
		if k.is(string(head)) {
			return k.name
		}
	}
	if looksBinary(head) {
		return otherBinary
	}
	return ""
}

// looksBinary reports whether more than one byte in twenty is a control character
// that no text has. UTF-16 is text, and so is a log with zeros before it: one that
// was truncated while its writer went on where it was.
func looksBinary(head []byte) bool {
	head = bytes.TrimLeft(head, "\x00")
	if len(head) == 0 || isUTF16(head) {
		return false
	}
	control := 0
	for _, c := range head {
		if c < ' ' && !isTextControl(c) {
			control++
		}
	}
	return control > len(head)/20
}

// isUTF16 reports whether text has a UTF-16 mark, or zeros at every other byte as
// UTF-16 of mostly ASCII has.
func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	more, less := max(zeros[0], zeros[1]), min(zeros[0], zeros[1])
	return more > len(head)/4 && less <= more/20
}
