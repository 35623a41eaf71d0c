package index

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// version is that of what the index holds; an index of another one is made
// again. It changes with the words, the fields and the features.
const version = 3

// The files of an index:
//
//	lock      readers hold it shared, whoever changes files that they read holds it alone
//	build     whoever writes holds it
//	current   the name of the generation that counts
//	g-*       a generation: state and store; others than the current one are left-overs
//
// Renaming current is the one moment at which another generation counts, so
// that a process that is killed leaves the old state or the new one.
const (
	lockFile    = "lock"
	buildFile   = "build"
	currentFile = "current"
	genPrefix   = "g-"
	stateFile   = "state"
	storeDir    = "store"
)

// ErrNone is no index, or one that cannot be used: Update makes it.
var ErrNone = errors.New("there is no index yet")

// ErrBusy is that another process holds the index for longer than was waited.
var ErrBusy = errors.New("another process is writing the index")

// state is what an index knows of the corpus that it was made of: the first line
// of the state file, then one line for each incident.
type state struct {
	Version int              `json:"version"`
	Corpus  string           `json:"corpus"` // Corpus.Name
	Stamp   string           `json:"stamp"`  // Corpus.Stamp when it was made
	Count   int              `json:"count"`
	Open    bool             `json:"open"`  // a change began: Files is not what they are
	Files   map[string]int64 `json:"files"` // names and sizes in the store

	entries map[string]entry
}

// entry is what the index knows of one incident. An empty hash is one that is
// perhaps in the store and is to be written again.
type entry struct{ stamp, hash string }

// readHead reads the first line of a state.
func readHead(gen string) (*state, error) {
	f, err := os.Open(filepath.Join(gen, stateFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseHead(bufio.NewReaderSize(f, 4096))
}

// maxHead bounds the first line of a state, in bytes.
const maxHead = 1 << 20

func parseHead(r *bufio.Reader) (*state, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxHead {
			return nil, fmt.Errorf("%s: %w", stateFile, err)
		}
	}
	s := &state{entries: map[string]entry{}}
	if err := json.Unmarshal(line, s); err != nil {
		return nil, fmt.Errorf("%s: %w", stateFile, err)
	}
	return s, nil
}

func readState(gen string) (*state, error) {
	f, err := os.Open(filepath.Join(gen, stateFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	s, err := parseHead(r)
	if err != nil {
		return nil, err
	}
	for {
		line, err := r.ReadString('\n')
		if err == io.EOF && line == "" {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: it ends in the middle", stateFile)
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s: %q is no entry", stateFile, cutText(line, 60))
		}
		s.entries[fields[0]] = entry{fields[1], fields[2]}
	}
	if len(s.entries) != s.Count {
		return nil, fmt.Errorf("%s: %d entries, want %d", stateFile, len(s.entries), s.Count)
	}
	return s, nil
}

// write replaces the state file of a generation.
func (s *state) write(gen string) error {
	s.Version, s.Count = version, len(s.entries)
	head, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(gen, stateFile), func(w *bufio.Writer) {
		w.Write(head)
		w.WriteByte('\n')
		for id, e := range s.entries {
			w.WriteString(id + "\t" + e.stamp + "\t" + e.hash + "\n")
		}
	})
}

// replaceFile writes a file beside name and renames it.
func replaceFile(name string, fill func(*bufio.Writer)) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fill(w)
	err = errors.Join(w.Flush(), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// sizes lists the files of a store.
func sizes(store string) (map[string]int64, error) {
	out := map[string]int64{}
	list, err := os.ReadDir(store)
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		out[e.Name()] = info.Size()
	}
	return out, err
}

// intact compares a store with what its state says of it. A store in which a
// change began is as the storage engine left it, which survives being killed.
func (s *state) intact(store string) error {
	got, err := sizes(store)
	if err != nil {
		return err
	}
	if s.Open {
		return nil
	}
	for name, size := range s.Files {
		if have, ok := got[name]; !ok {
			return fmt.Errorf("%w: %s is missing", ErrDamaged, name)
		} else if have != size {
			return fmt.Errorf("%w: %s has %d bytes, not %d", ErrDamaged, name, have, size)
		}
	}
	return nil
}

// current returns the generation that counts, ErrNone where there is none.
func current(dir string) (string, error) {
	name, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNone
	}
	if err != nil {
		return "", err
	}
	gen := strings.TrimSpace(string(name))
	if !strings.HasPrefix(gen, genPrefix) || gen != filepath.Base(gen) {
		return "", fmt.Errorf("%w: %s names no generation", ErrDamaged, currentFile)
	}
	return filepath.Join(dir, gen), nil
}

// boltTimeout bounds waiting for the storage engine's own lock, which nobody
// holds whom our lock does not keep out.
const boltTimeout = "500ms"

func openStore(store string, readOnly bool) (bleveStore, error) {
	queue := bleveQueue()
	s, err := scorch.NewScorch(scorch.Name, map[string]any{"path": store, "read_only": readOnly, "bolt_timeout": boltTimeout}, queue)
	if err == nil {
		err = s.Open()
	}
	if err != nil {
		queue.Close()
		return bleveStore{}, err
	}
	return bleveStore{s, queue}, nil
}

// Open opens the index in dir for reading and waits for a writer at most that
// long. Fresh reports whether the index was made of the corpus as it is by
// stamp; one that was not still answers.
func Open(ctx context.Context, dir, stamp string, wait time.Duration) (r *Reader, fresh bool, err error) {
	lock, err := lockShared(ctx, filepath.Join(dir, lockFile), wait)
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if r == nil {
			lock.unlock()
		}
	}()
	gen, err := current(dir)
	if err != nil {
		return nil, false, err
	}
	head, err := readHead(gen)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if head.Version != version {
		return nil, false, fmt.Errorf("%w: it is of version %d, this is %d", ErrNone, head.Version, version)
	}
	store := filepath.Join(gen, storeDir)
	if err := head.intact(store); err != nil {
		return nil, false, err
	}
	err = guarded(func() error {
		s, err := openStore(store, true)
		if err == nil {
			r, err = newReader(s, lock.unlock)
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err != nil {
		return nil, false, err
	}
	return r, !head.Open && head.Stamp == stamp && stamp != "", nil
}
