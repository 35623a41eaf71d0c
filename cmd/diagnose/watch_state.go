package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"diagnose/follow"
	"diagnose/incident"
	"diagnose/source"
)

// stateVersion is the shape of what a watcher stores. Another one's is set aside.
const stateVersion = 1

// watchState is what a watcher stores in one commit: how far it has read, what is
// open, and how much of the journal of remembered entries belongs to it.
type watchState struct {
	Version     int                 `json:"version"`
	Saved       time.Time           `json:"saved"`
	Seq         int64               `json:"seq"`
	Since       int64               `json:"since"`
	Checkpoints []follow.Checkpoint `json:"checkpoints"`
	Streams     []streamState       `json:"streams"`
	Book        incident.Book       `json:"incidents"`
	Journal     string              `json:"journal"`      // name of the file
	JournalSize int64               `json:"journalBytes"` // of it that belong to this commit
}

// streamState is what is known of a stream besides its entries.
type streamState struct {
	Name     string           `json:"name"`
	Base     int64            `json:"base"`
	Next     int64            `json:"next"`
	Open     []byte           `json:"open,omitempty"` // text whose entries may go on
	OpenLine int              `json:"openLine"`
	Bytes    int64            `json:"bytes"`
	Lines    int64            `json:"lines"`
	Problems []source.Problem `json:"problems,omitempty"`
}

// journalEntry is a remembered entry in the journal, one JSON line.
type journalEntry struct {
	Stream string    `json:"s"`
	Offset int64     `json:"o"`
	Line   int       `json:"l"`
	Seq    int64     `json:"q"`
	At     time.Time `json:"a"`
	Text   string    `json:"t"`
}

// stateDir is the directory of one watcher, locked while it is open.
type stateDir struct {
	dir      string
	lock     *flock.Flock
	journal  *os.File
	name     string // of the journal
	size     int64
	behind   bool // the journal lacks entries that could not be written
	careless bool // a test that dies by itself only needs no sync
}

const (
	stateFile   = "state.json"
	lockFile    = "lock"
	journalName = "journal-%d.jsonl"
)

// errTaken says that another watcher has the directory.
var errTaken = errors.New("another `diagnose watch` uses this state directory: stop it, or give this one another with --state")

// openState locks the directory and reads what is stored there. What cannot be
// read is set aside, and said in the second result.
func openState(dir string) (*stateDir, *watchState, string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, "", err
	}
	d := &stateDir{dir: dir, lock: flock.New(filepath.Join(dir, lockFile))}
	switch ok, err := d.lock.TryLock(); {
	case err != nil:
		return nil, nil, "", fmt.Errorf("%s: cannot be locked: %w", dir, err)
	case !ok:
		return nil, nil, "", fmt.Errorf("%s: %w", dir, errTaken)
	}
	st, err := d.read()
	said := ""
	if err != nil {
		aside := filepath.Join(dir, fmt.Sprintf("broken-%d.json", time.Now().UnixNano()))
		said = fmt.Sprintf("%s: %v; it is set aside as %s, and following begins anew", filepath.Join(dir, stateFile), err, aside)
		if err := os.Rename(filepath.Join(dir, stateFile), aside); err != nil {
			d.close()
			return nil, nil, "", fmt.Errorf("%s: could not be set aside: %w", dir, err)
		}
		st = nil
	}
	if err := d.openJournal(st); err != nil {
		d.close()
		return nil, nil, "", err
	}
	return d, st, said, nil
}

// read returns what is stored, nil when there is nothing.
func (d *stateDir) read() (*watchState, error) {
	text, err := os.ReadFile(filepath.Join(d.dir, stateFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var st watchState
	if err := json.Unmarshal(text, &st); err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	if st.Version != stateVersion {
		return nil, fmt.Errorf("is of version %d, this program reads %d", st.Version, stateVersion)
	}
	return &st, nil
}

// openJournal opens the journal that a state belongs to, without what was written
// to it after the commit; or a new one.
func (d *stateDir) openJournal(st *watchState) error {
	if st == nil || st.Journal == "" {
		return d.newJournal(1)
	}
	name := filepath.Base(st.Journal) // state files come from disk: no path out of the directory
	f, err := os.OpenFile(filepath.Join(d.dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Truncate(st.JournalSize); err != nil {
		f.Close()
		return err
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		f.Close()
		return err
	}
	d.journal, d.name, d.size = f, name, st.JournalSize
	return nil
}

func (d *stateDir) newJournal(number int) error {
	name := fmt.Sprintf(journalName, number)
	f, err := os.OpenFile(filepath.Join(d.dir, name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	d.journal, d.name, d.size = f, name, 0
	return nil
}

// maxJournalLine bounds what is read of the journal at once: an entry with its
// escapes.
const maxJournalLine = 1 << 20

// replay calls f with each entry of the journal, and returns how many lines were
// damaged.
func (d *stateDir) replay(f func(journalEntry)) (damaged int, err error) {
	if _, err := d.journal.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(io.LimitReader(d.journal, d.size))
	lines.Buffer(make([]byte, 64<<10), maxJournalLine)
	for lines.Scan() {
		var e journalEntry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			damaged++
			continue
		}
		f(e)
	}
	if err := lines.Err(); err != nil {
		return damaged, err
	}
	_, err = d.journal.Seek(0, io.SeekEnd)
	return damaged, err
}

// remember appends an entry to the journal. It counts from the next commit on. After
// an error, which a full disk gives, nothing is appended until the journal has been
// written anew.
func (d *stateDir) remember(e journalEntry) error {
	if d.behind {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	n, err := d.journal.Write(append(line, '\n'))
	d.size += int64(n)
	d.behind = err != nil
	return err
}

// catchUp writes the journal anew if it lacks entries.
func (d *stateDir) catchUp(all func(func(journalEntry) error) error) error {
	if !d.behind {
		return nil
	}
	return d.rewrite(all)
}

// rewrite begins a new journal with what is still remembered. The old one goes
// with the commit after.
func (d *stateDir) rewrite(all func(func(journalEntry) error) error) error {
	var number int
	_, _ = fmt.Sscanf(d.name, journalName, &number)
	old := *d
	if err := d.newJournal(number + 1); err != nil {
		*d = old
		return err
	}
	d.behind = false
	if err := all(d.remember); err != nil {
		d.journal.Close()
		os.Remove(filepath.Join(d.dir, d.name))
		*d = old
		return err
	}
	old.journal.Close()
	return nil
}

// prepare makes a commit: write stores first the journal's bytes, then the state
// that counts them, under its name in one step. It may run in another goroutine;
// entries may be remembered meanwhile, but the journal not be rewritten.
func (d *stateDir) prepare(st *watchState) (write func() error, err error) {
	st.Version, st.Journal, st.JournalSize = stateVersion, d.name, d.size
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(st); err != nil {
		return nil, err
	}
	journal, name, sync := d.journal, d.name, !d.careless
	return func() error {
		if sync {
			if err := journal.Sync(); err != nil {
				return err
			}
		}
		if err := writeAtomically(filepath.Join(d.dir, stateFile), text.Bytes(), sync); err != nil {
			return err
		}
		d.sweep(name)
		return nil
	}, nil
}

// sweep removes the journals of earlier commits, and what a crash left behind.
func (d *stateDir) sweep(current string) {
	old, _ := filepath.Glob(filepath.Join(d.dir, "journal-*.jsonl"))
	half, _ := filepath.Glob(filepath.Join(d.dir, stateFile+".new-*"))
	for _, name := range append(old, half...) {
		if filepath.Base(name) != current {
			os.Remove(name)
		}
	}
}

// writeAtomically replaces a file, so that after a crash it has the old or the new
// text, and neither a part.
func writeAtomically(path string, text []byte, sync bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && sync {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	if !sync {
		return nil
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		// Without it the rename may be lost with the power; where directories cannot be
		// synced, as on Windows, there is nothing to do.
		_ = dir.Sync()
		dir.Close()
	}
	return nil
}

func (d *stateDir) close() {
	if d.journal != nil {
		d.journal.Close()
	}
	_ = d.lock.Unlock()
}
