package parser

import "strings"

// boxEdge begins the lines of Terraform's diagnostics (internal/command/format), whose
// sentences it breaks at the width of the terminal, at 78 columns where there is none
// (internal/terminal, defaultColumns).
const boxEdge = "│ "

// maxBoxed bounds the message whose box is opened, in bytes.
const maxBoxed = 64 << 10

// unboxed returns the text without the edge of its box, the lines of a paragraph put
// together. Lines that are set in are code and stay as they are.
func unboxed(text string) (string, bool) {
	if len(text) > maxBoxed || strings.Count(text, "\n"+boxEdge) < 2 {
		return "", false
	}
	var b strings.Builder
	open, joined := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		inside, ok := strings.CutPrefix(line, boxEdge)
		if !ok {
			inside = strings.TrimPrefix(line, "│")
		}
		plain := ok && inside != "" && inside[0] != ' '
		switch {
		case b.Len() == 0:
		case open && plain:
			b.WriteByte(' ')
			joined = true
		default:
			b.WriteByte('\n')
		}
		b.WriteString(inside)
		open = plain
	}
	return b.String(), joined
}
