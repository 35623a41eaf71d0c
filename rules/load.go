package rules

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
	"gopkg.in/yaml.v3"

	"diagnose"
)

// MaxFile bounds a rule file, in bytes.
const MaxFile = 1 << 20

// Problem is a mistake in a rule file, with its place.
type Problem struct {
	File      string
	Line, Col int
	Text      string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Text)
}

// Load reads every *.yaml file below the root of files. dir is the name that
// problems and Rule.File show for it. Rules with problems are left out; all
// problems of all files are returned at once, in file and line order.
func Load(files fs.FS, dir string) ([]*Rule, []Problem) {
	type loaded struct {
		name     string // of the file, "" for one that is not to be read
		rule     *Rule
		problems []Problem
	}
	var all []loaded
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			all = append(all, loaded{problems: []Problem{{File: path.Join(dir, name), Text: reason(err)}}})
		case !d.IsDir() && strings.HasSuffix(name, ".yaml"):
			all = append(all, loaded{name: name})
		}
		return nil
	})
	if err != nil {
		all = append(all, loaded{problems: []Problem{{File: dir, Text: reason(err)}}})
	}
	inParallel(len(all), func(i int) {
		if l := &all[i]; l.name != "" {
			l.rule, l.problems = loadFile(files, l.name, path.Join(dir, l.name))
		}
	})
	var rules []*Rule
	var problems []Problem
	for _, l := range all {
		problems = append(problems, l.problems...)
		if l.rule != nil && len(l.problems) == 0 {
			rules = append(rules, l.rule)
		}
	}
	return rules, problems
}

// inParallel calls do with each number below n, on all cores.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	wait.Wait()
}

func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func loadFile(files fs.FS, name, shown string) (*Rule, []Problem) {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil: // reading says it
	case !info.Mode().IsRegular():
		return nil, []Problem{{File: shown, Text: "is no regular file"}}
	case info.Size() > MaxFile:
		return nil, []Problem{{File: shown, Text: fmt.Sprintf("the file has %d bytes, more than %d", info.Size(), MaxFile)}}
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, []Problem{{File: shown, Text: reason(err)}}
	}
	return Parse(strings.TrimSuffix(name, ".yaml"), shown, text)
}

// Parse reads one rule. id is its path without extension; file is the name that
// problems show.
func Parse(id, file string, text []byte) (*Rule, []Problem) {
	l := &loader{file: file}
	if len(text) > MaxFile {
		return nil, []Problem{{File: file, Text: fmt.Sprintf("the file has %d bytes, more than %d", len(text), MaxFile)}}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		l.yamlError(err)
		return nil, l.problems
	}
	if len(doc.Content) == 0 {
		l.problems = append(l.problems, Problem{File: file, Line: 1, Col: 1, Text: "the file is empty"})
		return nil, l.problems
	}
	root := doc.Content[0]
	l.root = root
	if l.hasAlias(root, 0) {
		return nil, l.problems
	}
	r := l.rule(id, root)
	sort.SliceStable(l.problems, func(i, j int) bool {
		a, b := l.problems[i], l.problems[j]
		return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
	})
	return r, l.problems
}

// loader turns nodes into a rule and collects every problem with its place.
type loader struct {
	file     string
	problems []Problem
	root     *yaml.Node
	links    []link

	// What one key says of another is checked when all are read; these remember
	// where it stands.
	blanks   []blankUse
	names    map[string]*yaml.Node // of signals
	patterns []captureUse
	by       []*yaml.Node
	joins    []*yaml.Node // names in explains.on
	expected []*yaml.Node // names of captures in examples
	asked    []captureAsked
	reads    *yaml.Node // the name in reads
	later    []func()   // checks of a condition that need all of it

	badPattern, badCond bool // what follows from these cannot be judged
}

// blankUse is the {{names}} of a text.
type blankUse struct {
	field            string
	node             *yaml.Node
	needed, optional []string
}

// captureUse is the captures of one pattern.
type captureUse struct {
	signal string
	node   *yaml.Node
	names  []string
}

// captureAsked is a capture that a condition asks of a signal.
type captureAsked struct {
	what, signal string
	node         *yaml.Node
	name         string
}

func (l *loader) fail(n *yaml.Node, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: l.file, Line: n.Line, Col: n.Column, Text: fmt.Sprintf(format, args...)})
}

func (l *loader) yamlError(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{File: l.file, Line: 1, Col: 1, Text: text}
	var line int
	if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
		p.Line = line
		_, p.Text, _ = strings.Cut(text, ": ")
	}
	l.problems = append(l.problems, p)
}

// hasAlias refuses anchors and aliases: a rule is read by people, and an alias
// can make a small file a huge one.
func (l *loader) hasAlias(n *yaml.Node, depth int) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		l.fail(n, "anchors and aliases are not allowed in rules")
		return true
	}
	if depth > 40 {
		l.fail(n, "nested more than 40 deep")
		return true
	}
	for _, c := range n.Content {
		if l.hasAlias(c, depth+1) {
			return true
		}
	}
	return false
}

// object calls the reader of each key of a mapping, and reports keys that have
// none, and keys given twice.
func (l *loader) object(n *yaml.Node, what string, readers map[string]func(key, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		l.fail(n, "%s must be a mapping of keys", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		read := readers[key.Value]
		switch {
		case seen[key.Value]:
			l.fail(key, "key %q is given twice", key.Value)
		case read == nil:
			l.fail(key, "unknown key %q in %s%s", key.Value, what, hint(key.Value, keys(readers)))
		default:
			read(key, v)
		}
		seen[key.Value] = true
	}
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// hint proposes the known name nearest to a mistyped one.
func hint(got string, known []string) string {
	if best := NearestName(got, known); best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return ""
}

// NearestName returns the known name that differs from a mistyped one by the fewest
// letters, "" where each differs by more than two.
func NearestName(got string, known []string) string {
	best, bestD := "", 3
	for _, k := range known {
		if d := editDistance(got, k); d < bestD {
			best, bestD = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
		}
		prev = cur
	}
	return prev[len(b)]
}

func (l *loader) text(into *string) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		if v.Kind != yaml.ScalarNode {
			l.fail(v, "%s must be a text", key.Value)
			return
		}
		*into = strings.TrimSpace(v.Value)
	}
}

// filled reads a text with blanks for captures.
func (l *loader) filled(into *string) func(key, v *yaml.Node) {
	read := l.text(into)
	return func(key, v *yaml.Node) {
		read(key, v)
		needed, optional := diagnose.Blanks(*into)
		l.blanks = append(l.blanks, blankUse{key.Value, v, needed, optional})
	}
}

// prose reads sentences: the line ends of the file are those of its author's
// editor, so lines are joined but for blank lines and lists.
func (l *loader) prose(into *string) func(key, v *yaml.Node) {
	read := l.filled(into)
	return func(key, v *yaml.Node) {
		read(key, v)
		*into = reflow(*into)
	}
}

// listItem is a line that begins an item of a list.
var listItem = regexp.MustCompile(`^\s*([-*•]|\d+[.)]|[a-z]\))\s`)

func reflow(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case i == 0:
		case trimmed == "", listItem.MatchString(line), strings.HasSuffix(b.String(), "\n"):
			b.WriteByte('\n')
		case !wideSeam(b.String(), trimmed):
			b.WriteByte(' ')
		}
		b.WriteString(trimmed)
	}
	return b.String()
}

// wideSeam reports whether Chinese stands on both sides of a line end, where no
// space belongs.
func wideSeam(before, after string) bool {
	a, _ := utf8.DecodeLastRuneInString(before)
	z, _ := utf8.DecodeRuneInString(after)
	return a >= 0x2e80 && z >= 0x2e80
}

func (l *loader) flag(into *bool) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		if v.Decode(into) != nil {
			l.fail(v, "%s must be true or false", key.Value)
		}
	}
}

// list reads a sequence of texts; a single text is a list of one.
func (l *loader) list(into *[]string) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		for _, item := range l.items(v) {
			if item.Kind != yaml.ScalarNode {
				l.fail(item, "%s must be a list of texts", key.Value)
				continue
			}
			*into = append(*into, item.Value)
		}
	}
}

func (l *loader) items(v *yaml.Node) []*yaml.Node {
	if v.Kind == yaml.SequenceNode {
		return v.Content
	}
	return []*yaml.Node{v}
}

// choice reads one word of a closed list.
func choice[T ~string](l *loader, into *T, words ...T) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		if slices.Contains(words, T(v.Value)) {
			*into = T(v.Value)
			return
		}
		var known []string
		for _, w := range words {
			known = append(known, string(w))
		}
		l.fail(v, "unknown %s %q: one of %s%s", key.Value, v.Value, strings.Join(known, ", "), hint(v.Value, known))
	}
}

func (l *loader) duration(into *time.Duration) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		if v.Value == "any" {
			*into = 0
			return
		}
		d, err := time.ParseDuration(v.Value)
		if err != nil || d <= 0 {
			l.fail(v, "%s must be a time like 30s, 10m, 24h or any, not %q", key.Value, v.Value)
			return
		}
		*into = d
	}
}

// rule reads the whole file.
func (l *loader) rule(id string, root *yaml.Node) *Rule {
	r := &Rule{File: l.file, Scope: ScopeCase}
	r.ID, r.Role, r.Severity, r.Confidence = id, diagnose.RoleCause, diagnose.SeverityError, diagnose.Confirmed
	var when, unless, cleared, versions *yaml.Node
	keep := func(into **yaml.Node) func(key, v *yaml.Node) {
		return func(_, v *yaml.Node) { *into = v }
	}
	readers := l.textReaders(&r.EN)
	for key, read := range map[string]func(key, v *yaml.Node){
		"system":          l.text(&r.System),
		"role":            choice(l, &r.Role, diagnose.RoleCause, diagnose.RoleSymptom, diagnose.RoleBenign, diagnose.RoleReason),
		"yields":          choice(l, &r.Yields, diagnose.ReachEntry, diagnose.ReachCase, diagnose.ReachStream),
		"reads":           func(k, v *yaml.Node) { l.reads = v; l.text(&r.Reads)(k, v) },
		"class":           l.text(&r.Class),
		"severity":        choice(l, &r.Severity, diagnose.SeverityError, diagnose.SeverityWarning, diagnose.SeverityInfo),
		"confidence":      choice(l, &r.Confidence, diagnose.Confirmed, diagnose.Likely, diagnose.Possible),
		"side":            choice(l, &r.Side, diagnose.Sides...),
		"recovered":       choice(l, &r.Recovered, diagnose.SeverityWarning, diagnose.SeverityInfo),
		"formats":         l.linked("formats", &r.Formats),
		"signals":         func(_, v *yaml.Node) { r.Signals = l.signals(v) },
		"when":            keep(&when),
		"unless":          keep(&unless),
		"cleared_by":      keep(&cleared),
		"clears":          func(_, v *yaml.Node) { r.Clears = l.clears(v, r) },
		"quiet":           l.duration(&r.Quiet),
		"scope":           choice(l, &r.Scope, ScopeEntry, ScopeCase, ScopeStream, ScopeInput),
		"by":              func(k, v *yaml.Node) { r.hasBy, l.by = true, l.items(v); l.list(&r.By)(k, v) },
		"despite_success": l.flag(&r.DespiteSuccess),
		"explains":        func(_, v *yaml.Node) { r.Explains = l.explains(v) },
		"refines":         l.linked("refines", &r.Refines),
		"candidate_of":    l.linked("candidate_of", &r.CandidateOf),
		"versions":        keep(&versions),
		"references":      l.list(&r.References),
		"zh":              func(_, v *yaml.Node) { l.object(v, "zh", l.textReaders(&r.ZH)) },
		"examples":        func(_, v *yaml.Node) { r.Examples = l.examples(v) },
	} {
		readers[key] = read
	}
	l.object(root, "a rule", readers)
	if when != nil {
		r.When = l.cond(when, r)
	}
	if unless != nil {
		r.Unless = l.cond(unless, r)
	}
	if cleared != nil {
		r.ClearedBy = l.cond(cleared, r)
	}
	for _, check := range l.later {
		check()
	}
	if r.Role == diagnose.RoleReason {
		l.reasonKeys(root)
		r.Confidence = diagnose.Possible // it knows no program, only the words
	}
	if r.Role == diagnose.RoleCause && r.Confidence == diagnose.Possible && r.Quiet == 0 && r.Scope != ScopeInput {
		// What only may be the cause is not asked about when the log went on for long without it.
		r.Quiet = possibleQuiet
		if r.ClearedBy == nil {
			r.Recovered = cmp.Or(r.Recovered, diagnose.SeverityWarning)
		}
	}
	l.complete(r, root)
	r.links = l.links
	return r
}

// possibleQuiet is the `quiet` of a cause of grade possible that has none of its own.
const possibleQuiet = time.Hour

// textReaders read the sentences that exist in both languages.
func (l *loader) textReaders(t *diagnose.Texts) map[string]func(key, v *yaml.Node) {
	return map[string]func(key, v *yaml.Node){
		"title":       l.prose(&t.Title),
		"cause":       l.prose(&t.Cause),
		"tells_apart": l.prose(&t.TellsApart),
		"fix":         func(k, v *yaml.Node) { t.Fix = l.steps(k, v) },
		"verify":      func(k, v *yaml.Node) { t.Verify = l.steps(k, v) },
	}
}

func (l *loader) steps(key, v *yaml.Node) []diagnose.Step {
	var steps []diagnose.Step
	for _, item := range l.items(v) {
		var s diagnose.Step
		if item.Kind == yaml.ScalarNode {
			l.prose(&s.Say)(key, item)
		} else {
			l.object(item, "a step of "+key.Value, map[string]func(key, v *yaml.Node){
				"say": l.prose(&s.Say), "run": l.filled(&s.Run), "expect": l.prose(&s.Expect),
			})
		}
		steps = append(steps, s)
	}
	return steps
}

func (l *loader) explains(v *yaml.Node) []diagnose.Explains {
	var out []diagnose.Explains
	for _, item := range l.items(v) {
		if item.Kind == yaml.ScalarNode {
			l.link("explains", item)
			out = append(out, diagnose.Explains{Rule: item.Value})
			continue
		}
		var e diagnose.Explains
		l.object(item, "explains", map[string]func(key, v *yaml.Node){
			"rule": l.linkedText("explains", &e.Rule), "symptom": l.linkedText("symptom", &e.Symptom), "on": func(k, v *yaml.Node) { l.joins = append(l.joins, l.items(v)...); l.list(&e.On)(k, v) },
			"within": l.duration(&e.Within), "across": l.flag(&e.Across),
		})
		if (e.Rule == "") == (e.Symptom == "") {
			l.fail(item, "explains needs either rule or symptom")
		}
		e.Across = e.Across || len(e.On) > 0
		out = append(out, e)
	}
	return out
}

func (l *loader) clears(v *yaml.Node, r *Rule) *Clears {
	c := Clears{Runs: RunsEarlier}
	var from *yaml.Node
	l.object(v, "clears", map[string]func(key, v *yaml.Node){
		"rules": l.linked("clears", &c.Rules), "except": l.linked("clears", &c.Except),
		"programs": l.list(&c.Programs),
		"from":     func(k, v *yaml.Node) { from = v; l.text(&c.From)(k, v) },
		"runs":     choice(l, &c.Runs, RunsEarlier, RunsOwn, RunsThis, RunsReplaced),
	})
	l.later = append(l.later, func() {
		if r.Role != diagnose.RoleBenign {
			l.fail(v, "clears is for rules of role benign: it shows that all is well")
		}
	})
	if len(c.Rules) == 0 {
		l.fail(v, "clears needs rules: the ids or globs of those that it shows to be over")
	}
	if from != nil {
		l.later = append(l.later, func() {
			if names := keys(l.names); !slices.Contains(names, c.From) {
				l.fail(from, "from: there is no signal %q%s", c.From, hint(c.From, names))
			}
		})
	}
	return &c
}

// link remembers where the file names something outside it.
func (l *loader) link(kind string, n *yaml.Node) {
	l.links = append(l.links, link{kind, n.Value, n.Line, n.Column})
}

func (l *loader) linked(kind string, into *[]string) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		for _, item := range l.items(v) {
			l.link(kind, item)
		}
		l.list(into)(key, v)
	}
}

func (l *loader) linkedText(kind string, into *string) func(key, v *yaml.Node) {
	return func(key, v *yaml.Node) {
		l.link(kind, v)
		l.text(into)(key, v)
	}
}

func (l *loader) signals(v *yaml.Node) []Signal {
	if v.Kind != yaml.MappingNode {
		l.fail(v, "signals must be a mapping of names")
		return nil
	}
	var out []Signal
	for i := 0; i+1 < len(v.Content); i += 2 {
		name, body := v.Content[i], v.Content[i+1]
		if !isName(name.Value) {
			l.fail(name, "bad signal name %q: lower-case letters, digits and _", name.Value)
		}
		if slices.ContainsFunc(out, func(s Signal) bool { return s.Name == name.Value }) {
			l.fail(name, "signal %q is given twice", name.Value)
		}
		if l.names == nil {
			l.names = map[string]*yaml.Node{}
		}
		l.names[name.Value] = name
		out = append(out, l.signal(name.Value, body, out))
	}
	return out
}

// signal reads one signal; above are those before it in the file.
func (l *loader) signal(name string, body *yaml.Node, above []Signal) Signal {
	s := Signal{Name: name}
	var where *yaml.Node
	var narrowed *Where // of the signal that this one is a part of
	pattern := func(source string, n *yaml.Node) {
		p, err := newPattern(source)
		if l.reason() && p != nil { // which is not sought
			p.Literals, err = nil, nil
		}
		if err != nil {
			l.badPattern = true
			l.fail(n, "signal %s: %v", name, err)
			return
		}
		s.Patterns = append(s.Patterns, p)
		l.patterns = append(l.patterns, captureUse{name, n, p.Captures})
	}
	before := len(l.problems)
	l.object(body, "signal "+name, map[string]func(key, v *yaml.Node){
		"match": func(_, v *yaml.Node) {
			for _, item := range l.items(v) {
				source, err := translate(item.Value)
				if err != nil {
					l.badPattern = true
					l.fail(item, "signal %s: %v", name, err)
					continue
				}
				pattern(source, item)
			}
		},
		"regex": func(_, v *yaml.Node) {
			for _, item := range l.items(v) {
				pattern(item.Value, item)
			}
		},
		"of": func(_, v *yaml.Node) {
			i := slices.IndexFunc(above, func(s Signal) bool { return s.Name == v.Value && len(s.Patterns) > 0 })
			if i < 0 {
				l.badPattern = true
				l.fail(v, "signal %s is of %q, which is no signal with a pattern above it", name, v.Value)
				return
			}
			for _, p := range above[i].Patterns {
				pattern(p.Regex, v)
			}
			narrowed = above[i].Where
		},
		"finding":  l.linkedText("finding", &s.Finding),
		"captures": l.list(&s.Captures),
		"where":    func(_, v *yaml.Node) { where = v },
	})
	if len(l.problems) == before {
		l.kindOfSignal(&s, body)
	}
	if where != nil {
		s.Where = l.where(&s, where)
	}
	switch {
	case narrowed == nil:
	case s.Where == nil:
		s.Where = &Where{Source: narrowed.Source, Captures: s.captures()}
	default:
		s.Where = &Where{Source: "(" + s.Where.Source + ") and (" + narrowed.Source + ")", Captures: s.captures()}
	}
	return s
}

// kindOfSignal checks that a signal is either a pattern or the finding of another
// rule.
func (l *loader) kindOfSignal(s *Signal, body *yaml.Node) {
	switch {
	case len(s.Patterns) == 0 && s.Finding == "":
		l.badPattern = true
		l.fail(body, "signal %s has none of match, regex, of and finding", s.Name)
	case len(s.Patterns) > 0 && s.Finding != "":
		l.fail(body, "signal %s is either a pattern or a finding, not both", s.Name)
	case s.Finding == "" && len(s.Captures) > 0:
		l.fail(body, "signal %s: captures belong to finding: a pattern names its own", s.Name)
	}
	if s.Finding != "" {
		l.patterns = append(l.patterns, captureUse{s.Name, body, s.Captures})
	}
}

func (l *loader) where(s *Signal, n *yaml.Node) *Where {
	w := &Where{Source: n.Value, Captures: s.captures()}
	if err := w.compile(); err != nil && !l.badPattern {
		l.whereError(n, w, err)
	}
	return w
}

// Names in the messages of the expression's compiler.
var (
	unknownName  = regexp.MustCompile(`^unknown name (\w+)$`)
	unknownField = regexp.MustCompile(`^type .* has no field (\w+)$`)
)

// whereError reports a bad expression at the place inside it, where the file
// shows that place as it is.
func (l *loader) whereError(n *yaml.Node, w *Where, err error) {
	at := *n
	text := diagnose.FirstLine(err.Error())
	var bad *file.Error
	if errors.As(err, &bad) {
		text = bad.Message
		switch {
		case bad.Line != 1 || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
			at.Column += bad.Column + 1
		default:
			at.Column += bad.Column
		}
	}
	if m := unknownName.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("unknown name %q%s", m[1], hint(m[1], slices.Concat(w.Captures, whereNames)))
	} else if m := unknownField.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("entry has no field %q%s", m[1], hint(m[1], whereFields))
	}
	l.fail(&at, "%s", text)
}

func (l *loader) examples(v *yaml.Node) []Example {
	var out []Example
	for _, item := range l.items(v) {
		e := Example{Line: item.Line, Logs: map[string]string{}}
		expected := false
		l.object(item, "an example", map[string]func(key, v *yaml.Node){
			"name": l.text(&e.Name),
			"log":  func(_, v *yaml.Node) { e.Logs["log"] = v.Value },
			"logs": func(_, v *yaml.Node) {
				if v.Decode(&e.Logs) != nil {
					l.fail(v, "logs must map stream names to texts")
				}
			},
			"expect": func(_, v *yaml.Node) {
				expected = true
				if v.Kind == yaml.ScalarNode && v.Value == "none" {
					return
				}
				e.Expect = map[string]string{}
				if v.Decode(&e.Expect) != nil {
					l.fail(v, "expect must be none or a mapping of captures")
					return
				}
				for i := 0; i+1 < len(v.Content); i += 2 {
					l.expected = append(l.expected, v.Content[i])
				}
			},
		})
		if !expected {
			l.fail(item, "the example has no expect: none, or the captures of the finding ({} for just the finding)")
		}
		if len(e.Logs) == 0 {
			l.fail(item, "the example has no log")
		}
		out = append(out, e)
	}
	return out
}
