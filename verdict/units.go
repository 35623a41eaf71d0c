package verdict

import (
	"strings"
	"time"

	"diagnose"
)

// unitReach is how long before a unit failed another program may have said why: longer
// than a start takes that systemd waits for, and that is tried again a few times.
const unitReach = 10 * time.Minute

// unit is the systemd unit that a finding names, "" for none.
func (n *node) unit() string { return n.Captures["unit"] }

// runs reports whether a unit is named after a program: docker.service runs dockerd,
// postgresql@15-main.service postgres, snap.hello.daemon.service hello.daemon.
func runs(unit, program string) bool {
	program = strings.ToLower(program)
	if stem := strings.TrimSuffix(program, "d"); len(stem) > 2 {
		program = stem
	}
	unit = strings.TrimPrefix(strings.ToLower(unit), "snap.")
	return program != "" && strings.HasPrefix(unit, program)
}

// failedApart reports whether the symptom n, a unit that failed as a journal has it, has
// nothing to do with what another program says at e: a program's last words stand before
// systemd tells of its end, and what was said long before did not end it.
func (n *node) failedApart(e *diagnose.Entry) bool {
	if n.unit() == "" || e.Process == "" || runs(n.unit(), e.Process) {
		return false
	}
	for _, ev := range n.Evidence {
		told := ev.Entry
		if told.Process == "" || told.Process == e.Process || told.Stream != e.Stream || told.Time.IsZero() || e.Time.IsZero() {
			return false
		}
		// Words and the end of one second may have changed places on their way to the journal.
		if before := told.Time.Sub(e.Time); before > -time.Second && before <= unitReach {
			return false
		}
	}
	return true
}

// endedWith reports whether the symptom m, a unit that n made fail, is over with n: what
// shows n to be past is said later, by the unit's own program, which therefore runs again.
func (n *node) endedWith(m *node) bool {
	if n.Past == nil || m.unit() == "" {
		return false
	}
	by := n.Past.Process
	if by == "systemd" {
		by = n.Evidence[0].Entry.Process // that it started again
	}
	if by != "" && !runs(m.unit(), by) {
		return false
	}
	for _, ev := range m.Evidence {
		if !n.pastWith(ev.Entry) {
			return false
		}
	}
	return true
}
