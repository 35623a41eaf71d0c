// Command diagnose reads the logs of a job that broke and names the root
// cause, the lines that prove it, what is only a consequence, and the fix.
//
// It joins the rooms: source, filter, parser, correlate, rules, verdict and
// report. Each command is one file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"diagnose/rules"
)

// Exit statuses; --help lists them.
const (
	exitFound  = 0 // a cause was found
	exitNone   = 1 // none was: clean, or unexplained
	exitWrong  = 2 // usage, unreadable input, bad rule
	exitFailOn = 3 // --fail-on
)

// stdio is where a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
	terminal func(stream any) bool // whether in or out is a terminal
	width    func() int            // columns of the terminal, 0 if unknown
	getenv   func(string) string
}

// command is one of the program's commands.
type command struct {
	name, args, summary string
	run                 func(ctx context.Context, std stdio, args []string) int
}

var commands []command

func init() {
	commands = []command{
		{"corpus", "add | list | show ID | resolve ID | ...", "keep past incidents, and what fixed them", runCorpus},
		{"explain", "RULE [PATH...]", "why a rule holds, or what it lacks", runExplain},
		{"rules", "list | show | check | test | cost | ...", "look at, check, test and measure the rule base", runRules},
		{"search", "QUERY...", "find past incidents by words, fields and phrases", runSearch},
		{"similar", "[PATH...]", "find past incidents that are like a log", runSimilar},
		{"watch", "PATH...", "follow logs, and tell a cause when it happens", runWatch},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to end; a second one ends what does not listen.
	context.AfterFunc(ctx, stop)
	// A closed pipe is an error to handle quietly, not a signal to die of.
	signal.Ignore(syscall.SIGPIPE)
	status := run(ctx, stdio{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal, width: terminalWidth, getenv: os.Getenv,
	}, os.Args[1:])
	stop()
	os.Exit(status)
}

// run dispatches to a command; a first argument that is none means diagnose.
func run(ctx context.Context, std stdio, args []string) int {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(ctx, std, args[1:])
			}
		}
		if word := args[0]; word == "help" || word == "version" {
			if _, err := os.Stat(word); err != nil {
				return runDiagnose(ctx, std, []string{"--" + word})
			}
		}
		hintCommand(std, args[0])
	}
	return runDiagnose(ctx, std, args)
}

// hintCommand names the command that a path which is not there may have been meant for.
func hintCommand(std stdio, word string) {
	if len(word) < minCommand {
		return
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	if name := rules.NearestName(word, names); name != "" {
		if _, err := os.Lstat(word); err != nil {
			std.hint("did you mean diagnose %s?", name)
		}
	}
}

// minCommand is the length of the shortest word that is taken for a mistyped command.
const minCommand = 4

// fail says what went wrong and returns the exit status for it.
func (s stdio) fail(format string, args ...any) int {
	fmt.Fprintf(s.err, "diagnose: "+format+"\n", args...)
	return exitWrong
}

func (s stdio) hint(format string, args ...any) {
	fmt.Fprintf(s.err, "diagnose: hint: "+format+"\n", args...)
}

// usage reports a mistake in the arguments.
func (s stdio) usage(command string, err error) int {
	status := s.fail("%v", err)
	see := strings.TrimSpace("diagnose " + command)
	fmt.Fprintf(s.err, "see %s --help\n", see)
	return status
}

// closedPipe reports whether writing failed because the reader went away.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
