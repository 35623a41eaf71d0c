package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// left says why a member of an archive is left out on purpose.
type left uint8

const (
	leftNot left = iota
	leftDir
	leftSpecial // a link or a device
)

// member is what an archive says of one thing in it.
type member struct {
	name    string // as it stands in the archive
	modTime time.Time
	size    int64 // decoded; -1 if not known
	left    left
	broken  string // why it cannot be read

	r     io.Reader                          // its bytes, until the next member is asked for
	at    func() (io.ReaderAt, int64, error) // its bytes anywhere; nil: only in sequence
	place place                              // gives them by itself; nil: only with the archive
}

// container is an archive that gives its members in their order. What ends it is
// io.EOF, or says what is wrong with it.
type container interface {
	next() (member, error)
	// reaches reports whether members have a place of their own.
	reaches() bool
	close()
}

// entry is a member under the name it is shown by, or the archive itself.
type entry struct {
	member
	shown string
	depth int // archives that it is in
}

// bundle is an archive whose members can only be read in sequence, with all that
// is below it.
type bundle struct {
	place   place
	name    string
	modTime time.Time
	depth   int
	opt     *Options
	leaves  int
}

// leaf is what a tour stops at: something that is no archive.
type leaf struct {
	entry
	whole  bool    // it is the place itself: there was no archive
	bundle *bundle // nil: it has a place of its own
	index  int     // in the bundle
	text   io.Reader
	format string
	head   []byte
}

// frame is an archive that a tour is in.
type frame struct {
	container
	shown  string
	depth  int
	bundle *bundle
	held   int64 // memory for it
	layers chain // that it is in
	names  map[string]int

	special, repositories int
	kinds                 map[string]int
}

// tour walks through a place and the archives in it, in their order, and stops at
// every leaf.
type tour struct {
	ctx   context.Context
	opt   *Options
	raw   raw
	meter *meter

	frames []*frame
	held   int64
	seen   int   // members
	layers chain // around the leaf that is read
	first  *entry

	problems []Problem
	unsaid   int
	worst    Grade
}

// newTour begins a tour of a place that has a name, and lies in depth archives.
func newTour(ctx context.Context, name string, p place, modTime time.Time, depth int, opt *Options) (*tour, error) {
	r, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	t := &tour{ctx: ctx, opt: opt, raw: r}
	in := &counter{r: inContext{ctx, r}}
	var size int64
	t.meter = newMeter(opt, func() int64 { return max(in.n, size) })
	t.first = &entry{member: member{name: name, modTime: modTime, r: in, place: p, size: -1}, shown: name, depth: depth}
	if s, ok := r.(seekable); ok {
		t.first.at = func() (at io.ReaderAt, n int64, err error) {
			at, n, err = s.at()
			size = n
			return at, n, err
		}
		if _, packed := p.(*span); packed && !seeks(p) {
			t.first.at = nil
		}
	}
	return t, nil
}

// inContext reads until the context ends.
type inContext struct {
	ctx context.Context
	io.Reader
}

func (c inContext) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}

// next returns the next leaf, or nil at the end. It is good until next is called
// again.
func (t *tour) next() *leaf {
	t.layers.close()
	t.layers = nil
	if e := t.first; e != nil {
		t.first = nil
		if l := t.look(*e); l != nil {
			l.whole = true
			return l
		}
	}
	for len(t.frames) > 0 {
		f := t.frames[len(t.frames)-1]
		m, err := f.next()
		if err == nil {
			err = t.ctx.Err()
		}
		if err != nil {
			t.leave(f, err)
			continue
		}
		if l := t.visit(f, m); l != nil {
			return l
		}
	}
	return nil
}

// maxMembers bounds how many members of one place are looked at.
const maxMembers = 1_000_000

// visit looks at a member.
func (t *tour) visit(f *frame, m member) *leaf {
	t.seen++
	switch {
	case t.seen == maxMembers:
		t.say(f.shown, Partial, fmt.Sprintf("there are more than %d members; those after them are not read", maxMembers))
		return nil
	case t.seen > maxMembers:
		return nil
	case m.left == leftDir:
		return nil
	case m.left == leftSpecial:
		f.special++
		return nil
	case inRepository(m.name):
		f.repositories++
		return nil
	}
	e := entry{member: m, shown: f.shown + ":" + f.tell(shownName(m.name)), depth: f.depth}
	if m.broken != "" {
		t.say(e.shown, Unread, m.broken)
		return nil
	}
	l := t.look(e)
	if l == nil {
		return nil
	}
	if kind := notLog(l.head); kind != "" {
		f.kinds[kind]++
		t.layers.close()
		t.layers = nil
		return nil
	}
	return l
}

// tell makes a name that several members have another one for each but the first.
func (f *frame) tell(name string) string {
	for {
		f.names[name]++
		n := f.names[name]
		if n == 1 {
			return name
		}
		name = fmt.Sprintf("%s#%d", name, n)
	}
}

// look opens the layers around an entry. If an archive is inside, the tour goes on
// in there; otherwise it is a leaf.
func (t *tour) look(e entry) *leaf {
	size := sniffSize
	if e.size < 0 || e.size > largeMember {
		size = largeMember
	}
	in := &counter{r: e.r}
	text, layers := unwrap(in, bufio.NewReaderSize(in, size), t.opt, t.meter)
	head, _ := text.Peek(sniffSize)
	if n := len(layers); n > 0 {
		in, e.at = layers[n-1].out, nil
	}
	archive := isTar(head) || isZip(head)
	if archive && e.depth >= t.opt.MaxDepth {
		t.say(e.shown, Unread, fmt.Sprintf("lies in %d archives in one another: it is not opened", e.depth))
		layers.close()
		return nil
	}
	var l *leaf
	if archive {
		if l = t.enter(e, in, text, layers); l == nil {
			return nil
		}
	} else {
		l = t.leaf(e, text, layers)
	}
	l.head = bytes.Clone(head)
	return l
}

func (t *tour) leaf(e entry, text *bufio.Reader, layers chain) *leaf {
	l := &leaf{entry: e, text: steady{text}, format: layers.format()}
	if len(t.frames) > 0 {
		l.bundle = t.frames[len(t.frames)-1].bundle
	}
	if l.bundle != nil {
		l.place = nil
		l.index = l.bundle.leaves
		l.bundle.leaves++
	}
	t.layers = layers
	return l
}

// enter opens the archive that an entry is. What only looks like one is a leaf.
func (t *tour) enter(e entry, in *counter, text *bufio.Reader, layers chain) *leaf {
	f := &frame{shown: e.shown, depth: e.depth + 1, layers: layers, names: map[string]int{}, kinds: map[string]int{}}
	if len(t.frames) > 0 {
		f.bundle = t.frames[len(t.frames)-1].bundle
	}
	var of place
	if f.bundle == nil && e.at != nil && seeks(e.place) {
		of = e.place
	}
	head, _ := text.Peek(tarBlock)
	if isTar(head) {
		f.container = t.tar(e, in, text, of)
	} else {
		f.container, text, f.held = t.zip(e, in, text, of)
	}
	if f.container == nil {
		return t.leaf(e, text, layers)
	}
	if !f.reaches() && f.bundle == nil {
		f.bundle = &bundle{place: e.place, name: e.shown, modTime: e.modTime, depth: e.depth, opt: t.opt}
	}
	t.held += f.held
	t.frames = append(t.frames, f)
	return nil
}

func (t *tour) tar(e entry, in *counter, text *bufio.Reader, of place) container {
	// A pipe is read on while it comes; only what can seek is read by section.
	if e.at != nil && (of != nil || !isPipe(t.raw)) {
		if at, size, err := e.at(); err == nil {
			section := io.NewSectionReader(at, 0, size)
			in = &counter{r: section}
			return newTar(nil, section, in, of, t.opt)
		}
	}
	return newTar(text, nil, in, nil, t.opt)
}

func isPipe(r raw) bool {
	_, ok := r.(*pipeReader)
	return ok
}

// zip opens a zip archive by its list of members, or else by their headers. It
// returns nil for what is none, with a text from the start, and the memory that
// holds it.
func (t *tour) zip(e entry, in *counter, text *bufio.Reader, of place) (container, *bufio.Reader, int64) {
	var at io.ReaderAt
	var size, held int64
	err := io.ErrShortBuffer
	if e.at != nil {
		at, size, err = e.at()
	}
	if err != nil {
		data, whole := t.hold(text)
		in = &counter{r: io.MultiReader(bytes.NewReader(data), text)}
		text = newBuffer(in)
		if whole {
			at, size, held = bytes.NewReader(data), int64(len(data)), int64(len(data))
		}
	}
	var why error = mild(fmt.Sprintf("is a zip archive of more than %d bytes inside another: it was read without its list of members", t.opt.HoldMemory))
	if at != nil {
		z, err := readDirectory(at, size)
		if z != nil {
			return &zipReader{r: at, size: size, files: z.File, of: of, opt: t.opt, meter: t.meter}, nil, held
		}
		why = err
		if err != errLongDirectory {
			why = worded(fmt.Sprintf("is a zip archive whose list of members is missing or damaged: it was read without it (%s)", reason(err)))
		}
	}
	if head, _ := text.Peek(sniffSize); !strings.Contains(string(head), zipLocal) {
		return nil, text, 0
	}
	return &zipScanner{r: text, in: in, opt: t.opt, meter: t.meter, why: why}, nil, held
}

// hold reads what there is into memory, if it fits.
func (t *tour) hold(r io.Reader) (data []byte, whole bool) {
	room := max(t.opt.HoldMemory-t.held, 0)
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, room+1))
	return b.Bytes(), n <= room && err == nil
}

// leave goes back to the archive around one that came to its end.
func (t *tour) leave(f *frame, err error) {
	f.close()
	f.layers.close()
	t.held -= f.held
	t.frames = t.frames[:len(t.frames)-1]
	var nothingLost mild
	switch {
	case err == io.EOF, t.ctx.Err() != nil:
	case errors.As(err, &nothingLost):
		t.say(f.shown, Noted, err.Error())
	default:
		t.say(f.shown, Partial, reason(err))
	}
	if n := len(f.kinds); n > 0 {
		t.say(f.shown, Skipped, "holds members that are not text, which are not read: "+f.counted())
	}
	if f.special > 0 {
		t.say(f.shown, Skipped, fmt.Sprintf("holds links or devices, which are not read: %d", f.special))
	}
	if f.repositories > 0 {
		t.say(f.shown, Skipped, fmt.Sprintf("holds files of version control directories, which are not read: %d", f.repositories))
	}
}

// counted lists the kinds of members that are no logs.
func (f *frame) counted() string {
	var parts []string
	for _, k := range kinds {
		if n := f.kinds[k.name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", k.name, n))
		}
	}
	if n := f.kinds[otherBinary]; n > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", otherBinary, n))
	}
	return strings.Join(parts, ", ")
}

// maxSaid bounds the problems of one archive that are said one by one.
const maxSaid = 100

func (t *tour) say(place string, g Grade, reason string) {
	if len(t.problems) < maxSaid {
		t.problems = append(t.problems, Problem{place, g, reason})
		return
	}
	t.unsaid++
	t.worst = max(t.worst, g)
}

// said returns what was wrong so far, under the name of the whole what is too much.
func (t *tour) said(name string) []Problem {
	if t.unsaid == 0 {
		return t.problems
	}
	return append(t.problems, Problem{name, t.worst, fmt.Sprintf("has more problems like those that are said: %d", t.unsaid)})
}

// close ends a tour, wherever it is.
func (t *tour) close() {
	t.layers.close()
	for _, f := range t.frames {
		f.close()
		f.layers.close()
	}
	t.frames, t.layers = nil, nil
	t.raw.Close()
}

// sniffSize is how much of a member is looked at to find out what it is, and
// largeMember the size from which it is worth a larger buffer.
const (
	sniffSize   = 4 << 10
	largeMember = 64 << 10
)
