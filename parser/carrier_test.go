package parser

import (
	"bytes"
	"testing"

	"diagnose"
)

func TestPeel(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if q := peel([]byte(in)); string(q.inner) != want {
			t.Errorf("peel(%q) leaves %q, want %q", in, q.inner, want)
		}
	}
	f("2022-11-04T23:27:51.7475892Z curl: (6) x", "curl: (6) x")
	f("2022-11-04T23:27:51.747589212Z stderr F boom", "boom")
	f("[2022-11-04T23:27:51.747Z] + make", "+ make")
	f("17:45:39  fatal: [web1]: UNREACHABLE! => {}", "fatal: [web1]: UNREACHABLE! => {}")
	f("[17:45:39][Step 6/11] text", "text")
	f("[17:45:39]W:\t [Step 6/11] text", "text")
	f("[17:45:39]E: [Step 6/11] text", "text")
	f("[pod/web-0/app] ERROR x", "ERROR x")
	f("web-0 app › ERROR x", "ERROR x")
	f("#7 18.62 curl: (6) x", "curl: (6) x")
	f("web-1  | text", "text")
	f("web_12 | text", "text")
	f("2022-11-04T23:27:51.7475892Z web-1  | text", "text")

	for _, own := range []string{
		"2024-04-12T20:23:01.123456+01:00 host sshd[1]: x", "2024-04-12T20:23:01.123456Z host sshd[1]: x", "2024-05-30 11:09:00 INFO x",
		"[2024-05-30 11:09:00 INFO] x", "[script] x", "17:45:39 one blank", "04:28:21.886613 * connect to x", "name | value", "web-1 | UNREACHABLE! => {",
		"#7 [2/3] RUN x", "# title", "plain text", "", "[pod/a", "a b c",
	} {
		f(own, own)
	}
}

func TestWhatWrappersTell(t *testing.T) {
	var e diagnose.Entry
	peelInto([]byte("2022-11-04T23:27:51.7475892Z [pod/web-0/app] x"), &e)
	if want := stamp(t, "2022-11-04T23:27:51.7475892Z"); !e.Time.Equal(want) || idText(e.Mentions) != "pod:web-0" {
		t.Errorf("%s %s", e.Time, idText(e.Mentions))
	}
	own := stamp(t, "2022-11-04T00:00:00Z")
	entry := New().Parse([]byte("[2022-11-04T23:27:51.747Z] 2022-11-04 00:00:00 ERROR x"), own)
	if !entry.Time.Equal(own) {
		t.Errorf("the program's own time was replaced by %s", entry.Time)
	}
}

func FuzzPeel(f *testing.F) {
	f.Add([]byte("2022-11-04T23:27:51.7475892Z web-1  | [pod/a/b] #7 18.62 x"))
	f.Add([]byte("[17:45:39]E: [Step 6/11] web-0 app › x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		q := peel(b)
		if len(q.inner) > len(b) {
			t.Fatalf("%d of %d bytes", len(q.inner), len(b))
		}
		var e diagnose.Entry
		if r := peelInto(b, &e); r.writer != q.writer || r.decoded != q.decoded || !bytes.Equal(r.inner, q.inner) {
			t.Fatalf("%q, when asked what it tells %q", q.inner, r.inner)
		}
	})
}

func BenchmarkPeel(b *testing.B) {
	lines := [][]byte{
		[]byte("2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Executing job-733"),
		[]byte("some plain output of a program without any head at all"),
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		peel(lines[i&1])
		i++
	}
}
