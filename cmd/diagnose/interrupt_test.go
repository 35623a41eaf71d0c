package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// silent is a standard input to which nothing comes until the end.
type silent struct{ asked, end chan struct{} }

func (s silent) Read([]byte) (int, error) {
	close(s.asked)
	<-s.end
	return 0, io.EOF
}

// Commands that read standard input end when they are interrupted, also while nothing comes.
func TestInterruptedWhileStandardInputIsSilent(t *testing.T) {
	for _, args := range [][]string{{"rules", "new"}, {"corpus", "import", "--corpus", t.TempDir()}} {
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			in := silent{asked: make(chan struct{}), end: make(chan struct{})}
			defer close(in.end)
			var said strings.Builder
			std := stdio{in: in, out: io.Discard, err: &said, terminal: func(any) bool { return false }, width: func() int { return 0 }, getenv: func(string) string { return "" }}
			ctx, stop := context.WithCancel(context.Background())
			status := make(chan int, 1)
			go func() { status <- run(ctx, std, args) }()
			<-in.asked
			stop()
			select {
			case s := <-status:
				if s != exitWrong || !strings.Contains(said.String(), "interrupted") {
					t.Errorf("exit status %d, %q", s, said.String())
				}
			case <-time.After(5 * time.Minute):
				t.Fatal("it goes on waiting for standard input")
			}
		})
	}
}

func TestInterruptibleHandsOutEverything(t *testing.T) {
	text, err := io.ReadAll(interruptible{context.Background(), strings.NewReader(strings.Repeat("line\n", 5000))})
	if err != nil || len(text) != 25000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
