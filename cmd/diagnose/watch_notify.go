package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diagnose"
	"diagnose/incident"
	"diagnose/notify"
	"diagnose/report"
)

// openReceivers begins to deliver what is and will be told. finish gives what
// waits a moment to be delivered; the rest stays for the next run.
func (w *watcher) openReceivers(ctx context.Context) (finish func(), err error) {
	w.host, _ = os.Hostname()
	sources := notify.Sources{Getenv: w.std.getenv, ReadFile: os.ReadFile}
	// Deliveries go on while the watcher stops.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var boxes []*notify.Outbox
	finish = func() {
		for end := time.Now().Add(lastDeliveries); !w.tellers.Idle() && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
		w.tellers.Wait()
		for _, b := range boxes {
			b.Close()
		}
		for _, s := range w.tellers.Stats() {
			if s.Waiting > 0 {
				w.log.Warn("could not be told; it is tried at the next start", "receiver", s.Receiver, "notices", s.Waiting)
			}
		}
	}
	for _, spec := range w.o.notify {
		r, err := notify.ParseReceiver(spec, sources)
		if err != nil {
			finish()
			return nil, fmt.Errorf("--notify %w", err)
		}
		sum := sha256.Sum256([]byte(r.Name))
		box, damaged, err := notify.OpenOutbox(filepath.Join(w.o.state, "outbox-"+hex.EncodeToString(sum[:6])+".jsonl"), notify.OutboxOptions{})
		if err != nil {
			finish()
			return nil, err
		}
		if damaged > 0 {
			w.log.Warn("some of what waited for a receiver is damaged and left out", "receiver", r.Name, "lines", damaged)
		}
		boxes = append(boxes, box)
		w.tellers.Add(ctx, r, box, w.log)
	}
	return finish, nil
}

// lastDeliveries is how long a watcher that stops waits for receivers.
const lastDeliveries = 3 * time.Second

// notice is a change as receivers get it.
func (w *watcher) notice(c incident.Change, cause *diagnose.Cause) notify.Notice {
	lang := w.std.language(w.o.lang)
	in := &c.Incident
	n := notify.Notice{
		Schema: notify.Schema, Key: c.Key, Event: string(c.Event), Incident: in.ID, At: changeTime(c), Opened: in.Opened, Host: w.host,
		Rule: in.Rule, Title: in.Title, Severity: in.Severity, Confidence: in.Confidence, Cases: in.CaseCount, Count: in.Count, Why: in.Why, Lang: lang,
	}
	if cause == nil {
		n.Text = n.Title + "\n" + n.Why + "\n"
		return n
	}
	n.Title = report.Title(cause.Rule, cause.Captures, lang)
	n.Side = cause.Rule.Side
	for _, ev := range cause.Evidence[:min(len(cause.Evidence), 10)] {
		n.Evidence = append(n.Evidence, report.Printable(fmt.Sprintf("%s:%d  %s", ev.Entry.Stream, ev.Line(), ev.Text())))
	}
	n.Fix = report.Steps(cause, lang)
	var text bytes.Buffer
	if report.Cause(&text, cause, report.Style{Lang: lang}) == nil {
		n.Text = text.String()
	}
	if doc, err := report.CauseJSON(cause, lang); err == nil {
		n.Cause = doc
	}
	return n
}
