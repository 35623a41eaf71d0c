package main

import (
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

type options struct {
	seed    uint64
	size    int64 // bytes
	every   int   // one failing job in so many lines
	planted int   // rules whose failures occur
}

const (
	concurrent  = 48  // jobs at a time
	traceEvery  = 700 // lines from one stack trace to the next
	traceFrames = 18
)

// generator writes lines of many jobs in turn.
type generator struct {
	options
	rand     *rand.Rand
	failures []template
	jobs     [concurrent]*job
	nextID   int
	untilBad int // lines until a job is made to fail
	now      time.Time
	second   int64 // the one that stamp is of
	stamp    []byte
	lines    int
	trace    int // frames still to be written
}

// writeLog writes whole lines of at least o.size bytes.
func writeLog(w io.Writer, o options) error {
	g := newGenerator(o)
	line := make([]byte, 0, 64<<10)
	for written := int64(0); written < o.size; {
		line = line[:0]
		for len(line) < 32<<10 && written+int64(len(line)) < o.size {
			line = g.appendLine(line)
		}
		n, err := w.Write(line)
		if err != nil {
			return err
		}
		written += int64(n)
	}
	return nil
}

func newGenerator(o options) *generator {
	g := &generator{
		options:  o,
		rand:     rand.New(rand.NewPCG(o.seed, 0)),
		failures: failures,
		nextID:   40_000,
		untilBad: o.every / 2,
		now:      time.Date(2023, 11, 14, 1, 50, 0, 0, time.UTC),
	}
	for i := range o.planted {
		g.failures = append(g.failures, parse(generate(i).failure()))
	}
	for i := range g.jobs {
		g.jobs[i] = g.newJob()
		g.jobs[i].step = g.rand.IntN(firstStrike)
	}
	return g
}

func (g *generator) newJob() *job {
	r := g.rand
	j := &job{
		id: g.nextID, child: g.nextID + 1, vm: 900 + r.IntN(4000), host: 1 + r.IntN(hosts), executor: 1 + r.IntN(60),
		outer: r.Uint64(), work: r.Uint64(), inner: r.Uint64(), worker: r.Uint64(), logid: r.Uint64(),
		seq: 6_548_210_000_000 + r.IntN(1e12),
	}
	g.nextID += 2
	return j
}

// appendLine appends the next line: of a job, of the background, or a frame.
func (g *generator) appendLine(b []byte) []byte {
	g.lines++
	if g.trace > 0 {
		g.trace--
		if g.trace == traceFrames {
			return traceHead.appendTo(b, nil, g.rand)
		}
		return frames[g.trace%len(frames)].appendTo(b, nil, g.rand)
	}
	b = g.appendTime(b)
	if g.every > 0 {
		g.untilBad--
	}
	if g.lines%traceEvery == 0 {
		g.trace = traceFrames + 1
		return mistakes[0].appendTo(b, nil, g.rand)
	}
	switch n := g.rand.IntN(1000); {
	case n < 15:
		return warnings[g.rand.IntN(len(warnings))].appendTo(b, nil, g.rand)
	case n < 19:
		return mistakes[1].appendTo(b, nil, g.rand)
	case n < 500:
		return background[g.rand.IntN(len(background))].appendTo(b, nil, g.rand)
	}
	return g.appendStep(b, g.rand.IntN(concurrent))
}

// appendStep appends the next line of a job and begins another when it is done.
func (g *generator) appendStep(b []byte, slot int) []byte {
	j := g.jobs[slot]
	if g.every > 0 && g.untilBad <= 0 && !j.failed && j.step >= firstStrike && j.step <= lastStrike {
		g.untilBad = g.every
		j.failed = true
		j.step = -1
		return g.failures[g.rand.IntN(len(g.failures))].appendTo(b, j, g.rand)
	}
	switch {
	case j.step < 0:
		j.step = afterFailure
		return failedWork.appendTo(b, j, g.rand)
	case j.step == parentCompletes && j.failed:
		b = completesFailed.appendTo(b, j, g.rand)
	default:
		b = script[j.step].appendTo(b, j, g.rand)
	}
	if j.step++; j.step == len(script) {
		g.jobs[slot] = g.newJob()
	}
	return b
}

// appendTime appends the stamp of a moment up to 50 ms later than the last.
func (g *generator) appendTime(b []byte) []byte {
	g.now = g.now.Add(time.Duration(g.rand.IntN(50)) * time.Millisecond)
	if s := g.now.Unix(); s != g.second {
		g.second = s
		g.stamp = g.now.AppendFormat(g.stamp[:0], "2006-01-02 15:04:05,")
	}
	ms := g.now.Nanosecond() / 1e6
	b = append(b, g.stamp...)
	if ms < 100 {
		b = append(b, '0')
	}
	if ms < 10 {
		b = append(b, '0')
	}
	return append(strconv.AppendInt(b, int64(ms), 10), ' ')
}
