package notify

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Outbox keeps the notices for one receiver until they are delivered, in a file
// that is only appended to: what comes in, and the keys of what is done. It is safe
// for concurrent use.
type Outbox struct {
	path string
	opt  OutboxOptions

	mu      sync.Mutex
	file    *os.File
	size    int64
	waiting []Notice
	bytes   int64 // of waiting
	keys    []string
	known   map[string]bool
	dropped int64
	more    chan struct{}
}

// OutboxOptions bound an outbox. A zero field means its default.
type OutboxOptions struct {
	Notices int   // that wait; default 10,000
	Bytes   int64 // of them; default 64 MiB
	NoSync  bool  // for tests that do not pull the plug
}

// record is a line of the file.
type record struct {
	Notice *Notice  `json:"notice,omitempty"`
	Done   []string `json:"done,omitempty"`
}

// maxKeys is how many keys are remembered, to know a notice that comes again.
const maxKeys = 10_000

// OpenOutbox opens the outbox at path, or begins it. damaged counts lines that
// could not be read; they are left out.
func OpenOutbox(path string, opt OutboxOptions) (o *Outbox, damaged int, err error) {
	if opt.Notices == 0 {
		opt.Notices = 10_000
	}
	if opt.Bytes == 0 {
		opt.Bytes = 64 << 20
	}
	o = &Outbox{path: path, opt: opt, known: map[string]bool{}, more: make(chan struct{}, 1)}
	if damaged, err = o.load(); err != nil {
		return nil, damaged, err
	}
	// What is read is written anew: done notices and damaged lines go.
	if err := o.rewrite(); err != nil {
		return nil, damaged, err
	}
	return o, damaged, nil
}

func (o *Outbox) load() (damaged int, err error) {
	f, err := os.Open(o.path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var r record
			switch {
			case err != nil || json.Unmarshal(line, &r) != nil:
				damaged++ // the end of a file whose writer was killed, among others
			case r.Notice != nil:
				o.take(*r.Notice)
			default:
				for _, key := range r.Done {
					o.remember(key)
				}
				o.remove(r.Done)
			}
		}
		if err != nil {
			return damaged, nil
		}
	}
}

// take puts a notice among those that wait. A repeat is left out.
func (o *Outbox) take(n Notice) bool {
	if o.known[n.Key] {
		return false
	}
	o.remember(n.Key)
	o.waiting = append(o.waiting, n)
	o.bytes += size(&n)
	for len(o.waiting) > o.opt.Notices || o.bytes > o.opt.Bytes && len(o.waiting) > 1 {
		o.bytes -= size(&o.waiting[0])
		o.waiting = slices.Delete(o.waiting, 0, 1)
		o.dropped++
	}
	return true
}

func (o *Outbox) remember(key string) {
	if o.known[key] {
		return
	}
	o.known[key] = true
	o.keys = append(o.keys, key)
	if n := len(o.keys) - maxKeys; n > 0 {
		for _, k := range o.keys[:n] {
			delete(o.known, k)
		}
		o.keys = slices.Delete(o.keys, 0, n)
	}
}

// size is about how many bytes a notice takes.
func size(n *Notice) int64 {
	total := len(n.Text) + len(n.Cause) + len(n.Title) + 500
	for _, s := range slices.Concat(n.Evidence, n.Fix) {
		total += len(s)
	}
	return int64(total)
}

func (o *Outbox) remove(keys []string) {
	o.waiting = slices.DeleteFunc(o.waiting, func(n Notice) bool {
		if slices.Contains(keys, n.Key) {
			o.bytes -= size(&n)
			return true
		}
		return false
	})
}

// Add keeps notices until they are delivered. When it returns without an error
// they are on disk.
func (o *Outbox) Add(list []Notice) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var fresh []record
	for i := range list {
		if o.take(list[i]) {
			fresh = append(fresh, record{Notice: &list[i]})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.write(fresh)
}

// next returns the notices to deliver next, and how many wait.
func (o *Outbox) next(most int) (list []Notice, waiting int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.waiting[:min(most, len(o.waiting))]), len(o.waiting)
}

// done takes out what was delivered or given up.
func (o *Outbox) done(list []Notice) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var keys []string
	for _, n := range list {
		keys = append(keys, n.Key)
	}
	o.remove(keys)
	if o.size > 2*o.opt.Bytes || o.size > 1<<20 && len(o.waiting) == 0 {
		return o.rewrite()
	}
	return o.write([]record{{Done: keys}})
}

// Waiting returns how many notices wait, and how many were dropped because there
// were too many.
func (o *Outbox) Waiting() (waiting int, dropped int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting), o.dropped
}

func (o *Outbox) write(list []record) error {
	var b strings.Builder
	for _, r := range list {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	n, err := o.file.WriteString(b.String())
	o.size += int64(n)
	if err == nil && !o.opt.NoSync {
		err = o.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	return nil
}

// rewrite begins the file anew with what still counts.
func (o *Outbox) rewrite() error {
	f, err := os.CreateTemp(filepath.Dir(o.path), filepath.Base(o.path)+".new-*")
	if err != nil {
		return err
	}
	old := o.file
	o.file, o.size = f, 0
	records := []record{{Done: slices.DeleteFunc(slices.Clone(o.keys), func(k string) bool {
		return slices.ContainsFunc(o.waiting, func(n Notice) bool { return n.Key == k })
	})}}
	for i := range o.waiting {
		records = append(records, record{Notice: &o.waiting[i]})
	}
	if err = o.write(records); err == nil {
		err = os.Rename(f.Name(), o.path)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		o.file = old
		return err
	}
	if old != nil {
		old.Close()
	}
	return nil
}

// Close closes the file. What waits is delivered by the next run.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.file.Close()
}
