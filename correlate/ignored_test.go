package correlate

import (
	"strings"
	"testing"

	"diagnose"
)

// The failed items of a loop are ignored if the task is, whichever item stands last: T is
// a task's head, Fa an item that failed on host a, Ia one with "...ignoring" below it.
func TestIgnoreLoops(t *testing.T) {
	f := func(log, want string) {
		t.Helper()
		var entries []*diagnose.Entry
		for _, word := range strings.Fields(log) {
			e := &diagnose.Entry{Stream: "play.log", Format: "ansible", Host: word[1:]}
			switch word[0] {
			case 'T':
				e.Boundary = true
			case 'X':
				e.Trouble, e.Level, e.Host = true, diagnose.LevelError, ""
			case 'F':
				e.Trouble, e.Level = true, diagnose.LevelError
			case 'I':
				e.Ignored = true
			case '|':
				e.Stream = "other.log"
			}
			entries = append(entries, e)
		}
		Ignore(entries)
		var got []string
		for i, word := range strings.Fields(log) {
			if e := entries[i]; word[0] == 'F' || word[0] == 'X' {
				got = append(got, map[bool]string{true: "ignored", false: "failed"}[e.Ignored && !e.Trouble])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("of %s it is %v, want %s", log, got, want)
		}
	}
	f("T Oa Fa Ia T Fa", "ignored failed")
	f("T Fa Fb Ib Fa", "failed ignored failed")
	f("T Fa Fa Ia", "ignored ignored")
	f("T Fa T Ia", "failed")
	f("T Fa |x Ia", "failed")
	f("T X Ia X Fa", "ignored failed failed")
	f("T X Oa Ia", "failed")
}
