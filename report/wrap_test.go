package report

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	f := func(in string, width int, want ...string) {
		t.Helper()
		if got := wrap(in, width); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("wrap(%q, %d)\n got %q\nwant %q", in, width, got, want)
		}
	}
	f("", 30, "")
	f("exactly twenty cells", 20, "exactly twenty cells")
	f("one more than twenty.", 20, "one more than", "twenty.")
	f("narrower than the least width", 3, "narrower than the", "least width")
	f("first\n\n- second", 30, "first", "", "- second")
	f("spaces at the end   \n  of lines", 30, "spaces at the end", "  of lines")
	f("  indented-word-wider-than-it", 20, "  indented-word-wide", "r-than-it")

	// Chinese breaks between any two characters, but not before a closing mark,
	// wide or narrow, nor behind an opening one.
	f("一二三四五六七八九十一二", 20, "一二三四五六七八九十", "一二")
	f("一二三四五六七八九十，一二", 20, "一二三四五六七八九", "十，一二")
	f("一二三四五六七八九十)一二", 20, "一二三四五六七八九", "十)一二")
	f("一二三四五六七八九十 ，一二", 20, "一二三四五六七八九", "十 ，一二")
	f("一二三四五六七八九（十一）", 20, "一二三四五六七八九", "（十一）")
	f("一二三四五六七八九十】】二", 20, "一二三四五六七八九", "十】】二")
	f("查看 /etc/ssh/sshd_config 中的设置", 22, "查看", "/etc/ssh/sshd_config", "中的设置")

	// A mark stays with the letter it stands on.
	f("一二三四五六七八九十\u0301一", 20, "一二三四五六七八九", "十\u0301一")
	// What the locale makes one or two columns wide is one.
	f("““““““““““ ””””””””””", 21, "““““““““““ ””””””””””")
}

// A word wider than the line is cut, so that nothing is wider; no line begins
// with a closing mark; nothing is lost.
func TestWrapKeepsEverything(t *testing.T) {
	words := []string{"a", "sshd_config", "10.0.0.1:22", strings.Repeat("x", 70), "主机", "代理已断开", "，", "。", "）", "（", "“", "”",
		",", ")", ":", " ", " ", " ", "  ", "\n", "…", "é", "e\u0301", "😀", "\xff", "—", "%", "【", "】"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(words[r.IntN(len(words))])
		}
		checkWrap(t, b.String(), r.IntN(60))
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("A disk is full: 磁盘已满，请清理。", 20)
	f.Add("\xff \xe4\xb8  ，，，，，，，，，，，，，，，", 10)
	f.Add(strings.Repeat("）", 60), 25)
	f.Fuzz(checkWrap)
}

func checkWrap(t *testing.T, text string, columns int) {
	var whole []string
	for para := range strings.SplitSeq(text, "\n") {
		lines := wrap(para, columns)
		whole = append(whole, lines...)
		if got := withoutSpaces(strings.Join(lines, "")); got != withoutSpaces(para) {
			t.Fatalf("wrap(%q, %d) lost something:\n%q", para, columns, lines)
		}
		for i, l := range lines {
			if n := width(l); n > max(columns, minWidth) {
				t.Fatalf("wrap(%q, %d) line %d has %d columns:\n%q", para, columns, i, n, lines)
			}
			if utf8.ValidString(para) && !utf8.ValidString(l) {
				t.Fatalf("wrap(%q, %d) cut a character:\n%q", para, columns, lines)
			}
			if i > 0 && startsClosing(l) && !onlyClosing(lines[i-1]) {
				t.Fatalf("wrap(%q, %d) line %d begins with a closing mark:\n%q", para, columns, i, lines)
			}
		}
	}
	if got := wrap(text, columns); !slices.Equal(got, whole) {
		t.Fatalf("wrap(%q, %d) does not keep line ends:\n%q", text, columns, got)
	}
}

// onlyClosing reports whether a line has no place to break at: closing marks
// follow its first character up to the end.
func onlyClosing(line string) bool {
	line = strings.TrimLeft(line, " ")
	_, n := utf8.DecodeRuneInString(line)
	for i := range line[n:] {
		if !startsClosing(line[n+i:]) {
			return false
		}
	}
	return true
}

// withoutSpaces leaves out what a break may take away.
func withoutSpaces(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
