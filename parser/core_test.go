package parser

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// kinds of lines that a random stream is made of: heads that absorb and that do
// not, continuations, plain text.
var lineKinds = []string{
	"2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Executing",
	"2019-03-01 10:00:00,123 WARN  [c.c.a.m.AgentManagerImpl] (AgentTaskPool-1:ctx-0a0a0a0a) (logid:5fa4d6ef) Agent is disconnected",
	"java.lang.RuntimeException: no",
	"\tat com.cloud.vm.VirtualMachineManagerImpl.stop(VirtualMachineManagerImpl.java:1500)",
	"Caused by: java.net.ConnectException: refused",
	"\t... 12 more",
	"instanceType: null, instanceId: 940, cmd: com.cloud.api.commands.DestroyVMCmd",
	"",
	"curl: (6) Could not resolve host: bkrepo.example",
	"Nov 21 02:04:15 host sshd[17041]: Accepted publickey for root from 10.0.0.1 port 22 ssh2",
	"[2024-05-30 11:09:00 ERROR] [3803009] 命令返回非零值: exit_status -> 6",
	"[script] request agent config file(s)",
	"fatal: [web1]: UNREACHABLE! => {\"changed\": false, \"msg\": \"x\"}",
	"    \"changed\": false,",
	"}",
	"some plain words",
	"TASK [Gathering Facts] ****",
	"ssh: connect to host h port 22: Connection refused\r",
	"\x1b[1;31mfatal: [web2]: FAILED! => {}\x1b[0m",
	"debug1: Connecting to h",
}

func randomStream(r *rand.Rand, lines int) string {
	var b strings.Builder
	run := 0
	kind := 0
	for range lines {
		// Runs of one kind make long entries and long stretches without a head.
		if run == 0 {
			kind, run = r.IntN(len(lineKinds)), 1+r.IntN(4)
			if r.IntN(40) == 0 {
				run = 1200
			}
		}
		run--
		line := lineKinds[kind]
		if r.IntN(300) == 0 {
			line += strings.Repeat("x", r.IntN(2*MaxEntry))
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	text := b.String()
	if r.IntN(2) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	return text
}

// The entry around any place is the one that a parse from the beginning gives,
// also when only the text near the place is at hand.
func TestBoundsAgreeWithParseFromTheStart(t *testing.T) {
	p := New()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := []byte(randomStream(r, 200+r.IntN(400)))
		whole := p.Finder(Window{Text: text})
		type bounds struct{ start, end int }
		var entries []bounds
		for pos := 0; pos < len(text); {
			end := whole.Next(pos)
			if end <= pos {
				t.Fatalf("seed %d: entry at %d ends at %d", seed, pos, end)
			}
			entries = append(entries, bounds{pos, end})
			pos = end
		}
		fresh := func(pos int) (start, end int) {
			from := max(0, pos-64<<10)
			for from > 0 && text[from-1] != '\n' {
				from--
			}
			to := min(len(text), pos+64<<10)
			for to < len(text) && text[to-1] != '\n' {
				to++
			}
			s, e := p.Finder(Window{Text: text[from:to]}).Bounds(pos - from)
			return s + from, e + from
		}
		again := p.Finder(Window{Text: text})
		for i, want := range entries {
			if i%3 != 0 && len(entries) > 300 {
				continue
			}
			pos := want.start + r.IntN(want.end-want.start)
			if s, e := fresh(pos); s != want.start || e != want.end {
				t.Fatalf("seed %d: entry around %d is [%d,%d), from the start it is [%d,%d)\n%.200q", seed, pos, s, e, want.start, want.end, text[want.start:])
			}
			if s, e := again.Bounds(pos); s != want.start || e != want.end {
				t.Fatalf("seed %d: remembering finder: entry around %d is [%d,%d), want [%d,%d)", seed, pos, s, e, want.start, want.end)
			}
		}
	}
}

// The lines of all entries joined are the lines read.
func TestNoLineIsLost(t *testing.T) {
	p := New()
	for seed := range uint64(20) {
		text := []byte(randomStream(rand.New(rand.NewPCG(seed, 2)), 300))
		f := p.Finder(Window{Text: text})
		var joined strings.Builder
		for pos := 0; pos < len(text); {
			end := f.Next(pos)
			e := p.Parse(text[pos:end], time.Time{})
			joined.WriteString(e.Text)
			joined.Write(text[pos+len(e.Text) : end])
			if rest := text[pos+len(e.Text) : end]; strings.Trim(string(rest), "\r\n") != "" {
				t.Fatalf("entry at %d lost %q", pos, rest)
			}
			pos = end
		}
		if joined.String() != string(text) {
			t.Fatalf("seed %d: joined entries differ from the text", seed)
		}
	}
}

func TestResolveYear(t *testing.T) {
	f := func(line, ref, want string) {
		t.Helper()
		at, err := time.Parse("2006-01-02", ref)
		if err != nil {
			t.Fatal(err)
		}
		e := New().Parse([]byte(line+" host sshd[1]: x"), at)
		if got := e.Time.Format("2006-01-02"); got != want || !e.TimeInferred {
			t.Errorf("%q before %s is %s (inferred %v), want %s", line, ref, got, e.TimeInferred, want)
		}
	}
	f("Nov 21 02:04:15", "2026-11-21", "2026-11-21")
	f("Dec 31 23:59:59", "2026-01-01", "2025-12-31")
	f("Jan  1 00:00:00", "2025-12-31", "2026-01-01") // a day ahead is clock skew
	f("Jan  3 00:00:01", "2025-12-31", "2025-01-03")
	f("Feb 29 12:00:00", "2026-03-01", "2024-02-29")
	f("Feb 29 12:00:00", "2024-03-01", "2024-02-29")
	if e := New().Parse([]byte("Nov 21 02:04:15 host sshd[1]: x"), time.Time{}); !e.Time.IsZero() {
		t.Errorf("without a reference the time is %v", e.Time)
	}
}

func FuzzBounds(f *testing.F) {
	for _, k := range lineKinds {
		f.Add([]byte(k+"\n"+lineKinds[3]), 0)
	}
	p := New()
	f.Fuzz(func(t *testing.T, text []byte, pos int) {
		if len(text) == 0 || pos < 0 || pos >= len(text) {
			return
		}
		s, e := p.Finder(Window{Text: text}).Bounds(pos)
		if s > pos || e <= pos || s < 0 || e > len(text) {
			t.Fatalf("bounds of %d are [%d,%d) of %d", pos, s, e, len(text))
		}
		p.Parse(text[s:e], time.Unix(0, 0))
	})
}

func BenchmarkParse(b *testing.B) {
	p := New()
	for i, line := range lineKinds[:2] {
		b.Run(fmt.Sprint(i), func(b *testing.B) {
			text := []byte(line + "\n")
			b.ReportAllocs()
			for b.Loop() {
				p.Parse(text, time.Time{})
			}
		})
	}
}
