package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"diagnose"
)

// Life is a piece of news about an incident.
type Life struct {
	Event        string // opened, updated or cleared
	ID           string
	Rule, Title  string
	At, Opened   time.Time
	Why          string // it was cleared
	Cases, Count int
}

// Incident writes a piece of news: one line, and below it the cause as it stands
// in a whole report, but for what is over.
func Incident(w io.Writer, l Life, c *diagnose.Cause, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	head := p.lifeWords(l)
	p.line("%s  %s  %s", p.dim(l.At.Format("2006-01-02 15:04:05")), p.bold(head), p.dim(l.ID))
	if c != nil && l.Event != "cleared" {
		p.cause(0, 1, c)
	} else {
		title := Printable(l.Title)
		if c != nil {
			title = Title(c.Rule, c.Captures, style.Lang)
		}
		p.line("%s  %s", title, p.dim("["+l.Rule+"]"))
		p.line("")
	}
	return p.Flush()
}

func (p *printer) lifeWords(l Life) string {
	if p.style.Lang == "zh" {
		switch l.Event {
		case "opened":
			return "发现故障"
		case "updated":
			return fmt.Sprintf("仍在继续：已涉及 %d 个任务，%d 条证据", l.Cases, l.Count)
		}
		return fmt.Sprintf("已结束，持续 %s（%s）", l.At.Sub(l.Opened).Round(time.Second), Printable(l.Why))
	}
	switch l.Event {
	case "opened":
		return "opened"
	case "updated":
		return fmt.Sprintf("goes on: %s, %s of evidence", p.count(int64(l.Cases), "case", ""), p.count(int64(l.Count), "piece", ""))
	}
	return fmt.Sprintf("over after %s: %s", l.At.Sub(l.Opened).Round(time.Second), Printable(l.Why))
}

// JSONLine writes v as one line, without a character that acts on a terminal.
func JSONLine(w io.Writer, v any) error {
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(doc.Bytes()))
	return err
}

// Cause writes one cause with its evidence, consequences and fix, as it stands in
// a whole report.
func Cause(w io.Writer, c *diagnose.Cause, style Style) error {
	if style.Width == 0 {
		style.Width = 100
	}
	p := &printer{Writer: bufio.NewWriter(w), style: style, words: wordsOf(style.Lang)}
	p.cause(0, 1, c)
	return p.Flush()
}

// Steps are the steps of a cause's fix, filled in, each what to do and its commands.
func Steps(c *diagnose.Cause, lang string) []string {
	var out []string
	for _, s := range fillSteps(c.Rule.Texts(lang).Fix, c.Captures) {
		text := Printable(s.Say)
		for _, cmd := range strings.Split(strings.TrimSpace(s.Run), "\n") {
			if cmd != "" {
				text = strings.TrimSpace(text + "\n  " + Printable(cmd))
			}
		}
		out = append(out, text)
	}
	return out
}

// CauseJSON returns one cause as it stands in the JSON report, on one line.
func CauseJSON(c *diagnose.Cause, lang string) (json.RawMessage, error) {
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(causeJSON(c, lang)); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(escapeJSON(doc.Bytes())), nil
}
