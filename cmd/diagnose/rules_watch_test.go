package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// heard is what a command wrote, to be waited for.
type heard struct {
	mu   sync.Mutex
	text string
	more chan struct{}
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	h.text += string(p)
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// until waits for a text, and returns what was written up to it.
func (h *heard) until(t *testing.T, want string) string {
	t.Helper()
	late := time.After(5 * time.Minute)
	for {
		h.mu.Lock()
		before, after, found := strings.Cut(h.text, want)
		if found {
			h.text = after
			h.mu.Unlock()
			return before
		}
		text := h.text
		h.mu.Unlock()
		select {
		case <-h.more:
		case <-late:
			t.Fatalf("%q was not written; there is:\n%s", want, text)
		}
	}
}

// A watch tests what changes, by rename too, goes on after a broken file, and ends
// when it is told to.
func TestRulesTestWatch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "shared", "disk.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		// As editors do: aside, then over the old one.
		if err := os.WriteFile(path+"~", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+"~", path); err != nil {
			t.Fatal(err)
		}
	}
	write(file, twinRule)
	out := &heard{more: make(chan struct{}, 1)}
	std := stdio{in: strings.NewReader(""), out: out, err: out, terminal: func(any) bool { return false }, width: func() int { return 0 }, getenv: func(string) string { return "" }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, std, []string{"rules", "test", "--watch", "--rules", dir}) }()
	const ready = "waiting for changes"
	expect := func(lines ...string) {
		t.Helper()
		got := out.until(t, ready)
		for _, l := range lines {
			if !strings.Contains(got, l) {
				t.Errorf("%q is not in:\n%s", l, got)
			}
		}
	}
	expect("2 examples of 1 rule, 0 do not hold")
	write(file, strings.ReplaceAll(twinRule, `log: "disk sdb does answer"`, `log: "ERROR disk sdb does not answer today"`))
	expect("changed: "+file, "example \"b\": must not match, but does at line 1", "2 examples of 1 rule, 1 does not hold")
	write(file, strings.ReplaceAll(twinRule, "signals:", "signalz:"))
	expect("changed: "+file, file+":4:1: unknown key \"signalz\"", "left out until it is mended")
	other := filepath.Join(dir, "fresh", "tape.yaml")
	write(other, strings.ReplaceAll(strings.ReplaceAll(twinRule, "disk sdb", "tape st0"), "system: shared", "system: fresh"))
	expect("changed: "+other, "2 examples of 1 rule, 0 do not hold")
	if err := os.WriteFile(file, []byte(twinRule), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("changed: "+file, "2 examples of 1 rule, 0 do not hold")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	expect("gone: " + other)
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("ended with %d", status)
	}
}
