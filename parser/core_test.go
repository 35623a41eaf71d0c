package parser

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
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

// entriesFromTheStart is what a parse of the whole text gives.
func entriesFromTheStart(t *testing.T, p *Parser, text []byte) []Span {
	t.Helper()
	f := p.Finder(Window{Text: text})
	var entries []Span
	for pos := f.First(0); pos < len(text); pos = f.Next(pos) {
		s := f.Span(pos)
		if s.Start != pos || s.End <= pos {
			t.Fatalf("the entry at %d is [%d,%d)", pos, s.Start, s.End)
		}
		s.Gaps = slices.Clone(s.Gaps)
		entries = append(entries, s)
	}
	return entries
}

// The entry around any place is the one that a parse from the beginning gives,
// also when only the text near the place is at hand.
func TestBoundsAgreeWithParseFromTheStart(t *testing.T) {
	p := New()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := []byte(randomStream(r, 200+r.IntN(400)))
		entries := entriesFromTheStart(t, p, text)
		again := p.Finder(Window{Text: text})
		for i, want := range entries {
			if i%3 != 0 && len(entries) > 300 {
				continue
			}
			pos := want.Start + r.IntN(want.End-want.Start)
			for !want.Holds(pos) {
				pos++
			}
			checkSpan(t, text, "fresh finder", seed, pos, fresh(p, text, pos), want)
			checkSpan(t, text, "remembering finder", seed, pos, again.Span(pos), want)
		}
	}
}

// fresh finds the entry around pos with only the text that a block has around it.
func fresh(p *Parser, text []byte, pos int) Span {
	from := max(0, pos-64<<10)
	for from > 0 && text[from-1] != '\n' {
		from--
	}
	to := min(len(text), pos+64<<10)
	for to < len(text) && text[to-1] != '\n' {
		to++
	}
	s := p.Finder(Window{Text: text[from:to]}).Span(pos - from)
	s.Start, s.End, s.Gaps = s.Start+from, s.End+from, slices.Clone(s.Gaps)
	for i := range s.Gaps {
		s.Gaps[i].From, s.Gaps[i].To = s.Gaps[i].From+from, s.Gaps[i].To+from
	}
	return s
}

func checkSpan(t *testing.T, text []byte, who string, seed uint64, pos int, got, want Span) {
	t.Helper()
	if got.Start != want.Start || got.End != want.End || !slices.Equal(got.Gaps, want.Gaps) {
		t.Fatalf("seed %d, %s: the entry around %d is %v, from the start it is %v\n%.300q", seed, who, pos, got, want, text[want.Start:])
	}
}

// Every line is in exactly one entry: the lines of all entries, put back at their
// places, are the lines read.
func TestNoLineIsLost(t *testing.T) {
	p := New()
	for seed := range uint64(20) {
		text := []byte(randomStream(rand.New(rand.NewPCG(seed, 2)), 300))
		back := make([]byte, len(text))
		for _, s := range entriesFromTheStart(t, p, text) {
			own := s.Text(text)
			e := p.Parse(own, time.Time{})
			if rest := own[len(e.Text):]; !bytes.HasPrefix(own, []byte(e.Text)) || len(bytes.Trim(rest, "\r\n")) > 0 || e.Size != len(own) {
				t.Fatalf("the entry at %d lost %q", s.Start, rest)
			}
			for pos := s.Start; pos < s.End; pos++ {
				if s.Holds(pos) {
					if back[pos] != 0 {
						t.Fatalf("seed %d: byte %d is in two entries", seed, pos)
					}
					back[pos], own = own[0], own[1:]
				}
			}
		}
		if !bytes.Equal(back, text) {
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
	for _, lines := range blocks(f) {
		f.Add([]byte(strings.Join(lines, "\n")), 60)
		f.Add([]byte("web-1  | "+strings.Join(lines, "\ndb-1   | x\nweb-1  | ")), 200)
	}
	p := New()
	f.Fuzz(func(t *testing.T, text []byte, pos int) {
		if len(text) == 0 || pos < 0 || pos >= len(text) {
			return
		}
		got := fresh(p, text, pos)
		if got.Start < 0 || got.End > len(text) || !got.Holds(pos) {
			t.Fatalf("the entry around %d is %v of %d bytes", pos, got, len(text))
		}
		p.Parse(got.Text(text), time.Unix(0, 0))
		size := 0
		for _, want := range entriesFromTheStart(t, p, text) {
			size += len(want.Text(text))
			if want.Holds(pos) {
				checkSpan(t, text, "fresh finder", 0, pos, got, want)
			}
		}
		if size != len(text) {
			t.Fatalf("%d bytes are in entries, %d were read", size, len(text))
		}
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
