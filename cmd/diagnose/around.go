package main

import (
	"bytes"
	"context"
	"slices"

	"diagnose"
	"diagnose/source"
	"diagnose/verdict"
)

// How much of a log is read around an entry for the words of what failed there.
const (
	aboveBytes   = 16 << 10
	belowBytes   = 8 << 10
	aboveEntries = 20
	belowEntries = 30
	// decodedAbove bounds how far into a compressed log it is read once more.
	decodedAbove = 64 << 20
)

// around returns the entries that stand near one in its stream, without those that a rule of
// role benign accounts for. Where the stream cannot be read once more there are none.
func (e *engine) around(ctx context.Context, at *diagnose.Entry) verdict.Around {
	near := e.within(ctx, at, aboveBytes, aboveEntries)
	if i := e.streamOf(at); i >= 0 {
		harmless := e.keepers[i].harmless()
		is := func(entry *diagnose.Entry) bool { return harmless[entry.Offset] }
		near.Above, near.Below = slices.DeleteFunc(near.Above, is), slices.DeleteFunc(near.Below, is)
	}
	return near
}

// streamOf is the index of the stream that an entry stands in, -1 for none.
func (e *engine) streamOf(entry *diagnose.Entry) int {
	return slices.IndexFunc(e.streams, func(s *source.Stream) bool { return s.Name == entry.Stream })
}

// within is around with other bounds for what stands above.
func (e *engine) within(ctx context.Context, at *diagnose.Entry, aboveBytes int64, aboveEntries int) verdict.Around {
	i := e.streamOf(at)
	if i < 0 || e.streams[i].Again() != nil || e.stats[i].Bytes != e.stats[i].RawBytes && at.Offset > decodedAbove {
		return verdict.Around{}
	}
	from := max(0, at.Offset-aboveBytes)
	text, err := e.streams[i].ReadAt(ctx, from, int(at.Offset-from)+at.Size+belowBytes)
	if err != nil || from+int64(len(text)) < at.Offset {
		return verdict.Around{}
	}
	own := int(at.Offset - from)
	line := at.Line - bytes.Count(text[:own], newline)
	if own > 0 && text[own-1] != '\n' {
		line-- // the end of a log whose last line has none
	}
	b := &source.Block{Text: text, To: len(text), Offset: from}
	if from > 0 {
		b.From = bytes.IndexByte(text, '\n') + 1 // behind the line that was met in its midst
		line += bytes.Count(text[:b.From], newline)
	}
	var near verdict.Around
	ended := false
	newReader(e.parser, e.streams[i], b).all(e.clock, func(entry *diagnose.Entry) {
		entry.Line += line
		entry.EndLine += entry.Line
		switch {
		case entry.Offset < at.Offset:
			if entry.Boundary {
				near.Above = near.Above[:0]
			}
			near.Above = append(near.Above, entry)
		case entry.Offset > at.Offset:
			if ended = ended || entry.Boundary; !ended {
				near.Below = append(near.Below, entry)
			}
		}
	})
	near.Above = near.Above[max(0, len(near.Above)-aboveEntries):]
	near.Below = near.Below[:min(len(near.Below), belowEntries)]
	return near
}

// lastWords takes for trouble what the output of a program ends with where that names a
// reason: a program that says no more, and does not call it an error, gave up there. It
// reports whether any stream ends so.
func (e *engine) lastWords(ctx context.Context) bool {
	found := false
	known := func(entry *diagnose.Entry) bool { return e.reads(entry, diagnose.FirstLine(entry.Message)) }
	cut := e.cut()
	for i, s := range e.streams {
		if cut[s.Name] || !e.worded[i].Load() {
			continue
		}
		end := &diagnose.Entry{Stream: s.Name, Offset: e.stats[i].Bytes, Line: int(e.lines[i]) + 1}
		harmless := e.keepers[i].harmless()
		above := func(bytes int64, entries int) []*diagnose.Entry {
			return slices.DeleteFunc(e.within(ctx, end, bytes, entries).Above, func(entry *diagnose.Entry) bool { return harmless[entry.Offset] })
		}
		said := verdict.LastWords(above(aboveBytes, aboveEntries), e.lines[i], known)
		if said == nil && e.lines[i] <= verdict.MidstLines && e.stats[i].Bytes <= midstBytes {
			said = verdict.Midst(above(midstBytes, verdict.MidstLines), known)
		}
		if said != nil {
			e.keepers[i].addTrouble(said)
			found = true
		}
	}
	return found
}

// reads reports whether a rule of role reason knows what a line of an entry says, by words
// that are of trouble wherever they stand.
func (e *engine) reads(entry *diagnose.Entry, line string) bool {
	return e.base.Said(entry, line) != nil
}

// endsInWords reports whether one of the last lines of a stream may be a program's last
// words, so that only such streams are read once more for them.
func (e *engine) endsInWords(r *reader) bool {
	const blank = " \t\r\n"
	text := bytes.TrimRight(r.b.Text[:r.b.To], blank)
	if r.b.Offset == 0 && bytes.Count(text, newline) < verdict.MidstLines { // all of it
		return len(text) > 0 && len(text) <= midstBytes
	}
	for n := 0; n < endLines && len(text) > 0; n++ {
		start := bytes.LastIndexByte(text, '\n') + 1
		line := text[start:]
		text = bytes.TrimRight(text[:start], blank)
		if len(line) > endLine {
			continue
		}
		if entry := e.parser.Parse(line, e.clock.reference(r.stream)); verdict.MayBeLastWords(&entry) {
			return true
		}
	}
	return false
}

// The last lines that are looked at, and how long one may be with what carries it, in bytes.
const (
	endLines = 16
	endLine  = 4 << 10
	// midstBytes bounds a log of which all is looked at.
	midstBytes = 160 << 10
)
