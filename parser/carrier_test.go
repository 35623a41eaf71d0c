package parser

import (
	"bytes"
	"testing"
	"time"

	"diagnose"
)

// Before 2.8 Ansible's log_path had a blank where a message began with a line end.
// The process is the number, wherever the prefix has it.
func TestAnsibleProcess(t *testing.T) {
	for _, prefix := range []string{"p=2097 u=root n=ansible", "p=root u=2097", "p=2097 u=1000"} {
		for _, text := range []string{"PLAY [all] ***", "curl: (6) x"} {
			if e := New().Parse([]byte("2020-01-07 17:10:46,170 "+prefix+" | "+text), time.Time{}); e.PID != "2097" {
				t.Errorf("%q before %q: process %q", prefix, text, e.PID)
			}
		}
	}
}

func TestAnsibleLogPrefix(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(stripAnsible([]byte(in))); got != want {
			t.Errorf("of %q it leaves %q, want %q", in, got, want)
		}
	}
	f("2019-06-02 19:26:45,675 p=8796 u=root |  ERROR! Missing target hosts", "ERROR! Missing target hosts")
	f("2019-06-02 19:26:45,675 p=8796 u=root | PLAY [all] ***", "PLAY [all] ***")
	f("2019-06-02 19:26:45,675 p=8796 u=root |  ...ignoring", "...ignoring")
	f("2024-05-30 11:09:00,123 p=12 u=root n=ansible INFO| ...ignoring", "...ignoring")
	f("2019-06-02 19:26:45,675 p=8796 u=root |   what a module printed", "  what a module printed")
}

// What a script or an action does without is no failure of its run.
func TestDoneWithout(t *testing.T) {
	f := func(in string, outcome diagnose.Outcome, boundary bool) {
		t.Helper()
		e := New().Parse([]byte(in), time.Time{})
		if e.Outcome != outcome || e.Boundary != boundary {
			t.Errorf("%q is %v, boundary %v", in, e.Outcome, e.Boundary)
		}
	}
	f("+ true", diagnose.OutcomeSucceeded, false)
	f("+ :", diagnose.OutcomeSucceeded, false)
	f("2024-05-08 06:33:01.554 | + lib/databases/mysql:configure_database_mysql:104 :   true", diagnose.OutcomeSucceeded, false)
	f("+ truest --now", diagnose.OutcomeUnknown, true)
	f("+++ after", diagnose.OutcomeUnknown, false)
	f("Post job cleanup.", diagnose.OutcomeUnknown, true)
	f("Warning: The process '/usr/bin/git' failed with exit code 128", diagnose.OutcomeSucceeded, false)
	f("2022-11-04T23:27:51.7475892Z ##[warning]The process '/usr/bin/git' failed with exit code 128", diagnose.OutcomeSucceeded, false)
	f("2022-11-04T23:27:51.7475892Z ##[error]The process '/usr/bin/git' failed with exit code 128", diagnose.OutcomeFailed, false)
}

// Each line leaves the program's own one, in one wrapper and in several.
func TestPeel(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if q := peel([]byte(in)); string(q.inner) != want {
			t.Errorf("peel(%q) leaves %q, want %q", in, q.inner, want)
		}
	}
	f("2022-11-04T23:27:51.7475892Z curl: (6) x", "curl: (6) x")
	f("2022-11-04T23:27:51.7475892Z ##[error]boom", "boom")
	f("build (ubuntu)\tRun make\t\ufeff2022-11-04T23:27:51.7475892Z boom", "boom")
	f("2022-11-04T23:27:51.747589212Z stderr F boom", "boom")
	f("2022-11-04T23:27:51.747589212Z stdout P part of", "part of")
	f("2025-01-01T10:00:00.123456Z 00O boom", "boom")
	f("2025-01-01T10:00:00.123456Z 0aE+boom", "boom")
	f("[2022-11-04T23:27:51.747Z] + make", "+ make")
	f("17:45:39  fatal: [web1]: UNREACHABLE! => {}", "fatal: [web1]: UNREACHABLE! => {}")
	f("[17:45:39][Step 6/11] text", "text")
	f("[17:45:39]W:\t [Step 6/11] text", "text")
	f("[17:45:39] :\t [Step 6/11] text", "text")
	f("[17:45:39]E: [Step 6/11] text", "text")
	f("2025-07-06 19:42:40.995 | 2025-07-06  3:42:40 0 [ERROR] x", "2025-07-06  3:42:40 0 [ERROR] x")
	f("2025-07-06 19:42:40.995 | INFO     | app:run:7 - text", "2025-07-06 19:42:40.995 | INFO     | app:run:7 - text")
	f("[pod/web-0/app] ERROR x", "ERROR x")
	f("web-0 app › ERROR x", "ERROR x")
	f("web-6d4b75cb6d-hx7kp app any text", "any text")
	f("web-0 app curl: (6) x", "curl: (6) x")
	f("#7 18.62 curl: (6) x", "curl: (6) x")
	f("web-1  | text", "text")
	f("web_12 | text", "text")
	f("web-1  |", "")
	f("\x1b[36mweb-1  | \x1b[0m\x1b[31mtext\x1b[0m", "text")
	f("web.1.x4vnq6h2k@node-7    | text", "text")
	f("database   | curl: (6) x", "curl: (6) x")
	f("tracing-server     | Unrecognized VM option", "Unrecognized VM option")
	f("tracing-server     |   File \"a.py\", line 3", "  File \"a.py\", line 3")
	f("tracing-server     | 12", "tracing-server     | 12") // a table
	f("tracing-server     | 12 ms | 3 ms", "tracing-server     | 12 ms | 3 ms")
	f("tracing-server | two words", "tracing-server | two words")
	f("DEBUG-LINE     | two words", "DEBUG-LINE     | two words")
	f("database     | two words", "database     | two words")
	f("23:27:51 web.1   | text", "text")
	f("[deploy-eu] curl: (6) x", "curl: (6) x")
	f("[0] \tat a.b.C.d(E.java:1)", "\tat a.b.C.d(E.java:1)")
	f("[deploy-eu]   indented", "  indented")
	f("[17:45:39][Step 6/11]   indented", "  indented")
	f("web1\tcurl: (6) x", "curl: (6) x")
	f("build-7: curl: (6) x", "curl: (6) x")
	f("2024-05-30 11:09:00,123 p=12 u=root n=ansible | curl: (6) x", "curl: (6) x")

	f("Nov 21 02:04:15 curl: (6) x", "curl: (6) x")
	f("00:00:01 curl: (6) x", "curl: (6) x")
	f("1667604471.747589 curl: (6) x", "curl: (6) x")
	f("Nov 21 02:04:15 h deploy[12]: curl: (6) x", "curl: (6) x")
	f("Fri 2022-11-04 23:27:51 UTC h deploy.service[12]: curl: (6) x", "curl: (6) x")
	f("1667604471.747589 h deploy[12]: curl: (6) x", "curl: (6) x")
	f("[ 1234.567890] h deploy[12]: curl: (6) x", "curl: (6) x")
	f(`<30>1 2022-11-04T23:27:51.003Z h deploy 12 ID47 [a@1 k="]\"x"][b] curl: (6) x`, "curl: (6) x")
	f("1 - - deploy - - - curl: (6) x", "curl: (6) x")
	f("61 <30>1 2022-11-04T23:27:51.003Z h deploy 12 - - \ufeffcurl: (6) x", "curl: (6) x")

	f(`{"log":"boom \u003cx\u003e\r\n","stream":"stderr","time":"2022-11-04T23:27:51.747589212Z"}`, "boom <x>")
	f(`{"log":"\u001b[31mboom\u001b[0m\n","stream":"stderr","attrs":{"tag":"}"},"time":"x"}`, "boom")
	f(`{"date":1667604471.7,"stream":"stdout","_p":"F","log":"boom","kubernetes":{"pod_name":"web-0"}}`, "boom")
	f(`{"container_id":"a","container_name":"/web","source":"stdout","log":"boom"}`, "boom")
	f(`{"message":"boom","kubernetes":{"pod_name":"web-0"}}`, "boom")
	f(`{"@timestamp":"2022-11-04T23:27:51Z","agent":{"type":"filebeat"},"log":{"offset":1},"message":"boom"}`, "boom")
	f(`{"message":"boom","nodeName":"n","namespace":"d","podName":"web-0","containerName":"app"}`, "boom")
	f(`{"timestamp":1667604471747,"message":"boom\n","ingestionTime":1667604475000,"logStreamName":"s"}`, "boom")
	f(`{"labels":{"pod":"web-0"},"line":"boom","timestamp":"2022-11-04T23:27:51Z"}`, "boom")
	f(`2022-11-04T23:27:51Z {app="web", pod="web-0"} boom`, "boom")
	f(`{"insertId":"1","logName":"l","textPayload":"boom","timestamp":"2022-11-04T23:27:51Z"}`, "boom")
	f(`{"insertId":"1","logName":"l","jsonPayload":{"level":"error","msg":"boom"}}`, `{"level":"error","msg":"boom"}`)
	f(`{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","_PID":"12","MESSAGE":"boom"}`,
		"2022-11-04T23:27:51.747589Z h sshd[12]: boom")
	f(`{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"(sd-pam)","MESSAGE":[98,111,111,109]}`,
		"2022-11-04T23:27:51.747589Z h sd-pam: boom")
	f("2022-11-04T23:27:51+00:00\tkube.web\t{\"log\":\"boom\\n\",\"stream\":\"stderr\"}", "boom")

	f("2022-11-04T23:27:51.7475892Z web-1  | text", "text")
	f("\r 10%\r 20%\rweb-1  | 30%\rtext", "text")
	f("Nov 21 02:04:15 h dockerd[12]: web-1  | [pod/a/b] text", "text")
	f(`{"log":"2022-11-04T23:27:51.7475892Z web-1  | boom\n","stream":"stderr"}`, "boom")
	f(`web-1  | {"log":"{\"log\":\"boom\\n\",\"stream\":\"stderr\"}\n","stream":"stderr"}`, "boom")
}

// What a program itself writes stays as it is, though it begins as a wrapper does.
func TestPeelLeavesPlainLines(t *testing.T) {
	for _, own := range []string{
		"2024-04-12T20:23:01.123456+01:00 host sshd[1]: x", "2024-04-12T20:23:01.123456Z host sshd[1]: x", "2024-05-30 11:09:00 INFO x",
		"[2024-05-30 11:09:00 INFO] x", "[script] x", "17:45:39 one blank", "04:28:21.886613 * connect to x", "name | value", "web-1 | UNREACHABLE! => {",
		"#7 [2/3] RUN x", "# title", "plain text", "", "[pod/a", "a b c",
		"2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Executing job-733",
		"2024-05-30 11:09:00 ERROR: curl: (6) x", "2024-05-30 11:09:00 java.lang.IllegalStateException: x",
		"[2024-05-21 15:01:21 INFO] [script] curl -o x", "[INFO] BUILD SUCCESS", "[WARNING]: x", "[Pipeline] stage", "[root@web1 ~]# curl x",
		"[12] 2024-05-30 some text of XenServer's", "curl: (6) Could not resolve host: x", "bash: curl: command not found",
		"ssh: connect to host web1 port 22: Connection refused", "TASK [curl: (6)] ***", "web1 | CHANGED | rc=0 >>", "web-01 app started",
		"col-1\tcol-2\tcol-3", "key: value", "size | 12", "total   | 12", "12:30:00 to 13:30:00 | closed", "1 2 3 4 5 6 7 8",
		"Nov 21 02:04:15 h kernel: eth0: link up", "Nov 21 02:04:15 h sshd[12]: error: x", "<b>text</b> of a page that is not short",
		`{"level":"error","message":"boom","time":"2022-11-04T23:27:51Z"}`, `{"log":"x"}`, `{"log":{"level":"error"},"time":"x","message":"m"}`,
		`{"@timestamp":"x","message":"boom","log.level":"ERROR","agent":{"type":"filebeat"}}`, `{"message":"boom","kubernetes":"no object"}`,
		`{"line":12,"labels":["a"],"timestamp":"x"}`, `{"textPayload":"boom"}`, `{"MESSAGE":"boom"}`, `{"log":"x","stream":"stderr"} trailing`,
		`{"log":"cut`, `{"log":"a","stream":}`, "{", "{}", "{\"log\":\"x\",\"time\"",
		`{"msg":"kubelet said {\"log\":\"x\",\"stream\":\"stderr\"}"}`,
		"com.cloud.utils.exception.CloudRuntimeException: org.libvirt.LibvirtException: Failed to connect socket",
		"[ 12%]   Building", "[3/8]   CC x.o", "[10:00:01]   x", "mod.py: ValueError: x", "name\tjava.lang.IllegalStateException: x", "java.net.SocketException: Connection reset",
		"2022-11-04T23:27:51Z {not=labels} text", "2022-11-04 23:27:51 Started {\"a\":1}",
	} {
		if q := peel([]byte(own)); string(q.inner) != own || q.decoded {
			t.Errorf("peel(%q) leaves %q", own, q.inner)
		}
	}
}

// Lines of one writer have one number, lines of others another.
func TestWriters(t *testing.T) {
	seen := map[uint64]string{}
	for _, same := range [][2]string{
		{"web-1  | a", "web-1  | b"}, {"web-2  | a", "web-2  | b"}, {"db-1   | a", "db-1   | b"},
		{"[pod/web-0/app] a", "[pod/web-0/app] b"}, {"[pod/web-0/sidecar] a", "[pod/web-0/sidecar] b"},
		{"2022-11-04T23:27:51.747589212Z stderr F a", "2022-11-04T23:27:52.747589212Z stderr F b"},
		{"2022-11-04T23:27:51.747589212Z stdout F a", "2022-11-04T23:27:52.747589212Z stdout F b"},
		{"Nov 21 02:04:15 h a[12]: a", "Nov 21 02:04:16 h a[12]: curl: (6) x"}, {"Nov 21 02:04:15 h a[13]: a", "Nov 21 02:04:16 h a[13]: b"},
		{"Nov 21 02:04:15 h2 a[12]: a", "Nov 21 02:04:16 h2 a[12]: b"},
		{"web-1  | Nov 21 02:04:15 h a[12]: a", "web-1  | Nov 21 02:04:16 h a[12]: b"},
	} {
		a, b := peel([]byte(same[0])).writer, peel([]byte(same[1])).writer
		if a == 0 || a != b {
			t.Errorf("%q is %d, %q is %d", same[0], a, same[1], b)
		}
		if other := seen[a]; other != "" {
			t.Errorf("%q and %q have one number", same[0], other)
		}
		seen[a] = same[0]
	}
	for _, none := range []string{"text", "2022-11-04T23:27:51.7475892Z text", "2024-05-30 11:09:00 INFO x", "[2022-11-04T23:27:51.747Z] + make"} {
		if w := peel([]byte(none)).writer; w != 0 {
			t.Errorf("%q has the writer %d", none, w)
		}
	}
}

// Every wrapper of the list has a line that it takes, and a name of its own.
func TestEveryWrapperHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range wrappers {
		if w.name == "" || seen[w.name] || w.take == nil {
			t.Errorf("wrapper %q", w.name)
		}
		seen[w.name] = true
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

// peelLines are lines in every wrapper, for fuzzing.
var peelLines = []string{
	"2022-11-04T23:27:51.7475892Z web-1  | [pod/a/b] #7 18.62 x", "[17:45:39]E: [Step 6/11] web-0 app › x",
	"Nov 21 02:04:15 h a[12]: curl: (6) x", `<30>1 2022-11-04T23:27:51.003Z h a 12 - [a k="\]"] curl: (6) x`, "61 <30>1 - h a - - - x",
	"Fri 2022-11-04 23:27:51 UTC h a[12]: x", "1667604471.747589 h a: x", "[ 1234.567890] h a: x",
	`{"log":"boom \u003cx\u003e\r\n","stream":"stderr","time":"2022-11-04T23:27:51.747589212Z"}`,
	`{"message":"boom","kubernetes":{"pod_name":"web-0"},"@timestamp":"x"}`, `{"labels":{"pod":"web-0"},"line":"boom","timestamp":"x"}`,
	`{"insertId":"1","logName":"l","jsonPayload":{"level":"error","msg":"boom"},"resource":{"labels":{}}}`,
	`{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","_COMM":"a","_PID":"12","MESSAGE":[98,111]}`,
	"2022-11-04T23:27:51+00:00\tkube.web\t{\"log\":\"boom\\n\",\"stream\":\"stderr\"}", `2022-11-04T23:27:51Z {app="web"} x`,
	"2025-01-01T10:00:00.123456Z 0aE+boom", "[0] curl: (6) x", "web1\tcurl: (6) x", "build-7: curl: (6) x", "23:27:51 web.1   | x",
	"build\tstep\t2022-11-04T23:27:51.7475892Z ##[error]x", "2024-05-30 11:09:00,123 p=12 u=root n=ansible | curl: (6) x",
	"web.1.x4vnq6h2k@node-7    | x", "web-6d4b75cb6d-hx7kp app x", "00:00:01 curl: (6) x",
}

func FuzzPeel(f *testing.F) {
	for _, l := range peelLines {
		f.Add([]byte(l))
		f.Add([]byte("\r 10%\rfetched 1 of 9\rfetched 2 of 9\r" + l + "\r99%\r"))
		f.Add([]byte("\x1b[31m" + l[:len(l)/2] + "\x1b[0m\x1b[K" + l[len(l)/2:] + "\x1b[m"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		q := peel(b)
		if len(q.inner) > len(b) {
			t.Fatalf("%d of %d bytes", len(q.inner), len(b))
		}
		var e diagnose.Entry
		if r := peelInto(b, &e); r.writer != q.writer || r.decoded != q.decoded || !bytes.Equal(r.inner, q.inner) {
			t.Fatalf("%q, when asked what it tells %q", q.inner, r.inner)
		}
		if !q.decoded && !bytes.HasSuffix(b, q.inner) || !bytes.Equal(b, before) {
			t.Fatalf("%q is not the end of %q", q.inner, b)
		}
		q.head()
		q.below()
	})
}

// Lines without a wrapper, and with plain prefixes, cost no memory.
func TestPeelAllocatesNothing(t *testing.T) {
	for _, l := range []string{
		"2014-07-24 04:11:08,193 DEBUG [cloud.async.AsyncJobManagerImpl] (Job-Executor-16:job-733) Executing job-733",
		"some plain output of a program", `{"level":"error","msg":"boom"}`, "web-1  | text", "[pod/web-0/app] curl: (6) x",
		"2022-11-04T23:27:51.747589212Z stderr F boom", "Nov 21 02:04:15 h deploy[12]: curl: (6) x", "00:00:01 curl: (6) x",
		"[deploy-eu] curl: (6) x", "web-6d4b75cb6d-hx7kp app x", "build\tstep\t2022-11-04T23:27:51.7475892Z ##[error]x",
	} {
		line := []byte(l)
		if n := testing.AllocsPerRun(20, func() { peel(line) }); n > 0 {
			t.Errorf("%q: %v allocations", l, n)
		}
	}
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

// Ansible says once below all items of a loop that their failures are ignored.
func TestIgnoredLoop(t *testing.T) {
	e := New().Parse([]byte("ok: [web1] => (item=c) => {\"item\": \"c\"}\n...ignoring\n"), time.Time{})
	if !e.Ignored || e.Host != "web1" || e.Trouble {
		t.Errorf("%+v", e)
	}
}

// What a task that went well shows is no failure, whatever it quotes.
func TestShownResults(t *testing.T) {
	f := func(in string, level diagnose.Level, ignored bool) {
		t.Helper()
		e := New().Parse([]byte(in), time.Time{})
		if e.Level != level || e.Ignored != ignored || e.Trouble || e.Host != "web1" {
			t.Errorf("%q: %v ignored=%t trouble=%t of %q", in, e.Level, e.Ignored, e.Trouble, e.Host)
		}
	}
	f(`ok: [web1] => {"msg": {"changed": false, "failed": true, "msg": "Could not find the requested service httpd.service: host"}}`, diagnose.LevelInfo, true)
	f("ok: [web1] => {\n    \"msg\": {\n        \"failed\": true,\n        \"msg\": \"no\"\n    }\n}\n", diagnose.LevelInfo, true)
	f("ok: [web1] => \n  msg:\n    failed: true\n    msg: no\n", diagnose.LevelInfo, true)
	f(`changed: [web1] => {"changed": true, "failed": false, "stderr": "error: none"}`, diagnose.LevelInfo, false)
	f("skipping: [web1]", diagnose.LevelInfo, false)
}

// A diagnostic of Terraform's has a level, whoever shows its bars.
func TestBarredLevels(t *testing.T) {
	for in, want := range map[string]diagnose.Level{
		"│ Error: no\n│\n│ why\n╵": diagnose.LevelError, "â”‚ Error: no": diagnose.LevelError, "Γöé Warning: no": diagnose.LevelWarn,
		"│ Errors: none": diagnose.LevelUnknown, "│": diagnose.LevelUnknown, "│ Name │ Error: 1 │": diagnose.LevelUnknown,
	} {
		if e := New().Parse([]byte(in), time.Time{}); e.Level != want || e.Trouble != (want == diagnose.LevelError) {
			t.Errorf("%q: %v trouble=%t, want %v", in, e.Level, e.Trouble, want)
		}
	}
}

// Behind the time since boot stands the kernel's driver and device, or a process with its
// number; neither names another host than the carrier does.
func TestKernelRingIsNoSyslogHead(t *testing.T) {
	f := func(line, host, process, message string) {
		t.Helper()
		var e diagnose.Entry
		rest := []byte(line)
		for {
			p, ok := readSyslog(rest)
			if !ok {
				break
			}
			p.fill(&e)
			rest = rest[p.messageAt:]
		}
		if e.Host != host || e.Process != process || string(rest) != message {
			t.Errorf("%s: host %q, process %q, message %q", line, e.Host, e.Process, rest)
		}
	}
	f("Jan  1 00:00:03 (none) kernel: [    0.182220] ks8851 spi1.0: failed to read device ID", "(none)", "kernel", "ks8851 spi1.0: failed to read device ID")
	f("[    0.182220] usb 1-1: new device", "", "kernel", "usb 1-1: new device")
	f("[ 1234.567890] h1 sshd[12]: bye", "h1", "sshd", "bye")
	f("[ 1234.567890] h1 kernel: bye", "h1", "kernel", "bye")
}
