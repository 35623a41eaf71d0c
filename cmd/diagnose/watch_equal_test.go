package main

import (
	"bytes"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diagnose"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// The answer over logs that grew, in pieces that fell anywhere, is the answer over
// the finished files.
func TestWatchedAnswerEqualsBatch(t *testing.T) {
	base := loadedBase(t)
	for _, dir := range caseDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			logs, names := caseLogs(t, dir)
			want := withoutOwnWords(t, base, names, logs)
			seed := fnv.New64()
			seed.Write([]byte(dir))
			for round := range uint64(3) {
				if got := watched(t, base, names, logs, rand.New(rand.NewPCG(seed.Sum64(), round))); got != want {
					t.Fatalf("round %d: %s", round, firstDifference(want, got))
				}
			}
		})
	}
}

// withoutOwnWords is the batch's answer but for the log's own words: for those the log is
// read once more around a failure, which a watcher of text that goes by does not.
func withoutOwnWords(t *testing.T, base *rules.Base, names []string, logs map[string]string) string {
	t.Helper()
	var streams []*source.Stream
	for _, name := range names {
		streams = append(streams, source.Memory(name, logs[name], exampleTime, source.Options{}))
	}
	v, err := newEngine(base, streams).diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.Stated, v.Reason = nil, nil
	return answerText(t, v)
}

func answerText(t *testing.T, v *diagnose.Verdict) string {
	t.Helper()
	var text bytes.Buffer
	if err := report.Text(&text, v, report.Style{Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	return parsedCount.ReplaceAllString(text.String(), "")
}

// watched feeds logs in random pieces of whole lines, one log after another or
// mixed, with judgements between them, and returns the last answer.
func watched(t *testing.T, base *rules.Base, names []string, logs map[string]string, r *rand.Rand) string {
	t.Helper()
	l, err := newLive(base, clock{})
	if err != nil {
		t.Fatal(err)
	}
	type rest struct {
		name, text string
		offset     int64
		line       int
	}
	var open []*rest
	for _, name := range names {
		l.stream(name, exampleTime)
		open = append(open, &rest{name: name, text: logs[name], line: 1})
	}
	for len(open) > 0 {
		i := r.IntN(len(open))
		o := open[i]
		if o.text == "" {
			open = append(open[:i], open[i+1:]...)
			continue
		}
		n := 0
		for lines := 1 + r.IntN(1<<r.IntN(9)); lines > 0 && n < len(o.text); lines-- {
			if end := strings.IndexByte(o.text[n:], '\n'); end >= 0 {
				n += end + 1
			} else {
				n = len(o.text)
			}
		}
		l.feed(o.name, piece{text: []byte(o.text[:n]), offset: o.offset, line: o.line, at: time.Time{}})
		o.line += strings.Count(o.text[:n], "\n")
		o.offset += int64(n)
		o.text = o.text[n:]
		if r.IntN(20) == 0 {
			l.judgeNow()
		}
	}
	return answerText(t, l.judgeNow())
}
