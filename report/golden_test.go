package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diagnose"
)

var update = flag.Bool("update", false, "rewrite the expected reports")

// at is a time of the morning all made-up logs are from.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2024-05-06 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// line is one piece of evidence: an entry of one line.
func line(stream string, number int, level diagnose.Level, clock, text string) diagnose.Evidence {
	e := &diagnose.Entry{Stream: stream, Line: number, EndLine: number, Level: level, Text: text, Message: text}
	if clock != "" {
		e.Time = at(clock)
	}
	return diagnose.Evidence{Entry: e, Signal: "lost"}
}

var (
	hostLost = &diagnose.Rule{
		ID: "cloudstack/host-disconnected", System: "cloudstack", Role: diagnose.RoleCause,
		Severity: diagnose.SeverityError, Confidence: diagnose.Likely, Side: "hypervisor host",
		EN: diagnose.Texts{
			Title: "Host {{host}} lost its agent",
			Cause: "The management server reached host {{host}} but not its agent, which has stopped, hangs, or cannot reach port 8250. Look for:\n\n- a full disk\n- a stopped libvirtd",
			Fix: []diagnose.Step{
				{Say: "Log in to host {{host}} and see why its agent stopped.", Run: "ssh root@{{host}}\nsystemctl status cloudstack-agent libvirtd"},
				{Say: "Look for {{reason|what it said last}}.", Run: "grep -F -e {{reason}} /var/log/cloudstack/agent/agent.log"},
			},
			Verify: []diagnose.Step{{Run: "virsh list", Expect: "the running VMs"}},
		},
		ZH: diagnose.Texts{
			Title: "主机 {{host}} 的代理已断开",
			Cause: "管理服务器能连到主机 {{host}}，但连不到它的代理：代理已停止、无响应，或者连不到 8250 端口。请查看磁盘是否已满，以及 libvirtd（或者它所依赖的服务）是否已停止。",
			Fix: []diagnose.Step{
				{Say: "登录主机 {{host}}，查看代理停止的原因。", Run: "ssh root@{{host}}\nsystemctl status cloudstack-agent libvirtd"},
				{Say: "查找 {{reason|它最后的输出}}。", Run: "grep -F -e {{reason}} /var/log/cloudstack/agent/agent.log"},
			},
			Verify: []diagnose.Step{{Run: "virsh list", Expect: "正在运行的虚拟机"}},
		},
		References: []string{"CloudStack AgentManagerImpl.java"},
	}
	powerOff = &diagnose.Rule{
		ID: "cloudstack/host-power-off", System: "cloudstack", Role: diagnose.RoleCause, Severity: diagnose.SeverityError,
		Confidence: diagnose.Possible, Side: "hypervisor host",
		EN: diagnose.Texts{Title: "Host {{host}} is off", Cause: "The host has no power.", TellsApart: "It does not answer ping either, and its management controller says the power is off."},
		ZH: diagnose.Texts{Title: "主机 {{host}} 已关机", Cause: "主机没有通电。", TellsApart: "ping 也没有回应，带外管理显示电源已关闭。"},
	}
	diskFull = &diagnose.Rule{
		ID: "shared/no-space", System: "shared", Role: diagnose.RoleCause, Severity: diagnose.SeverityError,
		Confidence: diagnose.Confirmed, Side: "target",
		EN: diagnose.Texts{
			Title: "No space left on {{path|the disk}}", Cause: "The file system is full.",
			Fix:    []diagnose.Step{{Say: "Remove what is not needed."}},
			Verify: []diagnose.Step{{Run: "df -h {{path|/}}", Expect: "less than 90 %"}, {Run: "df -i {{path|/}}", Expect: "the same"}},
		},
	}
	unreachable = &diagnose.Rule{
		ID: "ansible/unreachable", System: "ansible", Role: diagnose.RoleSymptom, Severity: diagnose.SeverityError, Confidence: diagnose.Confirmed,
		EN: diagnose.Texts{Title: "Ansible could not reach {{host}}", Cause: "The connection failed before the module ran.",
			Fix: []diagnose.Step{{Say: "Connect by hand.", Run: "ssh -v {{host}} true"}}},
		ZH: diagnose.Texts{Title: "Ansible 连不到 {{host}}", Cause: "模块运行之前连接就失败了。",
			Fix: []diagnose.Step{{Say: "手工连接。", Run: "ssh -v {{host}} true"}}},
	}
	jobFailed = &diagnose.Rule{ID: "cloudstack/job-failed", EN: diagnose.Texts{Title: "Job {{job}} failed"}, ZH: diagnose.Texts{Title: "任务 {{job}} 失败"}}
	slowDisk  = &diagnose.Rule{ID: "shared/slow-disk", System: "shared", Severity: diagnose.SeverityWarning, Confidence: diagnose.Likely,
		EN: diagnose.Texts{Title: "The disk of {{host}} is slow", Cause: "Writes wait."}, ZH: diagnose.Texts{Title: "{{host}} 的磁盘很慢", Cause: "写入在等待。"}}
)

// everything is a cause with all that a cause can have.
func everything() *diagnose.Cause {
	again := line("agent.log", 12, diagnose.LevelError, "03:00:07", "Lost connection to 10.0.0.7 after 31 s")
	again.Dropped = 40
	inner := line("install.log", 90, diagnose.LevelUnknown, "", "fatal: [kvm22]: FAILED! => {\"stderr\": \"…\"}\n  of two lines")
	inner.Entry.EndLine, inner.At, inner.In, inner.Excerpt = 91, 1, "results[0].stderr", "agent is not connected"
	var explained []*diagnose.Consequence
	for i := range 10 {
		job := fmt.Sprint(731 + i)
		x := &diagnose.Consequence{Rule: jobFailed, Captures: map[string]string{"job": job},
			Evidence: []diagnose.Evidence{line("management-server.log", 400+i, diagnose.LevelError, "03:01:00", "job-"+job+" failed")}}
		if i == 0 {
			x.Evidence = append(x.Evidence, x.Evidence[0], line("management-server.log", 500, diagnose.LevelError, "03:02:00", "job-731 failed again"))
		}
		explained = append(explained, x)
	}
	var cases []*diagnose.Case
	for i := range 7 {
		cases = append(cases, &diagnose.Case{
			ID: fmt.Sprint("job-", 731+i), IDs: map[diagnose.IDKind][]string{"job": {fmt.Sprint(731 + i)}}, First: at("03:00:00"), Last: at("03:05:00"),
			Outcome: []diagnose.Outcome{diagnose.OutcomeFailed, diagnose.OutcomeSucceeded, diagnose.OutcomeUnknown}[i%3], Inferred: i == 2,
		})
	}
	return &diagnose.Cause{
		Rule:     hostLost,
		Captures: map[string]string{"host": "49", "reason": "can't reach 10.0.0.7; retry"},
		Cases:    cases,
		Evidence: []diagnose.Evidence{
			line("management-server.log", 218, diagnose.LevelWarn, "03:00:01", "Agent is disconnected but the host is still up: 49-kvm22"),
			line("agent.log", 10, diagnose.LevelError, "03:00:05", "Lost connection to 10.0.0.7 after 29 s"),
			line("agent.log", 11, diagnose.LevelError, "03:00:06", "Lost connection to 10.0.0.7 after 30 s"),
			again,
			inner,
			line("management-server.log", 300, diagnose.LevelWarn, "03:00:09", "Host 49 is behind on ping"),
			line("management-server.log", 301, diagnose.LevelInfo, "03:00:10", "Investigating why host 49 has disconnected"),
			line("libvirtd.log", 2, diagnose.LevelUnknown, "03:00:11", "End of file while reading data: "+strings.Repeat("x", 300)),
			line("other.log", 1, diagnose.LevelFatal, "03:00:12", "one kind more than is shown"),
		},
		Explains:   explained,
		Candidates: []*diagnose.Rule{powerOff},
		Why:        diagnose.Why{Explained: 31, Trouble: 40, Reason: diagnose.WhyShare},
	}
}

// group is n entries that nothing explains.
func group(n int, e diagnose.Evidence) *diagnose.Group {
	return &diagnose.Group{Level: e.Entry.Level, Count: n, Text: e.Entry.Text, Evidence: []diagnose.Evidence{e}}
}

// verdicts are hand-made, by the name of their files in testdata.
func verdicts() map[string]*diagnose.Verdict {
	small := &diagnose.Cause{Rule: diskFull, Captures: map[string]string{"path": "/var"}, Why: diagnose.Why{Explained: 2, Trouble: 40, Reason: diagnose.WhyLess},
		Evidence: []diagnose.Evidence{line("deploy.log", 7, diagnose.LevelUnknown, "", "tar: write error: No space left on device")}}
	last := &diagnose.Cause{Rule: powerOff, Captures: map[string]string{"host": "50"}, Why: diagnose.Why{Explained: 2, Trouble: 40, Reason: diagnose.WhyOrder},
		Evidence: []diagnose.Evidence{line("deploy.log", 9, diagnose.LevelError, "03:10:00", "no answer from host 50")}}
	one := everything()
	one.Why = diagnose.Why{Explained: 40, Trouble: 40, Reason: diagnose.WhyOnly}
	return settled(map[string]*diagnose.Verdict{
		"everything": {
			Causes: []*diagnose.Cause{one},
			Quality: []diagnose.Quality{
				{Place: "agent.log.1.gz", Text: "the file ends in the middle of its compressed data: what is behind 1,048,576 bytes could not be read", Weighs: true},
				{Text: "some time stamps have no year: it was inferred from the file's time stamp"},
				{Place: "catalina.out", Text: "3 lines were longer than 64 KiB", Weighs: false},
			},
			Warnings: []*diagnose.Cause{{Rule: slowDisk, Captures: map[string]string{"host": "kvm22"},
				Evidence: []diagnose.Evidence{line("kern.log", 3, diagnose.LevelWarn, "02:00:00", "task blocked for more than 120 seconds")}}},
			Stats: diagnose.Stats{Files: 4, Bytes: 123456, Lines: 2000, Entries: 61, Cases: 7,
				Skipped: []diagnose.Count{{Reason: "not a log", Count: 2}}, Cut: []diagnose.Count{{Reason: "lines longer than 64 KiB, read in pieces", Count: 3}}},
		},
		"several": {
			Causes: []*diagnose.Cause{everything(), small, last},
			Unexplained: []*diagnose.Group{
				group(1, line("deploy.log", 20, diagnose.LevelError, "03:20:00", "odd thing 1")), group(2, line("deploy.log", 21, diagnose.LevelWarn, "03:20:00", "odd thing 2")),
				group(1, line("deploy.log", 22, diagnose.LevelUnknown, "", "odd thing 3")), group(1, line("deploy.log", 23, diagnose.LevelUnknown, "", "odd thing 4")),
			},
			Stats: diagnose.Stats{Files: 2, Bytes: 4096, Lines: 600, Entries: 44},
		},
		"unexplained": {
			Symptoms: []*diagnose.Cause{{Rule: unreachable, Captures: map[string]string{"host": "web1"}, Candidates: []*diagnose.Rule{powerOff},
				Evidence: []diagnose.Evidence{
					line("ansible.log", 30, diagnose.LevelUnknown, "", `fatal: [web1]: UNREACHABLE! => {"changed": false, "unreachable": true}`),
					line("ansible.log", 31, diagnose.LevelUnknown, "", `fatal: [web1]: UNREACHABLE! => no more to say`),
					line("ansible.log", 33, diagnose.LevelUnknown, "", `three are too many here`),
				}}},
			Unexplained: []*diagnose.Group{
				group(17, line("app.log", 5, diagnose.LevelError, "04:00:00", "could not turn the left wheel")),
				group(1, line("app.log", 9, diagnose.LevelUnknown, "", "   ")),
			},
			Stats: diagnose.Stats{Files: 1, Bytes: 1, Lines: 1, Entries: 1},
		},
		"symptom-only": {Symptoms: []*diagnose.Cause{{Rule: unreachable, Evidence: []diagnose.Evidence{line("ansible.log", 30, diagnose.LevelUnknown, "", "UNREACHABLE!")}}}},
		"clean":        {Stats: diagnose.Stats{Files: 3, Bytes: 900, Lines: 12, Entries: 0}},
		"warning": {
			Warnings: []*diagnose.Cause{{Rule: slowDisk, Captures: map[string]string{"host": "kvm22"},
				Evidence: []diagnose.Evidence{line("kern.log", 3, diagnose.LevelWarn, "02:00:00", "task blocked for more than 120 seconds")}}},
			Quality: []diagnose.Quality{{Place: "gone.log", Text: "no such file", Weighs: true}},
			Stats:   diagnose.Stats{Files: 1, Bytes: 900, Lines: 12, Entries: 1},
		},
	})
}

func settled(all map[string]*diagnose.Verdict) map[string]*diagnose.Verdict {
	for _, v := range all {
		v.Settle()
	}
	return all
}

// text is the report of a verdict as a person sees it.
func text(t testing.TB, v *diagnose.Verdict, style Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := Text(&out, v, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// document is the report of a verdict as a program sees it.
func document(t testing.TB, v *diagnose.Verdict, lang string) string {
	t.Helper()
	var out bytes.Buffer
	if err := JSON(&out, v, lang); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Every verdict in both languages, one with colour and one in narrow columns,
// and as JSON.
func TestGolden(t *testing.T) {
	for name, v := range verdicts() {
		compareGolden(t, name+".en.txt", text(t, v, Style{Lang: "en"}))
		compareGolden(t, name+".zh.txt", text(t, v, Style{Lang: "zh"}))
		compareGolden(t, name+".json", document(t, v, "en"))
	}
	v := verdicts()
	compareGolden(t, "everything.color.en.txt", text(t, v["everything"], Style{Lang: "en", Color: true}))
	compareGolden(t, "everything.color.zh.txt", text(t, v["everything"], Style{Lang: "zh", Color: true}))
	compareGolden(t, "unexplained.color.en.txt", text(t, v["unexplained"], Style{Lang: "en", Color: true}))
	compareGolden(t, "everything.narrow.zh.txt", text(t, v["everything"], Style{Lang: "zh", Width: 60}))
	compareGolden(t, "several.zh.json", document(t, v["several"], "zh"))
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("-update is for people: it must not run where CI is set")
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./report -update writes it", err)
	}
	if string(want) == got {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Errorf("%s:%d\nwant %q\n got %q", file, i+1, w[i], g[i])
			return
		}
	}
	t.Errorf("%s: want %d lines, got %d", file, len(w), len(g))
}

// A verdict is printed alike every time: nothing depends on the order of a map.
func TestReportsAreStable(t *testing.T) {
	want := map[string]string{}
	for range 10 {
		for name, v := range verdicts() {
			got := text(t, v, Style{}) + document(t, v, "zh")
			if want[name] == "" {
				want[name] = got
			}
			if got != want[name] {
				t.Fatalf("%s: two reports of one verdict differ", name)
			}
		}
	}
}

// Colour changes how a report looks and nothing of what it says.
func TestColorOnlyPaints(t *testing.T) {
	for name, v := range verdicts() {
		for _, lang := range []string{"en", "zh"} {
			plain, painted := text(t, v, Style{Lang: lang}), text(t, v, Style{Lang: lang, Color: true})
			if plain == painted {
				t.Errorf("%s (%s): no colour", name, lang)
			}
			if got := unpainted(painted); got != plain {
				t.Errorf("%s (%s): without its colours the report is\n%s\nwant\n%s", name, lang, got, plain)
			}
		}
	}
}

// unpainted takes our own four sequences away and no other.
func unpainted(s string) string {
	return strings.NewReplacer("\x1b[1m", "", "\x1b[1;31m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(s)
}

// No line ends with spaces, which an editor or a diff would show.
func TestNoSpacesAtLineEnds(t *testing.T) {
	for name, v := range verdicts() {
		for l := range strings.Lines(text(t, v, Style{})) {
			if l = strings.TrimSuffix(l, "\n"); strings.TrimRight(l, " ") != l {
				t.Errorf("%s: %q", name, l)
			}
		}
	}
}

// A list that is cut says how long it was, and one that is not cut does not.
func TestLongListsAreCutAndCounted(t *testing.T) {
	f := func(n, shownOf, count int) {
		t.Helper()
		c := everything()
		c.Cases, c.Evidence, c.Explains = nil, nil, c.Explains[:1]
		for i := range n {
			c.Cases = append(c.Cases, &diagnose.Case{ID: fmt.Sprint("job-", i)})
			c.Evidence = append(c.Evidence, line("a.log", i+1, diagnose.LevelError, "", "x"))
		}
		c.Explains[0].Evidence = c.Evidence
		var r jsonReport
		if err := json.Unmarshal([]byte(document(t, &diagnose.Verdict{Causes: []*diagnose.Cause{c}}, "en")), &r); err != nil {
			t.Fatal(err)
		}
		j := r.Causes[0]
		got := []int{len(j.Cases), j.CaseCount, len(j.Evidence), j.EvidenceCount, len(j.Explains[0].Evidence), j.Explains[0].EvidenceCount}
		if want := []int{shownOf, count, shownOf, count, shownOf, count}; !slices.Equal(got, want) {
			t.Errorf("%d of each: lengths and counts are %v, want %v", n, got, want)
		}
	}
	f(1, 1, 0)
	f(200, 200, 0)
	f(201, 200, 201)
}

// Many causes of one rule do not fill the screen with one fix: some have it, others point
// to it, and beyond a dozen their titles are enough.
func TestManyCauses(t *testing.T) {
	v := &diagnose.Verdict{Kind: diagnose.VerdictCause}
	for i := range 60 {
		c := everything()
		c.Rule.ID = "ssh/refused"
		c.Evidence = []diagnose.Evidence{line("a.log", i+1, diagnose.LevelError, "", "x")}
		v.Causes = append(v.Causes, c)
	}
	for _, lang := range []string{"en", "zh"} {
		var b strings.Builder
		if err := Text(&b, v, Style{Lang: lang}); err != nil {
			t.Fatal(err)
		}
		words := wordsOf(lang)
		got := []int{strings.Count(b.String(), "[ssh/refused]"), strings.Count(b.String(), fmt.Sprintf(words.asFor, 1)),
			strings.Count(b.String(), fmt.Sprintf(words.furtherCauses, 48)), strings.Count(b.String(), fmt.Sprintf(words.more, 18))}
		if want := []int{shownCauses + shownTitles, shownCauses - shownOfRule, 1, 1}; !slices.Equal(got, want) {
			t.Errorf("%s: rules named, fixes of another, further, uncounted: %v, want %v", lang, got, want)
		}
	}
}

// What is no text is not called well; where one of several files is text, the rest is.
func TestNoTextIsNotCalledWell(t *testing.T) {
	f := func(files int, want string) {
		t.Helper()
		v := &diagnose.Verdict{Kind: diagnose.VerdictClean, Stats: diagnose.Stats{Files: files, Bytes: 4096},
			Quality: []diagnose.Quality{{Place: "/bin/ls", Text: "looks binary: 55% of its first 32768 bytes are NULs and other control characters"}}}
		var out bytes.Buffer
		if err := Text(&out, v, Style{Lang: "en"}); err != nil {
			t.Fatal(err)
		}
		if got, _, _ := strings.Cut(out.String(), "\n"); got != want {
			t.Errorf("%d files: %q, want %q", files, got, want)
		}
	}
	f(1, "It is no text: there is no line to judge.")
	f(2, "Nothing wrong found.")
}
