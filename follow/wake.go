package follow

import (
	"errors"
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
	trouble error // why not everything is notified of

	mu sync.Mutex
	changes
}

// changes are what was notified of since it was asked for last.
type changes struct {
	files map[string]bool
	dirs  bool // a directory's listing changed
	all   bool // anything may have changed
}

// maxWatched bounds the directories that the system watches for us.
const maxWatched = 4096

func newWake() *wake {
	w := quietWake()
	watcher, err := fsnotify.NewBufferedWatcher(1024)
	if err != nil {
		w.trouble = err // polling does it
		return w
	}
	w.watcher = watcher
	go w.listen()
	return w
}

// quietWake has no notifications.
func quietWake() *wake {
	return &wake{up: make(chan struct{}, 1), watched: map[string]bool{}, changes: changes{files: map[string]bool{}, all: true, dirs: true}}
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
				w.dirs = true
			}
			w.mu.Unlock()
		case _, ok := <-w.watcher.Errors:
			if !ok {
				return
			}
			w.everything() // the queue ran over
		}
		select {
		case w.up <- struct{}{}:
		default:
		}
	}
}

// add watches a directory. One that was replaced has to be watched anew, which
// costs little when it was not.
func (w *wake) add(dir string) {
	if w.watcher == nil {
		return
	}
	if !w.watched[dir] && len(w.watched) >= maxWatched {
		w.trouble = errors.New("there are too many directories")
		return
	}
	if err := w.watcher.Add(dir); err == nil {
		w.watched[dir] = true
	} else if full(err) {
		w.trouble = err
	}
}

// everything makes the next look one at all files and directories.
func (w *wake) everything() {
	w.mu.Lock()
	w.all, w.dirs = true, true
	w.mu.Unlock()
}

func (w *wake) take() changes {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.changes
	w.changes = changes{files: map[string]bool{}}
	return c
}

func (w *wake) close() {
	if w != nil && w.watcher != nil {
		w.watcher.Close()
	}
}
