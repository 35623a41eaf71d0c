package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/pflag"

	"diagnose/corpus"
	"diagnose/report"
	"diagnose/rules"
)

const corpusHelp = `diagnose corpus keeps past incidents: what broke, what the logs showed, what fixed it.

Examples
  diagnose corpus add job.log                    diagnose a log and keep the answer
  diagnose --save job.log                        the same, and print the answer
  diagnose corpus add report.json                from diagnose --format json
  diagnose corpus add --title 'DNS was down' --fix 'restarted named' --by lin
  diagnose corpus list
  diagnose corpus show 20261121-libvirtd-unreachable-a1b2c3
  diagnose corpus resolve 20261121-libvirtd-unreachable-a1b2c3 --fix 'systemctl enable --now libvirtd' --by lin
  diagnose corpus edit ID                        in $EDITOR
  diagnose corpus export > incidents.jsonl       and: diagnose corpus import incidents.jsonl
  diagnose corpus scan --rule my-rules/dns.yaml  which past incidents a rule would have caught
  diagnose corpus stats                          what fails most, what came back, what no rule explains

Usage
  diagnose corpus add [PATH...]     from a log, from a JSON report, or by hand with flags
  diagnose corpus list              every incident, those that came with the program too
  diagnose corpus show ID
  diagnose corpus edit ID           refused when broken; what was typed is kept
  diagnose corpus resolve ID        what fixed it, and who says so
  diagnose corpus remove ID...
  diagnose corpus export [ID...]    as lines of JSON
  diagnose corpus import [FILE...]  repeats are dropped by their id
  diagnose corpus check             mistakes in the files, with their places
  diagnose corpus scan --rule FILE|DIR
  diagnose corpus stats

An incident is one file, YAML and Markdown, in a directory that Git can hold.
Secrets are taken out before anything is kept; --mask-hosts takes out the names
of hosts, addresses and accounts too.

Flags
%s
Exit status
  0  done
  1  there is no such incident; scan: the rule catches none
  2  something went wrong: wrong flags, a broken file, a disk that is full
`

type corpusOptions struct {
	diagnoseOptions
	dir       string
	maskHosts bool

	id, title, fix, by, at, note string
	systems, ruleIDs             []string
	hosts, links                 []string
	ruleFile                     string
	own                          bool
}

func (o *corpusOptions) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.dir, "corpus", "", "`directory` of the incidents (default: DIAGNOSE_CORPUS, or the user's data directory)")
	fs.StringVar(&o.fix, "fix", "", "add, resolve: what fixed it")
	fs.StringVar(&o.by, "by", "", "add, resolve: who confirms that")
	fs.StringVar(&o.title, "title", "", "add: what happened, in a line")
	fs.StringVar(&o.note, "note", "", "add, resolve: notes in Markdown")
	fs.StringVar(&o.at, "time", "", "add: when it happened")
	fs.StringArrayVar(&o.systems, "system", nil, "add: what it happened in (repeatable)")
	fs.StringArrayVar(&o.hosts, "host", nil, "add: where it happened (repeatable)")
	fs.StringArrayVar(&o.links, "link", nil, "add, resolve: a ticket, a page (repeatable)")
	fs.StringVar(&o.id, "id", "", "add: the id (default: made of the day, the rule and a sum)")
	fs.StringArrayVar(&o.ruleIDs, "rule", nil, "add, resolve: the `rule` that explains it; scan: a file or directory of rules (repeatable)")
	fs.BoolVar(&o.maskHosts, "mask-hosts", false, "add, export: hide hosts, addresses and accounts too")
	fs.BoolVar(&o.own, "own", false, "list, export, scan, stats: without the incidents that came with the program")
	o.diagnoseOptions.addFlags(fs)
	for _, name := range []string{"case", "since", "until", "show", "fail-on", "near", "version", "quiet", "save", "redact", "spool"} {
		if fs.Lookup(name) != nil {
			_ = fs.MarkHidden(name)
		}
	}
}

func runCorpus(ctx context.Context, std stdio, args []string) int {
	var o corpusOptions
	fs := pflag.NewFlagSet("corpus", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.SortFlags = false
	o.addFlags(fs)
	if err := fs.Parse(args); err != nil {
		return std.usage("corpus", err)
	}
	if o.help || fs.NArg() == 0 {
		fmt.Fprintf(std.out, corpusHelp, fs.FlagUsagesWrapped(100))
		return 0
	}
	if err := o.check(); err != nil {
		return std.usage("corpus", err)
	}
	c := &corpusRun{corpusOptions: &o, std: std, lang: std.language(o.lang), store: corpus.Open(openIncidents(std, o.dir).dir)}
	run := map[string]func(context.Context, []string) int{
		"add": c.add, "list": c.list, "show": c.show, "edit": c.edit, "resolve": c.resolve, "remove": c.remove,
		"export": c.export, "import": c.importAll, "check": c.checkAll, "scan": c.scan, "stats": c.stats,
	}[fs.Arg(0)]
	if run == nil {
		return std.usage("corpus", fmt.Errorf("unknown corpus command %q: add, list, show, edit, resolve, remove, export, import, check, scan or stats", fs.Arg(0)))
	}
	return run(ctx, fs.Args()[1:])
}

// corpusRun is one run of a corpus command.
type corpusRun struct {
	*corpusOptions
	std   stdio
	lang  string
	store corpus.Store
}

// say returns the sentence in the language of the answer.
func (c *corpusRun) say(en, zh string, args ...any) string {
	return inLanguage(c.lang, en, zh, args...)
}

// tell prints a sentence, or the same as an object.
func (c *corpusRun) tell(object map[string]any, en, zh string, args ...any) int {
	if c.format == "json" {
		return c.json(object)
	}
	fmt.Fprintln(c.std.out, c.say(en, zh, args...))
	return 0
}

func (c *corpusRun) json(value any) int {
	enc := json.NewEncoder(c.std.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil && !closedPipe(err) {
		return c.std.fail("%v", err)
	}
	return 0
}

// failed turns an error of the store into a message and a status.
func (c *corpusRun) failed(err error) int {
	switch {
	case errors.Is(err, corpus.ErrNone):
		fmt.Fprintf(c.std.err, "diagnose: %v\n", err)
		c.std.hint("diagnose corpus list shows them all")
		return exitNone
	case errors.Is(err, corpus.ErrThere):
		c.std.fail("%v", err)
		c.std.hint("diagnose corpus show prints it; --id gives the new one another id")
		return exitWrong
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		c.std.fail("%s", line)
	}
	return exitWrong
}

// lockWait is how long a command waits for another one that writes.
const lockWait = 5 * time.Second

// locked runs work while no other process writes to the corpus.
func (c *corpusRun) locked(ctx context.Context, work func() error) error {
	if err := os.MkdirAll(c.store.Dir(), 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(c.store.Dir(), ".lock"))
	limit, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	ok, err := lock.TryLockContext(limit, 20*time.Millisecond)
	switch {
	case errors.Is(err, context.DeadlineExceeded), err == nil && !ok:
		return fmt.Errorf("another process has been writing to %s for %s: try again", c.store.Dir(), lockWait)
	case err != nil:
		return fmt.Errorf("%s: %w", c.store.Dir(), err)
	}
	defer lock.Unlock()
	return work()
}

// kept is an incident with where it comes from.
type kept struct {
	*corpus.Incident
	shipped bool
}

// all reads the user's incidents and, unless --own, the shipped ones; the user's
// take the place of shipped ones of the same id. What cannot be read is said.
func (c *corpusRun) all() (list []kept, status int) {
	mine, problems := c.store.All()
	for _, p := range problems {
		c.std.fail("%v", p)
		status = exitWrong
	}
	have := map[string]bool{}
	for _, in := range mine {
		have[in.ID] = true
		list = append(list, kept{in, false})
	}
	if !c.own {
		shipped, problems := corpus.Shipped()
		for _, p := range problems {
			c.std.fail("%v", p)
			status = exitWrong
		}
		for _, in := range shipped {
			if !have[in.ID] {
				list = append(list, kept{in, true})
			}
		}
	}
	slices.SortFunc(list, func(a, b kept) int { return strings.Compare(a.ID, b.ID) })
	return list, status
}

// shippedIncidents are those that came with the program, by their ids: read when
// somebody asks.
var shippedIncidents = sync.OnceValue(func() map[string]*corpus.Incident {
	out := map[string]*corpus.Incident{}
	list, _ := corpus.Shipped()
	for _, in := range list {
		out[in.ID] = in
	}
	return out
})

// find returns one incident, the user's or a shipped one.
func (c *corpusRun) find(id string) (kept, []byte, error) {
	in, text, err := c.store.Get(id)
	if !errors.Is(err, corpus.ErrNone) {
		return kept{in, false}, text, err
	}
	if x := shippedIncidents()[id]; x != nil {
		text, err := x.Marshal()
		return kept{x, true}, text, err
	}
	return kept{}, nil, err
}

// mine returns one of the user's incidents, to be changed.
func (c *corpusRun) mine(id string) (*corpus.Incident, []byte, error) {
	in, text, err := c.find(id)
	if err == nil && in.shipped {
		return nil, nil, fmt.Errorf("%s came with the program and cannot be changed: corpus export %s | sed 's/%s/my-%s/' | diagnose corpus import makes a copy", id, id, id, id)
	}
	return in.Incident, text, err
}

// row is what a list says of an incident.
type row struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Time      time.Time `json:"time,omitzero"`
	Systems   []string  `json:"systems,omitempty"`
	Rules     []string  `json:"rules,omitempty"`
	Fixed     bool      `json:"fixed"`
	Confirmed bool      `json:"confirmed"`
	Shipped   bool      `json:"shipped"`
}

func (c *corpusRun) list(_ context.Context, args []string) int {
	if len(args) > 0 {
		return c.std.usage("corpus", fmt.Errorf("list takes no names; diagnose search finds incidents"))
	}
	list, status := c.all()
	rows := []row{}
	for _, in := range list {
		rows = append(rows, row{in.ID, in.Title, in.Time, in.Systems, in.Rules, in.Fix != "", in.Fixed(), in.shipped})
	}
	if c.format == "json" {
		return max(status, c.json(map[string]any{"incidents": rows}))
	}
	for _, r := range rows {
		mark := c.say("open", "未解决")
		switch {
		case r.Confirmed:
			mark = c.say("confirmed", "已确认")
		case r.Fixed:
			mark = c.say("fixed", "有解法")
		}
		if r.Shipped {
			mark = c.say("shipped", "自带")
		}
		if _, err := fmt.Fprintf(c.std.out, "%-48s %-10s %s\n", r.ID, mark, report.Printable(r.Title)); err != nil {
			break
		}
	}
	if len(rows) == 0 && status == 0 {
		c.std.hint("%s", c.say("none yet: diagnose --save LOG keeps the first", "还没有事件：diagnose --save 日志 会保存第一个"))
	}
	return status
}

func (c *corpusRun) show(_ context.Context, args []string) int {
	if len(args) != 1 {
		return c.std.usage("corpus", errors.New("show needs the id of one incident"))
	}
	in, text, err := c.find(args[0])
	if err != nil {
		return c.failed(err)
	}
	if c.format == "json" {
		return c.json(in.Incident)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if _, err := fmt.Fprintln(c.std.out, line[:indent]+report.Printable(line[indent:])); err != nil {
			break
		}
	}
	return 0
}

func (c *corpusRun) remove(ctx context.Context, ids []string) int {
	if len(ids) == 0 {
		return c.std.usage("corpus", errors.New("remove needs the ids of incidents"))
	}
	for _, id := range ids {
		if in, _, err := c.find(id); err == nil && in.shipped {
			return c.std.fail("%s came with the program and cannot be removed; --own leaves such ones out", id)
		}
		if err := c.locked(ctx, func() error { return c.store.Remove(id) }); err != nil {
			return c.failed(err)
		}
		if status := c.tell(map[string]any{"removed": id}, "removed %s", "已删除 %s", id); status != 0 {
			return status
		}
	}
	return 0
}

func (c *corpusRun) export(_ context.Context, ids []string) int {
	var list []kept
	status := 0
	if len(ids) == 0 {
		list, status = c.all()
	}
	for _, id := range ids {
		in, _, err := c.find(id)
		if err != nil {
			return c.failed(err)
		}
		list = append(list, in)
	}
	base, failed := c.maskBase()
	if failed != 0 {
		return failed
	}
	for _, in := range list {
		out := copyIncident(in.Incident)
		redactIncident(newRedactor(base, c.maskHosts), out)
		if err := corpus.Export(c.std.out, []*corpus.Incident{out}); err != nil {
			if closedPipe(err) {
				return status
			}
			return c.std.fail("%v", err)
		}
	}
	return status
}

// maskBase loads the rules where names are to be masked, since their words stay.
func (c *corpusRun) maskBase() (*rules.Base, int) {
	if !c.maskHosts {
		return nil, 0
	}
	return loadBase(c.std, c.rules)
}

// copyIncident copies what redactIncident changes.
func copyIncident(in *corpus.Incident) *corpus.Incident {
	out := *in
	out.Causes, out.Evidence, out.Fingerprint = slices.Clone(in.Causes), slices.Clone(in.Evidence), slices.Clone(in.Fingerprint)
	out.Links, out.IDs, out.Hosts = slices.Clone(in.Links), slices.Clone(in.IDs), slices.Clone(in.Hosts)
	if in.Captures != nil {
		out.Captures = map[string]string{}
		for name, v := range in.Captures {
			out.Captures[name] = v
		}
	}
	return &out
}

func (c *corpusRun) importAll(ctx context.Context, files []string) int {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var n imported
	for _, file := range files {
		in, place := io.Reader(interruptible{ctx, c.std.in}), "standard input"
		if file != "-" {
			f, err := os.Open(file)
			if err != nil {
				return c.std.fail("%v", err)
			}
			defer f.Close()
			in, place = f, file
		}
		err := c.locked(ctx, func() error { return c.importFrom(ctx, place, in, &n) })
		if err != nil {
			return c.failed(err)
		}
	}
	shipped := c.tell(map[string]any{"added": n.added, "repeats": n.repeats, "conflicts": n.conflicts, "refused": n.refused},
		"added %d, already there %d, left out since yours differ %d, refused %d", "新增 %d，已存在 %d，与已有内容不同而未导入 %d，拒绝 %d", n.added, n.repeats, n.conflicts, n.refused)
	if n.refused > 0 {
		return exitWrong
	}
	return shipped
}

// imported counts what became of the lines of an import.
type imported struct{ added, repeats, conflicts, refused int }

func (c *corpusRun) importFrom(ctx context.Context, place string, r io.Reader, n *imported) error {
	problems, err := corpus.Import(place, r, func(in *corpus.Incident) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		redactIncident(newRedactor(nil, false), in)
		was, text, err := c.find(in.ID)
		if errors.Is(err, corpus.ErrNone) {
			n.added++
			return c.store.Add(in)
		}
		if err != nil {
			return err
		}
		if same, err := in.Marshal(); err == nil && string(same) == string(text) {
			n.repeats++
			return nil
		}
		n.conflicts++
		from := ""
		if was.shipped {
			from = c.say(" (it came with the program)", "（随程序附带）")
		}
		c.std.note("%s", c.say("%s is there already and differs: the one there stays%s", "%s 已存在且内容不同：保留原有的%s", in.ID, from))
		return nil
	})
	for _, p := range problems {
		n.refused++
		c.std.fail("%v", p)
	}
	return err
}

func (c *corpusRun) checkAll(_ context.Context, args []string) int {
	if len(args) > 0 {
		return c.std.usage("corpus", errors.New("check takes no names"))
	}
	list, problems := c.store.All()
	var texts []string
	for _, p := range problems {
		texts = append(texts, strings.Split(p.Error(), "\n")...)
	}
	for _, in := range list {
		if n := redactIncident(newRedactor(nil, false), copyIncident(in)); n > 0 {
			texts = append(texts, corpus.Problem{Place: c.store.Path(in.ID), Reason: c.say("holds %d secrets: diagnose corpus edit takes them out", "含有 %d 个密钥或口令：diagnose corpus edit 会去除", n)}.Error())
		}
	}
	if c.format == "json" {
		c.json(map[string]any{"incidents": len(list), "problems": append([]string{}, texts...)})
	} else {
		for _, t := range texts {
			fmt.Fprintln(c.std.out, report.Printable(t))
		}
		if c.lang == "zh" {
			fmt.Fprintf(c.std.out, "%d 个事件，%d 个问题\n", len(list), len(texts))
		} else {
			fmt.Fprintf(c.std.out, "%s, %s\n", counted(len(list), "incident"), counted(len(texts), "problem"))
		}
	}
	if len(texts) > 0 {
		return exitWrong
	}
	return 0
}
