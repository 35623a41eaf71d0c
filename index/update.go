package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
)

// Corpus is where incidents come from.
type Corpus struct {
	Name  string // which corpus it is; the index of another one is replaced
	Stamp string // changes when an incident is added or removed, empty if not known
	// Items lists the incidents; their stamps change when their files may have.
	Items func() ([]Item, error)
	// Load reads one.
	Load func(id string) (Document, error)
}

// Item is one incident of a corpus, unread.
type Item struct{ ID, Stamp string }

// Change is what an update did.
type Change struct {
	Added, Changed, Removed int
	Rebuilt                 string // why everything was written anew, empty if not
	// Unread are incidents that could not be loaded, with the reasons; the index
	// holds what it held of them before.
	Unread []error
}

// maxUnread bounds the reasons that are kept.
const maxUnread = 20

// Bounds of changing an index in place: beyond them it is built anew beside the
// old one, which is faster and leaves one segment.
const (
	manyChanges = 500
	manyShare   = 5 // a fifth
)

// Update brings the index in dir up to date with the corpus, and makes it where
// there is none that can be used, or where fresh says so. It waits for other
// writers at most that long, and for readers when it changes the index in place.
func Update(ctx context.Context, dir string, c Corpus, wait time.Duration, fresh bool) (Change, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Change{}, err
	}
	build, err := lockAlone(ctx, filepath.Join(dir, buildFile), wait)
	if err != nil {
		return Change{}, err
	}
	defer build.unlock()
	u := &update{ctx: ctx, dir: dir, corpus: c, wait: wait}
	u.sweep()
	items, err := c.Items()
	if err != nil {
		return Change{}, err
	}
	u.items = items
	gen, old, why := u.present(fresh)
	if why == "" {
		todo := u.compare(old)
		if todo.none() && old.Stamp == c.Stamp && !old.Open {
			return u.change, nil
		}
		if n := todo.size(); n > manyChanges || n > 10 && n*manyShare > len(items) {
			why = fmt.Sprintf("%d of %d incidents changed", n, len(items))
		} else if err := u.inPlace(gen, old, todo); !errors.Is(err, ErrDamaged) {
			return u.change, err
		} else {
			why = err.Error()
		}
	}
	u.change = Change{Rebuilt: why}
	return u.change, u.rebuild()
}

type update struct {
	ctx    context.Context
	dir    string
	corpus Corpus
	wait   time.Duration
	items  []Item
	change Change
}

// present is the index that is there, or why it cannot be used.
func (u *update) present(fresh bool) (gen string, s *state, why string) {
	gen, err := current(u.dir)
	switch {
	case errors.Is(err, ErrNone):
		return "", nil, "there was none"
	case err != nil:
		return "", nil, err.Error()
	case fresh:
		return "", nil, "it was asked for"
	}
	s, err = readState(gen)
	switch {
	case err != nil:
		return "", nil, fmt.Sprintf("%v: %v", ErrDamaged, err)
	case s.Version != version:
		return "", nil, fmt.Sprintf("it was of version %d, this is %d", s.Version, version)
	case s.Corpus != u.corpus.Name:
		return "", nil, "it was of another corpus"
	}
	if err := s.intact(filepath.Join(gen, storeDir)); err != nil {
		return "", nil, err.Error()
	}
	return gen, s, ""
}

// todo is how a corpus differs from its index.
type todo struct {
	load   []Item   // new, or with another stamp
	remove []string // ids
}

func (t todo) size() int  { return len(t.load) + len(t.remove) }
func (t todo) none() bool { return t.size() == 0 }

func (u *update) compare(s *state) todo {
	var t todo
	there := make(map[string]bool, len(u.items))
	for _, item := range u.items {
		there[item.ID] = true
		if e, ok := s.entries[item.ID]; !ok || e.hash == "" || e.stamp != item.Stamp {
			t.load = append(t.load, item)
		}
	}
	for id := range s.entries {
		if !there[id] {
			t.remove = append(t.remove, id)
		}
	}
	slices.Sort(t.remove)
	return t
}

// inPlace changes the store that readers read, alone.
func (u *update) inPlace(gen string, s *state, t todo) error {
	var docs []Document
	for _, item := range t.load {
		d, ok := u.load(item)
		if !ok {
			continue
		}
		e, known := s.entries[item.ID]
		if hash := d.Hash(); hash == e.hash {
			s.entries[item.ID] = entry{item.Stamp, hash} // its file was touched only
			continue
		}
		if known {
			u.change.Changed++
		} else {
			u.change.Added++
		}
		docs = append(docs, d)
		s.entries[item.ID] = entry{item.Stamp, ""}
	}
	u.change.Removed = len(t.remove)
	lock, err := lockAlone(u.ctx, filepath.Join(u.dir, lockFile), u.wait)
	if err != nil {
		return err
	}
	defer lock.unlock()
	if len(docs)+len(t.remove) > 0 {
		// What will be in the store is in the state first: nothing stays in the one
		// that the other does not know of.
		s.Open = true
		if err := s.write(gen); err != nil {
			return err
		}
		if err := writeStore(filepath.Join(gen, storeDir), docs, t.remove); err != nil {
			return err
		}
	}
	for _, id := range t.remove {
		delete(s.entries, id)
	}
	stamps := map[string]string{}
	for _, item := range t.load {
		stamps[item.ID] = item.Stamp
	}
	for i := range docs {
		s.entries[docs[i].ID] = entry{stamps[docs[i].ID], docs[i].Hash()}
	}
	return u.finish(gen, s)
}

// finish writes the state of a store that is closed.
func (u *update) finish(gen string, s *state) error {
	var err error
	if s.Files, err = sizes(filepath.Join(gen, storeDir)); err != nil {
		return err
	}
	s.Open, s.Corpus, s.Stamp = false, u.corpus.Name, u.corpus.Stamp
	if len(u.change.Unread) > 0 {
		s.Stamp = "" // to be tried again
	}
	return s.write(gen)
}

// load reads an incident; one that cannot be read is noted. What a file calls
// itself does not count: the item's id is the key.
func (u *update) load(item Item) (Document, bool) {
	d, err := u.corpus.Load(item.ID)
	if err != nil {
		if len(u.change.Unread) < maxUnread {
			u.change.Unread = append(u.change.Unread, err)
		}
		return d, false
	}
	d.ID = item.ID
	return d, true
}

// writeStore adds and removes in one step that either happened or did not.
func writeStore(store string, docs []Document, remove []string) error {
	return guarded(func() error {
		s, err := openStore(store, false)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		batch := bleve.NewBatch()
		for i := range docs {
			add(batch, &docs[i])
		}
		for _, id := range remove {
			batch.Delete(id)
		}
		return errors.Join(s.Batch(batch), s.Close())
	})
}

// rebuild makes a new generation and lets it count.
func (u *update) rebuild() error {
	gen, err := os.MkdirTemp(u.dir, genPrefix)
	if err != nil {
		return err
	}
	s := &state{entries: make(map[string]entry, len(u.items))}
	err = guarded(func() error { return u.buildStore(gen, s) })
	if err == nil {
		u.change.Added = len(s.entries)
		err = u.finish(gen, s)
	}
	if err == nil {
		err = replaceFile(filepath.Join(u.dir, currentFile), func(w *bufio.Writer) { w.WriteString(filepath.Base(gen) + "\n") })
	}
	if err != nil {
		os.RemoveAll(gen)
		return err
	}
	u.sweep()
	return nil
}

// Bounds of the builder: documents in one segment, segments merged at once.
const mergeMax = 20

func (u *update) buildStore(gen string, s *state) error {
	store := filepath.Join(gen, storeDir)
	var b *scorch.Builder
	for _, item := range u.items {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		if _, twice := s.entries[item.ID]; twice || strings.ContainsAny(item.ID+item.Stamp, "\t\n") {
			continue
		}
		d, ok := u.load(item)
		if !ok {
			continue
		}
		if b == nil {
			var err error
			config := map[string]any{"path": store, "buildPathPrefix": gen, "batchSize": batchSize, "mergeMax": mergeMax}
			if b, err = scorch.NewBuilder(config); err != nil {
				return err
			}
		}
		if err := b.Index(d.stored()); err != nil {
			return err
		}
		s.entries[item.ID] = entry{item.Stamp, d.Hash()}
	}
	if b != nil {
		return b.Close()
	}
	empty, err := openStore(store, false) // the builder makes no store of nothing
	if err != nil {
		return err
	}
	return empty.Close()
}

// sweep removes generations that do not count. Readers may still read the one
// that just ceased to: then it stays for the next sweep.
func (u *update) sweep() {
	lock, err := lockAlone(u.ctx, filepath.Join(u.dir, lockFile), 0)
	if err != nil {
		return
	}
	defer lock.unlock()
	gen, err := current(u.dir)
	if err != nil && !errors.Is(err, ErrNone) && !errors.Is(err, ErrDamaged) {
		return
	}
	list, _ := os.ReadDir(u.dir)
	for _, e := range list {
		name := e.Name()
		if (strings.HasPrefix(name, genPrefix) || strings.HasPrefix(name, ".new-")) && filepath.Join(u.dir, name) != gen {
			os.RemoveAll(filepath.Join(u.dir, name))
		}
	}
}
