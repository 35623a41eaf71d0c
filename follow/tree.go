package follow

import (
	"context"
	"io/fs"
	"path/filepath"
	"time"
)

// Tree tells when something below directories may have changed. It is a hint:
// which file did, if any, is for the caller to see.
type Tree struct {
	wake *wake
	dirs []string
}

// WatchTree watches directories and all that are below them. Where the system
// cannot notify, or runs out of room for it, Wait returns at its time alone.
func WatchTree(dirs []string) *Tree {
	t := &Tree{wake: newWake(), dirs: dirs}
	t.add()
	return t
}

// add watches the directories that are there now, new ones among them.
func (t *Tree) add() {
	for _, dir := range t.dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				t.wake.add(path)
			}
			return nil // what cannot be read is looked at when the time is up
		})
	}
}

// Wait returns when something may have changed since the last Wait began, when a
// time is up, or with the context's error.
func (t *Tree) Wait(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.wake.up:
	case <-timer.C:
	}
	t.wake.take()
	t.add()
	return ctx.Err()
}

// Close ends it.
func (t *Tree) Close() { t.wake.close() }
