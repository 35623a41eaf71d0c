package follow

import (
	"path/filepath"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// wake tells which files may have changed. Notifications are only hints: what they
// miss, the next poll finds.
type wake struct {
	up      chan struct{}
	watcher *fsnotify.Watcher
	watched map[string]bool

	mu    sync.Mutex
	files map[string]bool
	all   bool
	dirs  bool // a directory's listing changed
}

// maxWatched bounds the directories that the system watches for us.
const maxWatched = 4096

func newWake() *wake {
	w := &wake{up: make(chan struct{}, 1), watched: map[string]bool{}, files: map[string]bool{}, all: true}
	watcher, err := fsnotify.NewBufferedWatcher(1024)
	if err != nil {
		return w // no notifications: polling does it
	}
	w.watcher = watcher
	go w.listen()
	return w
}

func (w *wake) listen() {
	for {
		select {
		case ev, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			w.mu.Lock()
			if len(w.files) < maxStreams {
				w.files[filepath.Clean(ev.Name)] = true
			} else {
				w.all = true
			}
			if ev.Has(fsnotify.Create) || ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename) {
				w.dirs, w.all = true, true
			}
			w.mu.Unlock()
			w.signal()
		case _, ok := <-w.watcher.Errors:
			if !ok {
				return
			}
			w.everything() // the queue ran over
		}
	}
}

func (w *wake) signal() {
	select {
	case w.up <- struct{}{}:
	default:
	}
}

// add watches a directory. One that was replaced has to be watched anew, which
// costs nothing when it was not.
func (w *wake) add(dir string) {
	if w.watcher == nil || !w.watched[dir] && len(w.watched) >= maxWatched {
		return
	}
	if w.watcher.Add(dir) == nil {
		w.watched[dir] = true
	}
}

func (w *wake) everything() {
	w.mu.Lock()
	w.all, w.dirs = true, true
	w.mu.Unlock()
}

// again puts a stream among those that are looked at in the next turn.
func (w *wake) again(name string) {
	w.mu.Lock()
	w.files[name] = true
	w.mu.Unlock()
}

// listed reports whether a directory changed since it was asked last.
func (w *wake) listed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed := w.dirs
	w.dirs = false
	return changed
}

// dirty is what changed.
type dirty struct {
	files map[string]bool
	all   bool
}

func (w *wake) take() dirty {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := dirty{w.files, w.all}
	w.files, w.all = map[string]bool{}, false
	return d
}

func (d dirty) has(s *stream) bool {
	if d.all || d.files[s.name] {
		return true
	}
	for _, g := range s.queue {
		if d.files[g.path] {
			return true
		}
	}
	return len(s.late) > 0 && d.all
}

func (w *wake) close() {
	if w.watcher != nil {
		w.watcher.Close()
	}
}
