package verdict

import (
	"testing"
	"time"

	"diagnose"
)

func TestUnitsRunTheirPrograms(t *testing.T) {
	for _, c := range []struct {
		unit, program string
		want          bool
	}{
		{"docker.service", "dockerd", true},
		{"nginx.service", "nginx", true},
		{"postgresql@15-main.service", "postgres", true},
		{"snap.livepatch.livepatchd.service", "livepatch", true},
		{"ssh.service", "sshd", true},
		{"NetworkManager-wait-online.service", "networkmanager", true},
		{"postfix@-.service", "mysqld", false},
		{"systemd-modules-load.service", "snapd", false},
		{"id.service", "id", true},
		{"app.service", "", false},
	} {
		if got := runs(c.unit, c.program); got != c.want {
			t.Errorf("%s runs %q: %t", c.unit, c.program, got)
		}
	}
}

// journal is a node whose evidence are what programs said so many seconds after noon, all
// in one journal.
func journal(unit string, program string, seconds ...int) *node {
	f := &diagnose.Finding{Rule: &diagnose.Rule{Role: diagnose.RoleCause, Severity: diagnose.SeverityError}}
	if unit != "" {
		f.Rule.Role, f.Captures = diagnose.RoleSymptom, map[string]string{"unit": unit}
	}
	for _, s := range seconds {
		f.Evidence = append(f.Evidence, diagnose.Evidence{Entry: said(program, s)})
	}
	return &node{Finding: f}
}

func said(program string, second int) *diagnose.Entry {
	return &diagnose.Entry{Stream: "journal", Process: program, Offset: int64(100 * second), Time: noon.Add(time.Duration(second) * time.Second)}
}

func TestFailedApart(t *testing.T) {
	shop := journal("shop.service", "systemd", 60, 3000)
	for _, c := range []struct {
		name string
		said *diagnose.Entry
		want bool
	}{
		{"a program's last words", said("java", 59), false},
		{"on their way they were overtaken", said("java", 60), false},
		{"another program, after it", said("snapd", 62), true},
		{"its own program, after it", said("shopd", 62), false},
		{"before the second time", said("java", 2900), false},
		{"long before any", said("java", 1800), true},
		{"not told who", said("", 62), false},
	} {
		if got := shop.failedApart(c.said); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	if journal("", "systemd", 60).failedApart(said("snapd", 62)) {
		t.Error("a symptom that names no unit")
	}
}

func TestEndedWith(t *testing.T) {
	cause := journal("", "nginx", 10)
	for _, c := range []struct {
		name string
		past *diagnose.Entry
		m    *node
		want bool
	}{
		{"its program serves again", said("nginx", 300), journal("nginx.service", "systemd", 11), true},
		{"a log without programs", said("", 300), journal("nginx.service", "systemd", 11), true},
		{"another unit", said("nginx", 300), journal("mysql.service", "systemd", 11), false},
		{"it failed again later", said("nginx", 300), journal("nginx.service", "systemd", 11, 400), false},
		{"nothing is past", nil, journal("nginx.service", "systemd", 11), false},
		{"no unit", said("nginx", 300), journal("", "nginx", 11), false},
	} {
		cause.Past = c.past
		if got := cause.endedWith(c.m); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
