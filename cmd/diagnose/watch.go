package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"diagnose"
	"diagnose/follow"
	"diagnose/incident"
	"diagnose/notify"
	"diagnose/report"
)

const watchHelp = `diagnose watch follows logs and names a root cause when it happens: once, with the
lines that prove it and the fix, and again when it is over.

Examples
  diagnose watch /var/log/cloudstack /var/log/gse
  diagnose watch '/var/log/containers/*.log' --state /var/lib/diagnose
  diagnose watch --format json /var/log/app | jq 'select(.event=="opened") | .cause.title'
  diagnose watch --from-start --once old-logs/    read what is there, then stop
  diagnose watch --notify wecom:file:/etc/diagnose/wecom --notify alertmanager:env:AM_URL /var/log/app

Usage
  diagnose watch [flags] PATH...      files, directories, globs; they need not exist yet

Flags
%s
Receivers      KIND:env:VARIABLE or KIND:file:PATH; the address is never a flag
  webhook, alertmanager, slack, dingtalk, wecom, feishu
  exec:["program","argument"]        the report on its standard input, no shell

Signals
  SIGHUP   read the rules again; a broken set is refused and the old one stays
  SIGTERM  store what is known and stop

Exit status
  0  stopped by a signal, or --once came to its end
  2  something went wrong: wrong flags, the state directory, a bad rule
`

type watchOptions struct {
	common
	state     string
	fromStart bool
	once      bool
	warnings  bool
	settle    time.Duration
	poll      time.Duration
	notify    []string
	redact    bool
	save      bool
	corpus    string
	listen    string
	help      bool
}

func (o *watchOptions) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.state, "state", "", "`directory` that remembers how far was read and what is open (default: $XDG_STATE_HOME/diagnose)")
	fs.BoolVar(&o.fromStart, "from-start", false, "read the files that are there from their beginning; without it only what is new")
	fs.BoolVar(&o.once, "once", false, "stop when everything that is there has been read")
	fs.BoolVar(&o.warnings, "warnings", false, "tell of warnings too")
	fs.DurationVar(&o.settle, "settle", 5*time.Second, "how long a symptom waits for its cause to show")
	fs.DurationVar(&o.poll, "poll", time.Second, "how often files are looked at when the system does not notify")
	fs.StringArrayVar(&o.notify, "notify", nil, "tell a `receiver` (repeatable): slack:env:SLACK_URL, dingtalk:file:PATH, exec:[\"page\"] ...")
	fs.BoolVar(&o.redact, "redact", false, "take passwords, tokens and keys out of what is printed here too; receivers never get them")
	fs.BoolVar(&o.save, "save", false, "keep each incident, without secrets, among the past ones")
	fs.StringVar(&o.corpus, "corpus", "", "`directory` of the past incidents for --save (default: DIAGNOSE_CORPUS, or the user's data directory)")
	fs.StringVar(&o.listen, "listen", "", "serve /metrics and /healthz on a local `address`: 127.0.0.1:9465")
	o.common.addFlags(fs)
	fs.BoolVarP(&o.help, "help", "h", false, "this text")
	fs.SortFlags = false
}

func runWatch(ctx context.Context, std stdio, args []string) int {
	var o watchOptions
	fs := pflag.NewFlagSet("watch", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.addFlags(fs)
	if err := fs.Parse(args); err != nil {
		return std.usage("watch", err)
	}
	if o.help {
		fmt.Fprintf(std.out, watchHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("watch", err)
	}
	if fs.NArg() == 0 {
		return std.usage("watch", errors.New("name the files or directories to follow"))
	}
	if slices.Contains(fs.Args(), "-") {
		return std.usage("watch", errors.New("- is standard input, which watch does not follow: name files or directories; diagnose reads a pipe, and ./- is a file of that name"))
	}
	if o.state == "" {
		dir, err := defaultState(std)
		if err != nil {
			return std.usage("watch", err)
		}
		o.state = dir
	}
	if err := o.watch(ctx, std, fs.Args()); err != nil {
		return std.fail("%v", err)
	}
	return exitFound
}

func (o *watchOptions) check() error {
	if err := o.common.check(); err != nil {
		return err
	}
	if o.settle < 0 || o.poll <= 0 {
		return errors.New("--settle and --poll take a duration such as 500ms or 5s")
	}
	return nil
}

// defaultState is the place that the XDG base directory specification gives to
// what should survive a restart.
func defaultState(std stdio) (string, error) {
	if dir := std.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "diagnose"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("there is no home directory for what must be remembered: name one with --state")
	}
	return filepath.Join(home, ".local", "state", "diagnose"), nil
}

// watcher joins what follows files, the live engine, the book of incidents and
// those who are told. Everything in it runs in the goroutine of the follower.
type watcher struct {
	o        *watchOptions
	std      stdio
	log      *slog.Logger
	live     *live
	book     incident.Book
	state    *stateDir
	follower follower
	tellers  notify.Dispatcher
	host     string
	stop     context.CancelFunc

	late   map[string]bool // the streams whose last text was of a file they have left
	status *statusLine     // nil where there is no terminal
	gauge  *gauge          // for those who ask; nil without --listen
	gaps   int64
	judged int64

	pending outgoing   // what waits for the next commit
	taken   outgoing   // by the commit that is under way
	storing bool       // one is
	result  chan error // of it

	unsaved bool
	stuck   time.Time     // when was said last that the state cannot be stored; zero while it can
	behind  bool          // what came last has more behind it
	due     time.Time     // when the next judgement is to come; zero for none
	again   time.Time     // when a symptom has waited long enough for its cause; zero for none
	cost    time.Duration // of the last judgement, without the reading before it
	ended   time.Time     // when it ended
	swept   time.Time     // when was forgotten last
	broken  error         // why it cannot go on
}

// follower is what hands out appended text; tests have one that follows a script.
type follower interface {
	Run(ctx context.Context, handle func(follow.Event) error) error
	Do(fn func())
	Checkpoints() []follow.Checkpoint
	Stats() []follow.StreamStats
}

func (o *watchOptions) watch(ctx context.Context, std stdio, places []string) error {
	base, _ := loadBase(std, o.rules)
	if base == nil {
		return errors.New("the rules have mistakes")
	}
	// What is remembered is much and changes little: collecting more often costs less
	// than the memory it saves.
	debug.SetGCPercent(50)
	l, err := newLive(base, clock{})
	if err != nil {
		return err
	}
	state, stored, said, err := openState(o.state)
	if err != nil {
		return err
	}
	defer state.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := o.watcher(std, l, state, stop)
	if said != "" {
		w.log.Warn(said)
	}
	finish, err := w.openReceivers(ctx)
	if err != nil {
		return err
	}
	defer finish()
	from := w.resume(stored)
	opt := follow.Options{FromStart: o.fromStart, Poll: o.poll, Back: backText, Except: o.written(std)}
	if o.once {
		opt.Idle, opt.Poll = onceIdle, oncePoll
	}
	w.follower, err = follow.New(places, from, opt)
	if err != nil {
		return err
	}
	if o.listen != "" {
		if err := w.serve(ctx); err != nil {
			return err
		}
	}
	return w.run(ctx)
}

// written are the files and directories that the watcher writes while it follows:
// its state holds lines of the logs, and so does what it tells.
func (o *watchOptions) written(std stdio) []os.FileInfo {
	var own []os.FileInfo
	dirs := []string{o.state}
	if o.save {
		dirs = append(dirs, openIncidents(std, o.corpus).dir)
	}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil {
			own = append(own, info)
		}
	}
	for _, out := range []io.Writer{std.out, std.err} {
		if f, ok := out.(*os.File); ok {
			if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
				own = append(own, info)
			}
		}
	}
	return own
}

func (o *watchOptions) watcher(std stdio, l *live, state *stateDir, stop context.CancelFunc) *watcher {
	w := &watcher{o: o, std: std, live: l, state: state, stop: stop, swept: time.Now(), result: make(chan error, 1)}
	if std.terminal(std.err) && std.terminal(std.out) {
		w.status = &statusLine{out: std.err}
		w.std.err = w.status
	}
	w.log = slog.New(slog.NewTextHandler(w.std.err, nil))
	l.remember = w.remember
	return w
}

// How soon a watcher that stops at the end takes a last line as it is.
const (
	onceIdle = 50 * time.Millisecond
	oncePoll = 50 * time.Millisecond
)

// backText is how much of a log before the checkpoint is read again at a restart,
// to know which case the next lines belong to.
const backText = 256 << 10

// run follows until the context ends, then judges and stores once more.
func (w *watcher) run(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-hup:
				w.follower.Do(w.reload)
			case <-tick.C:
				w.follower.Do(w.tick)
			}
		}
	}()
	err := w.follower.Run(ctx, w.handle)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	w.judgeAll()
	w.finish()
	if w.status != nil {
		w.status.clear()
	}
	return w.broken
}

// handle takes what the follower has.
func (w *watcher) handle(ev follow.Event) error {
	if w.broken != nil {
		return w.broken
	}
	now := time.Now()
	switch ev.Kind {
	case follow.Text:
		w.turn(ev)
		w.live.append(ev.Stream, ev.Offset, ev.Line, ev.Text, now)
		w.behind = len(ev.Text) >= bulk
		w.unsaved = true
	case follow.Context:
		w.live.recall(ev.Stream, piece{text: ev.Text, offset: ev.Offset + w.live.stream(ev.Stream, ev.ModTime).base, line: ev.Line, at: now})
	case follow.Gap:
		if ev.Lost == 0 {
			w.live.endLine(ev.Stream)
			w.log.Info("bytes may be gone that nobody could read", "stream", ev.Stream, "reason", ev.Reason)
			break
		}
		w.live.missed(ev.Stream, lostText(ev))
		w.gaps++
		w.log.Warn("bytes were gone before they could be read", "stream", ev.Stream, "at least", ev.Lost, "reason", ev.Reason)
		w.unsaved = true
	case follow.Problem:
		w.log.Warn(ev.Reason, "stream", ev.Stream)
	case follow.Appeared, follow.Rotated, follow.Gone:
		if ev.Kind == follow.Rotated {
			w.leave(ev.Stream, ev.Continues)
		}
		w.log.Debug(ev.Kind.String(), "stream", ev.Stream, "file", ev.File)
	case follow.CaughtUp:
		w.judgeAll()
		if w.o.once {
			// A last line without its end is handed out a moment later.
			time.AfterFunc(onceIdle+4*oncePoll, func() { w.follower.Do(w.stop) })
		}
	}
	if w.live.fresh || len(w.live.waiting) > 0 {
		w.plan(judgeSoon)
	}
	return w.broken
}

// turn ends the line that is under way when text comes of another file than the
// text before: of one that the stream has left, or again of the one it is in.
func (w *watcher) turn(ev follow.Event) {
	if ev.Late == w.late[ev.Stream] {
		return
	}
	w.leave(ev.Stream, false)
	if !ev.Late {
		delete(w.late, ev.Stream)
		return
	}
	if w.late == nil {
		w.late = map[string]bool{}
	}
	w.late[ev.Stream] = true
}

// leave reads what was kept of a stream as it stands: what comes next is of another
// file, whose lines are counted anew. A line that is under way ends, unless it goes on
// there.
func (w *watcher) leave(stream string, continues bool) {
	if !continues {
		w.live.endLine(stream)
	}
	if s := w.live.byName[stream]; s != nil && bytes.HasSuffix(s.buf, newline) {
		w.live.flush(s)
	}
}

func lostText(ev follow.Event) string {
	if ev.Lost < 0 {
		return "bytes were gone before they could be read: " + ev.Reason
	}
	return fmt.Sprintf("at least %d bytes were gone before they could be read: %s", ev.Lost, ev.Reason)
}

// judgeSoon is how long lines gather before they are read and judged; longer where
// judging takes long, so that it takes a third of the time at most.
const judgeSoon = 200 * time.Millisecond

// judgeBehind is how far judgements are apart while a backlog is caught up with: that
// is no news, and judging it often makes it later.
const judgeBehind = 2 * time.Second

func (w *watcher) plan(in time.Duration) {
	if w.behind {
		in = max(in, judgeBehind)
	}
	in = max(in, time.Until(w.ended.Add(2*w.cost)))
	at := time.Now().Add(in)
	if !w.due.IsZero() && !at.Before(w.due) {
		return
	}
	w.due = at
	time.AfterFunc(in, func() {
		w.follower.Do(func() {
			if w.due.Equal(at) { // an earlier one has not been planned since
				w.judge()
			}
		})
	})
}

// judgeEnded is how far judgements are apart when nothing came but ends of cases that
// went well: services that work log many of them.
const judgeEnded = 2 * time.Second

// judgeAll leaves nothing for later.
func (w *watcher) judgeAll() {
	w.live.catchUp()
	w.live.fresh = w.live.fresh || w.live.well
	w.judge()
}

// judge reads what came, asks what is wrong now if any of it matters, and tells
// what is new. What holds no literal is read after that.
func (w *watcher) judge() {
	w.due = time.Time{}
	w.live.readTroubled()
	w.judgeRead()
	w.live.catchUp()
	if w.live.fresh {
		w.plan(judgeSoon)
	}
}

func (w *watcher) judgeRead() {
	began := time.Now()
	if later := w.ended.Add(judgeEnded); w.live.well && (w.again.IsZero() || later.Before(w.again)) {
		w.again = later
	}
	if wait := w.again.Sub(began); !w.live.fresh && (w.again.IsZero() || wait > 0) {
		if !w.again.IsZero() {
			w.plan(wait)
		}
		return
	}
	w.judged++
	read := time.Now()
	v := w.live.judgeRead()
	all := w.live.observations(v, began, watchRules{settle: w.o.settle, warnings: w.o.warnings}, &w.book)
	w.ended = time.Now()
	w.cost = w.ended.Sub(read)
	lost := w.book.Lost
	w.tell(w.book.Observe(began, all), v)
	if w.book.Lost > lost {
		w.log.Error("more incidents are open than are kept: new ones are not told", "not told", w.book.Lost)
	}
	w.again = time.Time{}
	for i := range all {
		if !all[i].Settled && all[i].By == "" && !all[i].Over {
			w.again = began.Add(w.o.settle)
			w.plan(w.o.settle)
			break
		}
	}
}

// tick does what time alone brings: incidents that have been quiet, a state that
// was not stored yet, evidence that is too old.
func (w *watcher) tick() {
	now := time.Now()
	w.tell(w.book.Tick(now), nil)
	if now.Sub(w.swept) > sweepEvery {
		w.live.forget(now)
		w.swept, w.unsaved = now, true
		w.shrink()
	}
	w.commit()
	w.measure(now)
	w.showStatus(now)
}

// sweepEvery is how often old evidence is forgotten.
const sweepEvery = 10 * time.Minute

// tell prints changes; v is the verdict that brought them, nil for those of time.
func (w *watcher) tell(changes []incident.Change, v *diagnose.Verdict) {
	if len(changes) == 0 {
		return
	}
	for _, c := range changes {
		cause := causeOf(v, &c.Incident)
		if cause != nil {
			readQuoted(w.live.base, cause)
		}
		safe, safeCause := w.withoutSecrets(c, cause)
		if w.o.redact {
			c, cause = safe, safeCause
		}
		if err := w.print(c, cause); err != nil {
			w.fail(err)
		}
		w.pending.add(w.leaving(safe, safeCause))
	}
	w.bound()
	w.unsaved = true
	w.commit()
}

// maxPending bounds the notices, and the incidents for the corpus, that wait in
// memory for a disk that takes them, as outboxes are bounded.
const maxPending = 10_000

func (w *watcher) bound() {
	if n := w.pending.bound(maxPending); n > 0 {
		w.log.Error("too much waits to be told while the state cannot be stored: the oldest is dropped", "dropped", n)
	}
}

// causeOf finds what an incident is about in the verdict.
func causeOf(v *diagnose.Verdict, in *incident.Incident) *diagnose.Cause {
	if v == nil {
		return nil
	}
	for _, list := range [][]*diagnose.Cause{v.Causes, v.Symptoms, v.Warnings} {
		for _, c := range list {
			if c.Rule.ID == in.Rule && report.Title(c.Rule, c.Captures, "en") == in.Title {
				return c
			}
		}
	}
	return nil
}

// watchLine is one line of --format json.
type watchLine struct {
	Schema   string            `json:"schema"`
	Event    incident.Event    `json:"event"`
	Key      string            `json:"key"`
	Incident incident.Incident `json:"incident"`
	Cause    json.RawMessage   `json:"cause,omitempty"`
}

func (w *watcher) print(c incident.Change, cause *diagnose.Cause) error {
	lang := w.std.language(w.o.lang)
	if w.status != nil {
		w.status.clear()
	}
	if w.o.format == "json" {
		line := watchLine{Schema: "diagnose/watch/v1", Event: c.Event, Key: c.Key, Incident: c.Incident}
		if cause != nil {
			var err error
			if line.Cause, err = report.CauseJSON(cause, lang); err != nil {
				return err
			}
		}
		return report.JSONLine(w.std.out, line)
	}
	style := report.Style{Lang: lang, Color: w.std.useColor(w.o.color)}
	if w.std.terminal(w.std.out) {
		style.Width = min(w.std.width(), 120)
	}
	return report.Incident(w.std.out, report.Life{Event: string(c.Event), ID: c.Incident.ID, Title: c.Incident.Title, Rule: c.Incident.Rule,
		At: changeTime(c), Opened: c.Incident.Opened, Why: c.Incident.Why, Cases: c.Incident.CaseCount, Count: c.Incident.Count}, cause, style)
}

func changeTime(c incident.Change) time.Time {
	if c.Event == incident.Cleared {
		return c.Incident.Cleared
	}
	return c.Incident.Seen
}

// remember writes an entry to the journal. What cannot be written is in memory, and
// goes with the next commit that can.
func (w *watcher) remember(e journalEntry) {
	if err := w.state.remember(e); err != nil {
		w.unstored(err)
	}
}

// sayAgain is how often it is said that the state still cannot be stored.
const sayAgain = time.Minute

// unstored says that the state could not be stored, now and then while that lasts.
// A full disk does not stop the watcher: what it tells meanwhile it would tell
// again after a crash, under the same keys.
func (w *watcher) unstored(err error) {
	w.unsaved = true
	if now := time.Now(); now.Sub(w.stuck) >= sayAgain {
		w.stuck = now
		w.log.Error("the state cannot be stored; following goes on, and it is tried again", "dir", w.state.dir, "error", err)
	}
}

// fail makes the watcher stop: what it cannot store it must not go on telling.
func (w *watcher) fail(err error) {
	if w.broken == nil {
		w.broken = err
	}
	w.stop()
}

// commit stores what is known, if anything is new. Disks may take a second to say
// that bytes are safe, so another goroutine waits for that; one commit is under way
// at a time.
func (w *watcher) commit() {
	if !w.unsaved || w.broken != nil || w.storing {
		return
	}
	if err := w.state.catchUp(w.live.remembered); err != nil {
		w.unstored(err)
		return
	}
	write, err := w.state.prepare(w.snapshot())
	if err != nil {
		w.unstored(err)
		return
	}
	pending := w.pending
	w.taken, w.pending, w.unsaved, w.storing = pending, outgoing{}, false, true
	if w.state.careless {
		w.stored(w.store(pending, write))
		return
	}
	go func() {
		w.result <- w.store(pending, write)
		w.follower.Do(w.settleCommit)
	}()
}

// store puts what is to be told on disk before the state says that it was told.
func (w *watcher) store(pending outgoing, write func() error) error {
	if err := w.tellers.Notify(pending.notices); err != nil {
		return fmt.Errorf("what is to be told: %w", err)
	}
	w.keep(pending.incidents)
	return write()
}

// settleCommit takes the result of a commit that has ended.
func (w *watcher) settleCommit() {
	select {
	case err := <-w.result:
		w.stored(err)
	default:
	}
}

func (w *watcher) stored(err error) {
	w.storing = false
	if err != nil {
		// Outboxes know what they have already.
		w.taken.add(w.pending)
		w.pending, w.taken = w.taken, outgoing{}
		w.bound()
		w.unstored(err)
		return
	}
	if !w.stuck.IsZero() {
		w.stuck = time.Time{}
		w.log.Info("the state is stored again", "dir", w.state.dir)
	}
	w.taken = outgoing{}
	if !w.pending.empty() {
		w.commit()
	}
}

// finish stores everything once more, when nothing else runs.
func (w *watcher) finish() {
	if w.storing {
		w.stored(<-w.result)
	}
	if w.storing {
		w.stored(<-w.result) // of what waited for it
	}
	w.commit()
	if w.storing {
		w.stored(<-w.result)
	}
}

func (w *watcher) snapshot() *watchState {
	st := &watchState{Saved: time.Now(), Seq: w.live.seq, Since: w.live.since, Checkpoints: w.follower.Checkpoints(), Book: w.book}
	for _, s := range w.live.list {
		st.Streams = append(st.Streams, streamState{Name: s.name, Base: s.base, Next: s.next(), Open: s.buf, OpenLine: s.bufLine,
			Bytes: s.stats.Bytes, Lines: s.lines, Problems: s.stats.Problems})
	}
	return st
}

// resume goes on where an earlier run stored its state, if there is one.
func (w *watcher) resume(st *watchState) []follow.Checkpoint {
	if st == nil {
		return nil
	}
	w.book = st.Book
	w.live.seq, w.live.since = st.Seq, st.Since
	damaged, err := w.state.replay(w.live.restore)
	if err != nil || damaged > 0 {
		// What is open may rest on evidence that is not remembered any more.
		w.live.since = st.Seq + 1
		w.log.Warn("the journal is damaged: what is open now is closed only by silence", "lines", damaged, "error", err)
	}
	for _, s := range st.Streams {
		w.live.resume(s, st.Saved)
	}
	return st.Checkpoints
}

// shrink writes the journal anew when most of it is forgotten.
func (w *watcher) shrink() {
	if w.state.size < maxJournal || w.storing {
		return
	}
	if err := w.state.rewrite(w.live.remembered); err != nil {
		w.log.Error("the journal cannot be written anew", "error", err)
	}
	w.unsaved = true
}

// maxJournal is the size beyond which the journal is written anew at the next
// sweep, in bytes.
const maxJournal = 16 << 20

// reload reads the rules again. A broken set is refused.
func (w *watcher) reload() {
	base, _ := loadBase(w.std, w.o.rules)
	if base == nil {
		w.log.Error("the rules have mistakes: the old ones stay")
		return
	}
	if err := w.live.use(base); err != nil {
		w.log.Error("the rules cannot be used: the old ones stay", "error", err)
		return
	}
	w.log.Info("rules read again", "rules", base.Len())
	w.judge()
}
