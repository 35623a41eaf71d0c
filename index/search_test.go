package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

// some are incidents of all kinds of words.
var some = []Document{
	{ID: "2026-01-05-bkrepo", Title: "The target cannot resolve bkrepo", Time: day("2026-01-05"), Lang: "zh", Systems: []string{"blueking", "curl"},
		Rules: []string{"blueking/bkrepo-unresolvable"}, Hosts: []string{"db-01"}, IDs: []string{"job-733"}, Fixed: true,
		Sections: []Section{{"cause", "无法解析 bkrepo 的域名"}, {"evidence", "curl: (6) Could not resolve host: bkrepo.example.com\ncat /etc/hosts"}}},
	{ID: "2026-02-10-refused", Title: "Connection refused by the proxy", Time: day("2026-02-10"), Lang: "en", Systems: []string{"curl"},
		Rules: []string{"curl/connection-refused"}, Hosts: []string{"web-02"}, IDs: []string{"job-734"},
		Sections: []Section{{"evidence", "curl: (7) Failed to connect to 10.1.2.3:8080\njava.net.ConnectException: Connection refused"}}},
	{ID: "2026-03-15-530", Title: "Access denied by the edge", Time: day("2026-03-15"), Lang: "en", Systems: []string{"curl"},
		Rules: []string{"curl/http-530"}, Hosts: []string{"db-01"}, Fixed: true, Confirmed: true,
		Sections: []Section{{"evidence", "curl: (22) The requested URL returned error: 530\ncom.cloud.agent.Foo NT_STATUS_ACCESS_DENIED"}, {"notes", "the connection was fine; refused later"}}},
	{ID: "2025-12-31-disk", Title: "磁盘已满", Time: day("2025-12-31"), Lang: "zh", Systems: []string{"shared"}, Rules: []string{"shared/disk-full"},
		Sections: []Section{{"cause", "数据库的磁盘空间不足，写入失败"}}},
}

func memory(t testing.TB, docs []Document) *Reader {
	t.Helper()
	r, err := Memory(docs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func ask(t testing.TB, r *Reader, text string) (*Answer, []string) {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	a, err := r.Search(q, Options{})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var ids []string
	for _, x := range a.Results {
		ids = append(ids, x.ID)
	}
	return a, ids
}

func TestSearch(t *testing.T) {
	r := memory(t, some)
	f := func(query string, want ...string) {
		t.Helper()
		a, got := ask(t, r, query)
		if a.Any {
			got = append([]string{"any"}, got...)
		}
		for i := range got {
			if got[i] != "any" {
				got[i] = got[i][strings.LastIndexByte(got[i], '-')+1:]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %v\nwant %v", query, got, want)
		}
	}
	f("resolve", "bkrepo")
	f("RESOLVE host", "bkrepo")
	f("无法解析", "bkrepo")
	f("无法解析 bkrepo", "bkrepo")
	f("磁盘", "disk")
	f("盘", "disk")
	f("库", "disk")
	f("败", "disk")
	f(`"空间不足"`, "disk")
	f(`"不足空间"`)
	f("空足间不")
	f("磁盘空间满", "any", "disk")
	f("磁盘空间满 connection", "any", "disk", "refused", "530")
	if a, _ := ask(t, r, "磁盘空间满"); len(a.Missing) != 1 || !a.Missing[0].Parts {
		t.Errorf("%+v", a.Missing)
	}
	if a, _ := ask(t, r, "空足间不 磁盘"); len(a.Missing) != 1 || a.Missing[0].Parts {
		t.Errorf("%+v", a.Missing)
	}
	f("job-733", "bkrepo")
	f("733", "bkrepo")
	f("(6)", "bkrepo")
	f("（６）", "bkrepo")
	f("curl (7)", "refused")
	f("530", "530")
	f("/etc/hosts", "bkrepo")
	f("NT_STATUS_ACCESS_DENIED", "530")
	f("com.cloud.agent.Foo", "530")
	f("com.cloud", "530")
	f("10.1.2.3", "refused")
	f("10.1.2.3:8080", "refused")
	f("8080", "refused")
	f("ConnectException", "refused")
	f("exception", "refused")
	f("connection refused", "refused", "530")
	f(`"connection refused"`, "refused")
	f(`“connection refused”`, "refused")
	f("rule:curl/*", "530", "refused")
	f("rule:curl/* host:db-01", "530")
	f("host:DB-01", "530", "bkrepo")
	f("host:db-01 after:2026-02-01", "530")
	f("after:2026-01-05", "530", "refused", "bkrepo")
	f("after:2026-01-06", "530", "refused")
	f("before:2026-01-05", "disk")
	f("before:2026-01-06 after:2025", "bkrepo", "disk")
	f("after:2026-02 before:2026-03", "refused")
	f("system:curl lang:en fixed:yes", "530")
	f("system:curl -fixed:yes", "refused")
	f("connection -proxy", "530")
	f("id:job-734", "refused")
	f("id:2026-02-10-refused", "refused")
	f("conn* proxy", "refused")
	f("refused disk nonsense", "any", "refused", "disk", "530")
	f("host:nowhere refused")
	f("rule:*/*-full", "disk")
	f("fixed:no connect*", "refused")
}

func TestSuggestions(t *testing.T) {
	r := memory(t, some)
	a, _ := ask(t, r, "conection")
	if len(a.Missing) != 1 || !slices.Contains(a.Missing[0].Suggest, "connection") {
		t.Errorf("conection: %+v", a.Missing)
	}
	if a, _ := ask(t, r, "zzzzzz"); len(a.Missing) != 1 || len(a.Missing[0].Suggest) != 0 {
		t.Errorf("zzzzzz: %+v", a.Missing)
	}
}

func TestFacets(t *testing.T) {
	r := memory(t, some)
	q, _ := Parse("after:2026")
	a, err := r.Search(q, Options{Facets: true, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(a.Total, len(a.Results), a.Facets)
	want := "3 1 [{system [{curl 3} {blueking 1}] 0 false} {rule [{blueking/bkrepo-unresolvable 1} {curl/connection-refused 1} {curl/http-530 1}] 0 false} " +
		"{lang [{en 2} {zh 1}] 0 false} {fixed [{yes 2} {no 1}] 0 false} {year [{2026 3}] 0 false}]"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// A query that cannot be asked says what is wrong and where.
func TestBadQueries(t *testing.T) {
	f := func(query string, fault Fault, at int) {
		t.Helper()
		_, err := Parse(query)
		var e *QueryError
		if !errors.As(err, &e) || e.Fault != fault || e.At != at || e.Error() == "" {
			t.Errorf("%.60q: %v, want %s at %d", query, err, fault, at)
		}
	}
	f("", FaultEmpty, 0)
	f(" ,. ", FaultEmpty, 0)
	f(`a "b c`, FaultQuote, 3)
	f(`错误 “b c`, FaultQuote, 4)
	f("*", FaultWildcard, 1)
	f("error *foo", FaultWildcard, 7)
	f("a*", FaultWildcard, 1)
	f("fo*o", FaultWildcard, 1)
	f("rule:", FaultValue, 1)
	f("after:yesterday", FaultDate, 1)
	f("fixed:perhaps", FaultYesNo, 1)
	f("-a -b", FaultOnlyNot, 0)
	f(strings.Repeat("word ", 2000), FaultLong, 0)
	q, err := Parse(strings.Repeat("w ", 50))
	if err != nil || q.Left != 50-MaxWords {
		t.Errorf("50 words: %v", err)
	}
}

// Each result says which words stand where.
func TestExplain(t *testing.T) {
	f := func(query string, doc int, want string) {
		t.Helper()
		q, err := Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		w := q.Explain(&some[doc])
		var b strings.Builder
		for _, x := range w.Words {
			if x.Parts {
				b.WriteString("parts of ")
			}
			fmt.Fprintf(&b, "%s=%s ", x.Word, strings.Join(x.Where, ","))
		}
		for _, x := range w.Excerpts {
			last := 0
			for _, m := range x.Marks {
				b.WriteString(x.Text[last:m[0]] + "[" + x.Text[m[0]:m[1]] + "]")
				last = m[1]
			}
			b.WriteString(x.Text[last:] + ";")
		}
		if b.String() != want {
			t.Errorf("%s\n got %s\nwant %s", query, b.String(), want)
		}
	}
	f("解析 bkrepo", 0, "解析=cause bkrepo=title,cause,evidence,rule,id 无法[解析] [bkrepo] 的域名;curl: (6) Could not resolve host: [bkrepo].example.com;")
	f("无法解析域名", 0, `parts of 无法解析域名=cause [无法解析] bkrepo 的[域名];`)
	f(`"connection refused" host:web-02`, 1, `"connection refused"=title,evidence,rule host:web-02=web-02 java.net.ConnectException: [Connection refused];`)
	f("（７）", 1, "（７）=evidence curl: [(7)] Failed to connect to 10.1.2.3:8080;")
	f("conn*", 1, `conn*=title,evidence,rule curl: (7) Failed to [connect] to 10.1.2.3:8080;java.net.[ConnectException]: [Connection] refused;`)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a "b" rule:x -y`, `“`, "-", "--", "rule:\"", "after:2026-01 库", "a*b", "：（６）", "-\"x\"", "：＼\x9a（\xef\xbc６）", "／a＼b"} {
		f.Add(s)
	}
	r := memory(f, some)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			var e *QueryError
			if !errors.As(err, &e) || e.Error() == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		a, err := r.Search(q, Options{Facets: true})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, x := range a.Results {
			for i := range some {
				if some[i].ID == x.ID {
					for _, e := range q.Explain(&some[i]).Excerpts {
						for _, m := range e.Marks {
							_ = e.Text[m[0]:m[1]]
						}
					}
				}
			}
		}
	})
}

// A line with a secret is like itself with another secret, whatever their numbers.
func TestLineWordsOfSecrets(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := strings.Join(lineWords(text), " "); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	f("login password=<secret:2> failed", "login password secret failed")
	f("login password=<secret:117> failed", "login password secret failed")
	f("<secret:1><secret:2>", "secret secret")
	f("a <secret:1", "a secret 1")
	f("no token", "no token")
}
