package diagnose

import (
	"regexp"
	"strings"
)

var (
	// passed is how test runners begin the line of a test that went well: Mocha, Jest and
	// Vitest, TAP, Automake, Go. passedEnd is how others end it: unittest, pytest.
	passed    = regexp.MustCompile(`^\s*(?:[✓✔√☑] |ok \d+ - |PASS: |--- PASS: |PASSED )`)
	passedEnd = regexp.MustCompile(`(?: \.\.\. ok| PASSED(?: +\[ *\d+%\])?)\s*$`)
	// shown is a line of a script that is shown, as by `set -x`: it prints or seeks words.
	// GitHub's runner names the command that it starts.
	shown = regexp.MustCompile(`^\s*(?:##)?\[command\]|^\s*(?:\+{1,3} )?(?:echo(?: -[en])? ["']|printf ["']|e?grep |(?:el)?if (?:\[|!|grep |echo |test )|while (?:\[|!|grep ))`)
	// remark is a comment. Behind a # stand comments, but also what Redis and TAP say of failures.
	remark = regexp.MustCompile(`^\s*// \p{L}`)
)

// Quotes reports whether a line of a program's output only speaks of a failure: the name of a
// test that passed, a comment, a line of a script that is shown.
func Quotes(line string) bool {
	if len(line) > maxQuote {
		return false
	}
	line = strings.TrimRight(line, "\r")
	return passed.MatchString(line) || passedEnd.MatchString(line) || shown.MatchString(line) || remark.MatchString(line)
}

// maxQuote is longer than such lines are, in bytes.
const maxQuote = 4 << 10
