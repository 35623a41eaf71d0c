package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"diagnose/rules"
)

var allWrapped = flag.Bool("all-wrapped", false, "put every case into every wrapper, and print the table of docs/measurements.md")

// wrapped writes one line as a wrapper would: n counts from 0, at is the line's
// own time, or one near that of the line above.
type wrapped func(n int, at time.Time, line string) string

// lineWrappers put something around each line, so that lines keep their numbers.
var lineWrappers = []struct {
	name string
	wrap wrapped
}{
	{"compose v1", func(_ int, _ time.Time, l string) string { return "web_1  | " + l }},
	{"compose v2, colours", func(_ int, _ time.Time, l string) string { return "\x1b[36mweb-1  | \x1b[0m" + l }},
	{"compose, container_name", func(_ int, _ time.Time, l string) string { return "database   | " + l }},
	{"compose, timestamps", func(_ int, at time.Time, l string) string { return "web-1  | " + nano(at) + l }},
	{"docker service logs", func(_ int, _ time.Time, l string) string { return "web.1.x4vnq6h2k@node-7    | " + l }},
	{"docker json-file", dockerLine},
	{"docker json-file, attrs", func(n int, at time.Time, l string) string {
		return strings.Replace(dockerLine(n, at, l), `,"stream"`, `,"attrs":{"tag":"web"},"stream"`, 1)
	}},
	{"docker logs -t", func(_ int, at time.Time, l string) string { return nano(at) + l }},
	{"CRI", func(_ int, at time.Time, l string) string { return nano(at) + "stderr F " + l }},
	{"kubectl --prefix", func(_ int, _ time.Time, l string) string { return "[pod/web-0/app] " + l }},
	{"kubectl --prefix --timestamps", func(_ int, at time.Time, l string) string { return "[pod/web-0/app] " + nano(at) + l }},
	{"stern", func(_ int, _ time.Time, l string) string { return "web-6d4b75cb6d-hx7kp app " + l }},
	{"stern --timestamps, colours", func(_ int, at time.Time, l string) string {
		return "\x1b[35mweb-6d4b75cb6d-hx7kp\x1b[0m \x1b[95mapp\x1b[0m " + nano(at) + l
	}},
	{"stern -o json", func(_ int, _ time.Time, l string) string {
		return object("message", l, "nodeName", "node-7", "namespace", "default", "podName", "web-0", "containerName", "app")
	}},
	{"journald short", func(_ int, at time.Time, l string) string {
		return at.Format(time.Stamp) + " build-7 deploy[812]: " + l
	}},
	{"journald short-precise", func(_ int, at time.Time, l string) string {
		return at.Format(time.StampMicro) + " build-7 deploy[812]: " + l
	}},
	{"journald short-iso", func(_ int, at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05-0700") + " build-7 deploy[812]: " + l
	}},
	{"journald short-iso-precise", func(_ int, at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05.000000-07:00") + " build-7 deploy[812]: " + l
	}},
	{"journald short-full", func(_ int, at time.Time, l string) string {
		return at.Format("Mon 2006-01-02 15:04:05 UTC") + " build-7 deploy[812]: " + l
	}},
	{"journald with-unit", func(_ int, at time.Time, l string) string {
		return at.Format("Mon 2006-01-02 15:04:05 UTC") + " build-7 deploy.service[812]: " + l
	}},
	{"journald short-unix", func(_ int, at time.Time, l string) string {
		return fmt.Sprintf("%d.%06d build-7 deploy[812]: %s", at.Unix(), at.Nanosecond()/1000, l)
	}},
	{"journald json", func(_ int, at time.Time, l string) string {
		return object("__CURSOR", "s=1;i=2", "__REALTIME_TIMESTAMP", fmt.Sprint(at.UnixMicro()), "_BOOT_ID", "3b", "PRIORITY", "6",
			"_HOSTNAME", "build-7", "SYSLOG_IDENTIFIER", "deploy", "_PID", "812", "MESSAGE", l)
	}},
	{"syslog RFC 3164", func(_ int, at time.Time, l string) string {
		return "<30>" + at.Format(time.Stamp) + " build-7 deploy[812]: " + l
	}},
	{"syslog RFC 5424", func(_ int, at time.Time, l string) string {
		return "<30>1 " + at.Format("2006-01-02T15:04:05.000Z") + ` build-7 deploy 812 - [meta sequenceId="1" x="a\]b"] ` + l
	}},
	{"syslog RFC 5424, no PRI", func(_ int, at time.Time, l string) string {
		return "1 " + at.Format("2006-01-02T15:04:05.000000+00:00") + " build-7 deploy 812 ID47 - " + l
	}},
	{"syslog RFC 5424, octets counted", func(_ int, at time.Time, l string) string {
		m := "<30>1 " + at.Format("2006-01-02T15:04:05.000Z") + " build-7 deploy 812 - - \ufeff" + l
		return fmt.Sprintf("%d %s", len(m), m)
	}},
	{"rsyslog ISO", func(_ int, at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05.000000+00:00") + " build-7 deploy[812]: " + l
	}},
	{"GitHub Actions", func(_ int, at time.Time, l string) string { return at.Format("2006-01-02T15:04:05.0000000Z ") + l }},
	{"gh run view --log", func(_ int, at time.Time, l string) string {
		return "build (ubuntu-latest)\tRun make\t\ufeff" + at.Format("2006-01-02T15:04:05.0000000Z ") + l
	}},
	{"GitLab timestamps", func(_ int, at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05.000000Z ") + "00O " + l
	}},
	{"Jenkins timestamper", func(_ int, at time.Time, l string) string { return at.Format("[2006-01-02T15:04:05.000Z] ") + l }},
	{"Jenkins clock", func(_ int, at time.Time, l string) string { return at.Format("15:04:05  ") + l }},
	{"Jenkins [branch]", func(_ int, _ time.Time, l string) string { return "[deploy-eu] " + l }},
	{"TeamCity", func(_ int, at time.Time, l string) string { return at.Format("[15:04:05]") + "W:\t [Step 2/4] " + l }},
	{"BuildKit", func(n int, _ time.Time, l string) string { return fmt.Sprintf("#7 %d.%03d ", n/1000, n%1000) + l }},
	{"ts", func(_ int, at time.Time, l string) string { return at.Format("Jan 02 15:04:05 ") + l }},
	{"ts -s", func(n int, _ time.Time, l string) string { return fmt.Sprintf("00:%02d:%02d %s", n/60%60, n%60, l) }},
	{"ts %.s", func(_ int, at time.Time, l string) string {
		return fmt.Sprintf("%d.%06d %s", at.Unix(), at.Nanosecond()/1000, l)
	}},
	{"foreman", func(_ int, at time.Time, l string) string { return at.Format("15:04:05") + " web.1   | " + l }},
	{"concurrently", func(_ int, _ time.Time, l string) string { return "[0] " + l }},
	{"parallel --tag", func(_ int, _ time.Time, l string) string { return "web1\t" + l }},
	{"pdsh", func(_ int, _ time.Time, l string) string { return "build-7: " + l }},
	{"ansible log_path", func(_ int, at time.Time, l string) string {
		return strings.Replace(at.Format("2006-01-02 15:04:05.000"), ".", ",", 1) + " p=812 u=root n=ansible | " + l
	}},
	{"Fluent Bit, Kubernetes", func(_ int, at time.Time, l string) string {
		return fmt.Sprintf(`{"date":%d.%06d,"stream":"stdout","_p":"F","log":%s,"kubernetes":{"pod_name":"web-0","namespace_name":"x","container_name":"app","host":"node-7"}}`,
			at.Unix(), at.Nanosecond()/1000, quoted(l))
	}},
	{"fluentd out_file", func(n int, at time.Time, l string) string {
		return at.Format("2006-01-02T15:04:05+00:00") + "\tkube.web\t" + dockerLine(n, at, l)
	}},
	{"Filebeat", func(_ int, at time.Time, l string) string {
		return `{"@timestamp":"` + at.Format("2006-01-02T15:04:05.000Z") + `","agent":{"type":"filebeat","version":"8.1.0"},"log":{"offset":0,"file":{"path":"/var/log/x"}},"message":` + quoted(l) + `}`
	}},
	{"Loki jsonl", func(_ int, at time.Time, l string) string {
		return `{"labels":{"app":"web","pod":"web-0"},"line":` + quoted(l) + `,"timestamp":"` + at.Format(time.RFC3339Nano) + `"}`
	}},
	{"Loki text", func(_ int, at time.Time, l string) string {
		return at.Format(time.RFC3339) + ` {app="web", pod="web-0"} ` + l
	}},
	{"Google Cloud Logging", func(_ int, at time.Time, l string) string {
		return `{"insertId":"1","logName":"projects/p/logs/stderr","resource":{"type":"k8s_container","labels":{"pod_name":"web-0"}},"textPayload":` +
			quoted(l) + `,"timestamp":"` + at.Format(time.RFC3339Nano) + `"}`
	}},
	{"colours, each line", func(_ int, _ time.Time, l string) string { return "\x1b[31m" + l + "\x1b[0m" }},
	{"colours, each word", func(n int, _ time.Time, l string) string { return coloured(l, n, wordParts) }},
	{"colours, inside words", func(n int, _ time.Time, l string) string { return coloured(l, n, shortParts) }},
	{"CloudWatch Logs", func(_ int, at time.Time, l string) string {
		return fmt.Sprintf(`{"timestamp":%d,"message":%s,"ingestionTime":%d,"logStreamName":"s"}`, at.UnixMilli(), quoted(l), at.UnixMilli()+900)
	}},
}

// textWrappers change how many lines there are, so that only rules and captures
// can be compared.
var textWrappers = []struct {
	name string
	wrap func(text string, first time.Time) string
}{
	{"journald export", func(text string, first time.Time) string {
		return wrapText(text, first, func(n int, at time.Time, l string) string {
			return fmt.Sprintf("__CURSOR=s=1;i=%x\n__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=3b\nPRIORITY=6\n_HOSTNAME=build-7\n"+
				"SYSLOG_IDENTIFIER=deploy\n_PID=812\nMESSAGE=%s\n_TRANSPORT=stdout\n", n, at.UnixMicro(), n, l)
		})
	}},
	{"journald json-pretty", func(text string, first time.Time) string {
		return wrapText(text, first, func(n int, at time.Time, l string) string {
			return fmt.Sprintf("{\n\t\"__CURSOR\" : \"s=1;i=%x\",\n\t\"__REALTIME_TIMESTAMP\" : \"%d\",\n\t\"_HOSTNAME\" : \"build-7\",\n"+
				"\t\"SYSLOG_IDENTIFIER\" : \"deploy\",\n\t\"_PID\" : \"812\",\n\t\"MESSAGE\" : %s\n}", n, at.UnixMicro(), quoted(l))
		})
	}},
	{"journald verbose", func(text string, first time.Time) string {
		return wrapText(text, first, func(n int, at time.Time, l string) string {
			return fmt.Sprintf("%s [s=1;i=%x;b=3b;m=4;t=5;x=6]\n    _TRANSPORT=stdout\n    PRIORITY=6\n    _HOSTNAME=build-7\n    _PID=812\n"+
				"    SYSLOG_IDENTIFIER=deploy\n    MESSAGE=%s\n    _COMM=deploy", at.Format("Mon 2006-01-02 15:04:05.000000 UTC"), n, l)
		})
	}},
	{"tail of several files", func(text string, _ time.Time) string {
		return "==> /var/log/other.log <==\nall is well\n\n==> /var/log/this.log <==\n" + text
	}},
	{"PowerShell transcript", func(text string, _ time.Time) string {
		return "**********************\nWindows PowerShell transcript start\nStart time: 20260630225900\nUsername: CORP\\ci\nRunAs User: CORP\\ci\n" +
			"Machine: BUILD7 (Microsoft Windows NT 10.0.17763.0)\nHost Application: powershell.exe -File deploy.ps1\nProcess ID: 812\nPSVersion: 5.1.17763.1\n" +
			"**********************\nTranscript started, output file is C:\\logs\\t.txt\n" + text +
			"**********************\nWindows PowerShell transcript end\nEnd time: 20260630235900\n**********************\n"
	}},
	{"GitLab sections", func(text string, _ time.Time) string {
		return "Running with gitlab-runner 15.0.0 (febb2a09)\nsection_start:1782860340:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\n" +
			text + "section_end:1782860400:step_script\r\x1b[0K\n"
	}},
	{"classic docker build", func(text string, _ time.Time) string {
		return "Sending build context to Docker daemon  3.072kB\nStep 1/2 : FROM debian:12\n ---> 4d1ad2e1cb5f\nStep 2/2 : RUN ./deploy.sh\n ---> Running in 0e1b2c3d4e5f\n" + text
	}},
	{"line ends of CR alone", func(text string, _ time.Time) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "\r", ""), "\n", "\r")
	}},
	{"progress before each line", func(text string, first time.Time) string {
		return wrapText(text, first, func(n int, _ time.Time, l string) string {
			var b strings.Builder
			for i := range n % 10 * 4 {
				fmt.Fprintf(&b, "\rfetched %d of 1600 objects", i*40)
			}
			return b.String() + "\r 99% [=====> ]\r" + l
		})
	}},
	{"CRI, lines in parts", criParts(4096)},
	{"CRI, lines in short parts", criParts(29)},
	{"GitLab timestamps, lines in pieces", func(text string, first time.Time) string {
		return wrapText(text, first, func(_ int, at time.Time, l string) string {
			stamp := at.Format("2006-01-02T15:04:05.000000Z ")
			return stamp + "00O " + strings.Join(cut(l, 31), "\n"+stamp+"00O+")
		})
	}},
	{"Fluent Bit, lines in parts", func(text string, first time.Time) string {
		return wrapText(text, first, func(_ int, at time.Time, l string) string {
			pieces := cut(l, 37)
			for i, p := range pieces {
				mark := "P"
				if i == len(pieces)-1 {
					mark = "F"
				}
				pieces[i] = fmt.Sprintf(`{"date":%d.%06d,"stream":"stdout","_p":"%s","log":%s}`, at.Unix(), at.Nanosecond()/1000, mark, quoted(p))
			}
			return strings.Join(pieces, "\n")
		})
	}},
}

// criParts cuts lines as containerd does, only shorter.
func criParts(size int) func(text string, first time.Time) string {
	return func(text string, first time.Time) string {
		return wrapText(text, first, func(_ int, at time.Time, l string) string {
			pieces := cut(l, size)
			for i, p := range pieces {
				pieces[i] = nano(at) + "stdout P " + p
			}
			last := len(pieces) - 1
			pieces[last] = strings.Replace(pieces[last], " P ", " F ", 1)
			return strings.Join(pieces, "\n")
		})
	}
}

// cut cuts a line into pieces of whole characters.
func cut(line string, size int) []string {
	var pieces []string
	for len(line) > size {
		n := size
		for !utf8.RuneStart(line[n]) {
			n--
		}
		pieces = append(pieces, line[:n])
		line = line[n:]
	}
	return append(pieces, line)
}

// How each part of a line may be coloured: 16 colours, bold, 256 colours, true colour
// with its colons, and what cargo and buildx write around words.
var colourings = [][2]string{
	{"\x1b[31m", "\x1b[0m"}, {"\x1b[1;31m", "\x1b[m"}, {"\x1b[38;5;196m", "\x1b[39m"}, {"\x1b[38:2::255:0:0m", "\x1b[39;49m"},
	{"\x1b[0m\x1b[0m\x1b[1m\x1b[38;5;9m", "\x1b[0m"}, {"\x1b[91m", "\x1b[0m\x1b[K"}, {"\x1b(B\x1b[m", "\x1b[22m"},
}

var (
	wordParts  = regexp.MustCompile(`\S+`)
	shortParts = regexp.MustCompile(`\S{1,3}`)
)

// coloured puts a colour around every part of a line.
func coloured(line string, n int, parts *regexp.Regexp) string {
	return parts.ReplaceAllStringFunc(line, func(part string) string {
		c := colourings[n%len(colourings)]
		n++
		return c[0] + part + c[1]
	})
}

// deepWrappers are wrappers inside one another, the outermost first.
var deepWrappers = [][]string{
	{"GitHub Actions", "compose v2, colours"},
	{"docker json-file", "compose v1"},
	{"CRI", "journald json"},
	{"journald short", "docker json-file"},
	{"journald json", "compose v2, colours"},
	{"Google Cloud Logging", "docker json-file, attrs"},
	{"fluentd out_file", "kubectl --prefix --timestamps"},
	{"Filebeat", "syslog RFC 5424"},
	{"Jenkins timestamper", "Jenkins [branch]"},
	{"Jenkins clock", "pdsh"},
	{"ts", "stern --timestamps, colours"},
	{"GitLab timestamps", "BuildKit"},
	{"gh run view --log", "compose v2, colours", "docker logs -t"},
	{"docker json-file", "colours, each word"},
	{"GitHub Actions", "colours, inside words"},
	{"Loki jsonl", "colours, inside words"},
	{"syslog RFC 3164", "docker json-file", "compose, timestamps", "Jenkins clock"},
}

func nano(at time.Time) string { return at.Format("2006-01-02T15:04:05.000000000Z ") }

// dockerLine escapes as encoding/json does, and so Docker: <, > and & too.
func dockerLine(_ int, at time.Time, l string) string {
	return `{"log":` + quoted(l+"\n") + `,"stream":"stderr","time":"` + at.Format("2006-01-02T15:04:05.000000000Z") + `"}`
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// object is a JSON object of keys and values, in order.
func object(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `,"%s":%s`, pairs[i], quoted(pairs[i+1]))
	}
	return "{" + b.String()[1:] + "}"
}

var (
	stampInLine = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`)
	noYearStamp = regexp.MustCompile(`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d`)
)

// timeOf returns the time that a line bears, or zero.
func timeOf(line string) time.Time {
	line = colourCodes.ReplaceAllString(line, "")
	if s := stampInLine.FindString(line); s != "" {
		t, _ := time.Parse("2006-01-02 15:04:05", strings.Replace(strings.Replace(s, "T", " ", 1), ",", ".", 1))
		return t
	}
	if t, err := time.Parse(time.Stamp, noYearStamp.FindString(line)); err == nil {
		return t.AddDate(exampleTime.Year(), 0, 0)
	}
	return time.Time{}
}

// wrapText puts each line of text into the wrapper. A line without a time of its
// own was written a thousandth of a second after the one above, the first one at
// first.
func wrapText(text string, first time.Time, wrap wrapped) string {
	var b strings.Builder
	at := first
	for n, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		at = at.Add(time.Millisecond)
		if t := timeOf(l); !t.IsZero() {
			at = t
		}
		b.WriteString(wrap(n, at, strings.TrimSuffix(l, "\r")) + "\n")
	}
	return b.String()
}

// lastTime is the latest time that logs bear: when those without times were
// written.
func lastTime(logs map[string]string) time.Time {
	last := time.Time{}
	for _, text := range logs {
		for l := range strings.Lines(text) {
			if t := timeOf(l); t.After(last) {
				last = t
			}
		}
	}
	if last.IsZero() {
		return exampleTime.Add(-time.Hour)
	}
	return last
}

// wrappedCases are the cases that are tried in every wrapper: some of each system,
// with stack traces, dumps over several lines, prompts, plays and quotes in them.
var wrappedCases = []string{
	"cs-2.1.1-license", "cs-5.2.1-task-failed", "bk-curl28-ingress", "bk-gse-both-default", "bk-job-gateway-seed", "bk-jobv3-both",
	"ca-docker-down", "ca-key-mode", "ca-publickey-denied", "ca-proxy-unreachable",
	"cs-1.2-security-groups", "cs-4-memory", "cs-6.1.3-database", "cs-host-back-before-the-failure",
	"curl-35", "curl-60", "mux-seed", "no-java-exception", "no-jenkins-failure",
	"ssh-host-key-changed", "ssh-jump-target-refused", "sshd-maxstartups", "two-independent", "win-firewall",
}

// TestWrappers puts the demo and logs of every system into each wrapper, and wants
// the answer to the plain logs: the same rules in the same order, with the same
// captures and, where lines keep their numbers, the same evidence.
func TestWrappers(t *testing.T) {
	base := loadedBase(t)
	logs := innerLogs(t)
	for i, w := range lineWrappers {
		checkWrapper(t, base, w.name, some(logs, i), answered, func(text string, first time.Time) string { return wrapText(text, first, w.wrap) })
	}
	for i, w := range textWrappers {
		checkWrapper(t, base, w.name, some(logs, i), named, w.wrap)
	}
}

// TestWrappersInWrappers does the same with several around one another.
func TestWrappersInWrappers(t *testing.T) {
	base := loadedBase(t)
	logs := innerLogs(t)
	for i, names := range deepWrappers {
		checkWrapper(t, base, strings.Join(names, " > "), some(logs, i), answered, func(text string, first time.Time) string {
			for i := len(names) - 1; i >= 0; i-- {
				text = wrapText(text, first, lineWrapper(t, names[i]))
			}
			return text
		})
	}
}

func lineWrapper(t *testing.T, name string) wrapped {
	for _, w := range lineWrappers {
		if w.name == name {
			return w.wrap
		}
	}
	t.Fatalf("no wrapper is called %q", name)
	return nil
}

func checkWrapper(t *testing.T, base *rules.Base, wrapper string, logs map[string]map[string]string, say func(reading) string, wrap func(string, time.Time) string) {
	t.Run(wrapper, func(t *testing.T) {
		t.Parallel()
		equal := 0
		for _, name := range slices.Sorted(maps.Keys(logs)) {
			if checkWrapped(t, base, wrapper, name, logs[name], say, wrap) {
				equal++
			}
		}
		if *allWrapped {
			fmt.Printf("| %s | %d | %d |\n", wrapper, len(logs), equal)
		}
	})
}

// innerLogs are the logs of cases by case and name.
func innerLogs(t *testing.T) map[string]map[string]string {
	logs := map[string]map[string]string{"demo": demoFiles(t)}
	for _, dir := range caseDirs(t) {
		// The wrappers here are in UTC and take the logs' times for theirs, which that
		// case is about.
		if name := filepath.Base(dir); name != "cs-zones-differ" && (*allWrapped || slices.Contains(wrappedCases, name)) {
			logs[name], _ = caseLogs(t, dir)
		}
	}
	return logs
}

// some is what the i-th wrapper gets: every third log, and the long demo every sixth
// wrapper. With -all-wrapped it is all.
func some(logs map[string]map[string]string, i int) map[string]map[string]string {
	if *allWrapped {
		return logs
	}
	out := map[string]map[string]string{}
	for n, name := range slices.Sorted(maps.Keys(logs)) {
		if name == "demo" && i%6 == 0 || name != "demo" && (n+i)%3 == 0 {
			out[name] = logs[name]
		}
	}
	return out
}

// checkWrapped reports whether the answer to wrapped logs is that to the plain ones.
func checkWrapped(t *testing.T, base *rules.Base, wrapper, name string, logs map[string]string, say func(reading) string, wrap func(string, time.Time) string) bool {
	t.Helper()
	names, first := sortedNames(logs), lastTime(logs)
	in := map[string]string{}
	for _, n := range names {
		in[n] = wrap(logs[n], first)
	}
	want, got := say(plainAnswer(t, base, name, logs)), say(diagnoseFiles(t, base, names, in))
	reason := exceptionOf(wrapper, name)
	switch {
	case want != got && reason == "":
		t.Errorf("%s:\nplain:\n%swrapped:\n%s", name, want, got)
	case want != got && *allWrapped:
		fmt.Printf("exception: %s: %s: %s\n", wrapper, name, reason)
	}
	return want == got
}

// plainAnswers keeps the answers to the plain logs, which every wrapper asks for.
var plainAnswers sync.Map

func plainAnswer(t *testing.T, base *rules.Base, name string, logs map[string]string) reading {
	t.Helper()
	once, _ := plainAnswers.LoadOrStore(name, sync.OnceValue(func() reading { return diagnoseFiles(t, base, sortedNames(logs), logs) }))
	return once.(func() reading)()
}

// answered is what a wrapper that keeps the lines must not change.
func answered(r reading) string {
	r.Causes = slices.Clone(r.Causes)
	for i := range r.Causes {
		c := &r.Causes[i]
		// The answer to the plain logs is shared by all wrappers, which run side by side.
		c.Evidence = slices.Clone(c.Evidence)
		slices.SortFunc(c.Evidence, func(a, b readEvidence) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line) })
	}
	return r.Verdict + "\n" + summary(r)
}

// named is what no wrapper must change.
func named(r reading) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Verdict)
	for _, c := range r.Causes {
		fmt.Fprintf(&b, "\t%s %v explains %v\n", c.Rule, c.Captures, rulesOf(c.Explains))
	}
	return b.String()
}

// wrapperExceptions are the wrappers, and the logs in them, that may have another
// answer, with the reason.
var wrapperExceptions = []struct {
	wrappers, logs, reason string
}{
	{`journald (?:export|json-pretty|verbose)`, `demo|bk-gse-conf-pasted|bk-job.*|ca-firewalld-closed|cs-.*|win-.*`,
		"each line is a record of its own, also those of a stack trace, a dump or an indented output"},
	{`(?:.* > )?(?:journald short.*|journald with-unit|journald json|syslog .*|rsyslog ISO|ts.*|ansible log_path)`,
		`bk-gse-conf-pasted|ca-firewalld-closed|win-empty-hostname|win-no-https-listener`,
		"plain and indented text behind a syslog's prefix is an entry of its own"},
	{`(?:.* > )?(?:compose, container_name|pdsh|parallel --tag|concurrently|Jenkins \[branch\])`,
		`bk-gse-conf-pasted|ca-firewalld-closed|ca-proxy-forwarding-off-sshd|cs-6.1.3-database|win-empty-hostname|win-no-https-listener|no-runner-failure`,
		"a prefix that is like text of a program stays before lines that nothing knows"},
	{`foreman|TeamCity|Jenkins clock(?: > pdsh)?`, `mux-.*|ssh-maintenance|sshd-.*`,
		"a log without times gets the clock's, and its date from the file's time stamp, which the other log's is not"},
	{`ts.*|ansible log_path`, `cs-2.1.1-license|cs-5.2.1-task-failed|cs-6.1.3-database`, "behind a stamp alone plain and indented text is an entry of its own"},
	{`ts.*`, `ssh-git-refused|ssh-rsync-timeout`, "text that nothing knows stays behind the stamp"},
	{`ts -s`, `demo|mux-.*|ssh-maintenance|sshd-.*`, "an offset is read as a time of day: it puts a log without times in an order among the others"},
	{`ansible log_path`, `cs-6.1.*|no-.*`, "plain text is taken for Ansible's"},
	{`Google Cloud Logging > docker json-file, attrs`, `demo|two-independent|bk-.*|mux-cygwin-master-side`,
		"a > or a quote that was escaped twice hides the rule's literal from the filter"},
}

// exceptionOf returns the reason why the answer may be another one, or nothing.
func exceptionOf(wrapper, log string) string {
	for _, x := range wrapperExceptions {
		if regexp.MustCompile(`^(?:`+x.wrappers+`)$`).MatchString(wrapper) && regexp.MustCompile(`^(?:`+x.logs+`)$`).MatchString(log) {
			return x.reason
		}
	}
	return ""
}
