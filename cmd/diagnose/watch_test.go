package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diagnose/follow"
	"diagnose/incident"
	"diagnose/rules"
)

// script hands out logs in random pieces, and dies at a random event.
type script struct {
	r      *rand.Rand
	names  []string
	logs   map[string]string
	at     map[string]follow.Checkpoint
	events int // before it dies; -1 for never
	watch  *watcher
}

var errKilled = errors.New("killed")

func (f *script) Do(fn func()) {} // the script itself judges and ticks

func (f *script) Stats() []follow.StreamStats { return nil }

func (f *script) Checkpoints() []follow.Checkpoint {
	var out []follow.Checkpoint
	for _, name := range slices.Sorted(maps.Keys(f.at)) {
		out = append(out, f.at[name])
	}
	return out
}

func (f *script) Run(ctx context.Context, handle func(follow.Event) error) error {
	for {
		var open []string
		for _, name := range f.names {
			if f.at[name].Offset < int64(len(f.logs[name])) {
				open = append(open, name)
			}
		}
		if len(open) == 0 {
			return handle(follow.Event{Kind: follow.CaughtUp})
		}
		if f.events == 0 {
			return errKilled
		}
		f.events--
		name := open[f.r.IntN(len(open))]
		c := f.at[name]
		rest := f.logs[name][c.Offset:]
		n, lines := 0, 0
		for want := 1 + f.r.IntN(1<<f.r.IntN(9)); lines < want && n < len(rest); lines++ {
			if end := strings.IndexByte(rest[n:], '\n'); end >= 0 {
				n += end + 1
			} else {
				n = len(rest)
			}
		}
		ev := follow.Event{Kind: follow.Text, Stream: name, File: name, Offset: c.Offset, Line: c.Line + 1, Text: []byte(rest[:n])}
		if err := handle(ev); err != nil {
			return err
		}
		f.at[name] = follow.Checkpoint{Stream: name, Path: name, Offset: c.Offset + int64(n), Line: c.Line + lines}
		switch f.r.IntN(6) {
		case 0:
			f.watch.judge()
		case 1:
			f.watch.tick()
		}
	}
}

// session runs a watcher over what is left of logs, until the end or until it
// is killed, and returns what it told.
func session(t *testing.T, base *rules.Base, dir string, from *script) []watchLine {
	t.Helper()
	o := watchOptions{common: common{format: "json", lang: "en"}, settle: 0, warnings: false}
	l, err := newLive(base, clock{now: exampleTime})
	if err != nil {
		t.Fatal(err)
	}
	state, stored, said, err := openState(dir)
	if err != nil || said != "" {
		t.Fatal(err, said)
	}
	defer state.close()
	state.careless = true
	var out bytes.Buffer
	std := stdio{out: &out, err: io.Discard, terminal: func(any) bool { return false }, getenv: func(string) string { return "" }}
	w := o.watcher(std, l, state, func() {})
	for _, c := range w.resume(stored) {
		from.at[c.Stream] = c
	}
	w.follower, from.watch = from, w
	err = from.Run(context.Background(), w.handle)
	if err == nil {
		w.judge()
		w.commit()
	} else if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	var told []watchLine
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line watchLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		told = append(told, line)
	}
	return told
}

// standing are the incidents that are open in the end, with their identities.
func standing(told []watchLine) string {
	open := map[string]string{}
	for _, l := range told {
		if l.Event == incident.Cleared {
			delete(open, l.Incident.ID)
		} else {
			open[l.Incident.ID] = l.Incident.Rule + " " + l.Incident.Title
		}
	}
	return strings.Join(slices.Sorted(maps.Values(open)), "\n")
}

// A watcher that is killed anywhere, again and again, tells in the end what one
// that lives tells, and no incident under two names.
func TestKilledWatcherTellsTheSame(t *testing.T) {
	base := loadedBase(t)
	for i, dir := range caseDirs(t) {
		if i%6 != 0 && os.Getenv("DIAGNOSE_TEST_ALL") == "" {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			logs, names := caseLogs(t, dir)
			seed := fnv.New64()
			seed.Write([]byte(dir))
			start := func(n uint64) *script {
				return &script{r: rand.New(rand.NewPCG(seed.Sum64(), n)), names: names, logs: logs, at: map[string]follow.Checkpoint{}, events: -1}
			}
			want := standing(session(t, base, t.TempDir(), start(0)))
			state := t.TempDir()
			var told []watchLine
			for n := uint64(1); ; n++ {
				s := start(n)
				if n < 20 {
					s.events = s.r.IntN(12)
				}
				told = append(told, session(t, base, state, s)...)
				if n == 20 {
					break
				}
			}
			if got := standing(told); got != want {
				t.Errorf("one that lives:\n%s\nkilled:\n%s", want, got)
			}
			ids := map[string]string{}
			for _, l := range told {
				if l.Event == incident.Opened {
					if other, ok := ids[l.Incident.Fingerprint]; ok && other != l.Incident.ID && !slices.ContainsFunc(told, func(x watchLine) bool { return x.Event == incident.Cleared && x.Incident.ID == other }) {
						t.Errorf("%s is told as %s and as %s", l.Incident.Title, other, l.Incident.ID)
					}
					ids[l.Incident.Fingerprint] = l.Incident.ID
				}
			}
		})
	}
}

func TestBrokenStateIsSetAside(t *testing.T) {
	for _, text := range []string{"{", "null and void", `{"version": 999}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, stateFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, st, said, err := openState(dir)
		if err != nil {
			t.Fatal(err)
		}
		d.close()
		if st != nil || !strings.Contains(said, "set aside") {
			t.Errorf("%s: state %v, said %q", text, st, said)
		}
		if names, _ := filepath.Glob(filepath.Join(dir, "broken-*.json")); len(names) != 1 {
			t.Errorf("%s: set aside: %v", text, names)
		}
	}
}

func TestOneWatcherForOneState(t *testing.T) {
	dir := t.TempDir()
	d, _, _, err := openState(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if _, _, _, err := openState(dir); !errors.Is(err, errTaken) {
		t.Errorf("a second one: %v", err)
	}
}
