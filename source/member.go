package source

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxName bounds a member's name as it is shown, in bytes.
const maxName = 1024

// shownName is a member's name for people: nothing is ever opened by it. What does
// not print is escaped, and of a very long name the middle is left out. Zip programs
// of Chinese Windows write names in GBK and do not say so.
func shownName(name string) string {
	if !utf8.ValidString(name) {
		if text, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil && !strings.ContainsRune(text, utf8.RuneError) {
			name = text
		}
	}
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

// looksBinary reports whether a member that begins with head is no text in any
// encoding that is read. A log may have zeros before it: one that was truncated
// while its writer went on where it was.
func looksBinary(head []byte) bool {
	return !readsAsText(head) && !readsAsText(bytes.TrimLeft(head, "\x00"))
}

func readsAsText(head []byte) bool {
	if looksLike(head) == "" {
		return true
	}
	t := newTranscoder(bytes.NewReader(head))
	defer t.close()
	text, _ := io.ReadAll(t)
	return looksLike(text) == ""
}
