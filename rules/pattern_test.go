package rules

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// takes translates a match and returns what its first capture took from text.
func takes(t *testing.T, match, text string) string {
	t.Helper()
	source, err := translate(match)
	if err != nil {
		return "error: " + err.Error()
	}
	m := regexp.MustCompile(source).FindStringSubmatch(text)
	switch {
	case m == nil:
		return "no match"
	case len(m) == 1:
		return "match"
	}
	return m[1]
}

func TestMatchTakes(t *testing.T) {
	f := func(match, text, want string) {
		t.Helper()
		if got := takes(t, match, text); got != want {
			t.Errorf("%q on %q: %q, wanted %q", match, text, got, want)
		}
	}
	f("lost host <host>", "we lost host kvm-22.example and more", "kvm-22.example")
	f("lost host <host>", "we lost host kvm22.", "kvm22")
	f("lost host <host>", "we lost host kvm22: gone", "kvm22")
	f("lost host <host> now", "lost host a.b. now", "no match") // the word may not end in a dot
	f("lost host <host>.", "lost host a.b.", "a")               // as short as possible before a mark
	f("lost host <host>: gone", "lost host fe80::1: gone", "fe80::1")
	f("lost host <host>", `lost host "kvm22"`, "no match")
	f(`lost host "<host>"`, `lost host "kvm22"`, "kvm22")
	f("lost host <host>,", "lost host kvm22, gone", "kvm22")
	f("lost host <host>", "lost host kvm22;reboot", "kvm22")
	f("lost host <host>", "lost host [kvm22]", "no match")
	f("lost host [<host>]", "lost host [kvm22]", "kvm22")
	f("无法连接主机 <host>", "无法连接主机 10.0.0.1，请检查网络", "10.0.0.1")
	f("无法连接主机 <host>", "无法连接主机 10.0.0.1。", "10.0.0.1")
	f("无法连接主机（<host>）", "无法连接主机（kvm22）", "kvm22")
	f("无法连接主机“<host>”", "无法连接主机“kvm22”，请检查", "kvm22")
	f("无法连接主机 <host>", "无法连接主机 kvm22：超时", "kvm22：超时") // a colon may stand inside
	f("无法连接主机 <host>", "无法连接主机 kvm22：", "kvm22")
	f("exit status <code:int>", "exit status 255.", "255")
	f("exit status <code:int>", "exit status x", "no match")
	f("reason: <why:rest>", "reason: no route to host  \nnext", "no route to host")
	f("reason: <why:rest>", "reason: \nnext", "no match")
	f("host <_> is lost", "host  is lost", "match")
	f("host <_> is lost", "host a\nb is lost", "no match")
	f(`tag \<host> is <host>`, "tag <host> is kvm22", "kvm22")
	f(`C:\\<dir> is gone`, `C:\temp is gone`, "temp")
	f("1+1 is (two) <x>", "1+1 is (two) ok", "ok")
	f("Lost host <x>", "lost host y", "no match") // case counts
	f("a <", "", "error: unclosed < in match (write \\< for a literal one)")
	f("a <Host>", "", "error: bad capture <Host>: a name of lower-case letters, digits and _ (write \\< for a literal <)")
	f("a <x:word>", "", "error: bad capture <x:word>: the kinds are int and rest")
	f("a <x><y>", "", "error: <x> is followed by another capture: nothing tells where it ends")
}

func TestPatternsRefused(t *testing.T) {
	f := func(source, want string) {
		t.Helper()
		_, err := newPattern(source)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q: %q, wanted %q", source, got, want)
		}
	}
	short := "no usable literal"
	f("connection refused", "")
	f("refused", short)
	f("(connection refused|lost)", short)
	f("(connection refused|connection lost)", "")
	f("连接失败", "") // 12 bytes
	f("失败", short)
	f("(connection refused)?", "the pattern matches the empty text")
	f("(connection refused)*|", "the pattern matches the empty text")
	f("^$", "the pattern matches the empty text")
	f("x(connection refused)?", short)
	f("(connection refused){0,2}x", short)
	f("(connection refused){2}", "")
	f(`host [ab]{1,9} is (?:lost) now`, "")
	f(`(?i)connection refused`, "")
	f("(unclosed", "bad regular expression")
	f(`connection (?=refused)`, "bad regular expression")
	f("(?P<x>connection refused)", "")
}

// randomRegex writes small regular expressions.
func randomRegex(r *rand.Rand, depth int) string {
	words := []string{"connection ", "refused", " by peer", "k", "S", "timeout", "é", "É", "主机", "连接失败", "9", " "}
	if depth == 0 {
		switch r.IntN(8) {
		case 0:
			return "[abAB]"
		case 1:
			return "[XéÉ]"
		case 2:
			return `\d`
		case 3:
			return "."
		case 4:
			return "(?i:" + words[r.IntN(len(words))] + ")"
		case 5:
			return "[Tt]" // which the parser makes a t of that ignores case
		}
		return words[r.IntN(len(words))]
	}
	sub := func() string { return randomRegex(r, depth-1) }
	switch r.IntN(9) {
	case 0:
		return "(?:" + sub() + "|" + sub() + ")"
	case 1:
		return "(?:" + sub() + ")?"
	case 2:
		return "(?:" + sub() + ")*"
	case 3:
		return "(?:" + sub() + ")+"
	case 4:
		return "(?:" + sub() + "){1,3}"
	case 5:
		return "(" + sub() + ")"
	case 6:
		return `\b` + sub()
	}
	return sub() + sub()
}

// example writes a text that re matches, but for assertions.
func example(r *rand.Rand, re *syntax.Regexp, b *strings.Builder) {
	times := func(least, most int) {
		for range least + r.IntN(most-least+1) {
			example(r, re.Sub[0], b)
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 && c < utf8.RuneSelf && r.IntN(2) == 0 {
				b.WriteString(strings.ToUpper(string(c)))
			} else if re.Flags&syntax.FoldCase != 0 && c >= utf8.RuneSelf && r.IntN(2) == 0 {
				b.WriteString(strings.ToLower(string(c)))
			} else {
				b.WriteRune(c)
			}
		}
	case syntax.OpCharClass:
		i := 2 * r.IntN(len(re.Rune)/2)
		b.WriteRune(re.Rune[i] + rune(r.IntN(int(re.Rune[i+1]-re.Rune[i])+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte("xyz"[r.IntN(3)])
	case syntax.OpStar:
		times(0, 2)
	case syntax.OpPlus:
		times(1, 3)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(re.Min, max(re.Max, re.Min))
	case syntax.OpAlternate:
		example(r, re.Sub[r.IntN(len(re.Sub))], b)
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			example(r, sub, b)
		}
	}
}

// Every text that a pattern matches holds one of its literals, but for ASCII
// case: otherwise the filter would pass over it.
func TestEveryMatchHoldsALiteral(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 26))
	matched := 0
	for range 50000 {
		source := randomRegex(r, 4)
		p, err := newPattern(source)
		if err != nil {
			continue
		}
		tree, _ := syntax.Parse(source, syntax.Perl)
		for range 4 {
			var b strings.Builder
			example(r, tree, &b)
			text := "x " + b.String() + " y"
			if !p.regexp().MatchString(text) {
				continue // an assertion forbids it
			}
			matched++
			if !holdsOne(text, p.Literals) {
				t.Fatalf("%q matches %q, which holds none of %q", source, text, p.Literals)
			}
			if !p.possible(text) {
				t.Fatalf("%q matches %q, which is said to lack one of %q", source, text, p.Needs)
			}
		}
	}
	if matched < 5000 {
		t.Fatalf("only %d texts were tried", matched)
	}
}

// find tells the same as the expression over the whole text, also where it looks at lines
// one by one.
func TestFindIsFindAll(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 26))
	inLines, crossed := 0, 0
	for range 60000 {
		source := randomRegex(r, 4)
		switch r.IntN(6) {
		case 0:
			source = `(?m)^` + source
		case 1:
			source += `$`
		case 2:
			source += `\n?` + source
		case 3:
			source = `\b` + source + `[^x]`
		}
		p, err := newPattern(source)
		if err != nil {
			continue
		}
		tree, _ := syntax.Parse(source, syntax.Perl)
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString([]string{"", "x ", "\n", "\n\n", " y\n"}[r.IntN(5)])
			example(r, tree, &b)
		}
		text, n := b.String(), 1+r.IntN(4)
		want := p.regexp().FindAllStringSubmatchIndex(text, n)
		if got := p.find(text, n); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q (in one line: %t) on %q, at most %d: %v, want %v", source, p.OneLine, text, n, got, want)
		}
		if len(want) > 1 && p.OneLine && strings.Contains(text, "\n") {
			inLines++
		}
		for _, at := range want {
			if strings.Contains(text[at[0]:at[1]], "\n") {
				crossed++
			}
		}
	}
	if inLines < 500 || crossed < 100 {
		t.Fatalf("only %d texts with several matches in lines, and %d matches over a line end", inLines, crossed)
	}
}

func holdsOne(text string, literals []string) bool {
	text = asciiLower(text)
	for _, lit := range literals {
		if strings.Contains(text, asciiLower(lit)) {
			return true
		}
	}
	return false
}

func FuzzTranslate(f *testing.F) {
	for _, s := range []string{"host <host> is lost", `\<a> <b:rest>`, "<_><x:int>", "<", "主机 <h>，"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, match string) {
		source, err := translate(match)
		if err != nil || !utf8.ValidString(match) {
			return
		}
		if _, err := syntax.Parse(source, syntax.Perl); err != nil && !strings.Contains(err.Error(), "duplicate") {
			t.Errorf("%q becomes %q: %v", match, source, err)
		}
	})
}

// A pattern is sought by the text that costs least: nothing usual, in few forms.
func TestLiteralsChosen(t *testing.T) {
	f := func(source string, want ...string) {
		t.Helper()
		p, err := newPattern(source)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(p.Literals, want) {
			t.Errorf("%s\n got %q\nwant %q", source, p.Literals, want)
		}
	}
	f(`the quorum was lost`, "the quorum was lost")
	// One text in place of four with what may stand beside it.
	f(`["']?the zookeeper quorum was lost["']?`, "the zookeeper quorum was lost")
	// Quotes are written in many ways, the words between them in one.
	f(`"the zookeeper quorum was lost"`, "the zookeeper quorum was lost")
	f(`"lost": "x"`, `"lost": "x"`)
	// Common words stand in healthy logs, too.
	f(`exception in thread [^\n]*: quorum peer gone`, ": quorum peer gone")
	f(`failed to connect [^\n]* zxid differs`, " zxid differs")
	// Where one holds, the longer one is not needed.
	f(`quorum peer gone(?: away)?`, "quorum peer gone")
	f(`(?:quorum peer gone|a quorum peer gone mad)`, "quorum peer gone")
}
