package parser

import (
	"bytes"

	"diagnose"
)

// part says how a line that what carried it cut goes together with other lines of its
// writer: a container runtime cuts long lines, GitLab's runner those that are written
// in several pieces.
type part uint8

const (
	partMay  part = 1 << iota // the wrapper cuts lines; whether this one was, the line above tells
	partOpen                  // the next line of the writer goes on with this one
	partOn                    // it goes on with the writer's line above
	partHead                  // the wrapper marks lines that go on with the one above, and this one not
)

// minCut is the length of the shortest text without a line end that is taken for cut:
// Docker cuts at 16 KiB (daemon/logger/copier.go), in bytes of the text, of which JSON
// makes more. A collector may have taken the line ends off shorter ones.
const minCut = 16 << 10

// cutByDocker knows a part by the line end that its text lacks, or by the mark that
// Fluent Bit keeps of CRI's.
func cutByDocker(line []byte) part {
	const mark = `"_p":"P"`
	switch {
	case len(line) < minCut:
		if contains(line, mark) {
			return partMay | partOpen
		}
		return partMay
	case contains(line[:64], mark) || contains(line[len(line)-256:], mark):
		return partMay | partOpen
	}
	f := readFields(line)
	text := f.raw("log")
	if len(text) < minCut || bytes.HasSuffix(text, []byte(`\n"`)) || !f.has("stream") || !f.has("time") {
		return partMay
	}
	return partMay | partOpen
}

func cutByCRI(line []byte) part {
	const stream = len("stdout ")
	if n := fineStamp(line); n+stream < len(line) && line[n+stream] == 'P' {
		return partMay | partOpen
	}
	return partMay
}

func cutByGitLab(line []byte) part {
	if line[gitLabText-1] == '+' {
		return partOn
	}
	return partHead
}

// resume makes line a part of the line above, if it goes on with that: it then has
// the writer of the first part, whatever it looks like itself. The first of several
// parts is what all of them are together.
func (f *Finder) resume(line *lineInfo, q *peeled) {
	writer, part, joined := line.writer, line.part, false
	for at, n := line.start, 0; n < maxParts && part&(partMay|partOn) != 0; n++ {
		above, q := f.carriedAbove(at, line.carrier)
		if q.part == 0 || q.part&partOpen == 0 && part&partOn == 0 {
			break
		}
		at, writer, part, joined = above, q.writer, q.part, true
	}
	switch {
	case joined:
		line.kind, line.shapes, line.writer = plainLine, shContinues|shText, writer
	case line.part&(partOpen|partHead) != 0 && len(q.carried) < maxShaped:
		s := seams{text: f.w.Text[:min(len(f.w.Text), line.end+aheadBytes)]}
		if text := s.join(bytes.Clone(q.carried), q, line.end); len(text) > len(q.carried) {
			whole := peel(text)
			whole.writer = line.writer
			all := f.p.classify(&whole)
			line.kind, line.shapes = all.kind, all.shapes
		}
	}
}

// carriedAbove returns the nearest line above start of the writer that the cutting
// wrapper tells, and what it is.
func (f *Finder) carriedAbove(start int, carrier uint64) (above int, q peeled) {
	for at, gap := start, 0; at > 0; gap++ {
		above = f.w.lineStart(at - 1)
		if q = peel(trimLineEnd(f.w.Text[above:at])); q.carrier == carrier && q.part != 0 {
			return above, q
		}
		if gap == maxGapLines || start-above > maxGapBytes {
			break
		}
		at = above
	}
	return 0, peeled{}
}

// joinParts puts the lines of an entry together of which its text has the parts, and
// says where lines that are parts stood. It returns nil where no line is in parts.
func joinParts(text []byte) (joined []byte, apart []diagnose.Apart) {
	lines, parts := 0, 0
	var before peeled // the line above, if it is a part
	for rest := text; len(rest) > 0; {
		end := len(rest)
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			end = i + 1
		}
		line := rest[:end]
		rest = rest[end:]
		q := peel(trimLineEnd(line))
		goesOn := before.part&partOpen != 0 || q.part&partOn != 0
		if goesOn && lines > 0 && before.carrier == q.carrier && q.part != 0 {
			joined = append(bytes.TrimSuffix(joined, newlineByte), q.carried...)
			joined = append(joined, '\n')
			parts++
			before = q
			continue
		}
		if parts > 0 {
			apart = append(apart, diagnose.Apart{After: lines, Lines: parts})
			parts = 0
		}
		lines++
		before = q
		if q.part&partOpen != 0 || len(rest) > 0 && peel(firstLineBytes(rest)).part&partOn != 0 {
			joined = append(append(joined, q.carried...), '\n')
			continue
		}
		joined = append(joined, line...)
	}
	if parts > 0 {
		apart = append(apart, diagnose.Apart{After: lines, Lines: parts})
	}
	if apart == nil {
		return nil, nil
	}
	return joined, apart
}

var newlineByte = []byte{'\n'}

func firstLineBytes(text []byte) []byte {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return trimLineEnd(text)
}

// Seam is the text around a place where a line was cut, as its writer wrote it.
type Seam struct {
	At   int // the beginning of one of the two lines
	Text []byte
}

// How much of the parts a seam has on either side, which is more than a literal's
// length; how many parts it has at most; and the length of text without a line end
// that tells of a long line.
const (
	seamReach = 1 << 10
	maxParts  = 64
	longLine  = 4 << 10
)

// SeamMarks returns literals that lines have which go on with the next one. Others
// are known by their length and by the lines around them.
func SeamMarks() []string { return []string{" stdout P ", " stderr P ", `"_p":"P",`} }

// Seams returns the seams of lines that begin in text[from:to]; marks are the
// ascending positions of SeamMarks there. Text that no wrapper cuts costs a look at
// every fourth KiB and at its first lines.
func Seams(text []byte, from, to int, marks []int) []Seam {
	s := seams{text: text, from: max(from, 0), to: min(to, len(text)), last: -1}
	if s.from >= s.to {
		return nil
	}
	if s.ofGitLab() {
		s.resumed()
		return s.found
	}
	for at := s.from; at+longLine <= s.to; at += longLine {
		for len(marks) > 0 && marks[0] < at+longLine {
			s.open(marks[0])
			marks = marks[1:]
		}
		if bytes.IndexByte(text[at:at+longLine], '\n') < 0 {
			s.open(at)
		}
	}
	for _, m := range marks {
		s.open(m)
	}
	return s.found
}

type seams struct {
	text     []byte
	from, to int
	last     int // the line looked at last
	found    []Seam
}

// line returns the line that begins at start, and where the next one does.
func (s *seams) line(start int) (line []byte, next int) {
	next = len(s.text)
	if i := bytes.IndexByte(s.text[start:], '\n'); i >= 0 {
		next = start + i + 1
	}
	return trimLineEnd(s.text[start:next]), next
}

// open looks whether the line that holds pos goes on below.
func (s *seams) open(pos int) {
	if s.last >= 0 && bytes.IndexByte(s.text[s.last:pos], '\n') < 0 {
		return
	}
	start := s.from + bytes.LastIndexByte(s.text[s.from:pos], '\n') + 1
	s.last = start
	line, next := s.line(start)
	if q := peel(line); q.part&partOpen != 0 {
		s.add(start, &q, next)
	}
}

// ofGitLab reports whether one of the first lines is in the runner's wrapper.
func (s *seams) ofGitLab() bool {
	for at, n := s.from, 0; at < s.to && n < 3; n++ {
		line, next := s.line(at)
		if inner, _ := takeGitLab(stripColours(line), nil); inner != nil {
			return true
		}
		at = next
	}
	return false
}

// resumed finds the lines that go on with the one above of their writer.
func (s *seams) resumed() {
	for at := s.from; at < s.to; {
		line, next := s.line(at)
		if len(line) > gitLabText && bytes.IndexByte(line[:gitLabText], '+') > 0 && peel(line).part&partOn != 0 {
			s.above(at, peel(line).carrier)
		}
		at = next
	}
}

// above adds the seam between the line at start and its writer's line above.
func (s *seams) above(start int, carrier uint64) {
	for at, gap := start, 0; at > 0 && gap <= maxGapLines && start-at <= maxGapBytes; gap++ {
		up := bytes.LastIndexByte(s.text[:at-1], '\n') + 1
		if q := peel(trimLineEnd(s.text[up:at])); q.carrier == carrier && q.part != 0 {
			s.add(start, &q, start)
			return
		}
		at = up
	}
}

// add makes a seam of the part first and those of its writer that follow from next
// on, as far as a literal may reach.
func (s *seams) add(at int, first *peeled, next int) {
	tail := first.carried[max(0, len(first.carried)-seamReach):]
	s.found = append(s.found, Seam{At: at, Text: s.join(bytes.Clone(tail), first, next)})
}

// join appends to text, the end of the part first, those of its writer that follow from
// next on, up to seamReach bytes.
func (s *seams) join(text []byte, first *peeled, next int) []byte {
	end := len(text) + seamReach
	open := first.part&partOpen != 0
	for n, gap, from := 0, 0, next; next < len(s.text) && n < maxParts && gap <= maxGapLines && next-from <= maxGapBytes; {
		line, below := s.line(next)
		q := peel(line)
		next = below
		if q.part == 0 || q.carrier != first.carrier {
			gap++
			continue
		}
		if !open && q.part&partOn == 0 {
			break
		}
		text = append(text, q.carried[:min(len(q.carried), max(0, end-len(text)))]...)
		if len(text) >= end {
			break
		}
		open, gap, from = q.part&partOpen != 0, 0, next
		n++
	}
	return text
}
