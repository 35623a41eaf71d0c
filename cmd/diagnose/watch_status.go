package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// statusLine is the last line of a terminal, which says how the watcher stands. What
// is printed through it goes above.
type statusLine struct {
	mu    sync.Mutex
	out   io.Writer
	shown bool
}

const clearLine = "\r\x1b[K"

// Write prints above the status line, which comes again with the next tick.
func (s *statusLine) Write(p []byte) (int, error) {
	s.clear()
	return s.out.Write(p)
}

func (s *statusLine) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		io.WriteString(s.out, clearLine)
		s.shown = false
	}
}

func (s *statusLine) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	io.WriteString(s.out, clearLine+text)
	s.shown = true
}

// showStatus says on a terminal what is followed and what is open.
func (w *watcher) showStatus(now time.Time) {
	if w.status == nil {
		return
	}
	behind := int64(0)
	stats := w.follower.Stats()
	for _, s := range stats {
		behind += s.Lag
	}
	text := fmt.Sprintf("%s  following %d files, %d incidents open", now.Format("15:04:05"), len(stats), len(w.book.Open))
	if w.std.language(w.o.lang) == "zh" {
		text = fmt.Sprintf("%s  正在跟踪 %d 个文件，%d 个故障未结束", now.Format("15:04:05"), len(stats), len(w.book.Open))
	}
	if behind > 0 {
		text += fmt.Sprintf(", %d KiB behind", (behind+1023)>>10)
	}
	if width := w.std.width(); width > 0 && len(text) >= width {
		return
	}
	w.status.show(text)
}
