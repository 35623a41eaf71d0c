package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"diagnose/follow"
	"diagnose/incident"
)

// tellingRule names a secret in its title.
const tellingRule = `title: The word {{word}} was refused
system: test
role: cause
confidence: confirmed
side: client
signals:
  refused: {regex: 'login refused: word (?P<word>\S+)'}
  tried: {regex: 'login with password=\S+'}
when: {all: [refused, tried]}
cause: The word {{word}} is not the account's.
fix: [{say: Use another word.}]
references: [none]
zh:
  title: 口令 {{word}} 被拒绝
  cause: 口令 {{word}} 不是该账号的。
  fix: [{say: 换一个口令。}]
examples:
  - log: "login with password=abc\nlogin refused: word abc"
    expect: {}
  - log: "login with password=abc"
    expect: none
`

// canaries are logs, each with a cause that says secrets.
var canaries = []string{
	knownLog,
	"login with password=Can4ry-30\nlogin refused: word Can4ry-30\n",
	"curl -u deploy:Can4ry-31 -H 'Authorization: Bearer Can4ryBearer32abc' https://a.example.com/?access_token=Can4ryTok33\ncurl: (6) Could not resolve host: a.example.com\n",
}

// told is what a watcher tells of canaries, to its terminal and to others, until all
// incidents are over.
type told struct {
	terminal, receivers string
	corpus              map[string]string
	causes              int
}

func tell(t *testing.T, o watchOptions) (got told) {
	t.Helper()
	var mu sync.Mutex
	var bodies strings.Builder
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(&bodies, "%s\n", body)
		io.WriteString(answer, `{"code": 0}`)
	}))
	defer server.Close()
	dir := t.TempDir()
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "told.yaml"), []byte(tellingRule), 0o600); err != nil {
		t.Fatal(err)
	}
	base, _, problems := openBase("", []string{own})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	l, err := newLive(base, clock{now: exampleTime})
	if err != nil {
		t.Fatal(err)
	}
	o.common.lang, o.state, o.corpus = "en", filepath.Join(dir, "state"), filepath.Join(dir, "corpus")
	o.notify = []string{"webhook:env:HOOK", "slack:env:HOOK", "feishu:env:HOOK"}
	state, _, _, err := openState(o.state)
	if err != nil {
		t.Fatal(err)
	}
	defer state.close()
	state.careless = true
	var out bytes.Buffer
	std := stdio{out: &out, err: io.Discard, terminal: func(any) bool { return false }, getenv: func(name string) string { return map[string]string{"HOOK": server.URL}[name] }}
	w := o.watcher(std, l, state, func() {})
	w.follower = &script{at: map[string]follow.Checkpoint{}}
	finish, err := w.openReceivers(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, log := range canaries {
		ev := follow.Event{Kind: follow.Text, Stream: fmt.Sprintf("/var/log/%d.log", i), Line: 1, Text: []byte(log)}
		if err := w.handle(ev); err != nil {
			t.Fatal(err)
		}
	}
	w.judge()
	got.causes = len(w.book.Open)
	w.tell(w.book.Tick(time.Now().Add(100*time.Hour)), nil)
	finish()
	got.terminal, got.receivers, got.corpus = out.String(), bodies.String(), map[string]string{}
	kept, _ := filepath.Glob(filepath.Join(o.corpus, "*.md"))
	for _, name := range kept {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got.corpus[filepath.Base(name)] = string(text)
	}
	return got
}

// A secret in a log may show on the terminal of those who own the log. No receiver
// gets it, neither with the report nor when all is over, and the corpus does not keep it.
func TestNoSecretLeaves(t *testing.T) {
	for _, o := range []watchOptions{{save: true}, {save: true, redact: true}, {common: common{format: "json"}}, {common: common{format: "json"}, redact: true}} {
		got := tell(t, o)
		if got.causes != len(canaries) {
			t.Fatalf("%+v: %d incidents, want %d\n%s", o, got.causes, len(canaries), got.terminal)
		}
		for _, want := range []string{"The word <secret:", string(incident.Opened), "nothing more of it"} {
			if !strings.Contains(got.receivers, want) && !strings.Contains(got.receivers, strings.ReplaceAll(want, "<", "\\u003c")) {
				t.Errorf("%+v: the receivers were not told %q", o, want)
			}
		}
		noCanary(t, "receivers", got.receivers)
		if !o.redact && !strings.Contains(got.terminal, "Can4ry") {
			t.Errorf("%+v: the terminal has no secret: the test shows nothing", o)
		}
		if o.redact {
			noCanary(t, "terminal", got.terminal)
		}
		if o.save && len(got.corpus) != len(canaries) || !o.save && len(got.corpus) != 0 {
			t.Errorf("%+v: %d incidents are kept", o, len(got.corpus))
		}
		for name, text := range got.corpus {
			noCanary(t, name, name+"\n"+text)
		}
	}
}

func noCanary(t *testing.T, where, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if at := strings.Index(line, "Can4ry"); at >= 0 {
			t.Errorf("%s: ...%s", where, line[max(0, at-100):min(len(line), at+60)])
		}
	}
}
