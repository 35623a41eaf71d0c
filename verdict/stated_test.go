package verdict

import (
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

func linesOf(log string) (entries []*diagnose.Entry) {
	for _, line := range strings.Split(log, "\n") {
		entries = append(entries, &diagnose.Entry{Message: line, Text: line})
	}
	return entries
}

func unknown(*diagnose.Entry) bool { return false }

// Of a few lines that somebody pastes, one that reads as a kind of reason is trouble.
func TestLastWordsOfAKnownKind(t *testing.T) {
	loose := func(e *diagnose.Entry) bool { return strings.Contains(e.Message, "loose") }
	f := func(log, want string, whole bool) {
		t.Helper()
		got := ""
		if e := LastWords(linesOf(log), lines(whole), loose); e != nil {
			got = e.Message
		}
		if got != want {
			t.Errorf("of %q it is %q, not %q", log, got, want)
		}
	}
	f("wheel 7 loose", "wheel 7 loose", true)
	f("wheel 7 loose\nspinning", "wheel 7 loose", true)
	f("wheel 7 loose, retrying", "", true)
	f("0 errors, no wheel loose", "", true)
	f("wheel 7 turns", "", true)
	f("wheel 7 loose\nSuccessfully spun", "", true)
	f("wheel 7 loose\n"+strings.Repeat("spinning\n", EndLines)+"spinning", "", true)
	f("wheel 7 loose", "", false)
}

// Of a few lines that somebody pastes, each that says that something failed is trouble.
func TestLastWordsOfAFewLines(t *testing.T) {
	f := func(log, want string) {
		t.Helper()
		entries := linesOf(log)
		got := ""
		if e := LastWords(entries, WholeLines, unknown); e != nil {
			got = e.Message
		}
		if got != want {
			t.Errorf("of %q it is %q, not %q", log, got, want)
		}
	}
	f("unable to start the spindle", "unable to start the spindle")
	f("cannot verify the spindle:\nSpindle: /dev/spindle0\nMount: none", "cannot verify the spindle:")
	f("spinner error 77: setting the spindle locations", "spinner error 77: setting the spindle locations")
	f("An error occurred during the build", "An error occurred during the build")
	f("hello\nthe configuration file /etc/spin.conf syntax is ok", "")
	f("exec ./spin.sh: exec format error", "exec ./spin.sh: exec format error")
	f("max spindles 65530 likely too low", "max spindles 65530 likely too low")
	f("SPINDLE_IN_USE(wheel0, destroy)", "SPINDLE_IN_USE(wheel0, destroy)")
	f("spinning\n\n  1: spinning at wheel0\n  1: handler: spindle refused", "  1: handler: spindle refused")
	warn := linesOf("spinning\nWARNING: unable to fetch 'wheel0': refused")
	warn[1].Level = diagnose.LevelWarn
	if LastWords(warn, WholeLines, unknown) == nil || LastWords(append(warn, linesOf("spinning")...), WholeLines, unknown) != nil || LastWords(warn, PasteLines+1, unknown) != nil {
		t.Error("a tool's warning is its last words where a short log ends with it")
	}
	f("the wheel is not set. Defaulting to none.", "")
	f("spinner: forbidden: wheel quota exceeded, used: 7", "spinner: forbidden: wheel quota exceeded, used: 7")
	f("the wheel is not set, using none", "")
	f("cannot reach the wheel, retrying in 3.5 s", "")
	f("the wheel is not set. Defaulting to none. The spindle is invalid.", "the wheel is not set. Defaulting to none. The spindle is invalid.")
	f("Tests Run: 4\n  Failed: 0\n  Errors: 0", "")
	f("BUILD SUCCESSFUL in 3s", "")
	f("1 file changed, 2 insertions(+)", "")
	f("Build finished: 0 errors", "")
	f("spinning\nturning\nwinding\nstopping\n[ 'SPINDLE_INCOMPATIBLE_WITH_THIS_WHEEL', 'wheel0' ]", "[ 'SPINDLE_INCOMPATIBLE_WITH_THIS_WHEEL', 'wheel0' ]")
	const broken = "the wheel that was given to turn the spindle cannot be found at its place. Please\nlook whether it is where it should be."
	f(broken+"\n\n  wheel: ../wheel0", "the wheel that was given to turn the spindle cannot be found at its place. Please")
	f("spinning\n"+broken+"\n\n  wheel: ../wheel0", "the wheel that was given to turn the spindle cannot be found at its place. Please")
	f("spinning\nturning\nwinding\n"+broken+"\n\n  wheel: ../wheel0", "the wheel that was given to turn the spindle cannot be found at its place. Please")
	f("spinning\n"+broken+"\nstopped\nwound", "")
	f("spindle: turning\n  wheel: loaded\n  brake: disabled\n  belt: new\n  oil: 3\n  load: 4\n  turns: 5", "") // a listing
	f("cannot find the spindle\nlooking for another\nfound one\nspinning\nturning", "")                         // it went on
}

// Lines that name a reason weigh more than those that only say that something failed,
// and these nothing.
func TestReasonWeight(t *testing.T) {
	const (
		none = iota
		weak
		strong
	)
	f := func(line string, want int) {
		t.Helper()
		got := none
		switch w := reasonWeight(line); {
		case w >= 3:
			got = strong
		case w > 0:
			got = weak
		}
		if got != want {
			t.Errorf("%q is %d, not %d (weight %d)", line, got, want, reasonWeight(line))
		}
	}
	f(`Validation failed {"validation": "setup is valid", "error": "the config of the zone is null", "remediation": ""}`, strong)
	f("Error occurred when executing Sampler: device error: operation not supported, so the stacktrace below may lie", strong)
	f("Error occurred while reading the plan, see the stacktrace", none)
	f("any changes that are required for your infrastructure. All Terraform commands", none)
	f("Primary secondary storage is not even started, wait until next turn", none)
	f("/usr/bin/tool: line 119: printf: write error: Broken pipe", none)
	f("└─ Failed in 35s at /srv/packages/site", none)
	f("ruby: No such file or directory -- script/setup (LoadError)", strong)
	f("Object is missing the field `wheel`. Wrap it in optional() if this is expected.", strong)
	f("the missing wheel is expected here", none)
	f("ERROR a wheel was expected, got a spindle", strong)
	f("ERROR both the wheel and the spindle are set", strong)
	f("DETAIL:  not turning because it is off", none)
	f("Detail: not turning because it is off", strong)
	f("ERROR 解压失败，文件已损坏", strong)
	f("ERROR 未找到匹配的镜像版本", strong)
	f("ERROR 主机离线", strong)
	f("line: if ret is None: raise libvirtError ('virNodeGetInfo() failed', conn=self)", none)
	f("ERROR 脚本执行失败", none)
	f("    @     0x7f616ce41630 (unknown)", none)
	f("Connection to 127.0.0.1 closed.", none)
	f("Connection to 10.0.0.7 closed by remote host.", strong)
	f("sh: gcc: not found", strong)
	f("Error: listen EADDRINUSE :::3000", strong)
	f("java.lang.IllegalArgumentException: URL must start with 'jdbc'", strong)
	f("Caused by: java.net.UnknownHostException: ${DB_HOST}", strong)
	f("gpg: keyserver receive failed: No data", strong)
	f("bash: 第 0 行:cd: /data/build/rest: 没有那个文件或目录", none) // parsers read it in English
	f("数据库连接超时", strong)
	f("spin.rb:455:in `turn': undefined method `wind' for nil (NoMethodError)", strong)
	f("初始化连接失败，原因：Authentication failed.", strong)
	f("    raise ValueError(message)", none)
	f("=ERROR REPORT==== 20-Jul-2015::21:03:50 ===", none)
	f("mount: /: fsconfig() failed: overlay: no space", strong)
	f("dpkg: error: parsing file '/var/lib/dpkg/status' near line 4790", strong)
	f("java.io.EOFException", strong)
	f(`An unexpected error occurred! {:error=>#<ArgumentError: Setting "spin.url" hasn't been registered>}`, strong)
	f(" !     Heroku push rejected, no Rails or Rack app detected", strong)
	f("Error: it went off the rails", weak)
	f("curl http://10.0.0.7/a -o /tmp/a --connect-timeout 5 -f", none)
	f("error: unknown option --wheel-missing", strong)
	f(`[spin.go:7] ["unexpected error"] [error="[pd] failed to get the wheel"]`, strong)
	f("spinner: cannot turn the wheel: exit status 1", strong)
	f("spinner: the turning failed: exit status 1", none)

	for _, line := range []string{
		"   Loaded: loaded (/lib/systemd/system/spin.service; enabled; vendor preset: disabled)", "  Normal  SandboxChanged  12s  kubelet  Pod sandbox changed, it will be killed and re-created.",
		"", "Aborting", "BUILD FAILED", "The build failed.", "ERROR: script returned exit code 1", "Process completed with exit code 2.",
		"tomcat.service: Failed with result 'exit-code'.", "Failed to start A high performance web server.", "npm ERR! code ENOENT",
		"npm ERR! A complete log of this run can be found in:", "\tat org.example.Main.main(Main.java:7)", "	... 132 common frames omitted",
		"Shared connection to web1 closed.", "make: *** [Makefile:14: pack] Error 3", "web1 : ok=0    changed=0    unreachable=1    failed=0",
		"* What went wrong:", "nginx is already the newest version (1.18.0-6).", "+ gpg --recv-keys 0xB199 || echo cannot", "退出码：1",
		"E: Sub-process /usr/bin/dpkg returned an error code (2)", "cannot continue.", "x Build failed in 19ms", "Failing build: Failed to build site",
		"! [remote rejected] master -> master (pre-receive hook declined)", "note: This error originates from a subprocess, and is likely not a problem with pip.",
		"spin.rb:91:in `block (2 levels) in", "Resolve mutations for :spin:turn started.", "  spin was resolved to 7.2.2, which depends on", "Caching disabled for Spin because:", "#7 [web build 3/6] RUN spin --missing ok",
		"   7 |     ENV SPIN_DISABLED 1", ">>> 8 | RUN cannot", "/srv/Spinfile:11:in `<top (required)>'", "rsync error: error in file IO (code 11) at receiver.c(253) [receiver=2.6.8]", "exit code 5: while executing command spin",
		"npm ERR!     /home/ci/.npm/_logs/2021-03-20T06_30_18_039Z-debug.log", "    offender: [{pid,undefined},",
	} {
		f(line, none)
	}
}

// stated judges a log of lines in which a symptom is known by the lines with one of marks,
// and lines that begin with "! " are trouble.
func stated(log string, mark string) string {
	v := &diagnose.Verdict{Kind: diagnose.VerdictUnexplained}
	var entries []*diagnose.Entry
	for i, line := range strings.Split(strings.TrimSpace(log), "\n") {
		message, trouble := strings.CutPrefix(line, "! ")
		e := &diagnose.Entry{Stream: "a.log", Line: i + 1, EndLine: i + 1, Offset: int64(i), Message: message, Text: message, Trouble: trouble}
		if place, text, found := strings.Cut(message, " => "); found {
			e.Message = place
			for _, field := range strings.Split(text, " | ") {
				name, value, _ := strings.Cut(field, "=")
				e.Inner = append(e.Inner, diagnose.Inner{Place: name, Text: value, Outer: -1})
			}
		}
		switch {
		case mark != "" && strings.Contains(message, mark):
			v.Symptoms = append(v.Symptoms, &diagnose.Cause{Evidence: []diagnose.Evidence{{Entry: e}}})
		case trouble:
			v.Unexplained = append(v.Unexplained, &diagnose.Group{Count: 1, Text: e.Message, Evidence: []diagnose.Evidence{{Entry: e}}})
		}
		entries = append(entries, e)
	}
	ev := Stated(v, func(at *diagnose.Entry) Around {
		return Around{Above: entries[:at.Line-1], Below: entries[at.Line:]}
	}, noneKnown)
	if ev == nil {
		return ""
	}
	return ev.Text()
}

func noneKnown(*diagnose.Evidence) bool { return false }

func TestStated(t *testing.T) {
	f := func(log, mark, want string) {
		t.Helper()
		if got := stated(log, mark); got != want {
			t.Errorf("of\n%s\nit is %q, not %q", log, got, want)
		}
	}
	f("! fatal: web has no signed manifest", "", "fatal: web has no signed manifest")
	f("! Aborting", "", "")
	// what stands above a wrapper's statement, though nothing calls it trouble
	f("Collecting packages\nWarning: Failed to find package 'platforms;android-99'\n! Process completed with exit code 1.", "exit code 1", "Warning: Failed to find package 'platforms;android-99'")
	f("Script exited with code 1\nstderr:\nError importing backup module: No module named 'acme.backup'", "exited with code", "Error importing backup module: No module named 'acme.backup'")
	// the output of what failed before trouble anywhere
	f("! cleanup: lock is not held\nfatal => msg=non-zero return code | stderr=hostname: the specified hostname is invalid | cmd=cannot run /bin/false", "fatal", "hostname: the specified hostname is invalid")
	f("fatal => msg=MODULE FAILURE | module_stderr=Shared connection to web1 closed. | module_stdout=Unable to lock on the pidfile.", "fatal", "Unable to lock on the pidfile.")
	// nothing is said
	f("fatal => msg=non-zero return code | stderr=", "fatal", "")
	// the first of two reasons of equal weight, and the reason before what follows from it
	f("! InnoDB: Missing FILE_CREATE before FILE_CHECKPOINT for tablespace 512\n! Plugin 'InnoDB' init function returned error.\n! Aborting", "", "InnoDB: Missing FILE_CREATE before FILE_CHECKPOINT for tablespace 512")
	// general trouble leads to what stands above it
	f("dpkg: error: parsing file '/var/lib/dpkg/status' near line 4790\n! E: Sub-process /usr/bin/dpkg returned an error code (2)", "", "dpkg: error: parsing file '/var/lib/dpkg/status' near line 4790")
	// what follows a heading before the heading
	f("! wheel[spin] failed: cannot turn it:\n! spindle[w1] failed: cannot find the axle", "", "spindle[w1] failed: cannot find the axle")
	f("! wheel[spin] failed: cannot turn it:", "", "wheel[spin] failed: cannot turn it:")
	// one that ends in the name of a thing is a reason if it says one, and none if it does not
	f("! error: cannot open file /etc/acme.conf:", "", "error: cannot open file /etc/acme.conf:")
	f("! Error: [ERROR] provider/instance.go:395: Resource id: i-3ad:", "", "")
	// what a symptom is known by is its reason only where nothing else is
	f("! Process completed with exit code 1.", "exit code", "")
	f("! deploy of VM i-2-7: host is not there\n! Unable to deploy VM i-2-8: cannot", "Unable to deploy", "deploy of VM i-2-7: host is not there")
	f("! pip: Could not install: invalid path: /etc/ca.crt", "Could not install", "pip: Could not install: invalid path: /etc/ca.crt")
}

func TestStatedOfTraces(t *testing.T) {
	f := func(message, want string) {
		t.Helper()
		e := &diagnose.Entry{Stream: "a.log", Line: 1, Message: message, Text: message, Trouble: true}
		v := &diagnose.Verdict{Kind: diagnose.VerdictUnexplained, Unexplained: []*diagnose.Group{{Count: 1, Text: message, Evidence: []diagnose.Evidence{{Entry: e}}}}}
		got := ""
		if ev := Stated(v, func(*diagnose.Entry) Around { return Around{} }, noneKnown); ev != nil {
			got = ev.Text()
		}
		if got != want {
			t.Errorf("of\n%s\nit is %q, not %q", message, got, want)
		}
	}
	f("Start failed\njava.lang.RuntimeException: cannot start\n\tat a.B.c(B.java:1)\nCaused by: java.io.FileNotFoundException: /etc/acme.json (No such file or directory)\n\tat a.B.d(B.java:2)",
		"Caused by: java.io.FileNotFoundException: /etc/acme.json (No such file or directory)")
	f("Start failed\nCaused by: com.acme.AcmeException: endpoint is missing\n\tat a.B.c(B.java:1)\nCaused by: java.lang.reflect.InvocationTargetException: null",
		"Caused by: com.acme.AcmeException: endpoint is missing")
	f("Error handling request GET /turn\nTraceback (most recent call last):\n  File \"/srv/wheel.py\", line 373, in wait\n    got = spindle.acquire(True, timeout)\nSystemExit: 1", "Error handling request GET /turn") // no source text
	f("Acme.SpindleException\n  HResult=0x80004005\n  Message=The wheel is missing. Report it.\n  Source=Acme", "  Message=The wheel is missing. Report it.")
	f("Request failed; nested exception is org.acme.BeanException: cannot make bean; nested exception is java.lang.IllegalArgumentException: URL must start with 'jdbc'",
		"java.lang.IllegalArgumentException: URL must start with 'jdbc'")
}

// Below a line are the next of its entry that name a reason.
func TestBelow(t *testing.T) {
	e := &diagnose.Entry{Message: "cannot turn\n\tat a.B.c(B.java:1)\nMessage: the wheel is not there\nturning\ncannot spin"}
	var got []string
	for _, ev := range Below(&diagnose.Evidence{Entry: e}) {
		got = append(got, ev.Text())
	}
	if want := []string{"Message: the wheel is not there", "cannot spin"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if Below(&diagnose.Evidence{Entry: e, At: 4}) != nil || Below(&diagnose.Evidence{Entry: e, In: "stderr"}) != nil {
		t.Error("nothing stands below the last line, or below a hidden one")
	}
}

// What a log that knows levels calls an error weighs more than what else is printed into it.
func TestStatedOfLevels(t *testing.T) {
	group := func(line int, level diagnose.Level, message string) *diagnose.Group {
		e := &diagnose.Entry{Stream: "a.log", Line: line, Level: level, Message: message, Text: message, Trouble: true}
		return &diagnose.Group{Count: 1, Level: level, Text: message, Last: e, Evidence: []diagnose.Evidence{{Entry: e}}}
	}
	const printed, called = "cannot find the wheel", "cannot turn the wheel"
	v := &diagnose.Verdict{Kind: diagnose.VerdictUnexplained, Unexplained: []*diagnose.Group{
		group(1, diagnose.LevelUnknown, printed), group(2, diagnose.LevelUnknown, called),
	}}
	if ev := Stated(v, func(*diagnose.Entry) Around { return Around{} }, noneKnown); ev == nil || ev.Text() != printed {
		t.Errorf("of two without a level it is %v", ev)
	}
	v.Unexplained[1] = group(2, diagnose.LevelError, called)
	if ev := Stated(v, func(*diagnose.Entry) Around { return Around{} }, noneKnown); ev == nil || ev.Text() != called {
		t.Errorf("of one with a level and one without it is %v", ev)
	}
}

// A verdict that knows a cause, or sees no trouble, has no words of the log.
func TestStatedOnlyWhereNoCauseIsKnown(t *testing.T) {
	e := &diagnose.Entry{Message: "cannot open '/etc/x': No such file"}
	for _, kind := range []diagnose.VerdictKind{diagnose.VerdictCause, diagnose.VerdictClean} {
		v := &diagnose.Verdict{Kind: kind, Unexplained: []*diagnose.Group{{Text: e.Message, Evidence: []diagnose.Evidence{{Entry: e}}}}}
		if ev := Stated(v, func(*diagnose.Entry) Around { return Around{} }, noneKnown); ev != nil {
			t.Errorf("%s: %q", kind, ev.Text())
		}
	}
}

// A short log says outright why it ended where what stands behind it is neither well nor
// something that was done about it.
func TestLastWordsOutright(t *testing.T) {
	f := func(log string, lines int64, want string) {
		t.Helper()
		got := ""
		if e := LastWords(linesOf(log), lines, unknown); e != nil {
			got = e.Message
		}
		if got != want {
			t.Errorf("of %q it is %q, not %q", log, got, want)
		}
	}
	const said = "LoadError: cannot load such file -- spindle/frob"
	behind := said + "\n/srv/Spinfile:11:in \u0060<top>'\n(see the full trace)\nleaving\nbye"
	f("turning\n"+behind, WholeLines, said)
	f("turning\n"+behind, PasteLines, said)
	f("turning\n"+behind, PasteLines+1, "")
	f(said+"\ntrying the next one\na\nb\nc", WholeLines, "")
	f(said+"\nspun up successfully\na\nb\nc", WholeLines, "")
	f("the spindle is not found\na\nb\nc", WholeLines, "") // no program says it
}

// lines is a number of lines of a log that is whole, or not.
func lines(whole bool) int64 {
	if whole {
		return WholeLines
	}
	return PasteLines + 1
}

// In the midst of a short log it is what reads as a kind of reason and says outright who
// could not do what.
func TestMidst(t *testing.T) {
	known := func(e *diagnose.Entry) bool { return strings.Contains(e.Message, "wheel") }
	f := func(log, want string) {
		t.Helper()
		got := ""
		if e := Midst(linesOf(log), known); e != nil {
			got = e.Message
		}
		if got != want {
			t.Errorf("of %q it is %q, not %q", log, got, want)
		}
	}
	const no = "spinner: cannot turn wheel 'w7': not found"
	f("spinning\n"+no+"\nspinning", no)
	f("纺车不存在 wheel/w7，安装失败\nspinning", "纺车不存在 wheel/w7，安装失败")
	f("spinning\nspinner: cannot turn axle 'w7': not found\nspinning", "")
	f("spinning\n"+no+"\nusing none", "")
	f("spinning\n"+no+", skipping", "")
	f("=== RUN TestSpin\n"+no+"\n--- PASS: TestSpin", "")
	f("spinning\nthe wheel: missing\nspinning", "")
	asked := 0
	var many strings.Builder
	for i := range 2 * maxKnown {
		many.WriteString("spinner: cannot turn 'w7' " + strings.Repeat("axle ", i+1) + "not found\n")
	}
	if Midst(linesOf(many.String()), func(*diagnose.Entry) bool { asked++; return false }); asked != maxKnown {
		t.Errorf("asked %d times, want %d", asked, maxKnown)
	}
	done := append(linesOf(no), &diagnose.Entry{Message: "BUILD SUCCESSFUL", Outcome: diagnose.OutcomeSucceeded})
	if Midst(done, known) != nil {
		t.Error("what ends well has no last words in its midst")
	}
}

func TestLastWords(t *testing.T) {
	f := func(log, want string) {
		t.Helper()
		entries := linesOf(log)
		got := ""
		if e := LastWords(entries, PasteLines+1, unknown); e != nil {
			got = e.Message
		}
		if got != want {
			t.Errorf("of %q it is %q, not %q", log, got, want)
		}
		if want != "" && !slices.ContainsFunc(entries, MayBeLastWords) {
			t.Errorf("the cheap test passes over %q", log)
		}
	}
	f("Deploying\nsudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set", "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set")
	f("部署开始\n应用 shop.jar：无法打开配置文件 /etc/shop.yml", "应用 shop.jar：无法打开配置文件 /etc/shop.yml")
	f("tool: cannot open '/etc/tool.conf'\na\nb\nc", "") // it went on
	f("test/multi-test.js: line 107, col 105, Line is too long.", "")
	f("MAC Address: 50:00:00:04:00:03 (Unknown)", "")
	f("Reading package lists...\nnginx is already the newest version (1.18.0-6).", "")
	f("", "")
	timed := linesOf("tool: negotiated timeout = 40000")
	timed[0].Level = diagnose.LevelInfo
	if LastWords(timed, WholeLines, unknown) != nil {
		t.Error("a word in a line of INFO is last words")
	}
	stamped := linesOf("turning\nspinning\nlisten tcp :53: protocol not available")
	for _, e := range stamped {
		e.Stamp = time.Unix(1, 0)
	}
	if LastWords(stamped, PasteLines+1, unknown) != nil || LastWords(stamped, PasteLines, unknown) == nil {
		t.Error("of few lines with times and no levels the last is a program's last words")
	}
	info := linesOf("tool: cannot open '/etc/tool.conf'")
	info[0].Level = diagnose.LevelInfo
	if LastWords(info, PasteLines+1, unknown) != nil || LastWords(append(info, linesOf("tool: spinning")...), WholeLines, unknown) != nil || LastWords(info, WholeLines, unknown) == nil {
		t.Errorf("an INFO line is last words where it ends what was pasted")
	}
}

// TestLastTrace: a log ends with an exception that was printed below a line of INFO.
func TestLastTrace(t *testing.T) {
	trace := "wheel starts\nspin.WheelException: no belt\n\tat spin.Wheel.turn(Wheel.java:7)\nCaused by: java.io.IOException: belt not found at /dev/belt0\n\tat spin.Belt.find(Belt.java:3)\n\t... 4 more"
	for _, level := range []diagnose.Level{diagnose.LevelInfo, diagnose.LevelUnknown} {
		if e := LastWords([]*diagnose.Entry{{Message: "turning"}, {Message: trace, Level: level}}, PasteLines+1, unknown); e == nil || e.Message != trace {
			t.Errorf("level %v: a trace is no last words", level)
		}
	}
	if LastWords([]*diagnose.Entry{{Message: trace, Level: diagnose.LevelInfo}, {Message: "turning", Level: diagnose.LevelInfo}}, PasteLines+1, unknown) != nil {
		t.Error("it went on, and the trace is its last words")
	}
	if LastWords([]*diagnose.Entry{{Message: trace, Level: diagnose.LevelDebug}}, PasteLines+1, unknown) != nil {
		t.Error("what is only noted is last words")
	}
	if LastWords([]*diagnose.Entry{{Message: trace, Level: diagnose.LevelInfo, Ignored: true}}, PasteLines+1, unknown) != nil {
		t.Error("what is ignored is last words")
	}
	if !MayBeLastWords(&diagnose.Entry{Message: "\t... 4 more"}) || !MayBeLastWords(&diagnose.Entry{Message: "\tat spin.Belt.find(Belt.java:3)"}) {
		t.Error("the cheap test passes over traces")
	}
}

// Of neighbours of nearly one weight the one whose words are known is the reason; not one
// that says what is done about it, nor one far from it.
func TestStatedRather(t *testing.T) {
	const could = "error: Could not compile the `spindle`."
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"above":   {[]string{"error: wool: `thread`, known", could}, "error: wool: `thread`, known"},
		"below":   {[]string{could, "error: wool: `thread`, known"}, "error: wool: `thread`, known"},
		"none":    {[]string{"error: wool: `thread`", could}, could},
		"goes on": {[]string{"error: wool: `thread`, known, skipping it", could}, could},
		"far":     {append(append([]string{"error: wool: `thread`, known"}, make([]string, 2*nearLines)...), could), could},
		"itself":  {[]string{"error: wool: `thread`, known", could + " It is known."}, could + " It is known."},
	} {
		v := &diagnose.Verdict{Kind: diagnose.VerdictUnexplained}
		for i, line := range c.lines {
			if line == "" {
				continue
			}
			e := &diagnose.Entry{Stream: "a.log", Line: i + 1, Message: line, Text: line, Trouble: true, Level: diagnose.LevelError}
			v.Unexplained = append(v.Unexplained, &diagnose.Group{Count: 1, Text: line, Level: e.Level, Evidence: []diagnose.Evidence{{Entry: e}}})
		}
		known := func(ev *diagnose.Evidence) bool { return strings.Contains(ev.Text(), "known") }
		if ev := Stated(v, func(*diagnose.Entry) Around { return Around{} }, known); ev == nil || ev.Text() != c.want {
			t.Errorf("%s: %+v, want %q", name, ev, c.want)
		}
	}
}
