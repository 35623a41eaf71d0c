package follow

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The hazards that the torture test found, one by one.

// at gives a file a time of its last change, in seconds from the rig's clock.
func (r *rig) at(name string, seconds int) {
	r.Helper()
	t := r.now.Add(time.Duration(seconds) * time.Second)
	r.do(os.Chtimes(r.path(name), t, t))
}

func (r *rig) cut(name string) { r.Helper(); r.do(os.Truncate(r.path(name), 0)) }

func (r *rig) remove(name string) { r.Helper(); r.do(os.Remove(r.path(name))) }

func (r *rig) link(to, name string) {
	r.Helper()
	os.Remove(r.path(name))
	r.do(os.Symlink(to, r.path(name)))
}

// older waits until a file is older than a tick of the file system's clock.
func (r *rig) older(name string) {
	r.Helper()
	info, err := statPath(r.path(name))
	r.do(err)
	waitForTick(r.T, info, r.path("../probe"))
}

func TestLinkSwitchedToALogThatIsRotatedBeforeALook(t *testing.T) {
	for _, restart := range []bool{false, true} {
		r := newRig(t, "link")
		r.write("0.log", "1\n")
		r.link("0.log", "link")
		r.look("appeared link")
		r.write("1.log", "2\n")
		r.link("1.log", "link")
		r.rename("1.log", "1.log.1")
		if restart {
			r.restart()
			r.look(`rotated link`, `text link 1:"2\n"`)
		} else {
			r.look("gone link")
			r.look("rotated link", `text link 1:"2\n"`)
		}
	}
}

func TestLinkSwitchedToALogWhoseRotatedFileIsAsOldAsTheLastLook(t *testing.T) {
	r := newRig(t, "link")
	r.write("0.log", "1\n")
	r.link("0.log", "link")
	r.at("0.log", -5)
	r.look("appeared link")
	r.write("1.log.1", "2\n")
	r.at("1.log.1", -5)
	r.write("1.log", "3\n")
	r.link("1.log", "link")
	r.look("rotated link", `text link 1:"2\n"`, "rotated link", `text link 1:"3\n"`)
}

// The copy holds text of the file that took the name, not of the one that had it.
func TestCopyOfTheNextFileDoesNotComeFirst(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "1\n")
	r.remove("a.log")
	r.write("a.log", "2\n")
	r.older("a.log")
	r.copy("a.log", "a.log.1")
	r.cut("a.log")
	r.write("a.log", "3\n")
	r.look(`text a.log 1:"1\n"`, "rotated a.log", `text a.log 1:"2\n"`, "rotated a.log continues unsure", `text a.log 1:"3\n"`)
}

func TestDeletedFileThatWasEmptyAndTheNextTwo(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "1\n")
	r.deleteAndTick("a.log")
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.write("a.log", "3\n")
	r.look(`text a.log 1:"1\n"`, "rotated a.log", `text a.log 1:"2\n"`, "rotated a.log", `text a.log 1:"3\n"`)
}

// deleteAndTick deletes a file, and waits for the file system's clock to tick. The
// test ends where the system does not say when a file lost its name.
func (r *rig) deleteAndTick(name string) {
	r.Helper()
	file, err := os.Open(r.path(name))
	r.do(err)
	defer file.Close()
	r.remove(name)
	info, err := statFile(file)
	r.do(err)
	if info.changed.IsZero() {
		r.Skip("the system does not say when a file lost its name")
	}
	info.modTime = info.changed
	waitForTick(r.T, info, r.path("../probe"))
}

func TestCopyOfADeletedFileAndTheNextFile(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.opt.Idle = 1
	r.write("a.log", "1\nbe")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.now = r.now.Add(time.Second)
	r.copy("a.log", "a.log.2")
	r.cut("a.log")
	r.write("a.log", "gin\n")
	r.deleteAndTick("a.log")
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.look("gone a.log", `text a.log 2:"be" partial`, "rotated a.log continues unsure", `text a.log 1:"gin\n"`,
		"rotated a.log", `text a.log 1:"2\n"`)
}

func TestCopyThatIsShorterThanWhatWasSeen(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "one\n")
	r.copy("a.log", "a.log.1")
	r.write("a.log", "two\n")
	r.crash(0)
	r.cut("a.log")
	r.write("a.log", "three\n")
	r.look("appeared a.log", `text a.log 1:"one\n"`, "gap a.log 4", "rotated a.log continues unsure", `text a.log 1:"three\n"`)
}

// Of a file that was empty at the checkpoint, what was seen since is known.
func TestCutAfterARestartWithAnEmptyFile(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.restart()
	r.write("a.log", "one\n")
	r.stop, r.after = errStop, 1
	r.look("appeared a.log")
	r.stop = nil
	r.do(os.WriteFile(r.path("a.log"), []byte("two\nthree\n"), 0o644))
	r.look("gap a.log 4", "rotated a.log continues", `text a.log 1:"two\nthree\n"`)
}

// What a short copy holds was handed out already.
func TestShortCopyOfWhatWasHandedOut(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "one\n")
	r.copy("a.log", "a.log.1")
	r.write("a.log", "two\n")
	r.at("a.log", -5)
	r.at("a.log.1", -5)
	r.look(`text a.log 1:"one\ntwo\n"`)
	r.restart()
	r.cut("a.log")
	r.write("a.log", "three\n")
	r.look("appeared a.log", "gap a.log -1", `text a.log 1:"three\n"`)
	// And it is known at the next restart too, when nothing else is.
	r.restart()
	r.do(os.WriteFile(r.path("a.log"), []byte("4\n"), 0o644))
	r.look("appeared a.log", "gap a.log -1", `text a.log 1:"4\n"`)
}

func TestShortFileThatIsNoCopy(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "2026-01-01 10:00:00 one\n2026-01-01 10:00:00 two\n2026-01-01 10:00:00 three\n")
	r.look(`text a.log 1:"2026-01-01 10:00:00 one\n2026-01-01 10:00:00 two\n2026-01-01 10:00:00 three\n"`)
	r.restart()
	r.remove("a.log")
	r.write("a.log.1", "2026-01-01 10:00:00 one\n2026-01-01 10:00:00 new\n")
	r.write("a.log", "5\n")
	r.look("appeared a.log", "gap a.log -1", `text a.log 1:"2026-01-01 10:00:00 one\n2026-01-01 10:00:00 new\n"`, "rotated a.log", `text a.log 1:"5\n"`)
}

func TestFoundInACopyOnly(t *testing.T) {
	for _, next := range []bool{true, false} {
		r := newRig(t, "a.log")
		r.opt.FromStart = true
		r.write("a.log", "one\n")
		r.look("appeared a.log", `text a.log 1:"one\n"`)
		r.restart()
		r.write("a.log", "two\n")
		r.copy("a.log", "a.log.1")
		r.remove("a.log")
		if next {
			r.write("a.log", "three\n")
			r.look("appeared a.log", `text a.log 2:"two\n"`, "rotated a.log unsure", `text a.log 1:"three\n"`)
		} else {
			r.look(`text a.log 2:"two\n"`, "gap a.log 0")
		}
	}
}

// waiting makes two files that wait to be read, an old one with a line that was not
// read and the one under the name with some text.
func (r *rig) waiting(text string) {
	r.Helper()
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.write("a.log", text)
	r.crash(0)
}

func TestGapStandsWhereTheMissingFileStood(t *testing.T) {
	r := newRig(t, "a.log")
	r.waiting("3\n")
	r.remove("a.log")
	r.rename("a.log.1", "a.log.3")
	r.write("a.log.1", "4\n")
	r.write("a.log", "5\n")
	r.look("appeared a.log", `text a.log 2:"2\n"`, "gap a.log 2", "rotated a.log", `text a.log 1:"4\n"`, "rotated a.log", `text a.log 1:"5\n"`)
}

func TestGapBehindTheLastFile(t *testing.T) {
	r := newRig(t, "a.log")
	r.waiting("3\n")
	r.remove("a.log")
	r.crash(1, `text a.log 2:"2\n"`)
	r.crash(0)
	r.look("gap a.log 2")
	r.look()
	r.restart()
	r.look()
	r.write("a.log", "4\n")
	r.look("rotated a.log", `text a.log 1:"4\n"`)
}

// A file comes while the gap behind the last one was not said yet.
func TestGapBehindTheLastFileAndThenAnother(t *testing.T) {
	r := newRig(t, "a.log")
	r.waiting("3\n")
	r.remove("a.log")
	r.stop, r.after = errStop, 1
	r.look(`text a.log 2:"2\n"`)
	r.stop = nil
	r.write("a.log", "4\n")
	r.look("gap a.log 2", "rotated a.log", `text a.log 1:"4\n"`)
}

func TestWaitingFileThatWasEmptyIsCopiedAndCut(t *testing.T) {
	r := newRig(t, "link")
	r.opt.FromStart = true
	r.write("0.log", "1\n")
	r.link("0.log", "link")
	r.look("appeared link", `text link 1:"1\n"`)
	r.write("0.log", "2\n")
	r.write("1.log", "")
	r.link("1.log", "link")
	r.crash(0)
	r.write("1.log", "3\n")
	r.copy("1.log", "1.log.2")
	r.cut("1.log")
	r.rename("1.log", "1.log.1")
	r.look(`text link 2:"2\n"`, "rotated link", `text link 1:"3\n"`, "rotated link continues unsure")
}

// A file that turns up under a rotated name when its log is taken for gone for
// good is read before the log is forgotten.
func TestLogIsNotForgottenBeforeItsLastFileIsRead(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.remove("a.log")
	r.look("gone a.log")
	r.now = r.now.Add(2 * forgetAfter)
	r.write("a.log.1", "2\n")
	r.look("rotated a.log", `text a.log 1:"2\n"`)
}

// A file that was not open, and whose directory was away for a moment, goes on in
// the middle of a line.
func TestFileThatWasNotOpenComesBack(t *testing.T) {
	r := newRig(t, "d")
	r.opt.FromStart = true
	r.opt.Idle = 1
	r.do(os.Mkdir(r.path("d"), 0o755))
	r.write("d/a.log", "1\nbe")
	r.look("appeared d/a.log", `text d/a.log 1:"1\n"`)
	r.now = r.now.Add(time.Second)
	r.look(`text d/a.log 2:"be" partial`)
	for g := range r.f.open {
		r.f.shut(g)
	}
	r.rename("d", "away")
	r.look("gone d/a.log")
	r.rename("away", "d")
	r.write("d/a.log", "gin\n")
	r.look(`text d/a.log 2:"gin\n"`)
	for g := range r.f.open {
		r.f.shut(g)
	}
	r.remove("d/a.log")
	r.look("gone d/a.log")
	r.now = r.now.Add(2 * forgetAfter)
	r.look("gap d/a.log 0")
	r.restart()
	r.look()
}

// The name of a log that is gone at the start never has a file when it is looked at.
func TestLogThatWasGoneIsRotatedBeforeALook(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.restart()
	r.remove("a.log")
	r.look("gap a.log -1")
	r.older(".")
	r.write("a.log", "2\n")
	r.rename("a.log", "a.log.1")
	r.look(`text a.log 1:"2\n"`)
}

func TestLateTextOfALogThatIsGoneAtTheStart(t *testing.T) {
	r := newRig(t, ".")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.rename("a.log", "a.log.1")
	r.write("a.log", "")
	r.look("rotated a.log")
	r.restart()
	r.remove("a.log")
	r.write("a.log.1", "2\n")
	r.look(`text a.log 2:"2\n" late`)
	r.write("a.log.1", "3\n")
	r.look(`text a.log 3:"3\n" late`)
}

func TestLateTextOfALogThatALinkLedTo(t *testing.T) {
	r := newRig(t, "link")
	r.opt.FromStart = true
	r.write("0.log", "1\n")
	r.link("0.log", "link")
	r.look("appeared link", `text link 1:"1\n"`)
	r.write("1.log", "2\n")
	r.link("1.log", "link")
	r.look("rotated link", `text link 1:"2\n"`)
	r.restart()
	r.write("0.log", "late\n")
	r.look("appeared link", `text link 2:"late\n" late`)
}

func TestLateTextThatWasSeenIsGone(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.rename("a.log", "a.log.1")
	r.write("a.log", "2\n")
	r.look("rotated a.log", `text a.log 1:"2\n"`)
	r.write("a.log.1", "late\n")
	r.crash(0)
	r.remove("a.log.1")
	r.write("a.log", "3\n")
	r.look("appeared a.log", "gap a.log 5", `text a.log 2:"3\n"`)
	r.restart()
	r.look("appeared a.log")
}

// That the stream went on in another file is said before late text of the one that
// it left, and is not forgotten when that other file is gone.
func TestRotationThatWasNotSaidBeforeAStop(t *testing.T) {
	for _, again := range []bool{false, true} {
		r := newRig(t, "a.log")
		r.opt.FromStart = true
		r.opt.Idle = 1
		r.write("a.log", "1\n")
		r.look("appeared a.log", `text a.log 1:"1\n"`)
		r.write("a.log", "be")
		r.look()
		r.now = r.now.Add(time.Second)
		r.rename("a.log", "a.log.1")
		r.write("a.log", "")
		r.crash(1, `text a.log 2:"be" partial`)
		r.write("a.log.1", "gin\n")
		if again {
			r.remove("a.log")
			r.write("a.log", "2\n")
			r.look("appeared a.log", "rotated a.log", `text a.log 2:"gin\n" late`, `text a.log 1:"2\n"`)
			continue
		}
		r.look("appeared a.log", "rotated a.log", `text a.log 2:"gin\n" late`)
	}
}

// A line goes on in the copy of a file that was cut, not in the file.
func TestLineGoesOnInACopyOfAFileThatWasEmpty(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.opt.Idle = 1
	r.write("a.log", "1\nbe")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.now = r.now.Add(time.Second)
	r.copy("a.log", "a.log.2")
	r.cut("a.log")
	r.crash(1, `text a.log 2:"be" partial`)
	r.write("a.log", "gin\n")
	r.copy("a.log", "a.log.1")
	r.cut("a.log")
	r.write("a.log", "2\n")
	r.look("appeared a.log", "rotated a.log continues unsure", `text a.log 1:"gin\n"`, "rotated a.log continues unsure", `text a.log 1:"2\n"`)
}

// The copy was compressed before anyone saw it, in the middle of a line.
func TestLineGoesOnBehindACompressedCopy(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.opt.Idle = 1
	r.write("a.log.2", "")
	r.write("a.log", "1\n")
	r.look("appeared a.log", "rotated a.log", `text a.log 1:"1\n"`)
	r.restart()
	r.rename("a.log", "a.log.2")
	r.write("a.log", "2\nbe")
	r.older("a.log")
	r.copy("a.log", "a.log.1")
	r.cut("a.log")
	r.gzip("a.log.1")
	r.write("a.log", "gin\n")
	r.look("appeared a.log", "rotated a.log", `text a.log 1:"2\n"`)
	r.now = r.now.Add(time.Second)
	r.look(`text a.log 2:"be" partial`, "rotated a.log continues unsure", `text a.log 1:"gin\n"`)
}

// A copy that is read is compressed, and then the file is cut.
func TestCopyThatIsReadIsCompressed(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "")
	r.look("appeared a.log")
	r.restart()
	r.write("a.log", "1\n")
	r.older("a.log")
	r.copy("a.log", "a.log.1")
	r.write("a.log", "2\n")
	r.stop, r.after = errStop, 2
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.stop = nil
	r.cut("a.log")
	r.write("a.log", "3\n")
	r.gzip("a.log.1")
	r.f.wake.everything()
	r.do(r.f.round(context.Background()))
	if got := strings.Join(r.got, "\n"); strings.Contains(got, `"1\n`) || !strings.Contains(got, `"3\n`) || !strings.Contains(got, "gap") {
		t.Error(got)
	}
}

// Compressed files are renamed while they wait to be read.
func TestCompressedFilesThatWaitAreRenamed(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log.2", "1\n")
	r.write("a.log.1", "2\n")
	r.gzip("a.log.1")
	r.write("a.log", "3\n")
	r.stop, r.after = errStop, 1
	r.look("appeared a.log")
	r.stop = nil
	r.rename("a.log.2", "a.log.3")
	r.rename("a.log.1.gz", "a.log.2.gz")
	r.rename("a.log", "a.log.1")
	r.write("a.log", "4\n")
	r.gzip("a.log.1")
	r.look(`text a.log 1:"1\n"`, "rotated a.log", `text a.log 1:"2\n"`, "rotated a.log", `text a.log 1:"3\n"`, "rotated a.log", `text a.log 1:"4\n"`)
}

// A link is switched twice, and the first time to a log with a compressed file.
func TestCompressedFileOfALogThatALinkLedTo(t *testing.T) {
	r := newRig(t, "link")
	r.opt.FromStart = true
	r.write("0.log", "1\n")
	r.link("0.log", "link")
	r.look("appeared link", `text link 1:"1\n"`)
	r.write("0.log", "2\n")
	r.write("1.log.1", "3\n")
	r.gzip("1.log.1")
	r.write("1.log", "4\n")
	r.at("1.log", -5)
	r.link("1.log", "link")
	r.crash(0)
	r.remove("1.log")
	r.write("2.log", "5\n")
	r.link("2.log", "link")
	r.look("appeared link", `text link 2:"2\n"`, "rotated link", `text link 1:"3\n"`, "gap link 2", "rotated link", `text link 1:"5\n"`)
}

// What was written late is compressed before it is read.
func TestLateTextIsReadInItsCompressedForm(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "1\n")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.rename("a.log", "a.log.1")
	r.write("a.log", "2\n")
	r.look("rotated a.log", `text a.log 1:"2\n"`)
	r.write("a.log.1", "late\n")
	r.crash(0)
	r.gzip("a.log.1")
	r.crash(1, "appeared a.log")
	r.look("appeared a.log", `text a.log 2:"late\n" late`)
	r.restart()
	r.look("appeared a.log")
}

// Of the late text nothing was read before a stop, since it was half a line.
func TestLateTextThatNobodyReadIsCompressed(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "")
	r.look("appeared a.log")
	r.rename("a.log", "a.log.1")
	r.write("a.log", "1\n")
	r.look("rotated a.log", `text a.log 1:"1\n"`)
	r.write("a.log.1", "be")
	r.look()
	r.write("a.log.1", "gin\n")
	r.gzip("a.log.1")
	r.restart()
	r.look("appeared a.log", `text a.log 1:"begin\n" late`)
	r.restart()
	r.look("appeared a.log")
}

// Between the halves of a line stands a copy of the file while it was empty, which
// is compressed, and not known any more.
func TestLineGoesOnBehindAnEmptyCompressedCopy(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.opt.Idle = 1
	r.write("a.log", "1\nbe")
	r.older("a.log")
	r.copy("a.log", "a.log.2")
	r.cut("a.log")
	r.older("a.log.2")
	r.copy("a.log", "a.log.1")
	r.write("a.log", "gin\n")
	r.crash(1, "appeared a.log")
	r.gzip("a.log.1")
	r.look("appeared a.log", `text a.log 1:"1\n"`)
	r.now = r.now.Add(time.Second)
	r.look(`text a.log 2:"be" partial`, "rotated a.log continues unsure", "rotated a.log continues unsure", `text a.log 1:"gin\n"`)
}

func TestBeginnings(t *testing.T) {
	head := []byte("2026-01-01 10:00:00 one\n2026-01-01 10:00:00 two\n" + strings.Repeat("x", 500) + "\nend\n")
	c := (&segment{head: head, counting: -1}).checkpoint("")
	f := func(text string, want bool) {
		t.Helper()
		if got := c.beginsLike([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	f(string(head), true)
	f(string(head)+"more", true)
	f("", false)
	f("2026", true)
	f("2027", false)
	f("2026-01-01 10:00:00 one\n", true)
	f("2026-01-01 10:00:00 new\n", false)
	f("2026-01-01 10:00:00 one\n2026-01-01 10:00:00 new\n", false)
	f(string(head[:300]), true)
	f(strings.Replace(string(head[:300]), "xx", "yy", 1), false)
	f((Checkpoint{}).Head, false)
}

func (r *rig) truncate(name string, size int64) {
	r.Helper()
	r.do(os.Truncate(r.path(name), size))
}

// A service that does not append goes on at its old offset after its log was cut.
func TestHole(t *testing.T) {
	r := newRig(t, "a.log")
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "one\n")
	r.truncate("a.log", 3<<30)
	r.look(`text a.log 1:"one\n"`)
	if lag := r.f.Stats()[0].Lag; lag != 0 {
		t.Errorf("a lag of %d bytes with nothing to read", lag)
	}
	r.write("a.log", "two\n")
	r.look("gap a.log 0", `text a.log 2:"two\n"`)
	r.restart()
	r.write("a.log", "three\nfo")
	r.look("appeared a.log", `text a.log 3:"three\n"`)
	r.truncate("a.log", 4<<30)
	r.write("a.log", "ur\n")
	r.look() // what stands before the hole may still go on
	r.now = r.now.Add(2 * time.Second)
	r.look(`text a.log 4:"fo" partial`, "gap a.log 0", `text a.log 4:"ur\n"`)
}

func TestFileThatBeginsWithAHole(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.truncate0("a.log", 1<<20)
	r.write("a.log", "one\n")
	r.look("appeared a.log", "gap a.log 0", `text a.log 1:"one\n"`)
	r.restart()
	r.write("a.log", "two\n")
	r.look("appeared a.log", `text a.log 2:"two\n"`)
}

// truncate0 makes a file that is one hole.
func (r *rig) truncate0(name string, size int64) {
	r.Helper()
	r.write(name, "")
	r.truncate(name, size)
}

// What was allocated ahead is written to later, and no line of it is passed over.
func TestNULsAtTheEndAreWrittenTo(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.Chunk, r.opt.MaxLine = 128, 64
	r.write("a.log", "")
	r.look("appeared a.log")
	r.write("a.log", "one\n"+strings.Repeat("\x00", 64<<10))
	r.look(`text a.log 1:"one\n"`)
	f, err := os.OpenFile(r.path("a.log"), os.O_WRONLY, 0)
	r.do(err)
	defer f.Close()
	_, err = f.WriteAt([]byte("two\n"), 4)
	r.do(err)
	r.look(`text a.log 2:"two\n"`)
	r.truncate("a.log", 8)
	r.look()
	r.write("a.log", "three\n")
	r.look(`text a.log 3:"three\n"`)
}

func TestHoleInACompressedFile(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.opt.Chunk, r.opt.MaxLine = 128, 64
	r.write("a.log.1", "one\n"+strings.Repeat("\x00", 1000)+"two\nthree\n"+strings.Repeat("\x00", 1000))
	r.gzip("a.log.1")
	r.write("a.log", "4\n")
	r.look("appeared a.log", `text a.log 1:"one\n"`, "gap a.log 0", `text a.log 2:"two\nthree\n"`, "rotated a.log", `text a.log 1:"4\n"`)
}

// A file that was rotated away is read as long as it has a name and is one of the
// last four; one that was deleted until nothing came for lateFor, since an open
// file keeps its place on the disk.
func TestHowLongLateTextIsRead(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		r := newRig(t, "a.log")
		r.opt.FromStart = true
		r.write("a.log", "1\n")
		r.look("appeared a.log", `text a.log 1:"1\n"`)
		writer, err := os.OpenFile(r.path("a.log"), os.O_APPEND|os.O_WRONLY, 0)
		r.do(err)
		defer writer.Close()
		if deleted {
			r.remove("a.log")
		} else {
			r.rename("a.log", "a.log.1")
		}
		r.write("a.log", "2\n")
		r.look("rotated a.log", `text a.log 1:"2\n"`)
		for i := range 3 {
			r.now = r.now.Add(lateFor - time.Second)
			writer.WriteString("late\n")
			r.look(`text a.log ` + string(rune('2'+i)) + `:"late\n" late`)
		}
		r.now = r.now.Add(lateFor + time.Second)
		r.look()
		writer.WriteString("later\n")
		if deleted {
			r.look()
			if len(r.f.open) != 1 {
				t.Errorf("%d files are open", len(r.f.open))
			}
			continue
		}
		r.look(`text a.log 5:"later\n" late`)
		r.restart()
		writer.WriteString("latest\n")
		r.look("appeared a.log", `text a.log 6:"latest\n" late`)
	}
}

// A copy of text that was handed out may be as old as the cut that came after.
func TestCopyThatWasHandedOutIsNotReadAfterARestart(t *testing.T) {
	r := newRig(t, "a.log")
	r.opt.FromStart = true
	r.write("a.log", "one\n")
	r.look("appeared a.log", `text a.log 1:"one\n"`)
	r.copy("a.log", "a.log.1")
	r.write("a.log", "two\n")
	r.at("a.log.1", -5)
	r.at("a.log", -5)
	r.look(`text a.log 2:"two\n"`)
	r.cut("a.log")
	r.at("a.log", -5)
	r.look("gap a.log 0", "rotated a.log continues")
	r.restart()
	r.look("appeared a.log")
}

// Logs that begin with the same banner are no copies of one another.
func TestShorterFileWithTheSameBanner(t *testing.T) {
	for _, restart := range []bool{false, true} {
		r := newRig(t, "a.log")
		banner := strings.Repeat("the same banner\n", 200)
		r.write("a.log", banner+strings.Repeat("one\n", 100))
		r.at("a.log", -9)
		r.look("appeared a.log")
		r.remove("a.log")
		r.write("a.log.1", banner+"two\n")
		r.at("a.log.1", -5)
		r.write("a.log", "three\n")
		want := []string{fmt.Sprintf("text a.log 1:%q", banner+"two\n"), "rotated a.log", `text a.log 1:"three\n"`}
		if restart {
			r.restart()
			r.look(append([]string{"appeared a.log", "gap a.log -1"}, want...)...)
		} else {
			r.look(append([]string{"rotated a.log"}, want...)...)
		}
	}
}
