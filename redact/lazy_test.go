package redact

import "testing"

// Every expression compiles, also those that no other test needs.
func TestPatternsCompile(t *testing.T) {
	for _, p := range patterns {
		p()
	}
	if len(patterns) < len(forms)+len(webhooks)+len(commands) {
		t.Errorf("only %d expressions", len(patterns))
	}
}
