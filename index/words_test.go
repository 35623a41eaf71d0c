package index

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whole words and their parts stand at the positions of the text.
func TestTokens(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		var got []string
		for _, x := range Tokens(text) {
			got = append(got, x.Term)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("Tokens(%q)\n got %s\nwant %s", text, s, want)
		}
	}
	f("Connection refused", "connection refused")
	f("job-733 failed.", "job 733 job-733 failed")
	f("curl: (6) Could not", "curl (6) 6 could not")
	f("returned error: 530", "returned error 530")
	f("cat /etc/hosts", "cat etc host /etc/hosts")
	f("/tmp", "tmp /tmp")
	f("NT_STATUS_X", "nt status x nt_status_x")
	f("com.cloud.Foo", "com cloud foo com.cloud.foo")
	f("java.net.ConnectException:", "java net connectexception connect exception java.net.connectexception")
	f("10.1.2.3:8080", "10.1.2.3 8080 10.1.2.3:8080")
	f("at 10:02:11, 2026-01-31", "at 10:02:11 2026 01 31 2026-01-31")
	f("无法解析", "无法 法解 解析 析")
	f("库", "库")
	f("bkrepo无法", "bkrepo 无法 法")
	f("ｃｕｒｌ：（６）", "curl (6) 6")
	f("processes addresses retries status class hosts", "process address retry status class host")
	f("http://a.b:80/x/y", "http a b a.b 80 x y 80/x/y http://a.b:80/x/y")
	f(`C:\Users\x`, `c user x \users\x c:\users\x`)
	f("--flag= a-b_c", "flag a b c a-b_c")
	f("((", "")
	f("(12345)", "12345")
	f("/", "")
	f("...", "")
}

// A phrase is parts at following positions.
func TestPositions(t *testing.T) {
	at := map[string]int{}
	for _, x := range Tokens("see /var/log/a.log on db-01" + partBreak + "next") {
		at[x.Term] = x.Pos
	}
	for term, want := range map[string]int{"see": 0, "/var/log/a.log": 1, "var": 1, "log": 4, "a": 3, "on": 5, "db-01": 6, "01": 7, "next": 8 + gap} {
		if at[term] != want {
			t.Errorf("%q stands at %d, want %d", term, at[term], want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a/b:c@d.e_f-g", "（６）无法\xff解析", "//\\\\::", "ConnectIOException", "(1234)(", strings.Repeat("a.", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, pos := 0, 0
		for _, x := range Tokens(text) {
			n++
			if x.Start < 0 || x.End > len(text) || x.Start >= x.End || x.Term == "" {
				t.Fatalf("%+v of %q", x, text)
			}
			if utf8.ValidString(text) && !utf8.ValidString(x.Term) {
				t.Fatalf("term %q of valid text %q", x.Term, text)
			}
			pos = max(pos, x.Pos)
		}
		if n > 5*len(text)+5 {
			t.Fatalf("%d tokens of %d bytes", n, len(text))
		}
	})
}
