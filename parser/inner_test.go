package parser

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

// texts are the decoded texts without their places.
func texts(list []diagnose.Inner) []string {
	var out []string
	for _, inner := range list {
		out = append(out, inner.Text)
	}
	return out
}

// decodeInner is what openMessage finds in a message.
func decodeInner(message string) []diagnose.Inner {
	e := diagnose.Entry{Message: message}
	openMessage(&e)
	return e.Inner
}

// placed shows texts with their places: "msg: text".
func placed(list []diagnose.Inner) []string {
	var out []string
	for _, inner := range list {
		out = append(out, inner.Place+": "+inner.Text)
	}
	return out
}

func checkInner(t *testing.T, in string, got []diagnose.Inner, want []string) {
	t.Helper()
	if a, b := strings.Join(placed(got), "\n¦ "), strings.Join(want, "\n¦ "); a != b {
		t.Errorf("%s\ngot\n¦ %s\nwant\n¦ %s", in, a, b)
	}
	for i, inner := range got {
		outer := in
		if inner.Outer >= i {
			t.Fatalf("text %d stands in text %d", i, inner.Outer)
		}
		if inner.Outer >= 0 {
			outer = got[inner.Outer].Text
		}
		if inner.From < 0 || inner.From > inner.To || inner.To > len(outer) {
			t.Errorf("text %d stands in [%d, %d) of %d bytes", i, inner.From, inner.To, len(outer))
		}
	}
}

func TestDecodeInner(t *testing.T) {
	f := func(in string, want ...string) {
		t.Helper()
		checkInner(t, in, decodeInner(in), want)
	}
	f(`{"stderr": "npm \u001b[31mERR!\u001b[39m code ERESOLVE"}`, "stderr: npm ERR! code ERESOLVE")
	f("plain text with nothing inside")
	f(`fatal: [a]: FAILED! => {"changed": false, "msg": "Failed to connect\r\nssh: x", "cmd": "echo Permission denied", "rc": 3}`,
		"msg: Failed to connect\r\nssh: x")
	f(`x => {"msg": "\u547d\u4ee4\u8fd4\u56de\u975e\u96f6\u503c"}`, "msg: 命令返回非零值")
	f(`x => {"results": [{"msg": "no space left on a"}, {"stderr": "no space left on b"}]}`,
		"results[0].msg: no space left on a", "results[1].stderr: no space left on b")
	f(`x => {"module_stderr": "{\"msg\": \"first\\nsecond line\"}"}`, `module_stderr: {"msg": "first\nsecond line"}`, "module_stderr > msg: first\nsecond line")
	f(`(255, b'', b'ssh: connect to host x port 22\r\nbye')`, "quoted: ssh: connect to host x port 22\r\nbye")
	f(`doubly \\u547d\\u4ee4`, `unescaped: doubly \u547d\u4ee4`, "unescaped > unescaped: doubly 命令")
	f(`{"msg": "cut off in the middle`, "msg: cut off in the middle")
	f(`ERROR 1045: Access denied for user ‘root’@’localhost’`, "plain quotes: ERROR 1045: Access denied for user 'root'@'localhost'")
	f(`x => {“msg”: “no space left – 0×80…”}`, `plain quotes: x => {"msg": "no space left - 0x80..."}`, "plain quotes > msg: no space left - 0x80...")
	f("getopt: unrecognized option ‘–foo’, 3×4 and – alone", "plain quotes: getopt: unrecognized option '--foo', 3×4 and - alone")
	f("HTTP Status 404 – Not Found, 3×4…")
	f("│ Error: file provisioner error\n│ \n│   on main.tf line 5:\n│    5:   provisioner {\n│ \n│ timeout - last error: ssh:\n│ handshake failed\n│ at last",
		"whole sentences: Error: file provisioner error\n\n  on main.tf line 5:\n   5:   provisioner {\n\ntimeout - last error: ssh: handshake failed at last")
	f("│ Error: one line\n│ \n│ and another")
	f(`emoji \ud83d\ude00 and half \ud83d here`, "unescaped: emoji 😀 and half \ufffd here")

	nested := `"innermost text"`
	for range 10 {
		nested = `{"msg": ` + quoteJSON(nested) + `}`
	}
	var e diagnose.Entry
	e.Message = nested
	if openMessage(&e); len(e.Inner) != maxInnerDepth || e.InnerCut != 1 {
		t.Errorf("%d texts, %d cut, want %d", len(e.Inner), e.InnerCut, maxInnerDepth)
	}
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// What programs really print, one shape each.
func TestInnerShapes(t *testing.T) {
	f := func(in string, want ...string) {
		t.Helper()
		checkInner(t, in, decodeInner(in), want)
	}
	// JSON: a dict or list of Python, a fragment of a document, mute keys, keys of Java.
	f(`raise AnsibleError({'msg': u'no route to host x', 'rc': 4, "cmd": ["ls", "/nonexistent/path"]})`, "msg: no route to host x")
	f(`msg: ['first problem here', "the second's problem"]`, "[0]: first problem here", "[1]: the second's problem")
	f(`        "stderr": "curl: (6) Could not resolve host: x",`, "stderr: curl: (6) Could not resolve host: x")
	f(`Ans: { Cmd , MgmtId: 1, via: 3, [{"com.cloud.agent.api.Answer":{"result":false,"details":"no space left"}}] }`, "[0].Answer.details: no space left")
	f(`{"plays": [{"tasks": [{"hosts": {"localhost": {"stderr": "connection refused"}}}]}]}`, "plays[0].tasks[0].hosts.localhost.stderr: connection refused")
	f(`{"level":"error","error":{"message":"connect ECONNREFUSED 10.0.0.1:5432","code":"ECONNREFUSED"}}`,
		"error.message: connect ECONNREFUSED 10.0.0.1:5432", "error.code: ECONNREFUSED")
	f(`{"kind":"Status","status":"Failure","message":"pods \"web\" is forbidden","reason":"Forbidden","code":403}`, `message: pods "web" is forbidden`, "reason: Forbidden")
	f(`{"timestamp":"2024-05-30T03:09:00.000+00:00","status":500,"error":"Internal Server Error","path":"/api/v3/jobs"}`,
		"timestamp: 2024-05-30T03:09:00.000+00:00", "error: Internal Server Error", "path: /api/v3/jobs")
	f(`{"message":"No such image: nginx:nope"}`, "message: No such image: nginx:nope")
	f(`[3803009] 命令返回非零值：exit_status -> 6, stdout -> , stderr -> {"result": false, "message": "Could not resolve host: x"}`, "message: Could not resolve host: x")

	// Error pages.
	f("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>",
		"<title>: 502 Bad Gateway")
	f(`<!doctype html><html lang="en"><head><title>HTTP Status 404 – Not Found</title></head><body><h1>HTTP Status 404 – Not Found</h1><hr class="line" />`+
		`<p><b>Type</b> Status Report</p><p><b>Message</b> The requested resource [&#47;client] is not available</p>`,
		"<title>: HTTP Status 404 – Not Found", "<p>: Type Status Report", "<p>: Message The requested resource [/client] is not available")
	f(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b</BucketName></Error>`,
		"<Code>: NoSuchBucket", "<Message>: The specified bucket does not exist")
	f("<title>never closed " + strings.Repeat("<title>", 3))

	// PowerShell.
	f(`#< CLIXML <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">Get-Item : Cannot find path 'C:\nope'_x000D__x000A_</S><S S="Error">At line:1 char:1_x000D__x000A_</S></Objs>`,
		"CLIXML Error: Get-Item : Cannot find path 'C:\\nope'\nAt line:1 char:1")

	// Quoting.
	f(`E0417 04:54:34.187605 1 pod.go:1] "Error syncing pod" err="failed to \"StartContainer\" for \"web\"" pod="default/web"`,
		`err: failed to "StartContainer" for "web"`)
	f(`+ printf $'curl: (6) Could not\nresolve'`, "quoted: curl: (6) Could not\nresolve")
	f(`subprocess.CalledProcessError: output=b'fatal: \xe5\x91\xbd\xe4\xbb\xa4\n'`, "output: fatal: 命令\n")
	f(`it's a 'plain' "quoted" word and C:\new\release\name`)
	f(`GET /login?error_description=The+user+has%20denied+access&state=1`, "error_description: The user has denied access")
	f(`GET /a%2Fb%2Fc/%E4%B8%AD 200`)
	f(`body: &lt;Error&gt; &quot;Access Denied&quot;`, `HTML-escaped: body: <Error> "Access Denied"`)
	f("remote: error: denied by hook\nremote: second line\nTo git@x", "remote: error: denied by hook\nsecond line")
}

// A text inside that consists of log lines is read as such.
func TestInnerEntries(t *testing.T) {
	p := New()
	f := func(text string, want ...string) diagnose.Entry {
		t.Helper()
		e := p.Parse([]byte(text), time.Time{})
		var got []string
		for _, inner := range e.Inner {
			for _, l := range inner.Entries {
				got = append(got, fmt.Sprintf("%s %d-%d %s %s %s", inner.Place, l.Line, l.EndLine, l.Format, l.Level, diagnose.FirstLine(l.Message)))
				if l.Inner != nil || string(inner.Text[l.Offset:][:len(l.Text)]) != l.Text {
					t.Errorf("%q does not stand in the text at %d", l.Text, l.Offset)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
		return e
	}
	e := f(`fatal: [web1]: FAILED! => {"msg": "non-zero return code", "stdout": "last lines:\n2015-03-01 10:00:00,123 WARN  [c.c.a.m.AgentManagerImpl] (AgentTaskPool-1:ctx-0a0a0a0a) Unable to reach 49\njava.io.IOException: x\n\tat a.b.C.d(C.java:1)\n2015-03-01 10:00:01,123 ERROR [c.c.a.Agent] (main:null) bye"}`,
		"stdout 1-1 text  last lines:", "stdout 2-4 cloudstack WARN Unable to reach 49", "stdout 5-5 cloudstack ERROR bye")
	if !slices.Contains(e.Mentions, diagnose.ID{Kind: diagnose.KindCtx, Value: "0a0a0a0a"}) || len(e.IDs) != 0 {
		t.Errorf("ids %v, mentions %v", e.IDs, e.Mentions)
	}
	f(`fatal: [web1]: FAILED! => {"msg": "two lines\nof a text"}`)
	f(`{"msg": "` + strings.Repeat(`2015-03-01 10:00:00 ERROR x\n`, 2000) + `"}`) // longer than what is read
}

// The answer of Ansible's yaml callback.
func TestInnerYAML(t *testing.T) {
	f := func(in string, want ...string) {
		t.Helper()
		checkInner(t, in, decodeInner(in), want)
	}
	f("fatal: [localhost]: FAILED! => changed=true\n  cmd: curl http://nope.invalid\n  msg: non-zero return code\n  rc: 6\n"+
		"  stderr: |-\n    first line\n      indented\n    curl: (6) Could not resolve host: nope.invalid\n  stderr_lines: <omitted>\n  stdout: ''\n",
		"msg: non-zero return code", "stderr: first line\n  indented\ncurl: (6) Could not resolve host: nope.invalid")
	f("failed: [h] => \n  msg: 'it''s\n    broken: yes'\n  results:\n  - msg: the first item failed\n    rc: 1\n  - stderr: \"a\\tsecond one\"\n",
		"msg: it's broken: yes", "results[0].msg: the first item failed", "results[1].stderr: a\tsecond one")
	f("TASK [x] =>\nnot indented: text")
	f("web1 | FAILED | rc=6 >>\none line\ncurl: (6) Could not resolve host: xnon-zero return code\n", "output: one line\ncurl: (6) Could not resolve host: x")
}

func TestHiddenTexts(t *testing.T) {
	f := func(message string, want ...string) {
		t.Helper()
		checkInner(t, message, hiddenTexts(message), want)
	}
	const cause = "base64 exception > cause: java.io.IOException: No space left on device"
	const thrown = "base64 exception: com.cloud.utils.exception.CloudRuntimeException: Failed to migrate VM[User|i-9-20-VM]\nCaused by: java.io.IOException: No space left on device"
	safe := base64.RawURLEncoding.EncodeToString(failedMigration())
	f("Complete async job-189, jobStatus: FAILED, resultCode: 0, result: "+safe, thrown, cause)
	f("result: "+base64.StdEncoding.EncodeToString(failedMigration())+", initMsid: 3", thrown, cause)
	f("result: "+safe[:100]+"\n"+safe[100:], thrown, cause) // wrapped in a post
	f("cmdInfo: "+strings.ReplaceAll(base64.StdEncoding.EncodeToString(failedMigration()), "=", `\u003d`), thrown, cause)
	f("result: rO0ABXNyAA5qYXZhLmxhbmcuTG9uZzuL5JDMjyPfAgABSgAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAAAAAAAAAAQ")

	f(`result: org.apache.cloudstack.api.response.ExceptionResponse/null/{"uuidList":[],"errorcode":533,"errortext":"Unable to create a deployment for VM[User|i-2-3-VM], can\u0027t"}`,
		"errortext: Unable to create a deployment for VM[User|i-2-3-VM], can't")
	f(`{"errortext" : "Unable to x in zone"}`, "errortext: Unable to x in zone")
	f(`{"details":"plain words need no decoding"}`, "details: plain words need no decoding")
	f(`{"result":false,"details":"mount.nfs: can\u0027t\naccess","x":1}`, "details: mount.nfs: can't\naccess")
	f(`"response":"{\"errortext\":\"Failed to \\\"stop\\\" it\"}"`, `errortext: Failed to "stop" it`)
	f(`a **bold** word here`, ": a bold word here")
	f("nothing here")
	f(`{"errortext":"cut off in the mid`, "errortext: cut off in the mid")
	if got := hiddenTexts(strings.Repeat(`{"errortext":"number `+"\\u0027"+strings.Repeat("x", 9000)+`"}`, 30)); len(got) > maxInner || len(got[0].Text) > maxHiddenText {
		t.Errorf("%d texts, the first of %d bytes", len(got), len(got[0].Text))
	}
}

func FuzzDecodeInner(f *testing.F) {
	for _, s := range []string{
		`{"a": "b\u547d\n", "c": ["\\u547d"]}`, `\\\\n\u12`, `x => {'msg': b'\xe5'}`, "f => \n  a: |-\n    b\n  c:\n  - d: 'e\n    f'\n",
		`<S S="Error">a_x000D_</S><title>x</title>&lt;`, `a=%20%41&b`, "remote: x\nremote: y", "rO0ABXNyABNqYXZh", `err="a\"b" $'c\n'`, `{"errortext":"x","details":"\"errortext\""}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkBounds(t, s, decodeInner(s))
		checkBounds(t, s, hiddenTexts(s))
	})
}

// checkBounds holds that what is opened is bounded by what was given, and stands
// where it says.
func checkBounds(t *testing.T, s string, found []diagnose.Inner) {
	t.Helper()
	total := 0
	for i, inner := range found {
		total += len(inner.Text)
		outer := len(s)
		if inner.Outer >= i {
			t.Fatalf("text %d stands in text %d", i, inner.Outer)
		}
		if inner.Outer >= 0 {
			outer = len(found[inner.Outer].Text)
		}
		if inner.From < 0 || inner.From > inner.To || inner.To > outer || inner.At < 0 || inner.At > strings.Count(s, "\n") {
			t.Fatalf("text %d: [%d, %d) of %d, line %d", i, inner.From, inner.To, outer, inner.At)
		}
		if len(inner.Place) > maxPlace+len("…") {
			t.Fatalf("place of %d bytes", len(inner.Place))
		}
	}
	if len(found) > maxInner || total > 3*(maxInnerDepth+1)*(2*len(s)+64) {
		t.Fatalf("%d texts, %d bytes out of %d", len(found), total, len(s))
	}
}

// worst are texts on which a careless reader looks at each byte again and again.
var worst = map[string]func(n int) string{
	"open brackets":   func(n int) string { return strings.Repeat(`{"a":[`, n/6) },
	"strings":         func(n int) string { return `[` + strings.Repeat(`"123456789",`, n/12) },
	"nested JSON":     nestedJSON,
	"backslashes":     func(n int) string { return strings.Repeat(`\`, n) },
	"escaped quotes":  func(n int) string { return strings.Repeat(` "\"`, n/4) },
	"open quotes":     func(n int) string { return strings.Repeat(` b'\n $'`, n/8) },
	"open tags":       func(n int) string { return strings.Repeat("<title><p><pre>", n/15) },
	"open CLIXML":     func(n int) string { return strings.Repeat(`<S S="Error">`, n/13) },
	"CLIXML escapes":  func(n int) string { return `<S S="Error">` + strings.Repeat("_x000A", n/6) + "</S>" },
	"angle brackets":  func(n int) string { return "<p>" + strings.Repeat("<", n) + "</p>" },
	"references":      func(n int) string { return strings.Repeat("&lt;&#", n/6) },
	"per cent":        func(n int) string { return strings.Repeat("%20=", n/4) },
	"one long word":   func(n int) string { return strings.Repeat("%41a", n/4) },
	"broken base64":   func(n int) string { return strings.Repeat("rO0ABXNyABNqYXZhLmxhbmc=", n/24) },
	"remote":          func(n int) string { return strings.Repeat("remote: x\n\n", n/11) },
	"YAML":            func(n int) string { return "f: => \n" + strings.Repeat("  a: 'x\n    y\n", n/14) },
	"YAML lists":      func(n int) string { return "f: => \n  a:\n" + strings.Repeat("  - - - b: \"\n", n/13) },
	"errortext":       func(n int) string { return strings.Repeat(`"errortext":"\"details\":"<errortext>`, n/37) },
	"paths":           func(n int) string { return strings.Repeat(`C:\new\u1 `, n/10) },
	"log lines":       func(n int) string { return `{"a":"` + strings.Repeat(`2015-03-01 10:00:00 ERROR x\n`, n/29) + `"}` },
	"asterisks":       func(n int) string { return strings.Repeat("**", n/2) },
	"quoted in quote": func(n int) string { return strings.Repeat(`a="`, n/3) + strings.Repeat(`\\\"`, n/8) },
}

func nestedJSON(n int) string {
	text := "innermost text"
	for len(text) < n {
		text = `{"msg":` + quoteJSON(text) + `}`
	}
	return text[:n]
}

// Opening takes time in proportion to the text: who looks at each byte again and again
// needs days for these, and no clock is read to see it. The benchmark below tells how long.
func TestOpeningWorst(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	for _, text := range worst {
		s := text(4 << 20)
		checkBounds(t, s, decodeInner(s))
		checkBounds(t, s, hiddenTexts(s))
	}
}

func BenchmarkOpenWorst(b *testing.B) {
	p := New()
	for name, text := range worst {
		b.Run(name, func(b *testing.B) {
			line := []byte(text(MaxEntry))
			for b.Loop() {
				p.Parse(line, time.Time{})
			}
		})
	}
}
