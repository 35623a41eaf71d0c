package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"diagnose"
	"diagnose/parser"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

const diagnoseHelp = `diagnose finds the root cause in the logs of a job that broke.

Examples
  diagnose management-server.log agent.log      files
  ssh deploy@host ./deploy.sh 2>&1 | diagnose   a pipe
  diagnose /var/log/cloudstack                  a directory, recursively
  diagnose --case job-733 management-server.log one job, with its time line
  diagnose --format json job.log | jq '.causes[0]'
  diagnose explain ssh/connect-timeout job.log  why a rule holds, or what it lacks
  diagnose --near job.log                       which rules nearly matched
  diagnose rules list                           what it knows

Usage
  diagnose [flags] [PATH...]     files, directories, globs; - or nothing is standard input

Flags
%s
Commands
%s
Exit status
  0  a cause was found
  1  none was: the log is clean, or the trouble in it is unexplained
  2  something went wrong: wrong flags, unreadable input, a bad rule
  3  with --fail-on, when such a finding is there
`

type diagnoseOptions struct {
	common
	caseName  string
	since     string
	until     string
	now       string
	zones     []string
	failOn    string
	show      string
	near      bool
	save      bool
	redact    bool
	spool     int64
	blockSize int
	quiet     bool
	help      bool
	version   bool
}

// common are the flags of every command that prints an answer.
type common struct {
	format, lang, color string
	rules               []string
}

func (o *common) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.format, "format", "text", "output: text or json")
	fs.StringVar(&o.lang, "lang", "", "language of the answer: en or zh (default: the locale's); errors are English")
	fs.StringVar(&o.color, "color", "auto", "colour: auto, always or never")
	fs.StringArrayVar(&o.rules, "rules", nil, "add the rules of a `directory`; the same id replaces (repeatable)")
}

func (o *common) check() error {
	for _, c := range []struct {
		flag, value string
		words       []string
	}{
		{"format", o.format, []string{"text", "json"}},
		{"lang", o.lang, []string{"", "en", "zh"}},
		{"color", o.color, []string{"auto", "always", "never"}},
	} {
		if !slices.Contains(c.words, c.value) {
			return fmt.Errorf("--%s takes %s, not %q", c.flag, strings.Join(slices.DeleteFunc(c.words, func(s string) bool { return s == "" }), ", "), c.value)
		}
	}
	return nil
}

func (o *diagnoseOptions) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.caseName, "case", "", "only this case, with its time line: `job-733`, a logid, VM, host or task")
	fs.StringVar(&o.since, "since", "", "only from this log `time` on: 2026-01-31T10:00 or 10:00")
	fs.StringVar(&o.until, "until", "", "only up to this log `time`")
	fs.StringVar(&o.now, "now", "", "the `time` before which stamps without a year lie (default: the file's time stamp)")
	fs.StringArrayVar(&o.zones, "tz", nil, "the `zone` of stamps without one, where the logs do not tell: +08:00 or Asia/Shanghai; 'agent*.log=UTC' for some files (repeatable)")
	o.common.addFlags(fs)
	fs.StringVar(&o.show, "show", "", "print one phase and stop: lines, entries or cases")
	fs.BoolVar(&o.near, "near", false, "list the rules that nearly matched, nearest first")
	fs.StringVar(&o.failOn, "fail-on", "", "exit with 3 on: warning, error or unexplained")
	fs.BoolVar(&o.save, "save", false, "keep the answer, without secrets, among the past incidents")
	fs.BoolVar(&o.redact, "redact", false, "take passwords, tokens and keys out of the answer")
	fs.Int64Var(&o.spool, "spool", 4<<30, "`bytes` of a pipe that are kept to be read again")
	fs.IntVar(&o.blockSize, "block-size", 1<<20, "`bytes` read at a time")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "no elapsed time on stderr")
	fs.BoolVarP(&o.help, "help", "h", false, "this text")
	fs.BoolVar(&o.version, "version", false, "the version")
	fs.SortFlags = false
	_ = fs.MarkHidden("block-size")
}

func (o *diagnoseOptions) check() error {
	if err := o.common.check(); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "lines", "entries", "cases", "literals"}, o.show) {
		return fmt.Errorf("--show takes lines, entries or cases, not %q", o.show)
	}
	if o.redact && (o.show != "" || o.caseName != "" || o.near) {
		return errors.New("--redact is for the answer: not with --case, --show or --near, which print the log")
	}
	if o.spool < 0 || o.blockSize < 1 {
		return errors.New("--spool and --block-size take a number of bytes")
	}
	if !slices.Contains([]string{"", "warning", "error", "unexplained"}, o.failOn) {
		return fmt.Errorf("--fail-on takes warning, error or unexplained, not %q", o.failOn)
	}
	return nil
}

func runDiagnose(ctx context.Context, std stdio, args []string) int {
	var o diagnoseOptions
	fs := pflag.NewFlagSet("diagnose", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.addFlags(fs)
	if err := fs.Parse(args); err != nil {
		return std.usage("", err)
	}
	switch {
	case o.help:
		fmt.Fprintf(std.out, diagnoseHelp, fs.FlagUsagesWrapped(100), commandList())
		return 0
	case o.version:
		fmt.Fprintln(std.out, version())
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("", err)
	}
	if fs.NArg() == 0 && std.terminal(std.in) {
		lang := std.language(o.lang)
		std.note("%s", inLanguage(lang, "reading the log from the terminal: paste it, then press Ctrl-D", "正在从终端读取日志：粘贴后按 Ctrl-D"))
		std.hint("%s", inLanguage(lang, "name files or directories, or pipe a log in: %s", "也可以给出文件或目录，或用管道输入：%s", "./deploy.sh 2>&1 | diagnose"))
	}
	return o.diagnose(ctx, std, fs.Args())
}

func commandList() string {
	var b strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&b, "  diagnose %-45s %s\n", c.name+" "+c.args, c.summary)
	}
	return b.String()
}

// diagnose opens the input and prints the answer.
func (o *diagnoseOptions) diagnose(ctx context.Context, std stdio, paths []string) int {
	started := time.Now()
	// What is made at the start stays, and a short log is read sooner than it is looked
	// through for what may go.
	debug.SetGCPercent(400)
	base, status := loadBase(std, o.rules)
	if base == nil {
		return status
	}
	streams, problems := o.streams(ctx, std, paths)
	defer func() {
		for _, s := range streams {
			s.Close()
		}
	}()
	e := newEngine(base, streams)
	e.long = long(streams)
	e.problems, e.case_ = problems, o.caseName
	if err := o.times(e, started); err != nil {
		return std.usage("", err)
	}
	for _, zone := range o.zones {
		if err := e.clock.addZone(zone); err != nil {
			return std.usage("", fmt.Errorf("--tz: %w", err))
		}
	}
	if o.show != "" {
		return o.exit(std, e, nil, e.show(ctx, std.out, o.show))
	}
	v, err := e.diagnose(ctx)
	whole := v
	if err == nil && o.redact {
		v = redactVerdict(newRedactor(base, false), v)
	}
	switch {
	case err == nil && o.near:
		err = o.printNear(ctx, std, e, v)
	case err == nil:
		v.Seen = seenBefore(ctx, std, base, v)
		err = o.print(std, e, v)
	}
	if o.save && err == nil {
		err = o.saveVerdict(ctx, std, base, whole)
	}
	if err == nil && !o.quiet && std.terminal(std.err) {
		std.note("%s", inLanguage(std.language(o.lang), "%d bytes in %s", "%d 字节，用时 %s", v.Stats.Bytes, time.Since(started).Round(time.Millisecond)))
	}
	return o.exit(std, e, v, err)
}

// streams finds what the paths mean, and what is in archives among it. When the
// context ends meanwhile, the first pass says so.
func (o *diagnoseOptions) streams(ctx context.Context, std stdio, paths []string) ([]*source.Stream, []source.Problem) {
	streams, problems := source.Open(paths, std.in, source.Options{SpoolLimit: o.spool, BlockSize: o.blockSize})
	streams, more, _ := source.Unpack(ctx, streams)
	return streams, source.Tidy(append(problems, more...))
}

// long reports whether there may be much to read.
func long(streams []*source.Stream) bool {
	total := int64(0)
	for _, s := range streams {
		if s.Size < 0 {
			return true
		}
		total += s.Size
	}
	return total > 16<<20
}

func (o *diagnoseOptions) print(std stdio, e *engine, v *diagnose.Verdict) error {
	lang := std.language(o.lang)
	if o.format == "json" {
		return report.JSON(std.out, v, lang)
	}
	style := report.Style{Lang: lang, Color: std.useColor(o.color)}
	if std.terminal(std.out) {
		style.Width = min(std.width(), 120)
	}
	if o.caseName != "" {
		if err := report.Timeline(std.out, e.timeline(), style); err != nil {
			return err
		}
	}
	return report.Text(std.out, v, style)
}

// exit turns the outcome into a status: 2 beats 3 beats 0 and 1.
func (o *diagnoseOptions) exit(std stdio, e *engine, v *diagnose.Verdict, err error) int {
	wrong := e.unread()
	for _, p := range wrong {
		std.fail("%v", p)
	}
	switch {
	case err != nil && closedPipe(err):
		return exitFound
	case errors.Is(err, context.Canceled):
		return std.fail("interrupted")
	case err != nil:
		return std.fail("%v", err)
	case len(wrong) > 0:
		return exitWrong
	case v == nil:
		return exitFound
	case o.failsOn(v):
		return exitFailOn
	case v.Kind == diagnose.VerdictCause:
		return exitFound
	}
	return exitNone
}

func (o *diagnoseOptions) failsOn(v *diagnose.Verdict) bool {
	switch o.failOn {
	case "warning":
		return len(v.Warnings) > 0 || len(v.Causes) > 0
	case "error":
		return len(v.Causes) > 0
	case "unexplained":
		return len(v.Unexplained) > 0 || len(v.Symptoms) > 0
	}
	return false
}

// unread returns the problems that make the run go wrong: a place that was
// asked for and could not be read, wholly or in part.
func (e *engine) unread() []source.Problem {
	return slices.DeleteFunc(e.allProblems(), func(p source.Problem) bool { return p.Grade < source.Partial })
}

// times reads --now, --since and --until. A time of day alone means the day of
// --now, or today.
func (o *diagnoseOptions) times(e *engine, today time.Time) error {
	for _, t := range []struct {
		flag, value string
		into        *time.Time
	}{{"now", o.now, &e.clock.now}, {"since", o.since, &e.window.since}, {"until", o.until, &e.window.until}} {
		if t.value == "" {
			continue
		}
		day := today
		if !e.clock.now.IsZero() {
			day = e.clock.now
		}
		got, err := parseTime(t.value, day)
		if err != nil {
			return fmt.Errorf("--%s: %w", t.flag, err)
		}
		*t.into = got
	}
	if w := e.window; !w.since.IsZero() && !w.until.IsZero() && w.until.Before(w.since) {
		return fmt.Errorf("--since %s is after --until %s: no entry is in between", o.since, o.until)
	}
	return nil
}

func parseTime(s string, day time.Time) (time.Time, error) {
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			y, m, d := day.UTC().Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2026-01-31T10:00:00, 2026-01-31 10:00 or 10:00", s)
}

// loadBase loads the embedded rules and those of the directories. A bad rule in
// a directory stops the run: a verdict without it would look complete. A bad
// embedded one, which no release has, is said and left out.
func loadBase(std stdio, dirs []string) (*rules.Base, int) {
	status := 0
	cache := cacheDir(std)
	base := rules.Cached(cache, dirs, func() (*rules.Base, bool) {
		if len(dirs) == 0 {
			cache = "" // what is read once is not worth writing twice
		}
		base, good := readBase(std, cache, dirs)
		if base == nil {
			status = exitWrong
		}
		return base, good
	})
	return base, status
}

// loadWhole is loadBase without the cache, which has no examples.
func loadWhole(std stdio, dirs []string) (*rules.Base, int) {
	base, _ := readBase(std, cacheDir(std), dirs)
	if base == nil {
		return nil, exitWrong
	}
	return base, 0
}

// readBase reads every rule file and says what is wrong; the base is nil when a
// directory's rules are, and good when nothing is.
func readBase(std stdio, cache string, dirs []string) (base *rules.Base, good bool) {
	base, ours, theirs := openBase(cache, dirs)
	for _, p := range append(ours, theirs...) {
		std.fail("%v", p)
	}
	if len(theirs) > 0 {
		std.hint("diagnose rules check DIR shows the same without reading logs")
		return nil, false
	}
	return base, len(ours) == 0
}

// cacheDir is where the loaded rule base is kept; DIAGNOSE_CACHE names another
// place, or "off".
func cacheDir(std stdio) string {
	switch dir := std.getenv("DIAGNOSE_CACHE"); dir {
	case "off":
		return ""
	case "":
		cache, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		return filepath.Join(cache, "diagnose")
	default:
		return dir
	}
}

// openBase returns the base of all rules without problems, the problems of the
// embedded ones, and those of the directories. cache is the directory of caches, or "".
func openBase(cache string, dirs []string) (base *rules.Base, ours, theirs []error) {
	embedded, problems := rules.Shipped(cache)
	for _, p := range problems {
		ours = append(ours, p)
	}
	base, more, theirs := joinBase(embedded, problems, dirs)
	return base, append(ours, more...), theirs
}

// joinBase adds the rules of directories to the embedded ones, of which broken are the
// problems of those left out.
func joinBase(embedded []*rules.Rule, broken []rules.Problem, dirs []string) (base *rules.Base, ours, theirs []error) {
	sets := [][]*rules.Rule{embedded}
	mine := map[string]bool{} // files of the directories
	for _, dir := range dirs {
		if err := usableDir(dir); err != nil {
			theirs = append(theirs, fmt.Errorf("--rules %s: %w", dir, err))
			continue
		}
		set, problems := rules.Load(os.DirFS(dir), dir)
		broken = slices.Concat(broken, problems)
		for _, p := range problems {
			theirs = append(theirs, p)
		}
		sets = append(sets, set)
		for _, r := range set {
			mine[r.File] = true
		}
	}
	base = rules.NewBase(sets...)
	for _, p := range checkBase(base, broken) {
		if mine[p.File] {
			theirs = append(theirs, p)
		} else {
			ours = append(ours, p)
		}
	}
	return base, ours, theirs
}

// usableDir returns the reason why the rules of a directory cannot be read, without
// its name.
func usableDir(dir string) error {
	info, err := os.Stat(dir)
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return path.Err
	case err == nil && !info.IsDir():
		return errors.New("not a directory")
	}
	return err
}

// checkBase reports what only the whole base shows, of which broken are the files that
// were left out.
func checkBase(base *rules.Base, broken []rules.Problem) []rules.Problem {
	var formats []string
	for _, f := range parser.Formats() {
		formats = append(formats, f.Name)
	}
	all := base.All()
	return append(rules.CheckLinks(all, broken), rules.CheckFormats(all, formats)...)
}
