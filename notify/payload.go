package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func encode(url string, v any) (message, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return message{}, err
	}
	return message{url, []byte(b.String())}, nil
}

// webhookMessage is {"schema": "...", "notices": [...]}.
func webhookMessage(r *Receiver, list []Notice, _ time.Time) (message, error) {
	return encode(r.url, struct {
		Schema  string   `json:"schema"`
		Notices []Notice `json:"notices"`
	}{Schema, list})
}

// alertmanagerMessage posts to /api/v2/alerts (Alertmanager's OpenAPI document,
// api/v2/openapi.yaml, postableAlerts). Alerts are told apart by their labels, so
// that nothing that changes stands in them. An alert whose end is not known expires
// after resolve_timeout: open incidents end far in the future instead.
func alertmanagerMessage(r *Receiver, list []Notice, now time.Time) (message, error) {
	type alert struct {
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
		StartsAt     time.Time         `json:"startsAt"`
		EndsAt       time.Time         `json:"endsAt"`
		GeneratorURL string            `json:"generatorURL,omitempty"`
	}
	var alerts []alert
	for _, n := range list {
		a := alert{
			Labels: map[string]string{"alertname": "diagnose", "rule": n.Rule, "incident": n.Incident, "severity": n.Severity, "instance": n.Host},
			Annotations: map[string]string{"summary": cut(n.Title, 500), "description": cut(n.Text, 8000), "key": n.Key, "confidence": n.Confidence,
				"cases": strconv.Itoa(n.Cases)},
			StartsAt: n.Opened, EndsAt: now.Add(7 * 24 * time.Hour),
		}
		if n.cleared() {
			a.EndsAt = n.At
		}
		alerts = append(alerts, a)
	}
	u := strings.TrimSuffix(r.url, "/")
	if !strings.HasSuffix(u, "/api/v2/alerts") {
		u += "/api/v2/alerts"
	}
	return encode(u, alerts)
}

// slackMessage is a text of an incoming webhook. Slack reads &, < and > (mentions
// and links) and nothing else that acts; its documentation says to escape these
// three. Without mrkdwn the text stays as it is.
func slackMessage(r *Receiver, list []Notice, _ time.Time) (message, error) {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	// Backquotes would end the block that evidence stands in.
	code := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'")
	text := chat(list, func(n *Notice, b *strings.Builder) {
		fmt.Fprintf(b, "%s\n", escape.Replace(noBreaks(n.heading())))
		evidence, fix := n.lines()
		if len(evidence) > 0 {
			fmt.Fprintf(b, "```\n%s\n```\n", code.Replace(strings.Join(evidence, "\n")))
		}
		for _, f := range fix {
			fmt.Fprintf(b, "%s\n", escape.Replace(f))
		}
	}, 35_000)
	return encode(r.url, struct {
		Text        string `json:"text"`
		Mrkdwn      bool   `json:"mrkdwn"`
		UnfurlLinks bool   `json:"unfurl_links"`
	}{text, true, false})
}

// chat puts notices one below the other, up to a number of bytes.
func chat(list []Notice, write func(*Notice, *strings.Builder), most int) string {
	var b strings.Builder
	for i := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		write(&list[i], &b)
	}
	return cut(b.String(), most)
}

func noBreaks(s string) string { return strings.Join(strings.Fields(s), " ") }

// plainMarkdown writes notices for the Markdown of DingTalk, WeCom and Feishu.
// What could make a link, an image, a mention or a heading is broken by a blank of
// no width: their dialects know no escape.
func plainMarkdown(n *Notice, b *strings.Builder) {
	fmt.Fprintf(b, "**%s**\n", harmless(noBreaks(n.heading())))
	evidence, fix := n.lines()
	for _, e := range evidence {
		fmt.Fprintf(b, "> %s\n", harmless(noBreaks(e)))
	}
	for _, f := range fix {
		fmt.Fprintf(b, "\n%s\n", harmless(f))
	}
}

// harmless breaks what chat programs act on.
func harmless(s string) string {
	const apart = "\u200b"
	return strings.NewReplacer("@", "@"+apart, "](", "]"+apart+"(", "<", "＜", ">", "＞", "`", "'", "*", "∗", "![", "!"+apart+"[", "#", "＃").Replace(s)
}

// dingtalkMessage is a Markdown message of a custom robot. The signature is the
// HMAC-SHA256 of "timestamp\nsecret" under the secret, base64, in the address
// (DingTalk's document on custom robots, security settings).
func dingtalkMessage(r *Receiver, list []Notice, now time.Time) (message, error) {
	u := r.url
	if r.secret != "" {
		stamp := strconv.FormatInt(now.UnixMilli(), 10)
		sum := hmac.New(sha256.New, []byte(r.secret))
		sum.Write([]byte(stamp + "\n" + r.secret))
		query := url.Values{"timestamp": {stamp}, "sign": {base64.StdEncoding.EncodeToString(sum.Sum(nil))}}.Encode()
		if strings.Contains(u, "?") {
			u += "&" + query
		} else {
			u += "?" + query
		}
	}
	type markdown struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	}
	return encode(u, struct {
		Msgtype  string   `json:"msgtype"`
		Markdown markdown `json:"markdown"`
		At       struct {
			IsAtAll bool `json:"isAtAll"`
		} `json:"at"`
	}{Msgtype: "markdown", Markdown: markdown{cut(harmless(noBreaks(list[0].heading())), 200), chat(list, plainMarkdown, 18_000)}})
}

// wecomMessage is a Markdown message of a group robot: at most 4096 bytes of
// UTF-8 (WeCom's document on group robots).
func wecomMessage(r *Receiver, list []Notice, _ time.Time) (message, error) {
	type markdown struct {
		Content string `json:"content"`
	}
	return encode(r.url, struct {
		Msgtype  string   `json:"msgtype"`
		Markdown markdown `json:"markdown"`
	}{"markdown", markdown{chat(list, plainMarkdown, 4096)}})
}

// feishuMessage is a text message of a custom bot; text has no markup but mentions
// as tags. The signature is the HMAC-SHA256 of nothing under "timestamp\nsecret",
// base64 (Feishu's document on custom bots, signature verification); the time is
// in seconds.
func feishuMessage(r *Receiver, list []Notice, now time.Time) (message, error) {
	type content struct {
		Text string `json:"text"`
	}
	m := struct {
		Timestamp string  `json:"timestamp,omitempty"`
		Sign      string  `json:"sign,omitempty"`
		MsgType   string  `json:"msg_type"`
		Content   content `json:"content"`
	}{MsgType: "text"}
	if r.secret != "" {
		m.Timestamp = strconv.FormatInt(now.Unix(), 10)
		sum := hmac.New(sha256.New, []byte(m.Timestamp+"\n"+r.secret))
		m.Sign = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	}
	m.Content.Text = chat(list, func(n *Notice, b *strings.Builder) {
		fmt.Fprintf(b, "%s\n", harmless(noBreaks(n.heading())))
		evidence, fix := n.lines()
		for _, l := range evidence {
			fmt.Fprintf(b, "  %s\n", harmless(noBreaks(l)))
		}
		for _, l := range fix {
			fmt.Fprintf(b, "%s\n", harmless(l))
		}
	}, 18_000)
	return encode(r.url, m)
}
