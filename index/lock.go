package index

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// lock is a lock that the operating system takes away when the process ends.
type lock struct{ file *os.File }

func (l lock) unlock() {
	if l.file != nil {
		l.file.Close()
	}
}

// lockShared locks a file that need not be there: where the index is read-only
// and has none, nobody writes.
func lockShared(ctx context.Context, name string, wait time.Duration) (lock, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return lock{}, nil
	}
	if err != nil {
		return lock{}, err
	}
	return waitFor(ctx, f, wait, false)
}

// lockAlone locks a file, which it makes.
func lockAlone(ctx context.Context, name string, wait time.Duration) (lock, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return lock{}, err
	}
	return waitFor(ctx, f, wait, true)
}

// Between two tries to lock.
const (
	firstPause = time.Millisecond
	maxPause   = 50 * time.Millisecond
)

// waitFor tries to lock until it has waited long enough.
func waitFor(ctx context.Context, f *os.File, wait time.Duration, alone bool) (lock, error) {
	waited := time.Duration(0)
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		got, err := tryLock(f, alone)
		if got {
			return lock{f}, nil
		}
		if err == nil && waited >= wait {
			err = ErrBusy
		}
		if err == nil {
			t := time.NewTimer(pause)
			select {
			case <-ctx.Done():
				err = ctx.Err()
			case <-t.C:
			}
			t.Stop()
			waited += pause
		}
		if err != nil {
			f.Close()
			return lock{}, err
		}
	}
}
