package parser

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// blocks are the outputs under testdata/multiline, mostly what real programs
// printed: the lines of each by the name of its file.
func blocks(t testing.TB) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/multiline/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no blocks: %v", err)
	}
	out := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".txt")] = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	return out
}

// heads are the lines that begin entries in blocks of more than one.
var heads = map[string][]int{
	"ansible-json":    {1, 2, 3, 4, 13, 14, 15, 16, 26, 27, 29, 30, 31, 32, 33, 34, 35},
	"ansible-yaml":    {1, 2, 3, 4, 13, 27, 28, 35, 36, 53, 54, 70, 71, 72},
	"ansible-old":     {1, 2, 4, 5, 6, 7},
	"terraform":       {1, 2, 9, 10},
	"ansible-debug":   {1, 2, 3, 4, 18, 19, 25, 26, 47, 48, 68, 69, 70},
	"java-juli":       {1, 5, 7},
	"go-deadlock":     {1, 10}, // exit status 2
	"go-nil":          {1, 15},
	"go-recovered":    {1, 10},
	"journald-go":     {1, 15},
	"rust-compile":    {1, 14, 15, 22, 23, 24, 25},
	"psql":            {1, 2, 3, 5, 9, 10, 12},
	"postgres-server": {1, 4, 8},
}

// Every block is one entry, wherever it stands.
func TestBlocks(t *testing.T) {
	p := New()
	for name, lines := range blocks(t) {
		want := heads[name]
		if want == nil {
			want = []int{1}
		}
		for _, around := range [][2]string{{"", ""}, {"some words", "other words"}, {"2026-11-21 02:04:15 INFO begun", "2026-11-21 02:04:16 INFO ended"}} {
			text := strings.Join(lines, "\n") + "\n"
			first := 1
			if around[0] != "" {
				text = around[0] + "\n" + text + around[1] + "\n"
				first = 2
			}
			var got []int
			for _, s := range entriesFromTheStart(t, p, []byte(text)) {
				n := strings.Count(text[:s.Start], "\n") + 1 - first
				if n >= 0 && n < len(lines) {
					got = append(got, n+1)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s below %q: entries begin at lines %d, want %d", name, around[0], got, want)
			}
		}
	}
}

// Lines of one writer go on with one another between those of others.
func TestWritersAreKeptApart(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		p := New()
		text = strings.ReplaceAll(text, "  >", "\n")
		var got []string
		for _, s := range entriesFromTheStart(t, p, []byte(text)) {
			e := p.Parse(s.Text([]byte(text)), time.Time{})
			got = append(got, strings.ReplaceAll(e.Message, "\n", "/"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has the entries %q, want %q", text, got, want)
		}
	}
	// docker compose
	f("web-1  | java.lang.X: a\ndb-1   | ready\nweb-1  | \tat a.B.c(B.java:1)\ndb-1   | \tat d.E.f(E.java:2)\nweb-1  | \tat a.B.d(B.java:3)\n",
		"java.lang.X: a/\tat a.B.c(B.java:1)/\tat a.B.d(B.java:3)", "ready/\tat d.E.f(E.java:2)")
	// syslog: two processes
	f("Nov 21 02:04:15 h a[101]: panic: x\nNov 21 02:04:15 h b[102]: fine\nNov 21 02:04:15 h a[101]: \nNov 21 02:04:15 h a[101]: goroutine 1 [running]:\n"+
		"Nov 21 02:04:15 h b[102]: main.f()\nNov 21 02:04:15 h a[101]: main.g()\n",
		"panic: x//goroutine 1 [running]:/main.g()", "fine", "main.f()")
	// Indented text, and what announces more, goes on with a dump behind a syslog's prefix.
	const head = "Nov 21 02:04:15 h java[101]: 2014-07-24 04:11:08,193 WARN  [cloud.api.ApiServer] (main:null) Task failed! Task record:\n"
	f(head+"Nov 21 02:04:15 h java[101]:    uuid: 8d30\nNov 21 02:04:15 h cron[7]:    uuid: 8d31\nNov 21 02:04:15 h java[101]: errors:\n"+
		"Nov 21 02:04:15 h java[101]:    none\nNov 21 02:04:15 h java[101]: bye\nNov 21 02:04:15 h java[101]:    left: 1\n",
		"Task failed! Task record:/   uuid: 8d30/errors:/   none", "   uuid: 8d31", "bye", "   left: 1")
	// CRI: stdout and stderr
	f("2022-11-04T23:27:51.747589212Z stderr F Traceback (most recent call last):\n2022-11-04T23:27:51.747589213Z stdout F done\n"+
		"2022-11-04T23:27:51.747589214Z stderr F   File \"a.py\", line 1, in f\n2022-11-04T23:27:51.747589215Z stderr F ValueError: x\n",
		"Traceback (most recent call last):/  File \"a.py\", line 1, in f/ValueError: x", "done")
	// A message that is an exception's has a level of its own; the frames go on with it.
	const log4j = "2026-01-31 10:04:30.000 INFO [worker-1] com.acme.Client - batch 9\n2026-01-31 10:05:00.000 ERROR [worker-1] com.acme.Client - java.net.ConnectException: refused\n"
	f(log4j+"2026-01-31 10:05:00.001 ERROR [worker-1] com.acme.Client - \tat a.B.c(B.java:1)\n2026-01-31 10:05:30.000 ERROR [worker-1] com.acme.Client - java.net.ConnectException: refused\n",
		"batch 9", "java.net.ConnectException: refused/\tat a.B.c(B.java:1)", "java.net.ConnectException: refused")
	// Docker Desktop's export.
	const desktop = "2025-12-08 11:23:07.709 | "
	f(desktop+"2025-12-08T05:53:07.700Z  WARN 1 --- [api] [main] c.n.d.s.t.d.RetryableClient : Request failed\n"+desktop+"\n"+desktop+"java.net.ConnectException: Connection refused\n"+
		desktop+"\tat a.B.c(B.java:1)\n"+desktop+"Caused by: java.io.IOException: no\n"+desktop+"bye\n",
		"Request failed//java.net.ConnectException: Connection refused/\tat a.B.c(B.java:1)/Caused by: java.io.IOException: no", "bye")
	// Gradle's report of a failed build, and its message that a thread wrote between.
	f("23:32:58.517 [ERROR] [org.gradle.BuildExceptionReporter] FAILURE: Build failed with an exception.\n23:32:58.518 [DEBUG] [org.gradle.cache.Lock] released\n"+
		"23:32:58.518 [ERROR] [org.gradle.BuildExceptionReporter] * What went wrong:\n23:32:58.519 [ERROR] [org.gradle.BuildExceptionReporter] no\n"+
		"23:32:58.520 [ERROR] [org.gradle.BuildResultLogger] BUILD FAILED\n",
		"FAILURE: Build failed with an exception./* What went wrong:/no", "released", "BUILD FAILED")
	// OpenStack and log4j put the whole head before every line.
	f("2026-11-21 02:04:15.123 2811 ERROR nova.compute [req-1 - - -] boom\n2026-11-21 02:04:15.123 2812 INFO nova.api [req-2 - - -] fine\n"+
		"2026-11-21 02:04:15.124 2811 ERROR nova.compute Traceback (most recent call last):\n2026-11-21 02:04:15.124 2812 ERROR nova.api Traceback (most recent call last):\n"+
		"2026-11-21 02:04:15.124 2811 ERROR nova.compute   File \"a.py\", line 1, in f\n2026-11-21 02:04:15.124 2811 ERROR nova.compute nova.exception.NoValidHost: no\n",
		"boom/Traceback (most recent call last):/  File \"a.py\", line 1, in f/nova.exception.NoValidHost: no", "fine", "Traceback (most recent call last):")
	f("2026-11-21 02:04:15,123 ERROR [pool-1] a.b.C - boom\n2026-11-21 02:04:15,123 INFO [pool-2] a.b.C - fine\n2026-11-21 02:04:15,123 ERROR [pool-1] a.b.C - \tat a.B.c(B.java:1)\n",
		"boom/\tat a.B.c(B.java:1)", "fine")
	// Text that names no writer is the line's above, or nobody's.
	f("web-1  | a\n\tindented\nplain\nweb-1  | \tat a.B.c(B.java:1)\n", "a/\tindented/\tat a.B.c(B.java:1)", "plain")
	// Too much of others between.
	other := strings.Repeat("db-1   | x\n", maxGapLines+1)
	texts := slices.Repeat([]string{"x"}, maxGapLines+1)
	f("web-1  | a\n"+other+"web-1  | \tat a.B.c(B.java:1)\n", append(append([]string{"a"}, texts...), "\tat a.B.c(B.java:1)")...)
	f("web-1  | a\n"+other[len("db-1   | x\n"):]+"web-1  | \tat a.B.c(B.java:1)\n", append([]string{"a/\tat a.B.c(B.java:1)"}, texts[1:]...)...)
}

// prefixes put before each line say who wrote it.
var prefixes = []string{"", "", "web-1  | ", "db-1   | ", "Nov 21 02:04:15 host sshd[17041]: ", "Nov 21 02:04:15 host job[812]: ", "Nov 21 02:04:15 host job[813]: ",
	"2022-11-04T23:27:51.747589212Z stderr F ", "2022-11-04T23:27:51.747589212Z stdout F ", "2026-11-21 02:04:15.123 2811 ERROR nova.compute [req-1] "}

// writer prints blocks and single lines behind one prefix.
type writer struct {
	prefix string
	lines  []string
}

// next is the writer's next line.
func (w *writer) next(r *rand.Rand, all [][]string) string {
	if len(w.lines) == 0 {
		w.lines = lineKinds
		if r.IntN(3) > 0 {
			w.lines = all[r.IntN(len(all))]
		}
		from := 0
		if r.IntN(3) == 0 {
			from = r.IntN(len(w.lines))
		}
		to := len(w.lines)
		if r.IntN(3) == 0 {
			to = from + 1 + r.IntN(to-from)
		}
		w.lines = w.lines[from:to]
	}
	line := w.prefix + w.lines[0]
	w.lines = w.lines[1:]
	return line
}

// randomWriters is a stream of several writers, cut into pieces of each.
func randomWriters(r *rand.Rand, lines int, all [][]string) string {
	var b strings.Builder
	writers := make([]*writer, 1+r.IntN(4))
	for i := range writers {
		writers[i] = &writer{prefix: prefixes[r.IntN(len(prefixes))]}
	}
	most := 1 + r.IntN(100)
	for n := 0; n < lines; {
		w := writers[r.IntN(len(writers))]
		for range 1 + r.IntN(most) {
			line := w.next(r, all)
			switch r.IntN(500) {
			case 0:
				line += strings.Repeat("x", r.IntN(2*MaxEntry))
			case 1:
				line = strings.Repeat(line+"\n", 1+r.IntN(900))
			}
			b.WriteString(line)
			b.WriteByte('\n')
			n++
		}
	}
	return b.String()
}

func TestBoundsOfWritersAgreeWithParseFromTheStart(t *testing.T) {
	p := New()
	var all [][]string
	byName := blocks(t)
	var names []string
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, byName[name])
	}
	apart := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		text := []byte(randomWriters(r, 150+r.IntN(300), all))
		entries := entriesFromTheStart(t, p, text)
		owners := 0
		again := p.Finder(Window{Text: text})
		for _, want := range entries {
			owners += len(want.Text(text))
			apart += len(want.Gaps)
			if r.IntN(3) > 0 {
				continue
			}
			pos := want.Start + r.IntN(want.End-want.Start)
			for !want.Holds(pos) {
				pos++
			}
			checkSpan(t, text, "fresh finder", seed, pos, fresh(p, text, pos), want)
			checkSpan(t, text, "remembering finder", seed, pos, again.Span(pos), want)
		}
		if owners != len(text) {
			t.Fatalf("seed %d: entries hold %d of %d bytes", seed, owners, len(text))
		}
	}
	if apart == 0 {
		t.Error("no entry was in several pieces")
	}
}

// What a program prints when it crashes is trouble; a diff and other output is not.
func TestCrashesAreTrouble(t *testing.T) {
	p := New()
	quiet := map[string]bool{"rust-compile": true, "ansible-json": true, "ansible-yaml": true, "ansible-debug": true}
	for name, lines := range blocks(t) {
		text := []byte(strings.Join(lines, "\n"))
		trouble := false
		for _, s := range entriesFromTheStart(t, p, text) {
			e := p.Parse(s.Text(text), time.Time{})
			trouble = trouble || e.Trouble
			if e.Trouble && strings.HasPrefix(e.Message, "--- ") {
				t.Errorf("%s: a diff is trouble", name)
			}
		}
		if !trouble && !quiet[name] {
			t.Errorf("%s is no trouble", name)
		}
	}
	for _, text := range []string{"2026-11-21 02:04:15 INFO done\n\tat a.B.c(B.java:1)", "/srv/a.js:3", "------", "web/deploy.rb:3:in `f': fine"} {
		if e := p.Parse([]byte(text), time.Time{}); e.Trouble {
			t.Errorf("%q is trouble", text)
		}
	}
}
