// Package report prints a verdict as text for people and as JSON for programs.
//
// In comes a verdict; out go bytes. Whatever comes from a log is escaped for
// the output it goes to, so that it can neither move a cursor nor pass for our
// own words. No duration and no wall-clock time is printed: the same verdict
// gives the same bytes.
package report
