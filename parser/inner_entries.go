package parser

import (
	"bytes"
	"slices"
	"time"

	"diagnose"
)

// Bounds of what is read of the texts in one entry as log lines. The texts are kept
// whole; beyond the bounds they are just not read as lines.
const (
	maxInnerEntries = 64      // of one text
	maxInnerRead    = 1 << 15 // bytes of all texts
	maxBeforeHead   = 4       // lines of other text before the first that is a head
)

// readInner reads the texts that were found inside as log lines, where they are:
// the end of a service's log in a task's stdout, the log of a script in an answer's
// details. Their entries are not opened in turn; what they hold was opened as part
// of the text.
func (p *Parser) readInner(e *diagnose.Entry, ref time.Time) {
	left := maxInnerRead
	for i := range e.Inner {
		text := []byte(e.Inner[i].Text)
		if len(text) > left || !p.beginsWithHead(text) {
			continue
		}
		left -= len(text)
		e.Inner[i].Entries = p.innerEntries(text, ref)
		for k := range e.Inner[i].Entries {
			mentionOf(e, &e.Inner[i].Entries[k])
		}
	}
}

// beginsWithHead reports whether one of the first lines is the head of a log line
// that tells more than its text.
func (p *Parser) beginsWithHead(text []byte) bool {
	w := Window{Text: text}
	for at, n := 0, 0; at < len(text) && n < maxBeforeHead; n++ {
		end := w.lineEnd(at)
		if p.look(trimLineEnd(text[at:end])).kind != plainLine {
			return true
		}
		at = end
	}
	return false
}

func (p *Parser) innerEntries(text []byte, ref time.Time) []diagnose.Entry {
	var out []diagnose.Entry
	f := p.Finder(Window{Text: text})
	told := false
	for at := 0; at < len(text) && len(out) < maxInnerEntries; {
		span := f.Span(at)
		e := p.parse(span.Text(text), ref)
		e.Inner, e.InnerCut = nil, 0
		e.Offset = int64(at)
		e.Line = 1 + bytes.Count(text[:at], []byte{'\n'})
		e.EndLine = e.Line + bytes.Count(text[at:span.End-1], []byte{'\n'})
		told = told || e.Format != textFormat.Name || !e.Time.IsZero() || e.Level != diagnose.LevelUnknown
		out = append(out, e)
		at = f.Next(at)
	}
	if !told {
		return nil
	}
	return slices.Clip(out)
}

// mentionOf notes the ids of a line inside: they are named, nothing says that the
// outer entry belongs to them.
func mentionOf(e *diagnose.Entry, line *diagnose.Entry) {
	for _, ids := range [][]diagnose.ID{line.IDs, line.Mentions} {
		for _, id := range ids {
			if len(e.Mentions) < maxMentions && !slices.Contains(e.Mentions, id) && !slices.Contains(e.IDs, id) {
				e.Mentions = append(e.Mentions, id)
			}
		}
	}
}
