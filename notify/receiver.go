package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Receiver is one that is told.
type Receiver struct {
	// Name is what logs and metrics call it: its kind and where its address comes
	// from, never the address, which may hold a token.
	Name string

	kind   *kind
	url    string
	secret string
	argv   []string
	client *http.Client
	env    []string
}

// kind is a protocol.
type kind struct {
	name string
	// make returns the message for some notices. The url may be changed to hold a
	// signature.
	make func(r *Receiver, list []Notice, now time.Time) (message, error)
	// most is how many notices one message takes.
	most int
	// refused reads an answer that says no with status 200.
	refused func(body []byte) error
	secret  bool // it can sign
}

// message is one HTTP request.
type message struct {
	url  string
	body []byte
}

var kinds = []kind{
	{name: "webhook", make: webhookMessage, most: 100},
	{name: "alertmanager", make: alertmanagerMessage, most: 100},
	{name: "slack", make: slackMessage, most: 10},
	{name: "dingtalk", make: dingtalkMessage, most: 10, refused: refusedByErrcode, secret: true},
	{name: "wecom", make: wecomMessage, most: 10, refused: refusedByErrcode},
	{name: "feishu", make: feishuMessage, most: 10, refused: refusedByCode, secret: true},
}

// Sources are where the parts of a receiver come from; tests have their own.
type Sources struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error)
}

// ParseReceiver reads what --notify takes: KIND:env:NAME (the address stands in the
// variable NAME, a signing secret in NAME_SECRET) or KIND:file:PATH (the address is
// the file's first line, a secret its second), or exec:["program","argument"].
func ParseReceiver(spec string, from Sources) (*Receiver, error) {
	name, rest, _ := strings.Cut(spec, ":")
	if name == "exec" {
		return parseExec(rest, from)
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return nil, fmt.Errorf("%q is no kind of receiver: take webhook, alertmanager, slack, dingtalk, wecom, feishu or exec", name)
	}
	r := &Receiver{kind: &kinds[i], Name: name + ":" + rest}
	switch where, what, _ := strings.Cut(rest, ":"); where {
	case "env":
		r.url, r.secret = from.Getenv(what), from.Getenv(what+"_SECRET")
		if r.url == "" {
			return nil, fmt.Errorf("%s: the variable %s is not set", name, what)
		}
	case "file":
		text, err := from.ReadFile(what)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		lines := strings.SplitN(string(text), "\n", 3)
		r.url = strings.TrimSpace(lines[0])
		if len(lines) > 1 {
			r.secret = strings.TrimSpace(lines[1])
		}
	default:
		// The text may be the address itself, with its token: it is not repeated.
		return nil, fmt.Errorf("%s: say where the address stands: %s:env:VARIABLE or %s:file:PATH (addresses hold tokens, and flags show in ps)", name, name, name)
	}
	u, err := url.Parse(r.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s: holds no address that begins with https:// or http://", r.Name)
	}
	if r.secret != "" && !r.kind.secret {
		return nil, fmt.Errorf("%s: %s does not sign, but there is a secret", r.Name, name)
	}
	host := u.Host
	r.client = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != host || len(via) > 3 {
			return errors.New("redirects to another host")
		}
		return nil
	}}
	return r, nil
}

func parseExec(argv string, from Sources) (*Receiver, error) {
	r := &Receiver{}
	if err := json.Unmarshal([]byte(argv), &r.argv); err != nil || len(r.argv) == 0 || r.argv[0] == "" {
		return nil, errors.New(`exec takes the command as a JSON list, so that no shell reads it: exec:["/usr/local/bin/page","--urgent"]`)
	}
	r.Name = "exec:" + r.argv[0]
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ"} {
		if v := from.Getenv(name); v != "" {
			r.env = append(r.env, name+"="+v)
		}
	}
	return r, nil
}

// RetryError is a failure that may pass.
type RetryError struct {
	After time.Duration // how long the receiver asks to wait; 0 when it does not say
	err   error
}

func (e *RetryError) Error() string { return e.err.Error() }
func (e *RetryError) Unwrap() error { return e.err }

// most is how many notices one delivery takes.
func (r *Receiver) most() int {
	if r.kind == nil {
		return 1
	}
	return r.kind.most
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 10

// Deliver gives notices to the receiver. A *RetryError says that it may work
// later; any other that this message will never be taken.
func (r *Receiver) Deliver(ctx context.Context, list []Notice, now time.Time) error {
	if r.kind == nil {
		return r.run(ctx, list)
	}
	m, err := r.kind.make(r, list, now)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(m.body))
	if err != nil {
		return errors.New("the address is malformed")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "diagnose")
	res, err := r.client.Do(req)
	if err != nil {
		return &RetryError{err: r.unaddressed(err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 || res.StatusCode == http.StatusRequestTimeout:
		return &RetryError{After: retryAfter(res.Header.Get("Retry-After"), now), err: fmt.Errorf("answers %s", res.Status)}
	case res.StatusCode >= 300:
		return fmt.Errorf("answers %s: %s", res.Status, shownAnswer(body))
	case err != nil:
		return &RetryError{err: errors.New("its answer ends early")}
	case r.kind.refused != nil:
		return r.kind.refused(body)
	}
	return nil
}

// unaddressed takes the address out of an error: it may hold a token.
func (r *Receiver) unaddressed(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	text := err.Error()
	for _, secret := range []string{r.url, r.secret} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return errors.New(text)
}

func retryAfter(value string, now time.Time) time.Duration {
	const longest = time.Hour
	if s, err := strconv.Atoi(value); err == nil && s >= 0 {
		return min(time.Duration(min(s, 1<<20))*time.Second, longest)
	}
	if t, err := http.ParseTime(value); err == nil {
		return min(max(0, t.Sub(now)), longest)
	}
	return 0
}

// shownAnswer is an answer in a log line: short, and with nothing in it that acts
// on a terminal.
func shownAnswer(body []byte) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == utf8.RuneError || c >= 0x80 && c < 0xa0 {
			return ' '
		}
		return c
	}, cut(string(body), 200))
}

// refusedByErrcode reads the answers of DingTalk and WeCom.
func refusedByErrcode(body []byte) error {
	var a struct {
		Errcode *int   `json:"errcode"`
		Errmsg  string `json:"errmsg"`
	}
	if json.Unmarshal(body, &a) != nil || a.Errcode == nil {
		return &RetryError{err: fmt.Errorf("its answer is not understood: %s", shownAnswer(body))}
	}
	return coded(*a.Errcode, a.Errmsg, -1, 130101, 45009)
}

// refusedByCode reads the answers of Feishu, old and new.
func refusedByCode(body []byte) error {
	var a struct {
		Code    *int   `json:"code"`
		Msg     string `json:"msg"`
		Old     *int   `json:"StatusCode"`
		Message string `json:"StatusMessage"`
	}
	if json.Unmarshal(body, &a) != nil || a.Code == nil && a.Old == nil {
		return &RetryError{err: fmt.Errorf("its answer is not understood: %s", shownAnswer(body))}
	}
	if a.Code == nil {
		a.Code, a.Msg = a.Old, a.Message
	}
	return coded(*a.Code, a.Msg, 11232)
}

// coded makes an error of an answer's code; busy are the codes of a receiver that
// has too much to do.
func coded(code int, text string, busy ...int) error {
	if code == 0 {
		return nil
	}
	err := fmt.Errorf("refuses with code %d: %s", code, shownAnswer([]byte(text)))
	if slices.Contains(busy, code) {
		return &RetryError{After: time.Minute, err: err}
	}
	return err
}

// run gives one notice to a command: the report on its standard input, what a
// script needs in its environment.
func (r *Receiver) run(ctx context.Context, list []Notice) error {
	n := &list[0]
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.argv[0], r.argv[1:]...)
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append(slices.Clone(r.env), "DIAGNOSE_EVENT="+n.Event, "DIAGNOSE_KEY="+n.Key, "DIAGNOSE_INCIDENT="+n.Incident, "DIAGNOSE_RULE="+n.Rule,
		"DIAGNOSE_TITLE="+oneLine(n.Title), "DIAGNOSE_SEVERITY="+n.Severity, "DIAGNOSE_CONFIDENCE="+n.Confidence)
	cmd.Stdin = strings.NewReader(n.Text)
	var out limited
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return fmt.Errorf("cannot be run: %w", err)
	}
	return &RetryError{err: fmt.Errorf("%w: %s", err, shownAnswer(out.b))}
}

// oneLine is text as a variable of the environment can hold it.
func oneLine(s string) string { return shownAnswer([]byte(s)) }

// limited keeps the first bytes of what a command prints.
type limited struct{ b []byte }

func (l *limited) Write(p []byte) (int, error) {
	if room := 4<<10 - len(l.b); room > 0 {
		l.b = append(l.b, p[:min(len(p), room)]...)
	}
	return len(p), nil
}
