package notify

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Dispatcher delivers what outboxes hold, each receiver by itself: one that is
// slow, dead or confused keeps none of the others waiting.
type Dispatcher struct {
	pauses *pauses // nil: usualPauses
	lanes  []*lane
	wait   sync.WaitGroup
}

type lane struct {
	pauses    pauses
	receiver  *Receiver
	box       *Outbox
	log       *slog.Logger
	delivered atomic.Int64
	retried   atomic.Int64
	refused   atomic.Int64
}

// Stats are the counts of one receiver.
type Stats struct {
	Receiver  string
	Waiting   int
	Delivered int64 // notices
	Retried   int64 // deliveries that failed and are tried again
	Refused   int64 // notices that the receiver will never take
	Dropped   int64 // notices that were too many to be kept
}

// pauses between deliveries that fail are doubled each time, with a random part, so
// that many watchers do not come at once.
type pauses struct {
	first, last time.Duration
	gather      time.Duration // how long notices wait for others to go with them
}

var usualPauses = pauses{first: time.Second, last: 5 * time.Minute, gather: 200 * time.Millisecond}

// Add begins to deliver what an outbox holds, until the context ends.
func (d *Dispatcher) Add(ctx context.Context, r *Receiver, box *Outbox, log *slog.Logger) {
	l := &lane{receiver: r, box: box, log: log.With("receiver", r.Name), pauses: usualPauses}
	if d.pauses != nil {
		l.pauses = *d.pauses
	}
	d.lanes = append(d.lanes, l)
	d.wait.Go(func() { l.run(ctx) })
}

// Wait returns when every lane has ended after its context.
func (d *Dispatcher) Wait() { d.wait.Wait() }

// Notify puts notices into every outbox.
func (d *Dispatcher) Notify(list []Notice) error {
	var all []error
	for _, l := range d.lanes {
		all = append(all, l.box.Add(list))
	}
	return errors.Join(all...)
}

// Stats returns the counts of every receiver.
func (d *Dispatcher) Stats() []Stats {
	var out []Stats
	for _, l := range d.lanes {
		waiting, dropped := l.box.Waiting()
		out = append(out, Stats{l.receiver.Name, waiting, l.delivered.Load(), l.retried.Load(), l.refused.Load(), dropped})
	}
	return out
}

// Idle reports whether nothing waits.
func (d *Dispatcher) Idle() bool {
	for _, s := range d.Stats() {
		if s.Waiting > 0 {
			return false
		}
	}
	return true
}

func (l *lane) run(ctx context.Context) {
	pause := l.pauses.first
	alone := 0 // how many of the next go one by one
	for {
		most := l.receiver.most()
		if alone > 0 {
			most = 1
		}
		list, waiting := l.box.next(most)
		if waiting == 0 {
			select {
			case <-ctx.Done():
				return
			case <-l.box.more:
				if !sleep(ctx, l.pauses.gather) {
					return
				}
			}
			continue
		}
		err := l.receiver.Deliver(ctx, list, time.Now())
		var again *RetryError
		switch {
		case ctx.Err() != nil:
			return
		case errors.As(err, &again):
			l.retried.Add(1)
			l.log.Warn("cannot be told now; it is tried again", "error", err, "waiting", waiting)
			if !sleep(ctx, max(again.After, pause/2+rand.N(pause))) {
				return
			}
			pause = min(2*pause, l.pauses.last)
			continue
		case err != nil && len(list) > 1:
			// One of them may be what it refuses.
			alone = len(list)
			continue
		case err != nil:
			l.refused.Add(int64(len(list)))
			l.log.Error("refuses a message, which is given up", "error", err, "notices", len(list))
		default:
			l.delivered.Add(int64(len(list)))
		}
		pause = l.pauses.first
		alone = max(0, alone-1)
		if err := l.box.done(list); err != nil {
			l.log.Error("what was delivered cannot be noted: it may be told again", "error", err)
			if !sleep(ctx, l.pauses.last/10) {
				return
			}
		}
	}
}

// sleep waits, or returns false when the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
