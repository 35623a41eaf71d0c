package follow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// rig is a directory, a follower that looks when it is told to, and a clock.
type rig struct {
	*testing.T
	dir    string
	places []string
	opt    Options
	f      *Follower
	now    time.Time
	got    []string
	stop   error // what the handler returns
	after  int   // that many events; 0 for from the first on
	from   []Checkpoint
}

func newRig(t *testing.T, places ...string) *rig {
	r := &rig{T: t, dir: t.TempDir(), now: time.Now()}
	for _, p := range places {
		r.places = append(r.places, filepath.Join(r.dir, p))
	}
	r.opt = Options{Poll: time.Hour, Now: func() time.Time { return r.now }}
	t.Cleanup(func() {
		if r.f != nil {
			r.f.close()
		}
	})
	return r
}

func (r *rig) do(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) write(name, text string) {
	r.Helper()
	f, err := os.OpenFile(r.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	r.do(err)
	_, err = f.WriteString(text)
	r.do(err)
	r.do(f.Close())
}

func (r *rig) rename(from, to string) { r.Helper(); r.do(os.Rename(r.path(from), r.path(to))) }

func (r *rig) copy(from, to string) {
	r.Helper()
	b, err := os.ReadFile(r.path(from))
	r.do(err)
	r.do(os.WriteFile(r.path(to), b, 0o644))
}

func (r *rig) gzip(name string) {
	r.Helper()
	b, err := os.ReadFile(r.path(name))
	r.do(err)
	info, err := os.Stat(r.path(name))
	r.do(err)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	w.Close()
	r.do(os.WriteFile(r.path(name+".gz"), z.Bytes(), 0o644))
	r.do(os.Chtimes(r.path(name+".gz"), info.ModTime(), info.ModTime()))
	r.do(os.Remove(r.path(name)))
}

func (r *rig) event(ev Event) error {
	if r.stop != nil && len(r.got) >= r.after {
		return r.stop
	}
	name := strings.TrimPrefix(ev.Stream, r.dir+string(filepath.Separator))
	s := ev.Kind.String() + " " + filepath.ToSlash(name)
	switch ev.Kind {
	case Text, Context:
		s += fmt.Sprintf(" %d:%q", ev.Line, ev.Text)
		if ev.Partial {
			s += " partial"
		}
		if ev.Late {
			s += " late"
		}
	case Gap:
		s += fmt.Sprintf(" %d", ev.Lost)
	case Rotated:
		if ev.Continues {
			s += " continues"
		}
		if ev.Unsure {
			s += " unsure"
		}
	case Problem:
		s += ": " + ev.Reason
	case CaughtUp:
		return nil
	}
	r.got = append(r.got, s)
	return nil
}

// look lets the follower look at everything, and compares the news.
func (r *rig) look(want ...string) {
	r.Helper()
	if r.f == nil {
		f, err := New(r.places, r.from, r.opt)
		r.do(err)
		r.f = f
		r.do(f.begin(r.event, quietWake()))
	}
	r.f.wake.everything()
	err := r.f.round(context.Background())
	if !errors.Is(err, r.stop) {
		r.Fatal(err)
	}
	if got := strings.Join(r.got, "\n"); got != strings.Join(want, "\n") {
		r.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	r.got = nil
}

// restart stops the follower without notice. The next look is one of a new one,
// from the checkpoints through JSON.
func (r *rig) restart() {
	r.Helper()
	b, err := json.Marshal(r.f.Checkpoints())
	r.do(err)
	r.f.close()
	r.f, r.from = nil, nil
	r.do(json.Unmarshal(b, &r.from))
}

// crash lets the follower look, stops it after so many events, and starts a new one
// from its checkpoints.
func (r *rig) crash(after int, want ...string) {
	r.Helper()
	r.stop, r.after = errStop, after
	r.look(want...)
	r.stop, r.after = nil, 0
	r.restart()
}

var errStop = errors.New("stop")

func TestPlainFile(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "one\ntwo\nthr")
	r.look("appeared a.log")
	r.write("a.log", "ee\nfour\nfi")
	r.look(`text a.log 3:"three\nfour\n"`)
	r.now = r.now.Add(2 * time.Second)
	r.look(`text a.log 5:"fi" partial`)
	r.write("a.log", "ve\n")
	r.look(`text a.log 5:"ve\n"`)
}

func TestFromStartAndLater(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.write("a.log.2", "1\n")
	r.write("a.log.1", "2\n")
	r.write("a.log", "3\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`, "rotated a.log", `text a.log 1:"2\n"`, "rotated a.log", `text a.log 1:"3\n"`)
	r.write("b.log", "1\n")
	r.look("appeared b.log", `text b.log 1:"1\n"`)
}

func TestRotation(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.look("gone a.log", `text a.log 2:"2\n"`)
	r.write("a.log.1", "late\n")
	r.write("a.log", "3\n")
	r.look(`text a.log 3:"late\n"`, "rotated a.log", `text a.log 1:"3\n"`)
	r.write("a.log.1", "later\n")
	r.look(`text a.log 4:"later\n" late`)
	r.restart()
	r.write("a.log.1", "latest\n")
	r.look("appeared a.log", `text a.log 5:"latest\n" late`)
}

func TestSeveralRotationsBetweenLooks(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.2")
	r.write("a.log.1", "3\n")
	r.write("a.log", "4\n")
	r.look(`text a.log 2:"2\n"`, "rotated a.log", `text a.log 1:"3\n"`, "rotated a.log", `text a.log 1:"4\n"`)
}

func TestCaughtUpThroughCompressedFiles(t *testing.T) {
	for _, names := range [][2]string{{"a.log.2", "a.log.1"}, {"a.log-20260101", "a.log-20260102"}, {"a.log.2026-01-01", "a.log.2026-01-02"}, {"a-2026-01-01.log", "a-2026-01-02.log"}} {
		t.Run(names[0], func(t *testing.T) {
			r := newRig(t, "a.log")
			r.write("a.log", "1\n")
			r.look("appeared a.log")
			r.restart()
			r.write("a.log", "2\n")
			r.rename("a.log", names[0])
			r.gzip(names[0])
			r.write(names[1], "3\n")
			r.write("a.log", "4\n")
			r.look("appeared a.log", `text a.log 2:"2\n"`, "rotated a.log", `text a.log 1:"3\n"`, "rotated a.log", `text a.log 1:"4\n"`)
			r.restart()
			r.look("appeared a.log")
		})
	}
}

func TestHalfCompressedFileWaits(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.restart()
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.gzip("a.log.1")
	whole, err := os.ReadFile(r.path("a.log.1.gz"))
	r.do(err)
	r.do(os.WriteFile(r.path("a.log.1.gz"), whole[:len(whole)-9], 0o644))
	r.write("a.log", "3\n")
	r.look("appeared a.log", `text a.log 2:"2\n"`, "problem a.log.1.gz: unexpected EOF")
	r.do(os.WriteFile(r.path("a.log.1.gz"), whole, 0o644))
	r.look("rotated a.log", `text a.log 1:"3\n"`)
}

func TestDamagedCompressedFileIsGivenUp(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.do(os.WriteFile(r.path("a.log.1.gz"), []byte("this is no gzip at all"), 0o644))
	r.write("a.log", "3\n")
	r.look("appeared a.log", "problem a.log.1.gz: gzip: invalid header")
	r.now = r.now.Add(time.Minute)
	r.look("gap a.log 0", "rotated a.log", `text a.log 1:"3\n"`)
}

func TestCopyAndCut(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.write("a.log", "2\nthr")
	r.copy("a.log", "a.log.1")
	r.do(os.Truncate(r.path("a.log"), 0))
	r.write("a.log", "ee\n4\n")
	r.look(`text a.log 2:"2\n"`)
	r.now = r.now.Add(2 * time.Second)
	r.look(`text a.log 3:"thr" partial`, "rotated a.log continues unsure", `text a.log 1:"ee\n4\n"`)
}

func TestCutAndGrownPastTheOffset(t *testing.T) {
	r := newRig(t, "a.log")
	head := strings.Repeat("the same banner\n", 100)
	r.write("a.log", head+"1\n2\n")
	r.look("appeared a.log")
	r.do(os.WriteFile(r.path("a.log"), []byte(head+"3\n4\n5\n6\n"), 0o644))
	r.look("gap a.log 0", "rotated a.log continues", fmt.Sprintf("text a.log 1:%q", head+"3\n4\n5\n6\n"))
}

func TestCutWithTextThatWasNotRead(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.restart()
	r.write("a.log", "22\n")
	r.stop = errors.New("stop")
	r.look()
	r.stop = nil
	r.restart()
	r.do(os.WriteFile(r.path("a.log"), []byte("x\n"), 0o644))
	r.look("appeared a.log", "gap a.log 3", `text a.log 1:"x\n"`)
}

func TestDeleteAndCreate(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.write("a.log", "2\n")
	r.do(os.Remove(r.path("a.log")))
	r.look("gone a.log", `text a.log 2:"2\n"`)
	r.write("a.log", "3\n")
	r.look("rotated a.log", `text a.log 1:"3\n"`)
}

func TestDirectoryReplacedAndPutBack(t *testing.T) {
	r := newRig(t, "d")
	r.do(os.Mkdir(r.path("d"), 0o755))
	r.write("d/a.log", "1\n")
	r.look("appeared d/a.log")
	r.write("d/a.log", "2\n")
	r.rename("d", "old")
	r.do(os.Mkdir(r.path("d"), 0o755))
	r.write("d/a.log", "3\n")
	r.look(`text d/a.log 2:"2\n"`, "rotated d/a.log", `text d/a.log 1:"3\n"`)
	r.rename("d", "new")
	r.rename("old", "d")
	r.write("d/a.log", "4\n")
	r.look(`text d/a.log 3:"4\n" late`, "rotated d/a.log")
}

func TestLinkSwitched(t *testing.T) {
	r := newRig(t, "link")
	r.write("0.log", "1\n")
	r.do(os.Symlink("0.log", r.path("link")))
	r.look("appeared link")
	r.write("0.log", "2\n")
	r.write("1.log", "3\n")
	r.do(os.Remove(r.path("link")))
	r.do(os.Symlink("1.log", r.path("link")))
	r.look(`text link 2:"2\n"`, "rotated link", `text link 1:"3\n"`)
	r.do(os.Remove(r.path("link")))
	r.do(os.Symlink("0.log", r.path("link")))
	r.write("0.log", "4\n")
	r.look(`text link 3:"4\n" late`, "rotated link")
}

func TestOneFileWithTwoNames(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.do(os.Mkdir(r.path("pods"), 0o755))
	r.write("pods/0.log", "1\n")
	r.do(os.Symlink("pods/0.log", r.path("container.log")))
	r.do(os.Symlink(".", r.path("loop")))
	r.look("appeared pods/0.log", `text pods/0.log 1:"1\n"`)
}

func TestRenamedToAnyName(t *testing.T) {
	r := newRig(t, ".")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	for i := range 6 {
		r.rename("a.log", fmt.Sprintf("saved_%d", i))
		r.write("a.log", fmt.Sprintln(i))
		want := []string{"rotated a.log", fmt.Sprintf("text a.log 1:%q", fmt.Sprintln(i))}
		if i >= maxLate {
			// It is looked at for itself from now on, behind what was read.
			want = slices.Insert(want, 1, fmt.Sprintf("appeared saved_%d", i-maxLate))
		}
		r.look(want...)
	}
	r.write("saved_0", "more\n")
	r.look(`text saved_0 2:"more\n"`)
}

func TestEndlessLine(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.MaxLine, r.opt.Chunk = 8, 16
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", strings.Repeat("x", 20))
	r.look(`text a.log 1:"xxxxxxxx" partial`, `text a.log 1:"xxxxxxxx" partial`)
	r.write("a.log", "y\nz\n")
	r.look(`text a.log 1:"xxxxy\nz\n"`)
}

func TestWhatIsNoFile(t *testing.T) {
	r := newRig(t, ".")
	r.write("a.log", "1\n")
	makeFIFO(t, r.path("fifo"))
	r.look("appeared a.log", "problem fifo: is no regular file (a FIFO): it is not followed")
	r.do(os.Remove(r.path("a.log")))
	r.do(os.Mkdir(r.path("a.log"), 0o755))
	r.look("problem a.log: is a directory now: what was the file is read to its end", "gone a.log")
	r.look()
	r.do(os.Remove(r.path("a.log")))
	r.write("a.log", "2\n")
	r.look("rotated a.log", `text a.log 1:"2\n"`)
}

func TestOwnFilesAreNotFollowed(t *testing.T) {
	r := newRig(t, ".")
	r.do(os.Mkdir(r.path("state"), 0o755))
	r.write("state/journal", "a line of a.log\n")
	r.write("out.txt", "what was told\n")
	r.write("a.log", "one\n")
	for _, name := range []string{"state", "out.txt"} {
		info, err := os.Stat(r.path(name))
		r.do(err)
		r.opt.Except = append(r.opt.Except, info)
	}
	r.look("appeared a.log",
		"problem out.txt: is written by the follower itself: it is not followed",
		"problem state: is written by the follower itself: it is not followed")
	r.write("state/state.json", "{}\n")
	r.write("out.txt", "more\n")
	r.write("a.log", "two\n")
	r.look(`text a.log 2:"two\n"`)
}

func TestPermissionComesLater(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("permissions do not bind this user")
	}
	r := newRig(t, "d")
	r.do(os.Mkdir(r.path("d"), 0o755))
	r.write("d/a.log", "1\n")
	r.do(os.Chmod(r.path("d"), 0))
	r.look("problem d: permission denied")
	r.look()
	r.do(os.Chmod(r.path("d"), 0o755))
	r.look("appeared d/a.log", `text d/a.log 1:"1\n"`)
}

func TestFewDescriptors(t *testing.T) {
	r := newRig(t, ".")
	r.opt.MaxOpen = 8
	var want []string
	for i := range 40 {
		r.write(fmt.Sprintf("%02d.log", i), "1\n")
		want = append(want, fmt.Sprintf("appeared %02d.log", i))
	}
	r.look(want...)
	want = nil
	for i := range 40 {
		r.write(fmt.Sprintf("%02d.log", i), "2\n")
		r.rename(fmt.Sprintf("%02d.log", i), fmt.Sprintf("%02d.log.1", i))
		r.write(fmt.Sprintf("%02d.log", i), "3\n")
	}
	for _, s := range []string{`text %02d.log 2:"2\n"`, "rotated %02d.log", `text %02d.log 1:"3\n"`} {
		for i := range 40 {
			want = append(want, fmt.Sprintf(s, i))
		}
	}
	// A stream says that it rotated right behind its last text, or in its next turn.
	r.f.wake.everything()
	r.do(r.f.round(context.Background()))
	seen := map[string]int{}
	for _, s := range r.got {
		seen[s]++
	}
	for _, s := range want {
		if seen[s] != 1 {
			t.Errorf("%d times %s", seen[s], s)
		}
	}
	if len(r.got) != len(want) || len(r.f.open) > 8 {
		t.Errorf("%d events, want %d; %d files are open", len(r.got), len(want), len(r.f.open))
	}
}

func TestHandlerThatFails(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.write("a.log", "2\n")
	r.stop = errors.New("stop")
	r.look()
	r.stop = nil
	r.restart()
	r.look("appeared a.log", `text a.log 2:"2\n"`)
}

func TestTextBeforeTheCheckpoint(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "1\n2\n33\n44\n")
	r.look("appeared a.log", `text a.log 1:"1\n2\n33\n44\n"`)
	r.restart()
	r.opt.Back = 7
	r.write("a.log", "5\n")
	r.look("appeared a.log", `context a.log 3:"33\n44\n"`, `text a.log 5:"5\n"`)
}

func TestFilesThatAppearWhileNobodyLooks(t *testing.T) {
	r := newRig(t, ".")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.restart()
	r.write("b.log", "1\n")
	r.look("appeared a.log", "appeared b.log", `text b.log 1:"1\n"`)
}

func TestClockSetBack(t *testing.T) {
	r := newRig(t, ".")
	r.write("a.log", "1\n")
	r.look("appeared a.log")
	r.now = r.now.Add(-time.Hour)
	r.write("a.log", "2\n")
	r.write("b.log", "1\n")
	r.look("appeared b.log", `text a.log 2:"2\n"`, `text b.log 1:"1\n"`)
	// What appears while nobody looks, by a clock that is behind, is new all the same.
	r.now = r.now.Add(10 * time.Hour)
	r.look()
	r.restart()
	r.now = r.now.Add(-9 * time.Hour)
	r.write("c.log", "1\n")
	r.look("appeared a.log", "appeared b.log", "appeared c.log", `text c.log 1:"1\n"`)
}

func TestStreamWithoutFileIsForgottenAndKnown(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.do(os.Mkdir(r.path("../away"+filepath.Base(r.dir)), 0o755))
	away := r.path("../away" + filepath.Base(r.dir) + "/a.log")
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(away)) })
	r.do(os.Rename(r.path("a.log"), away))
	r.look("gone a.log")
	r.now = r.now.Add(2 * forgetAfter)
	r.look()
	if len(r.f.streams) != 0 || len(r.f.open) != 0 || len(r.f.Checkpoints()) != 1 {
		t.Errorf("%d streams, %d open files, %d checkpoints", len(r.f.streams), len(r.f.open), len(r.f.Checkpoints()))
	}
	r.do(os.Rename(away, r.path("a.log")))
	r.write("a.log", "2\n")
	r.look("appeared a.log", `text a.log 2:"2\n"`)
}

func TestCheckpointsThatMakeNoSense(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "1\n")
	r.from = []Checkpoint{{Stream: r.path("a.log"), Offset: 5, Identity: Identity{TailLen: 1 << 40}}}
	r.look("problem a.log: its checkpoint makes no sense and is not used", "appeared a.log")
}

func FuzzCheckpoints(f *testing.F) {
	f.Add([]byte(`[{"stream":"a.log","path":"a.log","offset":2,"line":2,"headLen":2,"tailLen":2,"late":-1}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var from []Checkpoint
		if json.Unmarshal(b, &from) != nil {
			return
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "a.log")
		os.WriteFile(path, []byte("1\n2\n"), 0o644)
		for i := range from {
			from[i].Stream, from[i].Path, from[i].Log = path, path, ""
		}
		r := &rig{T: t, dir: dir, places: []string{path}, from: from, now: time.Now()}
		r.opt = Options{Poll: time.Hour, Now: func() time.Time { return r.now }}
		fo, err := New(r.places, from, r.opt)
		if err != nil {
			t.Fatal(err)
		}
		defer fo.close()
		if err := fo.begin(r.event, quietWake()); err != nil {
			t.Fatal(err)
		}
		if err := fo.round(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// Run with notifications and Do, as the watcher uses it.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	f, err := New([]string{dir}, nil, Options{Poll: 20 * time.Millisecond, FromStart: true, Chunk: 64, MaxLine: 64})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	const lines = 2000
	got, inside := 0, atomic.Bool{}
	go func() {
		out, err := os.Create(filepath.Join(dir, "a.log"))
		if err != nil {
			t.Error(err)
		}
		defer out.Close()
		for i := range lines {
			fmt.Fprintln(out, i)
			if i%100 == 0 {
				f.Do(func() {
					if inside.Load() {
						t.Error("Do ran inside a handler")
					}
					if len(f.Stats()) > 1 {
						t.Error("more streams than files")
					}
				})
			}
		}
	}()
	err = f.Run(ctx, func(ev Event) error {
		inside.Store(true)
		defer inside.Store(false)
		if ev.Kind == Text {
			got += bytes.Count(ev.Text, []byte("\n"))
		}
		if got == lines {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || got != lines {
		t.Errorf("%d lines, %v", got, err)
	}
	f.Do(func() { t.Error("ran after Run") })
}

func TestBaseName(t *testing.T) {
	f := func(name, base string, ok bool) {
		t.Helper()
		if b, _, got := baseName(name); got != ok || ok && b != base {
			t.Errorf("%s: %q %v, want %q %v", name, b, got, base, ok)
		}
	}
	f("a.log.1", "a.log", true)
	f("a.log.12.gz", "a.log", true)
	f("a.log-20260131", "a.log", true)
	f("a.log-20260131.gz", "a.log", true)
	f("a.log-20260131-1767225600.gz", "a.log", true)
	f("a.log.2026-01-31", "a.log", true)
	f("0.log.20260131-101500", "0.log", true)
	f("app-2026-01-31.log", "app.log", true)
	f("app-2026-01-31-2.log.gz", "app.log", true)
	f("app.2026-01-31.log", "app.log", true)
	f("a.log.gz", "a.log", true)
	f("a.log.old", "a.log", true)
	f("a.log", "", false)
	f("a.log-20261331", "", false)
	f("worker-1.log", "", false)
	f(".1", "", false)
}

func makeFIFO(t *testing.T, path string) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no FIFOs")
	}
	if err := mkfifo(path); err != nil {
		t.Skip(err)
	}
}
