package parser

import (
	"bytes"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var spelled []int
		for _, m := range EscapeMarks() {
			for at := 0; ; {
				i := strings.Index(in[at:], m)
				if i < 0 {
					break
				}
				spelled = insertSorted(spelled, at+i)
				at += i + 1
			}
		}
		c := Clean([]byte(in), 0, len(in), spelled)
		got := ""
		if c != nil {
			got = string(c.Text)
		}
		if got != want {
			t.Errorf("Clean(%q) is %q, want %q", in, got, want)
		}
		checkPlaces(t, []byte(in), c)
	}
	f("", "")
	f("plain\nlines\n", "")
	f("plain\n\x1b[31merror:\x1b[0m text\nplain\n", "error: text\n")
	f("a\x1b[31mb\nplain\n\x1b[1mc\x1b[m d", "ab\nc d")
	f("\x1b]0;title\x07npm \x1b(B\x1b[mERR!", "npm ERR!")
	f("\x1b[38:2::255:0:0mnpm\x1b[39;49m ERR!\r\n", "npm ERR!\r\n")
	f("cut \x1b[3", "cut ")
	f(`{"log":"npm \u001b[31mERR!\u001b[39m code\n"}`, `{"log":"npm ERR! code\n"}`)
	f(`{"log":"{\"log\":\"npm \\\\u001b[1;31mERR!\\\\u001b(B\\\\u001b[m\"}"}`, `{"log":"{\"log\":\"npm ERR!\"}"}`)
	f(`"\u001B[31m" is not "\u001b[0mplain"`+"\nnext\n", `"" is not "plain"`+"\n")
	f("a\\b \x1b[31mC:\\x\\\x1b[0m\\u001bx", `a\b C:\x\\u001bx`)
	f(`{"log":"C:\\\\\u001b[31mx\\\u001b[0m"}`, `{"log":"C:\\\\x\\"}`)
	f("命\x1b[31m令\x1b[0m", "命令")
}

func insertSorted(list []int, n int) []int {
	at := len(list)
	for at > 0 && list[at-1] > n {
		at--
	}
	return append(list[:at:at], append([]int{n}, list[at:]...)...)
}

// checkPlaces holds that each byte stands where Place says, in ascending order.
func checkPlaces(t *testing.T, text []byte, c *Cleaned) {
	t.Helper()
	if c == nil {
		return
	}
	last := -1
	for i, b := range c.Text {
		at := c.Place(i)
		if at <= last || at >= len(text) || text[at] != b {
			t.Fatalf("%q: byte %d of %q stands at %d, the one before at %d", text, i, c.Text, at, last)
		}
		last = at
	}
}

// A part of a text is cleaned as far as a literal that begins in it may reach.
func TestCleanPart(t *testing.T) {
	text := []byte("\x1b[1mone\x1b[0m\ntwo \x1b[1mthree\x1b[0m four\nfive\n")
	two := bytes.Index(text, []byte("two"))
	if c := Clean(text, two, two+4, nil); c != nil {
		t.Errorf("%q: the escape is behind the end", c.Text)
	}
	if c := Clean(text, two, two+6, nil); c == nil || string(c.Text) != "two three four\n" {
		t.Errorf("%+v", c)
	}
	long := []byte("\x1b[1m" + strings.Repeat("x", 3*cleanReach) + "\n")
	if c := Clean(long, 0, 10, nil); len(c.Text) > cleanReach+10 {
		t.Errorf("%d bytes of a long line", len(c.Text))
	}
}

// Text without escape sequences costs nothing but looking for them.
func TestCleanAllocatesNothing(t *testing.T) {
	text := bytes.Repeat([]byte("2014-07-24 04:11:08,193 DEBUG [c.c.Foo] (a:b) text \\ text\n"), 100)
	if n := testing.AllocsPerRun(20, func() { Clean(text, 0, len(text), nil) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("plain\n\x1b[31merror:\x1b[0m text\n\\u001b[0m\\\\\n"), 0, 100, 3)
	f.Add([]byte("\x1b]0;title\x07npm \x1b(B\x1b[mERR!"), 2, 9, 0)
	f.Add([]byte(`{"log":"npm \u001b[31mERR!\u001b[39m code\n"}`), 0, 40, 12)
	f.Fuzz(func(t *testing.T, text []byte, from, to, spelled int) {
		var marks []int
		if spelled >= 0 && spelled < len(text) {
			marks = []int{spelled}
		}
		c := Clean(text, from, to, marks)
		checkPlaces(t, text, c)
		if c != nil && bytes.IndexByte(c.Text, escape) >= 0 {
			t.Fatalf("%q holds an escape", c.Text)
		}
		if n := max(from, 0); c == nil && n < min(to, len(text)) && bytes.IndexByte(text[n:min(to, len(text))], escape) >= 0 {
			t.Fatalf("%q is not cleaned", text)
		}
	})
}
