package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"diagnose"
)

// attacks are texts that a log could hold to act on a terminal, a program, or a
// reader's eyes.
var attacks = map[string]string{
	"escape":          "\x1b[2J\x1b[Hgone",
	"title":           "\x1b]0;owned\x07",
	"clipboard":       "\x1b]52;c;cm0gLXJmIC8=\x1b\\",
	"eight bit CSI":   "\u009b31mred",
	"raw C1":          "\x9b31mred\x9d52;c;QQ==\x9c",
	"bidi override":   "user\u202e moc.live \u202c",
	"bidi isolate":    "a\u2066b\u2069\u200e\u200f\u061c",
	"delete":          "rm\x7f\x7fls",
	"backspace":       "evil\b\b\b\bgood",
	"NUL":             "a\x00b",
	"newline":         "x\nNothing wrong found.\n\n  fix  rm -rf /",
	"carriage return": "failed\rsucceeded",
	"separators":      "a\u2028b\u2029c\u0085d\v\f",
	"invalid":         "\xff\xfe\xc0\xafok\xe4\xb8",
	"zero width":      "pay\u200bpal\ufeff\u00ad",
	"tags":            "a\U000e0041\U000e007f",
	"quote":           "'; rm -rf / #",
	"substitution":    "$(reboot)`reboot`",
	"blank":           "{{host}} {{reason}}",
	"format":          "%s%d%!%n",
	"option":          "-rf",
	"long":            strings.Repeat("\x1b", 9000),
	"long words":      strings.Repeat("word ", 1800),
	"continuation":    strings.Repeat("\x80", 4000),
}

// acts reports whether a character could do anything but be seen where it
// stands. It is the standard's classes, not the report's own list.
func acts(r rune) bool {
	return r < ' ' || r > '~' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029')
}

// harmless checks that nothing but line ends can act on a terminal.
func harmless(t testing.TB, what, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatalf("%s: invalid UTF-8 in\n%.2000q", what, out)
	}
	if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && acts(r) }); i >= 0 {
		t.Fatalf("%s: %q at byte %d, in %q", what, out[i:min(len(out), i+4)], i, out[max(0, i-60):min(len(out), i+20)])
	}
}

func TestPrintable(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
	f("", "")
	f("plain ascii, 中文，é 😀 \u00a0\u3000", "plain ascii, 中文，é 😀 \u00a0\u3000")
	f("a\tb", "a b")
	f("a\nb\r\n", `a\x0ab\x0d\x0a`)
	f("\x1b[31m", `\x1b[31m`)
	f("\x00\x7f", `\x00\x7f`)
	f("\u0085\u009b", `\x85\x9b`)
	f("\x85\x9b", `\x85\x9b`)
	f("\u202e\u2066\u200f\u061c", `\u202e\u2066\u200f\u061c`)
	f("a\u2028b\u2029", `a\u2028b\u2029`)
	f("\U000e0041", `\U000e0041`)
	f("\xe4\xb8", `\xe4\xb8`)
	f("�", "�")
	f(`\x1b`, `\x1b`)
}

func FuzzPrintable(f *testing.F) {
	for _, s := range attacks {
		f.Add(s[:min(len(s), 1000)])
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Printable(s)
		harmless(t, "Printable", got+shown(s))
		if strings.Contains(got, "\n") {
			t.Fatalf("Printable(%q) = %q has a line end", s, got)
		}
		if again := Printable(got); again != got {
			t.Fatalf("Printable(%q) = %q, and of that %q", s, got, again)
		}
		if len(got) > 4*len(s) {
			t.Fatalf("Printable makes %d bytes of %d", len(got), len(s))
		}
		if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) && got != s {
			t.Fatalf("Printable(%q) = %q changes a text that is all printable", s, got)
		}
	})
}

// A long line is cut between characters, and what is left out is counted.
func TestShownIsBounded(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := shown(in); got != want {
			t.Errorf("shown(%.20q…) =\n%q, want\n%q", in, got, want)
		}
	}
	x := strings.Repeat("x", maxShown-1)
	f(x+"y", x+"y")
	f(x+"y \t\r", x+"y")
	f(x+"yz", x+"y … (1 bytes more)")
	f(x+"中", x+" … (3 bytes more)")
	f(strings.Repeat("\x80", maxShown+5), strings.Repeat(`\x80`, maxShown)+" … (5 bytes more)")
}

// hostileVerdict has the text wherever a log's own words can stand.
func hostileVerdict(next func() string) *diagnose.Verdict {
	evidence := func() diagnose.Evidence {
		e := line(next(), 1, diagnose.LevelError, "03:00:00", next())
		e.Entry.Message, e.Excerpt, e.In = next(), next(), next()
		return e
	}
	quiet := evidence()
	quiet.Excerpt, quiet.In = "", ""
	captures := func() map[string]string {
		return map[string]string{"host": next(), "reason": next(), "job": next(), "path": next()}
	}
	cause := func(r *diagnose.Rule) *diagnose.Cause {
		return &diagnose.Cause{
			Rule: r, Captures: captures(), Evidence: []diagnose.Evidence{evidence(), quiet}, Candidates: []*diagnose.Rule{powerOff},
			Cases:    []*diagnose.Case{{ID: next(), IDs: map[diagnose.IDKind][]string{"job": {next()}}, Outcome: diagnose.OutcomeFailed, Streams: []string{next()}}},
			Explains: []*diagnose.Consequence{{Rule: jobFailed, Captures: captures(), Evidence: []diagnose.Evidence{evidence()}}},
		}
	}
	v := &diagnose.Verdict{
		Causes: []*diagnose.Cause{cause(hostLost), cause(diskFull)}, Symptoms: []*diagnose.Cause{cause(unreachable)}, Warnings: []*diagnose.Cause{cause(slowDisk)},
		Quality:     []diagnose.Quality{{Place: next(), Text: next(), Weighs: true}, {Place: next(), Text: next()}},
		Unexplained: []*diagnose.Group{{Level: diagnose.LevelError, Count: 2, Text: next(), Evidence: []diagnose.Evidence{evidence()}}},
		Stats:       diagnose.Stats{Skipped: []diagnose.Count{{Reason: next(), Count: 1}}, Cut: []diagnose.Count{{Reason: next(), Count: 1}}},
	}
	v.Settle()
	return v
}

// checkHostile prints a verdict every way and wants it harmless each time.
func checkHostile(t testing.TB, what string, v *diagnose.Verdict) {
	t.Helper()
	for _, lang := range []string{"en", "zh"} {
		plain := text(t, v, Style{Lang: lang})
		harmless(t, what+", text", plain)
		if lang == "en" {
			harmless(t, what+", colour", unpainted(text(t, v, Style{Lang: lang, Color: true})))
		}
		for l := range strings.Lines(plain) {
			if strings.TrimSpace(l) == strings.TrimSpace(wordsOf(lang).clean) {
				t.Errorf("%s: a log made a line that says %q", what, l)
			}
		}
		doc := document(t, v, lang)
		harmless(t, what+", JSON", doc)
		if !json.Valid([]byte(doc)) {
			t.Errorf("%s: not JSON: %.500s", what, doc)
		}
		var out bytes.Buffer
		entries := []*diagnose.Entry{v.Causes[0].Evidence[0].Entry, v.Causes[0].Evidence[1].Entry}
		if err := Timeline(&out, entries, Style{Lang: lang}); err != nil {
			t.Fatal(err)
		}
		harmless(t, what+", time line", out.String())
		if n := strings.Count(out.String(), "\n"); n != 3 {
			t.Errorf("%s: %d lines of a time line of two entries", what, n)
		}
	}
}

// Nothing that a log holds acts on the terminal or passes for the report's own
// words, in whatever field it stands.
func TestAttacksAreHarmless(t *testing.T) {
	for name, s := range attacks {
		checkHostile(t, name, hostileVerdict(func() string { return s }))
	}
}

func TestRandomBytesAreHarmless(t *testing.T) {
	pieces := []string{"\x1b", "[", "]52;", "\u009b", "\x9b", "\n", "\r", "\u202e", "\u2028", "\x7f", "\x00", "'", "\"", "`", "$(", "{{", "}}", "中", "，", " ", "a", "-", "\\", "<<", "%"}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 100 {
		v := hostileVerdict(func() string {
			var b strings.Builder
			for range r.IntN(30) {
				if r.IntN(2) == 0 {
					b.WriteString(pieces[r.IntN(len(pieces))])
				} else {
					b.WriteByte(byte(r.IntN(256)))
				}
			}
			return b.String()
		})
		checkHostile(t, fmt.Sprint("verdict ", i), v)
	}
}

// The place where a value stands in a text is where its blank stood: the report
// of a hostile log has the shape of that of a harmless one.
func TestReportsKeepTheirShape(t *testing.T) {
	shape := func(s string) string {
		var b strings.Builder
		for l := range strings.Lines(text(t, hostileVerdict(func() string { return s }), Style{Width: 1 << 20})) {
			b.WriteString(l[:len(l)-len(strings.TrimLeft(l, " "))] + ".")
		}
		return b.String()
	}
	want := shape("harmless")
	for name, s := range attacks {
		if got := shape(s); got != want {
			t.Errorf("%s: the indents of the lines are\n%q, want\n%q", name, got, want)
		}
	}
}

// What a program reads from JSON is what the log held, but for bytes that are
// no text.
func TestJSONKeepsHostileText(t *testing.T) {
	for name, s := range attacks {
		v := hostileVerdict(func() string { return s })
		var r jsonReport
		if err := json.Unmarshal([]byte(document(t, v, "en")), &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := strings.ToValidUTF8(s, "\ufffd")
		f := func(field, got string) {
			t.Helper()
			if !sameText(got, want) {
				t.Errorf("%s: %s is %.100q, want %.100q", name, field, got, want)
			}
		}
		c := r.Causes[0]
		f("captures", c.Captures["host"])
		f("case", c.Cases[0].ID)
		f("ids", c.Cases[0].IDs["job"][0])
		f("file", c.Evidence[0].File)
		f("match", c.Evidence[0].Match)
		f("quality", r.Quality[0].Place)
		f("skipped", r.Stats.Skipped[0].Reason)
		if len(s) <= maxText {
			f("text", c.Evidence[0].Text)
		} else if got := c.Evidence[0].Text; !strings.HasSuffix(got, "…") || len(got) > 3*maxText+len("…") {
			t.Errorf("%s: a text of %d bytes became %d", name, len(s), len(got))
		}
	}
}

// sameText compares without regard to how many replacement characters stand for
// a run of bytes that are no text.
func sameText(a, b string) bool {
	one := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\ufffd' }), "\ufffd")
	}
	return one(a) == one(b)
}

func TestEscapeJSON(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(escapeJSON([]byte(in))); got != want {
			t.Errorf("escapeJSON(%q) = %q, want %q", in, got, want)
		}
		var a, b any
		if json.Unmarshal([]byte(in), &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%q and %q are not the same to a program", in, want)
		}
	}
	f("{\n  \"a\": \"中文 é\"\n}\n", "{\n  \"a\": \"中文 é\"\n}\n")
	f("\"\x7f\u0080\u009f\"", `"\u007f\u0080\u009f"`)
	f("\"\u202e\u2066\"", `"\u202e\u2066"`)
	f("\"\U000e0041\"", `"\udb40\udc41"`)
}

// shellWords splits a command as a POSIX shell would, as far as the commands
// here go; ok is false where the shell would see more than words.
func shellWords(command string) (words []string, ok bool) {
	var word strings.Builder
	inWord := false
	for i := 0; i < len(command); i++ {
		switch c := command[i]; c {
		case '\'':
			end := strings.IndexByte(command[i+1:], '\'')
			if end < 0 {
				return nil, false
			}
			word.WriteString(command[i+1 : i+1+end])
			i += end + 1
			inWord = true
		case '\\':
			if i++; i == len(command) {
				return nil, false
			}
			word.WriteByte(command[i])
			inWord = true
		case ' ':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		case '"', '`', '$', ';', '&', '|', '<', '>', '(', ')', '#', '*', '?', '[', '~', '\n':
			return nil, false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, true
}

// In a command a value is one word, whatever it holds, and the word is what a
// person sees of it.
func TestCommandsTakeValuesAsWords(t *testing.T) {
	for name, s := range attacks {
		steps := fillSteps([]diagnose.Step{{Run: "grep -F -e {{reason}} -- file"}, {Run: "echo '{{reason}}'"}}, map[string]string{"reason": s})
		harmless(t, name, steps[0].Run+steps[1].Run)
		if strings.Contains(steps[0].Run+steps[1].Run, "\n") {
			t.Errorf("%s: a command of two lines: %.200q", name, steps[0].Run)
		}
		words, ok := shellWords(steps[0].Run)
		if !ok || len(words) != 6 || words[3] != Printable(s) {
			t.Errorf("%s: %.200q is %.200q to a shell", name, steps[0].Run, words)
		}
		if words, ok = shellWords(steps[1].Run); !ok || len(words) != 2 {
			t.Errorf("%s: %.200q is %.200q to a shell", name, steps[1].Run, words)
		}
	}
}
