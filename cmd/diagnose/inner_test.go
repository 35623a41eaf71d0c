package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"diagnose/rules"
)

// hider writes a text into a log line as a program would that passes it on.
type hider struct {
	name  string
	hide  func(text string) string
	place string // where the text stands then
}

var hiders = []hider{
	{"Ansible msg", func(s string) string {
		return `fatal: [web1]: FAILED! => {"changed": false, "msg": ` + pythonJSON(s) + `, "rc": 1}`
	}, "msg"},
	{"Ansible loop", func(s string) string {
		return `failed: [web1] => {"changed": true, "results": [{"rc": 0, "stderr": ""}, {"item": "b", "stderr": ` + pythonJSON(s) + `, "rc": 1}]}`
	}, "results[1].stderr"},
	{"JSON in msg", func(s string) string {
		return `fatal: [web1]: FAILED! => {"msg": ` + pythonJSON(`{"rc": 6, "stderr": `+pythonJSON(s)+`}`) + `}`
	}, "msg > stderr"},
	{"Ansible callback json", func(s string) string {
		return "{\n    \"plays\": [\n        {\n            \"tasks\": [\n                {\n                    \"hosts\": {\n                        \"web1\": {\n" +
			"                            \"stderr\": " + pythonJSON(s) + ",\n                            \"rc\": 1\n" +
			"                        }\n                    }\n                }\n            ]\n        }\n    ]\n}"
	}, "plays[0].tasks[0].hosts.web1.stderr"},
	{"Ansible callback yaml", func(s string) string {
		return "fatal: [web1]: FAILED! => changed=true\n  cmd: run\n  msg: non-zero return code\n  stderr: |-\n    first\n    " + s + "\n  stdout: ''"
	}, "stderr"},
	{"Ansible ad hoc", func(s string) string { return "web1 | FAILED | rc=6 >>\n" + s + "non-zero return code" }, "output"},
	{"Go JSON", func(s string) string { return `{"level":"error","error":{"message":` + goJSON(s) + `}}` }, "error.message"},
	{"PHP JSON", func(s string) string {
		return `{"level":"error","message":` + strings.ReplaceAll(pythonJSON(s), "/", `\/`) + `}`
	}, ""}, // a JSON line is a format: its message is the entry's own
	{"logfmt", func(s string) string {
		return `level=error msg="task failed" err=` + fmt.Sprintf("%q", "run: \"x\" "+s)
	}, "err"},
	{"repr of bytes", func(s string) string {
		return "Failed to run: CompletedProcess(returncode=1, stderr=b'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + `\n')`
	}, "stderr"},
	{"CLIXML", func(s string) string {
		return `#< CLIXML <Objs Version="1.1.0.1"><S S="Error">` + html.EscapeString(s) + `_x000D__x000A_</S><S S="Error">next_x000D__x000A_</S></Objs>`
	}, "CLIXML Error"},
	{"error page", func(s string) string {
		return `<html><body><h1>Error</h1><pre>` + html.EscapeString(s) + `</pre></body></html>`
	}, "<pre>"},
	{"agent's answer", func(s string) string {
		return `2019-03-01 10:00:00,123 DEBUG [c.c.a.t.Request] (AgentManager-Handler-1:null) Seq 4-12: Processing:  { Ans: , MgmtId: 1, via: 4, Ver: v1, Flags: 10, [{"com.cloud.agent.api.Answer":{"result":false,"details":` + gson(s) + `,"wait":0}}] }`
	}, "details"},
	{"Java object", func(s string) string {
		return "2019-03-01 10:00:00,123 ERROR [c.c.v.VmWorkJobDispatcher] (Work-Job-Executor-1:ctx-0a0a0a0a job-7/job-8) Complete async job-8, jobStatus: FAILED, resultCode: 0, result: " +
			base64.RawURLEncoding.EncodeToString(serializedThrowable("com.cloud.utils.exception.CloudRuntimeException", s))
	}, "base64 exception"},
	{"URL-encoded", func(s string) string { return "level=error msg=callback url=/fail?reason=" + url.QueryEscape(s) }, "reason"},
}

// The cause that a plain text gives is found as well where the text is hidden, with
// the same captures, and the evidence says where it stands.
func TestSameCauseInside(t *testing.T) {
	base := shippedBase(t)
	for _, text := range []string{
		"curl: (6) Could not resolve host: files.example.com",
		"ssh: connect to host 10.0.0.9 port 22: Connection refused",
		"mkdir: cannot create directory ‘/data/x’: No space left on device",
		"fatal: unable to access 'https://git.example.com/x.git/': Could not resolve host: git.example.com",
		`Error response from daemon: Get "https://registry.example.com/v2/": x509: certificate signed by unknown authority`,
	} {
		want, _ := firstCause(t, base, text)
		if want == "" {
			t.Errorf("%s: no cause, even when plain", text)
			continue
		}
		for _, h := range hiders {
			line := h.hide(text)
			got, place := firstCause(t, base, line)
			if got != want || place != h.place {
				t.Errorf("%s: %s\ngot  %s in %q\nwant %s in %q", h.name, line, got, place, want, h.place)
			}
		}
	}
}

// firstCause is the first cause of a log with its captures, and the place of its
// evidence.
func firstCause(t *testing.T, base *rules.Base, log string) (cause, place string) {
	t.Helper()
	var r struct {
		Causes []struct {
			Rule     string
			Captures map[string]string
			Evidence []struct {
				Match   string
				MatchIn string `json:"match_in"`
			}
		}
	}
	if err := json.Unmarshal(answer(t, base, []string{"x.log"}, map[string]string{"x.log": log + "\n"}, 1, 1<<20), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Causes) == 0 {
		return "", ""
	}
	return fmt.Sprint(r.Causes[0].Rule, r.Causes[0].Captures), r.Causes[0].Evidence[0].MatchIn
}

// goJSON is how encoding/json writes a string.
func goJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(b)
}

// gson is goJSON with what Gson changes besides.
func gson(s string) string {
	return strings.NewReplacer("'", `\u0027`, "=", `\u003d`).Replace(goJSON(s))
}

// pythonJSON is how json.dumps writes a string.
func pythonJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// serializedThrowable is an exception as ObjectOutputStream writes it, but for the
// fields that nothing reads.
func serializedThrowable(class, message string) []byte {
	b := []byte{0xAC, 0xED, 0, 5, 's'}
	text := func(s string) {
		b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
		b = append(b, s...)
	}
	b = append(b, 'r')
	text(class)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 'x', 'r')
	text("java.lang.Throwable")
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 'L')
	text("detailMessage")
	b = append(b, 't')
	text("Ljava/lang/String;")
	b = append(b, 'x', 'p', 't')
	text(message)
	return b
}
