package rules

import (
	"testing"

	"diagnose"
)

// What an expression asks of the entry alone decides before a pattern was tried, and only
// what the whole would decide.
func TestWhereOfTheEntry(t *testing.T) {
	f := func(source, want string) {
		t.Helper()
		w := &Where{Source: source, Captures: []string{"host", "n"}}
		if got := w.ofEntry(); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
		for _, level := range []diagnose.Level{diagnose.LevelInfo, diagnose.LevelError} {
			for _, host := range []string{"", "a", "b"} {
				e := &diagnose.Entry{Level: level, Format: "text", Message: "a 1"}
				if w.holds(e, map[string]string{"host": host, "n": "1"}) && !w.may(e) {
					t.Errorf("%s: holds at %v with host %q and may not", source, level, host)
				}
			}
		}
	}
	f(`entry.level >= ERROR`, `(entry.level >= ERROR)`)
	f(`entry.level >= ERROR and host != "a"`, `(entry.level >= ERROR)`)
	f(`host == "a" && (entry.format == "text" or entry.level > INFO) && int(n) > 0`, `(entry.format == "text" or entry.level > INFO)`)
	f(`host == "a" or entry.level >= ERROR`, "")
	f(`not (host == "a" and entry.level >= ERROR)`, "")
	f(`entry.message contains host and entry.message matches "^a\\\\s"`, `(entry.message matches "^a\\\\s")`)
	f(`any(["a"], # == host)`, "")
	f(`any(["a", "b"], # == entry.message[0:1]) and n == "1"`, `(any(["a", "b"], # == entry.message[0:1]))`)
	f(`let h = host; h == "a" and entry.level > INFO`, "")
	f(`true`, "(true)")

	w := &Where{Source: `host != "b" and entry.level >= ERROR`, Captures: []string{"host"}}
	if w.may(&diagnose.Entry{Level: diagnose.LevelInfo}) || !w.may(&diagnose.Entry{Level: diagnose.LevelError}) {
		t.Error("the level does not decide")
	}
}
