package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diagnose"
	"diagnose/rules"
	"diagnose/source"
)

// variantExceptions are the variants that a rule need not survive, by rule and
// variant, with the reason.
var variantExceptions = map[string]string{
	"ansible/failure-ignored ci":         "open: behind a time stamp of its own, \"...ignoring\" is parsed as another entry",
	"build/python-module-missing behind": "the stamps inside the journal's lines are written anew in another season than the journal's: the log goes on for weeks",
	"build/python-module-missing ci":     "as behind",
	"ssh/library-connect-failed ci":      "the example's own stamps are of another year than the prefixes', which makes two stretches",
}

// fillerLines is how many healthy lines an embedded example stands among.
const fillerLines = 200

// variant is one way to write an example's streams anew.
type variant struct {
	name  string
	apply func(text string, f *filler) string
}

var variants = []variant{
	{"embedded", func(text string, f *filler) string { return f.embed(text, "\n") }},
	{"embedded-crlf", func(text string, f *filler) string { return f.embed(text, "\r\n") }},
	{"ci", func(text string, _ *filler) string { return prefixed(text, ciPrefix) }},
	{"compose", func(text string, _ *filler) string { return prefixed(text, composePrefix) }},
}

// behind takes the place of embedding for what holds only at the end of a log.
var behind = variant{"behind", func(text string, f *filler) string {
	return strings.Join(f.around(nil, f.plain), "\n") + "\n" + text
}}

// holdsLast reports whether a rule may hold because it ends its log.
func holdsLast(r *rules.Rule) bool { return strings.Contains(r.When.String(), "{last: ") }

// scripted is how NodeMan shows what its installer printed on the target; curl
// is what that installer runs.
var scripted = variant{"script", func(text string, _ *filler) string { return prefixed(text, func(int) string { return "[script] " }) }}

// TestVariants rewrites every positive example of every rule with other hosts,
// addresses, ids, versions and dates, puts it among healthy lines or behind the
// prefix of a carrier, and wants the same finding.
func TestVariants(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of diagnoses")
	}
	base := loadedBase(t)
	logs, _ := healthyLogs(t)
	f := newFiller(logs)
	for _, r := range base.All() {
		if r.Role == diagnose.RoleReason { // which has no findings, whatever its line stands in
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			positive := 0
			for i, x := range r.Examples {
				if x.Expect == nil {
					continue
				}
				// The first is embedded and prefixed, the others by turns.
				ways := []variant{variants[i%2], variants[2+i%2]}
				if holdsLast(r) {
					ways[0] = behind
				}
				if positive++; positive > 1 {
					ways = ways[positive%2 : positive%2+1]
				}
				if r.System == "curl" {
					ways = append(ways, scripted)
				}
				for _, v := range ways {
					checkVariant(t, base, r, x, v, f)
				}
			}
		})
	}
}

// typeset is what a blog or a word processor makes of a text.
func typeset(text string) string {
	return singleQuoted.ReplaceAllString(doubleQuoted.ReplaceAllString(text, "“${1}”"), "‘${1}’")
}

var (
	doubleQuoted = regexp.MustCompile(`"([^"\n]*)"`)
	singleQuoted = regexp.MustCompile(`'([^'\n]*)'`)
)

// TestTypeset wants the first example of rules with quotes in it to be found when the
// quotes were made typographic. A rule is missed where its one literal holds a quote and no
// mark of trouble stands beside it, so a few may be.
func TestTypeset(t *testing.T) {
	base := loadedBase(t)
	var quoted, found int
	for _, r := range base.All() {
		i := slices.IndexFunc(r.Examples, func(x rules.Example) bool { return x.Expect != nil })
		if r.Role == diagnose.RoleReason || i < 0 {
			continue
		}
		var streams []*source.Stream
		changed := false
		for _, name := range slices.Sorted(maps.Keys(r.Examples[i].Logs)) {
			text := typeset(r.Examples[i].Logs[name])
			changed = changed || text != r.Examples[i].Logs[name]
			streams = append(streams, source.Memory(name, text, exampleTime, source.Options{}))
		}
		if !changed {
			continue
		}
		e := newEngine(base, streams)
		e.workers = 1
		if _, err := e.diagnose(context.Background()); err != nil {
			t.Fatal(err)
		}
		quoted++
		if slices.ContainsFunc(e.findings, func(f *diagnose.Finding) bool { return f.Rule.ID == r.ID }) {
			found++
		} else {
			t.Logf("missed: %s", r.ID)
		}
	}
	if quoted < 800 || found < quoted*93/100 {
		t.Errorf("%d of %d rules found", found, quoted)
	}
}

func checkVariant(t *testing.T, base *rules.Base, r *rules.Rule, x rules.Example, v variant, f *filler) {
	t.Helper()
	if variantExceptions[r.ID+" "+v.name] != "" || variantExceptions[r.ID] != "" {
		return
	}
	w := newRewriter(r.ID+"/"+x.Name, x)
	var streams []*source.Stream
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(x.Logs)) {
		text := v.apply(w.rewrite(x.Logs[name]), f)
		texts = append(texts, text)
		streams = append(streams, source.Memory(name, text, exampleTime, source.Options{}))
	}
	e := newEngine(base, streams)
	e.workers = 1
	if _, err := e.diagnose(context.Background()); err != nil {
		t.Fatal(err)
	}
	why := "it is not found"
	for _, finding := range e.findings {
		if finding.Rule.ID == r.ID {
			if why = w.differs(x.Expect, finding.Captures); why == "" {
				return
			}
		}
	}
	text := strings.Join(texts, "\n---\n")
	if len(text) > 2000 {
		text = w.rewrite(strings.Join(slices.Collect(maps.Values(x.Logs)), "\n---\n"))
	}
	t.Errorf("%s:%d: example %q, variant %s: %s\n%.1500s", r.File, x.Line, x.Name, v.name, why, text)
}

// rewriter replaces what differs from one installation to the next, the same
// value always by the same other one.
type rewriter struct {
	r       *rand.Rand
	pattern *regexp.Regexp
	values  map[string]string // replacements of captured names and numbers
	other   map[string]string // replacements of everything else
}

// rewritten is what a rewriter looks for; a time stamp comes first so that the
// numbers in it are no ids.
const rewritten = `\b\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?)?` +
	`|\b\d\d:\d\d:\d\d(?:[.,]\d+)?` +
	`|\b\d{1,3}(?:\.\d{1,3}){3}\b` +
	`|\bjob-\d+|AsyncJobVO \{id: ?\d+|job origin: ?\d+` +
	`|\b(?:ctx-|logid:)[0-9a-f]{8}\b` +
	`|\b[irsv]-(?:\d+-)?\d+-VM\b` +
	`|\b(?:sshd|dnsmasq|dnsmasq-dhcp)\[\d+\]` +
	`|\bport (?:3[1-9]|[45]\d)\d{3}\b` +
	`|\bcurl/\d+\.\d+\.\d+|\bOpenSSH_\d\.\dp\d` +
	`|\bafter \d+ m`

// keptNames are captured words that the failure is about and that are no name of
// one installation.
var keptNames = map[string]bool{"localhost": true, "bk-zookeeper": true, "root": true}

var (
	nameCaptures = map[string]bool{"host": true, "server": true, "name": true, "user": true, "zkhost": true, "target": true, "proxy": true, "registry": true}
	hostName     = regexp.MustCompile(`^[a-z][a-z0-9-]{2,}(?:\.[a-z0-9-]+)*$`)
	number       = regexp.MustCompile(`^\d{1,4}$`)
)

func newRewriter(seed string, x rules.Example) *rewriter {
	h := fnv.New64a()
	h.Write([]byte(seed))
	w := &rewriter{r: rand.New(rand.NewPCG(h.Sum64(), 0)), values: map[string]string{}, other: map[string]string{}}
	var alternatives []string
	for _, name := range slices.Sorted(maps.Keys(x.Expect)) {
		value := x.Expect[name]
		switch {
		case !nameCaptures[name] || keptNames[value]:
			continue
		case number.MatchString(value):
			w.values[value] = w.digits(value)
		case hostName.MatchString(value) && !strings.HasPrefix(value, "web-"):
			w.values[value] = w.hostname(value)
		default:
			continue
		}
		alternatives = append(alternatives, `\b`+regexp.QuoteMeta(value)+`\b`)
	}
	slices.SortFunc(alternatives, func(a, b string) int { return len(b) - len(a) })
	w.pattern = regexp.MustCompile(strings.Join(append([]string{rewritten}, alternatives...), "|"))
	return w
}

func (w *rewriter) rewrite(text string) string {
	return w.pattern.ReplaceAllStringFunc(text, func(s string) string {
		if v, ok := w.values[s]; ok {
			return v
		}
		if _, ok := w.other[s]; !ok {
			w.other[s] = w.replacement(s)
		}
		return w.other[s]
	})
}

// replacement is another value of the same kind.
func (w *rewriter) replacement(s string) string {
	switch {
	case len(s) >= 10 && s[4] == '-':
		return shiftDate(s)
	case strings.Count(s, ".") == 3:
		return w.address(s)
	case strings.HasPrefix(s, "ctx-"), strings.HasPrefix(s, "logid:"):
		return s[:len(s)-8] + fmt.Sprintf("%08x", w.r.Uint32())
	case len(s) >= 8 && s[2] == ':':
		return s // the date moves, the time of day stays: order and distances remain
	case strings.HasPrefix(s, "port "):
		if w.values[s[5:]] == "" {
			w.values[s[5:]] = strconv.Itoa(31000 + w.r.IntN(29000))
		}
		return "port " + w.values[s[5:]]
	case strings.HasPrefix(s, "AsyncJobVO"), strings.HasPrefix(s, "job"):
		i := strings.LastIndexAny(s, "-: ") + 1
		return s[:i] + w.numbered(s[i:])
	}
	return digit.ReplaceAllStringFunc(s, w.digits)
}

var digit = regexp.MustCompile(`\d+`)

// numbered replaces a job's number, the same wherever it stands.
func (w *rewriter) numbered(s string) string {
	if _, ok := w.values[s]; !ok {
		w.values[s] = w.digits(s)
	}
	return w.values[s]
}

// digits is a number of as many digits that is another one.
func (w *rewriter) digits(s string) string {
	for {
		b := []byte(s)
		for i := range b {
			b[i] = '1' + byte(w.r.IntN(8))
		}
		if string(b) != s {
			return string(b)
		}
	}
}

// hostname is a name of the same shape; the top-level domain stays, and with it
// what .invalid and .local mean.
func (w *rewriter) hostname(s string) string {
	first, rest, _ := strings.Cut(s, ".")
	b := []byte(first)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = 'a' + byte(w.r.IntN(26))
		}
	}
	if rest == "" {
		return string(b)
	}
	return string(b) + "." + rest
}

// address is another address of the same network kind.
func (w *rewriter) address(s string) string {
	for _, special := range []string{"127.", "0.", "255.", "169.254.", "224."} {
		if strings.HasPrefix(s, special) {
			return s
		}
	}
	first, _, _ := strings.Cut(s, ".")
	if first == "192" || first == "172" || first == "198" { // private, or for tests, only with their second part
		first = strings.Join(strings.SplitN(s, ".", 3)[:2], ".")
		return fmt.Sprintf("%s.%d.%d", first, 1+w.r.IntN(250), 1+w.r.IntN(250))
	}
	return fmt.Sprintf("%s.%d.%d.%d", first, 1+w.r.IntN(250), 1+w.r.IntN(250), 1+w.r.IntN(250))
}

// shiftDate moves a date by 400 days, so that a year changes and distances stay.
func shiftDate(s string) string {
	d, err := time.Parse(time.DateOnly, s[:10])
	if err != nil {
		return s
	}
	return d.AddDate(0, 0, 400).Format(time.DateOnly) + s[10:]
}

// differs compares captures with the expected ones, rewritten.
func (w *rewriter) differs(want, got map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		v := want[name]
		if got[name] != w.rewrite(v) && (w.values[v] == "" || got[name] != w.values[v]) {
			return fmt.Sprintf("%s is %q, want %q", name, got[name], w.rewrite(v))
		}
	}
	return ""
}

// filler holds healthy lines to stand around an example.
type filler struct {
	cloudstack []string // heads of the management server, without an id's outcome
	plain      []string // lines that say nothing to any format
}

func newFiller(logs map[string]string) *filler {
	f := &filler{}
	for l := range strings.Lines(logs["cloudstack-benign.log"]) {
		if stamped.MatchString(l) && !strings.Contains(l, "job-") {
			f.cloudstack = append(f.cloudstack, strings.TrimRight(l, "\n"))
		}
	}
	for l := range strings.Lines(logs["git-push.log"]) {
		if l = strings.TrimRight(l, "\n"); strings.HasPrefix(l, "remote: ") {
			f.plain = append(f.plain, l)
		}
	}
	return f
}

var stamped = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} +(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)`)

// embed puts healthy lines around an example: around every entry where each line
// is an entry of the management server, else before and after the whole. A
// healthy line takes the time of the line that it stands by.
func (f *filler) embed(text, end string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	var out []string
	if slices.ContainsFunc(lines, func(l string) bool { return !stamped.MatchString(l) }) {
		out = f.around(lines, f.plain)
	} else {
		each := fillerLines / (len(lines) + 1)
		for i, l := range append(lines, lines[len(lines)-1]) {
			for n := range each {
				healthy := f.cloudstack[(i*each+n)%len(f.cloudstack)]
				out = append(out, l[:len("2006-01-02 15:04:05,000")]+healthy[len("2006-01-02 15:04:05,000"):])
			}
			if i < len(lines) {
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, end) + end
}

func (f *filler) around(lines, healthy []string) []string {
	var out []string
	for i := range fillerLines / 2 {
		out = append(out, healthy[i%len(healthy)])
	}
	out = append(out, lines...)
	for i := range fillerLines / 2 {
		out = append(out, healthy[(i*7)%len(healthy)])
	}
	return out
}

// prefixed puts a carrier's prefix before each line.
func prefixed(text string, prefix func(i int) string) string {
	var b strings.Builder
	for i, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(prefix(i) + l + "\n")
	}
	return b.String()
}

// composePrefix is what docker compose puts before a service's lines.
func composePrefix(int) string { return "app-1  | " }

// ciPrefix is the time stamp that a hosted runner puts before a line.
func ciPrefix(i int) string {
	t := time.Date(2022, 11, 4, 23, 27, 51, 747589200, time.UTC).Add(time.Duration(i) * 1370 * time.Microsecond)
	return t.Format("2006-01-02T15:04:05.0000000Z ")
}

// What a benign rule needs beside the trouble that it accounts for may be said all day: a web
// server's workers come and go, and one in the midst is replaced because it was slow.
func TestBenignAmongManyOfItsWitnesses(t *testing.T) {
	var b strings.Builder
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 50 {
		at = at.Add(5 * time.Hour)
		if i == 25 {
			fmt.Fprintf(&b, "[%s +0000] [30540] [CRITICAL] WORKER TIMEOUT (pid:30632)\n", at.Add(-6*time.Second).Format(time.DateTime))
		}
		fmt.Fprintf(&b, "[%s +0000] [%d] [INFO] Booting worker with pid: %d\n", at.Format(time.DateTime), 31000+i, 31000+i)
	}
	e := newEngine(loadedBase(t), []*source.Stream{source.Memory("gunicorn.log", b.String(), exampleTime, source.Options{})})
	v, err := e.diagnose(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != diagnose.VerdictClean {
		t.Errorf("verdict %s, %d findings", v.Kind, len(e.findings))
	}
}
