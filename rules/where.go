package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"diagnose"
)

// Where is the expression of a signal over the entry and the captures.
type Where struct {
	Source   string
	Captures []string
	once     sync.Once
	program  *vm.Program
	// entry is what the expression asks of the entry alone, nil for nothing: it is known
	// before a pattern was tried.
	entry *vm.Program
	err   error
}

// whereEntry is what `entry` means in an expression.
type whereEntry struct {
	Level   int    `expr:"level"`
	Hour    int    `expr:"hour"`
	Format  string `expr:"format"`
	Host    string `expr:"host"`
	Process string `expr:"process"`
	PID     string `expr:"pid"`
	Thread  string `expr:"thread"`
	Logger  string `expr:"logger"`
	Message string `expr:"message"`
	Stream  string `expr:"stream"`
}

// Names that every expression knows, for hints.
var (
	whereNames  = []string{"entry", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}
	whereFields = []string{"level", "hour", "format", "host", "process", "pid", "thread", "logger", "message", "stream"}
)

func whereEnv(e *diagnose.Entry, captures map[string]string) map[string]any {
	env := map[string]any{
		"TRACE": int(diagnose.LevelTrace), "DEBUG": int(diagnose.LevelDebug), "INFO": int(diagnose.LevelInfo),
		"WARN": int(diagnose.LevelWarn), "ERROR": int(diagnose.LevelError), "FATAL": int(diagnose.LevelFatal),
		"entry": whereEntry{
			Level: int(e.Level), Hour: e.Time.Hour(), Format: e.Format, Host: e.Host, Process: e.Process,
			PID: e.PID, Thread: e.Thread, Logger: e.Logger, Message: e.Message, Stream: e.Stream,
		},
	}
	for name, value := range captures {
		env[name] = value
	}
	return env
}

// compile checks the expression. The first error names what is wrong and where
// in the expression.
func (w *Where) compile() error {
	w.once.Do(func() {
		captures := map[string]string{}
		for _, c := range w.Captures {
			captures[c] = ""
		}
		env := whereEnv(&diagnose.Entry{}, captures)
		compile := func(source string) (*vm.Program, error) {
			return expr.Compile(source, expr.Env(env), expr.AsBool(),
				expr.DisableBuiltin("now")) // rules run on log time
		}
		if w.program, w.err = compile(w.Source); w.err != nil {
			return
		}
		if asks := w.ofEntry(); asks != "" {
			// What cannot be written out again is asked with the rest.
			w.entry, _ = compile(asks)
		}
	})
	return w.err
}

// ofEntry returns those of the expression's parts, joined by "and", that have no
// capture in them.
func (w *Where) ofEntry() string {
	tree, err := parser.Parse(w.Source)
	if err != nil {
		return ""
	}
	var asks []string
	var collect func(ast.Node)
	collect = func(n ast.Node) {
		if b, ok := n.(*ast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "&&") {
			collect(b.Left)
			collect(b.Right)
			return
		}
		names := &namesIn{}
		ast.Walk(&n, names)
		if !slices.ContainsFunc(names.all, func(name string) bool { return slices.Contains(w.Captures, name) }) {
			asks = append(asks, "("+n.String()+")")
		}
	}
	collect(tree.Node)
	return strings.Join(asks, " and ")
}

// namesIn collects the names in an expression.
type namesIn struct{ all []string }

func (n *namesIn) Visit(node *ast.Node) {
	if name, ok := (*node).(*ast.IdentifierNode); ok {
		n.all = append(n.all, name.Value)
	}
}

// may reports whether the expression can hold for an entry, whatever is captured.
func (w *Where) may(e *diagnose.Entry) bool {
	if w.compile() != nil {
		return false
	}
	return w.entry == nil || isTrue(w.entry, whereEnv(e, nil))
}

// holds evaluates the expression; an expression that fails at run time (int() of
// a word) does not hold.
func (w *Where) holds(e *diagnose.Entry, captures map[string]string) bool {
	if w.compile() != nil {
		return false
	}
	env := whereEnv(e, captures)
	for _, c := range w.Captures {
		if _, ok := env[c]; !ok {
			env[c] = ""
		}
	}
	return isTrue(w.program, env)
}

func isTrue(program *vm.Program, env map[string]any) bool {
	out, err := expr.Run(program, env)
	if err != nil {
		return false
	}
	ok, _ := out.(bool)
	return ok
}

// String returns the source.
func (w *Where) String() string { return fmt.Sprint(w.Source) }
