package redact

import (
	"regexp"
	"sync"
)

// patterns are those that lazy was given, so that a test can try them all.
var patterns []func() *regexp.Regexp

// lazy compiles an expression when it is first needed: every run of the program
// begins with this package, few redact, and most texts hold no word of most
// expressions.
func lazy(expression string) func() *regexp.Regexp {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	patterns = append(patterns, re)
	return re
}
