package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

var at = time.Date(2026, 11, 21, 2, 10, 0, 0, time.UTC)

func notice(key string) Notice {
	return Notice{Schema: Schema, Key: key, Event: "opened", Incident: "i1", At: at, Opened: at, Rule: "ssh/x", Title: "host web-1 is full",
		Severity: "error", Confidence: "confirmed", Cases: 3, Evidence: []string{"a.log:3: No space left on device"}, Fix: []string{"df -h"}, Text: "report", Lang: "en"}
}

// hostile is what an attacker writes into a log.
func hostile() Notice {
	n := notice("evil")
	n.Title = "<!channel> @all <@U123> [click](http://evil.example) ```"
	n.Evidence = []string{"<!here>", "</text><at user_id=\"all\"></at>", "![x](http://evil.example/x.png)", "``` # heading", strings.Repeat("长", 5000)}
	n.Fix = []string{"<at id=all></at> @everyone"}
	return n
}

func receiverOf(t *testing.T, kind, url, secret string) *Receiver {
	t.Helper()
	r, err := ParseReceiver(kind+":env:U", Sources{Getenv: func(name string) string { return map[string]string{"U": url, "U_SECRET": secret}[name] }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// caught is what a receiver got.
type caught struct {
	mu     sync.Mutex
	bodies []string
	urls   []string
}

func (c *caught) server(t *testing.T, answer string, status int) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		c.bodies, c.urls = append(c.bodies, string(b)), append(c.urls, r.URL.String())
		c.mu.Unlock()
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestPayloads(t *testing.T) {
	f := func(kind, secret, answer string, want ...string) {
		t.Helper()
		var c caught
		r := receiverOf(t, kind, c.server(t, answer, 200).URL, secret)
		if err := r.Deliver(context.Background(), []Notice{notice("k1"), hostile()}, at); err != nil {
			t.Errorf("%s: %v", kind, err)
			return
		}
		body, u := c.bodies[0], c.urls[0]
		if !json.Valid([]byte(body)) || !utf8.ValidString(body) {
			t.Errorf("%s: no JSON: %s", kind, body)
		}
		for _, w := range want {
			if !strings.Contains(body+u, w) {
				t.Errorf("%s: %q is not in %s %.2000s", kind, w, u, body)
			}
		}
	}
	f("webhook", "", "", `"schema":"diagnose/notice/v1"`, `"key":"k1"`, `"key":"evil"`)
	f("alertmanager", "", "", "/api/v2/alerts", `"rule":"ssh/x"`, `"startsAt":"2026-11-21T02:10:00Z"`, `"endsAt":"2026-11-28T02:10:00Z"`)
	f("slack", "", "ok", "[FAILED] host web-1 is full", "&lt;!channel&gt;", "&lt;!here&gt;")
	f("dingtalk", "SEC1", `{"errcode":0,"errmsg":"ok"}`, `"msgtype":"markdown"`, "timestamp=1795227000000", "sign=")
	f("wecom", "", `{"errcode":0,"errmsg":"ok"}`, `"msgtype":"markdown"`)
	f("feishu", "SEC1", `{"code":0,"msg":"success"}`, `"msg_type":"text"`, `"timestamp":"1795227000"`, `"sign":"`)
}

func TestAttacksAreBroken(t *testing.T) {
	acts := map[string][]string{
		"slack":    {"<!", "<@", "<http", "\n```\n```"},
		"dingtalk": {"@all", "](http", "![", "<at", "<!"},
		"wecom":    {"@all", "](http", "![", "<at", "<@"},
		"feishu":   {"@all", "<at", "](http"},
	}
	for _, k := range kinds {
		if acts[k.name] == nil {
			continue
		}
		m, err := k.make(&Receiver{kind: &k, url: "https://x.example"}, []Notice{hostile()}, at)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(m.body, &v); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(v)
		for _, bad := range acts[k.name] {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q acts in %.500s", k.name, bad, text)
			}
		}
		if k.name == "wecom" {
			var w struct{ Markdown struct{ Content string } }
			if err := json.Unmarshal(m.body, &w); err != nil || len(w.Markdown.Content) > 4096 || !utf8.ValidString(w.Markdown.Content) {
				t.Errorf("wecom: %d bytes, %v", len(w.Markdown.Content), err)
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	f := func(kind, answer string, status int, retry bool, want string) {
		t.Helper()
		var c caught
		err := receiverOf(t, kind, c.server(t, answer, status).URL, "").Deliver(context.Background(), []Notice{notice("k")}, at)
		var again *RetryError
		switch {
		case want == "" && err == nil:
		case err == nil, !strings.Contains(err.Error(), want), errors.As(err, &again) != retry:
			t.Errorf("%s %d %s: %v, retry %v", kind, status, answer, err, again != nil)
		}
	}
	f("webhook", "", 204, false, "")
	f("webhook", "boom", 500, true, "500")
	f("webhook", "", 429, true, "429")
	f("webhook", "no such hook\x1b[2J", 404, false, "no such hook [2J")
	f("dingtalk", `{"errcode":310000,"errmsg":"sign not match"}`, 200, false, "310000")
	f("dingtalk", `{"errcode":130101,"errmsg":"send too fast"}`, 200, true, "130101")
	f("dingtalk", `<html>`, 200, true, "not understood")
	f("wecom", `{"errcode":93000,"errmsg":"invalid webhook url"}`, 200, false, "93000")
	f("feishu", `{"code":19021,"msg":"sign match fail"}`, 200, false, "19021")
	f("feishu", `{"StatusCode":0,"StatusMessage":"success"}`, 200, false, "")
}

// The address and the secret show in no error and no name.
func TestSecretsDoNotShow(t *testing.T) {
	const token = "T0KEN-c4n4ry"
	r := receiverOf(t, "dingtalk", "http://127.0.0.1:1/robot/send?access_token="+token, "SEC-"+token)
	err := r.Deliver(context.Background(), []Notice{notice("k")}, at)
	if err == nil || strings.Contains(err.Error()+r.Name, token) {
		t.Errorf("%s: %v", r.Name, err)
	}
	for _, spec := range []string{"slack:https://hooks.slack.com/services/" + token, "slack:env:", "nothing:" + token[:0] + "x"} {
		_, err := ParseReceiver(spec, Sources{Getenv: func(string) string { return "" }})
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%v", err)
		}
	}
	from := Sources{ReadFile: func(string) ([]byte, error) { return []byte("ftp://" + token), nil }}
	if _, err := ParseReceiver("webhook:file:/x", from); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("%v", err)
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	var c caught
	other := c.server(t, "", 200)
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	if err := receiverOf(t, "webhook", s.URL, "").Deliver(context.Background(), []Notice{notice("k")}, at); err == nil || len(c.bodies) > 0 {
		t.Errorf("%v, %d bodies went elsewhere", err, len(c.bodies))
	}
}

func TestExec(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := filepath.Join(dir, "page")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n{ env; cat; echo; echo \"$1\"; } > "+out+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	argv, _ := json.Marshal([]string{script, "a b;c"})
	t.Setenv("CANARY_PASSWORD", "hunter2")
	r, err := ParseReceiver("exec:"+string(argv), Sources{Getenv: os.Getenv})
	if err != nil {
		t.Fatal(err)
	}
	n := notice("k")
	n.Title = "evil\n$(reboot)\x00"
	if err := r.Deliver(context.Background(), []Notice{n}, at); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(out)
	for _, want := range []string{"DIAGNOSE_EVENT=opened", "report\na b;c", "DIAGNOSE_TITLE=evil $(reboot)"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	if strings.Contains(string(text), "hunter2") {
		t.Error("the environment was not scrubbed")
	}
	if _, err := ParseReceiver("exec:rm -rf /", Sources{Getenv: os.Getenv}); err == nil {
		t.Error("a shell line is no command")
	}
}

func TestOutboxSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "box.jsonl")
	open := func(wantDamaged int) *Outbox {
		t.Helper()
		o, damaged, err := OpenOutbox(path, OutboxOptions{NoSync: true, Notices: 5})
		if err != nil || damaged != wantDamaged {
			t.Fatal(err, damaged)
		}
		return o
	}
	keys := func(o *Outbox) string {
		list, _ := o.next(100)
		var s []string
		for _, n := range list {
			s = append(s, n.Key)
		}
		return strings.Join(s, " ")
	}
	o := open(0)
	if err := o.Add([]Notice{notice("a"), notice("b"), notice("c")}); err != nil {
		t.Fatal(err)
	}
	if err := o.done([]Notice{notice("b")}); err != nil {
		t.Fatal(err)
	}
	o = open(0) // as after kill -9
	if got := keys(o); got != "a c" {
		t.Errorf("after a crash: %s", got)
	}
	if err := o.Add([]Notice{notice("b"), notice("a"), notice("d")}); err != nil {
		t.Fatal(err)
	}
	if got := keys(o); got != "a c d" {
		t.Errorf("repeats: %s", got)
	}
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString(`{"notice":{"key":"half`)
	f.Close()
	o = open(1)
	if got := keys(o); got != "a c d" {
		t.Errorf("with a torn end: %s", got)
	}
	o.Add([]Notice{notice("e"), notice("f"), notice("g"), notice("h")})
	if _, dropped := o.Waiting(); keys(o) != "d e f g h" || dropped != 2 {
		t.Errorf("bounded: %s, dropped %d", keys(o), dropped)
	}
}

// A receiver that fails half the time gets everything; a dead one and one that
// hangs keep nobody waiting.
func TestDispatcher(t *testing.T) {
	var got sync.Map
	calls := 0
	var mu sync.Mutex
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		calls++
		fail := calls%2 == 1
		mu.Unlock()
		var m struct{ Notices []Notice }
		json.NewDecoder(r.Body).Decode(&m)
		for _, n := range m.Notices {
			if n.Key == "poison" {
				http.Error(w, "no", http.StatusBadRequest)
				return
			}
		}
		if fail {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		for _, n := range m.Notices {
			got.Store(n.Key, true)
		}
	}))
	defer flaky.Close()
	release := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hung.Close()
	defer close(release)
	ctx, cancel := context.WithCancel(context.Background())
	d := Dispatcher{pauses: &pauses{time.Millisecond, 4 * time.Millisecond, time.Millisecond}}
	for _, u := range []string{flaky.URL, hung.URL, "http://127.0.0.1:1"} {
		box, _, err := OpenOutbox(filepath.Join(t.TempDir(), "box"), OutboxOptions{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		d.Add(ctx, receiverOf(t, "webhook", u, ""), box, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}
	for i := range 100 {
		key := fmt.Sprint("k", i)
		if i == 50 {
			key = "poison"
		}
		if err := d.Notify([]Notice{notice(key)}); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(5 * time.Minute)
	for d.Stats()[0].Waiting > 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	d.Wait()
	n := 0
	got.Range(func(any, any) bool { n++; return true })
	if s := d.Stats()[0]; n != 99 || s.Delivered != 99 || s.Refused != 1 || s.Waiting != 0 {
		t.Errorf("%d got through, %+v", n, s)
	}
	if s := d.Stats()[2]; s.Waiting != 100 {
		t.Errorf("dead: %+v", s)
	}
}
