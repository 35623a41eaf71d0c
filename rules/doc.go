// Package rules is the rule language: loading and checking rule files,
// matching their signals in entries, and evaluating their conditions over
// cases.
//
// In come YAML files and, later, entries around places where a literal of the
// rules stands; out go hits (a signal that matched an entry) and findings (a
// rule that holds). The package does not read logs, does not know how entries
// were found, and does not decide which finding is the root cause: that is
// package verdict's.
package rules
