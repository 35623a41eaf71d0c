package parser

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

const partStamp = "2022-11-04T23:27:51.747589212Z "

// cutLine writes a line in parts of the sizes, the last of which has the rest.
func cutLine(line string, wrap func(part string, last bool) string, sizes ...int) string {
	var b strings.Builder
	for _, n := range sizes {
		n = min(n, len(line))
		b.WriteString(wrap(line[:n], false) + "\n")
		line = line[n:]
	}
	return b.String() + wrap(line, true) + "\n"
}

func inCRI(stream string) func(string, bool) string {
	return func(part string, last bool) string {
		if last {
			return partStamp + stream + " F " + part
		}
		return partStamp + stream + " P " + part
	}
}

func inGitLab() func(string, bool) string {
	mark := " "
	return func(part string, _ bool) string {
		line := "2025-01-01T10:00:00.123456Z 01E" + mark + part
		mark = "+"
		return line
	}
}

func inFluentBit(part string, last bool) string {
	mark := map[bool]string{true: "F", false: "P"}[last]
	return `{"date":1667604471.747589,"stream":"stderr","_p":"` + mark + `","log":` + asJSON(part) + `}`
}

func inDocker(part string, last bool) string {
	if last {
		part += "\n"
	}
	return `{"log":` + asJSON(part) + `,"stream":"stderr","time":"2022-11-04T23:27:51.747589212Z"}`
}

func asJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// parsed are the entries of a text.
func parsed(t *testing.T, text string) []diagnose.Entry {
	t.Helper()
	p := New()
	var out []diagnose.Entry
	for _, s := range entriesFromTheStart(t, p, []byte(text)) {
		out = append(out, p.Parse(s.Text([]byte(text)), time.Time{}))
	}
	return out
}

// A line in parts is one entry, read as the line that its writer wrote.
func TestParts(t *testing.T) {
	f := func(text, want string, lines int) {
		t.Helper()
		got := parsed(t, text)
		whole := parsed(t, want+"\n")
		if len(got) != 1 || len(whole) != 1 {
			t.Errorf("%q is %d entries, whole it is %d", text, len(got), len(whole))
			return
		}
		if got[0].Message != whole[0].Message || got[0].Format != whole[0].Format || got[0].Level != whole[0].Level || len(got[0].Inner) != len(whole[0].Inner) {
			t.Errorf("%q is\n%s %s %q, want\n%s %s %q", text, got[0].Format, got[0].Level, got[0].Message, whole[0].Format, whole[0].Level, whole[0].Message)
		}
		if got[0].EndLine != lines-1 || got[0].Text != strings.TrimSuffix(text, "\n") {
			t.Errorf("%q ends at line %d", text, got[0].EndLine)
		}
	}
	const refused = "fatal: [web1]: UNREACHABLE! => {\"msg\": \"ssh: connect to host web1 port 22: Connection refused\"}"
	const zap = `{"level":"error","ts":1732154655.1,"msg":"curl: (6) Could not resolve host: bkrepo.example","error":"exit status 6"}`
	for _, line := range []string{refused, zap, "build-7: curl: (6) Could not resolve host: x", "2014-07-24 04:11:08,193 ERROR [c.c.Foo] (a:b) no host of 10.0.0.1: curl: (6) x"} {
		for _, at := range []int{1, 9, 14, 31} {
			f(cutLine(line, inCRI("stderr"), at), line, 2)
			f(cutLine(line, inCRI("stdout"), at, 3, 5), line, 4)
			f(cutLine(line, inGitLab(), at, 7), line, 3)
			f(cutLine(line, inFluentBit, at, 7), line, 3)
		}
	}
	f(cutLine("plain \x1b[31mtext\x1b[0m of a program", inCRI("stderr"), 13, 6), "plain text of a program", 3)
	long := strings.Repeat("x", minCut-20)
	f(cutLine(long+refused, inDocker, minCut), long+refused, 2)
	long = `{"level":"error","ts":1732154655.1,"detail":"` + long[60:] + `","msg":"curl: (6) Could not resolve host: bkrepo.example"}`
	f(cutLine(long, inDocker, minCut), long, 2)
	f(cutLine(long, inCRI("stdout"), 16384), long, 2)
	f("[pod/a/b] "+cutLine(refused, inCRI("stdout"), 20)[:0]+partStamp+"stdout F "+refused+"\n", refused, 1)
}

// Lines that are whole stay what they are, and parts of one writer are not those of
// another.
func TestPartsOfSeveral(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		var got []string
		for _, e := range parsed(t, text) {
			got = append(got, e.Message)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
	}
	o, e := partStamp+"stdout ", partStamp+"stderr "
	f(o+"P one \n"+e+"F two\n"+o+"F three\n", "one three", "two")
	f(o+"F one\n"+o+"F two\n", "one", "two")
	f(o+"F two\n"+o+"P three", "two", "three")
	f(o+"P Traceback (most rec\n"+o+"F ent call last):\n"+o+"F   File \"a.py\", line 1, in <module>\n"+o+"P     f\n"+o+"F ()\n"+o+"F ValueError: x\n"+o+"F next\n",
		"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    f()\nValueError: x", "next")
	g := "2025-01-01T10:00:00.123456Z "
	f(g+"00O one \n"+g+"00E two\n"+g+"00O+three\n"+g+"00O four\n", "one three", "two", "four")
	f(g+"00O+three\n"+g+"00O four\n", "three", "four")
	// A collector may leave every line end out.
	f(inDocker("one", false)+"\n"+inDocker("two", false)+"\n", "one", "two")
}

// The line of a message is the one in the log on which it begins.
func TestPlacesOfParts(t *testing.T) {
	text := cutLine("2014-07-24 04:11:08,193 ERROR [c.c.Foo] (a:b) curl: (6) x", inCRI("stderr"), 10, 10) +
		cutLine("java.net.ConnectException: refused", inCRI("stderr"), 30) + cutLine("\tat a.b.C.d(E.java:1)", inCRI("stderr"))
	got := parsed(t, text)
	if len(got) != 1 {
		t.Fatalf("%d entries", len(got))
	}
	e := got[0]
	e.Line = 1
	for n, want := range []int{1, 4, 6} {
		if at := e.LineOf(n); at != want {
			t.Errorf("line %d of the message is line %d, want %d: %v %q", n, at, want, e.Apart, e.Message)
		}
	}
}

func TestSeams(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		var marks []int
		for i := range text {
			for _, m := range SeamMarks() {
				if strings.HasPrefix(text[i:], m) {
					marks = append(marks, i)
				}
			}
		}
		var got []string
		for _, s := range Seams([]byte(text), 0, len(text), marks) {
			if s.At > 0 && text[s.At-1] != '\n' {
				t.Errorf("a seam at %d of %q", s.At, text)
			}
			got = append(got, string(s.Text))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%.300q\ngot  %.200q\nwant %.200q", text, got, want)
		}
	}
	f("plain text\nof two lines\n")
	f(cutLine("npm ERR! code", inCRI("stdout")))
	f(cutLine("npm ERR! code", inCRI("stdout"), 5), "npm ERR! code")
	f(cutLine("npm ERR! code", inCRI("stdout"), 5, 2), "npm ERR! code", "RR! code")
	f(cutLine("npm ERR! code", inFluentBit, 5), "npm ERR! code")
	f(cutLine("npm ERR! code", inGitLab(), 5, 2), "npm ERR! code", "RR! code")
	f(partStamp+"stdout P one\n"+partStamp+"stderr F two\n"+partStamp+"stdout F three\n", "onethree")
	long := strings.Repeat("x", minCut) + "npm ERR! code"
	f(cutLine(long, inDocker, minCut+5), long[minCut+5-seamReach:])
	f(cutLine(long, inCRI("stderr"), minCut+5), long[minCut+5-seamReach:])
	f("{" + strings.Repeat("x", 3*minCut) + "\nnext\n")
}

// cutStream puts lines of two streams into a wrapper that cuts some of them.
func cutStream(r *rand.Rand, lines int) string {
	var b strings.Builder
	for range lines {
		line := lineKinds[r.IntN(len(lineKinds))]
		if r.IntN(60) == 0 {
			line += strings.Repeat("x", r.IntN(2*MaxEntry))
		}
		var sizes []int
		for range r.IntN(4) {
			sizes = append(sizes, 1+r.IntN(60))
		}
		if len(line) > minCut {
			sizes = []int{minCut}
		}
		switch stream := []string{"stdout", "stderr"}[r.IntN(2)]; r.IntN(6) {
		case 0:
			b.WriteString(cutLine(line, inGitLab(), sizes...))
		case 1:
			b.WriteString(cutLine(line, inFluentBit, sizes...))
		case 2:
			b.WriteString(cutLine(line, inDocker, sizes...))
		default:
			b.WriteString(cutLine(line, inCRI(stream), sizes...))
		}
		if r.IntN(20) == 0 {
			b.WriteString(inCRI("stdout")("a part whose end is lost", false) + "\n")
		}
		if r.IntN(20) == 0 {
			b.WriteString("other text\n")
		}
	}
	return b.String()
}

// What goes on with what does not depend on where reading begins.
func TestBoundsOfPartsAgreeWithParseFromTheStart(t *testing.T) {
	p := New()
	joined := 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 5))
		text := []byte(cutStream(r, 100+r.IntN(150)))
		again := p.Finder(Window{Text: text})
		size := 0
		for _, want := range entriesFromTheStart(t, p, text) {
			own := want.Text(text)
			size += len(own)
			e := p.Parse(own, time.Time{})
			joined += len(e.Apart)
			if !strings.HasPrefix(string(own), e.Text) || e.Size != len(own) {
				t.Fatalf("seed %d: the entry at %d lost text", seed, want.Start)
			}
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
		if size != len(text) {
			t.Fatalf("seed %d: entries hold %d of %d bytes", seed, size, len(text))
		}
	}
	if joined == 0 {
		t.Error("no entry had a line in parts")
	}
}

func FuzzParts(f *testing.F) {
	for _, line := range peelLines {
		for _, wrap := range []func(string, bool) string{inCRI("stdout"), inGitLab(), inFluentBit, inDocker} {
			f.Add([]byte(cutLine(line, wrap, 9, 4)+cutLine(line, inCRI("stderr"), 3)), 20)
		}
	}
	p := New()
	f.Fuzz(func(t *testing.T, text []byte, pos int) {
		if len(text) == 0 || pos < 0 || pos >= len(text) {
			return
		}
		got := fresh(p, text, pos)
		p.Parse(got.Text(text), time.Time{})
		for _, want := range entriesFromTheStart(t, p, text) {
			if want.Holds(pos) {
				checkSpan(t, text, "fresh finder", 0, pos, got, want)
			}
		}
		for _, s := range Seams(text, pos, len(text), []int{pos}) {
			if s.At < 0 || s.At >= len(text) || len(s.Text) > 2*seamReach {
				t.Fatalf("a seam of %d bytes at %d of %d", len(s.Text), s.At, len(text))
			}
		}
	})
}

// A stream of which no line ends costs no more for that: with quadratic cost this would
// take hours, and no clock is read to see it.
func TestPartsWithoutEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	p := New()
	text := []byte(strings.Repeat(fmt.Sprintf("%sstdout P %s\n", partStamp, "ab"), 100_000))
	fd := p.Finder(Window{Text: text})
	seen := 0
	for pos := fd.First(0); pos < len(text); pos = fd.Next(pos) {
		end := fd.Span(pos).End
		p.Parse(text[pos:end], time.Time{})
		seen += end - pos
	}
	if seen == 0 || seen > len(text) {
		t.Errorf("read %d of %d bytes", seen, len(text))
	}
	for _, s := range Seams(text, 0, len(text), nil) {
		if s.At < 0 || s.At >= len(text) {
			t.Errorf("a seam at %d of %d", s.At, len(text))
		}
	}
}
