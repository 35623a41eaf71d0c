// Package notify tells people and programs what happened to incidents.
//
// In come notices, each one event of an incident's life; out go messages to
// receivers: webhooks, Alertmanager, chat robots, commands. What is not delivered
// yet is kept in a file for each receiver, survives a crash, and is bounded. A
// notice may be delivered twice and bears a key that tells; none is lost silently.
// The package judges nothing and follows nothing; log text is hostile and is
// escaped for each receiver. Secrets come from files and the environment only, and
// never show in an error.
package notify

import (
	"encoding/json"
	"time"
)

// Notice is one event of an incident's life. Its JSON form is what a webhook gets.
type Notice struct {
	Schema     string          `json:"schema"` // Schema
	Key        string          `json:"key"`    // the same when it is delivered again
	Event      string          `json:"event"`  // opened, updated or cleared
	Incident   string          `json:"incident"`
	At         time.Time       `json:"at"`
	Opened     time.Time       `json:"opened"`
	Host       string          `json:"host,omitempty"` // that the watcher runs on
	Rule       string          `json:"rule"`
	Title      string          `json:"title"`
	Severity   string          `json:"severity"`
	Confidence string          `json:"confidence"`
	Side       string          `json:"side,omitempty"` // who has to act
	Cases      int             `json:"cases"`
	Count      int             `json:"count"`         // pieces of evidence
	Why        string          `json:"why,omitempty"` // it was cleared
	Evidence   []string        `json:"evidence,omitempty"`
	Fix        []string        `json:"fix,omitempty"`
	Text       string          `json:"text,omitempty"`  // the whole report for a person
	Cause      json.RawMessage `json:"cause,omitempty"` // as in the JSON report
	Lang       string          `json:"lang"`
}

// Schema names the shape of a notice. Fields may be added within v1.
const Schema = "diagnose/notice/v1"

// cleared reports whether the incident is over.
func (n *Notice) cleared() bool { return n.Event == "cleared" }

// heading is a notice in one line.
func (n *Notice) heading() string {
	word := map[string]string{"opened": "FAILED", "updated": "goes on", "cleared": "over"}[n.Event]
	if n.Lang == "zh" {
		word = map[string]string{"opened": "故障", "updated": "仍在继续", "cleared": "已结束"}[n.Event]
	}
	return "[" + word + "] " + n.Title
}

// lines are what a chat shows below the heading: the evidence and the fix, each cut
// to what a person reads there.
func (n *Notice) lines() (evidence, fix []string) {
	if n.cleared() {
		if n.Why != "" {
			evidence = []string{n.Why}
		}
		return evidence, nil
	}
	return cutList(n.Evidence, 5, 300), cutList(n.Fix, 6, 500)
}

func cutList(list []string, most, width int) []string {
	var out []string
	for i, s := range list {
		if i == most {
			out = append(out, "…")
			break
		}
		out = append(out, cut(s, width))
	}
	return out
}

// cut shortens s to at most n bytes, at a border between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const more = "…"
	n -= len(more)
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:max(n, 0)] + more
}
