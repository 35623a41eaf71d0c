package follow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The torture test does to logs what services, logrotate, kubelets and people do, in
// random order and with the follower stopped at random, and compares what was
// handed out with an oracle that knows every line.
//
// DIAGNOSE_TORTURE=10000 says how many interleavings, DIAGNOSE_SEED=7 runs one, or
// with the other says which is the first.

func TestTorture(t *testing.T) {
	first, n := uint64(1), 200
	if s := os.Getenv("DIAGNOSE_TORTURE"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	if s := os.Getenv("DIAGNOSE_SEED"); s != "" {
		first, _ = strconv.ParseUint(s, 10, 64)
		if os.Getenv("DIAGNOSE_TORTURE") == "" {
			n = 1
		}
	}
	sum := map[string]*tally{}
	root := t.TempDir()
	failed := 0
	for seed := first; seed < first+uint64(n); seed++ {
		w := newWorld(t, filepath.Join(root, fmt.Sprint(seed)), seed)
		w.live()
		if len(w.wrong) > 0 && os.Getenv("DIAGNOSE_TORTURE") == "" && n > 1 {
			// Files have the system's coarse time stamps, so that what happens within one
			// tick differs from run to run: a fault counts here when it shows twice. The long
			// run counts each.
			t.Logf("seed %d, first time: %s", seed, strings.Join(w.wrong[:min(len(w.wrong), 5)], "\n\t"))
			os.RemoveAll(w.dir)
			w = newWorld(t, filepath.Join(root, fmt.Sprint(seed)), seed)
			w.live()
		}
		for hazard := range w.done {
			if sum[hazard] == nil {
				sum[hazard] = &tally{}
			}
			sum[hazard].add(w, hazard)
		}
		if len(w.wrong) > 0 {
			failed++
			t.Errorf("seed %d: %s", seed, strings.Join(w.wrong[:min(len(w.wrong), 5)], "\n\t"))
			if failed <= 20 {
				t.Log(strings.Join(w.history, "\n"))
			}
			if failed > 100 {
				break
			}
		}
		os.RemoveAll(w.dir)
	}
	for _, hazard := range slices.Sorted(maps.Keys(sum)) {
		x := sum[hazard]
		t.Logf("| %s | %d | %d | %d | %d | %d | %d | %d | %d |", hazard, x.runs, x.times, x.lines, x.missing, x.twice, x.gone, x.unknown, x.said)
	}
}

// tally counts the interleavings with a hazard.
type tally struct{ runs, times, lines, missing, twice, gone, unknown, said int }

func (a *tally) add(w *world, hazard string) {
	a.runs++
	a.times += w.done[hazard]
	a.lines += len(w.lines)
	a.missing += w.missing
	a.twice += w.twice
	a.gone += w.gone
	a.unknown += w.unknown
	a.said += w.reports
}

// world is a directory of logs, those who write and rotate them, and the follower.
type world struct {
	t       *testing.T
	r       *rand.Rand
	dir     string
	logs    []*log
	f       *Follower
	opt     Options
	skew    time.Duration
	history []string
	wrong   []string
	done    map[string]int

	lines   map[string]*line
	seen    oracle
	saved   oracle // when the checkpoint was taken
	from    []byte // the checkpoint
	orphans []*object
	all     []*object
	away    *log // whose directory is away

	missing, twice, gone, unknown, reports int
}

// log is one log with its writer.
type log struct {
	name   string // as it is followed
	path   string // where it is written
	dated  bool
	days   int
	now    *object
	old    *object // still written to after a rotation
	n      int
	rest   []byte // of a line that is not written to its end
	links  int
	keep   int
	behind []*log
}

// id names a line. The first bytes differ from those of lines nearby: of a file of
// which only those were read, nobody can know that it was written anew.
func (l *log) id(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return fmt.Sprintf("%c%05d@%s", letters[n%len(letters)], n, filepath.Base(l.name))
}

// object is one file, whatever its name.
type object struct {
	file *os.File
	path string
	held bool // the follower looked while it had its name

	known, stored bool // it held text when the follower looked; and that was stored
}

type line struct {
	text    string
	written bool
	excused bool // it was gone before it could be read
	lostAt  int  // reports that there were then
	gapsAt  int  // gaps, for a line that was under way when its file was cut
	torn    bool
	window  bool // written between a copy and the cut while nobody looked
	on      *object
	known   bool // the follower knew of a file that held text when this line was in it
	stored  bool // and that was stored
	late    bool // its end was written after its file was rotated away
}

// unknowable reports whether the follower, as it is now, cannot have known of a line:
// it saw no text in its file, or all that it saw was handed out, and the line came
// after the stream had left the file.
func (x *line) unknowable() bool { return !x.known && (!x.on.known || x.late) }

// oracle is what was handed out.
type oracle struct {
	count   map[string]int // by line
	reports map[string]int // by stream
	gaps    map[string]int
	open    map[string][]fragment
}

// fragment is the beginning of a line.
type fragment struct {
	file string
	next int64 // where it goes on
	text string
	late bool // in a file that the stream has left
	gap  bool // with a gap
}

func (o oracle) clone() oracle {
	c := oracle{maps.Clone(o.count), maps.Clone(o.reports), maps.Clone(o.gaps), map[string][]fragment{}}
	for k, v := range o.open {
		c.open[k] = slices.Clone(v)
	}
	return c
}

func newWorld(t *testing.T, dir string, seed uint64) *world {
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 5)), dir: dir, lines: map[string]*line{}, done: map[string]int{},
		seen: oracle{map[string]int{}, map[string]int{}, map[string]int{}, map[string][]fragment{}}}
	w.opt = Options{FromStart: true, Poll: time.Hour, Idle: []time.Duration{1, time.Hour}[w.r.IntN(2)], MaxLine: 64 << w.r.IntN(5),
		Chunk: 128 << w.r.IntN(8), MaxOpen: 64, Now: func() time.Time { return time.Now().Add(w.skew) }}
	if w.r.IntN(4) == 0 {
		w.opt.MaxOpen = 8
	}
	w.must(os.MkdirAll(filepath.Join(dir, "in", "sub"), 0o755))
	w.must(os.MkdirAll(filepath.Join(dir, "targets"), 0o755))
	w.must(os.MkdirAll(filepath.Join(dir, "grave"), 0o755))
	names := []string{"in/a.log", "in/b.log", "in/sub/c.log", "in/link"}
	w.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, n := range names[:1+w.r.IntN(3)] {
		l := &log{name: filepath.Join(dir, n), dated: w.r.IntN(3) == 0, keep: 2 + w.r.IntN(4)}
		l.path = l.name
		w.logs = append(w.logs, l)
		if strings.HasSuffix(n, "link") {
			w.target(l)
		}
		w.create(l)
	}
	w.restart()
	w.round()
	w.save()
	return w
}

func (w *world) must(err error) {
	if err != nil {
		w.fail("%v", err)
	}
}

func (w *world) fail(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

func (w *world) say(format string, args ...any) {
	w.history = append(w.history, fmt.Sprintf("%d ", len(w.history))+fmt.Sprintf(format, args...))
}

// live is one life: random things happen, then everything is read and compared.
func (w *world) live() {
	acts := []struct {
		name   string
		weight int
		do     func(*log)
	}{
		{"write", 40, w.write},
		{"look", 30, func(*log) { w.look() }},
		{"rename", 8, w.rename},
		{"copytruncate", 6, w.copyTruncate},
		{"gzip", 6, w.gzip},
		{"delete", 3, w.delete},
		{"truncate", 3, w.truncate},
		{"symlink switch", 5, w.switchLink},
		{"directory replaced", 2, w.replaceDir},
		{"directory away and back", 2, w.dirAwayAndBack},
		{"written after rotation", 6, w.writeOld},
		{"kill", 6, func(*log) { w.kill() }},
	}
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	for range 20 + w.r.IntN(60) {
		k := w.r.IntN(total)
		for _, a := range acts {
			if k -= a.weight; k < 0 {
				before := len(w.history)
				a.do(w.logs[w.r.IntN(len(w.logs))])
				if len(w.history) > before {
					w.done[a.name]++
				}
				break
			}
		}
		if len(w.wrong) > 0 {
			w.f.close()
			return
		}
	}
	w.end()
}

// object's creation; the file may be there for other reasons.
func (w *world) create(l *log) {
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	w.must(err)
	l.now = &object{file: file, path: l.path}
	w.all = append(w.all, l.now)
}

func (w *world) text(l *log) []byte {
	for len(l.rest) == 0 {
		l.n++
		id := l.id(l.n)
		fill := []string{"x", "你好", "é", "\r", "Ω=1 ", "error "}[w.r.IntN(6)]
		n := w.r.IntN(12)
		if w.r.IntN(20) == 0 {
			n = w.r.IntN(400)
		}
		text := id + " " + strings.Repeat(fill, n)
		if w.r.IntN(4) == 0 {
			text += "\r"
		}
		w.lines[id] = &line{text: text}
		l.rest = []byte(text + "\n")
	}
	n := len(l.rest)
	if w.r.IntN(3) == 0 {
		n = 1 + w.r.IntN(n)
	}
	out := l.rest[:n]
	l.rest = l.rest[n:]
	return out
}

func (w *world) put(l *log, o *object, some int) {
	for range some {
		b := w.text(l)
		_, err := o.file.Write(b)
		w.must(err)
		x := w.lines[l.id(l.n)]
		x.on = o
		if o == l.old {
			x.late, x.known, x.stored = true, false, false
		}
		x.written = b[len(b)-1] == '\n'
	}
}

// endLine makes the writer finish its line.
func (w *world) endLine(l *log) {
	for len(l.rest) > 0 {
		w.put(l, w.writesTo(l), 1)
	}
}

func (w *world) writesTo(l *log) *object {
	if l.old != nil {
		return l.old
	}
	if l.now == nil {
		w.create(l)
	}
	return l.now
}

func (w *world) write(l *log) {
	if l.old != nil {
		w.reopen(l)
	}
	o := w.writesTo(l)
	w.put(l, o, 1+w.r.IntN(12))
	w.say("write %s to line %d", l.name, l.n)
}

// writeOld writes to the file that was rotated away.
func (w *world) writeOld(l *log) {
	if l.old == nil {
		return
	}
	w.put(l, l.old, 1+w.r.IntN(4))
	w.say("write old %s to line %d", l.name, l.n)
}

// reopen makes the writer go on in the new file.
func (w *world) reopen(l *log) {
	w.endLine(l)
	l.old.file.Close()
	l.old = nil
	w.say("reopen %s", l.name)
}

// look lets the follower have a look, a short one or a long one.
func (w *world) look() {
	if w.f == nil {
		w.restart()
		return
	}
	switch w.r.IntN(4) {
	case 0:
		w.round()
	case 1:
		for range 1 + w.r.IntN(4) {
			w.step(true)
		}
	default:
		w.step(w.r.IntN(3) == 0)
		w.step(false)
	}
}

func (w *world) step(all bool) bool {
	if all {
		w.f.wake.everything()
	} else {
		for _, l := range w.logs {
			w.f.wake.files[l.name] = true
		}
	}
	more, err := w.f.step(context.Background())
	w.must(err)
	if all {
		w.hold()
	}
	w.say("step all=%v more=%v", all, more)
	return more
}

func (w *world) round() {
	w.f.wake.everything()
	w.must(w.f.round(context.Background()))
	w.hold()
	w.say("round")
}

// hold notes which files the follower has seen. With few descriptors it may have
// closed them again.
func (w *world) hold() {
	for _, l := range w.logs {
		if l.now == nil || l == w.away {
			continue
		}
		l.now.held = w.opt.MaxOpen > 8
		if info, err := l.now.file.Stat(); err == nil && info.Size() > 0 {
			l.now.known = true
		}
	}
	for _, x := range w.lines {
		x.known = x.known || x.on != nil && x.on.known
	}
}

// shift makes room for the first rotated name and returns it.
func (w *world) shift(l *log) string {
	if l.dated {
		l.days++
		w.expire(l, func(name string) bool { return true })
		return l.path + "-" + time.Date(2026, 1, l.days, 0, 0, 0, 0, time.UTC).Format("20060102")
	}
	for i := l.keep; i > 0; i-- {
		for _, z := range []string{"", ".gz"} {
			from := fmt.Sprintf("%s.%d%s", l.path, i, z)
			if i == l.keep {
				w.remove(from)
			} else if os.Rename(from, fmt.Sprintf("%s.%d%s", l.path, i+1, z)) == nil && l.old != nil && l.old.path == from {
				l.old.path = fmt.Sprintf("%s.%d%s", l.path, i+1, z)
			}
		}
	}
	return l.path + ".1"
}

// expire removes the oldest dated files.
func (w *world) expire(l *log, _ func(string) bool) {
	old, _ := filepath.Glob(l.path + "-*")
	slices.Sort(old)
	for ; len(old) >= l.keep; old = old[1:] {
		w.remove(old[0])
	}
}

// remove deletes a file. What was not handed out and stands nowhere else is gone,
// unless the follower has the file open.
func (w *world) remove(path string) {
	if _, err := os.Lstat(path); err != nil {
		return
	}
	if l := w.writerOf(path); l != nil {
		w.endLine(l)
		l.old.file.Close()
		l.old = nil
	}
	os.Remove(path)
	w.say("removed %s", path)
	w.excuse()
}

func (w *world) writerOf(path string) *log {
	for _, l := range w.logs {
		if l.old != nil && l.old.path == path {
			return l
		}
	}
	return nil
}

// excuse notes which lines cannot be read any more.
func (w *world) excuse() {
	there := w.there()
	for id, x := range w.lines {
		if x.written && !x.excused && w.seen.count[id] == 0 && !there[id] {
			x.excused = true
			x.lostAt = w.seen.reports[w.streamOf(id)]
			x.window = x.window || x.unknowable()
			w.say("gone: %s window=%v known=%v %v", id, x.window, x.known, x.on.known)
		}
	}
}

func (w *world) streamOf(id string) string {
	for _, l := range w.logs {
		if strings.HasSuffix(id, "@"+filepath.Base(l.name)) {
			return l.name
		}
	}
	return ""
}

// there are the lines that stand in a file that can be read: one with a name, or
// one that the follower has open.
func (w *world) there() map[string]bool {
	out := map[string]bool{}
	aside := false // what only a link led to, and does not now, is there for those who saw it
	take := func(b []byte) {
		for _, x := range bytes.Split(b, []byte{'\n'}) {
			if i := bytes.IndexByte(x, ' '); i > 0 {
				if l := w.lines[string(x[:i])]; l != nil && (!aside || l.known || l.on.known) && (l.text == string(x) || l.torn) {
					out[string(x[:i])] = true
				}
			}
		}
	}
	for _, top := range []string{"in", "targets"} {
		filepath.WalkDir(filepath.Join(w.dir, top), func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			aside = top == "targets" && !slices.ContainsFunc(w.logs, func(l *log) bool {
				_, err := os.Stat(l.path)
				return err == nil && strings.HasPrefix(path, l.path)
			})
			b, _ := os.ReadFile(path)
			if strings.HasSuffix(path, ".gz") {
				if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
					b, _ = io.ReadAll(z)
				}
			}
			take(b)
			return nil
		})
	}
	aside = false
	if w.f != nil {
		for _, o := range w.orphans {
			if o.held {
				b, _ := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", o.file.Fd()))
				take(b)
			}
		}
	}
	// A line that spans two files is whole in none.
	for _, l := range w.logs {
		if len(l.rest) > 0 {
			out[l.id(l.n)] = true
		}
	}
	return out
}

func (w *world) rename(l *log) {
	if l.now == nil {
		return
	}
	late := w.r.IntN(3) == 0
	if l.old != nil {
		w.reopen(l)
	}
	if !late {
		w.endLine(l)
	}
	to := w.shift(l)
	w.must(os.Rename(l.path, to))
	l.now.path = to
	if late {
		l.old = l.now
	} else {
		l.now.file.Close()
	}
	l.now = nil
	w.say("rename %s to %s, late=%v", l.path, to, late)
	if w.r.IntN(3) == 0 && w.f != nil {
		w.step(true)
	}
	if late || w.r.IntN(4) > 0 {
		w.create(l)
		w.say("create %s", l.path)
	}
}

func (w *world) copyTruncate(l *log) {
	if l.now == nil {
		return
	}
	if l.old != nil {
		w.reopen(l)
	}
	between := w.r.IntN(4) == 0
	if between {
		w.endLine(l)
	}
	made, err := statPath(l.path)
	w.must(err)
	waitForTick(w.t, made, filepath.Join(w.dir, "grave", "probe"))
	to := w.shift(l)
	b, err := os.ReadFile(l.path)
	w.must(err)
	w.must(os.WriteFile(to, b, 0o644))
	w.say("copy %s to %s", l.path, to)
	if between {
		from := l.n
		w.put(l, l.now, 1+w.r.IntN(3))
		w.endLine(l)
		for i := from + 1; w.f == nil && i <= l.n; i++ {
			w.lines[l.id(i)].window = true
		}
		w.say("write %s to line %d before the cut", l.path, l.n)
		w.done["written between copy and cut"]++
	}
	if w.r.IntN(3) == 0 && w.f != nil {
		w.step(w.r.IntN(2) == 0)
	}
	w.must(l.now.file.Truncate(0))
	if len(l.rest) > 0 {
		x := w.lines[l.id(l.n)]
		if !x.torn { // else its beginning was lost with the first cut
			x.gapsAt = w.seen.gaps[l.name]
		}
		x.torn, x.known = true, false
	}
	w.say("cut %s", l.path)
	w.excuse()
	l.now.known, l.now.stored = false, false
}

// waitForTick waits until a file is older than the clock of the file system ticks, as
// a log that is copied is.
func waitForTick(t *testing.T, file fileInfo, probe string) {
	defer os.Remove(probe)
	for {
		os.Remove(probe)
		if err := os.WriteFile(probe, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		now, err := statPath(probe)
		if err != nil {
			t.Fatal(err)
		}
		if now.modTime.After(file.birth) && now.modTime.After(file.modTime) {
			return
		}
	}
}

// tickSince waits until the clock of the file system has ticked since a file lost
// its name: nothing is deleted, created and rotated within one tick.
func (w *world) tickSince(o *object) {
	info, err := statFile(o.file)
	w.must(err)
	info.modTime = info.changed
	waitForTick(w.t, info, filepath.Join(w.dir, "grave", "probe"))
}

// unknowable notes the lines that were under way when the file was cut, and whose
// rest goes now that nobody has seen.
func (w *world) unknowable(l *log) {
	for id, x := range w.lines {
		if x.torn && w.streamOf(id) == l.name && w.seen.count[id] == 0 && (l.now == nil || !l.now.known) {
			x.window = true
		}
	}
}

func (w *world) gzip(l *log) {
	names, err := filepath.Glob(l.path + `[.\-]*`)
	w.must(err)
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, ".gz") || w.writerOf(n) != nil })
	if len(names) == 0 {
		return
	}
	name := names[w.r.IntN(len(names))]
	b, err := os.ReadFile(name)
	w.must(err)
	info, err := os.Stat(name)
	w.must(err)
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	zw.Write(b)
	zw.Close()
	half := w.r.IntN(z.Len())
	out, err := os.Create(name + ".gz")
	w.must(err)
	out.Write(z.Bytes()[:half])
	w.say("half of %s.gz", name)
	if w.r.IntN(3) == 0 && w.f != nil {
		w.step(true)
	}
	out.Write(z.Bytes()[half:])
	out.Close()
	os.Chtimes(name+".gz", info.ModTime(), info.ModTime())
	if w.r.IntN(3) == 0 && w.f != nil {
		w.step(true)
	}
	w.must(os.Remove(name))
	w.say("gzip %s", name)
}

// orphan lets go of a file that has no name any more.
func (w *world) orphan(o *object) {
	if o != nil {
		w.orphans = append(w.orphans, o)
	}
}

func (w *world) delete(l *log) {
	if l.now == nil {
		return
	}
	w.endLine(l)
	w.unknowable(l)
	w.must(os.Remove(l.path))
	w.tickSince(l.now)
	w.orphan(l.now)
	l.now = nil
	w.say("delete %s", l.path)
	w.excuse()
	if w.r.IntN(2) == 0 {
		w.create(l)
	}
}

func (w *world) truncate(l *log) {
	if l.now == nil {
		return
	}
	if l.old != nil {
		w.reopen(l)
	}
	w.endLine(l)
	info, _ := l.now.file.Stat()
	w.unknowable(l)
	w.must(l.now.file.Truncate(0))
	w.say("truncate %s", l.path)
	w.excuse()
	l.now.known, l.now.stored = false, false
	if w.r.IntN(2) == 0 {
		for {
			w.put(l, l.now, 1)
			if now, _ := l.now.file.Stat(); now.Size() > info.Size() {
				break
			}
		}
		w.done["truncated and grown past the offset"]++
		w.say("grown past %d to line %d", info.Size(), l.n)
	}
}

// target lets a link lead to a new file.
func (w *world) target(l *log) {
	l.links++
	l.path = filepath.Join(w.dir, "targets", fmt.Sprintf("%s.%dx", filepath.Base(l.name), l.links))
	tmp := l.name + ".tmp"
	w.must(os.Symlink(l.path, tmp))
	os.Remove(l.name + ".new")
	w.must(os.Rename(tmp, l.name))
}

func (w *world) switchLink(l *log) {
	if l.links == 0 {
		return
	}
	w.endLine(l)
	if l.old != nil {
		l.old.file.Close()
		l.old = nil
	}
	if l.now != nil {
		l.now.file.Close()
	}
	l.links++
	l.path = filepath.Join(w.dir, "targets", fmt.Sprintf("%s.%dx", filepath.Base(l.name), l.links))
	w.create(l)
	l.links--
	w.target(l)
	w.say("link to %s", l.path)
	l.days = 0
	w.lostSight(l)
	w.excuse()
}

// lostSight takes away what only a switched link led to and nobody saw.
func (w *world) lostSight(*log) {}

func (w *world) replaceDir(l *log) {
	if filepath.Base(filepath.Dir(l.path)) != "sub" {
		return
	}
	w.endLine(l)
	w.unknowable(l)
	w.must(os.Rename(filepath.Dir(l.path), filepath.Join(w.dir, "grave", fmt.Sprint(len(w.history)))))
	w.orphan(l.now)
	if l.old != nil {
		l.old.file.Close()
		l.old = nil
	}
	l.now = nil
	w.say("directory of %s replaced", l.path)
	w.excuse()
	w.must(os.Mkdir(filepath.Dir(l.path), 0o755))
	if w.r.IntN(2) == 0 {
		w.create(l)
	}
}

func (w *world) dirAwayAndBack(l *log) {
	if filepath.Base(filepath.Dir(l.path)) != "sub" {
		return
	}
	if w.f != nil {
		w.round() // a cut that is found while copies are out of reach is a gap
	}
	dir, away := filepath.Dir(l.path), filepath.Join(w.dir, "grave", "away")
	w.must(os.Rename(dir, away))
	w.say("directory of %s away", l.path)
	if l.now != nil {
		w.put(l, w.writesTo(l), 1)
	}
	if w.f != nil {
		w.away = l
		w.step(true)
		w.away = nil
	}
	w.must(os.Rename(away, dir))
	w.say("and back")
}

// handle is the caller of the follower. Now and then it stores a checkpoint.
func (w *world) handle(ev Event) error {
	if w.r.IntN(4) == 0 {
		w.save()
	}
	w.say("    %v %s %s %d+%d line %d lost %d %v%v%v %s", ev.Kind, ev.Stream, ev.File, ev.Offset, len(ev.Text), ev.Line, ev.Lost, ev.Partial, ev.Continues, ev.Unsure, ev.Reason+" "+idsIn(ev.Text))
	open := w.seen.open[ev.Stream]
	switch ev.Kind {
	case Gap:
		w.seen.reports[ev.Stream]++
		w.seen.gaps[ev.Stream]++
		w.reports++
		w.seen.open[ev.Stream] = leave(open, false)
		for i := range w.seen.open[ev.Stream] {
			w.seen.open[ev.Stream][i].gap = true
		}
	case Rotated:
		w.seen.open[ev.Stream] = leave(open, ev.Continues)
		if ev.Unsure {
			w.seen.reports[ev.Stream]++
		}
	case Problem:
		w.reports++
	case Text:
		w.take(ev)
	}
	return nil
}

// leave is what the beginnings of lines are when the stream goes on in another file,
// or at the beginning of the same.
func leave(open []fragment, continues bool) []fragment {
	var out []fragment
	for _, x := range open {
		switch {
		case x.late:
		case continues:
			x.next = 0
		case x.next == 0:
			continue // of a line whose rest never came
		default:
			x.late = true
		}
		out = append(out, x)
	}
	return out
}

func idsIn(text []byte) string {
	lines := strings.Split(string(text), "\n")
	first, _, _ := strings.Cut(lines[0], " ")
	last, _, _ := strings.Cut(lines[max(0, len(lines)-2)], " ")
	return first + ".." + last
}

func (w *world) take(ev Event) {
	open := w.seen.open[ev.Stream]
	text := string(ev.Text)
	at := goesOn(open, ev)
	if at >= 0 {
		text = open[at].text + text
		open = slices.Delete(slices.Clone(open), at, at+1)
	}
	for {
		one, rest, ok := strings.Cut(text, "\n")
		if !ok {
			break
		}
		w.judge(ev, one)
		text = rest
	}
	if text != "" {
		open = append(open, fragment{file: ev.File, next: ev.Offset + int64(len(ev.Text)), text: text, late: ev.Late})
	}
	w.seen.open[ev.Stream] = open
}

// goesOn returns the beginning of a line that a text continues, -1 for none: that of
// the file it is in, which may have another name by now. A stream may come back to a
// file that it had left.
func goesOn(open []fragment, ev Event) int {
	for _, fits := range []func(x fragment) bool{
		func(x fragment) bool { return x.late == ev.Late && x.file == ev.File },
		func(x fragment) bool { return x.late == ev.Late },
		func(x fragment) bool { return x.late && !x.gap && ev.Offset > 0 },
	} {
		if at := slices.IndexFunc(open, func(x fragment) bool { return x.next == ev.Offset && fits(x) }); at >= 0 {
			return at
		}
	}
	return -1
}

func (w *world) judge(ev Event, text string) {
	id, _, _ := strings.Cut(text, " ")
	x := w.lines[id]
	if x == nil || x.text != text {
		if rest := w.behindTorn(ev.Stream, text); rest != "" {
			if !strings.HasSuffix(rest, text) || len(rest) == len(text) {
				w.judge(ev, rest)
			}
			return
		}
	}
	if x == nil || x.text != text || w.streamOf(id) != ev.Stream {
		w.fail("%s: a line that nobody wrote: %q", ev.Stream, text)
		return
	}
	w.seen.count[id]++
	if w.seen.count[id] > 1 {
		w.twice++
		w.fail("%s twice, from %s", id, ev.File)
	}
}

// behindTorn returns the line behind the beginning of one whose end was cut away
// before anyone could know.
func (w *world) behindTorn(stream, text string) string {
	for id, x := range w.lines {
		if !x.torn || w.streamOf(id) != stream {
			continue
		}
		if strings.HasSuffix(x.text, text) {
			return x.text
		}
		for k := 1; k <= min(len(text)-1, len(x.text)) && text[:k] == x.text[:k]; k++ {
			id, _, _ := strings.Cut(text[k:], " ")
			if y := w.lines[id]; y != nil && y.text == text[k:] {
				return text[k:]
			}
		}
	}
	return ""
}

func (w *world) save() {
	b, err := json.Marshal(w.f.Checkpoints())
	w.must(err)
	w.from, w.saved = b, w.seen.clone()
	for _, o := range w.all {
		o.stored = o.known
	}
	for _, x := range w.lines {
		x.stored = x.known
	}
	w.say("    saved")
}

// kill stops the follower without notice. It goes on from what was stored last.
func (w *world) kill() {
	if w.f == nil {
		return
	}
	if w.r.IntN(2) == 0 {
		w.save()
	}
	w.f.close()
	w.f = nil
	reports, gaps := w.seen.reports, w.seen.gaps
	w.seen = w.saved.clone()
	for _, o := range w.all {
		o.known = o.stored
	}
	for _, x := range w.lines {
		x.known = x.stored
	}
	for k, n := range gaps {
		w.seen.gaps[k] = max(n, w.seen.gaps[k])
	}
	for k, n := range reports {
		w.seen.reports[k] = max(n, w.seen.reports[k])
	}
	w.orphans = nil
	for _, l := range w.logs {
		if l.now != nil {
			l.now.held = false
		}
	}
	for id, x := range w.lines {
		if x.excused && w.seen.count[id] == 0 && x.unknowable() {
			x.window = true // it is not known any more that there was something
		}
	}
	w.say("kill")
	w.excuse()
	if w.r.IntN(2) == 0 {
		w.restart()
	}
}

func (w *world) restart() {
	var from []Checkpoint
	if w.from != nil {
		w.must(json.Unmarshal(w.from, &from))
	}
	f, err := New([]string{filepath.Join(w.dir, "in")}, from, w.opt)
	w.must(err)
	w.f = f
	if w.from == nil {
		w.save()
	}
	w.must(f.begin(w.handle, quietWake()))
	w.say("start from %s", w.from)
}

// end reads everything and compares.
func (w *world) end() {
	for _, l := range w.logs {
		if l.old != nil {
			w.reopen(l)
		}
		w.endLine(l)
	}
	if w.f == nil {
		w.restart()
	}
	for range 3 {
		w.round()
		w.skew += 2 * time.Hour
	}
	for _, id := range slices.Sorted(maps.Keys(w.lines)) {
		x := w.lines[id]
		switch {
		case !x.written || w.seen.count[id] > 0:
		case x.torn && w.seen.gaps[w.streamOf(id)] > x.gapsAt:
			w.gone++
		case x.torn && (x.window || !x.known):
			w.unknown++
		case !x.excused:
			w.missing++
			w.fail("%s is missing", id)
		case w.seen.reports[w.streamOf(id)] <= x.lostAt && x.window:
			w.unknown++
		case w.seen.reports[w.streamOf(id)] <= x.lostAt:
			w.fail("%s was gone before it could be read, and nothing was said", id)
		default:
			w.gone++
		}
	}
	w.f.close()
	for _, l := range w.logs {
		for _, o := range []*object{l.now, l.old} {
			if o != nil {
				o.file.Close()
			}
		}
	}
}
