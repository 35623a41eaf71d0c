package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diagnose/follow"
	"diagnose/notify"
)

// standalone returns a watcher without a follower that stores in dir.
func standalone(t *testing.T, dir string) (w *watcher, out, log *bytes.Buffer) {
	t.Helper()
	l, err := newLive(loadedBase(t), clock{now: exampleTime})
	if err != nil {
		t.Fatal(err)
	}
	state, _, _, err := openState(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(state.close)
	state.careless = true
	out, log = &bytes.Buffer{}, &bytes.Buffer{}
	o := watchOptions{common: common{format: "json", lang: "en"}}
	w = o.watcher(stdio{out: out, err: log, terminal: func(any) bool { return false }, getenv: func(string) string { return "" }}, l, state, func() {})
	w.follower = &script{at: map[string]follow.Checkpoint{}}
	return w, out, log
}

const refused = "[2026-01-01 10:00:00 ERROR] [3803009] exit_status -> 22, stdout -> , stderr -> curl: (22) The requested URL returned error: 404 not found\n"

// A journal and a state that cannot be written are said, not the end; once they can
// be, they hold what came meanwhile.
func TestFullDiskDoesNotStopTheWatcher(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	w, out, log := standalone(t, dir)
	journal := w.state.journal
	full, err := os.Open(filepath.Join(dir, w.state.name)) // for reading: writes fail
	if err != nil {
		t.Fatal(err)
	}
	w.state.journal = full
	journal.Close()
	away := dir + "-away"
	if err := os.Rename(dir, away); err != nil {
		t.Skip(err) // the lock is open, and the system does not like that
	}
	text := strings.Repeat(refused, 300)
	if err := w.handle(follow.Event{Kind: follow.Text, Stream: "a.log", File: "a.log", Line: 1, Text: []byte(text)}); err != nil {
		t.Fatal(err)
	}
	w.judge()
	w.commit()
	w.commit()
	if w.broken != nil || !strings.Contains(out.String(), `"opened"`) {
		t.Errorf("broken %v, told %s", w.broken, out)
	}
	if n := strings.Count(log.String(), "cannot be stored"); n != 1 {
		t.Errorf("said %d times: %s", n, log)
	}
	if !w.state.behind {
		t.Fatal("nothing was remembered: the test tests nothing")
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	w.commit()
	if !strings.Contains(log.String(), "stored again") || w.unsaved {
		t.Errorf("the state is not stored again: %s", log)
	}
	want := 0
	_ = w.live.remembered(func(journalEntry) error { want++; return nil })
	w.state.close()
	d, st, said, err := openState(dir)
	if err != nil || said != "" {
		t.Fatal(err, said)
	}
	defer d.close()
	got := 0
	damaged, err := d.replay(func(journalEntry) { got++ })
	if err != nil || damaged != 0 || got != want || want == 0 || len(st.Book.Open) == 0 {
		t.Errorf("%d of %d entries, %d damaged, %v; state %+v", got, want, damaged, err, st.Book)
	}
}

// Text of a file that the stream has left stands between lines, not inside one.
func TestLateTextContinuesNoLine(t *testing.T) {
	w, _, _ := standalone(t, t.TempDir())
	send := func(late bool, text, kept string) {
		t.Helper()
		if err := w.handle(follow.Event{Kind: follow.Text, Stream: "a.log", Line: 1, Text: []byte(text), Late: late}); err != nil {
			t.Fatal(err)
		}
		if got := string(w.live.byName["a.log"].buf); got != kept {
			t.Errorf("after %q %q is kept, want %q", text, got, kept)
		}
	}
	send(false, "one", "one")
	send(true, "la", "la")
	send(true, "te", "late")
	send(false, " two\n", " two\n")
	if len(w.late) != 0 {
		t.Errorf("%v", w.late)
	}
}

// Lines are counted anew in each file.
func TestLineNumbersAfterARotation(t *testing.T) {
	for _, continues := range []bool{false, true} {
		w, out, _ := standalone(t, t.TempDir())
		events := []follow.Event{
			{Kind: follow.Text, Line: 101, Text: []byte("one\ntwo\n")},
			{Kind: follow.Rotated, Continues: continues},
			{Kind: follow.Text, Line: 1, Text: []byte("three\n" + refused)},
		}
		for _, ev := range events {
			ev.Stream, ev.File = "a.log", "a.log"
			if err := w.handle(ev); err != nil {
				t.Fatal(err)
			}
		}
		w.judge()
		if !strings.Contains(out.String(), `"line":2,`) {
			t.Errorf("continues %v: %s", continues, out)
		}
	}
}

func TestTooMuchToTell(t *testing.T) {
	w, _, log := standalone(t, t.TempDir())
	w.pending.notices = make([]notify.Notice, maxPending+3)
	w.bound()
	if len(w.pending.notices) != maxPending || !strings.Contains(log.String(), "dropped=3") {
		t.Errorf("%d wait; %s", len(w.pending.notices), log)
	}
}
