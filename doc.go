// Package diagnose holds the words that the rooms share: entry, id, case,
// rule, finding, verdict. It has no behaviour beyond what those words mean, and
// imports the standard library only.
//
// Data goes one way through the rooms:
//
//	source -> filter -> parser -> correlate -> rules -> verdict -> report
//
// source turns places (files, directories, pipes) into blocks of whole lines;
// filter finds the few places in a block that matter; parser makes entries
// there; rules matches signals in them; correlate ties entries into cases;
// rules turns signals and cases into findings; verdict tells causes from
// consequences; report prints. Package cmd/diagnose is the one place that
// joins them. ARCHITECTURE.md has the picture and the reasons.
package diagnose
