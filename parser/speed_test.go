package parser

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// speedLogs are logs of the kinds that people have most, some 256 KiB each.
func speedLogs() map[string][]byte {
	kinds := map[string]func(n int) string{
		"cloudstack": func(n int) string {
			return fmt.Sprintf("2024-07-24 04:%02d:%02d,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-%d:job-%d) submit async job %d, details: {a, b}", n/60%60, n%60, n%16, n/9, n)
		},
		"syslog": func(n int) string {
			return fmt.Sprintf("Nov 21 02:%02d:%02d build-%d %s[%d]: request %d was answered in %d ms", n/60%60, n%60, n%3, []string{"cron", "dockerd", "kubelet", "CRON"}[n%4], 800+n%29, n, n%77)
		},
		"sshd": func(n int) string {
			return fmt.Sprintf("Nov 21 02:%02d:%02d build-7 sshd[%d]: Accepted publickey for root from 10.0.0.%d port 50022 ssh2", n/60%60, n%60, 800+n/3, n%250)
		},
		"thread": func(n int) string {
			return fmt.Sprintf("2024-07-24 04:%02d:%02d,193 [worker-%d] INFO  c.example.Service - request %d was answered", n/60%60, n%60, n%7, n)
		},
		"dated": func(n int) string {
			return fmt.Sprintf("2024-07-24 04:%02d:%02d the job %d goes on with step %d", n/60%60, n%60, n/100, n)
		},
		"plain": func(n int) string {
			return fmt.Sprintf("%s object %d of many, and some more words", []string{"compiling", "Linking", "checking", "fetched"}[n%4], n)
		},
		"indented": func(n int) string {
			if n%4 == 0 {
				return fmt.Sprintf("step %d", n)
			}
			return fmt.Sprintf("    value%d of step: %d", n%4, n)
		},
		"spring": func(n int) string {
			return fmt.Sprintf("2024-07-24 04:%02d:%02d.193  INFO 14 --- [nio-8080-exec-%d] c.e.app.Service : request %d was answered", n/60%60, n%60, n%7, n)
		},
	}
	logs := map[string][]byte{}
	for name, line := range kinds {
		var b strings.Builder
		for n := 0; b.Len() < 256<<10; n++ {
			b.WriteString(line(n) + "\n")
		}
		logs[name] = []byte(b.String())
	}
	return logs
}

var speedKinds = []string{"cloudstack", "syslog", "sshd", "thread", "dated", "plain", "indented", "spring"}

// BenchmarkWhole is a parse of every entry.
func BenchmarkWhole(b *testing.B) {
	p, logs := New(), speedLogs()
	for _, kind := range speedKinds {
		text := logs[kind]
		b.Run(kind, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f := p.Finder(Window{Text: text})
				for pos := 0; pos < len(text); {
					end := f.Next(pos)
					p.Parse(text[pos:end], time.Time{})
					pos = end
				}
			}
		})
	}
}

// BenchmarkHits is what a few hits in a log cost: the entry around each.
func BenchmarkHits(b *testing.B) {
	p, logs := New(), speedLogs()
	for _, kind := range speedKinds {
		text := logs[kind]
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				f := p.Finder(Window{Text: text})
				for pos := 10 << 10; pos < len(text); pos += 10 << 10 {
					start, end := f.Bounds(pos)
					p.Parse(text[start:end], time.Time{})
				}
			}
		})
	}
}
