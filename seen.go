package diagnose

import "time"

// Seen is a past incident that is like what the logs show.
type Seen struct {
	ID        string
	Title     string
	Time      time.Time // zero when it is not known
	Likeness  float64   // share of what both show that is the same, 0 to 1
	Fix       string    // what fixed it, or was tried; empty when nobody knows
	Confirmed bool      // somebody stands for the fix
	By        string    // who
	Shipped   bool      // it came with the program

	Shared         []string // masked lines that both show, the most telling first
	Rules          []string // rules that named a cause of both
	OnlyHere       []string // masked lines of the logs that the incident lacks
	OnlyThere      []string // masked lines of the incident that the logs lack
	OnlyHereRules  []string
	OnlyThereRules []string

	Stale *Stale // nil where its verdict stands, or nothing was kept to tell
}

// Stale is what the rules in use make of a past incident where that is not what
// its file says.
type Stale struct {
	Gone []string // rules that it names and that are not in use
	Lost []string // rules that it names, that are in use, and that match nothing of what was kept of it
	Was  []string // rules that it names, where Now has others
	Now  []string // root causes of what was kept of it, where none of them is one that it names
}
