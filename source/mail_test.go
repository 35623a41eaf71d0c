package source

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const mailed = `2026-03-01 10:00:01,128 INFO  [c.c.s.SpindleManager] (Spin-1:ctx-0a1b2c3d) (logid:77aa) The wheel 12 of the spindle 7 turns at 300 rounds a minute
2026-03-01 10:00:02,640 WARN  [c.c.s.SpindleManager] (Spin-1:ctx-0a1b2c3d) (logid:77aa) The belt 3 is loose, its tension was measured three times
2026-03-01 10:00:03,001 ERROR [c.c.s.SpindleManager] (Spin-1:ctx-0a1b2c3d) (logid:77aa) The belt 3 broke: it was not replaced in time
com.example.BeltException: belt 3 of wheel 12 broke after 400 hours because nobody looked at it
at com.example.Belt.turn(Belt.java:12)
2026-03-01 10:00:04,120 INFO  [c.c.s.SpindleManager] short
`

// wrapLike wraps lines as mail programs do: before words that do not fit.
func wrapLike(text string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for columns([]byte(line)) > width {
			at := strings.LastIndexByte(line[:width+1], ' ')
			if at <= 0 {
				break
			}
			out.WriteString(line[:at] + "\n")
			line = line[at+1:]
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

func quoteLike(text, sign string) string {
	return sign + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+sign) + "\n"
}

// readMail reads a text and takes away the lines of a space that were left of the pieces; it
// fails if the text has not as many lines as before.
func readMail(t *testing.T, text string) (string, *console) {
	t.Helper()
	c := newConsole(strings.NewReader(text), false)
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := strings.Count(text, "\n"), strings.Count(string(got), "\n"); a != b {
		t.Errorf("of %d lines it makes %d", a, b)
	}
	again, err := io.ReadAll(iotest.HalfReader(newConsole(iotest.HalfReader(strings.NewReader(text)), false)))
	if err != nil || string(again) != string(got) {
		t.Errorf("in pieces it reads %q, not %q (%v)", again, got, err)
	}
	return strings.ReplaceAll(string(got), "\n \n", "\n"), c
}

func TestMail(t *testing.T) {
	whole := func(text string) string {
		for strings.Contains(text, "\n \n") {
			text = strings.ReplaceAll(text, "\n \n", "\n")
		}
		return text
	}
	for _, width := range []int{72, 76, 80} {
		for _, sign := range []string{"", "> ", ">> ", "> > ", ">"} {
			text := wrapLike(mailed, width)
			if sign != "" {
				text = quoteLike(text, sign)
			}
			got, c := readMail(t, text)
			if whole(got) != mailed {
				t.Errorf("%d %q: it is read as\n%s", width, sign, got)
			}
			if c.note() == "" || !c.cuts() {
				t.Errorf("%d %q: nothing is said of it", width, sign)
			}
		}
	}
}

func TestMailIndented(t *testing.T) {
	for _, blanks := range []string{" ", "    ", "\t"} {
		text := strings.Replace(quoteLike(mailed, blanks), "\n"+blanks+"at ", "\n"+blanks+"    at ", 1)
		want := strings.Replace(mailed, "\nat ", "\n    at ", 1)
		if got, c := readMail(t, text); got != want || c.note() != "" {
			t.Errorf("%q: it is read as\n%s%s", blanks, got, c.note())
		}
		if got, _ := readMail(t, wrapLike(text, 76)); strings.Count(got, "\n") < strings.Count(want, "\n") {
			t.Errorf("%q, wrapped: it is read as\n%s", blanks, got)
		}
	}
	// A line that is longer than what is read at once keeps its blanks.
	long := "[a] " + strings.Repeat("x", 2*consoleHead-4) + " " + strings.Repeat(" y", consoleHead) + "\n"
	if got, _ := readMail(t, " "+long); got != long {
		t.Errorf("a long line of %d bytes has %d", len(long), len(got))
	}
}

func TestMailLeaves(t *testing.T) {
	uniform := strings.Repeat("2026-03-01 10:00:01 the wheel of the spindle turns at three hundred rounds\n", 20)
	levels := strings.Repeat("2026-03-01 10:00:01 the wheel of the spindle turns at three hundred rounds\nERROR belt and wheel and spindle stand still, and nobody knows why they do\n", 10)
	prose := strings.Repeat("The wheel of the spindle turns at three hundred rounds a minute, as long as\nthe belt holds; somebody looks at it every day.\n", 10)
	for _, text := range []string{
		"", "\n", "one\n", mailed, uniform, levels, prose,
		"> GET / HTTP/1.1\n> Host: a\n", // of a command
		"> build\n> tsc\n\nsrc/a.ts: error\nx\n",
		quoteLike("a\nb\nc\nd", "> ") + "so says the log\n",
		"  [10:00:01] wheel\n[10:00:02] belt\n", // a line that begins elsewhere
		"    the wheel\n    [10:00:02] belt\n",  // text
		strings.Repeat(" ", maxIndent+1) + "[10:00:01] wheel\n",
	} {
		if got, c := readMail(t, text); got != text || c.note() != "" || c.cuts() {
			t.Errorf("%q is read as %q: %s", text, got, c.note())
		}
	}
}
