package filter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// found is one call of hit.
type found struct{ pos, literal int }

func scanAll(f *Filter, text []byte, from, to int) []found {
	var all []found
	f.Scan(text, from, to, func(pos, literal int) { all = append(all, found{pos, literal}) })
	return all
}

// lower folds ASCII letters and nothing else; bytes.ToLower would fold K (Kelvin) too.
func lower(text []byte) []byte {
	folded := bytes.Clone(text)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return folded
}

// bruteForce is what Scan promises, said with bytes.Index.
func bruteForce(literals [][]byte, text []byte, from, to int) []found {
	var all []found
	folded := lower(text)
	for i, literal := range literals {
		literal = lower(literal)
		for p := max(from, 0); p < min(to, len(text)); p++ {
			at := bytes.Index(folded[p:], literal)
			if at < 0 {
				break
			}
			if p += at; p < to {
				all = append(all, found{p, i})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		if a.pos != b.pos {
			return a.pos - b.pos
		}
		return a.literal - b.literal
	})
	return all
}

func byteSlices(words ...string) [][]byte {
	var all [][]byte
	for _, w := range words {
		all = append(all, []byte(w))
	}
	return all
}

func TestScan(t *testing.T) {
	f := func(literals []string, text string, want ...found) {
		t.Helper()
		filter, err := New(byteSlices(literals...), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := scanAll(filter, []byte(text), 0, len(text)); !slices.Equal(got, want) {
			t.Errorf("%q in %q:\n got %v\nwant %v", literals, text, got, want)
		}
	}
	f(nil, "whatever text")
	f([]string{"Connection refused"}, "")
	f([]string{"Connection refused"}, "conn")
	f([]string{"Connection refused"}, "Connection refused", found{0, 0})
	f([]string{"Connection refused"}, "CONNECTION REFUSED", found{0, 0})
	f([]string{"CONNECTION REFUSED"}, "ssh: connection refused", found{5, 0})
	f([]string{"Connection refused"}, "Connection refuse")
	f([]string{"Connection refused"}, "onnection refused")
	f([]string{"Connection refused"}, "\x00\xff Connection refused\x00", found{3, 0})

	// Overlaps, of one literal with itself and with others.
	f([]string{"aaaaaaaaa"}, "aaaaaaaaaaaa", found{0, 0}, found{1, 0}, found{2, 0}, found{3, 0})
	f([]string{"abababababa"}, "ababababababa", found{0, 0}, found{2, 0})
	f([]string{"host is down", "ost is down, HA", "host is down, HA"}, "host is down, ha",
		found{0, 0}, found{0, 2}, found{1, 1})
	f([]string{"permission denied", "permission", "sion denied"}, "Permission Denied",
		found{0, 0}, found{0, 1}, found{6, 2})

	// A long literal is found later than a short one that starts behind it.
	long := strings.Repeat("x", 300) + "the rare end of it"
	f([]string{long, "xxxxxxxxxthe rare"}, long, found{0, 0}, found{291, 1})

	// Equal literals are all reported.
	f([]string{"no route to host", "No Route To Host", "no route to host"}, "no route to host",
		found{0, 0}, found{0, 1}, found{0, 2})

	f([]string{"主机不可达", "命令执行失败"}, "错误: 命令执行失败, 主机不可达", found{8, 1}, found{28, 0})
	f([]string{"first\nsecond"}, "a FIRST\nSECOND", found{2, 0})
	f([]string{"first\nsecond"}, "a first*second") // '\n' and '*' differ in one bit

	// Short literals narrow the stride.
	f([]string{"E1234", "longer literal text"}, "E1234e1234 longer literal text", found{0, 0}, found{5, 0}, found{11, 1})
}

func TestFoldsLettersOnly(t *testing.T) {
	filter, err := New(byteSlices("text[@^~0-\n\r]"), nil)
	if err != nil {
		t.Fatal(err)
	}
	// Every byte in the place of every byte of the literal: equal, or a letter's other case.
	literal := []byte("text[@^~0-\n\r]")
	for i := range literal {
		for c := range 256 {
			text := bytes.Clone(literal)
			text[i] = byte(c)
			want := bytes.Equal(lower(text), literal)
			if got := len(scanAll(filter, text, 0, len(text))) == 1; got != want {
				t.Errorf("%q as %q: found %v, want %v", literal, text, got, want)
			}
		}
	}
	for _, pair := range []string{"[{", "@`", "\\|", "^~", "]}", "_\x7f", "\n*", "\x00 ", "Éé", "ſs", "\u212ak"} {
		a, b := []rune(pair)[0], []rune(pair)[1]
		filter, err := New(byteSlices("literal "+string(a)), nil)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte("literal " + string(b))
		if got := scanAll(filter, text, 0, len(text)); len(got) > 0 {
			t.Errorf("%q was taken for %q", b, a)
		}
	}
}

func TestErrors(t *testing.T) {
	f := func(literals [][]byte, want string) {
		t.Helper()
		if _, err := New(literals, nil); err == nil || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
	f(byteSlices("long enough", "four"), `filter: literal 1 "four" has 4 bytes, needs 5 or more`)
	f(byteSlices(""), `filter: literal 0 "" has 0 bytes, needs 5 or more`)
	f(make([][]byte, MaxLiterals+1), "filter: 1048577 literals, at most 1048576 are possible")
}

func TestStride(t *testing.T) {
	f := func(shortest, want int) {
		t.Helper()
		filter, err := New(byteSlices("a literal of usual length", strings.Repeat("z", shortest)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if filter.Stride() != want {
			t.Errorf("shortest literal %d: stride %d, want %d", shortest, filter.Stride(), want)
		}
	}
	f(5, 1)
	f(6, 2)
	f(7, 3)
	f(8, 4)
	f(9, 5)
	f(60, 5)
}

// TestAgainstBruteForce draws texts and literals from small alphabets, so that
// overlaps, shared grams and false candidates abound, and scans pieces of the text.
func TestAgainstBruteForce(t *testing.T) {
	alphabets := []string{"a", "ab", "aB[{", "abcdefgh \n", "主机a", "the Host is down 0123", "\x00\x00\x00\x00\x00\x00\x00 a"}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		alphabet := alphabets[r.IntN(len(alphabets))]
		draw := func(n int) []byte {
			b := make([]byte, n)
			for i := range b {
				b[i] = alphabet[r.IntN(len(alphabet))]
			}
			return b
		}
		text := draw(r.IntN(400))
		shortest := MinLen + r.IntN(8)
		var literals [][]byte
		for range 1 + r.IntN(20) {
			n := shortest + r.IntN(12)
			if start := r.IntN(len(text) + 1); r.IntN(2) == 0 && start+n <= len(text) {
				literals = append(literals, bytes.Clone(text[start:start+n]))
			} else {
				literals = append(literals, draw(n))
			}
		}
		var sample []byte
		if r.IntN(2) == 0 {
			sample = text
		}
		filter, err := New(literals, sample)
		if err != nil {
			t.Fatal(err)
		}
		if r.IntN(4) == 0 {
			filter = filter.Resample(draw(200))
		}
		if r.IntN(4) == 0 {
			literals = append(literals, draw(shortest))
			if filter, err = filter.For(literals); err != nil {
				t.Fatal(err)
			}
		}
		from, to := r.IntN(len(text)+1), r.IntN(len(text)+20)-5
		if r.IntN(2) == 0 {
			from, to = -1, len(text)+1
		}
		got, want := scanAll(filter, text, from, to), bruteForce(literals, text, from, to)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d, %d to %d of %q, literals %q:\n got %v\nwant %v", seed, from, to, text, literals, got, want)
		}
	}
}

// TestHoles holds that a hole of NULs costs no candidates though blanks do, and that
// what begins in it, ends in it or consists of it is found.
func TestHoles(t *testing.T) {
	hole := make([]byte, 1<<20)
	text := slices.Concat([]byte("begins     here"), hole, []byte("     ends"), hole[:97], []byte("x"), hole[:6])
	f := func(want int, literals ...string) {
		t.Helper()
		filter, err := New(byteSlices(literals...), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []found
		candidates := filter.Scan(text, 0, len(text), func(pos, literal int) { got = append(got, found{pos, literal}) })
		if all := bruteForce(byteSlices(literals...), text, 0, len(text)); !slices.Equal(got, all) {
			t.Errorf("%q: got %v, want %v", literals, got, all)
		}
		if len(got) != want || !strings.Contains(literals[0], "\x00") && candidates > 100 {
			t.Errorf("%q: %d occurrences, want %d; %d candidates", literals, len(got), want, candidates)
		}
		// The text that is scanned may end in the hole.
		for _, to := range []int{1000, len(hole) / 2, len(hole)} {
			got = nil
			filter.Scan(text, 0, to, func(pos, literal int) { got = append(got, found{pos, literal}) })
			if all := bruteForce(byteSlices(literals...), text, 0, to); !slices.Equal(got, all) {
				t.Errorf("%q before %d: got %v, want %v", literals, to, got, all)
			}
		}
	}
	f(2, "     here", "     ends")
	f(0, "            ")
	f(1, "\x00     ends")
	f(1, "here\x00\x00\x00\x00\x00\x00")
	f(1, "s\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
}

// TestOnLogText checks text and literals as they really are, in pieces of any size.
func TestOnLogText(t *testing.T) {
	literals := testLiterals(300, 9)
	text := logText(200_000, literals, 20)
	want := bruteForce(literals, text, 0, len(text))
	if len(want) < 20 {
		t.Fatalf("the text holds %d occurrences only", len(want))
	}
	filter, err := New(literals, text[:50_000])
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []int{1, 7, 237, 4096, len(text)} {
		var got []found
		for from := 0; from < len(text); from += piece {
			got = append(got, scanAll(filter, text, from, from+piece)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("in pieces of %d: %d occurrences, want %d", piece, len(got), len(want))
		}
	}
}

func TestConcurrentScans(t *testing.T) {
	literals := testLiterals(100, 9)
	text := logText(600_000, literals, 50)
	filter, err := New(literals, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := scanAll(filter, text, 0, len(text))
	guard := NewGuard(filter)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 3 {
				var got []found
				guard.Scan(text, 0, len(text), func(pos, literal int) { got = append(got, found{pos, literal}) })
				if !slices.Equal(got, want) {
					t.Errorf("%d occurrences, want %d", len(got), len(want))
				}
			}
		})
	}
	wait.Wait()
}

func TestScanDoesNotAllocate(t *testing.T) {
	literals := testLiterals(1000, 9)
	text := logText(100_000, literals, 10)
	filter, err := New(literals, text)
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	hit := func(pos, literal int) { hits++ }
	if n := testing.AllocsPerRun(10, func() { filter.Scan(text, 0, len(text), hit) }); n != 0 || hits == 0 {
		t.Errorf("%v allocations a scan, %d hits", n, hits)
	}
}

func TestGuardAdapts(t *testing.T) {
	// Without a sample the window falls on what the second text is full of.
	literals := byteSlices("quartz zebra jumped over a long tail of ordinary words")
	plain := bytes.Repeat([]byte("an ordinary line about nothing at all\n"), 10_000)
	hostile := bytes.Repeat([]byte("quartz zebra jumped, long tail of ordinary words\n"), 40_000)
	filter, err := New(literals, plain)
	if err != nil {
		t.Fatal(err)
	}
	guard := NewGuard(filter)
	none := func(pos, literal int) { t.Errorf("literal %d found at %d", literal, pos) }
	perMB := func(text []byte) int { return guard.Scan(text, 0, len(text), none) << 20 / len(text) }

	if n := perMB(hostile); n <= MaxCandidates || guard.Resampled() != 0 {
		t.Errorf("the beginning: %d candidates/MB, resampled %d times", n, guard.Resampled())
	}
	if n := perMB(bytes.Repeat(plain, firstRest/len(plain)+1)); n > MaxCandidates || guard.Resampled() != 0 {
		t.Errorf("plain text: %d candidates/MB, resampled %d times", n, guard.Resampled())
	}
	if n := perMB(hostile); n <= MaxCandidates || guard.Resampled() != 1 {
		t.Errorf("hostile text: %d candidates/MB, resampled %d times", n, guard.Resampled())
	}
	if n := perMB(hostile); n > MaxCandidates || guard.Resampled() != 1 {
		t.Errorf("hostile text again: %d candidates/MB, resampled %d times", n, guard.Resampled())
	}
	if guard.Filter().Len() != 1 {
		t.Errorf("%d literals after resampling", guard.Filter().Len())
	}
}

// TestGuardGivesUp: where no choice of windows helps, one attempt is made, and none
// when such text comes again: the filter has seen it in its sample. Much worse text is
// worth another.
func TestGuardGivesUp(t *testing.T) {
	flood := bytes.Repeat([]byte("it is on every line, and it goes on and on for a long while\n"), guardSpan/60+1)
	worse := bytes.Repeat([]byte("on every line\n"), guardSpan/14+1)
	calm := bytes.Repeat([]byte("no trouble\n"), guardSpan/11+1)
	filter, err := New(byteSlices("on every line"), nil)
	if err != nil {
		t.Fatal(err)
	}
	guard := NewGuard(filter)
	f := func(text []byte, blocks, wantHits, wantResampled int) {
		t.Helper()
		hits := 0
		for range blocks {
			guard.Scan(text, 0, len(text), func(pos, literal int) { hits++ })
		}
		if hits != wantHits || guard.Resampled() != wantResampled {
			t.Errorf("%d hits, resampled %d times, want %d and %d", hits, guard.Resampled(), wantHits, wantResampled)
		}
	}
	lines, more := guardSpan/60+1, guardSpan/14+1
	f(flood, 100, 100*lines, 1)
	f(calm, 1, 0, 1)
	f(flood, 100, 100*lines, 1)
	f(calm, 1, 0, 1)
	f(worse, 100, 100*more, 2)
}

// TestGuardRests: a text to which the windows never suit for long is not sampled
// anew at every change.
func TestGuardRests(t *testing.T) {
	filter, err := New(byteSlices("first half, other half"), nil)
	if err != nil {
		t.Fatal(err)
	}
	guard := NewGuard(filter)
	halves := [][]byte{
		bytes.Repeat([]byte("first half, otter\n"), guardSpan/18+1),
		bytes.Repeat([]byte("worst half, other half\n"), guardSpan/23+1),
		bytes.Repeat([]byte("nothing to be seen\n"), guardSpan/19+1),
	}
	for i := range 600 {
		guard.Scan(halves[i%3], 0, len(halves[i%3]), func(pos, literal int) { t.Error("a hit") })
	}
	if n := guard.Resampled(); n < 1 || n > 9 {
		t.Errorf("resampled %d times in 150 MiB", n)
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("ssh: connect to host a port 22: Connection refused"), []byte("connect t\xffonnection refus"), uint16(0), uint16(60))
	f.Add([]byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), []byte("aaaaa\xffaaaaaaaaaaaaa"), uint16(3), uint16(9))
	f.Add([]byte("主机不可达, 命令执行失败 [@{`"), []byte("命令执行失败\xff[@{`["), uint16(0), uint16(99))
	f.Fuzz(func(t *testing.T, text, joined []byte, from, to uint16) {
		var literals [][]byte
		for literal := range bytes.SplitSeq(joined, []byte{0xff}) {
			if len(literal) >= MinLen {
				literals = append(literals, literal)
			}
		}
		for _, sample := range [][]byte{nil, text} {
			filter, err := New(literals, sample)
			if err != nil {
				t.Fatal(err)
			}
			got, want := scanAll(filter, text, int(from), int(to)), bruteForce(literals, text, int(from), int(to))
			if !slices.Equal(got, want) {
				t.Fatalf("%d to %d of %q, literals %q:\n got %v\nwant %v", from, to, text, literals, got, want)
			}
		}
	})
}

func ExampleFilter_Scan() {
	literals := [][]byte{[]byte("Connection refused"), []byte("No route to host")}
	f, err := New(literals, nil)
	if err != nil {
		panic(err)
	}
	text := []byte("ssh: connect to host 10.0.0.1 port 22: connection refused\n")
	f.Scan(text, 0, len(text), func(pos, literal int) {
		fmt.Printf("%s at %d\n", literals[literal], pos)
	})
	// Output: Connection refused at 39
}
