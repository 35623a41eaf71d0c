package source

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// kept is a place whose text was decoded when its archive was read first, and stays
// in memory.
type kept struct {
	text   string
	err    error // what it ended with, other than io.EOF
	layers string
}

func (k *kept) open(context.Context) (raw, error) {
	r := &keptReader{r: strings.NewReader(k.text), kept: k}
	return r, nil
}
func (k *kept) again() error { return nil }
func (k *kept) close() error { return nil }

type keptReader struct {
	r *strings.Reader
	*kept
}

func (k *keptReader) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if err == io.EOF && k.err != nil {
		err = k.err
	}
	return n, err
}

func (k *keptReader) skipTo(off int64) error {
	_, err := k.r.Seek(off, io.SeekStart)
	return err
}

func (k *keptReader) format() string     { return k.layers }
func (k *keptReader) ended(int64) string { return "" }
func (k *keptReader) Close() error       { return nil }

// bundled is a place that is a member of an archive that can only be read in
// sequence. To open it by itself means to read all that is before it.
type bundled struct {
	bundle *bundle
	index  int
	name   string // to see that it still is the same archive
}

func (b *bundled) again() error { return b.bundle.place.again() }
func (b *bundled) close() error { return nil }

func (b *bundled) open(ctx context.Context) (raw, error) {
	t, err := b.bundle.tour(ctx)
	if err != nil {
		return nil, err
	}
	for l := t.next(); l != nil; l = t.next() {
		if l.index == b.index && l.shown == b.name {
			return &bundledReader{leaf: l, tour: t}, nil
		}
	}
	t.close()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, errGone
}

var errGone = worded("was not found in its archive again: that has changed since it was first read")

func (b *bundle) tour(ctx context.Context) (*tour, error) {
	return newTour(ctx, b.name, b.place, b.modTime, b.depth, b.opt)
}

// bundledReader is a member of a bundle during one pass.
type bundledReader struct {
	leaf *leaf
	tour *tour // nil when it goes on with the next member
	pos  int64
}

func (b *bundledReader) Read(p []byte) (int, error) {
	n, err := b.leaf.text.Read(p)
	b.pos += int64(n)
	return n, err
}

func (b *bundledReader) skipTo(off int64) error {
	n, err := io.CopyN(io.Discard, b.leaf.text, off-b.pos)
	b.pos += n
	return err
}

func (b *bundledReader) format() string     { return b.leaf.format }
func (b *bundledReader) ended(int64) string { return "" }

func (b *bundledReader) Close() error {
	if b.tour != nil {
		b.tour.close()
	}
	return nil
}

// Groups parts streams, which it names by their position, into those that are read
// in one go: each by itself, but for the members of an archive that can only be
// read in sequence. Blocks reads a group.
func Groups(streams []*Stream) [][]int {
	var groups [][]int
	at := map[*bundle]int{}
	for i, s := range streams {
		b, ok := s.place.(*bundled)
		if !ok {
			groups = append(groups, []int{i})
			continue
		}
		if _, known := at[b.bundle]; !known {
			at[b.bundle] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[b.bundle]] = append(groups[at[b.bundle]], i)
	}
	return groups
}

// Blocks reads the streams of one group as Stream.Blocks reads one, one after the
// other in the order of their archive; fn is told which by its position in streams.
// The archive is read once. The error is fn's or the context's; with it the Stats
// are what was handed out so far.
func Blocks(ctx context.Context, streams []*Stream, fn func(stream int, b *Block) error) ([]Stats, error) {
	stats := make([]Stats, len(streams))
	var err error
	if len(streams) > 1 {
		return stats, inOneGo(ctx, streams, stats, fn)
	}
	for i, s := range streams {
		stats[i], err = s.Blocks(ctx, func(b *Block) error { return fn(i, b) })
	}
	return stats, err
}

func inOneGo(ctx context.Context, streams []*Stream, stats []Stats, fn func(int, *Block) error) error {
	wanted := map[int]int{}
	var bundle *bundle
	for i, s := range streams {
		b, ok := s.place.(*bundled)
		if !ok || bundle != nil && b.bundle != bundle {
			return fmt.Errorf("%s: is of another group", s.Name)
		}
		bundle = b.bundle
		wanted[b.index] = i
	}
	var gone error = errGone
	if t, err := bundle.tour(ctx); err != nil {
		gone = err
	} else {
		defer t.close()
		if err := readWanted(ctx, t, streams, wanted, stats, fn); err != nil {
			return err
		}
	}
	for _, i := range wanted {
		stats[i], _ = streams[i].failed(ctx, gone)
	}
	return ctx.Err()
}

// readWanted reads what is wanted of a tour, and takes it off the list. Its error
// is fn's.
func readWanted(ctx context.Context, t *tour, streams []*Stream, wanted map[int]int, stats []Stats, fn func(int, *Block) error) error {
	for len(wanted) > 0 {
		l := t.next()
		if l == nil {
			return nil
		}
		i, ok := wanted[l.index]
		if !ok || streams[i].place.(*bundled).name != l.shown {
			continue
		}
		delete(wanted, l.index)
		s := streams[i]
		p, err := s.beginWith(&bundledReader{leaf: l})
		if err != nil {
			stats[i], err = s.failed(ctx, err)
		} else {
			stats[i], err = s.cut(ctx, p, func(b *Block) error { return fn(i, b) })
			p.close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
