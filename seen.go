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
}
