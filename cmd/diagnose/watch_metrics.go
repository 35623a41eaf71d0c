package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"diagnose/follow"
	"diagnose/notify"
)

// measured is what /metrics shows: a copy of the watcher's state, so that a slow
// reader holds up nothing.
type measured struct {
	at        time.Time
	streams   []follow.StreamStats
	read      map[string]int64 // bytes of each stream
	open      int
	lost      int
	skimmed   int64
	gaps      int64
	judged    int64
	cost      time.Duration
	tellers   []notify.Stats
	remembers int64 // bytes of the journal
	unstored  bool  // the last commit failed
}

// gauge hands a measured from the watcher to those who ask.
type gauge struct {
	mu  sync.Mutex
	now measured
}

func (g *gauge) set(m measured) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now = m
}

func (g *gauge) get() measured {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now
}

// measure takes the copy.
func (w *watcher) measure(now time.Time) {
	if w.gauge == nil {
		return
	}
	m := measured{at: now, open: len(w.book.Open), lost: w.book.Lost, skimmed: w.live.skimmed, gaps: w.gaps, judged: w.judged, cost: w.cost, tellers: w.tellers.Stats(),
		remembers: w.state.size, unstored: w.unsaved, read: map[string]int64{}}
	m.streams = w.follower.Stats()
	for _, s := range w.live.list {
		m.read[s.name] = s.stats.Bytes
	}
	w.gauge.set(m)
}

// serve answers on a local port until the context ends.
func (w *watcher) serve(ctx context.Context) error {
	host, _, err := net.SplitHostPort(w.o.listen)
	if err != nil {
		return fmt.Errorf("--listen takes an address such as 127.0.0.1:9465: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("--listen takes a local address: what it shows names your files")
	}
	l, err := net.Listen("tcp", w.o.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	w.gauge = &gauge{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		writeMetrics(out, w.gauge.get())
	})
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) {
		if m := w.gauge.get(); time.Since(m.at) > unhealthyAfter {
			http.Error(out, "the watcher has not moved for "+time.Since(m.at).Round(time.Second).String(), http.StatusServiceUnavailable)
			return
		}
		io.WriteString(out, "ok\n")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go server.Serve(l)
	context.AfterFunc(ctx, func() { server.Close() })
	w.log.Info("serving /metrics and /healthz", "address", l.Addr().String())
	return nil
}

// unhealthyAfter is how old the copy may be: it is taken each second.
const unhealthyAfter = 30 * time.Second

// writeMetrics writes the text format of Prometheus, version 0.0.4.
func writeMetrics(out io.Writer, m measured) {
	metric := func(name, kind, help string, values ...string) {
		fmt.Fprintf(out, "# HELP diagnose_%s %s\n# TYPE diagnose_%s %s\n", name, help, name, kind)
		for _, v := range values {
			fmt.Fprintf(out, "diagnose_%s%s\n", name, v)
		}
	}
	one := func(v any) string { return fmt.Sprintf(" %v", v) }
	var lag, behind, read []string
	for _, s := range m.streams {
		label := fmt.Sprintf("{stream=\"%s\"}", escapeLabel(s.Stream))
		lag = append(lag, fmt.Sprintf("%s %d", label, s.Lag))
		behind = append(behind, fmt.Sprintf("%s %g", label, s.Behind.Seconds()))
		read = append(read, fmt.Sprintf("%s %d", label, m.read[s.Stream]))
	}
	metric("lag_bytes", "gauge", "Bytes that were written and not read yet.", lag...)
	metric("lag_seconds", "gauge", "How long the oldest unread bytes have been there.", behind...)
	metric("read_bytes_total", "counter", "Bytes read.", read...)
	metric("skimmed_bytes_total", "counter", "Bytes that came faster than they could be parsed: only the entries around literals of rules were read.", one(m.skimmed))
	metric("gaps_total", "counter", "Times that bytes were gone before they could be read.", one(m.gaps))
	metric("incidents_open", "gauge", "Incidents that are open.", one(m.open))
	metric("incidents_dropped_total", "counter", "Incidents beyond the bound.", one(m.lost))
	metric("judgements_total", "counter", "Times that everything remembered was judged.", one(m.judged))
	metric("judgement_seconds", "gauge", "How long the last one took.", one(m.cost.Seconds()))
	metric("journal_bytes", "gauge", "Size of the journal of remembered entries.", one(m.remembers))
	var delivered, waiting, retried, refused, dropped []string
	for _, s := range m.tellers {
		label := fmt.Sprintf("{receiver=\"%s\"}", escapeLabel(s.Receiver))
		delivered = append(delivered, fmt.Sprintf("%s %d", label, s.Delivered))
		waiting = append(waiting, fmt.Sprintf("%s %d", label, s.Waiting))
		retried = append(retried, fmt.Sprintf("%s %d", label, s.Retried))
		refused = append(refused, fmt.Sprintf("%s %d", label, s.Refused))
		dropped = append(dropped, fmt.Sprintf("%s %d", label, s.Dropped))
	}
	metric("delivered_total", "counter", "Notices delivered.", delivered...)
	metric("waiting", "gauge", "Notices that wait for a receiver.", waiting...)
	metric("retried_total", "counter", "Deliveries that failed and are tried again.", retried...)
	metric("refused_total", "counter", "Notices that a receiver will never take.", refused...)
	metric("dropped_total", "counter", "Notices that were too many to be kept.", dropped...)
}

func escapeLabel(s string) string {
	return strings.NewReplacer("\\", "\\\\", "\"", "\\\"", "\n", "\\n").Replace(s)
}
