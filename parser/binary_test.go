package parser

import (
	"strings"
	"testing"
	"time"
)

func TestBinaryText(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		e := New().Parse([]byte(text), time.Time{})
		if e.Binary != want || want && e.Trouble {
			t.Errorf("%.60q: binary %v, trouble %v, want binary %v", text, e.Binary, e.Trouble, want)
		}
	}
	f("fatal: not a git repository\n", false)
	f("\x00fatal: not a git repository\n", true)
	f("%s\x00\x00unable to write\x00fatal: not a git repository\n", true)
	f(strings.Repeat("\x00", 4096)+"fatal: not a git repository\n", false)
	f(strings.Repeat("\x00", 4096)+"fatal: %s\x00cannot open\n", true)
	f("2026-01-05 10:00:00,123 ERROR [c.c.a.m.AgentManagerImpl] (AgentManager-Handler-1:null) lost\x00 it\n", false)
}
