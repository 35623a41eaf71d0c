package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
	"diagnose/source"
)

// settled parses whole logs, given as name, time stamp of the file (or -) and lines,
// and returns the times of their entries as settle left them, and its notes.
func settled(t *testing.T, c clock, files ...string) (times string, notes string) {
	t.Helper()
	e := newEngine(nil, nil)
	for _, f := range files {
		name, rest, _ := strings.Cut(f, " ")
		stamp, text, _ := strings.Cut(rest, "\n")
		mod, err := time.Parse(time.RFC3339, stamp)
		if stamp != "-" && err != nil {
			t.Fatal(err)
		}
		e.streams = append(e.streams, source.Memory(name, text+"\n", mod, source.Options{}))
	}
	e.clock = c
	var entries []*diagnose.Entry
	if err := e.allEntries(context.Background(), func(_ int, entry *diagnose.Entry) { entries = append(entries, entry) }); err != nil {
		t.Fatal(err)
	}
	e.clock.settle(e.streams, entries)
	var all, said []string
	for _, entry := range entries {
		all = append(all, diagnose.ClockText(entry.Time))
	}
	for _, q := range e.clock.notes {
		said = append(said, strings.TrimPrefix(q.Place+": "+q.Text, ": "))
	}
	before := slices.Clone(all)
	for i, entry := range entries { // one by one it is the same
		e.clock.settleOne(entry)
		if got := diagnose.ClockText(entry.Time); got != before[i] {
			t.Errorf("%s:%d alone is %s, with the others %s", entry.Stream, entry.Line, got, before[i])
		}
	}
	return strings.Join(all, ", "), strings.Join(said, "; ")
}

func TestClock(t *testing.T) {
	f := func(c clock, want, notes string, files ...string) {
		t.Helper()
		got, said := settled(t, c, files...)
		if got != want || said != notes {
			t.Errorf("%s\n got %s\nwant %s\nsaid %s\nwant %s", strings.Join(files, "\n"), got, want, said, notes)
		}
	}
	const (
		noYear = "some time stamps have no year: it was inferred from "
		noDate = "some time stamps have no date: it was inferred from "
		file   = "the file's time stamp (--now overrides it)"
	)
	zone := func(values ...string) (c clock) {
		for _, v := range values {
			if err := c.addZone(v); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	// Years: the file's time, --now, the name's date, the rotation, the other logs.
	f(clock{}, "2023-12-31 23:59:59, 2024-01-01 00:00:01", noYear+file,
		"messages 2024-01-01T00:05:00Z\nDec 31 23:59:59 web-1 sshd[1]: x\nJan  1 00:00:01 web-1 sshd[1]: x")
	f(clock{now: time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)}, "2019-12-31 23:59:59", noYear+"--now",
		"messages 2024-01-01T00:05:00Z\nDec 31 23:59:59 web-1 sshd[1]: x")
	f(clock{}, "2023-12-31 23:59:59", noYear+"the date in the file's name",
		"messages-20240101.gz 2026-01-01T00:05:00Z\nDec 31 23:59:59 web-1 sshd[1]: x")
	f(clock{}, "2024-01-02 10:00:00, 2024-02-29 10:00:00, 2023-03-01 10:00:00, 2024-01-01 10:00:00", noYear+"the file that took its place in the rotation; "+noYear+file,
		"messages 2024-03-01T00:00:00Z\nJan  2 10:00:00 web-1 sshd[1]: x\nFeb 29 10:00:00 web-1 sshd[1]: x",
		"messages.1 2026-03-01T00:00:00Z\nMar  1 10:00:00 web-1 sshd[1]: x\nJan  1 10:00:00 web-1 sshd[1]: x")
	f(clock{}, "2019-07-04 10:00:00, 2019-07-04 10:00:05", noYear+"the other logs (--now overrides it)",
		"app.log 2026-01-01T00:00:00Z\n2019-07-04T10:00:00Z ERROR x", "messages 2026-01-01T00:00:00Z\nJul  4 10:00:05 web-1 sshd[1]: x")
	f(clock{}, "2019-07-04 10:00:00, 2025-07-04 10:00:05", noYear+file, // app.log's time is true, so is the other's
		"app.log 2019-07-04T10:00:00Z\n2019-07-04T10:00:00Z ERROR x", "messages 2026-01-01T00:00:00Z\nJul  4 10:00:05 web-1 sshd[1]: x")
	f(clock{}, "07-04 10:00:05, 07-05 00:00:00", "some time stamps have no year, and nothing tells it (--now does)",
		"- -\nJul  4 10:00:05 web-1 sshd[1]: x\nJul  5 00:00:00 web-1 sshd[1]: x")
	f(clock{}, "07-04 10:00:05, 07-04 09:59:00", "some time stamps have no year, and nothing tells it (--now does); some time stamps have no date, and nothing tells it (--now does)",
		"a -\nJul  4 10:00:05 web-1 sshd[1]: x", "b -\n09:59:00 ERROR x")
	// Days.
	f(clock{}, "2024-01-01 23:59:59, 2024-01-02 00:00:01", noDate+file, "job.log 2024-01-02T00:05:00Z\n23:59:59 ERROR x\n00:00:01 ERROR x")
	f(clock{}, "2024-01-01 10:00:00, 2024-01-01 10:00:05", noDate+"complete ones near them", "job.log 2030-01-01T00:00:00Z\n2024-01-01 10:00:00 ERROR x\n10:00:05 ERROR x")
	// Numbers.
	f(clock{}, "2024-02-12 23:59:59, 2024-02-13 00:00:01", "job.log: its dates are read as day/month/year: only so do they run forward",
		"job.log 2030-01-01T00:00:00Z\n12/02/2024 23:59:59 ERROR x\n13/02/2024 00:00:01 ERROR x")

	// Zones: --tz, for all and for some; the tz database knows summer.
	const app, other = "app.log 2030-01-01T00:00:00Z\n2024-07-01 10:00:00 ERROR x", "other.log 2030-01-01T00:00:00Z\n2024-07-01 10:00:00 ERROR x"
	f(clock{}, "2024-07-01 10:00:00, 2024-07-01 10:00:00", "", app, other)
	f(zone("+08:00"), "2024-07-01 02:00:00, 2024-07-01 02:00:00", "", app, other)
	f(zone("Europe/Berlin"), "2024-07-01 08:00:00, 2024-07-01 08:00:00", "", app, other)
	f(zone("Asia/Shanghai"), "02:00:00", "some time stamps have no date, and nothing tells it (--now does)", "- -\n10:00:00 ERROR x")
	f(zone("app*=-0330"), "2024-07-01 13:30:00, 2024-07-01 10:00:00", "", app, other)
	f(zone("+8", "app*=UTC"), "2024-07-01 10:00:00, 2024-07-01 02:00:00", "", app, other)
	f(zone("+8"), "2024-07-01 10:00:00", "", "app.log 2030-01-01T00:00:00Z\n2024-07-01T10:00:00Z ERROR x") // it names one
	// By stamps of the same log, by what carried its lines.
	f(clock{}, "2024-07-01 02:00:00, 2024-07-01 02:00:01", "app.log: its time stamps name no zone: taken as +08:00, by 1 stamp next to stamps that name one",
		"app.log 2030-01-01T00:00:00Z\n2024-07-01T02:00:00Z ERROR x\n2024-07-01 10:00:01 ERROR x")
	f(clock{}, "2024-07-01 02:00:00, 2024-07-01 02:00:05", "app.log: its time stamps name no zone: taken as +08:00, by 1 stamp next to stamps that name one",
		"app.log 2030-01-01T00:00:00Z\n2024-07-01T02:00:01.000000000Z stderr F 2024-07-01 10:00:00,000 ERROR x\n2024-07-01 10:00:05 ERROR x")
	// By the file's time.
	f(clock{}, "2024-07-01 02:00:00", "app.log: its time stamps name no zone: taken as +08:00, since the file's time stamp is that of its last line but for the zone",
		"app.log 2024-07-01T02:00:01Z\n2024-07-01 10:00:00 ERROR x")
	f(zone("-05:00"), "2024-07-01 15:00:00", "", "app.log 2024-07-01T02:00:01Z\n2024-07-01 10:00:00 ERROR x")
	// CloudStack's system VMs write GMT.
	f(zone("+08:00"), "2024-07-01 10:00:00", "", "bundle/cloud.log.1 2030-01-01T00:00:00Z\n2024-07-01 10:00:00,108 INFO  [utils.nio.NioClient] (Agent-Selector:null) (logid:) Connecting")
}

func TestBadZones(t *testing.T) {
	for _, v := range []string{"", "x", "+25:00", "Local", "Mars/Olympus", "app=", "[=UTC", "+08:00x"} {
		var c clock
		if err := c.addZone(v); err == nil {
			t.Errorf("--tz %q was taken", v)
		}
	}
}

// calls draws n requests of a management server to its agent, whose clocks are ahead
// by the given times.
func calls(n int, server, agent time.Duration) (string, string) {
	var a, b strings.Builder
	fmt.Fprint(&a, "management-server.log 2030-01-01T00:00:00Z")
	fmt.Fprint(&b, "agent.log 2030-01-01T00:00:00Z")
	at := time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC)
	line := func(w *strings.Builder, t time.Time, logger, text string) {
		fmt.Fprintf(w, "\n%s DEBUG [%s] (agentRequest-Handler-1:null) (logid:) %s", t.Format("2006-01-02 15:04:05,000"), logger, text)
	}
	for i := range n {
		at = at.Add(time.Minute)
		seq := fmt.Sprintf("Seq 5-%d: ", 900+i)
		line(&a, at.Add(server), "c.c.a.t.Request", seq+" Sending  { Cmd , MgmtId: 1, via: 5, Ver: v1 }")
		line(&b, at.Add(agent+100*time.Millisecond), "cloud.agent.Agent", "Request:"+seq+" { Cmd , MgmtId: 1, via: 5, Ver: v1 }")
		line(&b, at.Add(agent+2*time.Second), "cloud.agent.Agent", seq+" { Ans: , MgmtId: 1, via: 5, Ver: v1 }")
		line(&a, at.Add(server+2100*time.Millisecond), "c.c.a.t.Request", seq+" Processing:  { Ans: , MgmtId: 1, via: 5, Ver: v1 }")
	}
	return a.String(), b.String()
}

func TestClocksThatDiffer(t *testing.T) {
	f := func(server, agent time.Duration, n int, c clock, notes string) {
		t.Helper()
		a, b := calls(n, server, agent)
		if _, said := settled(t, c, a, b); said != notes {
			t.Errorf("server %v, agent %v\nsaid %s\nwant %s", server, agent, said, notes)
		}
	}
	const shared = "its time stamps name no zone: taken as "
	f(0, 0, 6, clock{}, "")
	f(0, 2*time.Second, 6, clock{}, "") // a line says what happened a little before
	f(0, -40*time.Second, 6, clock{}, "management-server.log: its clock is ahead of that of agent.log by about 40s, as 6 calls show: their times are given as they stand")
	f(-40*time.Second, 0, 2, clock{}, "") // too few to say it
	f(8*time.Hour, 0, 6, clock{}, "management-server.log: "+shared+"+08:00, since what it shares with agent.log (6 ids) would otherwise come 8h00m after it is seen there")
	f(0, 9*time.Hour, 6, clock{}, "agent.log: "+shared+"+09:00, since what it shares with management-server.log (6 ids) would otherwise come 9h00m after it is seen there")
	f(8*time.Hour, 0, 1, clock{}, "") // one number may be two installations'
	f(8*time.Hour+30*time.Second, 0, 6, clock{}, "management-server.log: "+shared+"+08:00, since what it shares with agent.log (6 ids) would otherwise come 8h00m after it is seen there; "+
		"management-server.log: its clock is ahead of that of agent.log by about 30s, as 6 calls show: their times are given as they stand")
	var tz clock
	if err := tz.addZone("+08:00"); err != nil {
		t.Fatal(err)
	}
	f(8*time.Hour, 0, 6, tz, "agent.log: "+shared+"UTC, since what it shares with management-server.log (6 ids) would otherwise come 8h00m before it is seen there")
	f(0, 0, 6, tz, "")
}

// A cause and what it explains on the two sides of a difference of clocks are said to
// stand in no certain order.
func TestUncertainOrder(t *testing.T) {
	a, b := calls(6, 40*time.Second, 0)
	e := newEngine(nil, nil)
	var entries []*diagnose.Entry
	for _, f := range []string{b, a} {
		name, text, _ := strings.Cut(f, "\n")
		e.streams = append(e.streams, source.Memory(strings.Fields(name)[0], text+"\n", time.Time{}, source.Options{}))
	}
	if err := e.allEntries(context.Background(), func(_ int, entry *diagnose.Entry) { entries = append(entries, entry) }); err != nil {
		t.Fatal(err)
	}
	e.clock.settle(e.streams, entries)
	f := func(cause, consequence *diagnose.Entry, want string) {
		t.Helper()
		v := &diagnose.Verdict{Causes: []*diagnose.Cause{{
			Evidence: []diagnose.Evidence{{Entry: cause}},
			Explains: []*diagnose.Consequence{{Evidence: []diagnose.Evidence{{Entry: consequence}, {Entry: consequence}}}},
		}}}
		var said []string
		for _, q := range e.clock.orderNotes(v, func(e *diagnose.Entry) time.Time { return e.Time }) {
			said = append(said, q.Text)
		}
		if got := strings.Join(said, "; "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	agent, server := entries[0], entries[12]
	f(agent, server, "the order of agent.log and management-server.log is uncertain by 40s, and a cause and what it explains stand nearer than that")
	f(agent, entries[1], "")              // one clock
	f(agent, entries[len(entries)-1], "") // minutes away
}
