package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Ext is what the files of incidents end with.
const Ext = ".md"

// maxFiles bounds the incidents of one directory.
const maxFiles = 1_000_000

// Store is a directory of incidents, one file each, named by its id. Files are
// written aside and renamed, so that a reader sees a whole one; who changes one
// that another process changed meanwhile is told.
type Store struct{ dir string }

// Open returns the store in a directory, which need not be there yet.
func Open(dir string) Store { return Store{dir} }

// Dir is the store's directory.
func (s Store) Dir() string { return s.dir }

// Path is the file of an incident; id is a valid one.
func (s Store) Path(id string) string { return filepath.Join(s.dir, id+Ext) }

// ErrNone is there being no such incident.
var ErrNone = errors.New("there is no such incident")

// ErrThere is there being one of that id already.
var ErrThere = errors.New("there is one of that id already")

// ErrChanged is somebody else having changed an incident meanwhile.
var ErrChanged = errors.New("somebody else changed it meanwhile")

// All reads every incident, in order of their ids. What cannot be read is among
// the problems, and the rest is there. Files that are no incidents by their names
// (README.md, hidden ones) are left out.
func (s Store) All() (list []*Incident, problems []error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{err}
	}
	seen := map[string]string{}
	for i, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, Ext) || strings.HasPrefix(name, ".") || strings.EqualFold(name, "README.md") {
			continue
		}
		if i >= maxFiles {
			problems = append(problems, Problem{Place: s.dir, Reason: fmt.Sprintf("has more than %d files: the rest was not read", maxFiles)})
			break
		}
		in, _, err := readIncident(filepath.Join(s.dir, name))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if other := seen[in.ID]; other != "" {
			problems = append(problems, Problem{Place: filepath.Join(s.dir, name), Reason: fmt.Sprintf("id %q is that of %s too", in.ID, other)})
			continue
		}
		seen[in.ID] = filepath.Join(s.dir, name)
		if name != in.ID+Ext {
			problems = append(problems, Problem{Place: filepath.Join(s.dir, name), Reason: fmt.Sprintf("holds id %q: its name must be %s", in.ID, in.ID+Ext)})
			continue
		}
		list = append(list, in)
	}
	return list, problems
}

// readIncident reads one file, unless it is too large or no file.
func readIncident(place string) (*Incident, []byte, error) {
	info, err := os.Stat(place)
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, Problem{Place: place, Reason: "is not a file"}
	case info.Size() > MaxFile:
		return nil, nil, Problem{Place: place, Reason: fmt.Sprintf("has %d bytes; an incident may have %d", info.Size(), MaxFile)}
	}
	text, err := os.ReadFile(place)
	if err != nil {
		return nil, nil, err
	}
	in, err := Parse(place, text)
	return in, text, err
}

// Get reads one incident, with the text of its file.
func (s Store) Get(id string) (*Incident, []byte, error) {
	if !ValidID(id) {
		return nil, nil, fmt.Errorf("%q is no id: %w", id, ErrNone)
	}
	in, text, err := readIncident(s.Path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s: %w", id, ErrNone)
	}
	if err == nil && in.ID != id {
		err = Problem{Place: s.Path(id), Reason: fmt.Sprintf("holds id %q", in.ID)}
	}
	return in, text, err
}

// Add writes a new incident; ErrThere when there is one of its id.
func (s Store) Add(in *Incident) error {
	text, err := in.Marshal()
	if err != nil {
		return err
	}
	temp, err := s.aside(text)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	err = os.Link(temp, s.Path(in.ID))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without links: looking first is the next best.
		if _, none := os.Lstat(s.Path(in.ID)); errors.Is(none, fs.ErrNotExist) {
			err = os.Rename(temp, s.Path(in.ID))
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", in.ID, ErrThere)
	}
	return err
}

// Replace writes an incident whose file was was; ErrChanged when it is not any more.
func (s Store) Replace(in *Incident, was []byte) error {
	text, err := in.Marshal()
	if err != nil {
		return err
	}
	temp, err := s.aside(text)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	now, err := os.ReadFile(s.Path(in.ID))
	if err != nil {
		return err
	}
	if !bytes.Equal(now, was) {
		return fmt.Errorf("%s: %w", in.ID, ErrChanged)
	}
	return os.Rename(temp, s.Path(in.ID))
}

// Remove deletes an incident.
func (s Store) Remove(id string) error {
	if !ValidID(id) {
		return fmt.Errorf("%q is no id: %w", id, ErrNone)
	}
	err := os.Remove(s.Path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", id, ErrNone)
	}
	return err
}

// aside writes text to a new file of the directory and makes sure that it is on
// the disk.
func (s Store) aside(text []byte) (string, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// NewID returns the id of an incident: the day, a word or three, and a sum of what
// it holds. on is the day of one that has no time. The same incident gets the same
// id.
func NewID(in *Incident, on time.Time) string {
	at := in.Time
	if at.IsZero() {
		at = on
	}
	words := in.Title
	if len(in.Rules) > 0 {
		words = in.Rules[0][strings.LastIndexByte(in.Rules[0], '/')+1:]
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00%q\x00%q\x00%s", in.Title, in.Time.UTC().Format(time.RFC3339Nano), in.Rules, in.IDs, in.Fix)
	for _, e := range in.Evidence {
		fmt.Fprintf(sum, "\x00%s\x00%d\x00%s", e.File, e.Line, e.Text)
	}
	id := at.UTC().Format("20060102")
	if s := slug(words); s != "" {
		id += "-" + s
	}
	return id + "-" + hex.EncodeToString(sum.Sum(nil))[:6]
}

// slug is what of words can stand in an id, 40 bytes at most.
func slug(words string) string {
	parts := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	out := ""
	for _, p := range parts {
		if len(out)+1+len(p) > 40 {
			break
		}
		out = strings.TrimPrefix(out+"-"+p, "-")
	}
	return out
}

// Sort puts incidents in order of their ids.
func Sort(list []*Incident) {
	slices.SortFunc(list, func(a, b *Incident) int { return strings.Compare(a.ID, b.ID) })
}
