package source

import (
	"bytes"
	"slices"
)

const noBreak = '\u00a0'

// pageBlanks are the blanks of pages and word processors in UTF-8, and what each is read as.
var pageBlanks = blanks{
	{string(noBreak), " "},
	{"\u202f", " "}, // narrow no-break space
	{"\u2007", " "}, // figure space
	{"\u200b", ""},  // zero width space
	{"\u2060", ""},  // word joiner
}

type blanks []blank

type blank struct{ written, read string }

// hasPageBlanks reports whether a text has any. Most lines that are not ASCII are Chinese,
// and have no byte that these begin with.
func hasPageBlanks(text []byte) bool {
	if bytes.IndexByte(text, 0xc2) >= 0 && bytes.Contains(text, []byte(pageBlanks[0].written)) {
		return true
	}
	return bytes.IndexByte(text, 0xe2) >= 0 && slices.ContainsFunc(pageBlanks[1:], func(b blank) bool { return bytes.Contains(text, []byte(b.written)) })
}

// append appends text, as it is read, to out.
func (list blanks) append(out, text []byte) []byte {
next:
	for len(text) > 0 {
		if text[0] == 0xc2 || text[0] == 0xe2 {
			for _, b := range list {
				if rest, ok := bytes.CutPrefix(text, []byte(b.written)); ok {
					out, text = append(out, b.read...), rest
					continue next
				}
			}
		}
		out, text = append(out, text[0]), text[1:]
	}
	return out
}
