package follow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A change in a directory, or in one that was made since, is told; a context that
// ends is too.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	tree := WatchTree([]string{dir})
	defer tree.Close()
	if tree.wake.watcher == nil {
		t.Skip("the system does not notify")
	}
	f := func(change func() error) {
		t.Helper()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := tree.Wait(context.Background(), 10*time.Minute); err != nil || time.Since(began) > 5*time.Minute {
			t.Fatalf("told after %s: %v", time.Since(began), err)
		}
	}
	sub := filepath.Join(dir, "sub")
	f(func() error { return os.WriteFile(filepath.Join(dir, "a"), nil, 0o600) })
	f(func() error { return os.Mkdir(sub, 0o700) })
	f(func() error { return os.WriteFile(filepath.Join(sub, "b"), nil, 0o600) })
	f(func() error { return os.Rename(filepath.Join(sub, "b"), filepath.Join(dir, "a")) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tree.Wait(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
