package source

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// cutLike cuts lines as PowerShell 5.1 does in a window of w columns: before words that do
// not fit, and words that are longer than a line.
func cutLike(lines []string, w int) string {
	var out strings.Builder
	for _, line := range lines {
		for columns([]byte(line)) > w {
			n := 0
			for i := range line {
				if columns([]byte(line[:i])) > w {
					break
				}
				n = i
			}
			word := strings.LastIndexByte(line[:n], ' ') + 1
			rest, _, _ := strings.Cut(line[word:], " ")
			if word > 0 && line[n] != ' ' && columns([]byte(rest)) <= w {
				n = word
			}
			out.WriteString(line[:n] + "\r\n")
			line = line[n:]
		}
		out.WriteString(line + "\r\n")
	}
	return out.String()
}

const consoleRecord = `ssh : OpenSSH_for_Windows_9.5p2, LibreSSL 3.8.2
At line:1 char:1
    + CategoryInfo : NotSpecified
    + FullyQualifiedErrorId : NativeCommandError
 `

// What a window cut is put together, each line where it began.
func TestConsoleJoins(t *testing.T) {
	lines := append(strings.Split(consoleRecord, "\n"),
		`debug1: Reading configuration data C:\\Users\\someone_with_a_long_name/.ssh/config and more`,
		`debug3: send packet: type 50`, `debug2: we sent a publickey packet, wait for reply`,
		`debug1: Authentications that can continue: publickey`, `debug1: No more authentication methods to try.`,
		"", `someone@192.0.2.10: Permission denied (publickey).`, `下载失败：无法连接到镜像站点，请检查网络设置后重试一次`)
	seen := 0
	for w := minConsole; w < 60; w++ {
		text := cutLike(lines, w)
		if consoleWidth([]byte(text)) != w {
			continue // too few lines fill it
		}
		if slices.ContainsFunc(lines, func(line string) bool { return columns([]byte(line)) == w }) {
			continue // nothing tells a line that just fits from one that was cut
		}
		seen++
		c := newConsole(strings.NewReader(text), true)
		got, err := io.ReadAll(iotest.OneByteReader(c))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(got, newlines) != strings.Count(text, "\n") {
			t.Fatalf("width %d: %d lines became %d", w, strings.Count(text, "\n"), bytes.Count(got, newlines))
		}
		var whole []string
		for _, line := range strings.Split(string(got), "\r\n") {
			if strings.TrimSpace(line) != "" {
				whole = append(whole, line)
			}
		}
		for i, line := range whole {
			if !strings.Contains("\n"+strings.Join(lines, "\n")+"\n", "\n"+line+"\n") {
				t.Errorf("width %d, line %d: %q", w, i, line)
			}
		}
		if c.joined == 0 || c.note() == "" {
			t.Errorf("width %d: nothing is said of it", w)
		}
	}
	if seen < 10 {
		t.Errorf("only %d widths were tried", seen)
	}
}

// The rule under the command of an error record tells the width where most lines were written
// to stdout, which is not cut.
func TestConsoleUnderlined(t *testing.T) {
	text := strings.Repeat("> Task :app:aLineOfStdoutThatIsLongerThanTheWindowIsWide FAILED\r\n", 9) +
		cutLike([]string{"+ " + strings.Repeat("~", 40), "    + CategoryInfo : NotSpecified", "Execution failed for task ':app:processDebugNavigationResources'."}, 22)
	got, err := io.ReadAll(newConsole(strings.NewReader(text), true))
	just := "\r\n':app:kspDebugKotlin'.\r\n> Inconsistent JVM-\r\n"
	if again, err := io.ReadAll(newConsole(strings.NewReader(text+just), true)); err != nil || !strings.HasSuffix(string(again), just) {
		t.Errorf("a line that just fits went on with the next of a list: %q (%v)", again, err)
	}
	if err != nil || !strings.Contains(string(got), "Execution failed for task ':app:processDebugNavigationResources'.\r\n") {
		t.Errorf("%q (%v)", got, err)
	}
	for text, want := range map[string]int{
		"+ ~~~~~~~~~~~~~~~~~~~~\n~~~\nx\n": 22, "+         ~~~~~~~~~~~~\n~~~\nx\n": 22, "+ ~~~~~~~~~~~~~~~~~~~~\nx\n": 0, "+ ~~~\n~~~\nx\n": 0, "+ frob~~~~~~~~~~~~~~~~~~\n~~~\nx\n": 0, "": 0,
	} {
		if got := underlined(linesOf([]byte(text))); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// Where the language has no blanks between words, all lines are cut at the width.
func TestConsoleCutsWords(t *testing.T) {
	lines := []string{
		"+ " + strings.Repeat("~", 40), "    + CategoryInfo : NotSpecified",
		"remote: error: GH013: Repository rule violations found for refs/heads/main.",
		" ! [remote rejected] main -> main (push declined due to repository rule violations)",
		"error: failed to push some refs to 'https://example.com/spindle/frob.git'", "所在位置 行:1 字符: 1 的地方推送被拒绝了，请检查",
	}
	const w = 23
	var text strings.Builder
	for _, line := range lines {
		n := 0
		for _, r := range line {
			if n += columns([]byte(string(r))); n > w {
				text.WriteString("\r\n")
				n = columns([]byte(string(r)))
			}
			text.WriteRune(r)
		}
		text.WriteString("\r\n")
	}
	got, err := io.ReadAll(newConsole(strings.NewReader(text.String()), true))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if !strings.Contains(string(got), line+"\r\n") {
			t.Errorf("%q is not whole in %q", line, got)
		}
	}
}

var newlines = []byte{'\n'}

// The result does not depend on how much is read at once, and no line is lost.
func TestConsoleReads(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var b strings.Builder
		b.WriteString(cutLike(strings.Split(consoleRecord, "\n"), 28))
		for range r.IntN(60) {
			b.WriteString(strings.Repeat("word12 ", r.IntN(5)) + strings.Repeat("x", r.IntN(40)))
			b.WriteString([]string{"\n", "\r\n", "\n\n", ""}[r.IntN(4)])
		}
		want, err := io.ReadAll(newConsole(strings.NewReader(b.String()), true))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.HalfReader(newConsole(iotest.DataErrReader(strings.NewReader(b.String())), true)))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v\n%q\n%q", err, got, want)
		}
		if bytes.Count(want, newlines) != strings.Count(b.String(), "\n") {
			t.Fatalf("%d lines of %d", bytes.Count(want, newlines), strings.Count(b.String(), "\n"))
		}
		squeeze := func(s string) string { return strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(s) }
		if squeeze(string(want)) != squeeze(b.String()) {
			t.Fatal("text was lost")
		}
	}
}

// Text that no window cut is left as it is, and one without error records.
func TestConsoleLeaves(t *testing.T) {
	for _, text := range []string{
		"", "a\nb\n", consoleRecord, strings.Repeat(strings.Repeat("x", 80)+"\n", 20),
		consoleRecord + "\n" + strings.Repeat("a line of any length\n", 3) + fmt.Sprintf("%0200d\n", 7),
	} {
		c := newConsole(strings.NewReader(text), true)
		got, err := io.ReadAll(c)
		if err != nil || string(got) != text || c.note() != "" {
			t.Errorf("%q became %q (%v)", text, got, err)
		}
	}
}

// Whatever the bytes are: each line keeps its number, no character but spaces and line ends
// is added or lost, and reading in other pieces gives the same.
func FuzzConsole(f *testing.F) {
	f.Add(cutLike(strings.Split(consoleRecord+"\n"+strings.Repeat("debug1: a longer line than the window is wide\n", 5), "\n"), 28))
	f.Add("+ CategoryInfo\n+ ~~~~~~~~~~~~~~~~~~~~\n~~~\n" + strings.Repeat("cut at a window that is narrow, an\nd within words\n", 4))
	f.Add("+ CategoryInfo\n" + strings.Repeat("一二三四五六七八九十\n", 8))
	f.Add("+ CategoryInfo\n" + strings.Repeat("\xff\xfe 0123456789012345678\r\n", 8))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := io.ReadAll(newConsole(strings.NewReader(text), true))
		if err != nil {
			t.Fatal(err)
		}
		again, err := io.ReadAll(iotest.HalfReader(newConsole(iotest.HalfReader(strings.NewReader(text)), true)))
		if err != nil || !bytes.Equal(got, again) {
			t.Fatalf("%q, then %q (%v)", got, again, err)
		}
		if bytes.Count(got, newlines) != strings.Count(text, "\n") {
			t.Fatalf("%d lines became %d", strings.Count(text, "\n"), bytes.Count(got, newlines))
		}
		squeeze := func(s string) string { return strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(s) }
		if squeeze(string(got)) != squeeze(text) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// Which texts may be such is told by how they begin.
func TestOfConsole(t *testing.T) {
	for head, want := range map[string]bool{
		"\xff\xfeg\x00": true, "\xef\xbb\xbf[dotenv] begun\nnode : no\n": true, "ssh : no\n": true, "begun\nssh : no\n": false, "": false,
	} {
		if got := ofConsole([]byte(head)); got != want {
			t.Errorf("%q: %t, want %t", head, got, want)
		}
	}
}
